"""Texts in which every line has the direction of its own script."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QTextDocument, QTextOption

NO_MARGIN = 0.0


def own_directions() -> QTextOption:
    """Urdu and Pashto lines run from the right, English ones from the left, in one text."""
    option = QTextOption()
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    return option


def laid_out(text: str, font: QFont, width: float) -> QTextDocument:
    """The text ready to be painted, lines broken at ``width``."""
    document = QTextDocument()
    document.setDocumentMargin(NO_MARGIN)
    document.setDefaultFont(font)
    document.setDefaultTextOption(own_directions())
    document.setPlainText(text)
    document.setTextWidth(width)
    return document
