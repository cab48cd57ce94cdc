"""What the rows of all lists have in common: their ground, and where picture and words stand."""

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from ui.theme import tokens

STRIPE = 3
_CHOSEN = QColor(tokens.SELECTION_BACKGROUND)
_HOVER = QColor(tokens.SURFACE_HOVER)
_LINE = QColor(tokens.BORDER)


def paint_ground(painter: QPainter, option: QStyleOptionViewItem, stripe: str = "") -> QRect:
    """Whether the row is chosen, the line below it, and at its left edge a stripe of a colour;
    returns the row."""
    area: QRect = option.rect
    state: QStyle.StateFlag = option.state
    if state & QStyle.StateFlag.State_Selected:
        painter.fillRect(area, _CHOSEN)
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(area, _HOVER)
    painter.fillRect(area.left(), area.bottom(), area.width(), 1, _LINE)
    if stripe:
        edge = QRect(area.left(), area.top(), STRIPE, area.height() - 1)
        painter.fillRect(edge, QColor(stripe))
    return area


def picture_place(area: QRect, size: QSize) -> QRect:
    """Where the picture of a row stands."""
    left = area.left() + STRIPE + tokens.SPACE_XS
    return QRect(left, area.top() + tokens.SPACE_XS, size.width(), size.height())


def words_beside(area: QRect, picture: QRect) -> QRect:
    """The room beside it."""
    return area.adjusted(
        picture.right() + tokens.SPACE_S - area.left(),
        tokens.SPACE_XS,
        -tokens.SPACE_S,
        -tokens.SPACE_XS,
    )
