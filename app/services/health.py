"""How this workstation is doing: its processors and our worker processes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import psutil


class Workers(Protocol):
    """What the engine tells of its worker processes."""

    @property
    def worker_pids(self) -> Mapping[int, int]:
        """The process of each worker that runs now."""

    @property
    def restarts(self) -> int:
        """How many workers were lost and replaced."""


@dataclass(frozen=True, slots=True)
class Health:
    """One look; ``load`` is the busy share (0..1) of all processors since the look before."""

    load: float
    workers: int
    restarts: int


class HealthWatch:
    """Looks at the workstation when asked; cheap enough for once a second. Owner thread."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._busy, self._total = _processor_times()

    def look(self) -> Health:
        busy, total = _processor_times()
        passed = total - self._total
        load = (busy - self._busy) / passed if passed > 0 else 0.0
        self._busy, self._total = busy, total
        return Health(
            min(max(load, 0.0), 1.0), len(self._workers.worker_pids), self._workers.restarts
        )


def _processor_times() -> tuple[float, float]:
    # Not psutil.cpu_percent: it keeps one earlier look for all callers of the process.
    times = psutil.cpu_times()
    total = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
    idle = times.idle + getattr(times, "iowait", 0.0)
    return total - idle, total
