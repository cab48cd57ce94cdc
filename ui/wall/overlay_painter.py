"""Paints boxes, trails and zones over the picture of one tile, crisp, in device pixels.

This runs for every painted picture, so it makes no Qt object that can be kept, and boxes are
filled rectangles: with PySide that is several times faster than lists of lines or rectangles.
"""

from collections.abc import Sequence
from functools import lru_cache
from math import floor

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QBrush, QPainter, QPen, QPolygon

from app.domain.mapping import Affine
from app.services.overlay_types import OverlayBox, OverlayShape, TileOverlay
from ui.theme import tokens
from ui.wall.box_label import box_label, label_height
from ui.wall.box_shapes import plain_bars
from ui.wall.box_style import colour_of, dashed_brush, style_of
from ui.wall.box_wording import box_words

SHAPES_FROM = 160
"""Width of a picture, in logical pixels, from which on each class has its own shape."""
LABELS_FROM = 320
NAMES_FROM = 480
"""From here on lines are two pixels wide, and zones and lines of rules have their names."""
DETAILS_FROM = 640
MOST_BOXES = 50
_SMALLEST = 3
_THIN_BELOW = 10
"""A box less than so many lines wide or high has thinner ones."""
_LABELLED_FROM = 1.5
"""A box must be so many times larger than the height of a label to have one: far away there are
many, and a wall of words hides what they stand for."""
_OUTLINE = colour_of(tokens.BOX_OUTLINE)
"""Opaque, because Qt takes ten times longer for a translucent upright line."""
_ZONE = colour_of(tokens.ZONE)
_IDLE = 0.7
_STEPS = 8
"""Fading has so many steps, so that its colours can be kept."""
_ZONE_GROUND = QBrush(colour_of(tokens.ZONE, 22))


def paint_overlay(
    painter: QPainter, overlay: TileOverlay, area: QRect, to_pixels: Affine, scale: float
) -> None:
    """Draw what lies over a picture and nothing beside it.

    ``area`` is where the picture is, in device pixels; ``to_pixels`` leads there from fractions of
    the full picture of the stream. Fractions outside of what is seen are fine.
    """
    width = area.width() / scale
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    if overlay.shapes:
        thin = max(1, round((2 if width >= DETAILS_FROM else 1) * scale))
        _paint_shapes(painter, overlay.shapes, to_pixels, thin, scale, width >= NAMES_FROM)
    boxes = overlay.boxes if len(overlay.boxes) <= MOST_BOXES else overlay.boxes[:MOST_BOXES]
    if boxes:
        line = max(1, round((2 if width >= NAMES_FROM else 1) * scale))
        for box in boxes:
            if box.trail:
                _paint_trail(painter, box, to_pixels, line)
        _paint_boxes(painter, boxes, area, to_pixels, line, plain=width < SHAPES_FROM)
        if width >= LABELS_FROM:
            details = width >= DETAILS_FROM
            size = round((12 if details else 11) * scale)
            confidence = details and overlay.show_confidence
            _paint_labels(painter, boxes, area, to_pixels, size, line, confidence, details)
    painter.restore()


def _paint_boxes(
    painter: QPainter,
    boxes: Sequence[OverlayBox],
    area: QRect,
    to: Affine,
    line: int,
    *,
    plain: bool,
) -> None:
    fill = painter.fillRect
    left, top = area.x(), area.y()
    right, low = left + area.width(), top + area.height()
    across, down, x0, y0 = to.a, to.e, to.c + 0.5, to.f + 0.5
    edge = max(1, line // 2)
    grown = 2 * edge
    for box in boxes:
        place = box.box
        x, y = floor(across * place.x1 + x0), floor(down * place.y1 + y0)
        w = max(_SMALLEST, floor(across * place.x2 + x0) - x)
        h = max(_SMALLEST, floor(down * place.y2 + y0) - y)
        if x >= right or y >= low or x + w <= left or y + h <= top:
            continue
        style = style_of(box.label)
        if box.is_idle or box.alpha < 1.0:
            thick = max(1, line // 2) if box.is_idle else line
            strength = box.alpha * (_IDLE if box.is_idle else 1.0)
            alpha = 255 * floor(strength * _STEPS + 0.5) // _STEPS
            dark = colour_of(tokens.BOX_OUTLINE, alpha)
        else:
            thick, alpha, dark = line, 255, _OUTLINE
        if thick > 1 and min(w, h) < _THIN_BELOW * thick:
            thick = max(1, thick // 2)
        bars = (plain_bars if plain else style.bars)(x, y, w, h, thick)
        for bx, by, bw, bh in bars:
            fill(bx - edge, by - edge, bw + grown, bh + grown, dark)
        if box.is_late:
            dashes = dashed_brush(style.colour, alpha, max(3, 3 * line))
            for bx, by, bw, bh in bars:
                fill(bx, by, bw, bh, dashes)
        else:
            colour = colour_of(style.colour, alpha)
            for bx, by, bw, bh in bars:
                fill(bx, by, bw, bh, colour)


def _paint_labels(
    painter: QPainter,
    boxes: Sequence[OverlayBox],
    area: QRect,
    to: Affine,
    size: int,
    line: int,
    confidence: bool,
    details: bool,
) -> None:
    """A label above its box, else below or inside; one that has no free place is left out."""
    left, top = area.x(), area.y()
    right, low = left + area.width(), top + area.height()
    height = label_height(size)
    taken: list[tuple[int, int, int, int]] = []
    for box in boxes:
        place = box.box
        x1, y1 = round(to.a * place.x1 + to.c), round(to.e * place.y1 + to.f)
        x2, y2 = round(to.a * place.x2 + to.c), round(to.e * place.y2 + to.f)
        if x1 >= right or y1 >= low or x2 <= left or y2 <= top:
            continue
        if max(x2 - x1, y2 - y1) < _LABELLED_FROM * height:
            continue
        words = box_words(box, confidence=confidence, details=details)
        pixmap = box_label(words, style_of(box.label).colour, size)
        width = pixmap.width()
        x = max(left, min(x1 - line // 2, right - width))
        for y in (y1 - line - height, y2 + line, max(top, y1 + line)):
            here = (x, y, x + width, y + height)
            if y >= top and y + height <= low and not _meets(here, taken):
                taken.append(here)
                if box.alpha < 1.0:
                    painter.setOpacity(box.alpha)
                    painter.drawPixmap(x, y, pixmap)
                    painter.setOpacity(1.0)
                else:
                    painter.drawPixmap(x, y, pixmap)
                break


def _meets(here: tuple[int, int, int, int], others: Sequence[tuple[int, int, int, int]]) -> bool:
    x1, y1, x2, y2 = here
    return any(
        x1 < right and left < x2 and y1 < low and top < y2 for left, top, right, low in others
    )


def _paint_trail(painter: QPainter, box: OverlayBox, to: Affine, line: int) -> None:
    """Where the object has been; gone as soon as its box begins to fade."""
    if box.alpha < 1.0:
        return
    points = _polygon(box.trail, to)
    painter.setPen(_pen(tokens.BOX_OUTLINE, line + 2))
    painter.drawPolyline(points)
    painter.setPen(_pen(style_of(box.label).colour, line))
    painter.drawPolyline(points)


@lru_cache(maxsize=128)
def _pen(colour: str, width: int) -> QPen:
    """Opaque: Qt takes far longer for translucent lines."""
    return QPen(colour_of(colour), width)


def _paint_shapes(
    painter: QPainter,
    shapes: Sequence[OverlayShape],
    to: Affine,
    line: int,
    scale: float,
    with_names: bool,
) -> None:
    """Zones with a breath of ground, lines with a knob at each end, and their names."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, with_names)
    # A smoothed line of odd width is sharp where it runs along the middle of pixels.
    shift = 0.5 if with_names and line % 2 else 0.0
    painter.translate(shift, shift)
    for shape in shapes:
        points = _polygon(shape.points, to)
        if points.size() < 2:
            continue
        painter.setBrush(Qt.BrushStyle.NoBrush if shape.is_line else _ZONE_GROUND)
        for pen in (_pen(tokens.BOX_OUTLINE, line + 2), _pen(tokens.ZONE, line)):
            painter.setPen(pen)
            if shape.is_line:
                painter.drawPolyline(points)
            else:
                painter.drawPolygon(points)
            painter.setBrush(Qt.BrushStyle.NoBrush)
        if shape.is_line:
            _paint_knobs(painter, points, 2 * line + 1)
    painter.translate(-shift, -shift)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    if with_names:
        for shape in shapes:
            if shape.name and shape.points:
                x, y = to.point(*shape.points[0])
                name = box_label(shape.name, tokens.ZONE, round(10 * scale))
                painter.drawPixmap(round(x) + line, round(y) + line, name)


def _paint_knobs(painter: QPainter, points: QPolygon, radius: int) -> None:
    for point in (points.first(), points.last()):
        x, y = point.x() - radius, point.y() - radius
        painter.fillRect(x - 1, y - 1, 2 * radius + 2, 2 * radius + 2, _OUTLINE)
        painter.fillRect(x, y, 2 * radius, 2 * radius, _ZONE)


def _polygon(points: Sequence[tuple[float, float]], to: Affine) -> QPolygon:
    return QPolygon([QPoint(round(to.a * x + to.c), round(to.e * y + to.f)) for x, y in points])
