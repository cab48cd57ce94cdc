"""The list of events beside the tiles of one screen."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from ui.events.panel import EventsPanel
from ui.icons import icon
from ui.theme import tokens

WIDTH = 392


class EventsDock(QFrame):
    """Takes room of its own at the right edge; the tiles are laid out anew beside it.

    Signals:
        close_requested: The operator clicked it away.
    """

    close_requested = Signal()

    def __init__(self, panel: EventsPanel, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("eventsDock")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.panel = panel
        title = QLabel(self.tr("Events"), self)
        title.setProperty("heading", True)
        close = QToolButton(self)
        close.setIcon(icon("close", tokens.TEXT_DIM))
        close.setToolTip(self.tr("Close"))
        close.setAccessibleName(self.tr("Close"))
        close.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        close.clicked.connect(self.close_requested)
        row = QHBoxLayout()
        row.addWidget(title, 1)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[tokens.SPACE_S] * 4)
        column.setSpacing(tokens.SPACE_S)
        column.addLayout(row)
        column.addWidget(panel, 1)
        self.setFocusProxy(panel)

    # --- Qt overrides ------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, 600)
