"""What a file must say about a camera's sound, and which sound a file can hold as it is."""

import io
from fractions import Fraction
from typing import Any

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer

_AS_IT_IS = frozenset(
    {"aac", "mp3", "opus", "flac", "ac3", "pcm_s16le", "pcm_s16be", "pcm_s24le", "pcm_s24be"}
)
"""What MP4 has a place for and players play."""
_EXPANDED = frozenset({"pcm_mulaw", "pcm_alaw", "adpcm_g722", "adpcm_g726", "adpcm_g726le"})
"""Telephone codecs, which MP4 has no place for: decoded to linear samples, which loses nothing."""
LINEAR = "pcm_s16le"
_LAYOUTS = {1: "mono", 2: "stereo"}


class SoundTemplate:
    """One connection's sound; outlives the connection."""

    def __init__(self, stream: AudioStream) -> None:
        context: Any = stream.codec_context
        self.codec: str = context.name
        self.rate: int = context.sample_rate or 0
        self.channels: int = context.layout.nb_channels
        self.tick = stream.time_base or Fraction(1, self.rate or 8000)
        # A stream that belongs to us: the source's goes away with its connection.
        self._holder: OutputContainer | None = None
        self._stream: Any = None
        if self.kept_as == self.codec:
            self._holder = av.open(io.BytesIO(), "w", format="mp4")
            self._stream = self._holder.add_stream_from_template(stream, opaque=True)

    @property
    def kept_as(self) -> str:
        """The codec in the file; empty where there is no place for it."""
        if not self.rate or self.channels not in _LAYOUTS:
            return ""
        if self.codec in _AS_IT_IS:
            return self.codec
        return LINEAR if self.codec in _EXPANDED else ""

    @property
    def layout(self) -> str:
        """How the channels are arranged, in FFmpeg's word."""
        return _LAYOUTS[self.channels]

    @property
    def is_expanded(self) -> bool:
        return self.kept_as != self.codec

    def add_to(self, container: OutputContainer) -> AudioStream:
        """The track of a file for this sound; ``kept_as`` is not empty."""
        if self._stream is not None:
            made: AudioStream = container.add_stream_from_template(self._stream, opaque=True)
            return made
        stream: Any = container.add_stream(LINEAR, rate=self.rate)
        stream.codec_context.layout = self.layout
        stream.time_base = Fraction(1, self.rate)
        return stream  # type: ignore[no-any-return]  # what PyAV's types leave open

    def like(self, other: "SoundTemplate") -> bool:
        """Whether packets of both can stand in one track."""
        return (self.codec, self.rate, self.channels) == (other.codec, other.rate, other.channels)
