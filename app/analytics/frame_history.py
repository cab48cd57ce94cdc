"""The last minute of frames, packed, for boxes over a replay."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator

import msgspec

from app.domain.detection import DetectionFrame

SPAN_US = 60_000_000
MOST_FRAMES = 2_000
MOST_BYTES = 512_000
CHECKPOINT_US = 2_000_000
"""How often the objects that stand, and which no frame names meanwhile, are written down anew."""
PAST_BEFORE_US = 50_000
PAST_AFTER_US = 400_000
"""For which moments around the one asked for ``around`` gives everything."""
_BEFORE_US = CHECKPOINT_US + 1_250_000
_AFTER_US = PAST_AFTER_US + 1_050_000
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(DetectionFrame).decode


class FrameHistory:
    """Bounded by time, count and bytes, oldest out first. Used under the timeline's lock."""

    def __init__(self) -> None:
        self._times: list[int] = []
        self._packed: list[bytes] = []
        self._bytes = 0
        self._checkpoint_us = 0
        self._listeners: tuple[Callable[[bytes], None], ...] = ()

    def __len__(self) -> int:
        return len(self._times)

    @property
    def size_bytes(self) -> int:
        return self._bytes

    def add(self, frame: DetectionFrame) -> None:
        """About 2 µs for a frame of five objects."""
        packed = _encode(frame)
        for listener in self._listeners:
            listener(packed)
        time_us = frame.time_us
        self._bytes += len(packed)
        if not self._times or time_us >= self._times[-1]:
            self._times.append(time_us)
            self._packed.append(packed)
        else:
            at = bisect_right(self._times, time_us)
            self._times.insert(at, time_us)
            self._packed.insert(at, packed)
        if (
            self._bytes > MOST_BYTES
            or len(self._times) > MOST_FRAMES
            or self._times[0] < time_us - SPAN_US - CHECKPOINT_US
        ):
            self._trim()

    def checkpoint_due(self, time_us: int) -> bool:
        """Whether standing objects are to be written down; asked once for each frame."""
        if time_us < self._checkpoint_us:
            return False
        self._checkpoint_us = time_us + CHECKPOINT_US
        return True

    def around(self, time_us: int) -> Iterator[DetectionFrame]:
        """The frames that matter from a little before to a little after ``time_us``, in order."""
        first = bisect_left(self._times, time_us - _BEFORE_US)
        last = bisect_right(self._times, time_us + _AFTER_US)
        return map(_decode, self._packed[first:last])

    def listen(self, listener: Callable[[bytes], None]) -> None:
        """Give it every frame that is held, packed, and from now on each that comes.

        Checkpoints are among them, so that what is heard speaks for itself.
        """
        for packed in self._packed:
            listener(packed)
        self._listeners = (*self._listeners, listener)

    def stop_listening(self, listener: Callable[[bytes], None]) -> None:
        """Nothing more is given to it."""
        self._listeners = tuple(each for each in self._listeners if each is not listener)

    def clear(self) -> None:
        self._times.clear()
        self._packed.clear()
        self._bytes = 0
        self._checkpoint_us = 0

    def _trim(self) -> None:
        """In portions, so that a frame more does not move the whole list each time."""
        oldest = self._times[-1] - SPAN_US
        drop = bisect_left(self._times, oldest)
        drop = max(drop, len(self._times) - MOST_FRAMES * 9 // 10 if self._is_full else 0)
        size = sum(map(len, self._packed[:drop]))
        while self._bytes - size > MOST_BYTES * 9 // 10 and drop < len(self._packed):
            size += len(self._packed[drop])
            drop += 1
        self._bytes -= size
        del self._times[:drop]
        del self._packed[:drop]

    @property
    def _is_full(self) -> bool:
        return len(self._times) > MOST_FRAMES
