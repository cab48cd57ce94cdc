"""The small signs of a tile beside its state: picture faults, boxes, events; drawn once per size.

Drawn here, because the icon font takes 0.2 s to load.
"""

from collections.abc import Callable, Mapping
from enum import Enum
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from app.domain.analytics_event import EventSeverity


class Sign(Enum):
    """What can be drawn."""

    FAULT = "fault"
    BOXES = "boxes"
    PAUSED = "paused"
    CLIP = "clip"
    INFORMATION = "information"
    NOTICE = "notice"
    WARNING = "warning"
    ALARM = "alarm"


SEVERITY_SIGNS: Mapping[EventSeverity, Sign] = {
    EventSeverity.INFORMATION: Sign.INFORMATION,
    EventSeverity.NOTICE: Sign.NOTICE,
    EventSeverity.WARNING: Sign.WARNING,
    EventSeverity.ALARM: Sign.ALARM,
}


@lru_cache(maxsize=256)
def sign_pixmap(sign: Sign, colour: str, pixels: int) -> QPixmap:
    """``sign`` in ``colour``, ``pixels`` wide and high. GUI thread."""
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(pixels / 24, pixels / 24)
    cap, join = Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    painter.setPen(QPen(QColor(colour), 2.4, Qt.PenStyle.SolidLine, cap, join))
    _SIGNS[sign](painter)
    painter.end()
    return pixmap


def _fault(painter: QPainter) -> None:
    """An eye that is crossed out."""
    painter.drawArc(QRectF(1.5, 5.5, 21, 19), 30 * 16, 120 * 16)
    painter.drawArc(QRectF(1.5, -0.5, 21, 19), 210 * 16, 120 * 16)
    painter.drawEllipse(QPointF(12, 12), 3, 3)
    painter.drawLine(QPointF(4, 21), QPointF(20, 3))


def _boxes(painter: QPainter) -> None:
    """The corners of a box."""
    for x, y, dx, dy in ((4, 5, 1, 1), (20, 5, -1, 1), (4, 19, 1, -1), (20, 19, -1, -1)):
        corner = QPointF(x, y)
        painter.drawLine(corner, QPointF(x + 5 * dx, y))
        painter.drawLine(corner, QPointF(x, y + 5 * dy))


def _paused(painter: QPainter) -> None:
    painter.setBrush(painter.pen().color())
    painter.drawRect(QRectF(6, 5, 3, 14))
    painter.drawRect(QRectF(15, 5, 3, 14))


def _clip(painter: QPainter) -> None:
    """A sheet of film with the sign for playing on it."""
    painter.drawRoundedRect(QRectF(2, 4, 20, 16), 2, 2)
    painter.setBrush(painter.pen().color())
    painter.drawPolygon(QPolygonF([QPointF(10, 9), QPointF(15, 12), QPointF(10, 15)]))


def _exclamation(painter: QPainter, top: float) -> None:
    painter.drawLine(QPointF(12, top), QPointF(12, top + 5))
    painter.drawPoint(QPointF(12, top + 9))


def _information(painter: QPainter) -> None:
    painter.drawEllipse(QPointF(12, 12), 9.5, 9.5)
    painter.drawPoint(QPointF(12, 7.5))
    painter.drawLine(QPointF(12, 11.5), QPointF(12, 16.5))


def _notice(painter: QPainter) -> None:
    painter.drawPolygon(
        QPolygonF([QPointF(12, 2), QPointF(22, 12), QPointF(12, 22), QPointF(2, 12)])
    )
    _exclamation(painter, 7.5)


def _warning(painter: QPainter) -> None:
    painter.drawPolygon(QPolygonF([QPointF(12, 2.5), QPointF(22.5, 21), QPointF(1.5, 21)]))
    _exclamation(painter, 9)


def _alarm(painter: QPainter) -> None:
    corners = ((7.5, 1.5), (16.5, 1.5), (22.5, 7.5), (22.5, 16.5))
    more = ((16.5, 22.5), (7.5, 22.5), (1.5, 16.5), (1.5, 7.5))
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in (*corners, *more)]))
    _exclamation(painter, 7)


_SIGNS: Mapping[Sign, Callable[[QPainter], None]] = {
    Sign.FAULT: _fault,
    Sign.BOXES: _boxes,
    Sign.PAUSED: _paused,
    Sign.CLIP: _clip,
    Sign.INFORMATION: _information,
    Sign.NOTICE: _notice,
    Sign.WARNING: _warning,
    Sign.ALARM: _alarm,
}
