"""The last minute of boxes, packed, for a replay."""

import pytest

from app.analytics.frame_history import MOST_BYTES, MOST_FRAMES, FrameHistory
from app.analytics.timeline import Timeline
from tests.unit.analytics.frames import at, frame, standing, thing


def timeline_of(seconds: float, *, rhythm_s: float = 0.2) -> Timeline:
    """An object that crosses the picture again and again, in three seconds each time."""
    timeline = Timeline(FrameHistory())
    for number in range(round(seconds / rhythm_s)):
        time = number * rhythm_s
        timeline.add(frame(time, thing(str(time // 3), time % 3 / 3)))
    return timeline


@pytest.mark.parametrize("seconds", [1.11, 10.31, 27.97, 44.05, 53.33])
def test_a_replayed_picture_gets_the_boxes_of_its_moment(seconds: float) -> None:
    (box,) = timeline_of(60).boxes_at(at(seconds))
    assert (box.x1 + box.x2) / 2 == pytest.approx(seconds % 3 / 3, abs=1e-6)
    assert box.age_us == 0


def test_a_replay_goes_through_without_a_gap() -> None:
    timeline = timeline_of(60, rhythm_s=0.04)
    missing = [
        step
        for step in range(59 * 15)
        if len(timeline.boxes_at(at(step / 15))) != 1 and step / 15 % 3 < 2.9
    ]
    assert missing == []


def test_what_stands_is_known_long_after_it_was_named() -> None:
    timeline = Timeline(FrameHistory())
    timeline.add(frame(0.0, standing("7", 0.3)))
    for number in range(1, 300):
        timeline.add(frame(0.2 * number, thing("8", 0.7)))
    found = {box.sample.track_id for box in timeline.boxes_at(at(31.0))}
    assert found == {"7", "8"}


def test_a_clock_that_was_set_begins_a_new_history() -> None:
    timeline = timeline_of(20)
    for number in range(10):
        timeline.add(frame(3600.0 + number * 0.2, thing("x"), late_s=-3570.0))
    assert timeline.boxes_at(at(10.0)) == []


def test_the_history_holds_a_minute() -> None:
    history = FrameHistory()
    for number in range(1000):
        history.add(frame(0.2 * number, thing("7")))
    assert list(history.around(at(130.0))) == []
    assert len(list(history.around(at(145.0)))) > 20
    assert len(history) < 340


def test_the_history_is_bounded_by_count_and_by_bytes() -> None:
    history = FrameHistory()
    for number in range(3 * MOST_FRAMES):
        history.add(frame(0.001 * number, thing("7")))
    assert len(history) <= MOST_FRAMES
    history.clear()
    assert (len(history), history.size_bytes) == (0, 0)
    many = [thing(str(number)) for number in range(200)]
    for number in range(400):
        history.add(frame(0.1 * number, *many))
    assert MOST_BYTES / 2 < history.size_bytes <= MOST_BYTES


def test_frames_that_come_late_take_their_place() -> None:
    history = FrameHistory()
    for seconds in (0.0, 0.4, 0.2):
        history.add(frame(seconds))
    assert [each.time_us for each in history.around(at(0.0))] == [at(0.0), at(0.2), at(0.4)]
