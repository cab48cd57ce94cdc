"""Qt's event loop as the application's dispatcher."""

import time
from collections import deque

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.core.dispatch import Job

_SLICE_S = 0.004
"""A burst of jobs never holds the event loop longer than this and one job."""


class QtDispatcher(QObject):
    """Runs jobs, in order, on the thread this object was created in (the GUI thread)."""

    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: deque[Job] = deque()
        self._is_open = True
        self._woken.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def post(self, job: Job) -> None:
        """Queue ``job``; callable from any thread. After ``close`` it is dropped."""
        if self._is_open:
            self._jobs.append(job)
            self._woken.emit()

    def close(self) -> None:
        """Run what is queued and take no more; the last step before the services end."""
        self._is_open = False
        while self._jobs:
            self._jobs.popleft()()

    @Slot()
    def _run(self) -> None:
        deadline = time.monotonic() + _SLICE_S
        while self._jobs:
            job = self._jobs.popleft()
            if self._jobs and time.monotonic() > deadline:
                self._jobs.appendleft(job)
                self._woken.emit()
                return
            job()
