"""Paints one row of the list of bookmarks: picture, title, camera, when, flag and tags."""

from datetime import UTC, datetime

from PySide6.QtCore import (
    QCoreApplication,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app.domain.bookmark import Bookmark, FlagState
from app.domain.camera import Camera
from ui.bookmarks.wording import FLAG_COLOURS, flag_text, time_text
from ui.events.thumbnails import SIZE, ThumbnailCache
from ui.icons import icon
from ui.models.bookmark_list_model import BOOKMARK_ROLE, CAMERA_ROLE
from ui.models.camera_tree import one_line
from ui.row_ground import paint_ground, picture_place, words_beside
from ui.theme import tokens

Index = QModelIndex | QPersistentModelIndex
HEIGHT = SIZE.height() + 2 * tokens.SPACE_XS + 1
_ICON = 16
_SIGN = 24
_LEFT = (
    Qt.AlignmentFlag.AlignVCenter
    | Qt.AlignmentFlag.AlignLeft
    | Qt.AlignmentFlag.AlignAbsolute
    | Qt.TextFlag.TextSingleLine
)
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextSingleLine


class BookmarkRowDelegate(QStyledItemDelegate):
    """Every row has the same height, so that a list of thousands costs what is visible."""

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
        bookmark: Bookmark | None = index.data(BOOKMARK_ROLE)
        if bookmark is None:
            return
        camera: Camera | None = index.data(CAMERA_ROLE)
        painter.save()
        is_flagged = bookmark.flag is not FlagState.NONE
        area = paint_ground(painter, option, FLAG_COLOURS[bookmark.flag] if is_flagged else "")
        place = picture_place(area, SIZE)
        paint_thumbnail(painter, place, bookmark, self._thumbnails, self._workstation)
        words = words_beside(area, place)
        _paint_words(painter, words, bookmark, camera)
        painter.restore()


def paint_thumbnail(
    painter: QPainter,
    place: QRect,
    bookmark: Bookmark | None,
    thumbnails: ThumbnailCache,
    workstation: str,
) -> None:
    """The picture of a bookmark in its place; a sign where there is none, or none yet, and where
    it lies when it is not at hand at ``workstation``, this one."""
    painter.fillRect(place, QColor(tokens.TILE_EMPTY))
    pixmap = None
    if bookmark is not None and bookmark.thumbnail:
        ratio = painter.device().devicePixelRatioF()
        pixmap = thumbnails.pixmap(bookmark.id.bytes, ratio)
    if pixmap is None:
        sign = QRect(0, 0, _SIGN, _SIGN)
        sign.moveCenter(place.center())
        icon("bookmark", tokens.BORDER).paint(painter, sign)
        made_at = "" if bookmark is None else bookmark.author.workstation
        if bookmark is not None and bookmark.thumbnail and made_at != workstation:
            _paint_place(painter, place, made_at)
        return
    target = QRect(place.topLeft(), pixmap.deviceIndependentSize().toSize())
    target.moveCenter(place.center())
    painter.drawPixmap(target.topLeft(), pixmap)


def _paint_place(painter: QPainter, place: QRect, workstation: str) -> None:
    """Where the picture lies that is not at hand."""
    small = QFont(painter.font())
    small.setPixelSize(tokens.FONT_SMALL_PX)
    painter.save()
    painter.setFont(small)
    painter.setPen(QColor(tokens.TEXT_DIM))
    row = place.adjusted(tokens.SPACE_XS, 0, -tokens.SPACE_XS, -2)
    text = QCoreApplication.translate("Bookmarks", "at {0}").format(one_line(workstation))
    text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, row.width())
    painter.drawText(row, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, text)
    painter.restore()


def _paint_words(
    painter: QPainter, words: QRect, bookmark: Bookmark, camera: Camera | None
) -> None:
    third = words.height() // 3
    rows = [QRect(words.left(), words.top() + third * at, words.width(), third) for at in range(3)]
    normal = QFont(painter.font())
    bold, small = QFont(normal), QFont(normal)
    bold.setWeight(QFont.Weight.DemiBold)
    small.setPixelSize(tokens.FONT_SMALL_PX)

    title = rows[0]
    if bookmark.clip is not None:
        sign = QRect(title.right() - _ICON, title.center().y() - _ICON // 2 + 1, _ICON, _ICON)
        icon("clip", tokens.TEXT_DIM).paint(painter, sign)
        title = title.adjusted(0, 0, -_ICON - tokens.SPACE_XS, 0)
    painter.setFont(bold)
    paint_left(painter, title, one_line(bookmark.title), tokens.TEXT)

    painter.setFont(normal)
    when = rows[1]
    when.setRight(paint_right(painter, when, time_text(bookmark, datetime.now(UTC)), tokens.TEXT))
    name = str(bookmark.camera) if camera is None else f"{camera.code} {one_line(camera.name)}"
    paint_left(painter, when, name, tokens.TEXT_DIM)

    painter.setFont(small)
    last = rows[2]
    last.setRight(paint_right(painter, last, bookmark.author.operator, tokens.TEXT_DIM))
    if bookmark.flag is not FlagState.NONE:
        colour = FLAG_COLOURS[bookmark.flag]
        used = paint_left(painter, last, f"⚑ {flag_text(bookmark.flag)}", colour)
        last = last.adjusted(used + tokens.SPACE_S, 0, 0, 0)
    paint_left(painter, last, one_line(" ".join(f"#{tag}" for tag in bookmark.tags)), tokens.ACCENT)


def paint_left(painter: QPainter, area: QRect, text: str, colour: str) -> int:
    """Write from the left, cut where too long; returns the width that it took.

    Words keep the direction of their own script.
    """
    painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    if area.width() <= 0:
        return 0
    metrics = painter.fontMetrics()
    cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.setPen(QColor(colour))
    painter.drawText(area, _LEFT, cut)
    return metrics.horizontalAdvance(cut)


def paint_right(painter: QPainter, area: QRect, text: str, colour: str) -> int:
    """Write to the right edge; returns where the room for other words ends."""
    painter.setPen(QColor(colour))
    painter.drawText(area, _RIGHT, text)
    return area.right() - painter.fontMetrics().horizontalAdvance(text) - tokens.SPACE_S
