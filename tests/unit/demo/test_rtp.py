"""RTP packets and sender reports, taken apart again by code of the test's own."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo.bitstream import Codec, is_key_slice, split_annex_b
from app.demo.rtp import (
    NTP_EPOCH_OFFSET,
    PacketTemplate,
    datagrams,
    ntp_from_unix,
    packetise,
    sender_report,
    stamp,
    unix_from_ntp,
)


def _depacketise(codec: Codec, packets: list[bytes]) -> list[bytes]:
    """Put NAL units together again, as RFC 6184 5.8 and RFC 7798 4.4.3 say."""
    nals: list[bytes] = []
    head = 1 if codec is Codec.H264 else 2
    for packet in packets:
        payload = packet[12:]
        kind = payload[0] & 0x1F if codec is Codec.H264 else (payload[0] >> 1) & 0x3F
        if kind != (28 if codec is Codec.H264 else 49):
            nals.append(payload)
            continue
        flags, body = payload[head], payload[head + 1 :]
        if flags & 0x80:
            if codec is Codec.H264:
                nals.append(bytes([payload[0] & 0xE0 | flags & 0x1F]))
            else:
                nals.append(bytes([payload[0] & 0x81 | (flags & 0x3F) << 1, payload[1]]))
        nals[-1] += body
    return nals


def _packets(template: PacketTemplate, sequence: int = 7) -> list[bytes]:
    return list(datagrams(template, stamp(template, sequence=sequence, timestamp=9, ssrc=5)))


@given(
    st.lists(st.binary(min_size=3, max_size=5000), min_size=1, max_size=4), st.integers(20, 1400)
)
def test_h264_access_units_come_out_as_they_went_in(bodies: list[bytes], limit: int) -> None:
    nals = [b"\x65" + body for body in bodies]
    assert _depacketise(Codec.H264, _packets(packetise(Codec.H264, nals, limit))) == nals


@given(
    st.lists(st.binary(min_size=3, max_size=5000), min_size=1, max_size=4), st.integers(20, 1400)
)
def test_hevc_access_units_come_out_as_they_went_in(bodies: list[bytes], limit: int) -> None:
    nals = [b"\x26\x01" + body for body in bodies]
    assert _depacketise(Codec.HEVC, _packets(packetise(Codec.HEVC, nals, limit))) == nals


def test_no_packet_is_longer_than_the_limit() -> None:
    packets = _packets(packetise(Codec.H264, [b"\x65" + bytes(9000)], 1400))
    assert max(map(len, packets)) == 12 + 1400


def test_only_the_last_packet_of_a_picture_carries_the_marker() -> None:
    packets = _packets(packetise(Codec.H264, [b"\x67abc", b"\x65" + bytes(4000)]))
    assert [packet[1] >> 7 for packet in packets] == [0] * (len(packets) - 1) + [1]


def test_stamping_numbers_the_packets_across_the_wrap() -> None:
    template = packetise(Codec.H264, [b"\x65" + bytes(3000)])
    headers = [struct.unpack(">HII", one[2:12]) for one in _packets(template, sequence=65535)]
    assert headers == [(65535, 9, 5), (0, 9, 5), (1, 9, 5)]


def test_stamping_sets_the_channel_and_leaves_the_template_alone() -> None:
    template = packetise(Codec.H264, [b"\x65" + bytes(3000)])
    before = template.data
    data = stamp(template, sequence=1, timestamp=2, ssrc=3, channel=4)
    assert {data[offset + 1] for offset in template.offsets} == {4}
    assert template.data == before


def test_interleaved_lengths_lead_from_packet_to_packet() -> None:
    template = packetise(Codec.H264, [b"\x65" + bytes(5000)])
    data, offsets, at = template.data, [], 0
    while at < len(data):
        offsets.append(at)
        assert data[at] == 0x24
        at += 4 + int.from_bytes(data[at + 2 : at + 4], "big")
    assert tuple(offsets) == template.offsets


@given(st.floats(0, 2_085_978_495, allow_nan=False))
def test_ntp_times_are_exact_to_a_microsecond(seconds: float) -> None:
    assert unix_from_ntp(*ntp_from_unix(seconds)) == pytest.approx(seconds, abs=1e-6)


def test_the_unix_epoch_is_1970_in_ntp() -> None:
    assert ntp_from_unix(0.5) == (NTP_EPOCH_OFFSET, 1 << 31)


def test_a_sender_report_binds_its_time_to_its_timestamp() -> None:
    report = sender_report(ssrc=77, unix_time=1000.25, timestamp=123456, packets=8, octets=900)
    kind, words, ssrc, whole, fraction, timestamp, packets, octets = struct.unpack(
        ">xBHIIIIII", report[:28]
    )
    assert (kind, words, ssrc) == (200, 6, 77)
    assert unix_from_ntp(whole, fraction) == pytest.approx(1000.25)
    assert (timestamp, packets, octets) == (123456, 8, 900)


def test_a_compound_report_ends_with_whole_words_of_sdes() -> None:
    report = sender_report(ssrc=1, unix_time=0, timestamp=0, packets=0, octets=0)
    sdes = report[28:]
    assert sdes[1] == 202
    assert len(sdes) == 4 * (1 + int.from_bytes(sdes[2:4], "big"))


def test_nal_units_are_found_behind_long_and_short_start_codes() -> None:
    stream = b"\x00\x00\x00\x01\x67a\x00\x00\x01\x68b\x00\x00\x00\x01\x65c\x00\x00"
    nals = list(split_annex_b(stream))
    assert nals == [b"\x67a", b"\x68b", b"\x65c"]
    assert [is_key_slice(Codec.H264, nal) for nal in nals] == [False, False, True]
