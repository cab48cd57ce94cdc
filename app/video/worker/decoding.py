"""Turns the packets of one stream into frames, with as much effort as is asked for."""

from collections.abc import Sequence
from typing import Any

from av.codec.context import CodecContext
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from app.video.worker.clock import Stamp
from app.video.worker.ring import RingEntry

_WITH_LOOP_FILTER = frozenset({"h264", "hevc", "vp8", "vp9"})
_MANY_PIXELS = 2560 * 1440

Picture = tuple[VideoFrame, Stamp]


class Decoder:
    """One thread at a time. Its own codec context, so that it can be exchanged at a key frame.

    libavcodec takes ``skip_loop_filter`` only while opening (through PyAV), and frames decoded
    without the filter are references of those that follow: so a change waits for a key frame.
    """

    def __init__(self, video: VideoStream) -> None:
        self._video = video
        self._skip_loop_filter = False
        self._only_keys = False
        self._awaiting_key = True
        self._is_current = False
        self._context = self._open()
        self.errors = 0

    def _open(self) -> VideoCodecContext:
        template: Any = self._video.codec_context
        context: Any = CodecContext.create(template.codec.canonical_name, "r")
        if template.extradata:
            context.extradata = template.extradata
        wide = (template.width or 0) * (template.height or 0) >= _MANY_PIXELS
        context.thread_count = 2 if wide else 1
        context.thread_type = "SLICE" if wide else "NONE"
        context.copy_opaque = True
        if self._skip_loop_filter:
            context.options = {"skip_loop_filter": "all"}
        self._is_current = True
        opened: VideoCodecContext = context
        return opened

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as decoded last, else as announced; 0 when neither is known."""
        context, announced = self._context, self._video.codec_context
        return context.width or announced.width or 0, context.height or announced.height or 0

    def ask(self, *, skip_loop_filter: bool, only_keys: bool) -> None:
        """Choose the effort from the next key frame on; fewer pictures take effect at once."""
        if self._video.codec_context.name not in _WITH_LOOP_FILTER:
            skip_loop_filter = False
        if skip_loop_filter != self._skip_loop_filter:
            self._skip_loop_filter = skip_loop_filter
            self._is_current = False
        if self._only_keys and not only_keys:
            self._awaiting_key = True
        self._only_keys = only_keys

    def restart(self) -> None:
        """Forget all references: the next packet is not the successor of the last one."""
        self._context.flush_buffers()
        self._awaiting_key = True

    def decode(self, entry: RingEntry) -> Sequence[Picture]:
        """The frames that are complete now, oldest first. Never raises for bad packets."""
        if entry.is_key:
            if not self._is_current:
                self._context = self._open()
            self._awaiting_key = False
        elif self._awaiting_key or self._only_keys:
            return ()
        packet: Any = entry.packet
        packet.opaque = entry.stamp
        try:
            frames = self._context.decode(packet)
            if self._only_keys and not frames:
                # A decoder that reorders holds the picture until the next one: not needed here.
                frames = self._context.decode(None)
                self._context.flush_buffers()
        except Exception:  # noqa: BLE001 - a door: corrupt input raises anything, from IndexError on
            self.errors += 1
            self.restart()
            return ()
        stamp = entry.stamp
        return [(frame, frame.opaque or stamp) for frame in frames]
