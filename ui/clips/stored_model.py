"""The rows of the list of what is kept."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)
from PySide6.QtGui import QColor

from app.services.storage_plan import Stay, StoragePlan, StoredItem
from ui.clips.wording import camera_text, size_text, stay_detail, stay_text, time_text, what_text
from ui.texts import QT_TRANSLATE_NOOP
from ui.theme import tokens

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_HEADINGS = (
    QT_TRANSLATE_NOOP("Clips", "Camera"),
    QT_TRANSLATE_NOOP("Clips", "From"),
    QT_TRANSLATE_NOOP("Clips", "Goes"),
    QT_TRANSLATE_NOOP("Clips", "Length"),
    QT_TRANSLATE_NOOP("Clips", "Size"),
)
_GOES = QColor(tokens.WARNING)
_STAYS = QColor(tokens.TEXT_DIM)


class Column(IntEnum):
    CAMERA = 0
    FROM = 1
    GOES = 2
    LENGTH = 3
    SIZE = 4


class StoredModel(QAbstractTableModel):
    """What goes comes first, then the newest."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plan = StoragePlan()
        self._rows: Sequence[StoredItem] = ()
        self._only_going = False

    def show_plan(self, plan: StoragePlan, *, only_going: bool) -> None:
        """Show what a look has found; nothing happens where that is the same as before."""
        going = list(plan.going)
        rest = [] if only_going else [item for item in plan.items if not item.stay.goes]
        rows = [*going, *reversed(rest)]
        if rows == self._rows:
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def item_at(self, index: Index) -> StoredItem | None:
        return self._rows[index.row()] if index.isValid() else None

    def row_of(self, item: StoredItem) -> int | None:
        """Where it is now."""
        keys = (row for row, each in enumerate(self._rows) if each.key == item.key)
        return next(keys, None)

    # --- Qt overrides ------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(Column)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return QCoreApplication.translate("Clips", _HEADINGS[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item = self.item_at(index)
        if item is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _words(item, Column(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(text for text in (item.file, item.reason, stay_detail(item)) if text)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return " ".join(_words(item, column) for column in Column)
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == Column.GOES:
            return _GOES if item.stay.goes else _STAYS if item.stay is Stay.YOUNG else None
        return None


def _words(item: StoredItem, column: Column) -> str:
    match column:
        case Column.CAMERA:
            return camera_text(item)
        case Column.FROM:
            return time_text(item.start_us)
        case Column.LENGTH:
            return what_text(item)
        case Column.SIZE:
            return size_text(item.bytes)
        case Column.GOES:
            return stay_text(item)
