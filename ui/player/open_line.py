"""The line that slides in over a wall's lower edge and asks for a file or an address."""

from PySide6.QtCore import QEvent, QObject, QPoint, QPropertyAnimation, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from ui.theme import tokens

_SLIDES_MS = 120
_WIDEST = 1100
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class OpenLine(QFrame):
    """Not modal. What is typed is remembered nowhere: it may hold a password.

    Signals:
        chosen: A file or address is to be opened (as it was typed).
        left: Nothing is to be opened.
    """

    chosen = Signal(str)
    left = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("overlay")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        title = self.tr("Play a file or a recorder's address in the selected tile")
        heading = QLabel(title, self)
        hint = QLabel(self.tr("Enter plays · Esc leaves"), self)
        hint.setProperty("dim", True)
        top = QHBoxLayout()
        top.addWidget(heading, 1)
        top.addWidget(hint)
        self.field = QLineEdit(self)
        self.field.setPlaceholderText("/…/clip.mp4   rtsp://recorder/…")
        self.field.setAccessibleName(title)
        self.field.installEventFilter(self)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(*[tokens.SPACE_M] * 4)
        rows.setSpacing(tokens.SPACE_S)
        rows.addLayout(top)
        rows.addWidget(self.field)
        self.setFocusProxy(self.field)
        self._slide = QPropertyAnimation(self, b"pos", self)
        self._slide.setDuration(_SLIDES_MS)
        window.installEventFilter(self)

    def slide_in(self) -> None:
        """Come up from below the lower edge and take the keyboard."""
        place = self._place()
        self.move(place.x(), self._window.height())
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._slide.setStartValue(self.pos())
        self._slide.setEndValue(place)
        self._slide.start()

    def _place(self) -> QPoint:
        room = self._window.size()
        width = min(_WIDEST, room.width() - 2 * tokens.SPACE_M)
        height = self.sizeHint().height()
        self.resize(width, height)
        return QPoint((room.width() - width) // 2, room.height() - height - tokens.SPACE_M)

    # --- Qt overrides ------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window:
            if event.type() == QEvent.Type.Resize:
                self._slide.stop()
                self.move(self._place())
            return False
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _ENTER:
                self.chosen.emit(self.field.text())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.left.emit()
                return True
        return super().eventFilter(watched, event)
