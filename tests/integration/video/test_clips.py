"""Clips as the engine gives them: with real workers and the demo city's cameras."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.demo.process import DemoCity
from app.domain.camera import CameraCode
from app.domain.stream import PictureClock, StreamKind
from app.video.clip_types import ClipPhase, ClipProgress
from app.video.engine_types import Moment
from app.video.fragments import cut_to_whole, whole_part
from tests.fakes.demo_city import demo_city
from tests.integration.video.known_frames import SIZE, known_camera
from tests.integration.video.rtsp_wall import HeadlessWall

FIRST, SECOND, NOT_SHOWN = CameraCode("C0"), CameraCode("C1"), CameraCode("C2")
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCity]:
    with demo_city(tmp_path_factory.mktemp("city")) as city:
        yield city


@pytest.fixture
def wall(city: DemoCity) -> Iterator[HeadlessWall]:
    """Two live tiles that know their cameras' clocks."""
    with HeadlessWall([known_camera(city, number) for number in range(3)]) as wall:
        wall.show(dict.fromkeys((FIRST, SECOND), SIZE))
        wall.until(lambda: wall.is_live(FIRST, SECOND), what="live")
        wall.until(
            lambda: all(wall.status(c).clock is PictureClock.CAMERA for c in (FIRST, SECOND)),
            what="the cameras' clocks",
        )
        yield wall


def now_us() -> int:
    return time.time_ns() // 1000


def over(wall: HeadlessWall, told: list[ClipProgress]) -> ClipProgress:
    wall.until(lambda: bool(told) and told[-1].phase.is_over, seconds=30, what="the clip's end")
    return told[-1]


def test_a_clip_has_the_times_of_the_cameras_clock(wall: HeadlessWall, tmp_path: Path) -> None:
    told: list[ClipProgress] = []
    # From a key frame after the camera has told its time.
    start_us = now_us() + 3_000_000
    wall.until(lambda: now_us() > start_us, what="the start")
    start, end = Moment(start_us, by_camera=True), Moment(start_us + 3_000_000, by_camera=True)
    wall.engine.cut(FIRST, None, start, end, tmp_path / "clip.mp4", told.append)
    done = over(wall, told)
    assert done.phase is ClipPhase.COMPLETE
    assert (done.kind, done.clock) == (StreamKind.MAIN, PictureClock.CAMERA)
    assert start_us - 2_200_000 <= done.start_us <= start_us
    assert abs(done.end_us - end.utc_us) < 100_000
    assert done.gaps == ()
    assert done.anchors[0] == (0, done.start_us)
    # The times in the file and the camera's say the same.
    for file_us, taken_us in done.anchors:
        assert abs(taken_us - done.start_us - file_us) < 5_000


def test_a_camera_stays_connected_until_its_clip_is_whole(
    wall: HeadlessWall, tmp_path: Path
) -> None:
    told: list[ClipProgress] = []
    file = tmp_path / "clip.mp4"
    start, end = Moment(now_us(), by_camera=False), Moment(now_us() + 12_000_000, by_camera=False)
    wall.engine.cut(FIRST, None, start, end, file, told.append)
    # Nobody looks at it any more, for longer than an unwanted stream is kept.
    wall.show({SECOND: SIZE})
    done = over(wall, told)
    assert done.phase is ClipPhase.COMPLETE
    assert not done.has_ended_early
    assert done.pictures >= 12 * 15 - 2

    def is_closed() -> bool:
        return all(stream.camera != FIRST for stream in wall.engine.records)

    wall.until(is_closed, seconds=20, what="the stream closed")


def test_a_camera_that_is_not_connected_is_refused(wall: HeadlessWall, tmp_path: Path) -> None:
    told: list[ClipProgress] = []
    moment = Moment(now_us(), by_camera=False)
    job = wall.engine.cut(NOT_SHOWN, None, moment, None, tmp_path / "clip.mp4", told.append)
    assert told == []
    assert over(wall, told).trouble == "the camera is not connected"
    job.stop()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.logs_errors
def test_a_killed_worker_is_told_and_leaves_what_it_wrote(
    wall: HeadlessWall, tmp_path: Path
) -> None:
    told: list[ClipProgress] = []
    file = tmp_path / "clip.mp4"
    part = tmp_path / "clip.mp4.part"
    wall.engine.cut(FIRST, None, Moment(now_us(), by_camera=False), None, file, told.append)
    wall.until(lambda: part.exists() and whole_part(part) is not None, what="a fragment")
    worker = next(r.worker for s, r in wall.engine.records.items() if s.camera == FIRST)
    os.kill(wall.engine.worker_pids[worker], signal.SIGKILL)
    done = over(wall, told)
    assert (done.phase, done.sha256) == (ClipPhase.BROKEN, "")
    found = cut_to_whole(part)
    assert found is not None
    assert found.pictures > 0
    wall.until(lambda: wall.is_live(FIRST, SECOND), seconds=30, what="live again")
