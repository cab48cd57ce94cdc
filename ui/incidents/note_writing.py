"""Ties an editor to the draft of one incident: restored, kept while written, stored."""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from app.domain.incident import Note
from app.services.incident_store import Answer
from app.services.incidents import IncidentService
from ui.binding import bind
from ui.incidents.note_editor import NoteEditor
from ui.incidents.wording import answer_text, time_text


class NoteWriting(QObject):
    """Several editors may show the same draft: the one with the keyboard leads.

    Signals:
        said: What became of the note, in words; whether it is a problem.
        correcting: A note is being corrected, in words; empty when none is.
        finished: The note was handed over; the editor is empty.
    """

    said = Signal(str, bool)
    correcting = Signal(str)
    finished = Signal()

    def __init__(self, incidents: IncidentService, editor: NoteEditor, parent: QObject) -> None:
        super().__init__(parent)
        self._incidents = incidents
        self._editor = editor
        self._incident: UUID | None = None
        self._corrects: UUID | None = None
        self._given = ""
        """What was put into the editor to be corrected."""
        self._note_time: Callable[[UUID], int | None] = lambda _key: None
        editor.written.connect(self._keep)
        editor.stored.connect(self._store)
        editor.entered.connect(self._read_draft)
        bind(self, incidents.saved, lambda incident: self._on_saved(incident.id))

    @property
    def corrects(self) -> UUID | None:
        return self._corrects

    def begin(
        self, incident: UUID, note_time: Callable[[UUID], int | None] = lambda _key: None
    ) -> None:
        """Write about this incident from now on; ``note_time`` knows when a note was written."""
        if incident != self._incident:
            self._editor.flush()
            self._incident = incident
            self._note_time = note_time
            self._read_draft()
            draft = self._incidents.draft(incident)
            if draft is not None:
                words = self.tr("Unfinished note of {0}").format(time_text(draft.changed_us))
                self.said.emit(words, False)

    def correct(self, note: Note) -> None:
        """Write a note that corrects this one, beginning with its text."""
        self._corrects = note.id
        if not self._editor.text.strip():
            self._given = note.text
            self._editor.show_text(note.text)
        self._keep()
        self._say_correcting()

    def stop_correcting(self) -> bool:
        """Give the correction up where nothing was written yet; false when there is none."""
        if self._corrects is None or self._editor.text.strip() not in ("", self._given.strip()):
            return False
        self._editor.show_text("")
        self._corrects, self._given = None, ""
        self._keep()
        self._say_correcting()
        return True

    # --- inside ------------------------------------------------------------------------------

    def _read_draft(self) -> None:
        if self._incident is None:
            return
        draft = self._incidents.draft(self._incident)
        self._corrects = None if draft is None else draft.corrects
        self._editor.show_text("" if draft is None else draft.text)
        self._say_correcting()

    def _keep(self) -> None:
        if self._incident is not None:
            self._incidents.keep_draft(self._incident, self._editor.text, self._corrects)

    def _store(self) -> None:
        if self._incident is None:
            return
        self._keep()
        done = self.tr("Note saved")

        def answer(answer: Answer) -> None:
            self.said.emit(answer_text(answer, done), not answer.is_good)

        self.said.emit(self.tr("Saving the note …"), False)
        if not self._incidents.write(self._incident, answer):
            self.said.emit(self.tr("Nothing is written yet"), False)
            return
        self._corrects, self._given = None, ""
        self._editor.show_text("")
        self._say_correcting()
        self.finished.emit()

    def _on_saved(self, incident: UUID) -> None:
        if incident == self._incident and not self._editor.hasFocus():
            self._read_draft()

    def _say_correcting(self) -> None:
        if self._corrects is None:
            self.correcting.emit("")
            return
        at_us = self._note_time(self._corrects)
        when = "" if at_us is None else time_text(at_us)
        self.correcting.emit(self.tr("Corrects the note of {0}").format(when))
