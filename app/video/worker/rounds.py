"""Decodes the packets of all streams of a worker in rounds, on one thread.

A frame that is decoded right after another one costs half of what it costs a thread that was just
woken for it: the code and its tables are still in the processor's cache, and nobody fights for the
interpreter. So the streams' threads only read packets; a round a few milliseconds later decodes
what has come for any of them (measured: ``tests/benchmarks``, CPU of 64 tiles). What is held back
is decoded in the round after it is due.
"""

import heapq
import logging
import threading
import time
from collections import deque
from itertools import count
from typing import Protocol

_log = logging.getLogger(__name__)

BUSY_RATE = 100.0
"""From so many packets a second on, a round waits for company."""
PERIOD_S = 0.008
STUCK_S = 1.0


class Behind(Protocol):
    """A stream's pipeline that has packets to decode."""

    queued: bool

    def catch_up(self) -> None:
        """Decode them and show the newest picture. Does nothing when there are none."""


class Rounds(Protocol):
    """Where a pipeline says that it has something to decode."""

    def submit(self, pipeline: Behind, at: float = 0.0) -> None:
        """Decode it in the next round, or in the one after ``at`` (monotonic seconds)."""


class DecodeRounds:
    """``submit`` from any thread. When a stream does not come back from native code, ``watch``
    leaves the thread to it and goes on with the others on a new one."""

    def __init__(self) -> None:
        self._queue: deque[Behind] = deque()
        self._came = threading.Event()
        self._later: list[tuple[float, int, Behind]] = []
        self._later_lock = threading.Lock()
        self._numbers = count()
        self._wakes_at = float("inf")
        self._generation = 0
        self._since = 0.0
        self._start()

    def submit(self, pipeline: Behind, at: float = 0.0) -> None:
        """Decode it in the next round, or in the one after ``at`` (monotonic seconds).

        Asked twice it may get two turns.
        """
        if not at:
            self._enqueue(pipeline)
            return
        with self._later_lock:
            heapq.heappush(self._later, (at, next(self._numbers), pipeline))
            sooner = at < self._wakes_at
        if sooner:
            self._came.set()

    def _enqueue(self, pipeline: Behind) -> None:
        if not pipeline.queued:
            pipeline.queued = True
            self._queue.append(pipeline)
            self._came.set()

    def watch(self) -> None:
        """To be called a few times a second."""
        since = self._since
        if since and time.monotonic() - since > STUCK_S:
            _log.warning("Decoding of one stream does not come back; the others go on without it")
            self._start()

    def _start(self) -> None:
        self._generation += 1
        self._since = 0.0
        threading.Thread(
            target=self._run, args=(self._generation,), name="decode", daemon=True
        ).start()

    def _run(self, generation: int) -> None:
        rate = 0.0
        began = time.monotonic()
        while generation == self._generation:
            self._wait()
            if rate > BUSY_RATE:
                time.sleep(max(0.0, began + PERIOD_S - time.monotonic()))
            self._came.clear()
            before, began = began, time.monotonic()
            self._take_due(began)
            done = self._round(generation)
            passed = max(began - before, 1e-4)
            weight = min(1.0, passed)
            rate += weight * (done / passed - rate)

    def _wait(self) -> None:
        """Until something is submitted or due; nobody wakes this thread for less."""
        with self._later_lock:
            self._wakes_at = self._later[0][0] if self._later else float("inf")
        if self._wakes_at == float("inf"):
            self._came.wait()
        else:
            self._came.wait(max(0.0, self._wakes_at - time.monotonic()))
        self._wakes_at = 0.0

    def _take_due(self, now: float) -> None:
        """Give a turn to everybody whose time has come."""
        with self._later_lock:
            later = self._later
            while later and later[0][0] <= now:
                self._enqueue(heapq.heappop(later)[2])

    def _round(self, generation: int) -> int:
        """Decode for everybody who is waiting now; returns for how many."""
        done = 0
        for _ in range(len(self._queue)):
            if generation != self._generation:
                break
            try:
                pipeline = self._queue.popleft()
            except IndexError:
                break
            pipeline.queued = False
            self._since = time.monotonic()
            try:
                pipeline.catch_up()
            except Exception:  # noqa: BLE001 - a door: one stream's failure stays its own
                _log.exception("Decoding a stream failed in a way that nobody foresaw")
            if generation != self._generation:
                break
            self._since = 0.0
            done += 1
        return done
