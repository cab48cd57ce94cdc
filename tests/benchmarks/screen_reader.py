"""Reads the codes of the tiles off a virtual screen, a hundred times a second.

It runs in the measuring process, which waits meanwhile anyway, and reads the frame buffer's file
directly: neither the X server nor the measured program notices.
"""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from tests.fakes.code_clip import block_centres, decode_words

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE_HZ = 125
Rect = tuple[int, int, int, int]


@dataclass(frozen=True)
class Seen:
    """A picture that a tile showed for the first time."""

    tile: int
    clip: int
    index: int
    at_ns: int


@dataclass
class Watch:
    """What was seen, and how regularly it was looked."""

    seen: list[Seen] = field(default_factory=list)
    looks: int = 0
    longest_gap_ms: float = 0.0


@contextmanager
def _undisturbed() -> "Iterator[None]":
    """Let no other process delay the looks, where the system allows that.

    Looking takes two per cent of a core; without this a busy screen would hide pictures from the
    reader, not from the operator.
    """
    with suppress(PermissionError):
        os.sched_setscheduler(0, os.SCHED_FIFO | os.SCHED_RESET_ON_FORK, os.sched_param(10))
    try:
        yield
    finally:
        with suppress(PermissionError):
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


class ScreenReader:
    """Watches the picture rectangles of one screen (x, y, width, height in pixels)."""

    def __init__(self, pixels: NDArray[np.uint8], rects: Sequence[Rect]) -> None:
        self._pixels = pixels
        centres = block_centres()
        area = np.array(rects, dtype=np.float64)
        x = area[:, 0:1] + centres[None, :, 0] * area[:, 2:3]
        y = area[:, 1:2] + centres[None, :, 1] * area[:, 3:4]
        height, width = pixels.shape[:2]
        self._x = np.clip(x.astype(np.int64), 0, width - 1)
        self._y = np.clip(y.astype(np.int64), 0, height - 1)
        self._last: NDArray[np.int64] = np.full(len(rects), -1, np.int64)

    def codes(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Clip and frame number that each tile shows now; -1 where none can be read."""
        return decode_words(self._pixels[self._y, self._x, 1])

    def watch(
        self,
        seconds: float,
        *,
        until: Callable[[Watch], bool] | None = None,
        each_look: Callable[[int], None] | None = None,
    ) -> Watch:
        """Look for so long, or until the condition holds; it is asked after each new picture.

        ``each_look`` is called with the moment of every look, in ns, to look for something else.
        A later watch of the same reader goes on where this one ended: no picture counts twice.
        """
        watch = Watch()
        last = self._last
        with _undisturbed():
            due = begun = previous = time.monotonic()
            while due < begun + seconds:
                clips, indexes = self.codes()
                now_ns, now = time.time_ns(), time.monotonic()
                if each_look is not None:
                    each_look(now_ns)
                watch.looks += 1
                watch.longest_gap_ms = max(watch.longest_gap_ms, (now - previous) * 1000)
                previous = now
                words = clips * 65536 + indexes
                fresh = np.flatnonzero((words != last) & (indexes >= 0))
                for tile in fresh.tolist():
                    seen = Seen(tile, int(clips[tile]), int(indexes[tile]), now_ns)
                    watch.seen.append(seen)
                last[fresh] = words[fresh]
                if until is not None and fresh.size and until(watch):
                    break
                due = max(due + 1 / RATE_HZ, time.monotonic() - 1 / RATE_HZ)
                time.sleep(max(0.0, due - time.monotonic()))
        return watch
