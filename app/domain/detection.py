"""What a backend saw in one frame, whatever it speaks.

Values that cross the border between two processes as MessagePack arrays, so the order of the
fields is part of that language. Boxes are fractions of the full analysed picture, origin top left,
y down, not clipped: clipping is a matter of drawing.
"""

from enum import IntEnum

import msgspec


class SourceClock(IntEnum):
    """Whose clock stamped a frame or an event.

    ``CAMERA``: the same clock as the camera's RTCP sender reports, right or wrong.
    ``BACKEND_CAPTURE``: the backend's, when it got the picture. ``BACKEND_EMIT``: the backend's,
    when it had analysed it. ``ARRIVAL``: nobody's; when it reached this workstation.
    """

    CAMERA = 0
    BACKEND_CAPTURE = 1
    BACKEND_EMIT = 2
    ARRIVAL = 3


class ObjectState(IntEnum):
    """``IDLE`` objects stay though they are not listed again; ``REMOVED`` marks the place that
    something was taken from; ``LOST`` ones have gone."""

    ACTIVE = 0
    IDLE = 1
    REMOVED = 2
    LOST = 3


class Box(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Left edge, upper edge, right edge, lower edge: ``x1 <= x2``, ``y1 <= y2``, finite."""

    x1: float
    y1: float
    x2: float
    y2: float

    @property
    def width(self) -> float:
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        return self.y2 - self.y1


class ObjectSample(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One object in one frame.

    ``track_id`` is unique within camera and source, ``None`` for an object that is not tracked;
    ``label`` is one of ``LABELS``, ``raw_label`` what the backend called it; ``confidence`` 0..1,
    ``None`` when none was given; ``parent_id`` leads from a plate to its vehicle; ``attributes``
    are name, value and confidence.
    """

    track_id: str | None
    box: Box
    label: str
    raw_label: str = ""
    confidence: float | None = None
    state: ObjectState = ObjectState.ACTIVE
    parent_id: str | None = None
    polygon: tuple[tuple[float, float], ...] = ()
    attributes: tuple[tuple[str, str, float | None], ...] = ()
    zones: tuple[str, ...] = ()


class DetectionFrame(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one source says of one camera at one moment.

    Times are microseconds of Unix time. ``time_us`` is as stamped by the source, its offset not
    applied; ``received_us`` is this workstation's clock. ``is_complete``: what is not listed is not
    there (an empty complete frame clears); else absence means nothing. ``ended`` are track ids that
    are over at once, ``renamed`` pairs of old and new id. ``split`` and ``merged`` ids begin a new
    history. ``ptz_moving`` is ``None`` where the source does not say.
    """

    camera: str
    source: str
    time_us: int
    clock: SourceClock
    received_us: int
    objects: tuple[ObjectSample, ...]
    is_complete: bool = True
    ended: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    ptz_moving: bool | None = None
    module: str = ""
    """Which of a source's analytics modules; several may speak of one camera in turn."""


LABELS = (
    "person",
    "face",
    "vehicle",
    "car",
    "truck",
    "bus",
    "motorcycle",
    "bicycle",
    "animal",
    "plate",
    "bag",
    "fire",
    "smoke",
    "unknown",
)
"""The classes that the wall knows; adapters map everything else to ``unknown``."""
