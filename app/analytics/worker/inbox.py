"""Where messages wait to be read: bounded, and of boxes the newest win."""

import threading
from collections import deque
from collections.abc import Hashable
from typing import NamedTuple

from app.analytics.worker.counters import SourceCounters
from app.analytics.worker.mqtt_session import Arrival

BOXES_KEPT = 8
"""Messages kept a camera; one that comes too late is of no use."""
EVENTS_KEPT = 1000


class Letter(NamedTuple):
    """One message on its way to the adapter of its source."""

    source: str
    camera: str | None
    arrival: Arrival
    counters: SourceCounters
    is_event: bool = False


class Inbox:
    """Any thread puts, one takes."""

    def __init__(self) -> None:
        self._arrived = threading.Condition()
        self._boxes: dict[Hashable, deque[Letter]] = {}
        self._order: deque[Hashable] = deque()
        self._events: deque[Letter] = deque()
        self._is_waited_for = False

    def put_boxes(self, key: Hashable, letter: Letter, kept: int = BOXES_KEPT) -> None:
        """Keep it unless more than ``kept`` newer ones with the same key come before it is read."""
        with self._arrived:
            waiting = self._boxes.get(key)
            if waiting is None:
                self._boxes[key] = deque((letter,))
                self._order.append(key)
            else:
                waiting.append(letter)
                if len(waiting) > kept:
                    waiting.popleft().counters.dropped()
            if self._is_waited_for:
                self._arrived.notify()

    def put_event(self, letter: Letter) -> None:
        """Keep it in any case; ask ``is_full`` before reading more from the network."""
        with self._arrived:
            self._events.append(letter)
            if self._is_waited_for:
                self._arrived.notify()

    @property
    def is_full(self) -> bool:
        """Whether events should stay at the broker for now."""
        return len(self._events) >= EVENTS_KEPT

    def forget_boxes(self, sources: frozenset[str]) -> None:
        """Throw away what waits: the connection was lost, and what was sent before is stale."""
        with self._arrived:
            for waiting in self._boxes.values():
                kept = [letter for letter in waiting if letter.source not in sources]
                if len(kept) != len(waiting):
                    for letter in waiting:
                        if letter.source in sources:
                            letter.counters.dropped()
                    waiting.clear()
                    waiting.extend(kept)

    def take(self, most: int, timeout_s: float) -> list[Letter]:
        """Up to ``most`` messages, cameras in turn; empty when none comes in time."""
        with self._arrived:
            if not self._order and not self._events:
                self._is_waited_for = True
                self._arrived.wait(timeout_s)
                self._is_waited_for = False
            taken: list[Letter] = []
            while self._events and len(taken) < most:
                taken.append(self._events.popleft())
            while self._order and len(taken) < most:
                key = self._order.popleft()
                waiting = self._boxes[key]
                if waiting:
                    taken.append(waiting.popleft())
                if waiting:
                    self._order.append(key)
                else:
                    del self._boxes[key]
            return taken

    def wake(self) -> None:
        """Let ``take`` come back."""
        with self._arrived:
            self._arrived.notify()
