"""Two threads for what the command thread must not wait for: short jobs first, long ones after."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

_THREADS = 2
_PATIENCE_S = 0.015
"""A long job waits for so long: a page's commands come one by one, and each brings a short job."""

_log = logging.getLogger(__name__)
Job = Callable[[], None]


class Errands:
    """Jobs in the order of their coming, all short ones before any long one. Any thread."""

    def __init__(self) -> None:
        self._short: deque[Job] = deque()
        self._long: deque[tuple[float, Job]] = deque()
        self._came = threading.Condition()
        for number in range(_THREADS):
            # Daemons: the process leaves without asking them.
            threading.Thread(target=self._work, name=f"errand-{number}", daemon=True).start()

    def soon(self, job: Job) -> None:
        """Run a short job."""
        with self._came:
            self._short.append(job)
            self._came.notify()

    def later(self, job: Job) -> None:
        """Run a long job once no short one waits."""
        with self._came:
            self._long.append((time.monotonic() + _PATIENCE_S, job))
            self._came.notify()

    def _next(self) -> Job:
        with self._came:
            while True:
                if self._short:
                    return self._short.popleft()
                if not self._long:
                    self._came.wait()
                    continue
                due = self._long[0][0] - time.monotonic()
                if due <= 0:
                    return self._long.popleft()[1]
                self._came.wait(due)

    def _work(self) -> None:
        while True:
            job = self._next()
            try:
                job()
            except Exception:  # noqa: BLE001 - a door: one failed job must not end the thread
                _log.exception("A job of the worker failed")
