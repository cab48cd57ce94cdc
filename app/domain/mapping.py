"""From the picture that was analysed to the pixels of a tile, and back.

Every step is an affine map between unit squares (fractions of a picture, origin top left, y down);
the last one leads to device pixels. A camera's own geometry stands in its registry attributes:

``analytics_crop``        ``x y width height``: the part of the camera's main picture that the
                          backend looked at, fractions
``analytics_mirror``      ``horizontal``, ``vertical`` or ``both``: how it mirrored that part
``analytics_rotation``    ``90``, ``180`` or ``270``: by how much it then turned it, clockwise
``analytics_letterbox``   ``16:9 in 1:1`` (or ``1920x1080 in 640x640``): it put the result between
                          bars into a frame of another shape, and its fractions are of that frame
``sub_crop``              ``x y width height``: the part of the main picture that the sub stream
                          shows, where it is not merely stretched to another shape
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from app.domain.detection import Box
from app.domain.geometry import WHOLE, Crop, Rect
from app.domain.stream import StreamKind


class GeometryError(ValueError):
    """A camera's geometry in the registry cannot be understood; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class Affine:
    """``x' = a*x + b*y + c`` and ``y' = d*x + e*y + f``."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 0.0
    e: float = 1.0
    f: float = 0.0

    @property
    def is_identity(self) -> bool:
        """Whether it leaves everything where it is."""
        return self is IDENTITY or self == IDENTITY

    def point(self, x: float, y: float) -> tuple[float, float]:
        return (self.a * x + self.b * y + self.c, self.d * x + self.e * y + self.f)

    def box(self, box: Box) -> Box:
        """The box around the mapped corners; exact for quarter turns, mirrors and crops."""
        x1, y1 = self.point(box.x1, box.y1)
        x2, y2 = self.point(box.x2, box.y2)
        if self.b or self.d:
            x3, y3 = self.point(box.x2, box.y1)
            x4, y4 = self.point(box.x1, box.y2)
            return Box(
                min(x1, x2, x3, x4), min(y1, y2, y3, y4), max(x1, x2, x3, x4), max(y1, y2, y3, y4)
            )
        return Box(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))

    def then(self, after: "Affine") -> "Affine":
        """This map, and ``after`` on what comes out of it."""
        return Affine(
            after.a * self.a + after.b * self.d,
            after.a * self.b + after.b * self.e,
            after.a * self.c + after.b * self.f + after.c,
            after.d * self.a + after.e * self.d,
            after.d * self.b + after.e * self.e,
            after.d * self.c + after.e * self.f + after.f,
        )

    def inverse(self) -> "Affine":
        """The way back. Raises ``ZeroDivisionError`` for a map that flattens the picture."""
        size = self.a * self.e - self.b * self.d
        a, b, d, e = self.e / size, -self.b / size, -self.d / size, self.a / size
        return Affine(a, b, -(a * self.c + b * self.f), d, e, -(d * self.c + e * self.f))


IDENTITY = Affine()


def cropped(crop: Crop) -> Affine:
    """From a whole picture to the part of it that ``crop`` cuts out."""
    return Affine(
        1 / crop.width, 0, -crop.x / crop.width, 0, 1 / crop.height, -crop.y / crop.height
    )


def turned(degrees: int) -> Affine:
    """A picture turned clockwise by a multiple of 90 degrees; its sides change places with it."""
    try:
        return _TURNS[degrees % 360]
    except KeyError:
        raise GeometryError(f"A picture cannot be turned by {degrees} degrees") from None


def mirrored(*, horizontal: bool = False, vertical: bool = False) -> Affine:
    """A picture with left and right, or top and bottom, exchanged."""
    return Affine(
        -1.0 if horizontal else 1.0,
        0.0,
        1.0 if horizontal else 0.0,
        0.0,
        -1.0 if vertical else 1.0,
        1.0 if vertical else 0.0,
    )


def letterboxed(picture_aspect: float, frame_aspect: float) -> Affine:
    """A whole picture between bars in the middle of a frame; aspects are width by height."""
    return cropped(_centred(picture_aspect, frame_aspect)).inverse()


def filling(picture_aspect: float, frame_aspect: float) -> Affine:
    """The middle of a picture that fills a frame of another shape, what sticks out cut off."""
    return cropped(_centred(frame_aspect, picture_aspect))


def placed(area: Rect) -> Affine:
    """From fractions of a picture to the device pixels of the rectangle that it fills."""
    return Affine(float(area.width), 0, float(area.x), 0, float(area.height), float(area.y))


def on_tile(crop: Crop, area: Rect, *, rotation: int = 0, mirror: Affine = IDENTITY) -> Affine:
    """From fractions of the whole shown picture to device pixels of a tile.

    The zoomed part is cut out, mirrored, turned clockwise and then fills ``area``.
    """
    return cropped(crop).then(mirror).then(turned(rotation)).then(placed(area))


def shown_rect(box: Box, crop: Crop, area: Rect) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of ``box`` in device pixels; it may lie outside ``area``.

    ``box`` is in fractions of the whole picture of the shown stream, of which ``crop`` is seen in
    the pixels of ``area``. The same as ``on_tile(crop, area).box(box)``, for the road on which
    every painted box goes.
    """
    across, down = area.width / crop.width, area.height / crop.height
    left, top = area.x - crop.x * across, area.y - crop.y * down
    return (
        left + box.x1 * across,
        top + box.y1 * down,
        left + box.x2 * across,
        top + box.y2 * down,
    )


@dataclass(frozen=True, slots=True)
class CameraGeometry:
    """How the analysed picture and the two streams of one camera lie on each other.

    ``to_main`` leads from the analysed picture to the main one, ``sub`` is the part of the main
    picture that the sub stream shows.
    """

    to_main: Affine = IDENTITY
    sub: Crop = WHOLE

    def to_shown(self, kind: StreamKind) -> Affine:
        """From the analysed picture to the whole picture of that stream."""
        if kind is StreamKind.MAIN or self.sub == WHOLE:
            return self.to_main
        return self.to_main.then(cropped(self.sub))


def camera_geometry(attributes: Mapping[str, str]) -> CameraGeometry:
    """What the registry says of a camera; see the module. Raises ``GeometryError``."""
    return _geometry(*(attributes.get(key, "").strip() for key in _KEYS))


_KEYS = (
    "analytics_crop",
    "analytics_mirror",
    "analytics_rotation",
    "analytics_letterbox",
    "sub_crop",
)
_TURNS = {
    0: IDENTITY,
    90: Affine(0, -1, 1, 1, 0, 0),
    180: Affine(-1, 0, 1, 0, -1, 1),
    270: Affine(0, 1, 0, -1, 0, 1),
}
_MIRRORS = {
    "": IDENTITY,
    "horizontal": mirrored(horizontal=True),
    "vertical": mirrored(vertical=True),
    "both": mirrored(horizontal=True, vertical=True),
}
_SHAPES = re.compile(r"(\S+?)\s*[:x]\s*(\S+)\s+in\s+(\S+?)\s*[:x]\s*(\S+)")
_SLACK = 1e-6
"""By how much a crop may stick out of the picture because its numbers were rounded."""


@lru_cache(maxsize=4096)
def _geometry(crop: str, mirror: str, rotation: str, letterbox: str, sub: str) -> CameraGeometry:
    if mirror not in _MIRRORS:
        raise GeometryError(f"analytics_mirror is '{mirror}', not horizontal, vertical or both")
    if rotation not in ("", "0", "90", "180", "270"):
        raise GeometryError(f"analytics_rotation is '{rotation}', not 0, 90, 180 or 270")
    analysed = (
        cropped(_crop("analytics_crop", crop))
        .then(_MIRRORS[mirror])
        .then(turned(int(rotation or 0)))
        .then(_bars(letterbox))
    )
    to_main = analysed.inverse()
    return CameraGeometry(IDENTITY if to_main.is_identity else to_main, _crop("sub_crop", sub))


def _crop(key: str, text: str) -> Crop:
    if not text:
        return WHOLE
    numbers = _numbers(text.replace(",", " ").split())
    if numbers is not None and len(numbers) == 4:
        x, y, width, height = numbers
        if (
            x >= 0
            and y >= 0
            and width > _SLACK
            and height > _SLACK
            and x + width <= 1 + _SLACK
            and y + height <= 1 + _SLACK
        ):
            return Crop(x, y, width, height)
    raise GeometryError(
        f"{key} is '{text}', not four fractions 'x y width height' within the picture"
    )


def _bars(text: str) -> Affine:
    if not text:
        return IDENTITY
    found = _SHAPES.fullmatch(text)
    numbers = None if found is None else _numbers(list(found.groups()))
    if numbers is None or min(numbers) <= 0:
        raise GeometryError(f"analytics_letterbox is '{text}', not two shapes like '16:9 in 1:1'")
    return letterboxed(numbers[0] / numbers[1], numbers[2] / numbers[3])


def _numbers(words: list[str]) -> list[float] | None:
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        return None
    return numbers if all(math.isfinite(number) for number in numbers) else None


def _centred(inner_aspect: float, outer_aspect: float) -> Crop:
    """Where the largest picture of one shape lies in the middle of one of another shape."""
    width = min(1.0, inner_aspect / outer_aspect)
    height = min(1.0, outer_aspect / inner_aspect)
    return Crop((1 - width) / 2, (1 - height) / 2, width, height)
