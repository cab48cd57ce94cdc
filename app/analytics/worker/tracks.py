"""The metadata tracks of cameras whose boxes are wanted, where cameras send them themselves."""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from app.analytics.adapters.adapter import Reading
from app.analytics.messages import ConnectionState, SourceConfig
from app.analytics.worker.broker import Condition
from app.analytics.worker.counters import SourceCounters
from app.analytics.worker.outbox import Outbox
from app.analytics.worker.rtsp_metadata import MetadataTrack

_STARTS_AT_ONCE = 4
_GOOD = Condition(ConnectionState.CONNECTED, "")
_BEGINNING = Condition(ConnectionState.CONNECTING, "")


@dataclass(slots=True)
class _Open:
    track: MetadataTrack
    condition: Condition = _BEGINNING


class Tracks:
    """The tracks of one source. Made and called by one thread; tracks report on their own."""

    def __init__(
        self, config: SourceConfig, counters: SourceCounters, outbox: Outbox, closing: Executor
    ) -> None:
        self._config = config
        self._counters = counters
        self._outbox = outbox
        self._closing = closing
        self._lock = threading.Lock()
        self._open: dict[str, _Open] = {}
        self._due: deque[str] = deque()

    def want(self, cameras: frozenset[str]) -> None:
        """Open the tracks of these cameras and close all others."""
        wanted = cameras & self._config.metadata_urls.keys()
        for code in self._open.keys() - wanted:
            self._close(code)
        self._due = deque(sorted(wanted - self._open.keys()))
        self.tick()

    def tick(self) -> None:
        """Open some of those that are due: cameras of one site are not asked all at once."""
        for _ in range(min(_STARTS_AT_ONCE, len(self._due))):
            code = self._due.popleft()
            track = MetadataTrack(
                self._config,
                code,
                deliver=self._deliver,
                bad=self._bad,
                tell=self._teller(code),
            )
            self._open[code] = _Open(track)
            track.start()

    def condition(self) -> Condition:
        """All of them together: in trouble only when none is connected."""
        with self._lock:
            conditions = [opened.condition for opened in self._open.values()]
        bad = [found for found in conditions if found.state is not ConnectionState.CONNECTED]
        if not bad:
            return _GOOD
        sentence = next((found.sentence for found in bad if found.sentence), "")
        if len(bad) == len(conditions):
            return Condition(bad[0].state, sentence)
        failing = sum(1 for found in bad if found.sentence)
        if not failing:
            return _GOOD
        return Condition(
            ConnectionState.CONNECTED,
            f"{failing} of {len(conditions)} metadata tracks do not come: {sentence}",
        )

    def close(self) -> None:
        """Close all; the waiting is done elsewhere."""
        self._due.clear()
        for code in tuple(self._open):
            self._close(code)

    def _close(self, code: str) -> None:
        with self._lock:
            opened = self._open.pop(code)
        self._closing.submit(opened.track.close)

    def _teller(self, code: str) -> Callable[[ConnectionState, str], None]:
        def tell(state: ConnectionState, sentence: str) -> None:
            with self._lock:
                opened = self._open.get(code)
                if opened is not None:
                    opened.condition = Condition(state, sentence)

        return tell

    def _bad(self, sentence: str) -> None:
        self._counters.came()
        self._counters.bad(sentence)

    def _deliver(self, reading: Reading) -> None:
        self._counters.came()
        for frame in reading.frames:
            self._counters.understood(frame.time_us, frame.received_us)
            self._outbox.add_frame(frame, self._counters)
        for event in reading.events:
            self._outbox.add_event(event, self._counters)
        for zones in reading.zones:
            self._outbox.add_zones(zones)
