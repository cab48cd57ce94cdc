"""Fragmented MP4 without a codec library: how much of a file is whole, and what lies in it.

ISO/IEC 14496-12: 4.2 (boxes), 8.8 (movie fragments). For files whose writer ended in the middle.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_HEADER = struct.Struct(">I4s")
_LARGEST_INDEX = 16_000_000
_DURATION_PRESENT, _SIZE_PRESENT, _FLAGS_PRESENT, _SHIFT_PRESENT = 0x100, 0x200, 0x400, 0x800
_OFFSET_PRESENT, _FIRST_FLAGS_PRESENT = 0x1, 0x4
_DEFAULT_DURATION = 0x8


@dataclass(frozen=True, slots=True)
class WholePart:
    """``bytes`` from the beginning are whole; they hold so many pictures and seconds."""

    bytes: int
    pictures: int
    seconds: float


def whole_part(file: Path) -> WholePart | None:
    """What can be played of a clip, ``None`` where not even one fragment is whole.

    Blocking; raises ``OSError``. A file of another kind has no whole fragment.
    """
    with file.open("rb") as source:
        try:
            return _measure(source, file.stat().st_size)
        except (struct.error, ValueError, IndexError):
            return None


def cut_to_whole(file: Path) -> WholePart | None:
    """Take away what follows the last whole fragment. Blocking; raises ``OSError``."""
    found = whole_part(file)
    if found is not None and found.bytes < file.stat().st_size:
        with file.open("r+b") as target:
            target.truncate(found.bytes)
    return found


def _measure(source: IO[bytes], size: int) -> WholePart | None:
    at, whole, pictures = 0, 0, 0
    track, timescale, first, end = 0, 0, None, 0
    begun: tuple[int, int, int] | None = None
    while at + 8 <= size:
        source.seek(at)
        length, kind = _HEADER.unpack(source.read(8))
        head = 8
        if length == 1:
            (length,) = struct.unpack(">Q", source.read(8))
            head = 16
        if length < head or at + length > size:
            break
        if kind in (b"moov", b"moof"):
            if length > _LARGEST_INDEX:
                break
            body = source.read(length - head)
            if kind == b"moov":
                track, timescale = _pictures(body)
            else:
                begun = _fragment(body, track)
        elif kind == b"mdat" and begun is not None:
            start, count, duration = begun
            if count:
                first = start if first is None else first
                end = start + duration
            pictures += count
            whole = at + length
            begun = None
        at += length
    if first is None or not timescale:
        return None
    return WholePart(whole, pictures, (end - first) / timescale)


def _boxes(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(body):
        length, kind = _HEADER.unpack_from(body, at)
        if length < 8 or at + length > len(body):
            return
        yield kind, body[at + 8 : at + length]
        at += length


def _find(body: bytes, *path: bytes) -> bytes:
    """The content of the first box at ``path``; raises ``ValueError``."""
    for name in path:
        for kind, content in _boxes(body):
            if kind == name:
                body = content
                break
        else:
            raise ValueError(f"There is no box {name!r}")
    return body


def _pictures(moov: bytes) -> tuple[int, int]:
    """Number and ticks a second of the track with the pictures."""
    for kind, track in _boxes(moov):
        if kind == b"trak" and _find(track, b"mdia", b"hdlr")[8:12] == b"vide":
            return _number(track), _timescale(track)
    raise ValueError("There is no track with pictures")


def _number(track: bytes) -> int:
    header = _find(track, b"tkhd")
    (found,) = struct.unpack_from(">I", header, 20 if header[0] == 1 else 12)
    return int(found)


def _timescale(track: bytes) -> int:
    header = _find(track, b"mdia", b"mdhd")
    at = 20 if header[0] == 1 else 12
    (found,) = struct.unpack_from(">I", header, at)
    return int(found)


def _fragment(moof: bytes, number: int) -> tuple[int, int, int]:
    """Of the track with that number: decode time of the first picture, how many there are, how
    long they last."""
    for kind, track in _boxes(moof):
        if kind == b"traf":
            header = _find(track, b"tfhd")
            if struct.unpack_from(">I", header, 4)[0] == number:
                return _run_of(track, header)
    return 0, 0, 0  # it holds sound only


def _run_of(track: bytes, header: bytes) -> tuple[int, int, int]:
    time = _find(track, b"tfdt")
    (start,) = struct.unpack_from(">Q" if time[0] == 1 else ">I", time, 4)
    usual = _default_duration(header)
    pictures = duration = 0
    for kind, run in _boxes(track):
        if kind != b"trun":
            continue
        count, lasting = _run(run, usual)
        pictures += count
        duration += lasting
    return start, pictures, duration


def _default_duration(header: bytes) -> int:
    flags = int.from_bytes(header[1:4], "big")
    at = 8 + 8 * bool(flags & 0x1) + 4 * bool(flags & 0x2)
    if not flags & _DEFAULT_DURATION:
        return 0
    (found,) = struct.unpack_from(">I", header, at)
    return int(found)


def _run(run: bytes, usual: int) -> tuple[int, int]:
    flags = int.from_bytes(run[1:4], "big")
    (count,) = struct.unpack_from(">I", run, 4)
    if not flags & _DURATION_PRESENT:
        return count, count * usual
    at = 8 + 4 * bool(flags & _OFFSET_PRESENT) + 4 * bool(flags & _FIRST_FLAGS_PRESENT)
    fields = (_DURATION_PRESENT, _SIZE_PRESENT, _FLAGS_PRESENT, _SHIFT_PRESENT)
    step = 4 * sum(bool(flags & each) for each in fields)
    durations = (struct.unpack_from(">I", run, at + step * index)[0] for index in range(count))
    return count, sum(durations)
