"""Access units of H.264 and HEVC: where a NAL unit begins and what kind it is."""

import re
from collections.abc import Iterator
from enum import Enum

_START_CODE = re.compile(b"\x00\x00\x01")


class Codec(Enum):
    """The video codings that the cameras of the demo city can send."""

    H264 = "h264"
    HEVC = "hevc"

    @property
    def encoding_name(self) -> str:
        """The name in an SDP rtpmap line."""
        return "H264" if self is Codec.H264 else "H265"


def split_annex_b(data: bytes) -> Iterator[bytes]:
    """Yield the NAL units of one Annex B byte stream, start codes and padding removed."""
    starts = [found.end() for found in _START_CODE.finditer(data)]
    ends = [start - 3 for start in starts[1:]] + [len(data)]
    for start, end in zip(starts, ends, strict=True):
        nal = data[start:end].rstrip(b"\x00")
        if nal:
            yield nal


def nal_type(codec: Codec, nal: bytes) -> int:
    """Return nal_unit_type (H.264 7.4.1, H.265 7.4.2.2)."""
    return nal[0] & 0x1F if codec is Codec.H264 else (nal[0] >> 1) & 0x3F


def is_parameter_set(codec: Codec, nal: bytes) -> bool:
    """Tell whether the NAL unit is an SPS or PPS, or a VPS in HEVC."""
    return nal_type(codec, nal) in ((7, 8) if codec is Codec.H264 else (32, 33, 34))


def is_key_slice(codec: Codec, nal: bytes) -> bool:
    """Tell whether decoding can start at this NAL unit (IDR; IRAP in HEVC)."""
    kind = nal_type(codec, nal)
    return kind == 5 if codec is Codec.H264 else 16 <= kind <= 21


def is_needed(codec: Codec, nal: bytes) -> bool:
    """Tell whether a decoder needs the NAL unit: delimiters, SEI and filler are not sent."""
    unneeded = (6, 9, 10, 11, 12) if codec is Codec.H264 else (35, 36, 37, 38, 39, 40)
    return nal_type(codec, nal) not in unneeded
