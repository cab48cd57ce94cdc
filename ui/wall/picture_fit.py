"""Where a picture goes in its tile: unscaled where it fits, stretched while a new one is coming."""

from PySide6.QtCore import QRect, QRectF

from app.domain.geometry import Crop, Rect, Size, fit
from app.domain.mapping import on_tile
from app.video.board import PictureFacts

_SLACK_PX = 1.5
"""A crop that is off by less has been rounded, not moved."""


class Fit:
    """Where pictures of one shape go on one tile.

    ``area`` is the picture's place, exact device pixels, ``corner`` its upper left.
    ``stretched`` is where the whole picture at hand would lie to fill it, ``None`` when it is
    painted pixel for pixel. ``to_pixels`` leads from fractions of the full picture of the stream to
    the pixels where they are painted.
    """

    __slots__ = (
        "area",
        "corner",
        "height",
        "left",
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
    if not _same(has, wanted, size):
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


def _same(has: Crop, wanted: Crop, size: Size) -> bool:
    if has == wanted:
        return True
    across, down = size.width / wanted.width, size.height / wanted.height
    return (
        abs(has.x - wanted.x) * across < _SLACK_PX
        and abs(has.width - wanted.width) * across < _SLACK_PX
        and abs(has.y - wanted.y) * down < _SLACK_PX
        and abs(has.height - wanted.height) * down < _SLACK_PX
    )
