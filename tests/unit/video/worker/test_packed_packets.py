"""Packets of a closed group, packed and had again."""

import io
from fractions import Fraction
from typing import cast

import av
from av.packet import Packet
from av.stream import Stream
from hypothesis import given
from hypothesis import strategies as st

from app.video.worker.clock import Stamp
from app.video.worker.packed_packets import pack
from app.video.worker.ring import PacketRing
from app.video.worker.ring_entry import RingEntry
from tests.integration.worker.media import Recipe, container

_TIMES = st.integers(-(2**62), 2**62)
_STAMPS = st.builds(Stamp, st.none() | _TIMES, _TIMES, _TIMES, is_approximate=st.booleans())


def _streamed(recipe: Recipe) -> list[RingEntry]:
    entries = []
    with av.open(io.BytesIO(container(recipe, "mp4")), "r") as file:
        for number, each in enumerate(file.demux(file.streams.video[0])):
            if each.size:
                packet = cast("Packet[Stream]", each)
                stamp = packet.opaque = Stamp(number * 40_000, -7, number * 40_000 + 90)
                pts = packet.pts or 0
                entries.append(
                    RingEntry(packet, packet.is_keyframe, stamp, number, pts, packet.size)
                )
    return entries


def _seen(entry: RingEntry) -> tuple[object, ...]:
    packet = entry.packet
    return (
        bytes(packet),
        packet.pts,
        packet.dts,
        packet.time_base,
        packet.is_keyframe,
        packet.is_corrupt,
        packet.opaque,
        entry.is_key,
        entry.stamp,
        entry.released_us,
        entry.pts,
        entry.size,
    )


def test_all_of_a_stream_with_reordered_pictures_is_there_again() -> None:
    entries = _streamed(Recipe(b_frames=2))
    packed = pack(entries)
    assert packed is not None
    assert [_seen(entry) for entry in packed.unpack()] == [_seen(entry) for entry in entries]


@given(
    st.binary(min_size=0, max_size=50),
    _STAMPS,
    st.none() | _TIMES,
    st.none() | _TIMES,
    st.booleans(),
)
def test_any_packet_is_there_again(
    data: bytes, stamp: Stamp, pts: int | None, dts: int | None, is_corrupt: bool
) -> None:
    packet = Packet(data)
    packet.pts, packet.dts, packet.opaque = pts, dts, stamp
    packet.is_corrupt = is_corrupt
    entry = RingEntry(packet, False, stamp, 12, pts or 0, len(data))
    packed = pack([entry, entry])
    assert packed is not None
    assert [_seen(each) for each in packed.unpack()] == [_seen(entry)] * 2


def _encoded() -> RingEntry:
    """A packet as the encoder gives it, with side data that no stream carries."""
    encoder = av.CodecContext.create("libx264", "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = 64, 64, "yuv420p"
    encoder.time_base = Fraction(1, 15)
    encoder.options = {"tune": "zerolatency"}
    frame = av.VideoFrame(64, 64, "yuv420p")
    frame.pts, frame.time_base = 0, encoder.time_base
    packet = cast("Packet[Stream]", encoder.encode(frame)[0])
    stamp = packet.opaque = Stamp(None, 0, 1)
    return RingEntry(packet, True, stamp, 1, 0, packet.size)


def test_what_would_lose_something_is_not_packed() -> None:
    with_side_data = _encoded()
    assert list(with_side_data.packet.iter_sidedata())
    assert pack([with_side_data]) is None
    first, second = _streamed(Recipe())[:2]
    second.packet.time_base = Fraction(1, 7)
    assert pack([first, second]) is None


def test_a_ring_keeps_as_it_is_what_cannot_be_packed() -> None:
    ring = PacketRing(600, 10**9)
    odd = _encoded()
    ring.append(odd)
    for entry in _streamed(Recipe()):
        ring.append(entry)
    first = ring.key_before(-100)
    assert first is not None
    assert ring.group(first) == [odd]


def test_a_ring_gives_the_same_packets_whether_they_are_packed_or_not() -> None:
    entries = _streamed(Recipe(gop=10))
    ring = PacketRing(600, 10**9)
    for entry in entries:
        ring.append(entry)
    first = ring.key_before(0)
    assert first is not None
    assert [_seen(each) for each in ring.since(first)] == [_seen(each) for each in entries]
    # Groups that were read once and are folded again.
    assert [_seen(each) for each in ring.since(first)] == [_seen(each) for each in entries]
