"""The metadata track of demo cameras: by PyAV and by a bare socket, plain and compressed."""

from __future__ import annotations

import gzip
import itertools
import re
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import av
import pytest
from lxml import etree

from app.demo.city import build_city
from app.demo.process import DemoCity
from tests.fakes.demo_backend import overlap, true_boxes
from tests.fakes.demo_city import demo_city

_CITY = build_city().cameras
PLAIN = next(one.code for one in _CITY if one.metadata_encoding == "vnd.onvif.metadata")
PACKED = next(one.code for one in _CITY if one.metadata_encoding == "vnd.onvif.metadata+gzip")
WITHOUT = next(one.code for one in _CITY if not one.metadata_encoding)
_TT = "{http://www.onvif.org/ver10/schema}"


@pytest.fixture(scope="module")
def shared_city(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[DemoCity]:
    cache = pytestconfig.cache.mkdir("user-cache") / "demo"
    with demo_city(tmp_path_factory.mktemp("city"), cache=cache) as city:
        yield city


@pytest.fixture
def city(shared_city: DemoCity) -> Iterator[DemoCity]:
    yield shared_city
    shared_city.control.clear_faults()
    shared_city.control.clear_metadata()


def _url(city: DemoCity, code: str) -> str:
    return f"{city.base_url}/{code}/sub"


@dataclass(frozen=True, slots=True)
class Packet:
    """One RTP packet."""

    arrived_at: float
    is_marked: bool
    payload_type: int
    sequence: int
    payload: bytes


class RawClient:
    """RTSP by hand, for what PyAV does not tell: the marker bit and the sender reports."""

    def __init__(self, city: DemoCity, code: str) -> None:
        self._url = _url(city, code)
        host, port = city.base_url.removeprefix("rtsp://").split(":")
        self._socket = socket.create_connection((host, int(port)), timeout=60)
        self._file = self._socket.makefile("rb")
        self._cseq = 0
        self.session = ""

    def __enter__(self) -> RawClient:
        return self

    def __exit__(self, *_what: object) -> None:
        self._file.close()
        self._socket.close()

    def ask(self, method: str, track: str = "", headers: str = "") -> tuple[int, str]:
        """Return the status and everything that was answered."""
        self._cseq += 1
        if self.session:
            headers += f"Session: {self.session}\r\n"
        url = self._url + track
        request = f"{method} {url} RTSP/1.0\r\nCSeq: {self._cseq}\r\n{headers}\r\n"
        self._socket.sendall(request.encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self._file.read(1)
        length = re.search(rb"Content-Length: (\d+)", head)
        body = self._file.read(int(length[1])) if length else b""
        session = re.search(rb"Session: (\w+)", head)
        if session:
            self.session = session[1].decode()
        return int(head.split()[1]), (head + body).decode()

    def set_up(self, track: int, channel: int) -> int:
        transport = f"Transport: RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}\r\n"
        status, _ = self.ask("SETUP", f"/trackID={track}", transport)
        return status

    def read(self) -> tuple[int, bytes]:
        """Return the channel and the bytes of the next interleaved packet."""
        _dollar, channel, length = struct.unpack(">cBH", self._file.read(4))
        return channel, self._file.read(length)

    def packets(self, channel: int, count: int) -> list[Packet]:
        found: list[Packet] = []
        while len(found) < count:
            on, data = self.read()
            if on == channel:
                kind, sequence = data[1], int.from_bytes(data[2:4], "big")
                packet = Packet(time.time(), kind >= 128, kind & 127, sequence, data[12:])
                found.append(packet)
        return found


def _check(code: str, frame: etree._Element, ahead_s: float = 0.0) -> int:
    """Hold a frame against what was drawn; returns how many boxes it has."""
    taken_at = datetime.fromisoformat(frame.get("UtcTime", "")).timestamp() - ahead_s
    true = true_boxes(code, taken_at + 1e-4)
    scale, translate = (frame.find(f".//{_TT}{name}") for name in ("Scale", "Translate"))
    sx, sy, tx, ty = 1.0, 1.0, 0.0, 0.0
    if scale is not None and translate is not None:
        sx, sy = (float(scale.get(axis, "")) for axis in "xy")
        tx, ty = (float(translate.get(axis, "")) for axis in "xy")
    boxes = frame.findall(f".//{_TT}BoundingBox")
    for box in boxes:
        left, right = (float(box.get(name, "")) * sx + tx for name in ("left", "right"))
        top, bottom = (float(box.get(name, "")) * sy + ty for name in ("top", "bottom"))
        seen = ((left + 1) / 2, (1 - top) / 2, (right + 1) / 2, (1 - bottom) / 2)
        assert max(overlap(seen, other) for other in true) > 0.999
    return len(boxes)


def _documents(packets: list[Packet]) -> list[bytes]:
    """Put the documents together that both begin and end in these packets."""
    begins = [index + 1 for index, packet in enumerate(packets) if packet.is_marked]
    return [
        b"".join(packet.payload for packet in packets[start:end])
        for start, end in itertools.pairwise(begins)
    ]


def test_the_description_names_the_track_of_cameras_that_have_one(city: DemoCity) -> None:
    for code, encoding in ((PLAIN, "vnd.onvif.metadata"), (PACKED, "vnd.onvif.metadata+gzip")):
        with RawClient(city, code) as client:
            _, answer = client.ask("DESCRIBE")
            assert "m=application 0 RTP/AVP 107\r\n" in answer
            assert f"a=rtpmap:107 {encoding}/90000\r\n" in answer
    with RawClient(city, WITHOUT) as client:
        _, answer = client.ask("DESCRIBE")
        assert "m=application" not in answer
        assert client.set_up(1, 0) == 404


def test_a_document_is_closed_within_a_second_and_marked_at_its_end(city: DemoCity) -> None:
    with RawClient(city, PLAIN) as client:
        client.ask("DESCRIBE")
        assert client.set_up(1, 0) == 200
        assert client.ask("PLAY")[0] == 200
        packets = client.packets(0, 120)
    assert {packet.payload_type for packet in packets} == {107}
    sequence = [packet.sequence for packet in packets]
    assert sequence == [(sequence[0] + index) & 0xFFFF for index in range(len(packets))]
    documents = _documents(packets)
    assert len(documents) >= 2
    boxes = 0
    for document in documents:
        frames = etree.fromstring(document).findall(f".//{_TT}Frame")
        assert len(frames) == 5
        boxes += sum(_check(PLAIN, frame) for frame in frames)
    assert boxes > 20
    ends = [packet.arrived_at for packet in packets if packet.is_marked]
    assert max(b - a for a, b in itertools.pairwise(ends)) < 1.6
    assert max(len(packet.payload) for packet in packets) <= 1400


def test_both_tracks_of_one_session_and_the_reports_share_the_clock(city: DemoCity) -> None:
    city.control.set_faults("*", clock_offset_s=-3600.0, report_interval_s=0.3)
    with RawClient(city, PLAIN) as client:
        client.ask("DESCRIBE")
        assert client.set_up(0, 0) == 200
        assert client.set_up(1, 2) == 200
        assert client.ask("PLAY")[0] == 200
        reports: dict[int, list[float]] = {1: [], 3: []}
        media = {0: 0, 2: 0}
        while min(map(len, reports.values())) < 3 or min(media.values()) < 5:
            channel, data = client.read()
            if channel in media:
                media[channel] += 1
            elif data[1] == 200:
                whole, fraction = struct.unpack(">II", data[8:16])
                reports[channel].append(time.time() - (whole - 2_208_988_800 + fraction / 2**32))
    for found in reports.values():
        assert min(found) == pytest.approx(3600, abs=0.7)


def _av_packets(city: DemoCity, code: str, count: int) -> list[av.Packet[Any]]:
    options = {"rtsp_transport": "tcp", "allowed_media_types": "data"}
    with av.open(_url(city, code), options=options, timeout=(60, 5)) as container:
        assert [stream.type for stream in container.streams] == ["data"]
        found = []
        for packet in container.demux(container.streams[0]):
            found.append(packet)
            if len(found) == count:
                break
    return found


def test_a_client_without_video_reads_compressed_documents(city: DemoCity) -> None:
    city.control.set_faults(PACKED, clock_offset_s=7200.0)
    blobs: dict[int | None, bytes] = {}
    for packet in _av_packets(city, PACKED, 12):
        blobs[packet.pts] = blobs.get(packet.pts, b"") + bytes(packet)
    whole = list(blobs.values())[:-1]
    assert len(whole) >= 5
    for blob in whole:
        (frame,) = etree.fromstring(gzip.decompress(blob)).findall(f".//{_TT}Frame")
        _check(PACKED, frame, ahead_s=7200.0)


def test_a_client_without_video_reads_plain_documents(city: DemoCity) -> None:
    text = b"".join(bytes(packet) for packet in _av_packets(city, PLAIN, 40))
    assert text.startswith(b"<?xml")
    parser = etree.XMLPullParser(events=("end",), tag=f"{_TT}Frame")
    parser.feed(text[: text.index(b"</tt:MetadataStream>")])
    assert sum(_check(PLAIN, frame) for _event, frame in parser.read_events()) > 0


def test_the_switches_of_the_track(city: DemoCity) -> None:
    city.control.set_metadata(PACKED, lateness_s=0.5, rate=10.0)
    with RawClient(city, PACKED) as client:
        client.ask("DESCRIBE")
        client.set_up(1, 0)
        client.ask("PLAY")
        times, late = [], []
        packets = client.packets(0, 30)
        for packet, document in zip(
            [one for one in packets if one.is_marked][1:], _documents(packets), strict=True
        ):
            (frame,) = etree.fromstring(gzip.decompress(document)).findall(f".//{_TT}Frame")
            times.append(datetime.fromisoformat(frame.get("UtcTime", "")).timestamp())
            late.append(packet.arrived_at - times[-1])
    assert min(late) > 0.49
    assert sorted(late)[len(late) // 2] < 0.65
    steps = [b - a for a, b in itertools.pairwise(times)]
    assert sum(steps) / len(steps) == pytest.approx(0.1, abs=0.01)


def test_silence_of_the_track_leaves_the_pictures(city: DemoCity) -> None:
    city.control.set_metadata("*", silent=True)
    before = city.control.stats()["metadata_messages"]
    with RawClient(city, PLAIN) as client:
        client.ask("DESCRIBE")
        client.set_up(0, 0)
        client.set_up(1, 2)
        client.ask("PLAY")
        assert len(client.packets(0, 60)) == 60
    assert city.control.stats()["metadata_messages"] == before
