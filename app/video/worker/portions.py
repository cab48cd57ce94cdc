"""Pictures in reverse: decoded forward in portions, given out from the last one.

A portion is the end of a group of pictures, as much as there is room for; of a group that is
larger the first part is decoded again for the next portion. While one portion is shown the one
before it is decoded, a few packets at a time, so that other pictures wait for none of it.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Shown = TypeVar("Shown")
"""A picture with its time."""


@dataclass(frozen=True, slots=True)
class Group(Generic[Shown]):
    """Pictures that are decoded from a key frame on: in order, a few each step."""

    begins_us: int
    steps: Iterator[Sequence[Shown]]


@dataclass(frozen=True, slots=True)
class Room:
    """How much one portion may hold; two are in memory. Four pictures of any size fit."""

    pictures: int
    bytes: int


class Portions(Generic[Shown]):
    """What goes backwards through one source. One thread at a time."""

    def __init__(
        self,
        group_before: Callable[[int], Group[Shown] | None],
        at: Callable[[Shown], int],
        size: Callable[[Shown], int],
        before_us: int,
        *,
        room: Room,
        each: int = 1,
    ) -> None:
        """Only pictures that were taken before ``before_us`` are given out, of them every
        ``each``-th. ``group_before`` finds those right before a time, from their key frame on;
        ``None`` where there is nothing older. ``size`` is in bytes."""
        self._group_before = group_before
        self._at = at
        self._size = size
        self._room = room
        self._each = each
        self._before_us = before_us
        self._began_us = before_us
        self._shown_us = before_us + 1
        self._stack: list[Shown] = []
        self._portion: deque[Shown] = deque()
        self._filling: Iterator[None] | None = self._fill()
        self.is_at_start = False
        """Whether there is nothing older."""

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

    def due(self, position_us: int) -> Shown | None:
        """The picture of a position that is not after the last one asked for; ``None`` where it
        is the same as before, or not decoded yet."""
        if position_us >= self._shown_us:
            return None
        newest: Shown | None = None
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

    def _fill(self) -> Iterator[None]:
        """Decode one portion, a step each time."""
        before_us = self._before_us
        group = self._group_before(before_us)
        if group is None or group.begins_us >= before_us:
            self.is_at_start = True
            return
        self._began_us = group.begins_us
        number = 0
        for pictures in group.steps:
            for picture in pictures:
                if self._at(picture) >= before_us:
                    return
                number += 1
                if (number - 1) % self._each == 0:
                    self._portion.append(picture)
                    self._make_room()
            yield

    def _make_room(self) -> None:
        portion, room = self._portion, self._room
        size = max(1, self._size(portion[-1]))
        if len(portion) > max(4, min(room.pictures, room.bytes // size)):
            portion.popleft()
