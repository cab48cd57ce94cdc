"""RTP and RTCP as bytes: RFC 3550 headers and sender reports, RFC 6184 and RFC 7798 payloads.

An access unit is cut into packets once,
into a template that already has the shape of RTSP interleaved
data (RFC 2326 section 10.12). Sending it to a client is one copy and ten patched bytes a packet.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.demo.bitstream import Codec

PAYLOAD_TYPE = 96
CLOCK_RATE = 90_000
MAX_PAYLOAD = 1400
NTP_EPOCH_OFFSET = 2_208_988_800
"""Seconds from 1900-01-01 (NTP) to 1970-01-01 (Unix)."""

_MARKER = 0x80
_INTERLEAVED = struct.Struct(">BBHBBHII")
_PATCH = struct.Struct(">HII")
_SENDER_REPORT = struct.Struct(">BBHIIIIII")


@dataclass(frozen=True, slots=True)
class PacketTemplate:
    """The packets of one access unit as interleaved data with sequence, time and SSRC left zero."""

    data: bytes
    offsets: tuple[int, ...]
    """Where each packet's ``$`` lies in `data`."""
    payload_octets: int


def payloads(codec: Codec, nal: bytes, limit: int = MAX_PAYLOAD) -> Iterator[bytes]:
    """Yield the RTP payloads of one NAL unit: itself, or FU-A (H.264) or FU (HEVC) fragments."""
    if len(nal) <= limit:
        yield nal
        return
    if codec is Codec.H264:
        head, kind, body = bytes([(nal[0] & 0xE0) | 28]), nal[0] & 0x1F, nal[1:]
    else:
        head, kind, body = (
            bytes([(nal[0] & 0x81) | (49 << 1), nal[1]]),
            (nal[0] >> 1) & 0x3F,
            nal[2:],
        )
    room = limit - len(head) - 1
    for start in range(0, len(body), room):
        flags = (0x80 if start == 0 else 0) | (0x40 if start + room >= len(body) else 0)
        yield head + bytes([flags | kind]) + body[start : start + room]


def packetise(codec: Codec, nals: Sequence[bytes], limit: int = MAX_PAYLOAD) -> PacketTemplate:
    """Cut one access unit into RTP packets; the last one carries the marker bit."""
    parts = [part for nal in nals for part in payloads(codec, nal, limit)]
    data = bytearray()
    offsets = []
    for index, part in enumerate(parts):
        marker = _MARKER if index == len(parts) - 1 else 0
        offsets.append(len(data))
        data += _INTERLEAVED.pack(0x24, 0, 12 + len(part), 0x80, marker | PAYLOAD_TYPE, 0, 0, 0)
        data += part
    return PacketTemplate(bytes(data), tuple(offsets), sum(map(len, parts)))


def packetise_text(
    data: bytes, payload_type: int, *, is_end: bool, limit: int = MAX_PAYLOAD
) -> PacketTemplate:
    """Cut a piece of metadata into RTP packets; the marker bit says that a document ends."""
    packets = bytearray()
    offsets = []
    for start in range(0, len(data), limit):
        part = data[start : start + limit]
        marker = _MARKER if is_end and start + limit >= len(data) else 0
        offsets.append(len(packets))
        packets += _INTERLEAVED.pack(0x24, 0, 12 + len(part), 0x80, marker | payload_type, 0, 0, 0)
        packets += part
    return PacketTemplate(bytes(packets), tuple(offsets), len(data))


def stamp(
    template: PacketTemplate, *, sequence: int, timestamp: int, ssrc: int, channel: int = 0
) -> bytearray:
    """Return the template as one client's interleaved data, its packets numbered from
    `sequence`."""
    data = bytearray(template.data)
    for offset in template.offsets:
        _PATCH.pack_into(data, offset + 6, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
        sequence += 1
    if channel:
        for offset in template.offsets:
            data[offset + 1] = channel
    return data


def datagrams(template: PacketTemplate, data: bytearray) -> Iterator[bytes]:
    """Yield the RTP packets of stamped data without their interleaved headers."""
    view = memoryview(data)
    for start, end in zip(template.offsets, (*template.offsets[1:], len(data)), strict=True):
        yield bytes(view[start + 4 : end])


def ntp_from_unix(seconds: float) -> tuple[int, int]:
    """Return the NTP timestamp (whole seconds, 2**-32 fractions) of a Unix time."""
    whole = int(seconds // 1)
    fraction = round((seconds - whole) * 2**32)
    whole, fraction = whole + (fraction >> 32), fraction & 0xFFFFFFFF
    return (whole + NTP_EPOCH_OFFSET) & 0xFFFFFFFF, fraction


def unix_from_ntp(whole: int, fraction: int) -> float:
    """Return the Unix time of an NTP timestamp of the current era."""
    return whole - NTP_EPOCH_OFFSET + fraction / 2**32


def sender_report(
    *, ssrc: int, unix_time: float, timestamp: int, packets: int, octets: int
) -> bytes:
    """Return a compound RTCP packet: sender report and the SDES CNAME that RFC 3550 6.1 asks
    for."""
    seconds, fraction = ntp_from_unix(unix_time)
    report = _SENDER_REPORT.pack(
        0x80, 200, 6, ssrc, seconds, fraction,
        timestamp & 0xFFFFFFFF, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF,
    )  # fmt: skip
    cname = b"nigehban-demo"
    item = bytes([1, len(cname)]) + cname
    item += b"\x00" * (4 - len(item) % 4)
    return report + struct.pack(">BBHI", 0x81, 202, 1 + len(item) // 4, ssrc) + item


def goodbye(ssrc: int) -> bytes:
    """Return an RTCP BYE for the source."""
    return struct.pack(">BBHI", 0x81, 203, 1, ssrc)
