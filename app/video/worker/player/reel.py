"""One opened clip: any of its pictures, exactly, and the ones after and before it.

Pictures come from FFmpeg (PyAV) and not from libVLC, for files too: libVLC seeks to key frames,
has no step back and tells positions in fractions, and what a supervisor judges must be the very
picture of the very time. A file is read through once when it is opened (not decoded), which gives
its true length and lets fragmented MP4 be sought at once.
"""

import time
from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from app.core.redaction import SECRETS, split_credentials
from app.domain.stream import Reason
from app.video.worker.failures import (
    SYSTEM_AUTHORITIES,
    StreamFailure,
    check_url,
    failure_of_open,
    resolve,
)

OPEN_S = 8.0
_READ_S = 8.0
_MOST_SCANNED = 400_000_000
"""A larger file is not read through beforehand."""
_GO_ON_US = 1_500_000
"""A picture so little ahead is reached by decoding on, where no key frame lies between."""
_EARLIER_US = 10_000_000
_NETWORK = "rtsp,rtsps,rtp,srtp,http,https,httpproxy,tcp,udp,tls,crypto"


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
        self._is_unread = True
        self._container = _opened(location)
        try:
            self._video = _video_of(self._container)
            self._begins = self._video.start_time or 0
            self.duration_us = self._length()
            if "://" not in location and self._can_be_scanned(Path(location)):
                self._scan()
            self._frames = self._decoded()
            self.find(0)
            if self.current is None:
                raise StreamFailure(Reason.NOT_DECODABLE, "No picture can be decoded")
        except BaseException as error:
            self._container.close()
            if isinstance(error, av.error.FFmpegError):
                raise _failure(error) from None
            raise

    @property
    def size(self) -> tuple[int, int]:
        return self._video.codec_context.width or 0, self._video.codec_context.height or 0

    @property
    def aspect(self) -> float:
        """Width of a pixel divided by its height."""
        aspect = self._video.sample_aspect_ratio or self._video.codec_context.sample_aspect_ratio
        return float(aspect) if aspect else 1.0

    def find(self, position_us: int) -> Still | None:
        """The newest picture that is not after the position; the first one before that."""
        current = self.current
        if current is None or position_us < current.at_us or self._is_far(current, position_us):
            self._seek(position_us)
        newest = self.current
        while (following := self._peek()) is not None and (
            newest is None or following.at_us <= position_us
        ):
            newest = self._pending.popleft()
            if following.at_us > position_us:
                break  # the first one of all
        self.current = newest
        return newest

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

    def next_us(self) -> int | None:
        """When the next picture is due; ``None`` after the last one."""
        following = self._peek()
        return None if following is None else following.at_us

    def close(self) -> None:
        self._container.close()

    # --- inside -------------------------------------------------------------------------------

    def _is_far(self, current: Still, position_us: int) -> bool:
        if not self._keys:
            return position_us - current.at_us > _GO_ON_US * 2
        newest_key = self._keys[max(0, bisect_right(self._keys, position_us) - 1)]
        # Decoding on shows every picture; a key frame that is far ahead is quicker.
        return newest_key > current.at_us and position_us - current.at_us > _GO_ON_US

    def _seek(self, position_us: int) -> None:
        """Be at a key frame not after the position, else at the beginning."""
        target = position_us
        if self._keys:
            target = self._keys[max(0, bisect_right(self._keys, position_us) - 1)]
        for begin in (target, target - _EARLIER_US, 0):
            self._go_to(max(0, begin))
            first = self._peek()
            if first is not None and (first.at_us <= position_us or begin <= 0):
                return

    def _go_to(self, at_us: int) -> None:
        self._pending.clear()
        self.current = None
        ticks = self._begins + round(at_us / 1e6 / self._tick_s)
        # What cannot be sought, as a recorder's stream, is played on from where it is.
        if at_us or not self._is_unread:
            with suppress(av.error.FFmpegError):
                self._container.seek(ticks, stream=self._video, backward=True)
        self._is_unread = False
        self._frames = self._decoded()

    def _peek(self) -> Still | None:
        if not self._pending:
            following = next(self._frames, None)
            if following is not None:
                self._pending.append(following)
        return self._pending[0] if self._pending else None

    def _decoded(self) -> Iterator[Still]:
        try:
            for packet in self._container.demux(self._video):
                try:
                    frames = packet.decode()
                except av.error.InvalidDataError:
                    continue  # a damaged picture; the next key frame comes
                for frame in frames:
                    if frame.pts is not None:
                        yield Still(frame, max(0, self._us(frame.pts)))
        except av.error.EOFError:
            return
        except av.error.FFmpegError as error:
            raise _failure(error) from None

    @property
    def _tick_s(self) -> float:
        return float(self._video.time_base or 1 / 90_000)

    def _us(self, ticks: int) -> int:
        return round((ticks - self._begins) * self._tick_s * 1e6)

    def _length(self) -> int:
        if self._video.duration:
            return round(self._video.duration * self._tick_s * 1e6)
        return int(self._container.duration or 0)  # av.time_base is a microsecond

    def _can_be_scanned(self, file: Path) -> bool:
        """A single picture (a snapshot) can be read only once."""
        is_picture = self._container.format.name.endswith(("image2", "_pipe"))
        return not is_picture and file.stat().st_size <= _MOST_SCANNED

    def _scan(self) -> None:
        """Read the packets once: where the key frames and the end are."""
        self._is_unread = False
        first: int | None = None
        last = end = 0
        keys: list[int] = []
        count = 0
        for packet in self._container.demux(self._video):
            if packet.pts is None or not packet.size:
                continue
            first = packet.pts if first is None else min(first, packet.pts)
            last, end = max(last, packet.pts), max(end, packet.pts + (packet.duration or 0))
            count += 1
            if packet.is_keyframe:
                keys.append(packet.pts)
        if first is None:
            return
        self._begins = first
        if end <= last and count > 1:
            end = last + (last - first) // (count - 1)
        self.duration_us = self._us(end)
        self._keys = sorted(self._us(key) for key in keys)


def _opened(location: str) -> InputContainer:
    if "://" not in location:
        parts = SplitResult("file", "", location, "", "")
        if not Path(location).exists():
            raise StreamFailure(Reason.NOT_FOUND, "There is no such file")
        options = {"protocol_whitelist": "file,crypto"}
    else:
        parts = check_url(location)
        if parts.scheme == "file":
            raise StreamFailure(Reason.UNSUPPORTED, "Give the file's path instead of an address")
        _bare, user, password = split_credentials(location)
        if password:
            SECRETS.add(password, user or "")
        resolve(parts, OPEN_S)
        options = {"protocol_whitelist": _NETWORK, "timeout": str(int(OPEN_S * 1e6))}
        if parts.scheme in ("rtsp", "rtsps"):
            options["rtsp_transport"] = "tcp"
        if parts.scheme in ("rtsps", "https"):
            options |= {"tls_verify": "1", "ca_file": SYSTEM_AUTHORITIES}
    began = time.monotonic()
    try:
        return av.open(
            location, "r", options=options, timeout=(OPEN_S, _READ_S), metadata_errors="replace"
        )
    except Exception as error:  # noqa: BLE001 - a door: corrupt input raises anything
        took = time.monotonic() - began
        raise failure_of_open(error, parts, "", took_s=took, timeout_s=OPEN_S) from None


def _video_of(container: InputContainer) -> VideoStream:
    videos = container.streams.video
    if not videos:
        raise StreamFailure(Reason.NO_VIDEO, "There is no video in it")
    context: Any = videos[0].codec_context
    if context is None:
        raise StreamFailure(Reason.UNSUPPORTED, "No decoder for the video")
    videos[0].thread_type = "AUTO"
    context.thread_count = 2
    return videos[0]


def _failure(error: Exception) -> StreamFailure:
    parts = urlsplit("")._replace(scheme="file")
    return failure_of_open(error, parts, "", took_s=0.0, timeout_s=_READ_S)
