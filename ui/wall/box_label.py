"""The little plates with the words of a box, drawn once per text."""

from functools import lru_cache

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPixmap

from ui.theme import tokens
from ui.wall.furniture import font_px

_GROUND = QColor(tokens.BOX_OUTLINE)
_GROUND.setAlpha(200)
_TEXT = QColor(tokens.TEXT)
_KEPT = 2048
"""A plate takes some kilobytes; plates of number plates come and go."""


def label_height(size: int) -> int:
    """How high a plate is whose letters are ``size`` device pixels."""
    return size * 3 // 2


@lru_cache(maxsize=_KEPT)
def box_label(words: str, colour: str, size: int) -> QPixmap:
    """``words`` on a dark ground with an edge in the colour of the class. GUI thread."""
    font = font_px(size, bold=True)
    edge, pad = max(2, size // 4), max(2, size // 3)
    height = label_height(size)
    width = edge + 2 * pad + QFontMetrics(font).horizontalAdvance(words)
    pixmap = QPixmap(width, height)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.fillRect(0, 0, width, height, _GROUND)
    painter.fillRect(0, 0, edge, height, QColor(colour))
    painter.setFont(font)
    painter.setPen(_TEXT)
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    painter.drawText(QRect(edge + pad, 0, width, height), flags, words)
    painter.end()
    return pixmap
