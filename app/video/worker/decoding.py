"""Turns the packets of one stream into frames, with as much effort as is asked for."""

import time
from collections.abc import Sequence
from typing import Any

from av.codec.context import CodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from app.video.worker.clock import Stamp
from app.video.worker.ring_entry import RingEntry

_WITH_LOOP_FILTER = frozenset({"h264", "hevc", "vp8", "vp9"})
_MANY_PIXELS = 2560 * 1440
_SHOW_DAMAGED = 15
"""Of pictures with errors in them only each so manyth is shown: better than a tile that is dark."""

Picture = tuple[VideoFrame, Stamp]


class Decoder:
    """One thread at a time. Its own codec context, so that it can be exchanged at a key frame.

    Through PyAV ``skip_loop_filter`` can be set only while opening, and frames decoded without
    the filter are references of those that follow: so a change waits for the next key frame.
    """

    def __init__(self, video: VideoStream) -> None:
        self._announced: Any = video.codec_context
        self._has_loop_filter = self._announced.name in _WITH_LOOP_FILTER
        self._skip_loop_filter = False
        self._only_keys = False
        self._awaiting_key = True
        self._hurried = False
        self._damaged = 0
        self.busy_since = 0.0
        """Since when (monotonic) it has been inside a packet; 0 while it is not. Any thread."""
        self._open(skip_loop_filter=False)
        self.errors = 0

    def _open(self, *, skip_loop_filter: bool) -> None:
        announced = self._announced
        context: Any = CodecContext.create(announced.codec, "r")
        if announced.extradata:
            context.extradata = announced.extradata
        wide = (announced.width or 0) * (announced.height or 0) >= _MANY_PIXELS
        context.thread_count = 2 if wide else 1
        context.thread_type = "SLICE" if wide else "NONE"
        context.copy_opaque = True
        if skip_loop_filter:
            context.options = {"skip_loop_filter": "all"}
        self._opened_without_filter = skip_loop_filter
        self._context = context

    @property
    def size(self) -> tuple[int, int]:
        """Width and height as decoded last, else as announced; 0 when neither is known."""
        context = self._context
        width: int = context.width
        if width:
            return width, context.height
        return self._announced.width or 0, self._announced.height or 0

    def ask(self, *, skip_loop_filter: bool, only_keys: bool) -> None:
        """Choose the effort.

        Fewer pictures take effect at once; more pictures, and a change of the loop filter, from
        the next key frame on, so that nothing is decoded from references that are missing.
        """
        self._skip_loop_filter = skip_loop_filter and self._has_loop_filter
        if self._only_keys and not only_keys:
            self._awaiting_key = True
        self._only_keys = only_keys

    def restart(self, *, in_a_hurry: bool = False) -> None:
        """Forget all references: the next packet is not the successor of the last one.

        In a hurry the loop filter is left out up to the key frame after the next.
        """
        self._awaiting_key = True
        if in_a_hurry and self._has_loop_filter and not self._opened_without_filter:
            self._open(skip_loop_filter=True)
            self._hurried = True
        else:
            self._context.flush_buffers()

    def decode(self, entry: RingEntry) -> Sequence[Picture]:
        """The frames that are complete now, oldest first. Never raises for bad packets."""
        if entry.is_key:
            if self._hurried:
                self._hurried = False
            elif self._opened_without_filter != self._skip_loop_filter:
                self._open(skip_loop_filter=self._skip_loop_filter)
            self._awaiting_key = False
        elif self._awaiting_key or self._only_keys:
            return ()
        # The packet is not touched: a replay may decode it on another thread at the same time.
        packet, stamp = entry.packet, entry.stamp
        self.busy_since = time.monotonic()
        try:
            frames = self._context.decode(packet)
            if self._only_keys and not frames:
                # A decoder that reorders keeps the picture until the next one: not needed here.
                frames = self._context.decode(None)
                self._context.flush_buffers()
        except Exception:  # noqa: BLE001 - a door: corrupt input raises anything, from IndexError on
            self.errors += 1
            self.restart()
            return ()
        finally:
            self.busy_since = 0.0
        if len(frames) == 1 and not frames[0].is_corrupt:
            return ((frames[0], frames[0].opaque or stamp),)
        return self._whole(frames, stamp)

    def drain(self) -> Sequence[Picture]:
        """The frames that the decoder kept for the sake of their order; it starts afresh."""
        try:
            frames = self._context.decode(None)
        except Exception:  # noqa: BLE001 - a door: corrupt input raises anything
            self.errors += 1
            frames = []
        self.restart()
        return [(frame, frame.opaque) for frame in frames if frame.opaque is not None]

    def _whole(self, frames: Sequence[VideoFrame], stamp: Stamp) -> Sequence[Picture]:
        pictures: list[Picture] = []
        for frame in frames:
            if frame.is_corrupt:
                self.errors += 1
                self._damaged += 1
                if self._damaged % _SHOW_DAMAGED:
                    continue
            else:
                self._damaged = 0
            found: Any = frame.opaque
            pictures.append((frame, found or stamp))
        return pictures
