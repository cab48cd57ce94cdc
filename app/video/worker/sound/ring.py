"""The last minute of a camera's sound, compressed as it came."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from app.video.worker.clock import Stamp
from app.video.worker.sound.template import SoundTemplate

_MOST_BYTES = 4_000_000
"""Of a minute of the most sound that cameras send, twice."""


@dataclass(frozen=True, slots=True)
class SoundPacket:
    """``pts`` counts in the template's ticks; that of another connection counts from elsewhere."""

    data: bytes
    pts: int
    stamp: Stamp
    template: SoundTemplate


class SoundRing:
    """Filled by the thread of the sound, read by those of clips."""

    def __init__(self, seconds: float) -> None:
        self._span_us = int(seconds * 1e6)
        self._packets: deque[SoundPacket] = deque()
        self._dropped = 0
        self._size = 0
        self._came = threading.Condition()

    def append(self, packet: SoundPacket) -> None:
        with self._came:
            self._packets.append(packet)
            self._size += len(packet.data)
            oldest_us = packet.stamp.arrival_us - self._span_us
            while self._packets[0].stamp.arrival_us < oldest_us or self._size > _MOST_BYTES:
                self._size -= len(self._packets.popleft().data)
                self._dropped += 1
            self._came.notify_all()

    @property
    def newest(self) -> SoundPacket | None:
        """What came last."""
        with self._came:
            return self._packets[-1] if self._packets else None

    def read(self, number: int) -> tuple[Sequence[SoundPacket], int]:
        """What there is from the packet with that number on (0: the first of all), without what
        was dropped meanwhile, and the number to go on with."""
        with self._came:
            first = max(0, number - self._dropped)
            found = [self._packets[at] for at in range(first, len(self._packets))]
            return found, self._dropped + len(self._packets)

    def wait_for(self, moment_us: int, seconds: float) -> None:
        """Until sound of that moment (this workstation's clock) has come, but no longer."""

        def is_there() -> bool:
            return bool(self._packets) and self._packets[-1].stamp.local_us >= moment_us

        with self._came:
            self._came.wait_for(is_there, seconds)
