"""The packets of a group of pictures that is over, side by side in one piece of memory.

A packet of its own costs, besides its data, some 600 bytes: FFmpeg's packet, buffer and side data,
the objects of Python and the numbers in them. In here it costs 57.
"""

import struct
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, cast

from av.packet import Packet

from app.video.worker.clock import Stamp
from app.video.worker.ring_entry import RingEntry

_ROW = struct.Struct("=IBqqqqqq")
"""Bytes of data, marks, pts, dts, UTC, offset, arrival, release."""
_IS_KEY, _HAS_PTS, _HAS_DTS, _HAS_UTC, _IS_APPROXIMATE, _IS_CORRUPT = 1, 2, 4, 8, 16, 32
_CARRIED = frozenset({"prft", "rtcp_sr"})
"""Side data that has done its service once the packet is stamped."""


class PackedPackets:
    """What ``pack`` was given, to be had again. Never changes: any thread."""

    __slots__ = ("_data", "_rows", "_time_base")

    def __init__(self, data: bytes, rows: bytes, time_base: Fraction | None) -> None:
        self._data = data
        self._rows = rows
        self._time_base = time_base

    def unpack(self) -> list[RingEntry]:
        """The entries anew, each with a packet of its own. About 3 us each."""
        found: list[RingEntry] = []
        view = memoryview(self._data)
        at = 0
        for size, marks, pts, dts, utc, offset, arrival, released in _ROW.iter_unpack(self._rows):
            stamp = Stamp(
                utc if marks & _HAS_UTC else None, offset, arrival, bool(marks & _IS_APPROXIMATE)
            )
            packet: Any = Packet(cast("bytes", view[at : at + size]))
            at += size
            if self._time_base is not None:
                packet.time_base = self._time_base
            packet.pts = pts if marks & _HAS_PTS else None
            packet.dts = dts if marks & _HAS_DTS else None
            packet.is_keyframe = is_key = bool(marks & _IS_KEY)
            packet.is_corrupt = bool(marks & _IS_CORRUPT)
            packet.opaque = stamp
            found.append(RingEntry(packet, is_key, stamp, released, pts, size))
        return found


def pack(entries: Sequence[RingEntry]) -> PackedPackets | None:
    """The same in less memory; ``None`` where something of a packet would be lost by it."""
    time_base = entries[0].packet.time_base
    rows: list[bytes] = []
    for entry in entries:
        packet, stamp = entry.packet, entry.stamp
        if packet.time_base != time_base or not _CARRIED.issuperset(
            each.data_type for each in packet.iter_sidedata()
        ):
            return None
        marks = (
            _IS_KEY * entry.is_key
            | _HAS_PTS * (packet.pts is not None)
            | _HAS_DTS * (packet.dts is not None)
            | _HAS_UTC * (stamp.utc_us is not None)
            | _IS_APPROXIMATE * stamp.is_approximate
            | _IS_CORRUPT * packet.is_corrupt
        )
        rows.append(
            _ROW.pack(
                packet.size,
                marks,
                entry.pts,
                packet.dts or 0,
                stamp.utc_us or 0,
                stamp.offset_us,
                stamp.arrival_us,
                entry.released_us,
            )
        )
    data = b"".join(map(bytes, (entry.packet for entry in entries)))
    return PackedPackets(data, b"".join(rows), time_base)
