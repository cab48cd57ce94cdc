"""Fragmented MP4 without pictures: boxes as a writer of clips makes them."""

import struct

TIMESCALE = 90_000
PER_PICTURE = 6_000
_SIZE = 11
_SOUND, _PICTURES = 1, 2


def box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _track(number: int, kind: bytes, timescale: int) -> bytes:
    header = box(b"tkhd", struct.pack(">IIIII", 0, 0, 0, number, 0))
    media = box(b"mdhd", struct.pack(">IIIIIHH", 0, 0, 0, timescale, 0, 0, 0))
    return box(b"trak", header, box(b"mdia", media, box(b"hdlr", bytes(8), kind, bytes(13))))


def head(timescale: int = TIMESCALE) -> bytes:
    """What comes before the first fragment: the pictures are the second of two tracks."""
    tracks = _track(_SOUND, b"soun", 8_000), _track(_PICTURES, b"vide", timescale)
    return box(b"ftyp", b"iso5") + box(b"moov", box(b"mvhd", bytes(100)), *tracks)


def sound(number: int) -> bytes:
    """A fragment that holds sound only."""
    start = box(b"tfdt", struct.pack(">IQ", 1 << 24, number * 8_000))
    track = box(b"tfhd", struct.pack(">III", 0x020008, _SOUND, 1))
    run = box(b"trun", struct.pack(">IIi", 0x1, 8_000, 0))
    moof = box(b"moof", box(b"mfhd", bytes(8)), box(b"traf", track, start, run))
    return moof + box(b"mdat", bytes(100))


def fragment(number: int, pictures: int, *, durations: bool = True) -> bytes:
    """So many pictures and their sound; ``durations``: each picture says its own, else the track
    header says it."""
    start = box(b"tfdt", struct.pack(">IQ", 1 << 24, number * pictures * PER_PICTURE))
    track = box(b"tfhd", struct.pack(">III", 0x020008, _PICTURES, PER_PICTURE))
    flags = 0x301 if durations else 0x201
    run = struct.pack(">IIi", flags, pictures, 0)
    for _ in range(pictures):
        run += struct.pack(">II", PER_PICTURE, _SIZE) if durations else struct.pack(">I", _SIZE)
    heard = box(
        b"traf",
        box(b"tfhd", struct.pack(">III", 0x020008, _SOUND, 1)),
        box(b"tfdt", struct.pack(">IQ", 1 << 24, 0)),
        box(b"trun", struct.pack(">IIi", 0x1, 8_000, 0)),
    )
    seen = box(b"traf", track, start, box(b"trun", run))
    moof = box(b"moof", box(b"mfhd", bytes(8)), heard, seen)
    return moof + box(b"mdat", bytes(_SIZE) * pictures)


def fragmented(fragments: int, pictures: int, *, durations: bool = True) -> bytes:
    """A file of so many fragments."""
    parts = (fragment(number, pictures, durations=durations) for number in range(fragments))
    return head() + b"".join(parts)
