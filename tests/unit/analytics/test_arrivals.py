"""A source's rhythm and lateness, and times that cannot be."""

import pytest

from app.analytics.arrivals import Arrivals
from tests.unit.analytics.frames import SECOND, at, frame

HOUR = 3600.0


def heard(*delays_s: float, every_s: float = 0.2) -> Arrivals:
    """Frames of a steady rhythm that came so late."""
    arrivals = Arrivals()
    for number, late_s in enumerate(delays_s):
        arrivals.add(frame(number * every_s, late_s=late_s))
    return arrivals


def test_the_rhythm_is_learnt_and_a_long_silence_is_no_part_of_it() -> None:
    arrivals = heard(*[0.1] * 20, every_s=0.1)
    assert arrivals.interval_us == pytest.approx(0.1 * SECOND)
    arrivals.add(frame(1.9 + 30))
    assert arrivals.interval_us == pytest.approx(0.1 * SECOND)


def test_a_rhythm_is_assumed_until_it_is_known() -> None:
    assert heard(0.1).interval_us == 0.2 * SECOND


def test_the_share_of_the_delays_is_told() -> None:
    arrivals = heard(*[0.1] * 9, 0.5)
    assert arrivals.delay_us(0.5) == pytest.approx(0.1 * SECOND)
    assert arrivals.delay_us(0.9) == pytest.approx(0.5 * SECOND)
    assert Arrivals().delay_us(0.5) is None


def test_old_delays_are_forgotten() -> None:
    arrivals = heard(*[0.5] * 64, *[0.1] * 64)
    assert arrivals.delay_us(0.99) == pytest.approx(0.1 * SECOND)
    assert arrivals.count == 64


def test_the_least_delay_is_that_of_the_newest_frames() -> None:
    arrivals = heard(0.05, *[0.3] * 63)
    assert arrivals.least_delay_us == pytest.approx(0.05 * SECOND)
    arrivals.add(frame(64 * 0.2, late_s=0.4))
    assert arrivals.least_delay_us == pytest.approx(0.3 * SECOND)


def test_the_newest_frame_is_the_one_with_the_latest_time() -> None:
    arrivals = heard(0.1, 0.1)
    arrivals.add(frame(0.1, late_s=2.0))
    assert arrivals.newest_us == at(0.2)
    assert arrivals.heard_us == at(2.1)


def test_a_frame_from_1970_or_2100_is_not_believed() -> None:
    arrivals = heard(0.1, 0.1)
    for years in (-53, 77):
        seconds = years * 365 * 86400.0
        assert arrivals.add(frame(seconds, late_s=0.4 - seconds)) is None
    assert arrivals.refused == 2
    assert arrivals.newest_us == at(0.2)
    assert arrivals.add(frame(0.4)) is True


def test_a_clock_that_was_set_is_followed_after_three_frames() -> None:
    arrivals = heard(0.1, 0.1)
    found = [arrivals.add(frame(HOUR + n * 0.2, late_s=0.4 - HOUR)) for n in range(4)]
    assert found == [None, None, False, True]
    assert arrivals.newest_us == at(HOUR + 0.6)
    assert arrivals.count == 2


def test_strays_that_do_not_agree_with_each_other_are_never_followed() -> None:
    arrivals = heard(0.1)
    found = {arrivals.add(frame(HOUR * n, late_s=0.1 * n - HOUR * n)) for n in range(1, 9)}
    assert found == {None}


def test_a_good_frame_ends_a_row_of_strays() -> None:
    arrivals = heard(0.1, 0.1)
    for number in range(2, 8):
        stray = frame(HOUR + number * 0.2, late_s=0.1 - HOUR)
        assert arrivals.add(stray) is None
        assert arrivals.add(frame(number * 0.2)) is True


def test_a_backend_that_falls_behind_slowly_is_believed() -> None:
    """Lateness may grow to a minute: it is not another clock."""
    arrivals = heard(*(0.2 * number for number in range(300)))
    assert arrivals.refused == 0
    assert arrivals.delay_us(0.5) is not None


def test_a_clock_that_is_set_back_a_little_is_followed() -> None:
    arrivals = heard(*[0.1] * 20)
    found = [arrivals.add(frame(1.8 + n * 0.2, late_s=2.1)) for n in range(1, 5)]
    assert found == [True, True, False, True]
    assert arrivals.newest_us == at(2.6)


def test_frames_that_were_held_up_and_come_in_one_go_are_no_clock_set_back() -> None:
    arrivals = heard(*[0.1] * 10)
    found = [arrivals.add(frame(1.0 + n * 0.1, late_s=1.0 - n * 0.1)) for n in range(1, 6)]
    assert found == [True] * 5
    assert arrivals.newest_us == at(1.8)
