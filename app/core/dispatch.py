"""The one door through which other threads reach the owner thread."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

Job = Callable[[], None]


class Dispatcher(Protocol):
    """Runs jobs, in order, on the thread that owns the services (the GUI thread)."""

    def post(self, job: Job) -> None:
        """Queue ``job``; callable from any thread, returns at once."""


class ManualDispatcher:
    """Keeps jobs until ``drain``; for programs without an event loop and for tests."""

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self._arrived = threading.Condition()

    def post(self, job: Job) -> None:
        with self._arrived:
            self._jobs.append(job)
            self._arrived.notify_all()

    def drain(self) -> int:
        """Run what is queued now; returns how many jobs ran.

        A job that raises ends the call; the jobs behind it stay queued.
        """
        count = len(self._jobs)
        for _ in range(count):
            self._jobs.popleft()()
        return count

    def wait(self, seconds: float) -> bool:
        """Block until a job is queued or ``seconds`` have passed; true when one is."""
        with self._arrived:
            return self._arrived.wait_for(lambda: bool(self._jobs), seconds)
