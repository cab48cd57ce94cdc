"""Where everything was at the moment of a picture."""

from collections.abc import Sequence

import pytest

from app.analytics.timeline import MOST_TRACKS, Timeline
from app.analytics.track import TimedBox
from app.domain.detection import DetectionFrame, ObjectState
from tests.unit.analytics.frames import SECOND, at, frame, standing, thing


def filled(*frames: DetectionFrame) -> Timeline:
    timeline = Timeline()
    for each in frames:
        assert timeline.add(each)
    return timeline


def centre(box: TimedBox) -> tuple[float, float]:
    return ((box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2)


def xs(timeline: Timeline, seconds: float) -> Sequence[float]:
    """The centres of everything at that moment, from left to right."""
    return sorted(round(centre(box)[0], 6) for box in timeline.boxes_at(at(seconds)))


def ids(timeline: Timeline, seconds: float) -> set[str | None]:
    return {box.sample.track_id for box in timeline.boxes_at(at(seconds))}


# --- between samples -------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "x"), [(0.0, 0.2), (0.05, 0.225), (0.1, 0.25), (0.2, 0.3)])
def test_an_object_is_where_it_was_on_its_way(seconds: float, x: float) -> None:
    timeline = filled(frame(0.0, thing("7", 0.2)), frame(0.2, thing("7", 0.3)))
    (box,) = timeline.boxes_at(at(seconds))
    assert centre(box)[0] == pytest.approx(x)
    assert box.alpha == 1.0
    assert box.age_us == 0


def test_an_object_grows_on_its_way() -> None:
    timeline = filled(frame(0.0, thing("7", width=0.1)), frame(0.2, thing("7", width=0.2)))
    (box,) = timeline.boxes_at(at(0.1))
    assert box.x2 - box.x1 == pytest.approx(0.15)


def test_nothing_is_drawn_before_it_was_born() -> None:
    assert xs(filled(frame(1.0, thing("7"))), 0.999) == []


def test_nothing_is_interpolated_across_more_than_a_second() -> None:
    timeline = filled(
        frame(-0.2, thing("7", 0.2)), frame(0.0, thing("7", 0.2)), frame(1.1, thing("7", 0.4))
    )
    assert xs(timeline, 0.2) == [0.2]  # held
    assert xs(timeline, 1.0) == []
    assert xs(timeline, 1.1) == [0.4]


def test_an_object_that_jumps_is_not_drawn_in_between() -> None:
    timeline = filled(frame(0.0, thing("7", 0.2)), frame(0.2, thing("7", 0.5)))
    assert xs(timeline, 0.19) == [0.2]
    assert xs(timeline, 0.2) == [0.5]


def test_samples_that_come_late_take_their_place() -> None:
    timeline = filled(
        frame(0.0, thing("7", 0.2)),
        frame(0.4, thing("7", 0.4)),
        frame(0.2, thing("7", 0.35), late_s=0.5),
    )
    assert xs(timeline, 0.2) == [0.35]
    assert xs(timeline, 0.1) == [0.275]


def test_the_same_moment_again_replaces_what_was_said() -> None:
    timeline = filled(frame(0.0, thing("7", 0.2)), frame(0.0, thing("7", 0.3)))
    assert xs(timeline, 0.0) == [0.3]


# --- beyond the last sample ------------------------------------------------------------------


def test_a_moving_object_is_moved_on_for_150_ms_then_held_then_faded() -> None:
    timeline = filled(frame(0.0, thing("7", 0.2)), frame(0.2, thing("7", 0.3)))
    assert xs(timeline, 0.3) == [0.35]
    assert xs(timeline, 0.35) == [0.375]
    assert xs(timeline, 0.4) == [0.375]
    held = 0.2 + timeline.hold_us() / SECOND
    (box,) = timeline.boxes_at(at(held))
    assert box.alpha == 1.0
    assert box.age_us == timeline.hold_us()
    (fading,) = timeline.boxes_at(at(held + 0.075))
    assert fading.alpha == pytest.approx(0.5)
    assert xs(timeline, held + 0.151) == []


@pytest.mark.parametrize(("rhythm_s", "hold_s"), [(0.05, 0.2), (0.2, 0.3), (0.5, 0.75), (1.0, 1.0)])
def test_an_object_is_held_after_the_rhythm_of_its_source(rhythm_s: float, hold_s: float) -> None:
    timeline = filled(*(frame(rhythm_s * n, thing("7")) for n in range(10)))
    assert timeline.hold_us() == pytest.approx(hold_s * SECOND, rel=0.01)


def test_an_object_that_stands_is_not_moved_on() -> None:
    timeline = filled(frame(0.0, thing("7", 0.2)), frame(0.2, thing("7", 0.2)))
    assert xs(timeline, 0.3) == [0.2]


def test_nothing_is_moved_on_after_a_jump_or_a_long_silence() -> None:
    jumped = filled(frame(0.0, thing("7", 0.1)), frame(0.2, thing("7", 0.6)))
    assert xs(jumped, 0.3) == [0.6]
    silent = filled(frame(0.0, thing("7", 0.1)), frame(1.5, thing("7", 0.2)))
    assert xs(silent, 1.6) == [0.2]


# --- untracked -------------------------------------------------------------------------------


def test_untracked_objects_are_held_briefly_and_not_moved() -> None:
    timeline = filled(frame(0.0, thing(None, 0.2)), frame(0.2, thing(None, 0.3)))
    assert xs(timeline, 0.19) == [0.2]
    assert xs(timeline, 0.2) == [0.3]
    assert xs(timeline, 0.3) == [0.3]
    assert xs(timeline, 0.9) == []


def test_a_complete_frame_without_them_ends_untracked_objects() -> None:
    timeline = filled(frame(0.0, thing(None, 0.2)), frame(0.1, thing("7", 0.7)))
    assert xs(timeline, 0.1) == [0.7]


def test_an_untracked_object_that_comes_late_takes_its_place() -> None:
    timeline = filled(frame(0.0, thing(None, 0.2)), frame(0.4, thing(None, 0.6)))
    timeline.add(frame(0.2, thing(None, 0.4), late_s=0.5))
    assert [xs(timeline, seconds) for seconds in (0.1, 0.3, 0.4)] == [[0.2], [0.4], [0.6]]


# --- when it is over -------------------------------------------------------------------------


def test_an_object_missing_once_is_kept_missing_twice_it_is_over() -> None:
    timeline = filled(
        frame(0.0, thing("7"), thing("8")),
        frame(0.2, thing("7"), thing("8")),
        frame(0.4, thing("8")),
    )
    assert ids(timeline, 0.45) == {"7", "8"}
    timeline.add(frame(0.6, thing("8")))
    assert ids(timeline, 0.45) == {"8"}
    assert ids(timeline, 0.39) == {"7", "8"}


def test_an_object_that_comes_back_after_one_miss_was_never_gone() -> None:
    timeline = filled(
        frame(0.0, thing("7", 0.2)),
        frame(0.2, thing("8", 0.9)),
        frame(0.4, thing("7", 0.3), thing("8", 0.9)),
    )
    assert xs(timeline, 0.2) == [0.25, 0.9]


def test_an_incomplete_frame_ends_nothing() -> None:
    timeline = filled(frame(0.0, thing("7")))
    for number in range(1, 4):
        timeline.add(frame(0.05 * number, thing("8"), is_complete=False))
    assert ids(timeline, 0.15) == {"7", "8"}


def test_an_empty_complete_frame_clears_at_once() -> None:
    timeline = filled(frame(0.0, thing("7"), standing("8", 0.8), thing(None, 0.1)), frame(0.1))
    assert ids(timeline, 0.09) == {"7", "8", None}
    assert ids(timeline, 0.1) == set()


def test_a_word_of_its_end_ends_an_object_at_once() -> None:
    timeline = filled(frame(0.0, thing("7")), frame(0.1, ended=("7",), is_complete=False))
    assert ids(timeline, 0.09) == {"7"}
    assert ids(timeline, 0.1) == set()


@pytest.mark.parametrize("state", [ObjectState.REMOVED, ObjectState.LOST])
def test_an_object_that_was_taken_away_is_gone(state: ObjectState) -> None:
    timeline = filled(frame(0.0, thing("7")), frame(0.1, thing("7", state=state)))
    assert ids(timeline, 0.1) == set()


def test_an_id_that_is_used_again_is_another_object() -> None:
    timeline = filled(
        frame(0.0, thing("7", 0.2)),
        frame(0.1, ended=("7",), is_complete=False),
        frame(0.2, thing("7", 0.3)),
        frame(0.3, thing("7", 0.3)),
    )
    assert [xs(timeline, seconds) for seconds in (0.05, 0.15, 0.25)] == [[0.2], [], [0.3]]


def test_the_end_of_something_unknown_changes_nothing() -> None:
    timeline = filled(frame(0.0, thing("7"), ended=("9",), renamed=(("11", "12"),)))
    assert ids(timeline, 0.0) == {"7"}


# --- standing objects ------------------------------------------------------------------------


def test_a_standing_object_stays_though_it_is_not_listed_again() -> None:
    timeline = filled(frame(0.0, standing("7", 0.2), thing("8", 0.7)))
    for number in range(1, 100):
        timeline.add(frame(0.2 * number, thing("8", 0.7)))
    (box,) = (box for box in timeline.boxes_at(at(19.8)) if box.sample.track_id == "7")
    assert box.alpha == 1.0
    assert box.age_us == 0
    timeline.add(frame(20.0, thing("8", 0.7), ended=("7",)))
    assert ids(timeline, 20.0) == {"8"}


def test_a_standing_object_does_not_stay_for_hours_without_a_word() -> None:
    timeline = filled(frame(0.0, standing("7")))
    assert ids(timeline, 599) == {"7"}
    assert ids(timeline, 601) == set()


def test_a_standing_object_moves_off() -> None:
    timeline = filled(
        frame(0.0, standing("7", 0.2)),
        frame(0.2, thing("7", 0.2)),
        frame(0.4, thing("7", 0.3)),
    )
    assert xs(timeline, 0.3) == [0.25]


# --- names -----------------------------------------------------------------------------------


def test_an_object_that_gets_another_name_keeps_its_way() -> None:
    timeline = filled(
        frame(0.0, thing("7", 0.2)),
        frame(0.2, thing("9", 0.3), renamed=(("7", "9"),)),
    )
    assert xs(timeline, 0.1) == [0.25]


def test_a_name_that_is_taken_gets_both_ways() -> None:
    timeline = filled(
        frame(0.2, thing("9", 0.3)),
        frame(0.0, thing("7", 0.2), late_s=0.5, is_complete=False),
        frame(0.4, thing("9", 0.4), renamed=(("7", "9"),)),
    )
    assert xs(timeline, 0.1) == [0.25]
    assert ids(timeline, 0.4) == {"9"}


# --- a moving camera -------------------------------------------------------------------------


def test_a_camera_moves_from_one_word_to_the_other() -> None:
    timeline = filled(
        frame(0.0, thing("7"), standing("8")),
        frame(0.2, thing("7"), ptz_moving=True),
        frame(0.4, thing("7")),
        frame(0.6, thing("7"), ptz_moving=False),
    )
    moving = [timeline.moving_at(at(seconds)) for seconds in (0.1, 0.2, 0.5, 0.6)]
    assert moving == [False, True, True, False]
    assert ids(timeline, 0.1) == {"7", "8"}
    assert ids(timeline, 0.6) == {"7"}  # what stood is elsewhere in the picture now


def test_a_word_about_the_camera_that_comes_late_takes_its_place() -> None:
    timeline = filled(
        frame(0.0, ptz_moving=False),
        frame(0.4, ptz_moving=True),
        frame(0.8, ptz_moving=False),
        frame(0.6, ptz_moving=False, late_s=0.5),
    )
    assert [timeline.moving_at(at(seconds)) for seconds in (0.5, 0.7)] == [True, False]


def test_nothing_is_known_of_a_camera_that_says_nothing() -> None:
    assert not filled(frame(0.0, thing("7"))).moving_at(at(0.0))


# --- trails ----------------------------------------------------------------------------------


def test_a_trail_leads_to_the_object() -> None:
    timeline = filled(*(frame(0.2 * n, thing("7", 0.1 + 0.02 * n)) for n in range(20)))
    (box,) = timeline.boxes_at(at(3.1), trail_us=2 * SECOND)
    assert [x for x, _ in box.trail] == pytest.approx([0.22 + 0.02 * n for n in range(10)] + [0.41])
    (late,) = timeline.boxes_at(at(3.9), trail_us=2 * SECOND)
    assert late.trail[-1] == pytest.approx(centre(late))


def test_a_trail_begins_anew_after_a_jump() -> None:
    timeline = filled(
        frame(0.0, thing("7", 0.1)), frame(0.2, thing("7", 0.6)), frame(0.4, thing("7", 0.62))
    )
    (box,) = timeline.boxes_at(at(0.4), trail_us=2 * SECOND)
    assert [x for x, _ in box.trail] == pytest.approx([0.6, 0.62, 0.62])


# --- limits ----------------------------------------------------------------------------------


def test_no_more_objects_are_kept_than_can_be_of_use() -> None:
    timeline = Timeline()
    for number in range(400):
        timeline.add(frame(0.01 * number, thing(str(number)), is_complete=False))
    kept = {found for each in range(400) for found in ids(timeline, 0.01 * each)}
    assert len(kept) <= MOST_TRACKS + 1
    assert "399" in kept


def test_the_version_grows_with_each_frame_that_is_taken() -> None:
    timeline = filled(frame(0.0), frame(0.2))
    assert timeline.version == 2
    years = 50 * 365 * 86400.0
    assert not timeline.add(frame(years, late_s=-years))
    assert timeline.version == 2


def test_frames_from_another_time_are_taken_once_they_are_the_rule() -> None:
    """A camera whose clock is set: the first frames are not believed, then all begins anew."""
    timeline = filled(frame(0.0, thing("7")), frame(0.2, thing("7")))
    hour = 3600.0
    taken = [timeline.add(frame(hour + 0.2 * n, thing("8"), late_s=-hour)) for n in range(4)]
    assert taken == [False, False, True, True]
    assert ids(timeline, 0.2) == set()
    assert ids(timeline, hour + 0.5) == {"8"}
