"""The file in which the boxes of a clip lie beside it.

A line that names the form, then records: a letter, the length and the CRC-32 of what follows, and
that. ``H`` is the header, ``F`` some seconds of frames of one module, each as they were received.
All of it is MessagePack, compressed by zlib. While a clip is written its part has a header now and
then, of which the last one counts, and may end in the middle of a record; a complete file begins
with its only header and ends with a whole record. Frames keep the times of their source: the header
says what leads from the clip's clock there. Blocking, any thread.
"""

import os
import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import msgspec

from app.analytics.messages import ZoneShape
from app.domain.detection import DetectionFrame

T = TypeVar("T")
FORM = "nigehban-boxes-1"
MOST_BYTES = 128_000_000
"""A clip's boxes are read whole; what would make the file larger is left out."""
BEFORE_US = 3_500_000
AFTER_US = 2_000_000
"""So much before and after a clip is kept too: what its first and last boxes go by."""
_LINE = f"{FORM}\n".encode()
_HEAD = struct.Struct(">cII")
_HEADER, _FRAMES = b"H", b"F"
_ARRAY = struct.Struct(">BI")
_ARRAY_32 = 0xDD
_BLOCK_BYTES = 64_000
_MOST_UNPACKED = 64_000_000


class BoxesFileError(ValueError):
    """It is damaged, or not one of ours; the text is for the log."""


class KeptSource(msgspec.Struct, kw_only=True):
    """One analytics module of one source.

    ``shifts`` are pairs of (a moment of the clip, what to add to the clip's times from there on to
    get those of the frames), microseconds, offsets set by hand included. ``interval_us`` is the
    time between two frames; ``moving`` when the source said that the camera began or ceased to
    move, on its own clock. ``is_exact``: camera and frames were stamped by one clock.
    """

    source: str
    module: str
    shifts: list[tuple[int, int]] = []
    interval_us: float = 200_000.0
    is_exact: bool = False
    moving: list[tuple[int, bool]] = []


class BoxesHeader(msgspec.Struct, kw_only=True):
    """Whose boxes they are. Times are microseconds of Unix time on the clip's ``clock``; ``zones``
    are the rules' shapes by source; ``silences`` are sources and from when to when each of them was
    not connected; ``left_out`` counts frames for which there was no room."""

    form: str = FORM
    clip: UUID
    camera: str
    clock: str
    start_us: int
    end_us: int
    sources: list[KeptSource] = []
    zones: list[tuple[str, list[ZoneShape]]] = []
    silences: list[tuple[str, int, int]] = []
    left_out: int = 0


class Block(msgspec.Struct, array_like=True):
    """Frames of ``sources[source]``, packed; ``first_us`` and ``last_us`` on their own clock."""

    source: int
    first_us: int
    last_us: int
    count: int
    packed: bytes

    def frames(self) -> list[DetectionFrame]:
        """In the order in which they came. Raises ``BoxesFileError``."""
        return _decoded(_frames, self.packed)


class _Stamp(msgspec.Struct, array_like=True, gc=False):
    """What must be known of a packed frame to file it; the rest is not read."""

    camera: msgspec.Raw
    source: msgspec.Raw
    time_us: int
    clock: int
    received_us: int
    objects: msgspec.Raw
    is_complete: bool
    ended: msgspec.Raw
    renamed: msgspec.Raw
    ptz_moving: bool | None


@dataclass(frozen=True, slots=True)
class Contents:
    """``is_whole``: nothing was cut off at the end."""

    header: BoxesHeader
    blocks: Sequence[Block]
    is_whole: bool


def append(
    part: Path,
    header: BoxesHeader,
    came: Mapping[int, Sequence[bytes]],
    *,
    has_ended: bool = False,
) -> int:
    """Add what came, by the number of its source in ``header``, to a part; how many frames were
    left out because there is no more room. Raises ``OSError``.

    Frames from before the clip, and after it where it ``has_ended``, are passed over.
    """
    blocks: list[bytes] = []
    left_out = 0
    room = MOST_BYTES - (part.stat().st_size if part.exists() else len(_LINE))
    for number, frames in sorted(came.items()):
        for block in _blocks_of(header, number, frames, has_ended=has_ended):
            record = _record(_FRAMES, _encode(block))
            if len(record) > room:
                left_out += block.count
            else:
                room -= len(record)
                blocks.append(record)
    if not blocks and not part.exists():
        return left_out  # nothing came yet: no file without boxes
    start = b"" if part.exists() else _LINE
    head = _record(_HEADER, zlib.compress(_encode(header)))
    with open(part, "ab", opener=_for_this_user) as target:
        size = target.tell()
        try:
            target.write(b"".join((start, head, *blocks)))
            target.flush()
        except OSError:
            target.truncate(size)  # what comes after half a record could not be read
            raise
    return left_out


def compose(contents: Contents) -> bytes:
    """A complete file of what lies in a part; the movements of the camera are noted in it."""
    header = contents.header
    for number, source in enumerate(header.sources):
        source.moving = _movements(block for block in contents.blocks if block.source == number)
    records = [_record(_HEADER, zlib.compress(_encode(header)))]
    records += [_record(_FRAMES, _encode(block)) for block in contents.blocks]
    return b"".join((_LINE, *records))


def parse(data: bytes) -> Contents:
    """What a file or a part holds. Raises ``BoxesFileError``."""
    if not data.startswith(_LINE):
        raise BoxesFileError("it does not begin as a file of boxes does")
    header: BoxesHeader | None = None
    blocks: list[Block] = []
    at = len(_LINE)
    for kind, payload, end in _records(data, at):
        if kind == _HEADER:
            header = _decoded(_headers, payload)
        else:
            blocks.append(_read(_blocks, payload))
        at = end
    if header is None:
        raise BoxesFileError("it has no header")
    if header.form != FORM:
        raise BoxesFileError(f"its form is {header.form!r}")
    known = range(len(header.sources))
    if any(block.source not in known for block in blocks):
        raise BoxesFileError("it names sources that it does not know")
    return Contents(header, blocks, is_whole=at == len(data))


def shift_at(source: KeptSource, clip_us: int) -> int:
    """What leads from a moment of the clip to the source's clock."""
    at = bisect_right(source.shifts, clip_us, key=_since) - 1
    return source.shifts[max(0, at)][1] if source.shifts else 0


# --- inside --------------------------------------------------------------------------------------


def _blocks_of(
    header: BoxesHeader, number: int, frames: Sequence[bytes], *, has_ended: bool
) -> Iterator[Block]:
    """Small ones: each is unpacked whole while a picture waits for it."""
    source = header.sources[number]
    first_us = header.start_us + shift_at(source, header.start_us) - BEFORE_US
    last_us = header.end_us + shift_at(source, header.end_us) + AFTER_US
    kept: list[tuple[int, bytes]] = []
    size = 0
    for packed in frames:
        time_us = _stamps.decode(packed).time_us
        if time_us < first_us or (has_ended and time_us > last_us):
            continue
        if kept and size + len(packed) > _BLOCK_BYTES:
            yield _block(number, kept)
            kept, size = [], 0
        kept.append((time_us, packed))
        size += len(packed)
    if kept:
        yield _block(number, kept)


def _block(number: int, kept: Sequence[tuple[int, bytes]]) -> Block:
    times = [time_us for time_us, _packed in kept]
    array = _ARRAY.pack(_ARRAY_32, len(kept)) + b"".join(packed for _time_us, packed in kept)
    return Block(number, min(times), max(times), len(kept), zlib.compress(array))


def _movements(blocks: Iterator[Block]) -> list[tuple[int, bool]]:
    said: list[tuple[int, bool]] = []
    for block in blocks:
        for stamp in _decoded(_stamp_lists, block.packed):
            if stamp.ptz_moving is not None:
                said.append((stamp.time_us, stamp.ptz_moving))
    said.sort()
    return [each for at, each in enumerate(said) if each[1] != (said[at - 1][1] if at else False)]


def _record(kind: bytes, payload: bytes) -> bytes:
    return _HEAD.pack(kind, len(payload), zlib.crc32(payload)) + payload


def _records(data: bytes, at: int) -> Iterator[tuple[bytes, bytes, int]]:
    """Kind, content and end of each whole record; stops before the first that is not."""
    while at + _HEAD.size <= len(data):
        kind, length, crc = _HEAD.unpack_from(data, at)
        start = at + _HEAD.size
        payload = data[start : start + length]
        if len(payload) < length or kind not in (_HEADER, _FRAMES) or zlib.crc32(payload) != crc:
            return
        at = start + length
        yield kind, payload, at


def _unpacked(packed: bytes) -> bytes:
    """At most so much as one of our records can hold: a few bytes may claim to be gigabytes."""
    unpacking = zlib.decompressobj()
    try:
        data = unpacking.decompress(packed, _MOST_UNPACKED)
    except zlib.error as error:
        raise BoxesFileError(str(error)) from None
    if not unpacking.eof:
        raise BoxesFileError("a record is larger than any of ours")
    return data


def _read(decoder: "msgspec.msgpack.Decoder[T]", data: bytes) -> T:
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BoxesFileError(str(error)) from None


def _decoded(decoder: "msgspec.msgpack.Decoder[T]", packed: bytes) -> T:
    return _read(decoder, _unpacked(packed))


def _for_this_user(name: str, flags: int) -> int:
    """Nobody else may read what was seen."""
    return os.open(name, flags, 0o600)


_since = itemgetter(0)
_encode = msgspec.msgpack.Encoder().encode
_headers = msgspec.msgpack.Decoder(BoxesHeader)
_blocks = msgspec.msgpack.Decoder(Block)
_frames = msgspec.msgpack.Decoder(list[DetectionFrame])
_stamps = msgspec.msgpack.Decoder(_Stamp)
_stamp_lists = msgspec.msgpack.Decoder(list[_Stamp])
