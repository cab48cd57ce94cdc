"""What comes of a camera is given to whoever writes it down: the last minute, and what follows."""

import msgspec

from app.analytics.frame_tap import FrameTap
from app.analytics.timelines import Timelines
from app.domain.detection import DetectionFrame, ObjectState
from tests.unit.analytics.frames import frame, standing, thing

CAMERA = "BNU-1-1"
_decode = msgspec.msgpack.Decoder(DetectionFrame).decode


def taken(tap: FrameTap) -> dict[tuple[str, str], list[DetectionFrame]]:
    return {key: [_decode(packed) for packed in came] for key, came in tap.take().items()}


def test_it_has_what_came_before_and_what_comes() -> None:
    timelines = Timelines()
    before = [frame(n * 0.2, thing("7", 0.1)) for n in range(100)]
    timelines.add(before)
    tap = timelines.tap(CAMERA)
    after = frame(20.0, thing("7", 0.2))
    timelines.add([after, frame(20.0, thing("7"), camera="BNU-1-2")])
    assert taken(tap) == {("bannu", ""): [*before, after]}
    assert taken(tap) == {}


def test_a_source_that_begins_later_is_heard_too() -> None:
    timelines = Timelines()
    tap = timelines.tap(CAMERA)
    timelines.add([frame(0.0, thing("7")), frame(0.0, thing("8"), module="faces")])
    assert sorted(taken(tap)) == [("bannu", ""), ("bannu", "faces")]


def test_frames_that_come_late_are_not_lost() -> None:
    timelines = Timelines()
    timelines.add([frame(n * 0.2) for n in range(10)])
    tap = timelines.tap(CAMERA)
    tap.take()
    late = frame(1.1, thing("7"))
    timelines.add([late])
    assert taken(tap) == {("bannu", ""): [late]}


def test_what_stands_is_written_down_anew_now_and_then() -> None:
    timelines = Timelines()
    tap = timelines.tap(CAMERA)
    timelines.add([frame(0.0, standing("7"))])
    timelines.add([frame(n * 0.5, thing("8")) for n in range(1, 20)])
    (came,) = taken(tap).values()
    idle = [each for each in came if each.objects[0].state is ObjectState.IDLE]
    assert len(idle) >= 4


def test_two_clips_of_one_camera_hear_the_same_and_end_apart() -> None:
    timelines = Timelines()
    first, second = timelines.tap(CAMERA), timelines.tap(CAMERA)
    timelines.add([frame(0.0)])
    timelines.untap(first)
    timelines.add([frame(0.2), frame(0.2, module="faces")])
    assert [len(came) for came in taken(first).values()] == [1]
    assert [len(came) for came in taken(second).values()] == [2, 1]


def test_what_nobody_takes_is_bounded_and_counted() -> None:
    tap = FrameTap(most_bytes=100)
    put = tap.of("bannu", "")
    for number in range(30):
        put(bytes([number]) * 10)
    assert tap.left_out == 20
    assert tap.take() == {("bannu", ""): [bytes([n]) * 10 for n in range(20, 30)]}
