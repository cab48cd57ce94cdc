"""The notes of one incident, oldest first."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.domain.incident import Note
from ui.incidents.wording import byline, time_text

Index = QModelIndex | QPersistentModelIndex
NOTE_ROLE = Qt.ItemDataRole.UserRole + 1
RELATION_ROLE = Qt.ItemDataRole.UserRole + 2
"""What the note corrects, or by what it was corrected, in words."""
_NOWHERE = QModelIndex()


class NoteListModel(QAbstractListModel):
    """Notes are only ever added, so rows that are there stay."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notes: Sequence[Note] = ()
        self._relations: Mapping[UUID, str] = {}

    def show_notes(self, notes: Sequence[Note]) -> None:
        """Show these; those that are known already must come first."""
        shown = len(self._notes)
        if tuple(notes[:shown]) != tuple(self._notes):
            self.beginResetModel()
            self._notes, self._relations = notes, self._related(notes)
            self.endResetModel()
            return
        if len(notes) == shown:
            return
        self.beginInsertRows(_NOWHERE, shown, len(notes) - 1)
        self._notes, self._relations = notes, self._related(notes)
        self.endInsertRows()
        if shown:
            self.dataChanged.emit(self.index(0), self.index(shown - 1))

    def note_at(self, index: Index) -> Note | None:
        row = index.row()
        return self._notes[row] if index.isValid() and row < len(self._notes) else None

    def _related(self, notes: Sequence[Note]) -> Mapping[UUID, str]:
        written = {note.id: note.written_us for note in notes}
        corrections: dict[UUID, list[str]] = {}
        for note in notes:
            if note.corrects is not None:
                corrections.setdefault(note.corrects, []).append(time_text(note.written_us))
        words: dict[UUID, str] = {}
        for note in notes:
            parts = []
            if note.corrects is not None and note.corrects in written:
                first = time_text(written[note.corrects])
                parts.append(self.tr("Corrects the note of {0}").format(first))
            if note.id in corrections:
                parts.append(self.tr("Corrected at {0}").format(", ".join(corrections[note.id])))
            words[note.id] = " · ".join(parts)
        return words

    # --- Qt overrides ------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._notes)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        note = self.note_at(index)
        if note is None:
            return None
        if role == NOTE_ROLE:
            return note
        relation = self._relations.get(note.id, "")
        if role == RELATION_ROLE:
            return relation
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return "\n".join(filter(None, (byline(note), relation, note.text)))
        return None
