"""What a packet holds, without the framing that its container gives it.

NAL units stand between start codes in a stream (Annex B of ITU-T H.264 and H.265) and after their
length in a file (ISO/IEC 14496-15); the units themselves must not change on the way.
"""

import hashlib
from collections.abc import Iterator, Sequence

_H264, _HEVC = "h264", "hevc"
_START = b"\x00\x00\x01"
_H264_SETS = (7, 8)
_HEVC_SETS = (32, 33, 34)


def has_units(codec: str) -> bool:
    """Whether packets of the codec are made of NAL units."""
    return codec in (_H264, _HEVC)


def length_size(codec: str, extradata: bytes) -> int:
    """How many bytes give the length of a unit; 0 where start codes do."""
    if not extradata or extradata[0] != 1:
        return 0
    at = 4 if codec == _H264 else 21
    return (extradata[at] & 3) + 1 if len(extradata) > at else 0


def units(data: bytes, prefix: int) -> Iterator[bytes]:
    """The NAL units of a packet; ``prefix`` is the size of their length, 0 with start codes.

    A unit never ends in a zero byte: those that follow one are not of it.
    """
    if not prefix:
        yield from (found for piece in data.split(_START) if (found := piece.rstrip(b"\x00")))
        return
    at = 0
    while at + prefix <= len(data):
        length = int.from_bytes(data[at : at + prefix], "big")
        at += prefix
        if found := data[at : at + length].rstrip(b"\x00"):
            yield found
        at += length


def parameter_sets(codec: str, data: bytes, prefix: int) -> bytes:
    """The parameter sets in a key frame, in Annex B form; empty where it does not carry all."""
    wanted: Sequence[int] = _H264_SETS if codec == _H264 else _HEVC_SETS
    found: dict[int, list[bytes]] = {kind: [] for kind in wanted}
    for unit in units(data, prefix):
        kind = unit[0] & 0x1F if codec == _H264 else (unit[0] >> 1) & 0x3F
        if kind in found and unit not in found[kind]:
            found[kind].append(unit)
    if not all(found.values()):
        return b""
    return b"".join(b"\x00" + _START + unit for kind in wanted for unit in found[kind])


class PictureDigest:
    """SHA-256 over all coded pictures, the same in a stream and in a file."""

    def __init__(self, codec: str) -> None:
        self._has_units = has_units(codec)
        self._digest = hashlib.sha256()
        self.pictures = 0

    def add(self, data: bytes, prefix: int) -> None:
        self.pictures += 1
        if not self._has_units:
            self._digest.update(data)
            return
        for unit in units(data, prefix):
            self._digest.update(len(unit).to_bytes(4, "big"))
            self._digest.update(unit)

    @property
    def value(self) -> bytes:
        return self._digest.digest()
