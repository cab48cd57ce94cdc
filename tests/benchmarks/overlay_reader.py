"""Finds the box that is painted over a grey picture: whatever has a colour was drawn by us."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.screen_reader import Rect

_COLOURED = 60
"""Difference of the channels from which a pixel counts as coloured; the picture has none."""
_LEAST_PX = 6

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Painted:
    """A picture on the screen: which frame, and the box over it (fractions of the picture)."""

    tile: int
    index: int
    at_ns: int
    box: Box | None


def painted_box(pixels: NDArray[np.uint8], rect: Rect) -> Box | None:
    """The frame of a box in a picture's rectangle, measured along the middle of its lines.

    Lines may be dashed and corners may be missing; a label beside the frame is not counted.
    """
    left, top, width, height = rect
    area = pixels[top : top + height, left : left + width, :3].astype(np.int16)
    coloured = area.max(axis=2) - area.min(axis=2) > _COLOURED
    across = _edges(coloured.sum(axis=0))
    if across is None:
        return None
    inside = slice(int(across[0]), int(across[1]) + 1)
    down = _edges(coloured[:, inside].sum(axis=1))
    if down is None:
        return None
    return (across[0] / width, down[0] / height, across[1] / width, down[1] / height)


def _edges(counts: NDArray[np.int64]) -> tuple[float, float] | None:
    """The middles of the first and of the last line in a profile of coloured pixels."""
    most = int(counts.max())
    if most < _LEAST_PX:
        return None
    lines = np.flatnonzero(counts >= max(_LEAST_PX, most * 0.4))
    first, last = lines[0], lines[-1]
    first_end = first
    while first_end + 1 in lines and first_end - first < 8:
        first_end += 1
    last_begin = last
    while last_begin - 1 in lines and last - last_begin < 8:
        last_begin -= 1
    return (first + first_end + 1) / 2, (last_begin + last + 1) / 2


def overlap(one: Box | None, other: Box) -> float:
    """Intersection over union; 0 where no box is."""
    if one is None:
        return 0.0
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / (_area(one) + _area(other) - both)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
