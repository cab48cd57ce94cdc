"""Pictures that wait, pictures played from the ring and stills, with real workers and streams."""

import time
from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from app.demo.process import DemoCity
from app.domain.camera import CameraCode
from app.domain.stream import PictureClock, StreamState
from app.video.engine_types import Moment, ViewSpec
from app.video.messages import StreamFigures
from app.video.worker_pool import WorkerLoss
from tests.fakes.demo_city import demo_city
from tests.integration.video.known_frames import (
    SIZE,
    known_camera,
    new_picture,
    picture_taken_s,
    taken_s,
)
from tests.integration.video.rtsp_wall import HeadlessWall, key

FIRST, SECOND = CameraCode("C0"), CameraCode("C1")
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCity]:
    with demo_city(tmp_path_factory.mktemp("city")) as city:
        yield city


@pytest.fixture
def wall(city: DemoCity) -> Iterator[HeadlessWall]:
    """Two live tiles that know their cameras' clocks."""
    with HeadlessWall([known_camera(city, number) for number in range(2)]) as wall:
        wall.show(dict.fromkeys((FIRST, SECOND), SIZE))
        wall.until(wall.is_live, what="live")
        wall.until(
            lambda: all(wall.status(c).clock is PictureClock.CAMERA for c in (FIRST, SECOND)),
            what="the cameras' clocks",
        )
        yield wall


def ages_s(wall: HeadlessWall, code: CameraCode, count: int) -> list[float]:
    """How old pictures are when they reach the board, by their own numbers."""
    ages = []
    for _ in range(count):
        picture = new_picture(wall, code)
        ages.append(picture.facts.published_us / 1e6 - picture_taken_s(picture, int(code[1:])))
    return ages


def figures_of(wall: HeadlessWall, code: CameraCode) -> StreamFigures:
    record = next(r for s, r in wall.engine.records.items() if s.camera == code)
    wall.until(lambda: record.figures is not None, what="a heartbeat")
    assert record.figures is not None
    return record.figures


def has_ring(wall: HeadlessWall, code: CameraCode, seconds: float) -> None:
    wall.until(lambda: figures_of(wall, code).ring_seconds > seconds, what="a ring")


def test_a_tile_that_waits_is_live_and_says_how_long(wall: HeadlessWall) -> None:
    before = sorted(ages_s(wall, FIRST, 15))[7]
    wall.engine.hold(key(FIRST), 0.3)
    ages_s(wall, FIRST, 6)
    ages = sorted(ages_s(wall, FIRST, 30))
    assert before < 0.2
    # Even on a busy machine the middle one is shown at its time.
    assert 0.29 <= ages[15] <= 0.36
    assert min(ages) >= 0.28
    status = wall.status(FIRST)
    assert status.state is StreamState.LIVE
    assert status.hold_s == 0.3
    assert status.age_s is not None
    assert status.age_s >= 0.29
    assert sorted(ages_s(wall, SECOND, 15))[7] < 0.2
    assert wall.status(SECOND).hold_s == 0.0
    wall.engine.hold(key(FIRST), 0.0)
    ages_s(wall, FIRST, 6)
    assert sorted(ages_s(wall, FIRST, 15))[7] < 0.2


def test_looking_back_plays_the_moment_and_comes_back_live(wall: HeadlessWall) -> None:
    has_ring(wall, FIRST, 4)
    asked_s = time.time() - 3
    wall.engine.look_back(key(FIRST), Moment(round(asked_s * 1e6), by_camera=False))
    wall.until(lambda: new_picture(wall, FIRST).facts.is_replay, what="the replay")
    status = wall.status(FIRST)
    assert status.state is StreamState.REPLAY
    assert status.replay_s == pytest.approx(3.0, abs=0.5)
    places = []
    for _ in range(20):
        picture = new_picture(wall, FIRST)
        assert picture.facts.is_replay
        taken = picture_taken_s(picture, 0)
        places.append(taken - time.time())
        assert abs(picture.facts.utc_us / 1e6 - taken) < 0.005
    assert places == pytest.approx([-3.0] * 20, abs=0.5)
    assert not new_picture(wall, SECOND).facts.is_replay
    wall.engine.look_back(key(FIRST), None)
    took = wall.until(lambda: not new_picture(wall, FIRST).facts.is_replay, what="live pictures")
    assert took < 1.0
    status = wall.status(FIRST)
    assert status.state is StreamState.LIVE
    assert status.replay_s is None


def test_a_replay_goes_on_in_another_size_and_zoom(wall: HeadlessWall) -> None:
    has_ring(wall, FIRST, 4)
    wall.engine.look_back(key(FIRST), Moment(round((time.time() - 3) * 1e6), by_camera=False))
    wall.until(lambda: new_picture(wall, FIRST).facts.is_replay, what="the replay")
    wall.show({FIRST: (1280, 720), SECOND: SIZE})

    def is_large() -> bool:
        picture = new_picture(wall, FIRST)
        assert picture.facts.is_replay
        return picture.facts.width == 1280

    wall.until(is_large, what="the large picture")
    assert wall.status(FIRST).replay_s == pytest.approx(3.0, abs=0.7)


@pytest.mark.logs_errors
def test_a_replay_ends_with_its_connection(wall: HeadlessWall, city: DemoCity) -> None:
    has_ring(wall, FIRST, 3)
    wall.engine.look_back(key(FIRST), Moment(round((time.time() - 2) * 1e6), by_camera=False))
    wall.until(lambda: new_picture(wall, FIRST).facts.is_replay, what="the replay")
    city.control.set_faults("clip/known-0", status=404)
    city.control.drop("clip/known-0")
    wall.until(
        lambda: wall.status(FIRST).state in (StreamState.RECONNECTING, StreamState.OFFLINE),
        what="said to be lost",
    )
    assert wall.status(FIRST).replay_s is None
    city.control.set_faults("clip/known-0", status=0)
    wall.until(lambda: wall.is_live(FIRST), seconds=40, what="live again")


def still_of(wall: HeadlessWall, code: CameraCode, moment: Moment, width: int) -> bytes | None:
    answers: list[bytes | None] = []
    wall.engine.still(code, moment, width, answers.append)
    assert not answers, "answered before anybody could know"
    wall.until(lambda: bool(answers), what="an answer")
    wall.turn(0.2)
    assert len(answers) == 1
    return answers[0]


@pytest.mark.parametrize("is_warm", [False, True])
def test_a_still_shows_the_moment(wall: HeadlessWall, is_warm: bool) -> None:
    if is_warm:
        wall.show({SECOND: SIZE}, warm=[FIRST])
    has_ring(wall, FIRST, 4)
    facts = new_picture(wall, SECOND if is_warm else FIRST).facts
    asked_s = (facts.utc_us if not is_warm else time.time_ns() // 1000) / 1e6 - 2.5
    moment = Moment(round(asked_s * 1e6), by_camera=not is_warm)
    jpeg = still_of(wall, FIRST, moment, 640)
    assert jpeg is not None
    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    assert pixels.shape[:2] == (360, 640)
    found = taken_s(np.asarray(pixels, np.uint8), 0, asked_s)
    assert found == pytest.approx(asked_s, abs=0.04 if not is_warm else 0.1)


def test_many_stills_are_all_answered_and_the_tiles_stay_live(wall: HeadlessWall) -> None:
    has_ring(wall, FIRST, 3)
    answers: list[bytes | None] = []
    now_us = time.time_ns() // 1000
    for number in range(40):
        moment = Moment(now_us - number * 60_000, by_camera=False)
        wall.engine.still((FIRST, SECOND)[number % 2], moment, 320, answers.append)
    ages: list[float] = []

    def all_answered() -> bool:
        ages.extend(wall.status(code).age_s or 0.0 for code in (FIRST, SECOND))
        return len(answers) == 40

    wall.until(all_answered, what="all answers")
    assert all(answers)
    assert max(ages) < 1.0


@pytest.mark.logs_errors
def test_without_a_ring_the_answer_is_none(wall: HeadlessWall) -> None:
    moment = Moment(time.time_ns() // 1000, by_camera=False)
    assert still_of(wall, CameraCode("C9"), moment, 320) is None
    answers: list[bytes | None] = []
    wall.engine.still(FIRST, moment, 320, answers.append)
    # Its worker is lost before it can answer.
    for record in wall.engine.records.values():
        wall.engine.on_worker_lost(record.worker, WorkerLoss.CRASHED, "as the test wants it")
    wall.until(lambda: bool(answers), what="an answer")
    assert answers == [None]


def test_a_view_that_went_forgets_its_hold(wall: HeadlessWall) -> None:
    wall.engine.hold(key(FIRST), 0.4)
    wall.show({SECOND: SIZE}, warm=[FIRST])
    wall.engine.show({key(FIRST): ViewSpec(FIRST, *SIZE), key(SECOND): ViewSpec(SECOND, *SIZE)}, ())
    assert wall.status(FIRST).hold_s == 0.0
    wall.until(lambda: wall.is_live(FIRST), what="live")
    assert sorted(ages_s(wall, FIRST, 15))[7] < 0.2
