"""Where a note is written: Urdu, Pashto and English in one text, kept while it is written."""

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QTextEdit, QWidget

from ui.incidents.text_direction import own_directions
from ui.theme import tokens

_KEEP_AFTER_MS = 500
_FEWEST_LINES, _MOST_LINES = 2, 6
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MOST_LETTERS = 100_000


class NoteEditor(QTextEdit):
    """Enter stores, Shift+Enter begins a line, Escape leaves. As high as what is written needs.

    A QPlainTextEdit would leave lines from the right at the left edge.

    Signals:
        written: Half a second of writing is to be kept as a draft.
        stored: The note is complete.
        left: The operator goes elsewhere; the draft stays.
        entered: It got the keyboard.
    """

    entered = Signal()
    written = Signal()
    stored = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noteEditor")
        self.setAccessibleName(self.tr("Note"))
        self.setPlaceholderText(self.tr("Write a note …"))
        self.setAcceptRichText(False)
        self.setTabChangesFocus(True)
        self._keeping = QTimer(self)
        self._keeping.setSingleShot(True)
        self._keeping.setInterval(_KEEP_AFTER_MS)
        self._keeping.timeout.connect(self.written)
        self._use_own_directions()
        self.document().documentLayout().documentSizeChanged.connect(self.updateGeometry)
        self.textChanged.connect(self._on_text_changed)

    @property
    def text(self) -> str:
        return self.toPlainText()

    def show_text(self, text: str) -> None:
        """Begin with another text; not what the operator writes."""
        if text == self.toPlainText():
            return
        self._keeping.stop()
        with QSignalBlocker(self):
            self.setPlainText(text)
        cursor = self.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        self.setTextCursor(cursor)
        self.updateGeometry()

    def flush(self) -> None:
        """Keep now what is still waiting to be kept."""
        if self._keeping.isActive():
            self._keeping.stop()
            self.written.emit()

    # --- inside ------------------------------------------------------------------------------

    def _use_own_directions(self) -> None:
        # A change of the widget's direction sets that of the text too; see ``changeEvent``.
        self.document().setDefaultTextOption(own_directions())

    def _on_text_changed(self) -> None:
        if len(self.toPlainText()) > _MOST_LETTERS:
            cursor = self.textCursor()
            cursor.setPosition(_MOST_LETTERS)
            cursor.movePosition(cursor.MoveOperation.End, cursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
        # Not started anew by each key: a draft is at most half a second old while one writes on.
        if not self._keeping.isActive():
            self._keeping.start()

    # --- Qt overrides ------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().lineSpacing()
        frame = 2 * (self.frameWidth() + round(self.document().documentMargin()))
        wanted = round(self.document().size().height())  # the document's margins included
        room = (_FEWEST_LINES * line + frame, _MOST_LINES * line + frame)
        return QSize(300, max(room[0], min(room[1], wanted)) + 2 * tokens.SPACE_S)

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._use_own_directions()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        is_enter = event.key() in _ENTER
        if is_enter and modifiers & Qt.KeyboardModifier.ShiftModifier:
            # A line of its own, which may have another direction; Qt's is a break in the same.
            self.textCursor().insertBlock()
            self.ensureCursorVisible()
        elif is_enter:
            self.flush()
            self.stored.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.flush()
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.entered.emit()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.flush()
        super().focusOutEvent(event)
