"""The rows of a list of decisions."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.core.events import Event
from app.services.review import Decided
from ui.binding import bind
from ui.review.wording import decided_text

Index = QModelIndex | QPersistentModelIndex
DECIDED_ROLE = Qt.ItemDataRole.UserRole + 1
_NOWHERE = QModelIndex()


class DecidedListModel(QAbstractListModel):
    """Some hundred rows, made anew at each change."""

    def __init__(
        self,
        rows: Callable[[], Sequence[Decided]],
        changed: Event[None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._source = rows
        self._rows: Sequence[Decided] = tuple(rows())
        bind(self, changed, lambda _nothing: self._on_changed())

    def decided_at(self, index: Index) -> Decided | None:
        is_there = index.isValid() and index.row() < len(self._rows)
        return self._rows[index.row()] if is_there else None

    def _on_changed(self) -> None:
        now = tuple(self._source())
        if now != self._rows:
            self.beginResetModel()
            self._rows = now
            self.endResetModel()

    # --- Qt overrides ------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        decided = self.decided_at(index)
        if decided is None:
            return None
        if role == DECIDED_ROLE:
            return decided
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return decided_text(decided)
        return None
