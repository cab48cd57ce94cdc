"""Paints a row of the tree: the name from the left, what is live from the right."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui.theme import tokens

Index = QModelIndex | QPersistentModelIndex
_GAP = 10
_LEAST_NAME = 90


class TreeDelegate(QStyledItemDelegate):
    """Puts the second column's words at the end of the row; the name gets all that is left."""

    # --- Qt overrides ----------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        beside = index.sibling(index.row(), 1)
        words = str(beside.data() or "")
        whole = QRect(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(whole, QColor(tokens.SELECTION_BACKGROUND))
        room = max(0, whole.width() - _LEAST_NAME)
        wide = min(room, option.fontMetrics.horizontalAdvance(words) + _GAP)
        name = QStyleOptionViewItem(option)
        name.rect = whole.adjusted(0, 0, -wide, 0)
        super().paint(painter, name, index)
        if not words or not wide:
            return
        painter.save()
        painter.setPen(beside.data(Qt.ItemDataRole.ForegroundRole) or QColor(tokens.TEXT_DIM))
        area = QRect(whole.right() + 1 - wide, whole.top(), wide - 4, whole.height())
        cut = option.fontMetrics.elidedText(words, Qt.TextElideMode.ElideRight, area.width())
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, flags | Qt.TextFlag.TextSingleLine, cut)
        painter.restore()
