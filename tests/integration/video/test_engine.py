"""The engine against a real RTSP server that is not ours, with real workers."""

import os
import signal
from collections.abc import Iterator

import psutil
import pytest

from app.domain.camera import CameraCode
from app.domain.stream import PictureClock, StreamKind, StreamState
from app.video.engine import EngineSettings
from app.video.messages import StreamFigures
from tests.fakes.gst_server import GstServer
from tests.integration.video.rtsp_wall import HeadlessWall, camera, key

CAMERAS = 6
CODES = [CameraCode(f"C{n}") for n in range(CAMERAS)]


@pytest.fixture(scope="module")
def clip_server() -> Iterator[GstServer]:
    with GstServer(CAMERAS) as server:
        yield server


@pytest.fixture
def wall(clip_server: GstServer) -> Iterator[HeadlessWall]:
    cameras = [camera(n, clip_server.url(n)) for n in range(CAMERAS)]
    with HeadlessWall(cameras) as running:
        yield running


def test_shows_every_camera_live_with_its_own_time(wall: HeadlessWall) -> None:
    wall.show_all()
    wall.until(wall.is_live, what="all live")
    status = wall.status(CODES[0])
    assert status.kind is StreamKind.MAIN
    assert status.age_s is not None
    assert status.age_s < 1.0
    wall.until(
        lambda: wall.status(CODES[0]).clock is PictureClock.CAMERA, what="the camera's own clock"
    )
    offset = wall.status(CODES[0]).clock_offset_s
    assert offset is not None
    assert abs(offset) < 0.5


def test_a_warm_camera_is_connected_but_not_decoded(wall: HeadlessWall) -> None:
    wall.show_all(warm=[CODES[5]])
    wall.until(lambda: wall.is_live(*CODES[:5]), what="five live")
    wall.until(lambda: warm_packets(wall) > 20, what="packets of the warm camera")
    assert figures_of(wall, CODES[5]).decoded == 0
    wall.show_all()
    took = wall.until(lambda: wall.is_live(CODES[5]), seconds=2.0, what="the warm one live")
    assert took < 0.5


def warm_packets(wall: HeadlessWall) -> int:
    return figures_of(wall, CODES[5]).packets


def figures_of(wall: HeadlessWall, code: CameraCode) -> StreamFigures:
    record = next(r for s, r in wall.engine.records.items() if s.camera == code)
    wall.until(lambda: record.figures is not None, what="a heartbeat")
    assert record.figures is not None
    return record.figures


def test_a_view_that_goes_leaves_the_stream_warm_and_its_memory_free(wall: HeadlessWall) -> None:
    wall.show_all()
    wall.until(wall.is_live, what="all live")
    wall.show({CODES[0]: (240, 135)})
    wall.until(lambda: len(wall.engine.records) == 1, what="the others are closed")
    assert wall.is_live(CODES[0])
    assert list(wall.engine.figures()) == [key(CODES[0])]


def test_a_tile_that_grows_keeps_its_picture_until_the_new_size_is_there(
    wall: HeadlessWall,
) -> None:
    wall.show({CODES[0]: (240, 135)})
    wall.until(lambda: wall.is_live(CODES[0]), what="live")
    wall.show({CODES[0]: (1280, 720)})
    picture = wall.engine.picture(key(CODES[0]))
    assert picture is not None
    assert picture.facts.width == 240

    def is_large() -> bool:
        newest = wall.engine.picture(key(CODES[0]))
        assert newest is not None
        return newest.facts.width == 1280

    wall.until(is_large, seconds=3.0, what="the large picture")


@pytest.mark.logs_errors
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV])
def test_a_crash_of_a_worker_leaves_the_other_tiles_alone(
    wall: HeadlessWall, how: signal.Signals
) -> None:
    wall.show_all()
    wall.until(wall.is_live, what="all live")
    victim = next(r.worker for r in wall.engine.records.values())
    hit = [s.camera for s, r in wall.engine.records.items() if r.worker == victim]
    spared = [code for code in CODES if code not in hit]
    assert hit
    assert spared
    before = {code: wall.engine.figures()[key(code)].reconnects for code in spared}
    os.kill(wall.engine.worker_pids[victim], how)
    wall.until(lambda: wall.engine.restarts == 1, seconds=3.0, what="the crash is noticed")
    took = wall.until(wall.is_live, seconds=10.0, what="all live again")
    assert took < 5.0
    assert before == {code: wall.engine.figures()[key(code)].reconnects for code in spared}


@pytest.mark.logs_errors
def test_a_worker_that_is_silent_is_replaced(clip_server: GstServer) -> None:
    cameras = [camera(n, clip_server.url(n)) for n in range(2)]
    settings = EngineSettings(silence_s=2.5)
    with HeadlessWall(cameras, settings) as wall:
        wall.show_all()
        wall.until(wall.is_live, what="all live")
        victim = wall.engine.records[next(iter(wall.engine.records))]
        code = victim.id.camera
        os.kill(wall.engine.worker_pids[victim.worker], signal.SIGSTOP)
        wall.until(
            lambda: wall.status(code).state is StreamState.STALE, seconds=4.0, what="marked stale"
        )
        # How long it says "reconnecting" depends on how fast a process starts.
        wall.until(lambda: wall.engine.restarts == 1, what="replaced")
        wall.until(wall.is_live, what="live again")


def test_the_board_and_the_workers_are_gone_afterwards(clip_server: GstServer) -> None:
    me = psutil.Process()
    with HeadlessWall([camera(0, clip_server.url(0))]) as wall:
        wall.show_all()
        wall.until(wall.is_live, what="live")
        pids = list(wall.engine.worker_pids.values())
        assert len(pids) >= 2
    alive = {child.pid for child in me.children(recursive=True)}
    assert not alive & set(pids)
