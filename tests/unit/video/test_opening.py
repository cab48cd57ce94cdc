"""Who may knock at a camera, and when."""

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.core.backoff import Backoff
from app.domain.stream import Reason
from app.video.opening import SCOUT_EVERY_S, OpenGate


def gate(at_a_time: int = 8, per_second: int = 16) -> OpenGate:
    return OpenGate(at_a_time=at_a_time, per_second=per_second, dice=random.Random(7))


def test_never_more_than_eight_at_a_time() -> None:
    opens = gate()
    for stream in range(20):
        opens.want(stream, f"host{stream}", 0.0)
    assert opens.due(0.0) == list(range(8))
    assert opens.due(0.1) == []
    opens.opened(0, 0.2)
    assert opens.due(0.2) == [8]


def test_a_host_hears_at_most_its_rate_in_any_second() -> None:
    opens = gate(at_a_time=100, per_second=16)
    for stream in range(40):
        opens.want(stream, "recorder", 0.0)
    assert len(opens.due(0.0)) == 16
    assert opens.due(0.99) == []
    assert len(opens.due(1.0)) == 16


def test_a_recorder_with_a_limit_of_its_own_is_spared() -> None:
    opens = OpenGate(at_a_time=100, host_rates={"weak:554": 2})
    for stream in range(5):
        opens.want(stream, "weak:554", 0.0)
    assert len(opens.due(0.0)) == 2


def test_a_failed_stream_waits_between_one_and_thirty_seconds_for_ever() -> None:
    opens = gate()
    now = 0.0
    opens.want(1, "host", now)
    for attempt in range(1, 200):
        assert opens.due(now) == [1]
        due = opens.failed(1, "host", now, Reason.REFUSED, attempt)
        assert 1.0 <= due - now <= 30.0
        assert opens.due(due - 0.001) == []
        now = due


def test_a_refused_password_is_not_tried_again_for_minutes() -> None:
    opens = gate()
    opens.want(1, "host", 0.0)
    opens.due(0.0)
    assert opens.failed(1, "host", 0.0, Reason.WRONG_PASSWORD, 1) >= 270.0


def test_neighbours_do_not_sit_out_their_delay_when_one_comes_back() -> None:
    opens = OpenGate(backoff=Backoff(20.0, 30.0), dice=random.Random(1))
    for stream in (1, 2, 3):
        opens.want(stream, "recorder", 0.0)
    opens.due(0.0)
    first = opens.failed(1, "recorder", 0.0, Reason.REFUSED, 1)
    opens.failed(2, "recorder", 0.0, Reason.WRONG_PASSWORD, 1)
    opens.failed(3, "recorder", 1.0, Reason.NOT_FOUND, 1)
    opens.hurry(1, 5.0)
    assert first > 5.0
    assert opens.due(5.0) == [1]
    opens.opened(1, 5.1)
    assert opens.due(5.1) == [3]


def test_a_neighbour_that_fails_in_the_moment_of_the_return_is_tried_again_soon() -> None:
    opens = gate()
    for stream in (1, 2):
        opens.want(stream, "host", 0.0)
    opens.due(0.0)
    for stream in (1, 2):
        opens.failed(stream, "host", 0.0, Reason.REFUSED, 9)
    assert sorted(opens.due(30.0)) == [1, 2]
    opens.opened(1, 30.2)
    assert opens.failed(2, "host", 30.3, Reason.REFUSED, 10) <= 32.3
    # Once the host has been back for a while, a camera of it that fails is left its pauses.
    opens.due(32.3)
    later = [opens.failed(2, "host", 60.0, Reason.REFUSED, attempt) for attempt in range(9, 40)]
    assert max(later) > 75.0


def test_a_fresh_open_does_not_hurry_a_neighbour_that_fails() -> None:
    opens = gate()
    opens.want(1, "recorder", 0.0)
    opens.due(0.0)
    due = opens.failed(1, "recorder", 0.0, Reason.NOT_FOUND, 3)
    opens.want(2, "recorder", 0.1)
    assert opens.due(0.1) == [2]
    opens.opened(2, 0.2)
    assert opens.retry_at(1) == due


def test_a_dark_host_is_knocked_at_every_two_seconds() -> None:
    opens = OpenGate(backoff=Backoff(30.0, 30.0))
    for stream in range(16):
        opens.want(stream, "relay", 0.0)
    for stream in opens.due(0.0) + opens.due(0.0):
        opens.failed(stream, "relay", 0.0, Reason.REFUSED, 1)
    for stream in opens.due(0.0):
        opens.failed(stream, "relay", 0.0, Reason.REFUSED, 1)
    knocks = []
    for tenth in range(1, 100):
        now = tenth / 10
        for stream in opens.due(now):
            knocks.append(now)
            opens.failed(stream, "relay", now, Reason.REFUSED, 2)
    assert [round(b - a, 1) for a, b in pairwise(knocks)] == [SCOUT_EVERY_S] * (len(knocks) - 1)
    assert len(knocks) == 4


def test_hosts_that_swallow_every_attempt_leave_room_for_others() -> None:
    opens = gate()
    for stream in range(20):
        opens.want(stream, f"dark{stream}", 0.0)
        opens.failed(stream, f"dark{stream}", 0.0, Reason.TIMED_OUT, 1)
    assert len(opens.due(60.0)) == 6
    for stream in (97, 98, 99):
        opens.want(stream, "healthy", 60.1)
    assert len(opens.due(60.1)) == 2
    opens.opened(97, 60.2)
    assert opens.due(60.2) == [99]


def test_what_is_on_the_wall_goes_before_what_is_only_kept_warm() -> None:
    opens = gate(at_a_time=1)
    opens.want(1, "a", 0.0)
    opens.want(2, "b", 0.0)
    assert opens.due(0.0, rank=lambda stream: 0 if stream == 2 else 1) == [2]


@given(st.lists(st.tuples(st.integers(0, 30), st.sampled_from(["fail", "open", "wait"]))))
def test_the_limits_hold_whatever_happens(steps: list[tuple[int, str]]) -> None:
    opens = gate(at_a_time=3, per_second=4)
    now = 0.0
    knocks: list[float] = []
    running: set[int] = set()
    for stream, what in steps:
        opens.want(stream, "host", now)
        if what == "wait":
            now += 0.3
        elif running:
            one = running.pop()
            if what == "open":
                opens.opened(one, now)
            else:
                opens.failed(one, "host", now, Reason.TIMED_OUT, 1)
        started = opens.due(now)
        knocks += [now] * len(started)
        running.update(started)
        assert opens.opening == len(running) <= 3
        assert sum(1 for knock in knocks if knock > now - 1.0) <= 4
