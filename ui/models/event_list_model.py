"""The rows of a list of events, and those of the combo boxes that filter it."""

from datetime import UTC, datetime
from html import escape
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.camera import Camera, CameraCode
from app.domain.event_record import EventGroup
from app.services.event_list import EventList, ListChange
from app.services.events import Directory
from ui.binding import bind
from ui.events.wording import about_text, clock_text, lag_text, severity_words, time_text
from ui.models.camera_tree import one_line

Index = QModelIndex | QPersistentModelIndex
GROUP_ROLE = Qt.ItemDataRole.UserRole + 1
CAMERA_ROLE = Qt.ItemDataRole.UserRole + 2
_NOWHERE = QModelIndex()


class EventListModel(QAbstractListModel):
    """Row 0 is the newest. Older pages are fetched as the view comes near the end."""

    def __init__(
        self, events: EventList, directory: Directory, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._events = events
        self._directory = directory
        self._shown = len(events)
        self._ahead = 0
        """New rows that the list has and that the views have not been told of yet."""
        bind(self, events.changed, self._on_changed)

    def group_at(self, index: Index) -> EventGroup | None:
        row = index.row() + self._ahead
        return self._events.row(row) if index.isValid() and row < len(self._events) else None

    def index_of(self, group: EventGroup) -> QModelIndex:
        """Where the row is now; invalid when it is not in the list."""
        row = self._events.index_of(group)
        return QModelIndex() if row is None else self.index(row)

    # --- following the list ------------------------------------------------------------------

    def _on_changed(self, change: ListChange) -> None:
        if change.is_reset:
            self.beginResetModel()
            self._shown = len(self._events)
            self.endResetModel()
            return
        if change.on_top:
            self._ahead = change.on_top
            self.beginInsertRows(_NOWHERE, 0, change.on_top - 1)
            self._ahead = 0
            self._shown += change.on_top
            self.endInsertRows()
        if change.cut:
            self.beginRemoveRows(_NOWHERE, self._shown - change.cut, self._shown - 1)
            self._shown -= change.cut
            self.endRemoveRows()
        if change.added_below:
            last = self._shown + change.added_below - 1
            self.beginInsertRows(_NOWHERE, self._shown, last)
            self._shown += change.added_below
            self.endInsertRows()
        for row in change.changed:
            if row < self._shown:
                self.dataChanged.emit(self.index(row), self.index(row))

    # --- Qt overrides ------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else self._shown

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._events.has_more and not self._events.is_loading

    def fetchMore(self, parent: Index) -> None:
        if not parent.isValid():
            self._events.load_more()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        group = self.group_at(index)
        if group is None:
            return None
        if role == GROUP_ROLE:
            return group
        camera = self._directory.camera(group.camera)
        if role == CAMERA_ROLE:
            return camera
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._in_words(group, camera)
        if role == Qt.ItemDataRole.ToolTipRole:
            lines = (escape(one_line(line)) for line in self._detail(group, camera))
            return f"<span>{'<br>'.join(lines)}</span>"
        return None

    def _in_words(self, group: EventGroup, camera: Camera | None) -> str:
        now = datetime.now(UTC)
        parts = [
            severity_words(group),
            camera_text(group.camera, camera),
            about_text(group),
            time_text(group, now),
            f"×{group.count}" if group.count > 1 else "",
        ]
        return one_line(", ".join(filter(None, parts)))

    def _detail(self, group: EventGroup, camera: Camera | None) -> list[str]:
        event = group.first.event
        lines = [
            self._in_words(group, camera),
            self.tr("Time on {0}; {1}").format(clock_text(event.clock), lag_text(event)),
            self.tr("Source {0}, {1}").format(event.source, event.raw_topic),
        ]
        if event.confidence is not None:
            lines.append(self.tr("Confidence {0} %").format(f"{event.confidence * 100:.0f}"))
        lines += [f"{name}: {value}" for name, value, _ in event.attributes]
        return lines


def camera_text(code: CameraCode, camera: Camera | None) -> str:
    """Code and name of a camera; one that left the registry has its code only."""
    return str(code) if camera is None else f"{code} {camera.name}"
