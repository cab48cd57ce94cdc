"""What stands on a wall without cameras: how to get some, or that they are coming."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.names import NAME, urdu_name
from ui.overlay import Overlay
from ui.theme import tokens

_WIDTH = 660


class ProgressPanel(Overlay):
    """Says what the program is preparing before there is anything to see."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(36, 28, 36, 32)
        column.setSpacing(tokens.SPACE_M)
        column.addLayout(title_row(self))
        self._sentence = _line("", self, "heading")
        column.addWidget(self._sentence)
        column.addWidget(
            _line(
                self.tr("The streets are drawn and encoded once; the next start takes seconds."),
                self,
                "dim",
            )
        )

    def tell(self, sentence: str) -> None:
        self._sentence.setText(sentence)


class WelcomePanel(Overlay):
    """Explains in words how cameras come in and how to see the demo city."""

    def __init__(self, window: QWidget, program: str) -> None:
        """``program`` is how this program is started, e.g. ``python main.py``."""
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setMaximumWidth(_WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(36, 28, 36, 32)
        column.setSpacing(tokens.SPACE_M)
        column.addLayout(title_row(self))
        column.addWidget(_line(self.tr("There are no cameras yet"), self, "heading"))
        column.addWidget(
            _line(
                self.tr(
                    "Cameras come from a table (CSV) with one row a camera: district, site, "
                    "camera, their names and numbers, and the address of its stream."
                ),
                self,
            )
        )
        column.addWidget(_line(self.tr("Put your own cameras in:"), self, "dim"))
        column.addWidget(_line(f"{program} --import-cameras cameras.csv", self, "code"))
        column.addWidget(_line(self.tr("Or look at the demo city, 950 cameras live:"), self, "dim"))
        column.addWidget(_line(f"{program} --demo", self, "code"))
        column.addWidget(_line(self.tr("F1 shows all keys."), self, "dim"))


def title_row(parent: QWidget) -> QHBoxLayout:
    """The program's name, in both scripts."""
    row = QHBoxLayout()
    row.addWidget(_line(NAME, parent, "title"))
    row.addStretch()
    row.addWidget(urdu_name(parent))
    return row


def _line(text: str, parent: QWidget, kind: str = "") -> QLabel:
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    if kind:
        label.setProperty(kind, True)
    return label
