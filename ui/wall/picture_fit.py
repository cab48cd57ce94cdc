"""Where a picture goes in its tile: unscaled where it fits, stretched while a new one is coming."""

import math

from PySide6.QtCore import QRect, QRectF

from app.domain.geometry import Crop, Rect, Size, fit
from app.domain.mapping import on_tile
from app.video.board import PictureFacts

_SLACK_PX = 1.5
_SLACK_SOURCE_PX = 2
"""A crop that is off by less has been rounded, not moved: workers cut at even source pixels."""


class Fit:
    """Where pictures of one shape go on one tile.

    ``area`` is the picture's place, exact device pixels, ``corner`` its upper left; ``painted``
    is the part of it that the picture at hand covers.
    ``stretched`` is where the whole picture at hand would lie to fill it, ``None`` when it is
    painted pixel for pixel. ``to_pixels`` leads from fractions of the full picture of the stream to
    the pixels where they are painted.
    """

    __slots__ = (
        "area",
        "corner",
        "height",
        "left",
        "painted",
        "part",
        "stretched",
        "to_pixels",
        "top",
        "width",
    )

    def __init__(
        self, facts: PictureFacts, place: Rect, stretched: QRectF | None, seen: Crop
    ) -> None:
        self.area = QRect(place.x, place.y, place.width, place.height)
        self.corner = self.area.topLeft()
        self.stretched = stretched
        # Whole pixels only: what is drawn beside the picture would never be painted over.
        covered = self.area if stretched is None else _whole_pixels(stretched)
        self.painted = covered.intersected(self.area)
        self.to_pixels = on_tile(seen, place)
        self.width, self.height = facts.width, facts.height
        self.left, self.top, self.part = facts.crop.x, facts.crop.y, facts.crop.width

    def suits(self, facts: PictureFacts) -> bool:
        """Whether this was worked out for pictures like this one. Asked for every picture."""
        crop = facts.crop
        return (
            facts.width == self.width
            and facts.height == self.height
            and crop.x == self.left
            and crop.y == self.top
            and crop.width == self.part
        )


def fitted(facts: PictureFacts, room: Rect, wanted: Crop) -> Fit:
    """Place a picture of ``facts`` in ``room``, of which ``wanted`` is to be seen.

    A picture that was made for another size or another part of the view is stretched so that
    everything in it lies where it will lie in the picture that is on its way.
    """
    size = fit(facts.width, facts.height, Size(room.width, room.height))
    place = room.centred(size)
    has = facts.crop
    if not _same(facts, wanted, size):
        across, down = size.width / wanted.width, size.height / wanted.height
        stretched = QRectF(
            place.x + (has.x - wanted.x) * across,
            place.y + (has.y - wanted.y) * down,
            has.width * across,
            has.height * down,
        )
        return Fit(facts, place, stretched, wanted)
    if (facts.width, facts.height) == (size.width, size.height):
        return Fit(facts, place, None, has)
    area = QRectF(place.x, place.y, place.width, place.height)
    return Fit(facts, place, area, has)


def _whole_pixels(rect: QRectF) -> QRect:
    left, top = math.ceil(rect.left()), math.ceil(rect.top())
    return QRect(left, top, math.floor(rect.right()) - left, math.floor(rect.bottom()) - top)


def _same(facts: PictureFacts, wanted: Crop, size: Size) -> bool:
    has = facts.crop
    if has == wanted:
        return True
    across, down = size.width / wanted.width, size.height / wanted.height
    most_across = _SLACK_PX + _SLACK_SOURCE_PX * across / facts.source_width
    most_down = _SLACK_PX + _SLACK_SOURCE_PX * down / facts.source_height
    return (
        abs(has.x - wanted.x) * across < most_across
        and abs(has.width - wanted.width) * across < most_across
        and abs(has.y - wanted.y) * down < most_down
        and abs(has.height - wanted.height) * down < most_down
    )
