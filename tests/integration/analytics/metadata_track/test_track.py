"""One metadata track over real RTSP: what is read, what is said when it cannot be, how it ends."""

from __future__ import annotations

import gzip
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.analytics.adapters.adapter import Reading
from app.analytics.messages import ConnectionState, SourceConfig
from app.analytics.worker.rtsp_metadata import MetadataTrack
from app.core.backoff import Backoff
from app.demo.backend.scene_tracker import known_objects
from app.demo.cameras import phase
from app.demo.city import build_city
from app.demo.scenes.catalogue import FPS, LOOP_S
from app.domain.detection import DetectionFrame
from tests.fakes.certificates import Authority
from tests.fakes.demo_city import demo_city
from tests.fakes.rtsp_metadata_server import RtspMetadataServer

_DOCUMENT = (
    Path(__file__).parents[3] / "unit" / "analytics" / "golden" / "onvif_classifier.xml"
).read_bytes()
_CAMERA = "BNU-2-2"
_PATIENCE_S = 30.0
_SOON = Backoff(0.05, 0.2)
_UNTRUSTED = "The camera cannot be reached, or its certificate is not trusted"
_WAITING, _REFUSED = ConnectionState.WAITING, ConnectionState.REFUSED


class _Listener:
    """What a track says."""

    def __init__(self) -> None:
        self.readings: queue.Queue[Reading] = queue.Queue()
        self.bad: queue.Queue[str] = queue.Queue()
        self.told: queue.Queue[tuple[ConnectionState, str]] = queue.Queue()

    def frames(self, count: int) -> list[DetectionFrame]:
        """The next frames; fails when they do not come."""
        frames: list[DetectionFrame] = []
        while len(frames) < count:
            frames += self.readings.get(timeout=_PATIENCE_S).frames
        return frames

    def trouble(self) -> tuple[ConnectionState, str]:
        """The next state that has a sentence."""
        while True:
            state, sentence = self.told.get(timeout=_PATIENCE_S)
            if sentence:
                return state, sentence


@contextmanager
def _track(url: str, *, silence_s: float = 40.0, ca_file: str = "") -> Iterator[_Listener]:
    listener = _Listener()
    track = MetadataTrack(
        SourceConfig("bannu", "onvif-xml", metadata_urls={_CAMERA: url}, ca_file=ca_file),
        _CAMERA,
        deliver=listener.readings.put,
        bad=listener.bad.put,
        tell=lambda state, sentence: listener.told.put((state, sentence)),
        backoff=_SOON,
        silence_s=silence_s,
    )
    track.start()
    try:
        yield listener
    finally:
        track.close(10.0)


def _cut(data: bytes, size: int = 300) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.parametrize(
    ("packets", "encoding"),
    [
        (_cut(_DOCUMENT) * 3, "vnd.onvif.metadata"),
        (_cut(gzip.compress(_DOCUMENT)) * 3, "vnd.onvif.metadata+gzip"),
        ([_DOCUMENT[200:], *_cut(_DOCUMENT) * 3], "vnd.onvif.metadata"),
    ],
    ids=["plain", "gzip", "joined late"],
)
def test_documents_are_read_whole(packets: Sequence[bytes], encoding: str) -> None:
    with RtspMetadataServer(packets, encoding=encoding) as server, _track(server.url) as heard:
        frames = heard.frames(3)
        assert [frame.module for frame in frames] == ["MyClassifier"] * 3
        assert abs(frames[0].received_us / 1e6 - time.time()) < _PATIENCE_S
        assert heard.told.get() == (ConnectionState.CONNECTING, "")
        assert heard.told.get() == (ConnectionState.CONNECTED, "")
        assert heard.bad.empty()


def test_a_broken_document_is_told_and_the_next_one_read() -> None:
    packets = [_DOCUMENT.replace(b"</tt:Shape>", b"", 1), _DOCUMENT]
    with RtspMetadataServer(packets) as server, _track(server.url) as heard:
        assert heard.bad.get(timeout=_PATIENCE_S) == "The XML is broken"
        assert heard.frames(1)


def test_it_connects_again_without_end() -> None:
    with RtspMetadataServer([_DOCUMENT]) as server, _track(server.url) as heard:
        for _ in range(4):
            assert heard.frames(1)
            server.drop()
            state, sentence = heard.trouble()
            assert state is _WAITING
            assert sentence.startswith("The camera")


def test_a_camera_that_ends_the_stream_is_asked_again() -> None:
    with RtspMetadataServer([_DOCUMENT], ends=True) as server, _track(server.url) as heard:
        assert heard.trouble() == (_WAITING, "The camera ended the stream of metadata")
        assert len(heard.frames(3)) == 3


def test_a_silent_camera_is_given_up_for_a_new_session() -> None:
    with RtspMetadataServer([_DOCUMENT]) as server, _track(server.url, silence_s=9.0) as heard:
        assert heard.frames(1)
        assert heard.trouble() == (_WAITING, "No metadata came for 9 seconds")
        assert heard.frames(1)


def test_a_login_in_the_address_is_used_and_never_said(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    with RtspMetadataServer([_DOCUMENT], login="wall:s3cret") as server:
        right = server.url.replace("//", "//wall:s3cret@")
        with _track(right) as heard:
            assert heard.frames(1)
        with _track(right.replace("s3cret", "guessed")) as heard:
            state, sentence = heard.trouble()
            assert (state, sentence) == (_REFUSED, "The camera refuses the user or the password")
        with _track("rtsp://wall:s3cret@127.0.0.1:1/x") as heard:
            heard.trouble()
    written = caplog.text + "".join(capfd.readouterr())
    assert "s3cret" not in written
    assert "guessed" not in written


def test_a_track_may_come_over_tls_from_whom_the_authority_knows() -> None:
    authority = Authority.shared()
    ca_file = str(authority.ca_file)
    with RtspMetadataServer([_DOCUMENT], certificate=authority.server("localhost")) as server:
        with _track(server.url, ca_file=ca_file) as heard:
            assert heard.frames(1)
        with _track(server.url) as heard:
            assert heard.trouble() == (_WAITING, _UNTRUSTED)
    stranger = RtspMetadataServer([_DOCUMENT], certificate=authority.server("elsewhere"))
    with stranger as server, _track(server.url, ca_file=ca_file) as heard:
        assert heard.trouble() == (_WAITING, _UNTRUSTED)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (
            lambda: RtspMetadataServer([b"$EXI\x80\x42"], encoding="vnd.onvif.metadata.exi.ext"),
            (_REFUSED, "The camera sends its metadata as binary EXI: set them to XML or gzip"),
        ),
        (
            lambda: RtspMetadataServer([b"\x01\x02\x03"] * 300),
            (_REFUSED, "The camera's metadata are neither XML nor gzip"),
        ),
        (
            lambda: RtspMetadataServer([], has_metadata=False),
            (_WAITING, "The camera sends no metadata at this address"),
        ),
    ],
    ids=["exi", "something else", "no metadata"],
)
def test_tracks_that_cannot_be_read_have_a_sentence(
    make: Callable[[], RtspMetadataServer], expected: tuple[ConnectionState, str]
) -> None:
    with make() as server, _track(server.url) as heard:
        assert heard.trouble() == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("rtsp://wall:s3cret@127.0.0.1:1/x", (_WAITING, "The camera refuses the connection")),
        ("file:///etc/passwd", (_REFUSED, "The address of the metadata is not RTSP")),
        ("http://127.0.0.1:1/x", (_REFUSED, "The address of the metadata is not RTSP")),
    ],
)
def test_addresses_that_lead_nowhere_have_a_sentence(
    url: str, expected: tuple[ConnectionState, str]
) -> None:
    with _track(url) as heard:
        assert heard.trouble() == expected


def test_a_read_under_way_ends_at_once() -> None:
    with RtspMetadataServer([_DOCUMENT]) as server:
        with _track(server.url) as heard:
            heard.frames(1)
            began = time.monotonic()
        assert time.monotonic() - began < 2.0
        assert not [t for t in threading.enumerate() if t.name.startswith("metadata ")]


@pytest.mark.parametrize("is_compressed", [False, True])
def test_the_demo_city_sends_the_boxes_of_its_pictures(tmp_path: Path, is_compressed: bool) -> None:
    camera = next(
        each
        for each in build_city().cameras
        if each.metadata_encoding and ("gzip" in each.metadata_encoding) is is_compressed
    )
    path = f"{camera.code}/sub"
    with demo_city(tmp_path) as city, _track(f"{city.base_url}/{path}") as heard:
        frames = heard.frames(20)
        assert heard.bad.empty()
    for frame in frames:
        picture = round(frame.time_us / 1e6 * FPS - phase(path))
        truth = [one.box for one in known_objects(camera.scene, picture % (FPS * LOOP_S))]
        for each in frame.objects:
            box = (each.box.x1, each.box.y1, each.box.x2, each.box.y2)
            assert any(box == pytest.approx(one, abs=0.002) for one in truth)
    assert sum(len(frame.objects) for frame in frames) > 0
