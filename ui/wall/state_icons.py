"""The small signs of a tile's state, drawn once per size.

Drawn here, because the icon font takes 0.2 s to load and the first tile needs its sign at once.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

from app.domain.stream import StreamState
from ui.theme import tokens

STATE_COLOURS: Mapping[StreamState, str] = {
    StreamState.CLOSED: tokens.CLOSED,
    StreamState.CONNECTING: tokens.CONNECTING,
    StreamState.LIVE: tokens.LIVE,
    StreamState.STALE: tokens.STALE,
    StreamState.RECONNECTING: tokens.RECONNECTING,
    StreamState.UNAUTHORISED: tokens.UNAUTHORISED,
    StreamState.OFFLINE: tokens.OFFLINE,
    StreamState.REPLAY: tokens.REPLAY,
}


@lru_cache(maxsize=256)
def state_icon(state: StreamState, pixels: int) -> QPixmap:
    """The sign of ``state`` in its colour, ``pixels`` wide and high. GUI thread."""
    pixmap = QPixmap(pixels, pixels)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(pixels / 24, pixels / 24)
    colour = QColor(STATE_COLOURS[state])
    painter.setPen(
        QPen(colour, 2.4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    _SIGNS[state](painter, colour)
    painter.end()
    return pixmap


def _dot(painter: QPainter, colour: QColor) -> None:
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(12, 12), 7, 7)


def _square(painter: QPainter, _colour: QColor) -> None:
    painter.drawRoundedRect(QRectF(5, 5, 14, 14), 2, 2)


def _three_dots(painter: QPainter, colour: QColor) -> None:
    painter.setBrush(colour)
    for x in (4, 12, 20):
        painter.drawEllipse(QPointF(x, 12), 1.6, 1.6)


def _clock(painter: QPainter, _colour: QColor) -> None:
    painter.drawEllipse(QPointF(12, 12), 9, 9)
    painter.drawPolyline(QPolygonF([QPointF(12, 6.5), QPointF(12, 12), QPointF(16, 14.5)]))


def _turning_arrow(painter: QPainter, _colour: QColor) -> None:
    path = QPainterPath()
    circle = QRectF(4, 4, 16, 16)
    path.arcMoveTo(circle, 20)
    path.arcTo(circle, 20, 290)
    painter.drawPath(path)
    painter.drawPolyline(QPolygonF([QPointF(20, 3.5), QPointF(19.6, 9.2), QPointF(14, 8.6)]))


def _padlock(painter: QPainter, colour: QColor) -> None:
    path = QPainterPath()
    shackle = QRectF(7.5, 3, 9, 10)
    path.arcMoveTo(shackle, 0)
    path.arcTo(shackle, 0, 180)
    path.moveTo(7.5, 8)
    path.lineTo(7.5, 11)
    path.moveTo(16.5, 8)
    path.lineTo(16.5, 11)
    painter.drawPath(path)
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(5, 11.5, 14, 9), 1.5, 1.5)


def _no_entry(painter: QPainter, _colour: QColor) -> None:
    painter.drawEllipse(QPointF(12, 12), 9, 9)
    painter.drawLine(QPointF(6, 18), QPointF(18, 6))


def _two_arrows_back(painter: QPainter, colour: QColor) -> None:
    painter.setBrush(colour)
    for x in (3.0, 12.0):
        painter.drawPolygon(QPolygonF([QPointF(x, 12), QPointF(x + 8, 6.5), QPointF(x + 8, 17.5)]))


_SIGNS: Mapping[StreamState, Callable[[QPainter, QColor], None]] = {
    StreamState.CLOSED: _square,
    StreamState.CONNECTING: _three_dots,
    StreamState.LIVE: _dot,
    StreamState.STALE: _clock,
    StreamState.RECONNECTING: _turning_arrow,
    StreamState.UNAUTHORISED: _padlock,
    StreamState.OFFLINE: _no_entry,
    StreamState.REPLAY: _two_arrows_back,
}
