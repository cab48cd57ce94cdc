"""The border and the badge of a tile where something happened. They stand still: nothing blinks."""

from collections.abc import Mapping
from functools import lru_cache

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPixmap

from app.domain.analytics_event import EventSeverity
from app.services.event_marks import TileMark
from ui.theme import tokens
from ui.wall.furniture import font_px
from ui.wall.signs import SEVERITY_SIGNS, sign_pixmap

SEVERITY_COLOURS: Mapping[EventSeverity, str] = {
    EventSeverity.INFORMATION: tokens.EVENT_INFORMATION,
    EventSeverity.NOTICE: tokens.EVENT_NOTICE,
    EventSeverity.WARNING: tokens.EVENT_WARNING,
    EventSeverity.ALARM: tokens.EVENT_ALARM,
}
_BORDER_PX: Mapping[EventSeverity, int] = {
    EventSeverity.INFORMATION: 1,
    EventSeverity.NOTICE: 2,
    EventSeverity.WARNING: 3,
    EventSeverity.ALARM: 4,
}
_COLOURS = {severity: QColor(name) for severity, name in SEVERITY_COLOURS.items()}
_GROUND = QColor(tokens.BOX_OUTLINE)
_GROUND.setAlpha(215)
_MOST = 99


def paint_mark(painter: QPainter, room: QRect, mark: TileMark, scale: float) -> None:
    """A border along the inner edge of ``room`` and the badge in its upper right corner."""
    border = max(1, round(_BORDER_PX[mark.severity] * scale))
    colour = _COLOURS[mark.severity]
    x, y, width, height = room.x(), room.y(), room.width(), room.height()
    painter.fillRect(x, y, width, border, colour)
    painter.fillRect(x, y + height - border, width, border, colour)
    painter.fillRect(x, y, border, height, colour)
    painter.fillRect(x + width - border, y, border, height, colour)
    side = round(min(22 * scale, max(12 * scale, height / 9)))
    if side > height // 2:
        return
    badge = _badge(mark.severity, min(mark.count, _MOST + 1), side)
    painter.drawPixmap(x + width - border - badge.width(), y + border, badge)


@lru_cache(maxsize=512)
def _badge(severity: EventSeverity, count: int, side: int) -> QPixmap:
    """Sign and, from two on, the number of events; on a ground of its own."""
    words = "" if count < 2 else f"{_MOST}+" if count > _MOST else str(count)
    font = font_px(round(side * 0.7), bold=True)
    pad = max(2, side // 6)
    sign = side - 2 * pad
    more = QFontMetrics(font).horizontalAdvance(words) + pad if words else 0
    pixmap = QPixmap(side + more, side)
    pixmap.fill(_GROUND)
    painter = QPainter(pixmap)
    painter.drawPixmap(
        pad, pad, sign_pixmap(SEVERITY_SIGNS[severity], SEVERITY_COLOURS[severity], sign)
    )
    painter.setFont(font)
    painter.setPen(QColor(tokens.TEXT))
    flags = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    painter.drawText(QRect(side - pad // 2, 0, more + pad, side), flags, words)
    painter.end()
    return pixmap
