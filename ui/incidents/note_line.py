"""The line at the lower edge of the wall in which a note is written; nothing is modal."""

from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.services.incidents import IncidentService
from ui.incidents.note_editor import NoteEditor
from ui.incidents.note_writing import NoteWriting
from ui.overlay import Overlay
from ui.theme import tokens

_WIDTH = 760


class NoteLine(Overlay):
    """Says which incident it belongs to and what became of it. Gone once the note is stored.

    Signals:
        said: What became of the note, in words.
        closed: The keyboard goes back to the tiles.
    """

    said = Signal(str)
    closed = Signal()

    def __init__(self, incidents: IncidentService, window: QWidget) -> None:
        super().__init__(window, at_lower_edge=True)
        self.setMaximumWidth(_WIDTH)
        self._title = QLabel(self)
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setProperty("heading", True)
        self._state = QLabel(self)
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self._state.setWordWrap(True)
        self._state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.editor = NoteEditor(self)
        self.writing = NoteWriting(incidents, self.editor, self)
        hint = QLabel(
            self.tr("Enter stores · Shift+Enter: new line · Esc: later, the draft is kept"), self
        )
        hint.setProperty("dim", True)
        top = QHBoxLayout()
        top.addWidget(self._title)
        top.addWidget(self._state, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(*[tokens.SPACE_M] * 4)
        rows.setSpacing(tokens.SPACE_S)
        rows.addLayout(top)
        rows.addWidget(self.editor)
        rows.addWidget(hint)
        self.editor.left.connect(self.close_line)
        self.editor.document().documentLayout().documentSizeChanged.connect(self._on_resized)
        self.writing.said.connect(self._on_said)
        self.writing.finished.connect(self.close_line)
        self.setFocusProxy(self.editor)

    @property
    def title(self) -> str:
        return self._title.text()

    @property
    def state(self) -> str:
        return self._state.text()

    def write_about(self, incident: UUID, title: str) -> None:
        """Come up for a note about this incident, with the keyboard."""
        self._state.setText("")
        self.show_title(title)
        self.writing.begin(incident)
        self.appear()
        self.editor.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_title(self, title: str) -> None:
        """Which incident it is."""
        self._title.setText(title)

    def show_state(self, words: str, *, is_problem: bool = False) -> None:
        """What became of it."""
        colour = tokens.WARNING if is_problem else tokens.TEXT_DIM
        self._state.setText(words)
        self._state.setStyleSheet(f"color: {colour}")
        if self.isVisible():
            self.place()

    def close_line(self) -> None:
        """Go away; what is written stays a draft."""
        if not self.isHidden():
            self.editor.flush()
            self.hide()
            self.closed.emit()

    # --- inside ------------------------------------------------------------------------------

    def _on_said(self, words: str, is_problem: bool) -> None:
        self.show_state(words, is_problem=is_problem)
        if self.isHidden():
            self.said.emit(words)

    def _on_resized(self) -> None:
        if self.isVisible():
            self.place()

    # --- Qt overrides ------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Keys that the editor does not know belong to the wall: pages, screens, layouts.
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
