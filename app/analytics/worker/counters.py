"""What came of each source and what became of it."""

import logging
import threading
import time
from dataclasses import dataclass

SAMPLE_S = 10.0
"""One line in the log for all bad messages of a source in so long."""
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Counts:
    """As in ``SourceState``; they only grow."""

    messages: int = 0
    bad: int = 0
    dropped: int = 0
    unknown: int = 0
    newest_us: int | None = None
    lag_s: float | None = None


class SourceCounters:
    """The counts of one source. Any thread."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._lock = threading.Lock()
        self._counts = Counts()
        self._logged_at = float("-inf")
        self._unlogged = 0

    def came(self) -> None:
        with self._lock:
            self._counts.messages += 1

    def dropped(self, number: int = 1) -> None:
        with self._lock:
            self._counts.dropped += number

    def unknown(self, number: int = 1) -> None:
        with self._lock:
            self._counts.unknown += number

    def bad(self, sentence: str) -> None:
        """Count it, and log one of the many."""
        now = time.monotonic()
        with self._lock:
            self._counts.bad += 1
            if now - self._logged_at < SAMPLE_S:
                self._unlogged += 1
                return
            self._logged_at = now
            more, self._unlogged = self._unlogged, 0
        others = f" ({more} others before it)" if more else ""
        _log.warning("A message of '%s' is left out: %s%s", self._source, sentence, others)

    def understood(self, time_us: int, received_us: int) -> None:
        """The newest time that a message spoke of, and when it came."""
        with self._lock:
            self._counts.newest_us = time_us
            self._counts.lag_s = (received_us - time_us) / 1e6

    def now(self) -> Counts:
        with self._lock:
            counts = self._counts
            return Counts(
                counts.messages,
                counts.bad,
                counts.dropped,
                counts.unknown,
                counts.newest_us,
                counts.lag_s,
            )
