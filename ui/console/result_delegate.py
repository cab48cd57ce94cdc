"""Paints a found camera in two lines."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.models.search_results import DETAIL_ROLE
from ui.theme import tokens

Index = QModelIndex | QPersistentModelIndex
_ICON = 22


class ResultDelegate(QStyledItemDelegate):
    """Name above, number, code and state below; both as plain text, cut where too long."""

    # --- Qt overrides ----------------------------------------------------------------------------

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        height = 2 * option.fontMetrics.height() + 3 * tokens.SPACE_XS
        return QSize(0, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(tokens.SELECTION_BACKGROUND))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, QColor(tokens.SURFACE_HOVER))
        icon = index.data(Qt.ItemDataRole.DecorationRole)
        place = QRect(area.left() + tokens.SPACE_S, area.center().y() - _ICON // 2, _ICON, _ICON)
        icon.paint(painter, place)
        words = area.adjusted(_ICON + 2 * tokens.SPACE_S, 0, -tokens.SPACE_S, 0)
        half = words.height() // 2
        upper = words.adjusted(0, tokens.SPACE_XS, 0, -half)
        lower = words.adjusted(0, half, 0, -tokens.SPACE_XS)
        _line(painter, upper, str(index.data()), tokens.TEXT)
        font = QFont(painter.font())
        font.setPixelSize(tokens.FONT_SMALL_PX)
        painter.setFont(font)
        _line(painter, lower, str(index.data(DETAIL_ROLE)), tokens.TEXT_DIM)
        painter.restore()


def _line(painter: QPainter, area: QRect, text: str, colour: str) -> None:
    painter.setPen(QColor(colour))
    cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.drawText(area, flags | Qt.TextFlag.TextSingleLine, cut)
