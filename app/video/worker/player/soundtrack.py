"""Decoded sound, held by its place in the clip."""

import threading

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
"""Of shape (count, 2): left and right, within -1 and 1."""
_KEPT_S = 6
_GAP_S = 1.0
"""A hole so long is filled with silence."""


class Soundtrack:
    """Places are counted in samples of each side from the beginning of the clip. Any thread."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._lock = threading.Lock()
        self._ring = np.zeros((rate * _KEPT_S, 2), np.float32)
        self._begins = self._ends = 0

    @property
    def ends(self) -> int:
        """The place after the last sample that is held."""
        return self._ends

    def holds(self, place: int) -> bool:
        """Whether what is to be heard there is held, or comes next."""
        with self._lock:
            return self._begins <= place <= self._ends

    def clear(self, place: int) -> None:
        """Hold nothing; what comes next is of this place."""
        with self._lock:
            self._begins = self._ends = place

    def put(self, place: int, samples: Samples) -> None:
        """Add what comes next. What is of another place altogether begins anew there."""
        with self._lock:
            gap = place - self._ends
            if abs(gap) > self.rate * _GAP_S:
                self._begins = self._ends = place
            elif gap > 0:
                self._append(np.zeros((gap, 2), np.float32))
            elif gap < 0:
                samples = samples[-gap:]
            self._append(samples)

    def read(self, place: int, count: int) -> Samples:
        """So many samples from a place on; silence where none are held."""
        found = np.zeros((count, 2), np.float32)
        with self._lock:
            first, last = max(place, self._begins), min(place + count, self._ends)
            if first < last:
                size = len(self._ring)
                held = self._ring.take(np.arange(first, last) % size, axis=0)
                found[first - place : last - place] = held
        return found

    def _append(self, samples: Samples) -> None:
        size = len(self._ring)
        kept = samples[-size:]
        places = np.arange(self._ends + len(samples) - len(kept), self._ends + len(samples)) % size
        self._ring[places] = kept
        self._ends += len(samples)
        self._begins = max(self._begins, self._ends - size)
