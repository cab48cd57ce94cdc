"""Paints boxes, trails and zones over the picture of one tile, crisp, in device pixels.

This runs for every painted picture, so it makes no Qt object that can be kept, and boxes are
filled rectangles: with PySide that is several times faster than lists of lines or rectangles.
"""

from collections.abc import Sequence
from math import floor

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter

from app.domain.mapping import Affine
from app.services.overlay_types import OverlayBox, TileOverlay
from ui.theme import tokens
from ui.wall.box_label import box_label, label_height
from ui.wall.box_shapes import plain_bars
from ui.wall.box_style import colour_of, dashed_brush, style_of
from ui.wall.box_wording import box_words
from ui.wall.zone_painter import line_pen, paint_zones, polygon

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
_IDLE = 0.7
_STEPS = 8
"""Fading has so many steps, so that its colours can be kept."""


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
        line = max(1, round((2 if width >= DETAILS_FROM else 1) * scale))
        paint_zones(painter, overlay.shapes, to_pixels, line, scale, in_detail=width >= NAMES_FROM)
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
    points = polygon(box.trail, to)
    painter.setPen(line_pen(tokens.BOX_OUTLINE, line + 2))
    painter.drawPolyline(points)
    painter.setPen(line_pen(style_of(box.label).colour, line))
    painter.drawPolyline(points)
