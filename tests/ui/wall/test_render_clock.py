"""The one timer behind all screens."""

from __future__ import annotations

import time
from collections.abc import Collection

import pytest
from pytestqt.qtbot import QtBot

from app.video.engine_types import ViewKey
from tests.fakes.engine import FakeEngine
from ui.render_clock import RenderClock


class Screen:
    """A target that counts; ``busy_s`` is how long it paints."""

    def __init__(self, *, is_seen: bool = True, busy_s: float = 0.0) -> None:
        self.is_seen = is_seen
        self.busy_s = busy_s
        self.refreshed: list[Collection[ViewKey]] = []

    def refresh(self, fresh: Collection[ViewKey]) -> None:
        self.refreshed.append(fresh)
        end = time.perf_counter() + self.busy_s
        while time.perf_counter() < end:
            pass


class CountingEngine(FakeEngine):
    """Counts how often it was asked what is new."""

    asked = 0

    def fresh(self) -> list[ViewKey]:
        self.asked += 1
        return [ViewKey("0/0")]


def test_every_screen_that_is_seen_is_refreshed_with_one_question(qtbot: QtBot) -> None:
    engine = CountingEngine()
    clock = RenderClock(engine)
    one, other, hidden = Screen(), Screen(), Screen(is_seen=False)
    for screen in (one, other, hidden):
        clock.add(screen)
    qtbot.waitUntil(lambda: len(one.refreshed) >= 3)
    assert len(other.refreshed) == len(one.refreshed) == engine.asked
    assert one.refreshed[0] == [ViewKey("0/0")]
    assert hidden.refreshed == []
    for screen in (one, other, hidden):
        clock.remove(screen)
    assert not clock.is_running


def test_it_rests_while_nothing_is_seen_and_wakes_again(qtbot: QtBot) -> None:
    clock = RenderClock(CountingEngine())
    screen = Screen(is_seen=False)
    clock.add(screen)
    qtbot.waitUntil(lambda: clock.is_resting)
    asked = clock.tick_ms
    screen.is_seen = True
    clock.wake()
    assert not clock.is_resting
    qtbot.waitUntil(lambda: len(screen.refreshed) >= 1)
    assert asked == ()
    clock.remove(screen)
    assert not clock.is_running


def test_a_screen_that_is_seen_without_a_word_is_painted_all_the_same(qtbot: QtBot) -> None:
    clock = RenderClock(CountingEngine())
    screen = Screen(is_seen=False)
    clock.add(screen)
    qtbot.waitUntil(lambda: clock.is_resting)
    screen.is_seen = True  # the window system did not announce it
    qtbot.waitUntil(lambda: len(screen.refreshed) >= 5, timeout=2000)
    assert not clock.is_resting
    clock.remove(screen)


def test_without_screens_it_does_not_run() -> None:
    clock = RenderClock(CountingEngine())
    clock.wake()
    assert not clock.is_running
    clock.remove(Screen())
    assert clock.tick_ms == ()


def test_a_tick_is_measured_from_when_it_was_due_until_it_has_painted(qtbot: QtBot) -> None:
    clock = RenderClock(CountingEngine())
    screen = Screen(busy_s=0.012)
    clock.add(screen)
    qtbot.waitUntil(lambda: len(clock.tick_ms) >= 5)
    clock.remove(screen)
    assert min(clock.tick_ms) >= 12


def test_waiting_for_another_event_counts_as_lateness(qtbot: QtBot) -> None:
    clock = RenderClock(CountingEngine())
    screen = Screen()
    clock.add(screen)
    qtbot.waitUntil(lambda: len(clock.tick_ms) >= 3)
    end = time.perf_counter() + 0.1
    while time.perf_counter() < end:  # as a slot that takes too long
        pass
    ticks = len(clock.tick_ms)
    qtbot.waitUntil(lambda: len(clock.tick_ms) > ticks)
    clock.remove(screen)
    assert max(clock.tick_ms[ticks - 1 :]) >= 70


@pytest.mark.parametrize("blocked_s", [0.05, 0.055, 0.06])
def test_a_tick_that_came_late_does_not_make_those_after_it_late(
    qtbot: QtBot, blocked_s: float
) -> None:
    """The smallest counts: others may wait for a busy machine."""
    clock = RenderClock(CountingEngine())
    screen = Screen()
    clock.add(screen)
    qtbot.waitUntil(lambda: len(clock.tick_ms) >= 3)
    end = time.perf_counter() + blocked_s
    while time.perf_counter() < end:
        pass
    ticks = len(clock.tick_ms)
    qtbot.waitUntil(lambda: len(clock.tick_ms) > ticks + 12)
    clock.remove(screen)
    assert min(clock.tick_ms[ticks + 2 :]) < 3
