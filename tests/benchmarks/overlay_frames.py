"""Which picture of a camera's time line a frame of the crossing clip is."""

from app.demo.cameras import phase
from tests.fakes.code_clip import FPS
from tests.fakes.crossing_clip import FRAMES

PHASE = phase("clip/crossing-0")
"""All clips of the test server take their pictures at the same moments."""


def frame_number(index: int, at_ns: int) -> int:
    """The number of the frame on the camera's time line, from its number in the clip: the newest
    that had been taken at Unix time ``at_ns``."""
    newest = int(at_ns / 1e9 * FPS - PHASE)
    return newest - (newest - index) % FRAMES


def taken_at(frame: int) -> float:
    """Unix time at which the camera took a frame."""
    return (frame + PHASE) / FPS
