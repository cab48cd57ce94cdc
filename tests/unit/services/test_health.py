"""The load of the workstation is that between two looks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import psutil
import pytest

from app.services.health import HealthWatch


@dataclass
class Workers:
    worker_pids: Mapping[int, int] = field(default_factory=lambda: {1: 100, 2: 101})
    restarts: int = 1


class Times(NamedTuple):
    """What psutil says."""

    user: float
    system: float
    idle: float


def test_the_load_is_the_busy_share_since_the_last_look(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([Times(10.0, 5.0, 100.0), Times(14.0, 6.0, 105.0), Times(14.0, 6.0, 115.0)])
    monkeypatch.setattr(psutil, "cpu_times", lambda: next(answers))
    watch = HealthWatch(Workers())
    first, second = watch.look(), watch.look()
    assert (first.load, second.load) == (0.5, 0.0)
    assert (first.workers, first.restarts) == (2, 1)


def test_two_looks_at_the_same_moment_are_no_load(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "cpu_times", lambda: Times(1.0, 1.0, 1.0))
    watch = HealthWatch(Workers())
    assert watch.look().load == 0.0


def test_the_real_machine_answers() -> None:
    health = HealthWatch(Workers()).look()
    assert 0.0 <= health.load <= 1.0
