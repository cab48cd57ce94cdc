"""The program's names as they are written on windows."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QRawFont
from PySide6.QtWidgets import QLabel, QWidget

from ui.theme import tokens

NAME = "Nigehban"
URDU_NAME = "نگہبان"


def urdu_name(parent: QWidget) -> QLabel:
    """The program's name in Urdu, right to left whatever surrounds it.

    Empty where no font of the system has all its letters: better nothing than empty boxes.
    """
    label = QLabel(parent)
    label.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    label.setProperty("dim", True)
    family = next((name for name in tokens.URDU_FAMILIES if _writes_urdu(name)), None)
    if family is not None:
        label.setText(URDU_NAME)
        # By style sheet, because the program's own would overrule a font that is only set.
        label.setStyleSheet(f'font-family: "{family}"; font-size: {tokens.FONT_TITLE_PX}px')
    return label


def _writes_urdu(family: str) -> bool:
    font = QFont(family)
    if QFontInfo(font).family() != family:
        return False
    raw = QRawFont.fromFont(font, QFontDatabase.WritingSystem.Arabic)
    return all(raw.supportsCharacter(ord(letter)) for letter in URDU_NAME)
