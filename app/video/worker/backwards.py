"""The pictures of a ring in reverse: decoded forward in portions, given out from the last one.

A portion is the end of a group of pictures, as much as there is room for; of a group that is
larger the first part is decoded again for the next portion. While one portion is shown the one
before it is decoded, a few packets at a time, so that live pictures wait for none of it.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator

from app.video.worker.decoding import Decoder, Picture
from app.video.worker.pace import Pace
from app.video.worker.ring import PacketRing
from app.video.worker.ring_entry import RingEntry

MOST_PICTURES = 24
MOST_BYTES = 12_000_000
"""Of one portion; two are in memory. Four pictures of any size fit."""


class Backwards:
    """What one replay needs to go backwards. One thread at a time; ``lock`` guards the ring."""

    def __init__(
        self,
        ring: PacketRing,
        lock: threading.Lock,
        decoder: Decoder,
        pace: Pace,
        before_us: int,
    ) -> None:
        """Only pictures that were taken before ``before_us`` are given out."""
        self._ring = ring
        self._lock = lock
        self._decoder = decoder
        self._by_camera = pace.by_camera
        self._only_keys = pace.only_keys
        self._each = max(1, int(-pace.speed))
        self._before_us = before_us
        self._began_us = before_us
        self._shown_us = before_us + 1
        self._stack: list[Picture] = []
        self._portion: deque[Picture] = deque()
        self._filling: Iterator[None] | None = self._fill()
        self.is_at_start = False
        """Whether there is nothing older in the ring."""

    def begin(self) -> None:
        """Decode the first portion. May take long."""
        while not self._stack and self._filling is not None:
            self._work_once()

    def work(self, seconds: float) -> None:
        """Decode ahead for about so long."""
        ends = time.perf_counter_ns() + int(seconds * 1e9)
        while self.has_work and time.perf_counter_ns() < ends:
            self._work_once()

    @property
    def has_work(self) -> bool:
        """Whether a portion is not decoded yet."""
        return self._filling is not None

    def due(self, position_us: int) -> Picture | None:
        """The picture of a position that is not after the last one asked for; ``None`` where it
        is the same as before, or not decoded yet."""
        if position_us >= self._shown_us:
            return None
        newest: Picture | None = None
        while self._stack and (newest is None or self._at(newest) > position_us):
            newest = self._stack.pop()
        if newest is not None:
            self._shown_us = self._at(newest)
        self._refill(position_us)
        return newest

    @property
    def is_empty(self) -> bool:
        """Whether the oldest picture has been given out."""
        return not self._stack and not self.has_work

    @property
    def next_at_us(self) -> int:
        """The position from which on, downwards, another picture is due."""
        return self._shown_us - 1

    def _at(self, picture: Picture) -> int:
        return picture[1].at(by_camera=self._by_camera)

    def _refill(self, position_us: int) -> None:
        """Take the portion that is ready, and have the next one decoded."""
        if self._stack or self._filling is not None or not self._portion:
            return
        self._stack, self._portion = list(self._portion), deque()
        # Where decoding was too slow for the speed it goes on at the position.
        self._before_us = min(self._at(self._stack[0]), position_us + 1)
        self._filling = self._fill()

    def _work_once(self) -> None:
        filling = self._filling
        if filling is None:
            return
        if next(filling, self) is self:
            self._filling = None
            if not self._portion and not self.is_at_start:
                # Nothing of that group could be decoded.
                self._before_us = self._began_us
                self._filling = self._fill()
            elif not self._stack:
                self._refill(self._shown_us)

    def _group(self) -> list[RingEntry]:
        with self._lock:
            place = self._ring.key_before(self._before_us - 1, by_camera=self._by_camera)
            return self._ring.group(place) if place is not None else []

    def _fill(self) -> Iterator[None]:
        """Decode one portion, a packet each time."""
        before_us = self._before_us
        entries = self._group()
        first = entries[0].stamp.at(by_camera=self._by_camera) if entries else before_us
        if first >= before_us:
            self.is_at_start = True
            return
        portion = self._portion
        self._began_us = first
        self._decoder.restart()
        number = 0
        for entry in entries[:1] if self._only_keys else entries:
            for picture in self._decoder.decode(entry):
                if self._at(picture) >= before_us:
                    return
                number += 1
                if (number - 1) % self._each == 0:
                    portion.append(picture)
                    self._make_room(portion)
            yield
        for picture in self._decoder.drain():
            if self._at(picture) < before_us:
                portion.append(picture)
                self._make_room(portion)

    @staticmethod
    def _make_room(portion: deque[Picture]) -> None:
        frame = portion[-1][0]
        size = max(1, frame.width * frame.height * 3 // 2)
        if len(portion) > max(4, min(MOST_PICTURES, MOST_BYTES // size)):
            portion.popleft()
