"""The rows of a list of incidents."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.incident import Incident
from app.services.incident_list import IncidentList
from ui.binding import bind
from ui.incidents.wording import number_text, status_text, time_text, title_text
from ui.models.camera_tree import one_line

Index = QModelIndex | QPersistentModelIndex
INCIDENT_ROLE = Qt.ItemDataRole.UserRole + 1
MARK_ROLE = Qt.ItemDataRole.UserRole + 2
"""What is special about it at this workstation, in words."""
_NOWHERE = QModelIndex()


class IncidentListModel(QAbstractListModel):
    """Row 0 is the newest; older pages are fetched as the view comes near the end.

    ``mark`` says what is special about an incident at this workstation.
    """

    def __init__(
        self,
        incidents: IncidentList,
        mark: Callable[[Incident], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._list = incidents
        self._mark = mark
        self._rows: Sequence[Incident] = incidents.rows
        bind(self, incidents.changed, lambda _nothing: self._on_changed())

    def incident_at(self, index: Index) -> Incident | None:
        row = index.row()
        return self._rows[row] if index.isValid() and row < len(self._rows) else None

    def index_of(self, key: UUID) -> QModelIndex:
        """Where the incident is; invalid when it is not in the list."""
        row = next((at for at, each in enumerate(self._rows) if each.id == key), None)
        return QModelIndex() if row is None else self.index(row)

    def marks_changed(self) -> None:
        """What is special is something else than before."""
        if self._rows:
            self.dataChanged.emit(self.index(0), self.index(len(self._rows) - 1))

    def _on_changed(self) -> None:
        new, shown = self._list.rows, len(self._rows)
        keys = [each.id for each in self._rows]
        if [each.id for each in new[:shown]] != keys:
            self.beginResetModel()
            self._rows = new
            self.endResetModel()
            return
        if len(new) > shown:
            self.beginInsertRows(_NOWHERE, shown, len(new) - 1)
            self._rows = new
            self.endInsertRows()
        elif new != self._rows:
            self._rows = new
        self.marks_changed()

    # --- Qt overrides ------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and self._list.has_more and not self._list.is_loading

    def fetchMore(self, parent: Index) -> None:
        if not parent.isValid():
            self._list.load_more()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        incident = self.incident_at(index)
        if incident is None:
            return None
        if role == INCIDENT_ROLE:
            return incident
        if role == MARK_ROLE:
            return self._mark(incident)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            parts = (
                number_text(incident),
                status_text(incident.status),
                title_text(incident),
                time_text(incident.opened_us),
                self._mark(incident),
            )
            return one_line(", ".join(filter(None, parts)))
        return None
