"""The last minute of a stream, compressed: for replay, clips and for turning warm to hot."""

import threading
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from app.video.worker.clock import Stamp
from app.video.worker.packed_packets import PackedPackets, pack
from app.video.worker.ring_entry import RingEntry

_MOST_UNPACKED = 2
"""Groups of a ring whose packets are at hand because somebody reads them."""


class _Group:
    """A key frame and the packets up to the next one; only whole groups are dropped."""

    __slots__ = ("_entries", "_packed", "first", "size")

    def __init__(self, first: Stamp) -> None:
        self.first = first
        """The stamp of the key frame."""
        self.size = 0
        self._entries: list[RingEntry] | None = []
        self._packed: PackedPackets | None = None

    def append(self, entry: RingEntry) -> None:
        """Only until it is packed."""
        assert self._entries is not None
        self._entries.append(entry)
        self.size += entry.size

    def pack(self) -> None:
        """No more packets will come: take less memory."""
        if self._entries:
            self._packed = pack(self._entries)
            self.fold()

    def fold(self) -> None:
        """Nobody reads it now."""
        if self._packed is not None:
            self._entries = None

    @property
    def is_folded(self) -> bool:
        return self._entries is None

    def entries(self) -> list[RingEntry]:
        """Its packets; of a folded group they are made anew and stay until it is folded again."""
        if self._entries is None:
            assert self._packed is not None
            self._entries = self._packed.unpack()
        return self._entries


class Cursor(NamedTuple):
    """A place in a ring; holds whatever is appended or dropped."""

    group: int
    place: int


class RingBudget:
    """The memory that all rings of a process share; safe from any thread."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._used = 0
        self._lock = threading.Lock()

    @property
    def used(self) -> int:
        return self._used

    def take(self, size: int) -> bool:
        """Count ``size`` bytes (negative: give back); false when the limit is exceeded."""
        with self._lock:
            self._used += size
            return self._used <= self.limit


class PacketRing:
    """Packets from a key frame on, at most ``seconds`` and ``limit`` bytes of them.

    Trimmed at key frames. The newest group stays whole, even alone above the cap in seconds; when
    it alone exceeds the bytes it is dropped and ``overflowed`` is set until the next key frame.
    One thread at a time.
    """

    def __init__(self, seconds: float, limit: int, budget: RingBudget | None = None) -> None:
        self._span_us = int(seconds * 1e6)
        self._limit = limit
        self._budget = budget
        self._groups: deque[_Group] = deque()
        self._unpacked: deque[_Group] = deque()
        self._dropped = 0
        self._size = 0
        self._oldest_us = 0
        self._newest_us = 0
        self.overflowed = False

    @property
    def size(self) -> int:
        """Bytes of packets held. Any thread."""
        return self._size

    @property
    def seconds(self) -> float:
        """From the oldest packet's arrival to the newest's. Any thread."""
        return (self._newest_us - self._oldest_us) / 1e6 if self._size else 0.0

    def append(self, entry: RingEntry) -> None:
        """Keep ``entry``; packets before the first key frame are of no use and are not kept."""
        groups = self._groups
        if entry.is_key:
            self.overflowed = False
            if groups:
                groups[-1].pack()
            else:
                self._oldest_us = entry.stamp.arrival_us
            groups.append(_Group(entry.stamp))
        elif not groups or self.overflowed:
            return
        groups[-1].append(entry)
        size = entry.size
        self._size += size
        self._newest_us = entry.stamp.arrival_us
        within = self._budget is None or self._budget.take(size)
        if entry.is_key or not within or self._size > self._limit:
            self._trim(entry.stamp.arrival_us, within)

    def _trim(self, now_us: int, within: bool) -> None:
        groups = self._groups
        while len(groups) > 1 and (
            not within
            or self._size > self._limit
            # The group that begins within the span still needs the one before it.
            or now_us - groups[1].first.arrival_us >= self._span_us
        ):
            within = self._drop() or within
        if groups and self._size > self._limit:
            self._drop()
            self.overflowed = True
        if groups:
            self._oldest_us = groups[0].first.arrival_us

    def _drop(self) -> bool:
        group = self._groups.popleft()
        if group in self._unpacked:
            self._unpacked.remove(group)
        self._dropped += 1
        self._size -= group.size
        return self._budget is None or self._budget.take(-group.size)

    def clear(self) -> None:
        """Forget everything, as after a change of the stream's parameters."""
        while self._groups:
            self._drop()
        self.overflowed = False

    def since_key(self) -> Sequence[RingEntry]:
        """The newest key frame and all after it; empty when there is none."""
        return self._groups[-1].entries() if self._groups else ()

    def key_before(self, moment_us: int, *, by_camera: bool = False) -> "Cursor | None":
        """The last key frame at or before a moment, else the oldest; ``None`` without any."""
        if not self._groups:
            return None
        first = 0
        for index, group in enumerate(self._groups):
            if group.first.at(by_camera=by_camera) <= moment_us:
                first = index
        return Cursor(self._dropped + first, 0)

    def read(self, cursor: "Cursor") -> "tuple[RingEntry, Cursor] | None":
        """The packet at ``cursor`` and where to read on; ``None`` at the end, for now.

        What was dropped meanwhile is skipped: then the oldest key frame comes next.
        """
        groups = self._groups
        index, at = cursor.group - self._dropped, cursor.place
        if index < 0:
            index, at = 0, 0
        while index < len(groups):
            entries = self._read(groups[index])
            if at < len(entries):
                return entries[at], Cursor(self._dropped + index, at + 1)
            index, at = index + 1, 0
        return None

    def group(self, cursor: "Cursor") -> list[RingEntry]:
        """The packets of the group of ``cursor``; of the oldest one where it was dropped."""
        index = max(0, cursor.group - self._dropped)
        return list(self._read(self._groups[index])) if index < len(self._groups) else []

    def since(self, cursor: "Cursor") -> Sequence[RingEntry]:
        """From ``cursor`` to the newest."""
        found: list[RingEntry] = []
        place: tuple[RingEntry, Cursor] | None = self.read(cursor)
        while place is not None:
            found.append(place[0])
            place = self.read(place[1])
        return found

    def _read(self, group: _Group) -> list[RingEntry]:
        """The packets of a group, which stay at hand until others are read."""
        if group.is_folded:
            self._unpacked.append(group)
            if len(self._unpacked) > _MOST_UNPACKED:
                self._unpacked.popleft().fold()
        return group.entries()
