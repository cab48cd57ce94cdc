"""Why a stream is not live: what real FFmpeg makes of real misbehaviour, told in our reasons."""

import os
import socket
import ssl
import subprocess
import threading
import time
from pathlib import Path

import pytest

from app.domain.stream import Reason
from tests.integration.worker.driver import Driver
from tests.integration.worker.media import Recipe, container, encode
from tests.integration.worker.servers import Camera, Handler, Server, http, reset

AUDIO_ONLY = "v=0\r\no=- 0 0 IN IP4 0\r\ns=x\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\na=control:a\r\n"
ODD_CODEC = (
    "v=0\r\no=- 0 0 IN IP4 0\r\ns=x\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 WEIRD/90000\r\na=control:v\r\n"
)
SECRET = "s3cret-Pass"


def reset_at_once(client: socket.socket, _leaving: threading.Event) -> None:
    client.recv(100)
    reset(client)


def say_nothing(_client: socket.socket, leaving: threading.Event) -> None:
    leaving.wait()


def drip(client: socket.socket, leaving: threading.Event) -> None:
    while not leaving.wait(0.2):
        client.sendall(b"R")


def garbage(client: socket.socket, leaving: threading.Event) -> None:
    client.recv(100)
    client.sendall(os.urandom(50_000))
    leaving.wait()


def answers(**statuses: str) -> Camera:
    return Camera(statuses=statuses, headers='WWW-Authenticate: Basic realm="x"\r\n')


OPENING: list[tuple[str, Handler, Reason]] = [
    ("401", answers(DESCRIBE="401 Unauthorized"), Reason.WRONG_PASSWORD),
    ("403", answers(DESCRIBE="403 Forbidden"), Reason.WRONG_PASSWORD),
    ("404", answers(DESCRIBE="404 Not Found"), Reason.NOT_FOUND),
    ("453 on SETUP", answers(SETUP="453 Not Enough Bandwidth"), Reason.SERVER_BUSY),
    ("503", answers(DESCRIBE="503 Service Unavailable"), Reason.SERVER_BUSY),
    ("461", answers(SETUP="461 Unsupported Transport"), Reason.UNSUPPORTED),
    ("no video", Camera(sdp=AUDIO_ONLY), Reason.NO_VIDEO),
    ("odd codec", Camera(sdp=ODD_CODEC), Reason.UNSUPPORTED),
    ("reset", reset_at_once, Reason.CONNECTION_LOST),
    ("no answer", say_nothing, Reason.TIMED_OUT),
    ("a byte now and then", drip, Reason.TIMED_OUT),
    ("garbage", garbage, Reason.TIMED_OUT),
]


@pytest.fixture(scope="module")
def clip() -> list[bytes]:
    return encode(Recipe())


@pytest.mark.parametrize(
    ("handler", "reason"), [c[1:] for c in OPENING], ids=[c[0] for c in OPENING]
)
def test_reason_when_opening_fails(worker: Driver, handler: Handler, reason: Reason) -> None:
    if isinstance(handler, Camera) and handler.statuses.get("SETUP"):
        handler.units = encode(Recipe(frames=1))
    with Server(handler) as server:
        url = f"rtsp://operator:{SECRET}@127.0.0.1:{server.port}/x"
        worker.open(1, url, open_timeout_s=1.5, read_timeout_s=1.5)
        ended = worker.ended(1, seconds=8)
    assert ended.reason == reason.value, ended.detail
    assert SECRET not in ended.detail
    assert ended.detail


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("rtsp://127.0.0.1:99999/x", Reason.BAD_URL),
        ("rtsp://[::1/x", Reason.BAD_URL),
        ("rtsp:///x", Reason.BAD_URL),
        ("not a url", Reason.BAD_URL),
        ("gopher://127.0.0.1/x", Reason.UNSUPPORTED),
        ("file:///no/such/file.ts", Reason.NOT_FOUND),
        ("rtsp://no-such-host.invalid/x", Reason.UNKNOWN_HOST),
    ],
)
def test_reason_of_an_address_that_leads_nowhere(worker: Driver, url: str, reason: Reason) -> None:
    worker.open(1, url, engine="ffmpeg")
    ended = worker.ended(1)
    assert ended.reason == reason.value, ended.detail


def test_refused(worker: Driver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    worker.open(1, f"rtsp://127.0.0.1:{port}/x")
    assert worker.ended(1).reason == Reason.REFUSED.value


def test_silence_with_the_socket_open(worker: Driver, clip: list[bytes]) -> None:
    camera = Camera(clip, on_unit=lambda index, _client: index < 10)
    with Server(camera) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/x", read_timeout_s=1.0)
        worker.opened(1)
        began = time.monotonic()
        assert worker.ended(1).reason == Reason.SILENT.value
        assert time.monotonic() - began < 4


def test_drip_after_pictures_is_silence(worker: Driver, clip: list[bytes]) -> None:
    def slowly(index: int, client: socket.socket) -> bool:
        if index < 10:
            return True
        client.sendall(b"$\x00\x04\x00")
        for _ in range(60):
            client.sendall(b"\x00")
            if stop.wait(0.2):
                break
        return False

    stop = threading.Event()
    with Server(Camera(clip, on_unit=slowly)) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/x", read_timeout_s=1.0)
        worker.opened(1)
        began = time.monotonic()
        assert worker.ended(1).reason == Reason.SILENT.value
        assert time.monotonic() - began < 6
        stop.set()


def test_close_in_mid_stream_is_a_lost_connection(worker: Driver, clip: list[bytes]) -> None:
    def hang_up(index: int, client: socket.socket) -> bool:
        if index == 5:
            reset(client)
        return True

    with Server(Camera(clip, on_unit=hang_up)) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/x")
        assert worker.ended(1).reason == Reason.CONNECTION_LOST.value


def test_a_file_and_a_body_end(worker: Driver, tmp_path: Path) -> None:
    body = container(Recipe(frames=20), "mpegts")
    (tmp_path / "clip.ts").write_bytes(body)
    worker.open(1, (tmp_path / "clip.ts").as_uri())
    assert worker.ended(1).reason == Reason.ENDED.value
    with Server(http(body, "video/mp2t")) as server:
        worker.open(2, f"http://127.0.0.1:{server.port}/clip.ts")
        assert worker.ended(2).reason == Reason.ENDED.value


@pytest.mark.parametrize(
    ("status", "reason"),
    [("401 Unauthorized", Reason.WRONG_PASSWORD), ("404 Not Found", Reason.NOT_FOUND)],
)
def test_answers_of_a_web_server(worker: Driver, status: str, reason: Reason) -> None:
    with Server(http(b"no", "text/plain", status=status)) as server:
        worker.open(1, f"http://127.0.0.1:{server.port}/x")
        assert worker.ended(1).reason == reason.value


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
        ],
        check=True,
        capture_output=True,
    )
    return folder


def test_certificates_are_verified(worker: Driver, certificate: Path, clip: list[bytes]) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    with Server(Camera(clip), tls) as server:
        url = f"rtsps://localhost:{server.port}/x"
        worker.open(1, url)
        ended = worker.ended(1)
        assert ended.reason == Reason.CERTIFICATE.value
        assert "certificate" in ended.detail
        worker.open(2, url, ca_file=str(certificate / "cert.pem"))
        worker.show(2, worker.view(0))
        assert worker.picture(0).facts.source_width == 320
        by_number = f"rtsps://127.0.0.1:{server.port}/x"
        worker.open(3, by_number, ca_file=str(certificate / "cert.pem"))
        assert worker.ended(3).reason == Reason.CERTIFICATE.value
        worker.open(4, url, ca_file=str(certificate / "none.pem"))
        assert worker.ended(4).reason == Reason.CERTIFICATE.value
