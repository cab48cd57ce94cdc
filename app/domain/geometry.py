"""Rectangles in device pixels and in fractions of a picture."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in device pixels."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Rect:
    """A rectangle in device pixels; the right and lower edges are outside."""

    x: int
    y: int
    width: int
    height: int

    def contains(self, x: float, y: float) -> bool:
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height

    def centred(self, size: Size) -> "Rect":
        """A rectangle of ``size`` in the middle of this one."""
        return Rect(
            self.x + (self.width - size.width) // 2,
            self.y + (self.height - size.height) // 2,
            size.width,
            size.height,
        )


@dataclass(frozen=True, slots=True)
class Crop:
    """The part of the full picture that is looked at: fractions, origin top left, y down."""

    x: float = 0.0
    y: float = 0.0
    width: float = 1.0
    height: float = 1.0

    @property
    def is_whole(self) -> bool:
        return self.width >= 1.0 and self.height >= 1.0


WHOLE = Crop()
LARGEST_ZOOM = 16.0


def fit(picture_width: int, picture_height: int, box: Size) -> Size:
    """The largest size of the picture's shape inside ``box``, never below one pixel."""
    if picture_width <= 0 or picture_height <= 0 or box.width <= 0 or box.height <= 0:
        return Size(max(1, box.width), max(1, box.height))
    scale = min(box.width / picture_width, box.height / picture_height)
    width = min(box.width, max(1, round(picture_width * scale)))
    height = min(box.height, max(1, round(picture_height * scale)))
    return Size(width, height)


def zoomed(crop: Crop, at_x: float, at_y: float, factor: float) -> Crop:
    """``crop`` enlarged by ``factor`` with the point under the pointer staying where it is.

    ``at_x`` and ``at_y`` are fractions of what is shown now (0..1).
    """
    zoom = min(LARGEST_ZOOM, max(1.0, factor / crop.width))
    side = 1.0 / zoom
    point_x = crop.x + at_x * crop.width
    point_y = crop.y + at_y * crop.height
    return _inside(point_x - at_x * side, point_y - at_y * side, side)


def panned(crop: Crop, by_x: float, by_y: float) -> Crop:
    """``crop`` moved by fractions of what is shown now; stays within the picture."""
    return _inside(crop.x + by_x * crop.width, crop.y + by_y * crop.height, crop.width)


def _inside(x: float, y: float, side: float) -> Crop:
    limit = 1.0 - side
    return Crop(min(max(x, 0.0), limit), min(max(y, 0.0), limit), side, side)
