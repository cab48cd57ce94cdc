"""Qt's event loop as the application's dispatcher."""

import time
from collections import deque

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

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
        self._is_woken = False
        # A timer, because Qt delivers all posted events, new ones too, before anything else.
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(0)
        self._rest.timeout.connect(self._run)
        self._woken.connect(self._run, Qt.ConnectionType.QueuedConnection)

    def post(self, job: Job) -> None:
        """Queue ``job``; callable from any thread. After ``close`` it is dropped."""
        if not self._is_open:
            return
        self._jobs.append(job)
        if not self._is_woken:
            self._is_woken = True
            self._woken.emit()

    def close(self) -> None:
        """Drop what is queued and take no more: nobody is left whom it could concern."""
        self._is_open = False
        self._jobs.clear()

    @Slot()
    def _run(self) -> None:
        # First, so that whoever posts from now on wakes again; what is there now runs below.
        self._is_woken = False
        deadline = time.monotonic() + _SLICE_S
        try:
            while self._jobs and time.monotonic() < deadline:
                self._jobs.popleft()()
        finally:
            if self._jobs:
                self._is_woken = True
                self._rest.start()
