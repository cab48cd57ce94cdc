"""Plays one view from the ring while the stream goes on filling it.

A replay has a decoder of its own, so the live pictures of other views go on undisturbed. Finding
the first picture may take a whole group of pictures: that is a long errand. From then on it is
paced in the decoding rounds like any other stream.
"""

import threading
import time
from collections.abc import Callable

from app.video.worker.decoding import Decoder, Picture
from app.video.worker.ring import Cursor, PacketRing, RingEntry
from app.video.worker.rounds import Rounds
from app.video.worker.views import LiveView

_AHEAD = 4
"""A packet is decoded when the first of so many is due: its picture may only come after theirs."""
_POLL_S = 0.1
"""How soon to look again when the ring has nothing newer."""
_MOST_LATE_US = 1_000_000
"""Later than this it goes on from where it is: live pictures must not wait for its catching up."""


class Replay:
    """One view's way through the ring. ``seek`` once, on any thread; then the rounds' thread.

    ``lock`` guards the ring; ``show`` gets the pictures, without the lock.
    """

    def __init__(
        self,
        ring: PacketRing,
        lock: threading.Lock,
        decoder: Decoder,
        rounds: Rounds,
        show: Callable[["Replay", Picture], None],
        moment: tuple[int, bool],
    ) -> None:
        """``moment`` is microseconds of Unix time, and whether on the camera's clock."""
        self.view: LiveView | None = None
        """Where it is shown; changed by the pipeline, under the lock."""
        self.queued = False
        self.decoder = decoder
        self._ring = ring
        self._lock = lock
        self._rounds = rounds
        self._show = show
        self._moment_us, self._by_camera = moment
        self._cursor: Cursor | None = None
        self._began = 0.0
        self._is_over = False

    def end(self) -> None:
        """Show nothing any more. Any thread."""
        self._is_over = True

    @property
    def is_over(self) -> bool:
        return self._is_over

    def seek(self) -> None:
        """Show the picture of the moment, or the oldest one, and go on from there."""
        with self._lock:
            self._cursor = self._ring.key_before(self._moment_us, by_camera=self._by_camera)
        if self._cursor is None:
            # Nothing has come yet: what comes first is the oldest.
            self._rounds.submit(self, time.monotonic() + _POLL_S)
            return
        ahead = self._ahead()
        if ahead:
            self._moment_us = max(self._moment_us, self._at(ahead[0]))
        newest = self._decode_until(self._moment_us)
        if newest is not None and not self._is_over:
            self._show(self, newest)
        self._began = time.monotonic()
        self._submit()

    def catch_up(self) -> None:
        """Show what is due now. The rounds' thread."""
        if self._is_over:
            return
        if self._cursor is None:
            self.seek()
            return
        ahead = self._ahead()
        if ahead:
            late_us = self._position_us() - self._due_us(ahead) - _MOST_LATE_US
            self._began += max(0, late_us) / 1e6
        newest = self._decode_until(self._position_us())
        if newest is not None:
            self._show(self, newest)
        self._submit()

    def _position_us(self) -> int:
        """Where the replay should be now, on the moment's clock."""
        return self._moment_us + int((time.monotonic() - self._began) * 1e6)

    def _at(self, entry: RingEntry) -> int:
        return entry.stamp.at(by_camera=self._by_camera)

    def _due_us(self, ahead: list[RingEntry]) -> int:
        return min(self._at(entry) for entry in ahead)

    def _ahead(self) -> list[RingEntry]:
        """The packets that come next."""
        found: list[RingEntry] = []
        cursor = self._cursor
        with self._lock:
            while cursor is not None and len(found) < _AHEAD:
                place = self._ring.read(cursor)
                if place is None:
                    break
                found.append(place[0])
                cursor = place[1]
        return found

    def _step(self) -> RingEntry | None:
        """Take the next packet; after a gap the decoder starts afresh."""
        assert self._cursor is not None
        with self._lock:
            place = self._ring.read(self._cursor)
        if place is None:
            return None
        entry, cursor = place
        has_gap = cursor.group > self._cursor.group + 1
        self._cursor = cursor
        if has_gap:
            self.decoder.restart()
        return entry

    def _decode_until(self, position_us: int) -> Picture | None:
        """Decode what is due at a position; the newest picture of it."""
        newest: Picture | None = None
        while not self._is_over:
            ahead = self._ahead()
            if not ahead or self._due_us(ahead) > position_us:
                break
            entry = self._step()
            if entry is None:
                break
            for picture in self.decoder.decode(entry):
                newest = picture
        return newest

    def _submit(self) -> None:
        """Have the next picture shown when it is due."""
        if self._is_over:
            return
        ahead = self._ahead()
        wait_s = _POLL_S
        if ahead:
            wait_s = max(0.001, (self._due_us(ahead) - self._position_us()) / 1e6)
        self._rounds.submit(self, time.monotonic() + min(wait_s, 1.0))
