"""Finds words on a virtual screen: they are painted as the program paints them, then looked for."""

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QImage, QPainter

from ui.theme import tokens

_LEAST_ALIKE = 0.8
"""Of the same words in another smoothing or colour; of other words it is 0.6 at most."""


def shows_words(pixels: NDArray[np.uint8], words: str, px: int, *, bold: bool = False) -> bool:
    """Whether these words stand somewhere in the pixels, in one line, ``px`` pixels high."""
    return place_of(pixels, words, px, bold=bold) is not None


def place_of(
    pixels: NDArray[np.uint8], words: str, px: int, *, bold: bool = False
) -> tuple[int, int] | None:
    """The middle of the words, as x and y; ``None`` where they do not stand."""
    alike = _likeness(pixels, words, px, bold)
    if alike.max() < _LEAST_ALIKE:
        return None
    y, x = np.unravel_index(int(alike.argmax()), alike.shape)
    height, width = _painted(words, px, bold).shape
    return int(x) + width // 2, int(y) + height // 2


def _likeness(pixels: NDArray[np.uint8], words: str, px: int, bold: bool) -> NDArray[np.float32]:
    wanted = _painted(words, px, bold)
    found = pixels[..., :3].max(axis=2)
    alike = cv2.matchTemplate(found, wanted, cv2.TM_CCOEFF_NORMED)
    return np.nan_to_num(alike, posinf=0.0, neginf=0.0).astype(np.float32)


@lru_cache(maxsize=64)
def _painted(words: str, px: int, bold: bool) -> NDArray[np.uint8]:
    if QGuiApplication.instance() is None:
        raise RuntimeError("Ask for the fixture qapp: words are painted by Qt")
    font = QFont(list(tokens.FONT_FAMILIES))
    font.setPixelSize(px)
    font.setBold(bold)
    metrics = QFontMetrics(font)
    image = QImage(metrics.horizontalAdvance(words), metrics.height(), QImage.Format.Format_RGB32)
    image.fill(QColor(tokens.SURFACE))
    painter = QPainter(image)
    painter.setFont(font)
    painter.setPen(QColor(tokens.TEXT))
    painter.drawText(image.rect(), int(Qt.AlignmentFlag.AlignLeft), words)
    painter.end()
    flat = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
    painted = flat[:, : image.width(), :3].max(axis=2)
    rows = np.flatnonzero(painted.max(axis=1) > 120)
    return np.ascontiguousarray(painted[rows[0] : rows[-1] + 1])
