"""How news and work travel between threads."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.backoff import Backoff
from app.core.clock import SystemClock
from app.core.dispatch import ManualDispatcher
from app.core.events import Event
from app.core.tasks import Tasks


def _fail(*_anything: object) -> None:
    raise ZeroDivisionError


def test_listeners_hear_in_the_order_in_which_they_came() -> None:
    event: Event[int] = Event("test")
    heard: list[tuple[str, int]] = []
    event.connect(lambda value: heard.append(("first", value)))
    event.connect(lambda value: heard.append(("second", value)))
    event.emit(3)
    assert heard == [("first", 3), ("second", 3)]


def test_a_closed_connection_hears_nothing_and_may_be_closed_twice() -> None:
    event: Event[int] = Event("test")
    heard: list[int] = []
    connection = event.connect(heard.append)
    connection.close()
    connection.close()
    event.emit(3)
    assert heard == []


@pytest.mark.logs_errors
def test_a_listener_that_fails_does_not_silence_the_others() -> None:
    event: Event[int] = Event("test")
    heard: list[int] = []
    event.connect(_fail)
    event.connect(heard.append)
    event.emit(3)
    assert heard == [3]


def test_a_listener_may_leave_while_it_hears() -> None:
    event: Event[int] = Event("test")
    heard: list[int] = []
    first = event.connect(lambda _value: first.close())
    event.connect(heard.append)
    event.emit(3)
    event.emit(4)
    assert heard == [3, 4]


def test_jobs_run_in_order_and_only_when_drained() -> None:
    dispatcher, ran = ManualDispatcher(), list[int]()
    dispatcher.post(lambda: ran.append(1))
    dispatcher.post(lambda: ran.append(2))
    assert ran == []
    assert dispatcher.drain() == 2
    assert ran == [1, 2]


def test_a_job_that_posts_another_does_not_run_it_in_the_same_drain() -> None:
    dispatcher, ran = ManualDispatcher(), list[int]()
    dispatcher.post(lambda: dispatcher.post(lambda: ran.append(1)))
    assert dispatcher.drain() == 1
    assert ran == []
    assert dispatcher.drain() == 1


def test_a_job_that_fails_does_not_lose_the_jobs_behind_it() -> None:
    dispatcher, ran = ManualDispatcher(), list[int]()
    dispatcher.post(_fail)
    dispatcher.post(lambda: ran.append(2))
    with pytest.raises(ZeroDivisionError):
        dispatcher.drain()
    dispatcher.drain()
    assert ran == [2]


def test_waiting_ends_with_a_job_or_with_the_time() -> None:
    dispatcher = ManualDispatcher()
    assert not dispatcher.wait(0.001)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(dispatcher.post, lambda: None)
        assert dispatcher.wait(10)


class _Outcome:
    def __init__(self) -> None:
        self.dispatcher = ManualDispatcher()
        self.errors: list[Exception] = []
        self.results: list[object] = []


def _run(outcome: _Outcome, work: object, **doors: object) -> None:
    with ThreadPoolExecutor(1) as pool:
        tasks = Tasks(pool, outcome.dispatcher, outcome.errors.append)
        tasks.run(work, done=outcome.results.append, **doors)  # type: ignore[arg-type]  # as given
    assert (outcome.results, outcome.errors) == ([], [])
    outcome.dispatcher.drain()


def test_a_result_comes_back_on_the_owner_thread() -> None:
    outcome = _Outcome()
    _run(outcome, lambda: threading.current_thread() is threading.main_thread())
    assert outcome.results == [False]


def test_a_failure_goes_to_whoever_asked_for_it() -> None:
    outcome, failures = _Outcome(), list[Exception]()
    _run(outcome, lambda: 1 // 0, failed=failures.append)
    assert [type(error) for error in failures] == [ZeroDivisionError]
    assert outcome.errors == []


def test_a_failure_that_nobody_asked_for_is_reported() -> None:
    outcome = _Outcome()
    _run(outcome, lambda: 1 // 0)
    assert [type(error) for error in outcome.errors] == [ZeroDivisionError]


def test_cancelled_work_says_nothing() -> None:
    outcome, started, gate = _Outcome(), threading.Event(), threading.Event()

    def hold() -> None:
        started.set()
        gate.wait(10)

    with ThreadPoolExecutor(1) as pool:
        tasks = Tasks(pool, outcome.dispatcher, outcome.errors.append)
        tasks.run(hold)
        assert started.wait(10)
        tasks.run(lambda: 1, done=outcome.results.append).cancel()
        gate.set()
    outcome.dispatcher.drain()
    assert (outcome.results, outcome.errors) == ([], [])


@given(attempt=st.integers(-3, 10_000), seed=st.integers(0, 1000))
def test_a_delay_is_never_shorter_or_longer_than_agreed(attempt: int, seed: int) -> None:
    assert 1.0 <= Backoff(1.0, 30.0).delay(attempt, random.Random(seed)) <= 30.0


def test_delays_grow_with_the_attempts() -> None:
    dice = random.Random(7)
    early = sum(Backoff().delay(1, dice) for _ in range(500))
    late = sum(Backoff().delay(10, dice) for _ in range(500))
    assert late > 5 * early


def test_the_clock_of_the_system_goes_forward_and_waits() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    assert not clock.wait(threading.Event(), 0.001)
    assert clock.monotonic() > before
    assert clock.utc_us() > 1_700_000_000_000_000
