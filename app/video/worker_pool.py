"""The worker processes: starts them, carries messages, notices crashes and silence.

One thread of its own ("video-pool") does all of it, so that neither a slow start nor a stopped
worker ever holds up the owner thread. It lives as long as its workers: on Linux a worker asks the
kernel to be killed when the thread that started it ends, which covers every way in which the GUI
process can die; a closed pipe covers the rest.
"""

import logging
import multiprocessing
import os
import select
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

from app.core.dispatch import Dispatcher
from app.video.board import BoardMemory
from app.video.messages import Command, Report, Shutdown, receive_report, send

SILENCE_S = 10.0
START_S = 30.0
TICK_S = 0.05
_LEAVE_S = 2.0
_REPORTS_AT_ONCE = 64
_log = logging.getLogger(__name__)
_spawn = multiprocessing.get_context("spawn")


class WorkerLoss(Enum):
    """How a worker ended that was not asked to."""

    CRASHED = "crashed"
    HUNG = "hung"


class PoolListener(Protocol):
    """Told by the pool, on the owner thread."""

    def on_report(self, worker: int, report: Report) -> None: ...

    def on_worker_lost(self, worker: int, loss: WorkerLoss, detail: str) -> None:
        """The process is gone (reaped), so its slots have no writer any more."""

    def on_tick(self) -> None:
        """Time passes: called about every ``TICK_S``, never queued twice."""


class WorkerEntry(Protocol):
    """The function that a worker process runs."""

    def __call__(
        self, connection: "Connection[Any, Any]", memory: BoardMemory, name: str
    ) -> None: ...


@dataclass(slots=True)
class _Worker:
    number: int
    process: BaseProcess
    connection: "Connection[Any, Any]"
    heard_at: float
    silence_s: float = START_S
    outbox: deque[Command] = field(default_factory=deque)
    leaving_since: float | None = None
    open_pipe: bool = True


class WorkerPool:
    """Workers are numbered from 1 and a number is never used twice.

    ``start_worker``, ``send``, ``end_worker`` may be called from any thread and return at once.
    """

    def __init__(
        self,
        memory: BoardMemory,
        dispatcher: Dispatcher,
        listener: PoolListener,
        entry: WorkerEntry,
        *,
        silence_s: float = SILENCE_S,
    ) -> None:
        self._memory = memory
        self._dispatcher = dispatcher
        self._listener = listener
        self._entry = entry
        self._silence_s = silence_s
        self._workers: dict[int, _Worker] = {}
        self._requests: deque[Callable[[], None]] = deque()
        self._last_number = 0
        self._closing = False
        self._tick_queued = False
        self._wake_read, self._wake_write = _spawn.Pipe(duplex=False)
        self._wake_lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="video-pool")

    def start(self) -> None:
        self._thread.start()

    def start_worker(self) -> int:
        """Ask for one more worker process; commands may be sent to it at once."""
        self._last_number += 1
        number = self._last_number
        self._request(lambda: self._launch(number))
        return number

    def send(self, worker: int, command: Command) -> None:
        """Queue a command; one for a worker that is gone is dropped."""
        self._request(lambda: self._enqueue(worker, command))

    def end_worker(self, worker: int, *, kill: bool = False) -> None:
        """Let a worker leave; with ``kill`` at once, reported as lost like any other."""
        self._request(lambda: self._dismiss(worker, kill=kill))

    def pids(self) -> dict[int, int]:
        """Process ids of the workers that run, by worker number."""
        workers = tuple(self._workers.values())
        return {w.number: w.process.pid for w in workers if w.process.pid is not None}

    def close(self) -> None:
        """End all workers, kindly first, and the thread. Blocks for at most a few seconds."""
        self._closing = True
        self._wake()
        if self._thread.ident is not None:  # it was started
            self._thread.join()
        self._wake_read.close()
        self._wake_write.close()

    # --- everything below runs on the pool's thread --------------------------------------

    def _request(self, job: Callable[[], None]) -> None:
        self._requests.append(job)
        self._wake()

    def _wake(self) -> None:
        with self._wake_lock:
            if not self._wake_read.closed and not self._wake_read.poll():
                self._wake_write.send_bytes(b"!")

    def _run(self) -> None:
        next_tick = time.monotonic()
        while not self._closing:
            try:
                self._serve(max(0.0, next_tick - time.monotonic()))
            except Exception:  # noqa: BLE001 - a door: the pool outlives any one failure
                _log.exception("The worker pool failed at one task and carries on")
            now = time.monotonic()
            if now >= next_tick:
                next_tick = now + TICK_S
                self._watch(now)
                self._post_tick()
        self._shut_down()

    def _serve(self, timeout: float) -> None:
        sources: list[Any] = [self._wake_read]
        sources += [w.connection for w in self._workers.values() if w.open_pipe]
        sources += [w.process.sentinel for w in self._workers.values()]
        ready = set(wait(sources, timeout))
        if self._wake_read in ready:
            with self._wake_lock:
                self._wake_read.recv_bytes()
        while self._requests:
            self._requests.popleft()()
        for worker in tuple(self._workers.values()):
            if worker.connection in ready:
                self._read(worker)
            self._flush(worker)
            if worker.process.sentinel in ready:
                self._bury(worker)

    def _launch(self, number: int) -> None:
        ours, theirs = _spawn.Pipe()
        process = _spawn.Process(
            target=self._entry,
            args=(theirs, self._memory, f"worker-{number}"),
            name=f"nigehban-worker-{number}",
            daemon=True,
        )
        process.start()
        theirs.close()
        self._workers[number] = _Worker(number, process, ours, time.monotonic())

    def _enqueue(self, number: int, command: Command) -> None:
        worker = self._workers.get(number)
        if worker is not None and worker.leaving_since is None:
            worker.outbox.append(command)
            self._flush(worker)

    def _dismiss(self, number: int, *, kill: bool) -> None:
        worker = self._workers.get(number)
        if worker is None:
            return
        if kill:
            _log.warning("Worker %d is ended because a camera's stream is stuck in it", number)
            worker.process.kill()
            return
        worker.outbox.append(Shutdown())
        worker.leaving_since = time.monotonic()
        self._flush(worker)

    def _read(self, worker: _Worker) -> None:
        try:
            for _ in range(_REPORTS_AT_ONCE):
                report = receive_report(worker.connection)
                worker.heard_at = time.monotonic()
                worker.silence_s = self._silence_s
                self._tell(worker.number, report)
                if not worker.connection.poll():
                    break
        except (EOFError, OSError):
            worker.open_pipe = False
        except ValueError as error:
            _log.error("Worker %d sent what cannot be read: %s", worker.number, error)
            worker.process.kill()

    def _flush(self, worker: _Worker) -> None:
        while worker.outbox and worker.open_pipe and _writable(worker.connection):
            try:
                send(worker.connection, worker.outbox[0])
            except OSError:
                worker.open_pipe = False
                return
            worker.outbox.popleft()

    def _watch(self, now: float) -> None:
        for worker in tuple(self._workers.values()):
            leaving = worker.leaving_since
            if leaving is not None and now - leaving > _LEAVE_S:
                worker.process.kill()
            elif leaving is None and now - worker.heard_at > worker.silence_s:
                _log.warning("Worker %d has been silent for too long and is ended", worker.number)
                worker.process.kill()
                self._bury(worker, WorkerLoss.HUNG)

    def _bury(self, worker: _Worker, loss: WorkerLoss = WorkerLoss.CRASHED) -> None:
        worker.process.join()
        if worker.open_pipe:
            self._drain(worker)
        detail = _cause(worker.process.exitcode)
        del self._workers[worker.number]
        worker.connection.close()
        worker.process.close()
        if worker.leaving_since is not None:
            return
        number = worker.number
        self._dispatcher.post(lambda: self._listener.on_worker_lost(number, loss, detail))

    def _drain(self, worker: _Worker) -> None:
        try:
            while worker.connection.poll():
                self._tell(worker.number, receive_report(worker.connection))
        except (EOFError, OSError, ValueError):
            worker.open_pipe = False

    def _tell(self, number: int, report: Report) -> None:
        self._dispatcher.post(lambda: self._listener.on_report(number, report))

    def _post_tick(self) -> None:
        if not self._tick_queued:
            self._tick_queued = True
            self._dispatcher.post(self._tick)

    def _tick(self) -> None:
        """Owner thread."""
        self._tick_queued = False
        if not self._closing:
            self._listener.on_tick()

    def _shut_down(self) -> None:
        for worker in tuple(self._workers.values()):
            self._dismiss(worker.number, kill=False)
        deadline = time.monotonic() + _LEAVE_S
        for worker in tuple(self._workers.values()):
            worker.process.join(max(0.0, deadline - time.monotonic()))
            if worker.process.exitcode is None:
                worker.process.kill()
                worker.process.join()
            worker.connection.close()
            worker.process.close()
        self._workers.clear()


def _writable(connection: "Connection[Any, Any]") -> bool:
    """Whether a command can be sent without waiting for a worker that is stopped."""
    if os.name == "nt":
        return True
    return bool(select.select([], [connection.fileno()], [], 0)[1])


def _cause(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        try:
            return f"ended by {signal.Signals(-exit_code).name}"
        except ValueError:
            return f"ended by signal {-exit_code}"
    return f"ended with status {exit_code}"
