"""A state comes and goes with several looks, never with one."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.video.worker.health.hysteresis import Hysteresis


def test_it_comes_after_so_many_bad_looks_and_goes_after_so_many_good_ones() -> None:
    state = Hysteresis(enter=3, leave=2)
    assert [state.see(is_bad=True, is_good=False) for _ in range(3)] == [False, False, True]
    assert [state.see(is_bad=False, is_good=True) for _ in range(2)] == [True, False]


def test_a_good_look_between_begins_the_count_anew() -> None:
    state = Hysteresis(enter=2, leave=2)
    for is_bad in (True, False, True, False, True):
        assert not state.see(is_bad=is_bad, is_good=not is_bad)
    assert state.is_undecided


def test_a_look_that_is_neither_changes_nothing() -> None:
    state = Hysteresis(enter=2, leave=2)
    state.see(is_bad=True, is_good=False)
    state.see(is_bad=False, is_good=False)
    assert state.see(is_bad=True, is_good=False)
    assert not state.is_undecided


@given(st.lists(st.booleans(), max_size=60))
def test_it_never_changes_twice_within_the_shorter_count(looks: list[bool]) -> None:
    state = Hysteresis(enter=3, leave=3)
    seen = [state.see(is_bad=bad, is_good=not bad) for bad in looks]
    changes = [i for i in range(1, len(seen)) if seen[i] != seen[i - 1]]
    assert all(later - earlier >= 3 for earlier, later in pairwise(changes))
