"""The demo city as a client meets it over real sockets: pictures, true times, every fault."""

import socket
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import av
import pytest

from app.demo.city import build_city
from app.demo.control import ControlError
from app.demo.process import DemoCity
from tests.fakes.demo_city import demo_city, grid_error, open_stream, picture_times, receive

CAMERA = next(one.code for one in build_city().cameras if one.scene == "highway-day")
OTHER = [one.code for one in build_city().cameras if one.scene == "highway-day"][1]
SUB = f"{CAMERA}/sub"


@pytest.fixture(scope="module")
def shared_city(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[DemoCity]:
    cache = pytestconfig.cache.mkdir("user-cache") / "demo"
    with demo_city(tmp_path_factory.mktemp("city"), cache=cache) as city:
        receive(f"{city.base_url}/{SUB}", 2)
        yield city


@pytest.fixture
def city(shared_city: DemoCity) -> Iterator[DemoCity]:
    yield shared_city
    shared_city.control.listen()
    shared_city.control.clear_faults()
    shared_city.control.remove_account(CAMERA)


def _wait_until(holds: Callable[[], bool], timeout: float = 5.0) -> None:
    deadline = time.monotonic() + timeout
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        with socket.socket() as idle:
            idle.settimeout(0.02)


def _paths(city: DemoCity, path: str) -> dict[str, float]:
    found: dict[str, float] = city.control.stats()["paths"].get(path, {})
    return found


@pytest.mark.parametrize("transport", ["tcp", "udp"])
def test_pictures_carry_the_true_time(city: DemoCity, transport: str) -> None:
    received = receive(f"{city.base_url}/{SUB}", 75, transport=transport)
    times = picture_times(received)
    assert len(times) == 73
    assert max(grid_error(taken_at, SUB) for taken_at in times) < 0.001
    assert all(b - a == pytest.approx(1 / 15, abs=0.001) for a, b in pairwise(times))
    lateness = [one.arrived_at - one.taken_at for one in received[-20:] if one.taken_at]
    # The parser holds each picture until the next one begins.
    assert 0.0 < min(lateness) < 0.12


def test_a_client_starts_at_the_newest_key_frame_and_catches_up(city: DemoCity) -> None:
    received = receive(f"{city.base_url}/{SUB}", 45)
    assert received[0].is_key
    ages = [one.arrived_at - one.taken_at for one in received if one.taken_at is not None]
    assert ages[0] < 2.6
    assert ages[-1] < 0.5


def test_pictures_decode_and_key_frames_come_every_two_seconds(city: DemoCity) -> None:
    with open_stream(f"{city.base_url}/{SUB}") as container:
        keys, sizes = [], set()
        for packet in container.demux(video=0):
            if packet.is_keyframe and packet.pts is not None:
                keys.append(packet.pts)
            sizes |= {(frame.width, frame.height) for frame in packet.decode()}
            if len(keys) >= 2:
                break
    assert sizes == {(640, 360)}
    assert keys[1] - keys[0] == 2 * 90_000


def test_the_main_stream_begins_small_and_becomes_large_at_a_key_frame(city: DemoCity) -> None:
    sizes: list[int] = []
    deadline = time.monotonic() + 90
    with open_stream(f"{city.base_url}/{CAMERA}/main") as container:
        for packet in container.demux(video=0):
            sizes += [frame.width for frame in packet.decode()]
            if sizes and sizes[-1] == 1280:
                break
            assert time.monotonic() < deadline
    assert set(sizes) <= {640, 1280}
    assert sizes == sorted(sizes)


def test_the_picture_is_resized_in_mid_stream(city: DemoCity) -> None:
    receive(f"{city.base_url}/{SUB}", 2)
    with open_stream(f"{city.base_url}/{CAMERA}/main") as container:
        widths: list[int] = []
        for packet in container.demux(video=0):
            widths += [frame.width for frame in packet.decode()]
            if widths and widths[-1] == 1280:
                city.control.set_faults(CAMERA, encoding="sub")
            if 1280 in widths and widths[-1] == 640:
                break
            assert len(widths) < 1500
    assert widths[-1] == 640


# --- clocks ---


def test_a_clock_that_is_wrong_moves_the_times(city: DemoCity) -> None:
    city.control.set_faults(CAMERA, clock_offset_s=-3600.0)
    received = receive(f"{city.base_url}/{SUB}", 40)
    times = picture_times(received)
    assert max(grid_error(taken_at + 3600, SUB) for taken_at in times) < 0.001
    assert received[-1].arrived_at - times[-1] == pytest.approx(3600, abs=0.5)


def test_a_clock_that_drifts_runs_away(city: DemoCity) -> None:
    city.control.set_faults(CAMERA, drift_ppm=20_000.0, report_interval_s=0.5)
    times = picture_times(receive(f"{city.base_url}/{SUB}", 90))
    assert len(times) == 88
    assert times[-1] - times[0] == pytest.approx(87 / 15 * 1.02, abs=0.02)


def test_without_sender_reports_no_picture_has_a_time(city: DemoCity) -> None:
    city.control.set_faults(CAMERA, sender_reports=False)
    received = receive(f"{city.base_url}/{SUB}", 40)
    assert [one.taken_at for one in received] == [None] * 40


def test_lost_sender_reports_leave_the_mapping_of_the_last(city: DemoCity) -> None:
    with open_stream(f"{city.base_url}/{SUB}") as container:
        reports = None
        for index, packet in enumerate(container.demux(video=0)):
            if index == 35:
                city.control.set_faults(CAMERA, report_loss=1.0)
                reports = _paths(city, SUB)["reports"]
            if index == 100:
                assert packet.has_sidedata("prft")
                break
    assert _paths(city, SUB)["reports"] == reports


# --- what fails when opening ---


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (401, av.error.HTTPUnauthorizedError),
        (404, av.error.HTTPNotFoundError),
        (503, av.error.HTTPServerError),
    ],
)
def test_a_camera_answers_with_an_error(
    city: DemoCity, status: int, expected: type[Exception]
) -> None:
    city.control.set_faults(SUB, status=status)
    with pytest.raises(expected):
        receive(f"{city.base_url}/{SUB}", 1)
    assert receive(f"{city.base_url}/{OTHER}/sub", 1)


def test_an_unknown_camera_is_not_found(city: DemoCity) -> None:
    with pytest.raises(av.error.HTTPNotFoundError):
        receive(f"{city.base_url}/BNU-999-1/sub", 1)


@pytest.mark.parametrize("scheme", ["basic", "digest", "both"])
def test_only_the_password_opens_a_camera(city: DemoCity, scheme: str) -> None:
    city.control.set_account(CAMERA, "operator", "s3cret", scheme)
    host = city.base_url.removeprefix("rtsp://")
    assert receive(f"rtsp://operator:s3cret@{host}/{SUB}", 2)
    for credentials in ("", "operator:wrong@"):
        with pytest.raises(av.error.HTTPUnauthorizedError):
            receive(f"rtsp://{credentials}{host}/{SUB}", 1)


def test_a_refused_connection_and_the_same_port_again(city: DemoCity) -> None:
    with open_stream(f"{city.base_url}/{SUB}") as container:
        packets = container.demux(video=0)
        assert next(packets).size
        city.control.refuse()
        with pytest.raises(av.error.ConnectionRefusedError):
            receive(f"{city.base_url}/{SUB}", 1)
        assert sum(1 for packet in packets if packet.size) < 60
    assert city.control.stats()["connections"] == 0
    city.control.listen()
    assert receive(f"{city.base_url}/{SUB}", 2)


def test_a_silent_camera_runs_into_the_open_timeout(city: DemoCity) -> None:
    city.control.set_faults(CAMERA, silent=True)
    with pytest.raises(av.FFmpegError):
        receive(f"{city.base_url}/{SUB}", 1, open_s=1)


def test_a_camera_has_only_so_many_sessions(city: DemoCity) -> None:
    city.control.set_faults(CAMERA, max_sessions=1)
    with open_stream(f"{city.base_url}/{SUB}") as first:
        assert next(first.demux(video=0)).size
        with pytest.raises(av.FFmpegError):
            receive(f"{city.base_url}/{SUB}", 1)
    _wait_until(lambda: _paths(city, SUB)["sessions"] == 0)
    assert receive(f"{city.base_url}/{SUB}", 1)


# --- what fails while playing ---


def _packets_after(city: DemoCity, change: Callable[[], object]) -> list[int]:
    """Play, change something after two seconds of pictures, and return the sizes until the end."""
    sizes: list[int] = []
    with open_stream(f"{city.base_url}/{SUB}", read_s=1.2) as container:
        try:
            for index, packet in enumerate(container.demux(video=0)):
                if index == 31:
                    change()
                if index > 31:
                    sizes.append(packet.size)
                if len(sizes) > 100:
                    break
        except av.FFmpegError:
            return sizes
    return sizes


def test_a_stall_keeps_the_socket_and_sends_nothing(city: DemoCity) -> None:
    sizes = _packets_after(city, lambda: city.control.set_faults(CAMERA, stall=True))
    assert len(sizes) < 35


def test_after_a_stall_pictures_go_on_in_the_same_session(city: DemoCity) -> None:
    path = _paths(city, SUB)
    with open_stream(f"{city.base_url}/{SUB}", read_s=10) as container:
        packets = container.demux(video=0)
        for _ in range(32):
            next(packets)
        city.control.set_faults(CAMERA, stall=True)
        before = _paths(city, SUB)["frames"]
        city.control.clear_faults()
        for _ in range(40):
            assert next(packets).size
        assert _paths(city, SUB)["frames"] > before
    assert _paths(city, SUB)["played"] == path["played"] + 1


@pytest.mark.parametrize("reset", [False, True])
def test_dropped_connections_end_the_stream(city: DemoCity, reset: bool) -> None:
    sizes = _packets_after(city, lambda: city.control.drop(CAMERA, reset=reset))
    assert len(sizes) < 35
    _wait_until(lambda: _paths(city, SUB)["sessions"] == 0)


def test_a_slow_drip_delivers_a_byte_a_second(city: DemoCity) -> None:
    city.control.set_faults(CAMERA, drip_bytes_per_s=1.0)
    with socket.create_connection(_address(city), timeout=5) as client:
        _play(client, city)
        client.settimeout(3.5)
        got = b""
        began = time.monotonic()
        while time.monotonic() - began < 3.0:
            got += client.recv(4096)
        assert 2 <= len(got) <= 5


def test_garbage_is_no_video(city: DemoCity) -> None:
    sizes = _packets_after(city, lambda: city.control.set_faults(CAMERA, garbage=True))
    assert len(sizes) < 40


def test_corruption_changes_pictures_and_keeps_the_session(city: DemoCity) -> None:
    healthy = {one.data for one in receive(f"{city.base_url}/{SUB}", 45)}
    city.control.set_faults(CAMERA, corrupt=0.02)
    damaged = [one.data for one in receive(f"{city.base_url}/{SUB}", 30)]
    assert sum(data not in healthy for data in damaged) > 20


def test_lost_datagrams_leave_holes_in_the_sequence(city: DemoCity) -> None:
    city.control.set_faults(CAMERA, udp_loss=0.3)
    with (
        socket.create_connection(_address(city), timeout=5) as client,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media,
    ):
        media.bind(("127.0.0.1", 0))
        media.settimeout(5)
        port = media.getsockname()[1]
        _play(client, city, f"RTP/AVP;unicast;client_port={port}-{port + 1}")
        numbers = [int.from_bytes(media.recv(2048)[2:4], "big") for _ in range(150)]
    sent = (numbers[-1] - numbers[0]) % 65536 + 1
    assert 0.15 < 1 - len(numbers) / sent < 0.45


def test_a_late_camera_is_late_and_its_times_stay_true(city: DemoCity) -> None:
    city.control.set_faults(CAMERA, delay_s=0.8)
    received = receive(f"{city.base_url}/{SUB}", 50)
    times = picture_times(received)
    assert max(grid_error(taken_at, SUB) for taken_at in times) < 0.001
    assert 0.8 <= received[-1].arrived_at - times[-1] < 1.1


def test_the_distance_of_key_frames_can_be_changed(city: DemoCity) -> None:
    city.control.set_faults(CAMERA, keyframe_interval_s=0.4)
    received = receive(f"{city.base_url}/{SUB}", 30)
    keys = [index for index, one in enumerate(received) if one.is_key]
    assert [b - a for a, b in pairwise(keys)] == [6] * (len(keys) - 1)
    assert len(keys) >= 4


def test_a_client_that_does_not_read_is_dropped(city: DemoCity) -> None:
    city.control.set_faults(CAMERA, client_buffer_bytes=1)
    before = _paths(city, SUB)["dropped_slow"]
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    with client:
        client.connect(_address(city))
        _play(client, city)
        _wait_until(lambda: _paths(city, SUB)["dropped_slow"] == before + 1, 30)


# --- the rest ---


def test_the_server_counts_what_tests_must_know(city: DemoCity) -> None:
    _wait_until(lambda: city.control.stats()["connections"] == 0)
    city.control.reset_counts()
    before = _paths(city, SUB)
    sockets = [socket.create_connection(_address(city), timeout=5) for _ in range(5)]
    _wait_until(lambda: city.control.stats()["opening"] == 5)
    for one in sockets:
        one.close()
    _wait_until(lambda: city.control.stats()["opening"] == 0)
    with open_stream(f"{city.base_url}/{SUB}") as container:
        assert next(container.demux(video=0)).size
        stats = city.control.stats()
        assert (stats["playing"], stats["opening"], stats["peak_opening"]) == (1, 0, 5)
        assert stats["paths"][SUB]["sessions"] == 1
        assert stats["paths"][SUB]["connections"] == before["connections"] + 1
        assert abs(stats["paths"][SUB]["opened_at"][-1] - time.time()) < 20


def test_a_file_is_served_as_a_clip(city: DemoCity, tmp_path: Path) -> None:
    for codec in ("libx264", "libx265"):
        file = _film(tmp_path / f"{codec}.mp4", codec)
        city.control.add_clip(codec, str(file))
        with open_stream(f"{city.base_url}/clip/{codec}") as container:
            frames = 0
            for packet in container.demux(video=0):
                frames += len(packet.decode())
                if frames >= 20:
                    break
            assert container.streams.video[0].codec_context.width == 320


def test_what_is_no_film_is_refused(city: DemoCity, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"not a film")
    with pytest.raises(ControlError, match="no video"):
        city.control.add_clip("bad", str(bad))
    with pytest.raises(ControlError, match="no fault"):
        city.control.set_faults("*", melt=True)


def test_the_registry_is_written_and_the_server_ends_with_its_parent(tmp_path: Path) -> None:
    with demo_city(tmp_path, cache=tmp_path / "cache") as own:
        assert len(own.csv_path.read_text(encoding="utf-8").splitlines()) == 951
        assert own.base_url in own.csv_path.read_text(encoding="utf-8")
        assert own.poll_ready()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(_address(own), timeout=2).close()


def _address(city: DemoCity) -> tuple[str, int]:
    host, _, port = city.base_url.removeprefix("rtsp://").partition(":")
    return host, int(port)


def _play(
    client: socket.socket, city: DemoCity, transport: str = "RTP/AVP/TCP;interleaved=0-1"
) -> None:
    """Open the camera by hand and stop reading after the answer to PLAY."""
    url = f"{city.base_url}/{SUB}"
    session = ""
    for number, (method, target, more) in enumerate(
        (
            ("DESCRIBE", url, ""),
            ("SETUP", f"{url}/trackID=0", f"Transport: {transport}\r\n"),
            ("PLAY", url, "Session: {}\r\n"),
        ),
        start=1,
    ):
        client.sendall(
            f"{method} {target} RTSP/1.0\r\nCSeq: {number}\r\n{more.format(session)}\r\n".encode()
        )
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += client.recv(1)
        assert answer.startswith(b"RTSP/1.0 200"), answer
        head = answer.decode()
        if "Content-Length: " in head:
            left = int(head.split("Content-Length: ")[1].split("\r\n")[0])
            while left:
                left -= len(client.recv(left))
        if "Session: " in head:
            session = head.split("Session: ")[1].split(";")[0].split("\r\n")[0]


def _film(path: Path, codec: str) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        stream.codec_context.max_b_frames = 0
        stream.codec_context.gop_size = 10
        for index in range(50):
            frame = av.VideoFrame(320, 180, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([(index * 4 + 40) % 256]) * plane.buffer_size)
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path
