"""The panel with which an operator shifts a camera's boxes in time over its stopped picture."""

from collections.abc import Mapping

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ui.theme import tokens

STEP_MS = 20
LARGE_STEP_MS = 100
MOST_MS = 10_000
_NOTCH = 120
_MOST_OF_PICTURE = 0.35
"""A panel that would hide more of the picture's height stands beside the tile."""
_DIRECTIONS: Mapping[int, int] = {int(Qt.Key.Key_Left): -1, int(Qt.Key.Key_Right): 1}
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class OffsetPanel(QFrame):
    """Shows and changes an offset; it is not modal, and keys it does not know go to the window.

    Signals:
        moved: Another offset is to be tried (milliseconds).
        stored: The offset is right.
        cancelled: Leave everything as it was.
    """

    moved = Signal(int)
    stored = Signal()
    cancelled = Signal()

    def __init__(self, window: QWidget, camera: str, offset_ms: int) -> None:
        super().__init__(window)
        self.setObjectName("overlay")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._offset_ms = offset_ms
        title = _plain(self.tr("Adjust boxes to the picture: {0}").format(camera), self)
        self._value = _plain("", self)
        self._value.setProperty("title", True)
        self._value.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._value.setMinimumWidth(self._value.fontMetrics().horizontalAdvance("0") * 18)
        keys = _plain(
            self.tr("← → {0} ms · with Shift {1} ms · Enter stores · Esc cancels").format(
                STEP_MS, LARGE_STEP_MS
            ),
            self,
        )
        keys.setProperty("dim", True)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(*[tokens.SPACE_M] * 4)
        rows.setSpacing(tokens.SPACE_S)
        rows.addWidget(title)
        rows.addLayout(self._steps())
        rows.addWidget(keys)
        rows.addLayout(self._answers())
        self._say()

    @property
    def offset_ms(self) -> int:
        """What is tried out now."""
        return self._offset_ms

    def move_by(self, milliseconds: int) -> None:
        """Shift the boxes; later ones come with more."""
        wanted = min(MOST_MS, max(-MOST_MS, self._offset_ms + milliseconds))
        if wanted != self._offset_ms:
            self._offset_ms = wanted
            self._say()
            self.moved.emit(wanted)

    def place(self, picture: QRect, frame: QRect, room: QSize) -> None:
        """Stand at the picture's lower edge, or beside a tile that is too small for that."""
        size = self.sizeHint().boundedTo(room)
        left = picture.center().x() - size.width() // 2
        top = picture.bottom() - size.height() - tokens.SPACE_S
        if size.height() > picture.height() * _MOST_OF_PICTURE:
            top = frame.bottom() + tokens.SPACE_XS
            if top + size.height() > room.height():
                top = frame.top() - size.height() - tokens.SPACE_XS
        left = max(0, min(left, room.width() - size.width()))
        top = max(0, min(top, room.height() - size.height()))
        self.setGeometry(left, top, size.width(), size.height())

    # --- inside ----------------------------------------------------------------------------------

    def _steps(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(tokens.SPACE_XS)
        for step in (-LARGE_STEP_MS, -STEP_MS):
            row.addWidget(self._step(step))
        row.addWidget(self._value, 1)
        for step in (STEP_MS, LARGE_STEP_MS):
            row.addWidget(self._step(step))
        return row

    def _step(self, by: int) -> QPushButton:
        button = self._button(_signed(by))
        button.setAutoRepeat(True)
        button.clicked.connect(lambda: self.move_by(by))
        return button

    def _answers(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addStretch()
        cancel = self._button(self.tr("Cancel"))
        cancel.clicked.connect(self.cancelled)
        store = self._button(self.tr("Store"))
        store.setProperty("primary", True)
        store.clicked.connect(self.stored)
        row.addWidget(cancel)
        row.addWidget(store)
        return row

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def _say(self) -> None:
        self._value.setText(self.tr("{0} ms").format(_signed(self._offset_ms)))

    # --- Qt overrides ----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        direction = _DIRECTIONS.get(event.key())
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        is_shifted = modifiers == Qt.KeyboardModifier.ShiftModifier
        if direction is not None and (is_shifted or not modifiers.value):
            self.move_by(direction * (LARGE_STEP_MS if is_shifted else STEP_MS))
        elif event.key() in _ENTER:
            self.stored.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.move_by(round(event.angleDelta().y() / _NOTCH) * STEP_MS)
        event.accept()


def _signed(milliseconds: int) -> str:
    if not milliseconds:
        return "0"
    return f"{'+' if milliseconds > 0 else '−'}{abs(milliseconds)}"


def _plain(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
