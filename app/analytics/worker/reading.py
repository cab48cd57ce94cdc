"""The one thread that understands messages and hands over to the program what they say.

It works in rounds: what came is read, sent in one piece, and then it rests for a moment, so that
two thousand messages a second wake the program a hundred times. A message that must be
acknowledged is, once its events are in the pipe.
"""

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from typing import Any

import msgspec

from app.analytics import messages
from app.analytics.adapters.adapter import NOTHING, Adapter, Reading
from app.analytics.adapters.errors import BadMessage
from app.analytics.messages import Events, Frames, Report
from app.analytics.worker.inbox import Inbox, Letter
from app.analytics.worker.outbox import Outbox
from app.analytics.worker.subscriptions import WantedCameras
from app.domain.analytics_event import AnalyticsEvent, EventPhase
from app.domain.detection import DetectionFrame

_AT_ONCE = 200
_FRAMES_AT_ONCE = 256
_REST_S = 0.006
_LONG_REST_S = 0.016
_MANY = 10
"""So many messages at once show that a longer rest saves more than it delays."""
_PATIENCE_S = 0.5
_REMEMBERED_EVENTS = 20_000
_log = logging.getLogger(__name__)


class ReadingThread:
    """``use``, ``call`` and ``close`` may be called from any thread.

    ``is_broken`` once nobody listens at the other end of the pipe.
    """

    def __init__(
        self, connection: "Connection[Any, Any]", inbox: Inbox, wanted: WantedCameras
    ) -> None:
        self._connection = connection
        self._inbox = inbox
        self.outbox = Outbox(inbox.wake)
        self._wanted = wanted
        self._adapters: Mapping[str, Adapter] = {}
        self._jobs: deque[Callable[[], None]] = deque()
        self._seen: OrderedDict[int, None] = OrderedDict()
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reading", daemon=True)
        self.is_broken = False
        self.offline: frozenset[str] = frozenset()
        """Sources whose backend has said that it does not work now."""

    def start(self) -> None:
        self._thread.start()

    def use(self, adapters: Mapping[str, Adapter]) -> None:
        """The adapter of each source; messages of others are left out."""
        self._adapters = adapters

    def call(self, job: Callable[[], None]) -> None:
        """Run ``job`` between two messages: adapters know one thread only."""
        self._jobs.append(job)
        self._inbox.wake()

    def close(self) -> None:
        self._is_closing.set()
        self._inbox.wake()

    def _run(self) -> None:
        while not self._is_closing.is_set() and not self.is_broken:
            try:
                self._round()
            except OSError:
                self.is_broken = True
            except Exception:  # noqa: BLE001 - a door: one message must not end all reading
                _log.exception("A round of reading failed")

    def _round(self) -> None:
        letters = self._inbox.take(_AT_ONCE, _PATIENCE_S)
        while self._jobs:
            self._jobs.popleft()()
        reports, frames, events = self.outbox.take()
        for report in reports:
            self._send(report)
        for letter in letters:
            reading = self._read(letter)
            frames += self._frames_of(letter, reading)
            events += self._events_of(letter, reading)
            for zones in reading.zones:
                self.outbox.add_zones(zones)
            if reading.is_available is not None:
                self._note_availability(letter.source, is_available=reading.is_available)
        self._hand_over(frames, events)
        for letter in letters:
            if letter.arrival.acknowledge is not None:
                letter.arrival.acknowledge()
        if letters and len(letters) < _AT_ONCE:
            time.sleep(_LONG_REST_S if len(letters) >= _MANY else _REST_S)

    def _read(self, letter: Letter) -> Reading:
        adapter = self._adapters.get(letter.source)
        if adapter is None:
            return NOTHING
        arrival = letter.arrival
        try:
            reading = adapter.read(
                arrival.topic, arrival.payload, arrival.received_us, letter.camera
            )
        except BadMessage as error:
            letter.counters.bad(str(error))
            return NOTHING
        except Exception as error:  # noqa: BLE001 - a door: what comes must not end the thread
            letter.counters.bad(f"our reading of it failed ({type(error).__name__})")
            return NOTHING
        if reading.unknown:
            letter.counters.unknown(len(reading.unknown))
        for fault in reading.faults:
            letter.counters.bad(fault)
        return reading

    def _note_availability(self, source: str, *, is_available: bool) -> None:
        self.offline = self.offline - {source} if is_available else self.offline | {source}

    def _frames_of(self, letter: Letter, reading: Reading) -> Sequence[DetectionFrame]:
        if letter.is_event or not reading.frames:
            return ()
        newest = reading.frames[-1]
        letter.counters.understood(newest.time_us, newest.received_us)
        wanted = self._wanted.current
        return [frame for frame in reading.frames if frame.camera in wanted]

    def _events_of(self, letter: Letter, reading: Reading) -> Sequence[AnalyticsEvent]:
        """Those of the events' connection only: the other one may lose some."""
        if not letter.is_event or not reading.events:
            return ()
        newest = reading.events[-1]
        letter.counters.understood(newest.time_us, newest.received_us)
        if letter.arrival.is_retained:
            return [
                msgspec.structs.replace(event, is_retained=True, phase=EventPhase.STATE)
                for event in reading.events
                if self._is_new(event)
            ]
        return [event for event in reading.events if self._is_new(event)]

    def _is_new(self, event: AnalyticsEvent) -> bool:
        """False for what came before: QoS 1 repeats, and retained messages come at each
        subscription."""
        mark = hash(msgspec.structs.replace(event, received_us=0))
        if mark in self._seen:
            return False
        self._seen[mark] = None
        if len(self._seen) > _REMEMBERED_EVENTS:
            self._seen.popitem(last=False)
        return True

    def _hand_over(
        self, frames: Sequence[DetectionFrame], events: Sequence[AnalyticsEvent]
    ) -> None:
        for at in range(0, len(frames), _FRAMES_AT_ONCE):
            self._send(Frames(list(frames[at : at + _FRAMES_AT_ONCE])))
        by_source: dict[str, list[AnalyticsEvent]] = {}
        for event in events:
            by_source.setdefault(event.source, []).append(event)
        for of_source in by_source.values():
            self._send(Events(of_source))

    def _send(self, report: Report) -> None:
        messages.send(self._connection, report)
