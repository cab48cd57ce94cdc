"""Paints one row of the list of events: picture, severity, camera, what happened, when."""

from collections import OrderedDict
from datetime import UTC, datetime
from functools import lru_cache

from PySide6.QtCore import (
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app.domain.camera import Camera
from app.domain.event_record import EventGroup
from ui.events.thumbnails import SIZE, ThumbnailCache
from ui.events.wording import (
    SEVERITY_ICONS,
    about_text,
    colour_of,
    lag_text,
    severity_words,
    time_text,
)
from ui.icons import icon
from ui.models.camera_tree import one_line
from ui.models.event_list_model import CAMERA_ROLE, GROUP_ROLE
from ui.row_ground import paint_ground, picture_place, words_beside
from ui.theme import tokens

Index = QModelIndex | QPersistentModelIndex
HEIGHT = SIZE.height() + 2 * tokens.SPACE_XS + 1
_ICON = 16
_NO_PICTURE = 24
_ROWS_KEPT = 64
"""More than fit on a screen."""
_TEXT = QColor(tokens.TEXT)
_DIM = QColor(tokens.TEXT_DIM)
_EMPTY = QColor(tokens.TILE_EMPTY)
_LINE = QColor(tokens.BORDER)
_BADGE = QColor(tokens.SURFACE_HOVER)
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextSingleLine


class EventRowDelegate(QStyledItemDelegate):
    """Every row has the same height, so that a list of thousands costs what is visible.

    The words of a row are painted once and kept for as long as they are in sight: while the list
    is scrolled only new rows cost anything.
    """

    def __init__(self, thumbnails: ThumbnailCache, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._words: OrderedDict[tuple[object, ...], QPixmap] = OrderedDict()

    # --- Qt overrides ------------------------------------------------------------------------

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        group: EventGroup | None = index.data(GROUP_ROLE)
        if group is None:
            return
        camera: Camera | None = index.data(CAMERA_ROLE)
        painter.save()
        area = paint_ground(painter, option, colour_of(group))
        place = picture_place(area, SIZE)
        self._paint_picture(painter, place, group)
        words = words_beside(area, place)
        pixmap = self._painted_words(words.size(), painter, group, camera)
        painter.drawPixmap(words.topLeft(), pixmap)
        painter.restore()

    def _painted_words(
        self, size: QSize, painter: QPainter, group: EventGroup, camera: Camera | None
    ) -> QPixmap:
        ratio, today = painter.device().devicePixelRatioF(), datetime.now(UTC).astimezone().date()
        state = (group.count, group.severity, group.labels, group.first.event.phase)
        key = (group.key, state, camera, size.width(), size.height(), ratio, today)
        pixmap = self._words.get(key)
        if pixmap is None:
            pixmap = QPixmap(size * ratio)
            pixmap.setDevicePixelRatio(ratio)
            pixmap.fill(Qt.GlobalColor.transparent)
            inner = QPainter(pixmap)
            inner.setFont(painter.font())
            _paint_words(inner, QRect(QPoint(), size), group, camera)
            inner.end()
            if len(self._words) >= _ROWS_KEPT:
                self._words.popitem(last=False)
        self._words[key] = pixmap
        self._words.move_to_end(key)
        return pixmap

    def _paint_picture(self, painter: QPainter, place: QRect, group: EventGroup) -> None:
        painter.fillRect(place, _EMPTY)
        device = painter.device()
        pixmap = self._thumbnails.pixmap(group.key, device.devicePixelRatioF())
        if pixmap is None:
            middle = QRect(0, 0, _NO_PICTURE, _NO_PICTURE)
            middle.moveCenter(place.center())
            painter.drawPixmap(middle.topLeft(), _no_picture(device.devicePixelRatioF()))
            return
        size = pixmap.deviceIndependentSize().toSize()
        target = QRect(place.topLeft(), size)
        target.moveCenter(place.center())
        painter.drawPixmap(target.topLeft(), pixmap)


@lru_cache(maxsize=4)
def _no_picture(ratio: float) -> QPixmap:
    """The sign in the place of a picture that is not there (yet)."""
    size = QSize(_NO_PICTURE, _NO_PICTURE)
    return icon("camera", tokens.BORDER).pixmap(size, ratio)


def _paint_words(painter: QPainter, words: QRect, group: EventGroup, camera: Camera | None) -> None:
    third = words.height() // 3
    rows = [QRect(words.left(), words.top() + third * at, words.width(), third) for at in range(3)]
    normal = QFont(painter.font())
    bold = QFont(normal)
    bold.setWeight(QFont.Weight.DemiBold)
    small = QFont(normal)
    small.setPixelSize(tokens.FONT_SMALL_PX)
    event = group.first.event

    sign = QRect(rows[0].left(), rows[0].center().y() - _ICON // 2 + 1, _ICON, _ICON)
    colour = colour_of(group)
    icon("state" if group.is_state else SEVERITY_ICONS[group.severity], colour).paint(painter, sign)
    first = rows[0].adjusted(_ICON + tokens.SPACE_XS, 0, 0, 0)
    painter.setFont(normal)
    first.setRight(_right(painter, first, time_text(group, datetime.now(UTC)), _TEXT))
    if group.count > 1:
        first.setRight(_badge(painter, first, f"×{group.count}", bold))
    painter.setFont(bold)
    _left(painter, first, severity_words(group), QColor(colour))

    code = str(group.camera)
    used = _left(painter, rows[1], code, _TEXT)
    painter.setFont(normal)
    name = rows[1].adjusted(used + tokens.SPACE_S, 0, 0, 0)
    _left(painter, name, "" if camera is None else one_line(camera.name), _DIM)

    painter.setFont(small)
    about = rows[2].adjusted(0, 0, 0, 0)
    about.setRight(_right(painter, about, lag_text(event), _DIM))
    _left(painter, about, one_line(about_text(group)), _TEXT)


def _left(painter: QPainter, area: QRect, text: str, colour: QColor) -> int:
    """Write from the left, cut where too long; returns the width that it took."""
    if area.width() <= 0:
        return 0
    metrics = painter.fontMetrics()
    cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.setPen(colour)
    painter.drawText(area, _LEFT, cut)
    return metrics.horizontalAdvance(cut)


def _right(painter: QPainter, area: QRect, text: str, colour: QColor) -> int:
    """Write to the right edge; returns where the room for other words ends."""
    painter.setPen(colour)
    painter.drawText(area, _RIGHT, text)
    return area.right() - painter.fontMetrics().horizontalAdvance(text) - tokens.SPACE_S


def _badge(painter: QPainter, area: QRect, text: str, font: QFont) -> int:
    """A count on a plate of its own; returns where the room for other words ends."""
    metrics = QFontMetrics(font)
    width = metrics.horizontalAdvance(text) + 2 * tokens.SPACE_XS
    height = metrics.height()
    plate = QRect(area.right() - width, area.center().y() - height // 2 + 1, width, height)
    painter.setBrush(_BADGE)
    painter.setPen(_LINE)
    painter.drawRoundedRect(plate, tokens.SPACE_XS, tokens.SPACE_XS)
    painter.setFont(font)
    painter.setPen(_TEXT)
    painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)
    return plate.left() - tokens.SPACE_S
