"""Paints the zones and lines of a camera's rules over its picture, quieter than the boxes."""

from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QBrush, QPainter, QPen, QPolygon

from app.domain.mapping import Affine
from app.services.overlay_types import OverlayShape
from ui.theme import tokens
from ui.wall.box_label import box_label
from ui.wall.box_style import colour_of

_OUTLINE = colour_of(tokens.BOX_OUTLINE)
_ZONE = colour_of(tokens.ZONE)
_GROUND = QBrush(colour_of(tokens.ZONE, 22))
_NAME_PX = 10


def paint_zones(
    painter: QPainter,
    shapes: Sequence[OverlayShape],
    to: Affine,
    line: int,
    scale: float,
    *,
    in_detail: bool,
) -> None:
    """Zones and lines ``line`` pixels wide; in detail with a dark edge, ground and names.

    On a small tile only a thin line with its shadow is left, which costs a tenth.
    """
    for shape in shapes:
        points = polygon(shape.points, to)
        if points.size() < 2:
            continue
        if in_detail:
            _paint_smooth(painter, points, line, is_line=shape.is_line)
        else:
            _paint_thin(painter, points, line, is_line=shape.is_line)
        if shape.is_line:
            _paint_knobs(painter, points, 2 * line + 1 if in_detail else line + 1)
    if in_detail:
        for shape in shapes:
            if shape.name and shape.points:
                x, y = to.point(*shape.points[0])
                name = box_label(shape.name, tokens.ZONE, round(_NAME_PX * scale))
                painter.drawPixmap(round(x) + line, round(y) + line, name)


def polygon(points: Sequence[tuple[float, float]], to: Affine) -> QPolygon:
    """The points in whole device pixels."""
    return QPolygon([QPoint(round(to.a * x + to.c), round(to.e * y + to.f)) for x, y in points])


@lru_cache(maxsize=128)
def line_pen(colour: str, width: int) -> QPen:
    """Opaque: Qt takes far longer for translucent lines."""
    return QPen(colour_of(colour), width)


def _paint_smooth(painter: QPainter, points: QPolygon, line: int, *, is_line: bool) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # A smoothed line of odd width is sharp where it runs along the middle of pixels.
    shift = 0.5 if line % 2 else 0.0
    painter.translate(shift, shift)
    painter.setBrush(_GROUND)
    for pen in (line_pen(tokens.BOX_OUTLINE, line + 2), line_pen(tokens.ZONE, line)):
        painter.setPen(pen)
        _draw(painter, points, is_line=is_line)
        painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.translate(-shift, -shift)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_thin(painter: QPainter, points: QPolygon, line: int, *, is_line: bool) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.translate(line, line)
    painter.setPen(line_pen(tokens.BOX_OUTLINE, line))
    _draw(painter, points, is_line=is_line)
    painter.translate(-line, -line)
    painter.setPen(line_pen(tokens.ZONE, line))
    _draw(painter, points, is_line=is_line)


def _draw(painter: QPainter, points: QPolygon, *, is_line: bool) -> None:
    if is_line:
        painter.drawPolyline(points)
    else:
        painter.drawPolygon(points)


def _paint_knobs(painter: QPainter, points: QPolygon, radius: int) -> None:
    """A square at both ends of a line."""
    for point in (points.first(), points.last()):
        x, y = point.x() - radius, point.y() - radius
        painter.fillRect(x - 1, y - 1, 2 * radius + 2, 2 * radius + 2, _OUTLINE)
        painter.fillRect(x, y, 2 * radius, 2 * radius, _ZONE)
