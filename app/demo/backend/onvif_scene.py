"""What the JSON and the XML form of an ONVIF scene description have in common."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zlib import crc32

from app.demo.scenes.motion import Box

MODULE = "SceneAnalytics"
PROFILE = "profile_1"

CLASSES = {
    "person": ("Human", ""),
    "car": ("Vehicle", "Car"),
    "bus": ("Vehicle", "Bus"),
    "truck": ("Vehicle", "Truck"),
    "motorcycle": ("Vehicle", "Motorcycle"),
    "rickshaw": ("Vehicle", ""),
}
"""The ONVIF object type and, where ONVIF knows one, the vehicle type of each drawn thing."""


@dataclass(frozen=True, slots=True)
class Space:
    """The coordinates in which a camera speaks, and the ``Transformation`` that leads from them to
    ONVIF's own: both from -1 to 1, y upwards."""

    translate: tuple[float, float]
    scale: tuple[float, float]
    digits: int

    @property
    def is_onvif(self) -> bool:
        """Whether no transformation needs to be told."""
        return self.scale == (1.0, 1.0) and self.translate == (0.0, 0.0)

    def edges(self, box: Box) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom; the top is the larger of the two."""
        left, top, right, bottom = box
        (tx, ty), (sx, sy), digits = self.translate, self.scale, self.digits
        return (
            round((2 * left - 1 - tx) / sx, digits),
            round((1 - 2 * top - ty) / sy, digits),
            round((2 * right - 1 - tx) / sx, digits),
            round((1 - 2 * bottom - ty) / sy, digits),
        )


ONVIF_SPACE = Space((0.0, 0.0), (1.0, 1.0), 6)
PIXEL_SPACE = Space((-1.0, -1.0), (2 / 640, 2 / 360), 3)
"""Pixels of a 640x360 picture, counted from its lower left corner."""


def space_of(code: str) -> Space:
    """Return the space in which a camera of the demo city speaks: pixels for every third one."""
    return PIXEL_SPACE if crc32(code.encode()) % 3 == 0 else ONVIF_SPACE


def utc_text(unix_time: float) -> str:
    """Return a time as xs:dateTime in UTC, to the microsecond."""
    microseconds = round(unix_time * 1e6)
    return f"{_seconds(microseconds // 1_000_000)}.{microseconds % 1_000_000:06d}Z"


@lru_cache(maxsize=64)
def _seconds(unix_time: int) -> str:
    return datetime.fromtimestamp(unix_time, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def centre(edges: tuple[float, float, float, float], digits: int) -> tuple[float, float]:
    """Return the centre of gravity that ONVIF asks for beside each bounding box."""
    left, top, right, bottom = edges
    return round((left + right) / 2, digits), round((top + bottom) / 2, digits)
