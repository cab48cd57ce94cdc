"""Frames of one camera as they come, packed, for whoever writes them down."""

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

Module: TypeAlias = tuple[str, str]
"""A source and which of its analytics modules."""
MOST_BYTES = 4_000_000
"""So much waits to be taken; beyond that the oldest is left out."""


class FrameTap:
    """Filled on the thread that adds frames, emptied on any other. Never waits for a disk."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Module, bytes]] = deque()
        self._bytes = 0
        self._left_out = 0

    def of(self, source: str, module: str) -> Callable[[bytes], None]:
        """What is to be called with each packed frame of that module."""
        key = (source, module)
        return lambda packed: self._put(key, packed)

    def take(self) -> Mapping[Module, Sequence[bytes]]:
        """Everything since the last time, in the order in which it came."""
        with self._lock:
            waiting, self._waiting, self._bytes = self._waiting, deque(), 0
        taken: dict[Module, list[bytes]] = {}
        for key, packed in waiting:
            taken.setdefault(key, []).append(packed)
        return taken

    @property
    def left_out(self) -> int:
        """Frames that came faster than they were taken."""
        return self._left_out

    def _put(self, key: Module, packed: bytes) -> None:
        with self._lock:
            self._waiting.append((key, packed))
            self._bytes += len(packed)
            while self._bytes > self._most_bytes:
                self._bytes -= len(self._waiting.popleft()[1])
                self._left_out += 1
