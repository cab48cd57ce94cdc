"""Which clips of other cameras show the time of a flag."""

from app.domain.camera import CameraCode
from app.domain.clip_record import Clip, ClipState
from app.domain.review import seen_beside
from tests.fakes.records import clip

OWN = clip()


def other(camera: str, at_s: float = 0, **changes: object) -> Clip:
    return clip(at_s, camera=CameraCode(camera), **changes)


def test_one_of_each_camera_that_shows_the_most() -> None:
    early, late, near = other("A-1", -15), other("A-1", 12), other("B-1", 2)
    assert seen_beside(OWN, [early, late, near]) == [near, late]


def test_what_was_at_another_time_or_is_of_the_same_camera_is_left_out() -> None:
    assert seen_beside(OWN, [other("A-1", 20), other("A-1", -20), clip(1)]) == []


def test_what_is_being_written_is_left_out_and_what_broke_is_not() -> None:
    writing = other("A-1", state=ClipState.WRITING)
    broken = other("B-1", state=ClipState.BROKEN)
    assert seen_beside(OWN, [writing, broken]) == [broken]


def test_times_are_those_of_the_workstation() -> None:
    wrong_clock = other("A-1", 3600, offset_us=-3_600_000_000)
    assert seen_beside(OWN, [wrong_clock]) == [wrong_clock]
