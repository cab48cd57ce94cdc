"""Asks once before the program ends, without stopping anything."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from ui.overlay import Overlay
from ui.theme import tokens

_PATIENCE_MS = 6000


class LeaveBar(Overlay):
    """A bar at the lower edge that goes away by itself.

    Signals:
        confirmed: The operator really wants to leave.
    """

    confirmed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, at_lower_edge=True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PATIENCE_MS)
        self._timer.timeout.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(tokens.SPACE_L, tokens.SPACE_M, tokens.SPACE_L, tokens.SPACE_M)
        row.setSpacing(tokens.SPACE_M)
        question = QLabel(self.tr("Leave Nigehban? Ctrl+Q again leaves, Esc stays."), self)
        question.setTextFormat(Qt.TextFormat.PlainText)
        row.addWidget(question)
        leave = self._button(self.tr("Leave"))
        leave.setProperty("primary", True)
        leave.clicked.connect(self.confirmed)
        stay = self._button(self.tr("Stay"))
        stay.clicked.connect(self.hide)
        row.addWidget(leave)
        row.addWidget(stay)

    def ask(self) -> None:
        """Put the question; asked while it stands there, it is the answer."""
        if self.isVisible():
            self.confirmed.emit()
            return
        self.appear()
        self._timer.start()

    def _button(self, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button
