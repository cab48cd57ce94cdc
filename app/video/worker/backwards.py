"""The pictures of a ring in reverse: its groups of pictures, decoded for ``Portions``."""

import threading
from collections.abc import Iterator, Sequence

from app.video.worker.decoding import Decoder, Picture
from app.video.worker.pace import Pace
from app.video.worker.portions import Group, Portions, Room
from app.video.worker.ring import PacketRing
from app.video.worker.ring_entry import RingEntry

ROOM = Room(pictures=24, bytes=12_000_000)
"""Many tiles go back at a time."""


class Backwards(Portions[Picture]):
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
        super().__init__(
            self._find_group,
            lambda picture: picture[1].at(by_camera=self._by_camera),
            lambda picture: picture[0].width * picture[0].height * 3 // 2,
            before_us,
            room=ROOM,
            each=max(1, int(-pace.speed)),
        )

    def _find_group(self, before_us: int) -> Group[Picture] | None:
        with self._lock:
            place = self._ring.key_before(before_us - 1, by_camera=self._by_camera)
            entries = self._ring.group(place) if place is not None else []
        if not entries:
            return None
        return Group(entries[0].stamp.at(by_camera=self._by_camera), self._decoded(entries))

    def _decoded(self, entries: Sequence[RingEntry]) -> Iterator[Sequence[Picture]]:
        self._decoder.restart()
        for entry in entries[:1] if self._only_keys else entries:
            yield list(self._decoder.decode(entry))
        yield list(self._decoder.drain())
