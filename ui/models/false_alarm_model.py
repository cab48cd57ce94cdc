"""The table of false alarms: camera by rule by hour of the day."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from app.domain.review import FalseAlarms
from ui.theme import tokens

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_NUMBERS_FROM = 3
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class FalseAlarmModel(QAbstractTableModel):
    """The most false alarms first, as they are given."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[FalseAlarms] = ()

    def show(self, rows: Sequence[FalseAlarms]) -> None:
        """Take these in the place of all others."""
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    # --- Qt overrides ------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._titles())

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles()[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section >= _NUMBERS_FROM else _LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() >= _NUMBERS_FROM:
            return _RIGHT
        row = self._rows[index.row()]
        cells = (
            str(row.camera),
            row.rule or self.tr("marked by hand"),
            f"{row.hour:02d}–{(row.hour + 1) % 24:02d}",
            str(row.false),
            str(row.confirmed),
            str(row.needs_more),
        )
        said = cells[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole and said == "0":
            return QColor(tokens.TEXT_DIM)  # what is not nothing stands out
        is_cut = role == Qt.ItemDataRole.ToolTipRole and index.column() < _NUMBERS_FROM
        return said if is_cut or role == Qt.ItemDataRole.DisplayRole else None

    def _titles(self) -> Sequence[str]:
        return (
            self.tr("Camera"),
            self.tr("Rule"),
            self.tr("Hour"),
            self.tr("False"),
            self.tr("Confirmed"),
            self.tr("More"),
        )
