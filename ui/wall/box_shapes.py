"""The shapes that boxes are drawn in, as filled rectangles: no line of a box is blurred."""

from collections.abc import Callable, Mapping, Sequence
from enum import Enum


class Shape(Enum):
    """What of a box's frame is drawn."""

    FRAME = "frame"
    CORNERS = "corners"
    DOUBLE = "double"
    ROOF = "roof"
    BRACKETS = "brackets"
    GAPS = "gaps"
    TICKS = "ticks"
    POSTS = "posts"
    RAILS = "rails"
    CUT = "cut"
    HEAVY = "heavy"
    BLOCKS = "blocks"
    CORNER_DOUBLE = "corner-double"
    CORNER_STUBS = "corner-stubs"


Bar = tuple[int, int, int, int]
"""A filled rectangle: left, top, width, height."""
Bars = Sequence[Bar]
Cut = Callable[[int, int, int, int, int], Bars]
"""The lines of a shape along the inner edge of a box (left, top, width and height, at least 3
pixels), each as thick as the last number."""


def plain_bars(x: int, y: int, w: int, h: int, t: int) -> Bars:
    """A frame: what is drawn of every class where there is no room for a shape."""
    return ((x, y, w, t), (x, y + h - t, w, t), (x, y, t, h), (x + w - t, y, t, h))


def _arm(w: int, h: int, t: int) -> int:
    """How long a corner's arms are: a third of the shorter side, within what can be seen well."""
    return max(3 * t, min(min(w, h) // 3, 14 * t))


def _corners(x: int, y: int, w: int, h: int, t: int) -> Bars:
    a = _arm(w, h, t)
    right, low = x + w, y + h
    return (
        (x, y, a, t),
        (right - a, y, a, t),
        (x, low - t, a, t),
        (right - a, low - t, a, t),
        (x, y, t, a),
        (right - t, y, t, a),
        (x, low - a, t, a),
        (right - t, low - a, t, a),
    )


def _corner_double(x: int, y: int, w: int, h: int, t: int) -> Bars:
    inset = 3 * t
    if min(w, h) < 6 * inset:
        return (*_corners(x, y, w, h, t), (x + w // 2 - t, y + h // 2 - t, 2 * t, 2 * t))
    inner = _corners(x + inset, y + inset, w - 2 * inset, h - 2 * inset, t)
    return (*_corners(x, y, w, h, t), *inner)


def _double(x: int, y: int, w: int, h: int, t: int) -> Bars:
    inset = 3 * t
    if min(w, h) <= 2 * inset + 2:
        return plain_bars(x, y, w, h, 2 * t)
    inner = plain_bars(x + inset, y + inset, w - 2 * inset, h - 2 * inset, t)
    return (*plain_bars(x, y, w, h, t), *inner)


def _roof(x: int, y: int, w: int, h: int, t: int) -> Bars:
    """A frame with a heavy upper edge."""
    return (*plain_bars(x, y, w, h, t), (x, y, w, min(h, 4 * t)))


def _brackets(x: int, y: int, w: int, h: int, t: int) -> Bars:
    """Left and right side with short arms."""
    a = max(2 * t, w // 6)
    right, low = x + w, y + h
    return (
        (x, y, t, h),
        (right - t, y, t, h),
        (x, y, a, t),
        (right - a, y, a, t),
        (x, low - t, a, t),
        (right - a, low - t, a, t),
    )


def _gaps(x: int, y: int, w: int, h: int, t: int) -> Bars:
    """A frame open in the middle of each side."""
    across, down = max(2 * t, w * 2 // 5), max(2 * t, h * 2 // 5)
    right, low = x + w, y + h
    return (
        (x, y, across, t),
        (right - across, y, across, t),
        (x, low - t, across, t),
        (right - across, low - t, across, t),
        (x, y, t, down),
        (right - t, y, t, down),
        (x, low - down, t, down),
        (right - t, low - down, t, down),
    )


def _ticks(x: int, y: int, w: int, h: int, t: int) -> Bars:
    """A frame with a tick inwards from the middle of each side."""
    a = max(2 * t, min(min(w, h) // 5, 8 * t))
    middle, centre = x + (w - t) // 2, y + (h - t) // 2
    return (
        *plain_bars(x, y, w, h, t),
        (middle, y, t, a),
        (middle, y + h - a, t, a),
        (x, centre, a, t),
        (x + w - a, centre, a, t),
    )


def _posts(x: int, y: int, w: int, h: int, t: int) -> Bars:
    """Heavy left and right sides and a line between them."""
    wide = min(2 * t, w)
    return (
        (x, y, wide, h),
        (x + w - wide, y, wide, h),
        (x, y + h - t, w, t),
    )


def _rails(x: int, y: int, w: int, h: int, t: int) -> Bars:
    """Upper and lower edge only."""
    return ((x, y, w, t), (x, y + h - t, w, t))


def _cut(x: int, y: int, w: int, h: int, t: int) -> Bars:
    """A frame without its corners."""
    a = _arm(w, h, t)
    return (
        (x + a, y, w - 2 * a, t),
        (x + a, y + h - t, w - 2 * a, t),
        (x, y + a, t, h - 2 * a),
        (x + w - t, y + a, t, h - 2 * a),
    )


def _heavy(x: int, y: int, w: int, h: int, t: int) -> Bars:
    return plain_bars(x, y, w, h, min(3 * t, max(t, min(w, h) // 3)))


def _blocks(x: int, y: int, w: int, h: int, t: int) -> Bars:
    """A frame with a filled square in each corner."""
    a = max(2 * t, min(4 * t, min(w, h) // 3))
    return (
        *plain_bars(x, y, w, h, t),
        (x, y, a, a),
        (x + w - a, y, a, a),
        (x, y + h - a, a, a),
        (x + w - a, y + h - a, a, a),
    )


def _corner_stubs(x: int, y: int, w: int, h: int, t: int) -> Bars:
    """The upper left and the lower right corner only."""
    a = max(2 * t, min(w, h) // 3)
    return (
        (x, y, a, t),
        (x, y, t, a),
        (x + w - a, y + h - t, a, t),
        (x + w - t, y + h - a, t, a),
    )


CUTS: Mapping[Shape, Cut] = {
    Shape.FRAME: plain_bars,
    Shape.CORNERS: _corners,
    Shape.DOUBLE: _double,
    Shape.ROOF: _roof,
    Shape.BRACKETS: _brackets,
    Shape.GAPS: _gaps,
    Shape.TICKS: _ticks,
    Shape.POSTS: _posts,
    Shape.RAILS: _rails,
    Shape.CUT: _cut,
    Shape.HEAVY: _heavy,
    Shape.BLOCKS: _blocks,
    Shape.CORNER_DOUBLE: _corner_double,
    Shape.CORNER_STUBS: _corner_stubs,
}
