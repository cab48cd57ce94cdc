"""The cameras that a search found, best first."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from app.domain.camera import Camera, CameraCode
from app.services.live_counts import LiveCounts
from ui.camera_mime import CAMERA_MIME, camera_mime
from ui.console.wording import STATE_COLOURS, camera_words
from ui.icons import icon
from ui.models.camera_tree import CODE_ROLE, one_line, plain_tool_tip

Index = QModelIndex | QPersistentModelIndex
DETAIL_ROLE = Qt.ItemDataRole.UserRole + 3
"""The second, dimmer line of a result."""
_NOWHERE = QModelIndex()
_ISOLATED = "\u2068{}\u2069"
"""Keeps the direction of a name from turning its surroundings round."""


class SearchResultsModel(QAbstractListModel):
    """One row a camera: its name, and below its number, code and state."""

    def __init__(self, counts: LiveCounts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._counts = counts
        self._cameras: Sequence[Camera] = ()

    def show_cameras(self, cameras: Sequence[Camera]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self._cameras = cameras
        self.endResetModel()

    def camera_at(self, index: Index) -> Camera | None:
        return self._cameras[index.row()] if index.isValid() else None

    # --- Qt overrides ----------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._cameras)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        camera = self.camera_at(index)
        if camera is None:
            return None
        state = self._counts.state_of(camera.code)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return one_line(camera.name)
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tool_tip(f"{camera.code} – {camera.name}")
            case Qt.ItemDataRole.DecorationRole:
                return icon("camera", STATE_COLOURS[state])
            case _ if role == DETAIL_ROLE:
                said = camera_words(state, self._counts.faults_of(camera.code))
                words = [str(camera.call_up), _ISOLATED.format(camera.code), said]
                return "  ·  ".join(word for word in words if word)
            case _ if role == CODE_ROLE:
                return camera.code
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsDragEnabled

    def mimeTypes(self) -> list[str]:
        return [CAMERA_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        cameras = [camera for index in indexes if (camera := self.camera_at(index)) is not None]
        return camera_mime(cameras[0].code if cameras else CameraCode(""))
