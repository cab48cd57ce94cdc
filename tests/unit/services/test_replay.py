"""Keys into the last minute: where each of them leads, for one tile and for all in step."""

from dataclasses import replace

import pytest

from app.core.dispatch import ManualDispatcher
from app.domain.geometry import Size
from app.domain.stream import StreamState
from app.services.replay import ReplayService
from app.services.wall import WallService
from app.video.engine_types import Moment, ReplayCommand, TileStatus, ViewKey
from tests.fakes.directory import FakeDirectory
from tests.fakes.engine import LIVE, FakeEngine
from tests.unit.analytics.frames import START as NOON_US
from tests.unit.services.overlay_bench import ManualClock

SECOND_US = 1_000_000
KEY = ViewKey("0/5")


class Stage:
    """A wall of sixteen tiles, the sixth selected; its picture is 0.2 s old."""

    def __init__(self) -> None:
        self.engine, self.clock = FakeEngine(), ManualClock()
        self.dispatcher = ManualDispatcher()
        self.wall = WallService(FakeDirectory(), self.engine, self.dispatcher)
        self.wall.open_screen(0, Size(1920, 1080), 1.0)
        self.wall.select(0, 5)
        self.dispatcher.drain()
        self.engine.statuses[KEY] = replace(LIVE, taken_utc_us=NOON_US - 200_000)
        self.replay = ReplayService(self.wall, self.engine, self.clock, ring_seconds=60.0)

    @property
    def command(self) -> ReplayCommand:
        return self.engine.replays[KEY]

    @property
    def place(self) -> tuple[float, float]:
        """How many seconds from noon on it is now, and how fast it is."""
        command = self.command
        position_us = command.position_us(self.clock.monotonic())
        return (position_us - NOON_US) / SECOND_US, command.speed

    def shows(self, seconds: float, *, is_oldest: bool = False) -> None:
        """The picture on the tile is one of so many seconds from noon on."""
        self.engine.statuses[KEY] = TileStatus(
            StreamState.REPLAY,
            replay_s=1.0,
            taken_utc_us=NOON_US + round(seconds * SECOND_US),
            is_oldest=is_oldest,
        )


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_jumps_begin_at_the_picture_and_add_up_before_there_is_one(stage: Stage) -> None:
    stage.replay.jump(-5)
    assert stage.place == (-5.2, 1.0)
    assert stage.engine.replays.keys() == {KEY}
    stage.replay.jump(-5)
    assert stage.place == (-10.2, 1.0)
    stage.clock.seconds += 2
    assert stage.place == (-8.2, 1.0)
    stage.replay.jump(5)
    assert stage.place == (-3.2, 1.0)
    stage.replay.jump(5)
    assert not stage.engine.replays, "beyond the present is live"
    stage.replay.jump(5)
    assert not stage.engine.replays


def test_j_and_l_go_faster_each_time_and_turn_round_at_once(stage: Stage) -> None:
    stage.replay.shuttle(1)
    assert not stage.engine.replays, "a live picture cannot go on faster"
    speeds = []
    for direction in (-1, -1, -1, -1, -1, 1, 1, 1, 1, 1, -1):
        stage.replay.shuttle(direction)
        stage.clock.seconds += 1
        speeds.append(stage.command.speed)
    assert speeds == [-1, -2, -4, -8, -8, 1, 2, 4, 8, 8, -1]


def test_pause_stands_at_the_picture_and_space_goes_on_from_it(stage: Stage) -> None:
    stage.replay.toggle_pause()
    assert stage.place == (-0.2, 0.0)
    stage.clock.seconds += 20
    assert stage.place == (-0.2, 0.0)
    stage.replay.toggle_pause()
    assert stage.place == (-0.2, 1.0)
    stage.clock.seconds += 1
    stage.replay.pause()
    assert stage.place == (0.8, 0.0)
    stage.replay.jump(-5)
    assert stage.place == (-4.2, 0.0)


def test_what_gains_on_the_present_becomes_live(stage: Stage) -> None:
    stage.replay.jump(-5)
    stage.replay.shuttle(1)
    assert stage.place == (-5.2, 2.0)
    for _ in range(49):
        stage.clock.seconds += 0.1
        stage.replay.tick()
        assert stage.engine.replays
    stage.clock.seconds += 0.2
    stage.replay.tick()
    assert not stage.engine.replays


def test_at_its_own_pace_it_never_becomes_live(stage: Stage) -> None:
    stage.replay.jump(-1)
    for _ in range(100):
        stage.clock.seconds += 1
        stage.replay.tick()
    assert stage.place == (98.8, 1.0)


def test_a_step_stops_and_the_picture_says_where_it_is(stage: Stage) -> None:
    stage.replay.jump(-5)
    stage.shows(-5.2)
    stage.replay.step(1)
    assert (stage.command.step, stage.command.speed) == (1, 0.0)
    stage.shows(-5.13)
    stage.replay.shuttle(1)
    assert stage.place == (-5.13, 1.0)


def test_the_oldest_picture_says_where_it_is_when_the_memory_is_shorter(stage: Stage) -> None:
    stage.replay.oldest()
    assert stage.place == (-60.0, 1.0)
    stage.shows(-20, is_oldest=True)
    stage.replay.pause()
    assert stage.place == (-20.0, 0.0)


def test_the_replay_of_an_event_goes_on_from_its_picture(stage: Stage) -> None:
    stage.engine.look_back(KEY, Moment(NOON_US + 3600 * SECOND_US, by_camera=True))
    stage.shows(-12)
    stage.replay.jump(-5)
    assert stage.place == (-17.0, 1.0)


def test_end_is_live(stage: Stage) -> None:
    stage.replay.jump(-5)
    stage.replay.live()
    assert not stage.engine.replays


def test_all_tiles_of_a_screen_in_step(stage: Stage) -> None:
    stage.replay.jump(-5)
    assert stage.replay.toggle_in_step()
    assert stage.replay.is_in_step(0)
    assert len(stage.engine.replays) == 16
    assert len(set(stage.engine.replays.values())) == 1
    assert stage.place == (-5.2, 1.0)
    stage.replay.shuttle(-1)
    assert set(stage.engine.replays.values()) == {stage.command}
    assert not stage.replay.toggle_in_step()
    assert stage.engine.replays.keys() == {KEY}
    assert stage.place == (-5.2, -1.0)


def test_what_comes_onto_a_screen_in_step_follows(stage: Stage) -> None:
    stage.replay.toggle_in_step()
    assert not stage.engine.replays, "they are live together"
    stage.replay.jump(-5)
    stage.clock.seconds += 3
    stage.engine.replay((ViewKey("0/2"),), None)
    stage.replay.tick()
    assert stage.engine.replays[ViewKey("0/2")] == stage.command
    stage.replay.live()
    stage.replay.tick()
    assert not stage.engine.replays


def test_in_step_the_others_go_where_a_step_has_led(stage: Stage) -> None:
    stage.replay.toggle_in_step()
    stage.replay.jump(-5)
    stage.shows(-5.2)
    stage.replay.step(1)
    stage.replay.tick()
    assert all(command.step for command in stage.engine.replays.values()), "nothing came yet"
    stage.shows(-5.13)
    stage.replay.tick()
    others = {c for key, c in stage.engine.replays.items() if key != KEY}
    moment = Moment(NOON_US - 5_130_000, by_camera=False)
    assert others == {ReplayCommand(moment, 0.0, stage.clock.monotonic())}
    assert stage.command.step == 1


def test_in_step_all_become_live_together(stage: Stage) -> None:
    stage.replay.toggle_in_step()
    stage.replay.jump(-1)
    stage.replay.shuttle(1)
    stage.clock.seconds += 2
    stage.replay.tick()
    assert not stage.engine.replays


def test_without_a_screen_keys_do_nothing(stage: Stage) -> None:
    stage.wall.close_screen(0)
    stage.dispatcher.drain()
    verbs = stage.replay
    for verb in (verbs.pause, verbs.toggle_pause, verbs.oldest, verbs.live, verbs.tick):
        verb()
    verbs.jump(-5)
    verbs.shuttle(-1)
    verbs.step(1)
    assert not verbs.toggle_in_step()
    assert not stage.engine.replays
