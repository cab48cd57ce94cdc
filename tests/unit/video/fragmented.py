"""Fragmented MP4 without pictures: boxes as a writer of clips makes them."""

import struct

TIMESCALE = 90_000
PER_PICTURE = 6_000
_SIZE = 11


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def head(timescale: int = TIMESCALE) -> bytes:
    """What comes before the first fragment."""
    header = box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, timescale, 0, 0, 0))
    return box(b"ftyp", b"iso5") + box(b"moov", box(b"trak", box(b"mdia", header)))


def fragment(number: int, pictures: int, *, durations: bool = True) -> bytes:
    """So many pictures; ``durations``: each says its own, else the track header says it."""
    start = box(b"tfdt", struct.pack(">IQ", 1 << 24, number * pictures * PER_PICTURE))
    track = box(b"tfhd", struct.pack(">III", 0x020008, 1, PER_PICTURE))
    flags = 0x301 if durations else 0x201
    run = struct.pack(">IIi", flags, pictures, 0)
    for _ in range(pictures):
        run += struct.pack(">II", PER_PICTURE, _SIZE) if durations else struct.pack(">I", _SIZE)
    moof = box(b"moof", box(b"mfhd", bytes(8)), box(b"traf", track, start, box(b"trun", run)))
    return moof + box(b"mdat", bytes(_SIZE) * pictures)


def fragmented(fragments: int, pictures: int, *, durations: bool = True) -> bytes:
    """A file of so many fragments."""
    parts = (fragment(number, pictures, durations=durations) for number in range(fragments))
    return head() + b"".join(parts)
