"""Rounds of decoding: everybody once, and nobody waits for one that hangs."""

import threading
import time

import pytest

from app.video.worker import rounds
from app.video.worker.rounds import DecodeRounds


class Task:
    """Counts its turns; may hang until told otherwise, or fail."""

    def __init__(self, *, hangs: bool = False, fails: bool = False) -> None:
        self.queued = False
        self.turns = 0
        self.came = threading.Event()
        self.released = threading.Event()
        if not hangs:
            self.released.set()
        self._fails = fails

    def catch_up(self) -> None:
        self.turns += 1
        self.came.set()
        self.released.wait(20)
        if self._fails:
            raise RuntimeError("broken stream")


def test_what_is_submitted_gets_its_turn_once() -> None:
    decoding = DecodeRounds()
    tasks = [Task() for _ in range(20)]
    for task in tasks:
        decoding.submit(task)
    assert all(task.came.wait(5) for task in tasks)
    assert {task.turns for task in tasks} == {1}
    assert not any(task.queued for task in tasks)


@pytest.mark.logs_errors
def test_one_that_fails_does_not_keep_the_others_from_their_turn() -> None:
    decoding = DecodeRounds()
    broken, sound = Task(fails=True), Task()
    decoding.submit(broken)
    decoding.submit(sound)
    assert sound.came.wait(5)


@pytest.mark.logs_errors
def test_one_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounds, "STUCK_S", 0.05)
    decoding = DecodeRounds()
    hanging, sound = Task(hangs=True), Task()
    decoding.submit(hanging)
    assert hanging.came.wait(5)
    decoding.submit(sound)
    deadline = time.monotonic() + 10
    while not sound.came.wait(0.02):
        assert time.monotonic() < deadline
        decoding.watch()
    hanging.released.set()
    sound.came.clear()
    decoding.submit(sound)
    assert sound.came.wait(5)
    assert hanging.turns == 1


def test_what_is_due_later_gets_its_turn_then_and_in_order() -> None:
    decoding = DecodeRounds()
    order: list[str] = []

    class Timed(Task):
        def __init__(self, name: str) -> None:
            super().__init__()
            self.name = name
            self.at = 0.0

        def catch_up(self) -> None:
            order.append(self.name)
            self.at = time.monotonic()
            super().catch_up()

    now = time.monotonic()
    late, early, at_once = Timed("late"), Timed("early"), Timed("at once")
    decoding.submit(late, now + 0.12)
    decoding.submit(early, now + 0.06)
    decoding.submit(at_once)
    assert all(task.came.wait(5) for task in (late, early, at_once))
    assert order == ["at once", "early", "late"]
    assert early.at >= now + 0.06
    assert late.at >= now + 0.12


def test_waiting_for_what_is_due_later_does_not_delay_what_comes_meanwhile() -> None:
    decoding = DecodeRounds()
    later, now = Task(), Task()
    decoding.submit(later, time.monotonic() + 60)
    decoding.submit(now)
    assert now.came.wait(5)
    assert not later.turns
