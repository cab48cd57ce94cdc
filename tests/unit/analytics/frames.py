"""Frames for tests of timelines, in few words."""

from app.domain.detection import (
    Box,
    DetectionFrame,
    ObjectSample,
    ObjectState,
    SourceClock,
)

SECOND = 1_000_000
START = 1_700_000_000 * SECOND


def thing(
    track_id: str | None,
    x: float = 0.4,
    y: float = 0.4,
    *,
    label: str = "car",
    confidence: float | None = None,
    state: ObjectState = ObjectState.ACTIVE,
    width: float = 0.1,
) -> ObjectSample:
    """An object whose centre is at ``x``, ``y``."""
    half = width / 2
    box = Box(x - half, y - half, x + half, y + half)
    return ObjectSample(track_id, box, label, confidence=confidence, state=state)


def standing(track_id: str, x: float = 0.4) -> ObjectSample:
    return thing(track_id, x, state=ObjectState.IDLE)


def frame(
    at_s: float,
    *objects: ObjectSample,
    is_complete: bool = True,
    ended: tuple[str, ...] = (),
    renamed: tuple[tuple[str, str], ...] = (),
    ptz_moving: bool | None = None,
    late_s: float = 0.1,
    clock: SourceClock = SourceClock.CAMERA,
    camera: str = "BNU-1-1",
    source: str = "bannu",
    module: str = "",
) -> DetectionFrame:
    """A frame of the moment ``at_s`` after the start, received ``late_s`` after it."""
    time_us = at(at_s)
    return DetectionFrame(
        camera,
        source,
        time_us,
        clock,
        time_us + round(late_s * SECOND),
        objects,
        is_complete,
        ended,
        renamed,
        ptz_moving,
        module,
    )


def at(seconds: float) -> int:
    """A moment after the start, microseconds of Unix time."""
    return START + round(seconds * SECOND)
