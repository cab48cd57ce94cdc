"""Packets between the network and the decoder: decoded at once, or held until they are due.

What is held are packets, not pictures: half a second of a stream is some ten kilobytes.
"""

from bisect import insort
from collections import deque
from collections.abc import Iterable

from app.video.worker.ring_entry import RingEntry

EARLY_US = 2_000
"""So much sooner counts as due: a round of its own for it would come too late for the screen."""


def is_due(moment_us: int, hold_us: int, now_us: int) -> bool:
    """Whether a picture of that moment has waited ``hold_us``, all on this workstation's clock.

    A moment that is still to come is no reason to wait: then this clock was set back.
    """
    return not -EARLY_US <= now_us - moment_us < hold_us - EARLY_US


class Backlog:
    """Packets in the order of their coming. One thread at a time.

    The k-th one is due at the k-th moment: where pictures are reordered (B-frames) a packet comes
    before others whose pictures are shown sooner, and none of them may wait for it.
    """

    def __init__(self) -> None:
        self.hold_us = 0
        """How long packets wait from the moment of their pictures on."""
        self._entries: deque[RingEntry] = deque()
        self._moments: deque[int] = deque()

    def __len__(self) -> int:
        return len(self._entries)

    def append(self, entry: RingEntry) -> None:
        self._entries.append(entry)
        moments = self._moments
        moment = entry.stamp.local_us
        if moments and moment < moments[-1]:
            insort(moments, moment)
        else:
            moments.append(moment)

    def replace(self, entries: Iterable[RingEntry]) -> None:
        """Forget what is there and take in these."""
        self.clear()
        for entry in entries:
            self.append(entry)

    def clear(self) -> None:
        self._entries.clear()
        self._moments.clear()

    def pop(self) -> RingEntry:
        """The oldest packet, due or not."""
        self._moments.popleft()
        return self._entries.popleft()

    def due(self, now_us: int) -> int:
        """How many packets are to be decoded now."""
        if not self.hold_us:
            return len(self._entries)
        count = 0
        for moment in self._moments:
            if not is_due(moment, self.hold_us, now_us):
                break
            count += 1
        return count

    def last_key(self, among: int) -> int:
        """The place of the last key frame among the first so many packets; 0 when there is none
        behind the first."""
        return next((at for at in range(among - 1, 0, -1) if self._entries[at].is_key), 0)

    @property
    def next_due_us(self) -> int | None:
        """When the oldest packet is due; ``None`` when there is none."""
        return self._moments[0] + self.hold_us if self._moments else None
