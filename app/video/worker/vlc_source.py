"""The second engine: libVLC opens, decodes and draws into our memory.

No packets, so no ring; no camera time, so pictures are stamped by arrival. libVLC's own threads
call us through ctypes: they only mark what happened, and never call libVLC back (it would lock
itself up). Starting and stopping happen on the stream's thread, whose watchdog sees a hang.
"""

import ctypes
import threading
import time
from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from app.core.redaction import SECRETS, split_credentials
from app.domain.stream import Reason
from app.video.messages import OpenStream
from app.video.worker.clock import Stamp
from app.video.worker.decoding import Picture
from app.video.worker.failures import StreamFailure, check_url, resolve
from app.video.worker.vlc_library import VlcLibrary

_CHROMA = b"RV32"
_LARGEST = 3840 * 2160
_SIZE_KNOWN_S = 1.0
_BUFFERS = 4
"""One shown, one read, one drawn into, one to spare."""

_Number = ctypes.POINTER(ctypes.c_uint)
# python-vlc declares the chroma as a string that Python would copy: it has to be written to.
_FormatCallback = ctypes.CFUNCTYPE(
    ctypes.c_uint,
    ctypes.c_void_p,
    ctypes.POINTER(ctypes.c_char),
    _Number,
    _Number,
    _Number,
    _Number,
)


class VlcSource:
    """One connection. Made, read and closed by the stream's thread; ``stop`` by any."""

    engine = "vlc"

    def __init__(self, command: OpenStream, library: VlcLibrary) -> None:
        """Connect and wait for the first picture; raises ``StreamFailure``."""
        parts = check_url(command.url)
        _bare, user, password = split_credentials(command.url)
        if password:
            SECRETS.add(password, user or "")
        ability = library.load()
        if ability.missing:
            raise StreamFailure(Reason.VLC_MISSING, ability.missing)
        if parts.scheme in ("rtsp", "rtsps") and not ability.rtsp:
            raise StreamFailure(Reason.VLC_NO_RTSP, "This libVLC was built without live555")
        resolve(parts, command.open_timeout_s)
        self._vlc = library.module
        self._read_timeout_s = command.read_timeout_s
        self._arrived = threading.Condition()
        self._buffers: list[npt.NDArray[np.uint8]] = []
        self._newest: int | None = None
        self._read: int | None = None
        self._drawn_us = 0
        self._drawings = 0
        self._refused = False
        self._stopping = False
        # ctypes callbacks must outlive the player.
        self._callbacks = self._make_callbacks()
        options = [":no-audio", ":no-spu"]
        if parts.scheme == "rtsp" and command.transport == "tcp":
            options.append(":rtsp-tcp")
        media = library.instance.media_new(command.url, *options)
        if media is None:
            raise StreamFailure(Reason.BAD_URL, "libVLC does not understand the address")
        self._player = library.instance.media_player_new()
        self._player.set_media(media)
        media.release()
        lock, display, set_format, clean_up = self._callbacks
        self._player.video_set_callbacks(lock, None, display, None)
        self._player.video_set_format_callbacks(set_format, clean_up)
        if self._player.play() != 0:
            self.close()
            raise StreamFailure(Reason.UNSUPPORTED, "libVLC cannot play this")
        try:
            self._await_first(command.open_timeout_s)
        except BaseException:
            self.close()
            raise

    def _make_callbacks(self) -> tuple[Any, Any, Any, Any]:
        vlc = self._vlc

        def set_format(
            _opaque: Any, chroma: Any, width: Any, height: Any, pitches: Any, lines: Any
        ) -> int:
            if not 0 < width[0] * height[0] <= _LARGEST:
                self._refused = True
                return 0
            ctypes.memmove(chroma, _CHROMA, 4)
            pitches[0] = width[0] * 4
            lines[0] = height[0]
            shape = (int(height[0]), int(width[0]) * 4)
            with self._arrived:
                self._buffers = [np.zeros(shape, np.uint8) for _ in range(_BUFFERS)]
                self._newest = None
            return _BUFFERS

        def lock(_opaque: Any, planes: Any) -> int:
            with self._arrived:
                free = (n for n in range(_BUFFERS) if n not in (self._newest, self._read))
                index = next(free)
                planes[0] = self._buffers[index].ctypes.data
            return index

        def display(_opaque: Any, picture: int | None) -> None:
            with self._arrived:
                # ctypes makes None of a null pointer.
                self._newest = picture or 0
                self._drawn_us = time.time_ns() // 1000
                self._drawings += 1
                self._arrived.notify_all()

        def clean_up(_opaque: Any) -> None:
            """Nothing: the buffers go with the source."""

        decorators = vlc.CallbackDecorators
        return (
            decorators.VideoLockCb(lock),
            decorators.VideoDisplayCb(display),
            ctypes.cast(_FormatCallback(set_format), decorators.VideoFormatCb),
            decorators.VideoCleanupCb(clean_up),
        )

    def _await_first(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not self._drawings:
            if self._wait(0.1):
                return
            if self._refused:
                raise StreamFailure(Reason.UNSUPPORTED, "The picture is too large for libVLC")
            if self._has_ended():
                raise StreamFailure(Reason.NOT_DECODABLE, "libVLC found nothing to play")
            if self._stopping or time.monotonic() > deadline:
                raise StreamFailure(Reason.TIMED_OUT, f"No picture within {seconds:g} seconds")

    def _wait(self, seconds: float, beyond: int = 0) -> bool:
        with self._arrived:
            return self._arrived.wait_for(lambda: self._drawings > beyond, seconds)

    def _has_ended(self) -> bool:
        state = self._vlc.State
        return self._player.get_state() in (state.Ended, state.Error, state.Stopped)

    def pictures(self) -> Iterator[Picture]:
        """Pictures as they are drawn, newest only; ends with the stream."""
        seen = 0
        quiet_since = time.monotonic()
        while not self._stopping:
            if self._wait(0.2, seen):
                quiet_since = time.monotonic()
                seen = self._drawings
                picture = self._take()
                if picture is not None:
                    yield picture
            elif self._has_ended():
                return
            elif time.monotonic() - quiet_since > self._read_timeout_s:
                seconds = self._read_timeout_s
                raise StreamFailure(Reason.SILENT, f"Nothing came for {seconds:g} seconds")

    def _take(self) -> Picture | None:
        with self._arrived:
            self._read = self._newest
            drawn_us = self._drawn_us
            if self._read is None:
                return None
            pixels = self._buffers[self._read]
        height, width = pixels.shape[0], pixels.shape[1] // 4
        frame = VideoFrame(width, height, "bgr0")
        plane = frame.planes[0]
        rows = np.frombuffer(memoryview(cast("bytes", plane)), np.uint8)
        np.copyto(rows.reshape(-1, plane.line_size)[:height, : width * 4], pixels)
        with self._arrived:
            self._read = None
        return frame, Stamp(None, 0, drawn_us)

    def stop(self) -> None:
        """End the reading within a fraction of a second. Any thread."""
        self._stopping = True

    def close(self) -> None:
        self._player.stop()
        self._player.release()

    def describe(self) -> tuple[str, int, int]:
        """Codec, width and height; libVLC keeps the codec to itself."""
        height, width = self._buffers[0].shape if self._buffers else (0, 0)
        return "libvlc", width // 4, height

    def pixel_aspect(self) -> float:
        """Width of a drawn pixel divided by its height.

        libVLC 3 asks for memory of the decoder's padded size and stretches the picture over it.
        """
        _codec, width, height = self.describe()
        true_width, true_height = self._true_size()
        if not (width and height and true_width and true_height):
            return 1.0
        return float((true_width / true_height) / (width / height))

    def _true_size(self) -> tuple[int, int]:
        """The picture's own size, which libVLC may know a moment after the first picture."""
        deadline = time.monotonic() + _SIZE_KNOWN_S
        drawings = self._drawings
        while True:
            width, height = self._player.video_get_size(0)
            if (width and height) or time.monotonic() > deadline or self._stopping:
                return width, height
            self._wait(0.05, drawings)
            drawings = self._drawings
