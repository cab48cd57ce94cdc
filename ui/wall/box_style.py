"""How each class of objects looks: a colour of its family and a shape of its own.

The colours are of the set by Okabe and Ito, which people with any of the common colour
deficiencies can tell apart; the shapes tell the classes apart without any colour. A test simulates
the deficiencies and measures.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPixmap

from ui.theme import tokens
from ui.wall.box_shapes import CUTS, Cut, Shape


@dataclass(frozen=True, slots=True)
class BoxStyle:
    """The look of one class."""

    colour: str
    shape: Shape
    bars: Cut
    """Cuts the shape out of a box."""


def _style(colour: str, shape: Shape) -> BoxStyle:
    return BoxStyle(colour, shape, CUTS[shape])


_STYLES: Mapping[str, BoxStyle] = {
    "person": _style(tokens.BOX_ORANGE, Shape.CORNERS),
    "face": _style(tokens.BOX_ORANGE, Shape.CORNER_DOUBLE),
    "vehicle": _style(tokens.BOX_SKY, Shape.GAPS),
    "car": _style(tokens.BOX_SKY, Shape.FRAME),
    "truck": _style(tokens.BOX_YELLOW, Shape.DOUBLE),
    "bus": _style(tokens.BOX_YELLOW, Shape.ROOF),
    "motorcycle": _style(tokens.BOX_GREEN, Shape.TICKS),
    "bicycle": _style(tokens.BOX_GREEN, Shape.POSTS),
    "animal": _style(tokens.BOX_PURPLE, Shape.CUT),
    "bag": _style(tokens.BOX_PURPLE, Shape.BRACKETS),
    "plate": _style(tokens.BOX_WHITE, Shape.RAILS),
    "fire": _style(tokens.BOX_VERMILLION, Shape.HEAVY),
    "smoke": _style(tokens.BOX_VERMILLION, Shape.BLOCKS),
    "unknown": _style(tokens.BOX_WHITE, Shape.CORNER_STUBS),
}
_UNKNOWN = _STYLES["unknown"]


def style_of(label: str) -> BoxStyle:
    """How boxes of a class look; a class we do not know looks like ``unknown``."""
    return _STYLES.get(label, _UNKNOWN)


@lru_cache(maxsize=256)
def colour_of(name: str, alpha: int = 255) -> QColor:
    colour = QColor(name)
    colour.setAlpha(alpha)
    return colour


@lru_cache(maxsize=256)
def dashed_brush(name: str, alpha: int, dash: int) -> QBrush:
    """Fills thin lines so that they come out dashed, at the price of a plain colour."""
    period = 2 * dash
    tile = QPixmap(period, period)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    colour = colour_of(name, alpha)
    for row in range(period):
        for column in range(period):
            if (row + column) % period < dash:
                painter.fillRect(column, row, 1, 1, colour)
    painter.end()
    return QBrush(tile)


@lru_cache(maxsize=64)
def style_sample(label: str, width: int, height: int, ratio: float = 1.0) -> QPixmap:
    """A small box of a class on a dark ground, for lists."""
    across, down = round(width * ratio), round(height * ratio)
    pixmap = QPixmap(across, down)
    pixmap.fill(QColor(tokens.BACKGROUND))
    style, line = style_of(label), max(1, round(ratio))
    painter = QPainter(pixmap)
    colour = colour_of(style.colour)
    edge = max(1, round(3 * ratio))
    for bar in style.bars(edge, edge, across - 2 * edge, down - 2 * edge, line):
        painter.fillRect(*bar, colour)
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap
