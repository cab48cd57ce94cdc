"""Packets of a stream into fragmented MP4 as they are, and out of it again."""

import hashlib
import io
from pathlib import Path
from typing import IO, Any, cast

import av
from av.container import OutputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from app.video.worker.coded_pictures import (
    PictureDigest,
    has_units,
    length_size,
    parameter_sets,
)
from app.video.worker.ring_entry import RingEntry
from app.video.worker.sound.template import SoundTemplate
from app.video.worker.sound.track import SoundTrack

_OPTIONS = {
    # Playable from the first fragment on, whenever the writer ends.
    "movflags": "frag_keyframe+empty_moov+default_base_moof",
    "frag_duration": "2000000",
    "video_track_timescale": "90000",
}


class ClipTemplate:
    """What a file must say about a stream's pictures; outlives the stream it is made of."""

    def __init__(self, video: VideoStream) -> None:
        context: Any = video.codec_context
        self.codec: str = context.name
        self.width: int = context.width or 0
        self.height: int = context.height or 0
        self.extradata = bytes(context.extradata or b"")
        # A stream that belongs to us: the source's goes away with its connection.
        self._holder = av.open(io.BytesIO(), "w", format="mp4")
        self.stream = self._holder.add_stream_from_template(video, opaque=True)

    @property
    def prefix(self) -> int:
        """The size of the length before each NAL unit, 0 where start codes stand."""
        return length_size(self.codec, self.extradata) if has_units(self.codec) else 0


class ClipMuxer:
    """One file being written. One thread; raises ``OSError`` as the file does.

    ``target`` is seekable and stays open.
    """

    def __init__(
        self,
        target: IO[bytes],
        template: ClipTemplate,
        first: RingEntry,
        size: tuple[int, int],
        sound: SoundTemplate | None = None,
    ) -> None:
        """``first`` is the key frame that will come first, ``size`` that of the picture."""
        self._container: OutputContainer = av.open(target, "w", format="mp4", options=_OPTIONS)
        self._stream: Any = self._container.add_stream_from_template(template.stream, opaque=True)
        self._prefix = template.prefix
        context = self._stream.codec_context
        context.width, context.height = size
        if has_units(template.codec):
            # What the camera sends counts more than what it announced.
            sets = parameter_sets(template.codec, bytes(first.packet), self._prefix)
            if sets and not self._prefix:
                context.extradata = sets
        self.sound = SoundTrack(self._container, sound) if sound is not None else None
        self._base = _decoded_at(first)
        self._last = -1
        self._tick_us = float(first.packet.time_base) * 1e6
        self.digest = PictureDigest(template.codec)

    def write(self, entry: RingEntry) -> int:
        """Add a packet; returns where its picture is in the file, in microseconds."""
        data = bytes(entry.packet)
        dts = max(_decoded_at(entry) - self._base, self._last + 1)
        pts = max(entry.pts - self._base, dts)
        # Others decode the ring's packet meanwhile, and the muxer changes what it gets.
        packet: Any = Packet(data)
        packet.time_base = entry.packet.time_base
        packet.dts, packet.pts = dts, pts
        packet.is_keyframe = entry.is_key
        packet.stream = self._stream
        self._container.mux_one(packet)
        self._last = dts
        self.digest.add(data, self._prefix)
        return round(pts * self._tick_us)

    def close(self) -> None:
        """Write what is left and the index at the end."""
        self._container.close()

    @property
    def value(self) -> bytes:
        """What ``digest_of`` finds in the file if all is there."""
        return self.digest.value + (self.sound.value if self.sound is not None else b"")


def _decoded_at(entry: RingEntry) -> int:
    dts = entry.packet.dts
    return entry.pts if dts is None else dts


def digest_of(file: Path) -> bytes:
    """Of all coded pictures, and of all sound where there is a track for it.

    Blocking; raises ``OSError`` or what PyAV raises for a broken file.
    """
    with av.open(str(file), "r", format="mp4") as source:
        video = source.streams.video[0]
        codec = video.codec_context.name
        extradata = bytes(cast("Any", video.codec_context).extradata or b"")
        prefix = length_size(codec, extradata) if has_units(codec) else 0
        pictures = PictureDigest(codec)
        sounds = [hashlib.sha256() for _ in source.streams.audio]
        for packet in source.demux(video, *source.streams.audio):
            if packet.size and packet.stream is video:
                pictures.add(bytes(packet), prefix)
            elif packet.size:
                sounds[0].update(bytes(packet))
    return b"".join([pictures.value, *(each.digest() for each in sounds)])
