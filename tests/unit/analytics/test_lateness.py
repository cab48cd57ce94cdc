"""A tile's pictures wait just long enough for their boxes, and calmly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analytics.lateness import StepHold

LIMIT = 0.5


def followed(hold: StepHold, wanted: float | None, start: float, seconds: int) -> list[float]:
    return [hold.follow(wanted, LIMIT, start + second) for second in range(1, seconds + 1)]


def test_the_first_wait_is_set_at_once() -> None:
    assert StepHold().follow(0.3, LIMIT, 100.0) == 0.3


def test_nothing_waits_before_anything_is_known() -> None:
    assert followed(StepHold(), None, 0.0, 5) == [0.0] * 5


def test_later_waits_are_approached_by_20_ms_a_second() -> None:
    hold = StepHold()
    hold.follow(0.2, LIMIT, 0.0)
    assert followed(hold, 0.3, 0.0, 7) == pytest.approx([0.22, 0.24, 0.26, 0.28, 0.3, 0.3, 0.3])
    assert followed(hold, 0.1, 7.0, 2) == pytest.approx([0.28, 0.26])


def test_small_changes_are_not_followed() -> None:
    hold = StepHold()
    hold.follow(0.3, LIMIT, 0.0)
    for second, wanted in enumerate([0.31, 0.26, 0.3, 0.25, 0.312], start=1):
        assert hold.follow(wanted, LIMIT, second) == 0.3


def test_the_wait_stays_while_nothing_is_heard() -> None:
    hold = StepHold()
    hold.follow(0.3, LIMIT, 0.0)
    assert followed(hold, None, 0.0, 60) == [0.3] * 60


def test_the_wait_has_a_limit() -> None:
    assert StepHold().follow(1.4, LIMIT, 0.0) == LIMIT
    assert StepHold().follow(-0.2, LIMIT, 0.0) == 0.0


@given(st.lists(st.tuples(st.floats(0.1, 3), st.none() | st.floats(-5, 5)), max_size=50))
def test_the_wait_never_changes_fast_nor_leaves_its_bounds(
    told: list[tuple[float, float | None]],
) -> None:
    hold, now, known = StepHold(), 0.0, False
    for elapsed, wanted in told:
        now += elapsed
        before = hold.seconds
        after = hold.follow(wanted, LIMIT, now)
        assert 0.0 <= after <= LIMIT
        if known:
            assert abs(after - before) <= 0.020 * elapsed + 1e-9
        known = known or wanted is not None
