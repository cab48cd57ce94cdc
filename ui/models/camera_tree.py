"""Districts, sites and cameras as a tree for Qt's views."""

from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from typing import Any, Protocol

from PySide6.QtCore import (
    QAbstractItemModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Slot,
)
from PySide6.QtGui import QColor, QIcon

from app.core.events import Event
from app.domain.camera import Camera, CameraCode, District, DistrictCode, Site, SiteCode
from app.domain.stream import StreamState
from app.services.live_counts import LiveCounts, SiteKey
from ui.binding import bind
from ui.camera_mime import CAMERA_MIME, camera_mime
from ui.console.wording import STATE_COLOURS, camera_words, tally_text
from ui.fault_words import fault_words
from ui.icons import icon
from ui.theme import tokens
from ui.wall.signs import Sign, sign_pixmap
from ui.wall.state_icons import state_icon

Index = QModelIndex | QPersistentModelIndex
CODE_ROLE = Qt.ItemDataRole.UserRole + 1
"""The camera's code, ``None`` on districts and sites."""
DISTRICT_ROLE = Qt.ItemDataRole.UserRole + 2
"""The district's code on a district, else ``None``."""
_REFRESH_MS = 500
_SIGN_SIZES = (18, 23, 27, 36)
_NOWHERE = QModelIndex()
# An index keeps where its parent is: nothing, a district's row, or the rows of district and site.
_SITE_LEVEL = 1 << 20
_CAMERA_LEVEL = 1 << 41
_ROW_BITS = 20
_ROW_MASK = (1 << _ROW_BITS) - 1
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class CameraTree(Protocol):
    """What the tree asks of the registry; all from memory and by number."""

    @property
    def changed(self) -> Event[None]: ...

    def districts(self) -> Sequence[District]: ...

    def sites_of(self, district: DistrictCode) -> Sequence[Site]: ...

    def cameras_of(self, district: DistrictCode) -> Sequence[Camera]: ...


class CameraTreeModel(QAbstractItemModel):
    """Reads the registry only where the view looks, and keeps no object per camera.

    The figures are read anew at most twice a second, however often streams change.
    """

    def __init__(
        self, registry: CameraTree, counts: LiveCounts, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._registry = registry
        self._counts = counts
        self._districts: Sequence[District] = registry.districts()
        self._sites: dict[int, Sequence[Site]] = {}
        self._cameras: dict[int, Mapping[SiteCode, Sequence[Camera]]] = {}
        self._places: dict[SiteKey, tuple[int, int]] = {}
        self._stale: set[SiteKey] = set()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        bind(self, registry.changed, self._on_registry_changed)
        bind(self, counts.changed, self._on_counts_changed)

    # --- what is where ---------------------------------------------------------------------------

    def camera_at(self, index: Index) -> Camera | None:
        """The camera of an index; ``None`` on a district or a site."""
        place = index.internalId() if index.isValid() else 0
        if not place & _CAMERA_LEVEL:
            return None
        return self._cameras_of((place >> _ROW_BITS) & _ROW_MASK, place & _ROW_MASK)[index.row()]

    def index_of_district(self, code: DistrictCode) -> QModelIndex:
        """Where a district stands; invalid when it has left the registry."""
        codes = [district.code for district in self._districts]
        return self.index(codes.index(code), 0) if code in codes else QModelIndex()

    def index_of(self, camera: Camera) -> QModelIndex:
        """Where a camera stands; invalid when it has left the registry."""
        for district_row, district in enumerate(self._districts):
            if district.code == camera.district:
                self._sites_of(district_row)
        key = (camera.district, camera.site)
        if key not in self._places:
            return QModelIndex()
        district_row, site_row = self._places[key]
        codes = [other.code for other in self._cameras_of(district_row, site_row)]
        if camera.code not in codes:
            return QModelIndex()
        site = self.index(site_row, 0, self.index(district_row, 0))
        return self.index(codes.index(camera.code), 0, site)

    # --- changes ---------------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Tell the views of every figure that changed since the last time."""
        stale, self._stale = self._stale, set()
        if not stale or not self._districts:
            return
        last = len(self._districts) - 1
        self.dataChanged.emit(self.index(0, 0), self.index(last, 1))
        for key in stale & self._places.keys():
            district_row, site_row = self._places[key]
            district = self.index(district_row, 0)
            site = self.index(site_row, 0, district)
            self.dataChanged.emit(site, site.siblingAtColumn(1))
            cameras = len(self._cameras_of(district_row, site_row))
            if cameras:
                first = self.index(0, 0, site)
                self.dataChanged.emit(first, self.index(cameras - 1, 1, site))

    def _on_counts_changed(self, sites: frozenset[SiteKey]) -> None:
        self._stale |= sites
        if not self._timer.isActive():
            self._timer.start()

    def _on_registry_changed(self, _nothing: None) -> None:
        self.beginResetModel()
        self._districts = self._registry.districts()
        self._sites.clear()
        self._cameras.clear()
        self._places.clear()
        self.endResetModel()

    # --- inside ----------------------------------------------------------------------------------

    def _sites_of(self, district_row: int) -> Sequence[Site]:
        sites = self._sites.get(district_row)
        if sites is None:
            code = self._districts[district_row].code
            sites = self._registry.sites_of(code)
            self._sites[district_row] = sites
            self._places.update(
                ((code, site.code), (district_row, row)) for row, site in enumerate(sites)
            )
        return sites

    def _cameras_of(self, district_row: int, site_row: int) -> Sequence[Camera]:
        """The cameras of a site; the first question groups those of its whole district."""
        by_site = self._cameras.get(district_row)
        if by_site is None:
            grouped: dict[SiteCode, list[Camera]] = {}
            for camera in self._registry.cameras_of(self._districts[district_row].code):
                grouped.setdefault(camera.site, []).append(camera)
            by_site = self._cameras[district_row] = grouped
        return by_site.get(self._sites_of(district_row)[site_row].code, ())

    def _district_data(self, district: District, column: int, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            if column == 0:
                return one_line(district.name)
            cameras = len(self._registry.cameras_of(district.code))
            return tally_text(self._counts.of_district(district.code, cameras))
        if role == DISTRICT_ROLE:
            return district.code
        return _decoration("district", tokens.ACCENT, column, role)

    def _site_data(self, site: Site, cameras: int, column: int, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            if column == 0:
                return f"{site.number}  {one_line(site.name)}"
            return tally_text(self._counts.of_site((site.district, site.code), cameras))
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tool_tip(site.name)
        return _decoration("site", tokens.TEXT_DIM, column, role)

    def _camera_data(self, camera: Camera, column: int, role: int) -> Any:
        state, faults = self._counts.state_of(camera.code), self._counts.faults_of(camera.code)
        is_faulty = bool(faults) and state is StreamState.LIVE
        colour = tokens.STALE if is_faulty else STATE_COLOURS[state]
        if role == Qt.ItemDataRole.DisplayRole:
            if column == 0:
                return f"{camera.call_up}  {one_line(camera.name)}"
            return camera_words(state, faults)
        if role == Qt.ItemDataRole.ToolTipRole:
            wrong = [fault_words(fault).sentence for fault in faults]
            return plain_tool_tip(". ".join([f"{camera.code} – {camera.name}", *wrong]))
        if role == CODE_ROLE:
            return camera.code
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(colour) if column == 1 else None
        if state is StreamState.CLOSED or role != Qt.ItemDataRole.DecorationRole:
            return _decoration("camera", colour, column, role)
        if column != 0:
            return None
        return _fault_sign() if is_faulty else _state_sign(state)

    # --- Qt overrides ----------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        if not parent.isValid():
            return self.createIndex(row, column, 0)
        if not parent.internalId():
            return self.createIndex(row, column, _SITE_LEVEL | parent.row())
        district_row = parent.internalId() & _ROW_MASK
        place = _CAMERA_LEVEL | district_row << _ROW_BITS | parent.row()
        return self.createIndex(row, column, place)

    def parent(self, index: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]  # overloads QObject.parent()
        # QObject.parent() without arguments hides behind the same name.
        place = index.internalId() if index.isValid() else 0
        if place & _CAMERA_LEVEL:
            district_row = (place >> _ROW_BITS) & _ROW_MASK
            return self.createIndex(place & _ROW_MASK, 0, _SITE_LEVEL | district_row)
        if place & _SITE_LEVEL:
            return self.createIndex(place & _ROW_MASK, 0, 0)
        return QModelIndex()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        if not parent.isValid():
            return len(self._districts)
        place = parent.internalId()
        if parent.column() > 0 or place & _CAMERA_LEVEL:
            return 0
        if place:
            return len(self._cameras_of(place & _ROW_MASK, parent.row()))
        return len(self._sites_of(parent.row()))

    def columnCount(self, _parent: Index = _NOWHERE) -> int:
        return 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = index.column()
        if column == 1 and role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT
        camera = self.camera_at(index)
        if camera is not None:
            return self._camera_data(camera, column, role)
        place = index.internalId()
        if place:
            district_row, row = place & _ROW_MASK, index.row()
            cameras = len(self._cameras_of(district_row, row))
            return self._site_data(self._sites_of(district_row)[row], cameras, column, role)
        return self._district_data(self._districts[index.row()], column, role)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if self.camera_at(index) is not None:
            flags |= Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemNeverHasChildren
        return flags

    def mimeTypes(self) -> list[str]:
        return [CAMERA_MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        cameras = [camera for index in indexes if (camera := self.camera_at(index)) is not None]
        return camera_mime(cameras[0].code if cameras else CameraCode(""))


@cache
def _state_sign(state: StreamState) -> QIcon:
    """The sign of a state as the tiles of the wall have it, sharp at every scaling."""
    sign = QIcon()
    for pixels in _SIGN_SIZES:
        sign.addPixmap(state_icon(state, pixels))
    return sign


@cache
def _fault_sign() -> QIcon:
    """The sign of a picture with a fault, as the tiles of the wall have it."""
    sign = QIcon()
    for pixels in _SIGN_SIZES:
        sign.addPixmap(sign_pixmap(Sign.FAULT, tokens.STALE, pixels))
    return sign


def one_line(name: str) -> str:
    """A name from outside without line breaks."""
    return " ".join(name.split())


def plain_tool_tip(text: str) -> str:
    """``text`` so that Qt never takes it for markup."""
    return f"<span>{escape(one_line(text))}</span>"


def _decoration(name: str, colour: str, column: int, role: int) -> Any:
    if role == Qt.ItemDataRole.DecorationRole and column == 0:
        return icon(name, colour)
    if role == Qt.ItemDataRole.ForegroundRole and column == 1:
        return QColor(tokens.TEXT_DIM)
    return None
