"""One opened clip: any of its pictures, exactly, and the ones after and before it.

Pictures come from FFmpeg (PyAV) and not from libVLC, for files too: libVLC seeks to key frames,
has no step back and tells positions in fractions, and what a supervisor judges must be the very
picture of the very time. A file is read through once when it is opened (not decoded), which gives
its true length and lets fragmented MP4 be sought at once.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import av.error
from av.audio.frame import AudioFrame
from av.packet import Packet
from av.video.frame import VideoFrame

from app.domain.stream import Reason
from app.video.worker.failures import StreamFailure
from app.video.worker.player.opening import (
    can_be_scanned,
    failure_of_read,
    is_address,
    is_stream,
    open_clip,
    sound_of,
    video_of,
)
from app.video.worker.portions import Group, Portions, Room

_GO_ON_US = 1_500_000
"""A picture so little ahead is reached by decoding on, where no key frame lies between."""
_EARLIER_US = 10_000_000
_LONGER_US = 500_000
"""Sound that goes on so long after the last picture makes the clip longer."""
_LARGE = 2560 * 1440
_BACKWARDS = Room(pictures=120, bytes=96_000_000)


@dataclass(frozen=True, slots=True)
class Still:
    """A picture and its time from the beginning of the clip."""

    frame: VideoFrame
    at_us: int


class Reel:
    """One thread at a time. What is read raises ``StreamFailure``."""

    def __init__(self, location: str) -> None:
        """Open it; raises ``StreamFailure``. Blocking, for seconds where it is an address."""
        self.current: Still | None = None
        """The picture that was found last."""
        self._pending: deque[Still] = deque()
        self._keys: list[int] = []
        self._key_ticks: list[tuple[int, int]] = []
        """When each key frame is shown and when it is decoded, in the file's ticks."""
        self._by_decoding = False
        """Whether the file is sought by the latter."""
        self._is_unread = True
        self.hear: Callable[[AudioFrame], None] | None = None
        """Gets the sound of a stream as it is read."""
        self._location = location
        self._container = open_clip(location)
        try:
            self._video = video_of(self._container)
            self._sound = sound_of(self._container)
            self._begins = self._video.start_time or 0
            self.duration_us = self.pictures_us = self._length()
            self.is_stream = is_stream(location, self.duration_us)
            """Whether its pictures come as they are sent: none may be waited for too long."""
            self.is_seekable = self.duration_us > 0
            """Whether it can be gone to any place in it, as far as is known."""
            if can_be_scanned(self._container, location):
                self._scan()
            self._frames = self._decoded()
            self.find(0)
            if self.current is None:
                raise StreamFailure(Reason.NOT_DECODABLE, "No picture can be decoded")
        except BaseException as error:
            self._container.close()
            if isinstance(error, av.error.FFmpegError):
                raise failure_of_read(error) from None
            raise

    @property
    def size(self) -> tuple[int, int]:
        return self._video.codec_context.width or 0, self._video.codec_context.height or 0

    @property
    def has_sound(self) -> bool:
        return self._sound is not None

    @property
    def begins_s(self) -> float:
        """The file's own time of the first picture: the beginning of the clip."""
        return self._begins * self._tick_s

    @property
    def aspect(self) -> float:
        """Width of a pixel divided by its height."""
        aspect = self._video.sample_aspect_ratio or self._video.codec_context.sample_aspect_ratio
        return float(aspect) if aspect else 1.0

    def find(self, position_us: int) -> Still | None:
        """The newest picture that is not after the position; the first one before that."""
        current = self.current
        if current is None:
            self._seek(position_us)
        elif self._is_elsewhere(current, position_us) and not self._seek(position_us):
            return self.current
        newest = self.current
        while (following := self._peek()) is not None and (
            newest is None or following.at_us <= position_us
        ):
            newest = self._pending.popleft()
            if following.at_us > position_us:
                break  # the first one of all
        self.current = newest
        return newest

    def due(self, position_us: int) -> Still | None:
        """Of a stream: the picture that is shown or, once it is due, the one after it."""
        following = self._peek()
        if following is not None and (self.current is None or following.at_us <= position_us):
            self.current = self._pending.popleft()
        return self.current

    def read_until(self, at_us: int) -> None:
        """Have the pictures, and the sound, of a stream up to a time."""
        while not self._pending or self._pending[-1].at_us < at_us:
            following = next(self._frames, None)
            if following is None:
                return
            self._pending.append(following)

    def following(self) -> Still | None:
        """The next picture; ``None`` after the last one."""
        if self._peek() is None:
            return None
        self.current = self._pending.popleft()
        return self.current

    def preceding(self) -> Still | None:
        """The picture before; ``None`` before the first one."""
        current = self.current
        if current is None or current.at_us <= 0:
            return None
        found = self.find(current.at_us - 1)
        return None if found is None or found.at_us >= current.at_us else found

    def backwards(self, before_us: int, each: int) -> Portions[Still]:
        """The pictures before a time in reverse, every ``each``-th. Nothing else may be asked of
        the reel before ``find`` is."""
        return Portions(
            self._group_before,
            lambda still: still.at_us,
            lambda still: still.frame.width * still.frame.height * 3 // 2,
            before_us,
            room=_BACKWARDS,
            each=each,
        )

    def next_us(self) -> int | None:
        """When the next picture is due; ``None`` after the last one."""
        following = self._peek()
        return None if following is None else following.at_us

    def close(self) -> None:
        self._container.close()

    # --- inside -------------------------------------------------------------------------------

    def _is_elsewhere(self, current: Still, position_us: int) -> bool:
        """Whether the position is not reached (soon) by decoding on."""
        if position_us < current.at_us:
            return True
        if not self._keys:
            return position_us - current.at_us > _GO_ON_US * 2
        newest_key = self._keys[max(0, bisect_right(self._keys, position_us) - 1)]
        # Decoding on shows every picture; a key frame that is far ahead is quicker.
        return newest_key > current.at_us and position_us - current.at_us > _GO_ON_US

    def _group_before(self, before_us: int) -> Group[Still] | None:
        if before_us <= 0 or not self.is_seekable:
            return None
        first = self._peek() if self._seek(before_us - 1) else None
        return None if first is None else Group(first.at_us, self._one_by_one())

    def _one_by_one(self) -> Iterator[Sequence[Still]]:
        while self._peek() is not None:
            yield (_small(self._pending.popleft()),)

    def _seek(self, position_us: int) -> bool:
        """Be at a key frame not after the position, else at the beginning; false, and where it
        was, if it cannot be sought."""
        may_be_fixed = is_address(self._location) and not self.is_stream
        try:
            first: Still | None = None
            for by_decoding, ticks in self._places(position_us):
                if not self._go_to(ticks):
                    return False
                first = self._peek()
                if first is not None and first.at_us <= position_us:
                    self._by_decoding = by_decoding
                    break
        except StreamFailure:
            if not may_be_fixed:
                raise
            first = None
        if first is None and may_be_fixed:
            self._begin_again()
            return False
        return True

    def _begin_again(self) -> None:
        """A server that only sends a file from its beginning leaves nothing to be read where it was
        sought: from now on it is a stream."""
        self._container.close()
        self._container = open_clip(self._location)
        self._video, self._sound = video_of(self._container), sound_of(self._container)
        self.is_seekable, self.is_stream = False, True
        self._pending.clear()
        self._frames = self._decoded()
        self.current = next(self._frames, None)

    def _places(self, position_us: int) -> Sequence[tuple[bool, int]]:
        """Where to look for a key frame one after the other, in ticks, and how that is meant.

        Some kinds of file are sought by the time of showing, others (MPEG-TS) by that of decoding,
        which is sooner: with the wrong one it comes to the key frame after or before."""
        best = [(False, self._ticks(position_us))]
        if self._keys:
            shown, decoded = self._key_ticks[max(0, bisect_right(self._keys, position_us) - 1)]
            best = [(False, shown), (True, decoded)]
            if self._by_decoding:
                best.reverse()
        earlier = self._ticks(max(0, position_us - _EARLIER_US))
        start = self._key_ticks[0][1] if self._keys else self._begins
        return [*best, (self._by_decoding, earlier), (self._by_decoding, start)]

    def _ticks(self, at_us: int) -> int:
        return self._begins + round(at_us / 1e6 / self._tick_s)

    def _go_to(self, ticks: int) -> bool:
        if ticks > self._begins or not self._is_unread:
            try:
                self._container.seek(ticks, stream=self._video, backward=True)
            except av.error.FFmpegError:
                self.is_seekable, self.is_stream = False, True  # it only plays on
                return False
        self._is_unread = False
        self._pending.clear()
        self.current = None
        self._frames = self._decoded()
        return True

    def _peek(self) -> Still | None:
        if not self._pending:
            following = next(self._frames, None)
            if following is not None:
                self._pending.append(following)
        return self._pending[0] if self._pending else None

    def _decoded(self) -> Iterator[Still]:
        try:
            sound = [self._sound] if self.is_stream and self._sound is not None else []
            for packet in self._container.demux([self._video, *sound]):
                try:
                    frames = packet.decode()
                except av.error.InvalidDataError:
                    continue  # a damaged picture; the next key frame comes
                for frame in frames:
                    if isinstance(frame, AudioFrame):
                        if self.hear is not None:
                            self.hear(frame)
                    elif isinstance(frame, VideoFrame) and frame.pts is not None:
                        yield Still(frame, max(0, self._us(frame.pts)))
        except av.error.EOFError:
            return
        except av.error.FFmpegError as error:
            raise failure_of_read(error) from None

    @property
    def _tick_s(self) -> float:
        return float(self._video.time_base or 1 / 90_000)

    def _us(self, ticks: int) -> int:
        return round((ticks - self._begins) * self._tick_s * 1e6)

    def _length(self) -> int:
        if self._video.duration:
            return round(self._video.duration * self._tick_s * 1e6)
        return int(self._container.duration or 0)  # av.time_base is a microsecond

    def _scan(self) -> None:
        """Read the packets once: where the key frames and the ends are."""
        self._is_unread = False
        pictures, sound = _Extent(), _Extent()
        keys: list[tuple[int, int]] = []
        streams = [self._video] if self._sound is None else [self._video, self._sound]
        with suppress(av.error.FFmpegError):  # what is cut off is shown up to there
            for packet in self._container.demux(streams):
                if packet.pts is None or not packet.size:
                    continue
                if packet.stream is not self._video:
                    sound.add(packet)
                    continue
                pictures.add(packet)
                if packet.is_keyframe:
                    keys.append((packet.pts, packet.pts if packet.dts is None else packet.dts))
        if not pictures.count:
            return
        self._begins = pictures.first
        self.duration_us = self.pictures_us = self._us(pictures.end)
        self.is_seekable = True
        self._key_ticks = sorted(keys)
        self._keys = [self._us(shown) for shown, _decoded in self._key_ticks]
        if self._sound is not None and sound.count:
            heard_us = round((sound.end * float(self._sound.time_base or 0) - self.begins_s) * 1e6)
            if heard_us > self.pictures_us + _LONGER_US:
                self.duration_us = heard_us


def _small(still: Still) -> Still:
    """Of very large pictures more are held at half their size; where it stands it is whole."""
    frame = still.frame
    if frame.width * frame.height <= _LARGE:
        return still
    half = frame.reformat(width=frame.width // 4 * 2, height=frame.height // 4 * 2)
    return Still(half, still.at_us)


class _Extent:
    """How far the packets of one stream reach, in its ticks."""

    def __init__(self) -> None:
        self.first = self._last = self._told_end = self.count = 0

    def add(self, packet: "Packet[Any]") -> None:
        pts = packet.pts or 0
        self.first = min(self.first, pts) if self.count else pts
        self._last = max(self._last, pts) if self.count else pts
        self._told_end = max(self._told_end, pts + (packet.duration or 0))
        self.count += 1

    @property
    def end(self) -> int:
        if self._told_end > self._last or self.count < 2:
            return max(self._told_end, self._last)
        return self._last + (self._last - self.first) // (self.count - 1)
