"""Paints one row of a list of decisions: picture, title, what was decided by whom, the note."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app.services.review import Decided
from ui.bookmarks.row_delegate import HEIGHT, paint_left, paint_right, paint_thumbnail
from ui.bookmarks.wording import FLAG_COLOURS, flag_text
from ui.events.thumbnails import SIZE, ThumbnailCache
from ui.models.camera_tree import one_line
from ui.models.decided_list_model import DECIDED_ROLE
from ui.review.wording import flagged_text, since_text, title_text, when_text
from ui.row_ground import paint_ground, picture_place, words_beside
from ui.theme import tokens

Index = QModelIndex | QPersistentModelIndex


class DecidedRowDelegate(QStyledItemDelegate):
    """Rows of one height; what is cut off stands below the list once the row is chosen."""

    def __init__(
        self, thumbnails: ThumbnailCache, workstation: str, parent: QObject | None = None
    ) -> None:
        """``workstation`` is this one: pictures of others may not be at hand."""
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._workstation = workstation

    # --- Qt overrides ------------------------------------------------------------------------

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        decided: Decided | None = index.data(DECIDED_ROLE)
        if decided is None:
            return
        painter.save()
        area = paint_ground(painter, option, _colour(decided))
        place = picture_place(area, SIZE)
        paint_thumbnail(painter, place, decided.bookmark, self._thumbnails, self._workstation)
        words = words_beside(area, place)
        _paint_words(painter, words, decided)
        painter.restore()


def _colour(decided: Decided) -> str:
    is_undone = decided.decision.undone_us is not None
    return tokens.TEXT_DIM if is_undone else FLAG_COLOURS[decided.decision.verdict]


def _paint_words(painter: QPainter, words: QRect, decided: Decided) -> None:
    decision = decided.decision
    third = words.height() // 3
    rows = [QRect(words.left(), words.top() + third * at, words.width(), third) for at in range(3)]
    normal = QFont(painter.font())
    bold = QFont(normal)
    bold.setWeight(QFont.Weight.DemiBold)
    painter.setFont(bold)
    paint_left(painter, rows[0], one_line(title_text(decided)), tokens.TEXT)
    painter.setFont(normal)
    when = rows[1]
    when.setRight(paint_right(painter, when, when_text(decision.decided_us), tokens.TEXT_DIM))
    used = paint_left(painter, when, flag_text(decision.verdict), _colour(decided))
    rest = when.adjusted(used + tokens.SPACE_S, 0, 0, 0)
    paint_left(painter, rest, one_line(decision.supervisor.operator), tokens.TEXT)
    last = rows[2]
    since = since_text(decided)
    if since:
        used = paint_left(painter, last, since, tokens.WARNING)
        last = last.adjusted(used + tokens.SPACE_S, 0, 0, 0)
    note = decision.note or ("" if since else flagged_text(decided))
    paint_left(painter, last, one_line(note), tokens.TEXT if decision.note else tokens.TEXT_DIM)
