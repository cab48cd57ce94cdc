"""Paints one note: who and when, what it corrects, and its text, each line in its direction."""

from collections import OrderedDict
from uuid import UUID

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QPainter,
    QPalette,
    QTextDocument,
)
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem

from app.domain.incident import Note
from ui.incidents.text_direction import laid_out
from ui.incidents.wording import byline
from ui.models.camera_tree import one_line
from ui.models.note_list_model import NOTE_ROLE, RELATION_ROLE
from ui.row_ground import STRIPE, paint_ground
from ui.theme import tokens

Index = QModelIndex | QPersistentModelIndex
_PAD = tokens.SPACE_S
_KEPT = 200
_ONE_LINE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
_TEXT, _DIM = QColor(tokens.TEXT), QColor(tokens.TEXT_DIM)
_CORRECTION = QColor(tokens.WARNING)


class NoteDelegate(QStyledItemDelegate):
    """Rows are as high as their text; the layout of each text is kept."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        self._documents: OrderedDict[tuple[UUID, int, str], QTextDocument] = OrderedDict()

    def _document(self, note: Note, option: QStyleOptionViewItem, width: int) -> QTextDocument:
        font: QFont = option.font
        if note.is_automatic:
            font = QFont(font)
            font.setPixelSize(tokens.FONT_SMALL_PX)
        key = (note.id, width, font.key())
        document = self._documents.get(key)
        if document is None:
            document = laid_out(note.text, font, width)
            if len(self._documents) >= _KEPT:
                self._documents.popitem(last=False)
        self._documents[key] = document
        self._documents.move_to_end(key)
        return document

    def _line(self, option: QStyleOptionViewItem) -> int:
        return int(option.fontMetrics.lineSpacing())

    # --- Qt overrides ------------------------------------------------------------------------

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        note: Note | None = index.data(NOTE_ROLE)
        width = self._view.viewport().width()
        if note is None or width <= 0:
            return QSize(0, self._line(option))
        text = self._document(note, option, _text_width(width)).size().height()
        lines = 2 if index.data(RELATION_ROLE) else 1
        return QSize(0, round(text) + lines * self._line(option) + 2 * _PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        note: Note | None = index.data(NOTE_ROLE)
        if note is None:
            return
        colour = tokens.ACCENT if note.corrects is None else tokens.WARNING
        painter.save()
        area = paint_ground(painter, option, "" if note.is_automatic else colour)
        inner = area.adjusted(STRIPE + _PAD, _PAD, -_PAD, -_PAD)
        height = self._line(option)
        top = self._words(painter, QRect(inner.left(), inner.top(), inner.width(), height), note)
        relation: str = index.data(RELATION_ROLE)
        if relation:
            painter.setPen(_CORRECTION)
            painter.drawText(QRect(inner.left(), top, inner.width(), height), _ONE_LINE, relation)
            top += height
        painter.translate(inner.left(), top)
        context = QAbstractTextDocumentLayout.PaintContext()
        palette = QPalette()
        palette.setColor(QPalette.ColorRole.Text, _DIM if note.is_automatic else _TEXT)
        context.palette = palette
        document = self._document(note, option, _text_width(area.width()))
        document.documentLayout().draw(painter, context)
        painter.restore()

    def _words(self, painter: QPainter, row: QRect, note: Note) -> int:
        font = QFont(painter.font())
        font.setPixelSize(tokens.FONT_SMALL_PX)
        painter.setFont(font)
        painter.setPen(_DIM)
        words = painter.fontMetrics().elidedText(
            one_line(byline(note)), Qt.TextElideMode.ElideRight, row.width()
        )
        painter.drawText(row, _ONE_LINE, words)
        return row.bottom() + 1


def _text_width(width: int) -> int:
    return max(20, width - STRIPE - 2 * _PAD)
