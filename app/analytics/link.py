"""The analytics process as the program sees it: started, watched, started again.

One thread ("analytics-link") starts it, commands it and watches over it; it stays, because on
Linux the process is killed when the thread that started it ends. Another one ("analytics-pipe")
does nothing but read, which is cheapest that way. Boxes are handed over on that one, so that no
message ever reaches the owner thread; events and states are posted to it.
"""

import logging
import multiprocessing
import os
import select
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

import msgspec

from app.analytics.messages import (
    Command,
    Configure,
    ConnectionState,
    Events,
    FetchSnapshot,
    Frames,
    Heartbeat,
    Ready,
    Report,
    Shutdown,
    Snapshot,
    SourceState,
    WantBoxes,
    Zones,
    receive_report,
    send,
)
from app.analytics.process_entry import run_analytics
from app.core.dispatch import Dispatcher
from app.domain.analytics_event import AnalyticsEvent
from app.domain.detection import DetectionFrame

SILENCE_S = 10.0
START_S = 30.0
YOUNG_S = 5.0
LONGEST_PAUSE_S = 30.0
_LEAVE_S = 2.0
_TICK_S = 0.5
_REMEMBERED_EVENTS = 20_000
_log = logging.getLogger(__name__)
_spawn = multiprocessing.get_context("spawn")

_LOST = "The analytics process was started anew; ask again"
_CLOSED = "The program is closing"
_RESTARTED = "The analytics process was lost and is started anew"


class AnalyticsEntry(Protocol):
    """The function that the process runs."""

    def __call__(self, connection: "Connection[Any, Any]", name: str) -> None: ...


@dataclass(frozen=True, slots=True)
class LinkListeners:
    """Who hears what. ``frames`` is called on the pipe's thread, the others on the owner's.

    ``events`` come once each, also where the process was lost between handing them over and
    telling the broker; ``sources`` about once a second.
    """

    frames: Callable[[Sequence[DetectionFrame]], None]
    events: Callable[[Sequence[AnalyticsEvent]], None]
    zones: Callable[[Zones], None]
    sources: Callable[[Sequence[SourceState]], None]


@dataclass(slots=True)
class _Child:
    process: BaseProcess
    connection: "Connection[Any, Any]"
    reader: threading.Thread
    started_at: float
    heard_at: float
    silence_s: float = START_S


class AnalyticsLink:
    """Verbs may be called from any thread and return at once; ``close`` blocks for a moment.

    The process is started with the first source that is configured and stays.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        listeners: LinkListeners,
        *,
        entry: AnalyticsEntry = run_analytics,
        silence_s: float = SILENCE_S,
    ) -> None:
        self._dispatcher = dispatcher
        self._listeners = listeners
        self._entry = entry
        self._silence_s = silence_s
        self._child: _Child | None = None
        self._configuration = Configure([], [])
        self._wanted = WantBoxes([])
        self._outbox: deque[Command] = deque()
        self._answers: dict[int, Callable[[Snapshot], None]] = {}
        self._answers_lock = threading.Lock()
        self._last_request = 0
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._early_deaths = 0
        self._vacant_until = 0.0
        self._requests: deque[Callable[[], None]] = deque()
        self._is_closing = False
        self._wake_read, self._wake_write = _spawn.Pipe(duplex=False)
        self._wake_lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="analytics-link")
        self.restarts = 0
        """How often the process was lost and replaced."""
        self.heartbeat: Heartbeat | None = None
        """The newest one: processor time and memory of the process."""

    @property
    def pid(self) -> int | None:
        """The process, while one runs."""
        child = self._child
        return None if child is None else child.process.pid

    def cpu_s(self) -> float:
        """Processor time of reading the pipe, handing over included. POSIX only."""
        child = self._child
        identity = None if child is None else child.reader.ident
        if identity is None:
            return 0.0
        return time.clock_gettime(time.pthread_getcpuclockid(identity))

    def start(self) -> None:
        self._thread.start()

    def configure(self, configuration: Configure) -> None:
        """The brokers and sources from now on, also after a restart of the process."""
        self._request(lambda: self._set_configuration(configuration))

    def want_boxes(self, cameras: Collection[str]) -> None:
        """The codes of the cameras whose boxes are drawn somewhere."""
        wanted = WantBoxes(sorted(cameras))
        self._request(lambda: self._set_wanted(wanted))

    def fetch_snapshot(
        self, source: str, ref: str, answer: Callable[[Snapshot], None], *, clip: bool = False
    ) -> None:
        """Call ``answer`` once, on the owner thread, with the backend's picture or a sentence."""
        with self._answers_lock:
            self._last_request += 1
            request = self._last_request
            self._answers[request] = answer
        self._request(lambda: self._ask(FetchSnapshot(request, source, ref, clip)))

    def close(self) -> None:
        """End the process, kindly first, and the thread."""
        self._is_closing = True
        self._wake()
        if self._thread.ident is not None:  # it was started
            self._thread.join()
        self._wake_read.close()
        self._wake_write.close()
        self._refuse_answers(_CLOSED)

    # --- the link's thread -----------------------------------------------------------------------

    def _request(self, job: Callable[[], None]) -> None:
        self._requests.append(job)
        self._wake()

    def _wake(self) -> None:
        with self._wake_lock:
            if not self._wake_read.closed and not self._wake_read.poll():
                self._wake_write.send_bytes(b"!")

    def _run(self) -> None:
        while not self._is_closing:
            try:
                self._serve()
            except Exception:  # noqa: BLE001 - a door: the link outlives any one failure
                _log.exception("The link to the analytics process failed at one task")
                self._vacant_until = time.monotonic() + LONGEST_PAUSE_S
        self._shut_down()

    def _serve(self) -> None:
        child = self._child
        sources: list[Any] = [self._wake_read]
        if child is not None:
            sources.append(child.process.sentinel)
        ready = wait(sources, _TICK_S)
        if self._wake_read in ready:
            with self._wake_lock:
                self._wake_read.recv_bytes()
        while self._requests:
            self._requests.popleft()()
        if child is not None:
            if child.process.sentinel in ready:
                child.process.join()
                self._bury(child, f"ended with status {child.process.exitcode}")
            elif time.monotonic() - child.heard_at > child.silence_s:
                child.process.kill()
                self._bury(child, "has been silent for too long and is ended")
        self._launch_if_wanted()
        self._flush()

    def _set_configuration(self, configuration: Configure) -> None:
        self._configuration = configuration
        if self._child is not None:
            self._outbox.append(configuration)

    def _set_wanted(self, wanted: WantBoxes) -> None:
        if wanted == self._wanted:
            return
        self._wanted = wanted
        if self._child is not None:
            self._outbox.append(wanted)

    def _ask(self, question: FetchSnapshot) -> None:
        if self._child is None:
            self._answer(Snapshot(question.request, b"", "No analytics source is configured"))
        else:
            self._outbox.append(question)

    def _launch_if_wanted(self) -> None:
        now = time.monotonic()
        if self._child is not None or not self._configuration.sources or now < self._vacant_until:
            return
        ours, theirs = _spawn.Pipe()
        process = _spawn.Process(
            target=self._entry, args=(theirs, "analytics"), name="nigehban-analytics", daemon=True
        )
        try:
            process.start()
        except OSError as error:
            ours.close()
            self._vacant_until = now + LONGEST_PAUSE_S
            _log.error("The analytics process cannot be started: %s", error.strerror)
            return
        finally:
            theirs.close()
        child = _Child(process, ours, threading.Thread(), now, time.monotonic())
        child.reader = threading.Thread(target=self._read, args=(child,), name="analytics-pipe")
        child.reader.start()
        self._child = child
        self._outbox.clear()
        self._outbox += (self._configuration, self._wanted)

    def _flush(self) -> None:
        child = self._child
        while child is not None and self._outbox and _writable(child.connection):
            try:
                send(child.connection, self._outbox[0])
            except OSError:  # it has ended, which the sentinel tells too
                return
            self._outbox.popleft()

    def _bury(self, child: _Child, detail: str) -> None:
        child.process.join()
        child.reader.join()
        child.connection.close()
        child.process.close()
        self._child = None
        now = time.monotonic()
        self.restarts += 1
        self._early_deaths = self._early_deaths + 1 if now - child.started_at < YOUNG_S else 0
        if self._early_deaths >= 2:
            self._vacant_until = now + min(LONGEST_PAUSE_S, 2.0 ** (self._early_deaths - 2))
        _log.warning("The analytics process %s; it is started anew", detail)
        self._refuse_answers(_LOST)
        lost = [
            SourceState(source.name, ConnectionState.CONNECTING, _RESTARTED)
            for source in self._configuration.sources
        ]
        self._dispatcher.post(lambda: self._listeners.sources(lost))

    def _answer(self, snapshot: Snapshot) -> None:
        with self._answers_lock:
            answer = self._answers.pop(snapshot.request, None)
        if answer is not None:
            self._dispatcher.post(lambda: answer(snapshot))

    def _refuse_answers(self, sentence: str) -> None:
        with self._answers_lock:
            requests = list(self._answers)
        for request in requests:
            self._answer(Snapshot(request, b"", sentence))

    def _shut_down(self) -> None:
        child, self._child = self._child, None
        if child is None:
            return
        try:
            if _writable(child.connection):
                send(child.connection, Shutdown())
        except OSError:
            pass  # it has ended already
        child.process.join(_LEAVE_S)
        if child.process.exitcode is None:
            child.process.kill()
            child.process.join()
        child.reader.join()
        child.connection.close()
        child.process.close()

    # --- the pipe's thread -----------------------------------------------------------------------

    def _read(self, child: _Child) -> None:
        while True:
            try:
                report = receive_report(child.connection)
            except (EOFError, OSError):
                return  # the process has ended: everything it sent was read
            except msgspec.MsgspecError as error:
                _log.error("The analytics process sent what cannot be read: %s", error)
                child.process.kill()
                return
            child.heard_at = time.monotonic()
            child.silence_s = self._silence_s
            try:
                self._take(report)
            except Exception:  # noqa: BLE001 - a door: reading goes on
                _log.exception("A report of the analytics process could not be taken in")

    def _take(self, report: Report) -> None:
        match report:
            case Frames():
                self._listeners.frames(report.frames)
            case Events():
                events = [event for event in report.events if self._is_new(event)]
                if events:
                    self._dispatcher.post(lambda: self._listeners.events(events))
            case Heartbeat():
                self.heartbeat = report
                self._dispatcher.post(lambda: self._listeners.sources(report.sources))
            case Zones():
                self._dispatcher.post(lambda: self._listeners.zones(report))
            case Snapshot():
                self._answer(report)
            case Ready():
                _log.info("The analytics process runs with id %d", report.pid)

    def _is_new(self, event: AnalyticsEvent) -> bool:
        """False for one that came already: the process was lost before the broker knew."""
        mark = hash(msgspec.structs.replace(event, received_us=0))
        if mark in self._seen:
            return False
        self._seen[mark] = None
        if len(self._seen) > _REMEMBERED_EVENTS:
            self._seen.popitem(last=False)
        return True


def _writable(connection: "Connection[Any, Any]") -> bool:
    """Whether a command can be sent without waiting for a process that is stopped."""
    if os.name == "nt":
        return True
    return bool(select.select([], [connection.fileno()], [], 0)[1])
