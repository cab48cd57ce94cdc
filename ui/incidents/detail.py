"""One incident: what it is, what belongs to it, its notes, and the next note."""

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.domain.camera import Camera, CameraCode
from app.domain.incident import Incident, IncidentStatus, Note
from app.services.incident_store import Answer, IncidentFile
from app.services.incidents import IncidentService
from ui.binding import bind
from ui.icons import icon
from ui.incidents.belongings import Belongings
from ui.incidents.form import IncidentForm
from ui.incidents.note_editor import NoteEditor
from ui.incidents.note_list import NoteList
from ui.incidents.note_writing import NoteWriting
from ui.incidents.wording import STATUS_COLOURS, answer_text, number_text, status_text, time_text
from ui.theme import tokens

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class IncidentDetail(QWidget):
    """Everything of one incident, to be read and changed with the keyboard.

    Signals:
        opened: A ``CameraCode``, ``Bookmark`` or ``Clip`` that belongs to it.
        left: Back to the list.
    """

    opened = Signal(object)
    left = Signal()

    def __init__(
        self,
        incidents: IncidentService,
        camera: Callable[[CameraCode], Camera | None],
        now_us: Callable[[], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._incidents = incidents
        self._key: UUID | None = None
        self._incident: Incident | None = None
        self._notes: dict[UUID, Note] = {}
        self.form = IncidentForm(incidents.author.operator, self)
        self.belongings = Belongings(camera, now_us, self)
        self.notes = NoteList(self)
        self.editor = NoteEditor(self)
        self.writing = NoteWriting(incidents, self.editor, self)
        self._number = _label(self, heading=True)
        self._number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._status = _label(self)
        self._opened = _label(self, dim=True)
        self._correcting = _label(self)
        self._words = _label(self, dim=True)
        self.work_on = QPushButton(self)
        self.work_on.setCheckable(True)
        self.work_on.setToolTip(self.tr("N on a tile adds its camera to this incident"))
        self._arrange()
        self._connect()

    @property
    def words(self) -> str:
        """What became of the last thing that was done."""
        return self._words.text()

    @property
    def correcting_words(self) -> str:
        return self._correcting.text()

    @property
    def incident(self) -> Incident | None:
        """What is shown now."""
        return self._incident

    def show_incident(self, incident: Incident) -> None:
        """Show another incident; its notes follow."""
        if incident.id != self._key:
            self.editor.flush()
            self._key = incident.id
            self._say("", is_problem=False)
            self._show_file(IncidentFile(incident, (), {}, {}))
            self.writing.begin(incident.id, self._note_time)
        self.refresh()

    def refresh(self) -> None:
        """Read again what there is: other workstations write too."""
        if self._key is not None:
            self._incidents.read(self._key, self._on_read)

    def enter(self) -> None:
        """Give the keyboard to the next note."""
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- making ------------------------------------------------------------------------------

    def _arrange(self) -> None:
        back = QToolButton(self)
        back.setIcon(icon("back", tokens.TEXT_DIM))
        back.setToolTip(self.tr("Back to the list"))
        back.setAccessibleName(self.tr("Back to the list"))
        back.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        back.clicked.connect(self.left)
        top = QHBoxLayout()
        top.addWidget(back)
        top.addWidget(self._number)
        top.addStretch()
        top.addWidget(self._status)
        second = QHBoxLayout()
        second.addWidget(self._opened, 1)
        second.addWidget(self.work_on)
        hint = _label(self, dim=True)
        hint.setText(
            self.tr(
                "Enter stores the note · Shift+Enter: new line · Enter on a note: correct it · "
                "Esc: list"
            )
        )
        self._correcting.setStyleSheet(f"color: {tokens.WARNING}")
        self._correcting.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.SPACE_S)
        column.addLayout(top)
        column.addLayout(second)
        column.addWidget(self.form)
        column.addWidget(self.belongings)
        column.addWidget(self.notes, 1)
        column.addWidget(self._correcting)
        column.addWidget(self.editor)
        column.addWidget(self._words)
        column.addWidget(hint)
        self.setFocusProxy(self.editor)

    def _connect(self) -> None:
        self.form.changed.connect(self._change)
        self.belongings.changed.connect(self._change)
        self.belongings.opened.connect(self.opened)
        self.notes.correction_asked.connect(self._on_correction)
        self.notes.left.connect(self.left)
        self.editor.left.connect(self._on_editor_left)
        self.writing.said.connect(lambda words, bad: self._say(words, is_problem=bad))
        self.writing.correcting.connect(self._show_correcting)
        self.work_on.clicked.connect(self._on_work_on)
        bind(self, self._incidents.saved, self._on_saved)
        bind(self, self._incidents.current_changed, lambda _nothing: self._show_current())

    # --- showing -----------------------------------------------------------------------------

    def _on_read(self, file: IncidentFile | None) -> None:
        if file is not None and file.incident.id == self._key:
            self._show_file(file)

    def _show_file(self, file: IncidentFile) -> None:
        incident = file.incident
        self._incident = incident
        self._notes = {note.id: note for note in file.notes}
        self._number.setText(number_text(incident))
        self._status.setText(status_text(incident.status))
        self._status.setStyleSheet(f"color: {STATUS_COLOURS[incident.status]}; font-weight: 600")
        author = incident.author
        words = [
            self.tr("Opened {0} · {1} · {2}").format(
                time_text(incident.opened_us), author.operator, author.workstation
            )
        ]
        if incident.closed_us is not None:
            words.append(self.tr("Closed {0}").format(time_text(incident.closed_us)))
        self._opened.setText("\n".join(words))
        self.form.show_incident(incident)
        self.belongings.show_file(file)
        self.notes.notes.show_notes(tuple(file.notes))
        self._show_current()

    def _show_current(self) -> None:
        current = self._incidents.current
        is_it = current is not None and current.id == self._key
        self.work_on.setChecked(is_it)
        self.work_on.setText(self.tr("● &N adds here") if is_it else self.tr("Let &N add here"))
        is_closed = self._incident is None or self._incident.status is IncidentStatus.CLOSED
        self.work_on.setEnabled(not is_closed)

    def _show_correcting(self, words: str) -> None:
        self._correcting.setText(words)
        self._correcting.setVisible(bool(words))

    def _say(self, words: str, *, is_problem: bool) -> None:
        self._words.setText(words)
        self._words.setStyleSheet(f"color: {tokens.WARNING}" if is_problem else "")

    def _note_time(self, key: UUID) -> int | None:
        note = self._notes.get(key)
        return None if note is None else note.written_us

    # --- the operator's hands ----------------------------------------------------------------

    def _change(self, before: Incident, after: Incident) -> None:
        key = before.id

        def answer(answer: Answer) -> None:
            if key == self._key:
                self._say(answer_text(answer, self.tr("Saved")), is_problem=not answer.is_good)
                if not answer.is_good:
                    self.refresh()

        self._say(self.tr("Saving …"), is_problem=False)
        self._incidents.change(before, after, answer)

    def _on_saved(self, incident: Incident) -> None:
        if incident.id == self._key:
            self.refresh()

    def _on_correction(self, note: Note) -> None:
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        self.writing.correct(note)

    def _on_editor_left(self) -> None:
        if not self.writing.stop_correcting():
            self.left.emit()

    def _on_work_on(self, wanted: bool) -> None:
        self._incidents.work_on(self._incident if wanted else None)

    # --- Qt overrides ------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() not in _ENTER:  # which would enlarge a tile of the wall
            super().keyPressEvent(event)


def _label(parent: QWidget, *, heading: bool = False, dim: bool = False) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(not heading)
    label.setProperty("heading", heading)
    label.setProperty("dim", dim)
    return label
