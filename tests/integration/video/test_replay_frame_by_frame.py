"""Replay against the numbers that are burnt into the pictures, with real workers and streams."""

import time
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest

from app.demo.cameras import phase
from app.demo.process import DemoCity
from app.domain.camera import CameraCode
from app.domain.stream import PictureClock
from app.video.board import BoardPicture
from app.video.engine_types import Moment, ReplayCommand
from tests.fakes.code_clip import FPS
from tests.fakes.demo_city import demo_city
from tests.integration.video.known_frames import (
    SIZE,
    known_camera,
    new_picture,
    picture_taken_s,
)
from tests.integration.video.rtsp_wall import HeadlessWall, key

CODES = [CameraCode(f"C{number}") for number in range(4)]
KEYS = [key(code) for code in CODES]
FIRST = CODES[0]
FRAME_S = 1 / FPS
CLOCK_ERROR_S = 0.02
"""How well workstation and cameras know each other's clocks here."""
pytestmark = pytest.mark.timeout(240)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCity]:
    with demo_city(tmp_path_factory.mktemp("city")) as city:
        yield city


@pytest.fixture(scope="module")
def wall(city: DemoCity) -> Iterator[HeadlessWall]:
    """Four live tiles with some seconds in their rings."""
    with HeadlessWall([known_camera(city, number) for number in range(4)]) as wall:
        wall.show(dict.fromkeys(CODES, SIZE))
        wall.until(
            lambda: all(wall.status(c).clock is PictureClock.CAMERA for c in CODES),
            what="the cameras' clocks",
        )
        began = time.monotonic()
        wall.until(lambda: time.monotonic() - began > 9, what="a ring")
        yield wall


@pytest.fixture(autouse=True)
def live_again(wall: HeadlessWall) -> Iterator[None]:
    yield
    wall.engine.replay(KEYS, None)
    wall.until(wall.is_live, what="live again")


def line(behind_s: float, speed: float = 1.0, *, step: int = 0) -> ReplayCommand:
    """So far behind now, from now on."""
    moment = Moment(round((time.time() - behind_s) * 1e6), by_camera=False)
    return ReplayCommand(moment, speed, time.monotonic(), step)


def replayed(wall: HeadlessWall, code: CameraCode = FIRST) -> BoardPicture:
    """The next replayed picture."""
    while not (picture := new_picture(wall, code)).facts.is_replay:
        pass
    return picture


def frames(wall: HeadlessWall, count: int) -> Sequence[int]:
    """The numbers of the next pictures that are replayed, counted through the clip's turns."""
    numbers = []
    for _ in range(count):
        picture = replayed(wall)
        numbers.append(round((picture_taken_s(picture, 0) - _offset_s()) * FPS))
    return numbers


def _offset_s() -> float:
    return phase("clip/known-0") / FPS


def spread_s(wall: HeadlessWall) -> float:
    """Between the moments of the tiles' pictures, by the numbers in them."""
    taken = []
    for number, view in enumerate(KEYS):
        picture = wall.engine.picture(view)
        assert picture is not None
        assert picture.facts.is_replay
        taken.append(picture_taken_s(picture, number))
    return max(taken) - min(taken)


def all_replayed(wall: HeadlessWall) -> bool:
    pictures = [wall.engine.picture(view) for view in KEYS]
    return all(picture is not None and picture.facts.is_replay for picture in pictures)


@pytest.mark.parametrize("speed", [1.0, -1.0])
def test_pictures_follow_each_other_at_their_pace(wall: HeadlessWall, speed: float) -> None:
    wall.engine.replay((KEYS[0],), line(3.0, speed))
    numbers = frames(wall, 45)
    steps = [after - before for before, after in pairwise(numbers[1:])]
    # A machine that is busy with other things may skip some; never does it go the other way.
    assert min(step * speed for step in steps) > 0
    assert steps.count(round(speed)) >= 0.8 * len(steps)


def test_all_tiles_are_in_step_while_they_play_and_exactly_when_they_stand(
    wall: HeadlessWall,
) -> None:
    wall.engine.replay(KEYS, line(5.0))
    wall.until(lambda: all_replayed(wall), what="the replay of all")
    began = time.monotonic()
    wall.until(lambda: time.monotonic() - began > 1.0, what="the slowest to follow")
    spreads = []
    for _ in range(40):
        wall.turn(0.03)
        spreads.append(spread_s(wall))
    # A tile may be a moment before or after its next picture.
    assert sorted(spreads)[20] <= FRAME_S + CLOCK_ERROR_S
    position_us = line(5.0).moment.utc_us
    wall.engine.replay(KEYS, line(time.time() - position_us / 1e6, 0.0))
    began = time.monotonic()
    wall.until(lambda: time.monotonic() - began > 1.5, what="all to stand")
    assert spread_s(wall) <= FRAME_S + CLOCK_ERROR_S
    before = [picture_taken_s(replayed_now(wall, n), n) for n in range(4)]
    wall.until(lambda: time.monotonic() - began > 2.0)
    assert [picture_taken_s(replayed_now(wall, n), n) for n in range(4)] == before
    assert wall.status(FIRST).replay_speed == 0.0


def replayed_now(wall: HeadlessWall, number: int) -> BoardPicture:
    picture = wall.engine.picture(KEYS[number])
    assert picture is not None
    return picture


def test_picture_by_picture_there_and_back(wall: HeadlessWall) -> None:
    wall.engine.replay((KEYS[0],), line(3.0, 0.0))
    seen = [picture_taken_s(replayed(wall), 0)]
    for by in (*[1] * 35, *[-1] * 34):
        wall.engine.replay((KEYS[0],), line(0.0, 0.0, step=by))
        seen.append(picture_taken_s(replayed(wall), 0))
    steps = [round((after - before) * FPS) for before, after in pairwise(seen)]
    assert steps == [1] * 35 + [-1] * 34


def test_beyond_the_memory_it_begins_with_the_oldest_and_says_so(wall: HeadlessWall) -> None:
    wall.engine.replay((KEYS[0],), line(3600.0))
    replayed(wall)
    status = wall.status(FIRST)
    assert status.is_oldest
    assert status.replay_s is not None
    assert 9.0 < status.replay_s < 240.0
    wall.engine.replay((KEYS[0],), line(4.0))
    replayed(wall)
    assert not wall.status(FIRST).is_oldest


def test_the_ring_goes_on_filling_while_somebody_looks_back(wall: HeadlessWall) -> None:
    wall.engine.replay((KEYS[0],), line(4.0, 0.0))
    began_s = time.time()
    replayed(wall)
    wall.until(lambda: time.time() - began_s > 3.0)
    wall.engine.replay((KEYS[0],), line(1.5))
    taken = picture_taken_s(replayed(wall), 0)
    assert taken > began_s
