"""A clip: one looped video as access units, the file it is cached in, and media files as clips.

The cache file is one line of JSON and then the Annex B stream,
so a player shows it once the first line is
cut off. Its name carries the version of the drawing; an older one is simply not found.
"""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from app.demo.bitstream import Codec, is_key_slice, is_needed, is_parameter_set, split_annex_b
from app.demo.rtp import PacketTemplate, packetise


class ClipError(Exception):
    """A file is no clip that the demo cameras could send; the text says why."""


@dataclass(frozen=True, slots=True)
class ClipFormat:
    """What a clip's pictures are."""

    codec: Codec
    fps: Fraction
    width: int
    height: int


class Clip:
    """One looped video, cut into RTP packets when a picture is first sent."""

    def __init__(self, form: ClipFormat, units: Sequence[bytes]) -> None:
        """Take `units`, Annex B access units that begin with a key frame."""
        self.format = form
        self._units: list[bytes | PacketTemplate] = list(units)
        codec = form.codec
        self._is_key = [_is_key(codec, unit) for unit in units]
        if not self._is_key or not self._is_key[0]:
            raise ClipError("the clip does not begin with a key frame")
        sets: dict[bytes, None] = {}
        for nal in split_annex_b(units[0]):
            if is_parameter_set(codec, nal):
                sets[nal] = None
        self.parameter_sets = tuple(sets)
        self.size_bytes = sum(map(len, units))

    def __len__(self) -> int:
        return len(self._units)

    def is_key(self, frame: int) -> bool:
        """Tell whether the frame, counted without end, is a key frame."""
        return self._is_key[frame % len(self._units)]

    def key_at_or_before(self, frame: int) -> int:
        """Return the number of the newest key frame that is not after `frame`."""
        while not self.is_key(frame):
            frame -= 1
        return frame

    def packets(self, frame: int) -> PacketTemplate:
        """Return the RTP packets of the frame, counted without end."""
        index = frame % len(self._units)
        unit = self._units[index]
        if isinstance(unit, bytes):
            codec = self.format.codec
            unit = packetise(codec, [nal for nal in split_annex_b(unit) if is_needed(codec, nal)])
            self._units[index] = unit
        return unit


def _is_key(codec: Codec, unit: bytes) -> bool:
    return any(is_key_slice(codec, nal) for nal in split_annex_b(unit))


def write_clip(path: Path, form: ClipFormat, units: Sequence[bytes]) -> None:
    """Write a cache file in one step: it is whole or it is not there."""
    head = {
        "codec": form.codec.value,
        "fps": str(form.fps),
        "width": form.width,
        "height": form.height,
        "sizes": [len(unit) for unit in units],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(json.dumps(head).encode() + b"\n")
            file.writelines(units)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read_clip(path: Path) -> Clip:
    """Read a cache file; raises `ClipError` when it is damaged and `OSError` when it is not
    there."""
    head_line, _, body = path.read_bytes().partition(b"\n")
    try:
        head = json.loads(head_line)
        form = ClipFormat(
            Codec(head["codec"]), Fraction(head["fps"]), int(head["width"]), int(head["height"])
        )
        sizes = [int(size) for size in head["sizes"]]
    except (ValueError, KeyError, TypeError) as error:
        raise ClipError(f"{path.name} is damaged") from error
    if sum(sizes) != len(body):
        raise ClipError(f"{path.name} is not whole")
    return Clip(form, list(_slices(body, sizes)))


def _slices(body: bytes, sizes: Iterable[int]) -> Iterable[bytes]:
    start = 0
    for size in sizes:
        yield body[start : start + size]
        start += size


def read_media_file(path: Path, fps: float | None = None) -> Clip:
    """Read the H.264 or HEVC track of any media file as a clip; pictures stay in decoding order.

    Raises `ClipError` when the file holds none.
    """
    import av  # here, since the server needs no codec library for its own clips
    from av.bitstream import BitStreamFilterContext

    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            name = stream.codec_context.name
            if name not in ("h264", "hevc"):
                raise ClipError(f"{path.name} holds {name}, not H.264 or HEVC")
            codec = Codec(name)
            rate = Fraction(fps).limit_denominator(1001) if fps else stream.average_rate
            form = ClipFormat(codec, Fraction(rate or 25), stream.width, stream.height)
            to_annex_b = BitStreamFilterContext(f"{name}_mp4toannexb", stream)
            packets = [packet for packet in container.demux(stream) if packet.size]
            units = [bytes(out) for packet in packets for out in to_annex_b.filter(packet)]
    except (av.FFmpegError, IndexError) as error:
        raise ClipError(f"{path.name} holds no video that can be read") from error
    return Clip(form, units)
