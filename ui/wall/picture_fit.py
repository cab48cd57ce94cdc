"""Where a picture goes in its tile: unscaled where it fits, stretched while a new one is coming."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF

from app.domain.geometry import Crop, Rect, Size, fit
from app.video.board import PictureFacts

_SLACK_PX = 1.5
"""A crop that is off by less has been rounded, not moved."""


@dataclass(frozen=True, slots=True)
class Fit:
    """``area`` is the picture's place on the tile, exact device pixels.

    ``stretched`` is where the whole picture at hand would lie to fill it, ``None`` when it is
    painted pixel for pixel.
    """

    area: QRect
    stretched: QRectF | None = None


def fitted(facts: PictureFacts, room: Rect, wanted: Crop) -> Fit:
    """Place a picture of ``facts`` in ``room``, of which ``wanted`` is to be seen.

    A picture that was made for another size or another part of the view is stretched so that
    everything in it lies where it will lie in the picture that is on its way.
    """
    size = fit(facts.width, facts.height, Size(room.width, room.height))
    place = room.centred(size)
    area = QRect(place.x, place.y, place.width, place.height)
    has = facts.crop
    if not _same(has, wanted, size):
        across, down = size.width / wanted.width, size.height / wanted.height
        stretched = QRectF(
            place.x + (has.x - wanted.x) * across,
            place.y + (has.y - wanted.y) * down,
            has.width * across,
            has.height * down,
        )
        return Fit(area, stretched)
    if (facts.width, facts.height) == (size.width, size.height):
        return Fit(area)
    return Fit(area, QRectF(area))


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
