"""Clips in tiles: what the player is asked, and what becomes of them when the wall changes."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from app.core.dispatch import ManualDispatcher
from app.domain.geometry import Size
from app.domain.stream import Reason
from app.services.clip_player import ClipPlayer
from app.services.clip_playing import Playing
from app.services.wall import WallService
from app.video.engine_types import ViewKey
from app.video.player_types import Line, PlayCommand, PlayerId, PlayerPhase, PlayerState
from tests.fakes.directory import FakeDirectory
from tests.fakes.engine import FakeEngine
from tests.fakes.players import FakePlayers
from tests.fakes.records import clip

FILE = Path("/somewhere/street.mp4")
KEY = ViewKey("0/5")
SECOND_US = 1_000_000


class Stage:
    """A wall of sixteen tiles, the sixth selected."""

    def __init__(self) -> None:
        self.players = FakePlayers()
        self.dispatcher = ManualDispatcher()
        self.wall = WallService(FakeDirectory(), FakeEngine(), self.dispatcher)
        self.wall.open_screen(0, Size(1920, 1080), 1.0)
        self.wall.select(0, 5)
        self.dispatcher.drain()
        self.player = ClipPlayer(
            self.players,
            self.wall,
            lambda clip: Path("/clips", clip.file),
            lambda clip: clip.author.workstation,
        )

    @property
    def playing(self) -> Playing:
        found = self.player.playing(KEY)
        assert found is not None
        return found

    @property
    def command(self) -> PlayCommand:
        return self.players.commands[-1][1]

    def open(self) -> None:
        assert self.player.open(FILE, 0) == KEY
        self.players.ready(1)


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_a_file_plays_in_the_selected_tile_at_its_size(stage: Stage) -> None:
    stage.open()
    tile = next(tile for tile in stage.wall.screen(0).tiles if tile.cell == 5)
    assert stage.players.sizes[KEY] == (tile.picture.width, tile.picture.height)
    assert stage.command.speed == 1.0
    assert stage.playing.name == "street.mp4"
    assert stage.playing.taken_us is None


def test_nothing_is_asked_before_it_is_open(stage: Stage) -> None:
    stage.player.open(FILE, 0)
    stage.player.step(KEY, 1)
    assert not stage.players.commands


def test_an_address_is_named_without_its_login(stage: Stage) -> None:
    stage.player.open("rtsp://guard:word@recorder:554/3", 0)
    assert stage.playing.name == "recorder:554"
    assert "word" not in repr(stage.playing)


def test_it_pauses_and_plays_on_from_there(stage: Stage) -> None:
    stage.open()
    stage.player.seek(KEY, 10 * SECOND_US)
    stage.player.toggle_pause(KEY)
    assert stage.command.speed == 0.0
    at = stage.playing.position_us
    assert 10 * SECOND_US <= at < 12 * SECOND_US
    stage.player.toggle_pause(KEY)
    assert (stage.command.speed, stage.command.position_us) == (1.0, at)


def speeds(stage: Stage, direction: int, count: int, *, is_slow: bool = False) -> list[float]:
    """What each press of a key makes of the speed."""
    found = []
    for _ in range(count):
        assert stage.player.shuttle(KEY, direction, is_slow=is_slow)
        found.append(stage.command.speed)
    return found


def test_each_press_is_faster_up_to_eight_times_and_the_other_way_begins_anew(
    stage: Stage,
) -> None:
    stage.open()
    stage.player.seek(KEY, 30 * SECOND_US)
    assert speeds(stage, 1, 4) == [2.0, 4.0, 8.0, 8.0]
    assert speeds(stage, -1, 5) == [-1.0, -2.0, -4.0, -8.0, -8.0]
    stage.player.pause(KEY)
    assert speeds(stage, 1, 1) == [1.0]


def test_slow_motion_goes_down_to_an_eighth_both_ways(stage: Stage) -> None:
    stage.open()
    stage.player.seek(KEY, 30 * SECOND_US)
    assert speeds(stage, 1, 4, is_slow=True) == [0.5, 0.25, 0.125, 0.125]
    assert speeds(stage, 1, 2) == [0.25, 0.5]
    assert speeds(stage, -1, 3, is_slow=True) == [-0.5, -0.25, -0.125]


def test_it_plays_on_backwards_after_a_pause(stage: Stage) -> None:
    stage.open()
    stage.player.seek(KEY, 30 * SECOND_US)
    speeds(stage, -1, 2)
    stage.player.toggle_pause(KEY)
    stage.player.toggle_pause(KEY)
    assert stage.command.speed == -2.0


def test_before_its_beginning_it_ends_and_backwards_begins_at_its_end(stage: Stage) -> None:
    stage.open()
    stage.player.pause(KEY)
    stage.player.seek(KEY, 0)
    speeds(stage, -1, 1)
    assert stage.command.position_us == 60 * SECOND_US
    stage.player.seek(KEY, 0)
    assert stage.playing.is_ended
    assert stage.playing.stands


@pytest.mark.parametrize(("passed", "where"), [(2.0, 8.0), (9.999, 0.001), (10.0, 20.0), (13, 17)])
def test_backwards_the_end_comes_before_the_beginning_in_a_loop(
    passed: float, where: float
) -> None:
    looping = PlayCommand(10 * SECOND_US, -1.0, 100.0, is_looping=True)
    assert looping.position_at(100.0 + passed, 20 * SECOND_US) == pytest.approx(
        where * SECOND_US, abs=2
    )
    once = replace(looping, is_looping=False)
    assert once.position_at(100.0 + passed, 20 * SECOND_US) == pytest.approx(
        max(0.0, 10 - passed) * SECOND_US, abs=2
    )


def test_at_its_end_it_begins_again_when_asked(stage: Stage) -> None:
    stage.open()
    stage.player.seek(KEY, 60 * SECOND_US)
    assert stage.playing.is_ended
    stage.player.toggle_pause(KEY)
    assert (stage.command.position_us, stage.command.speed) == (0, 1.0)


def test_a_step_stands_where_the_picture_is(stage: Stage) -> None:
    stage.open()
    stage.player.step(KEY, -1)
    assert stage.command.step == -1
    told = stage.players.told[PlayerId(1)]
    told(replace(stage.playing.state, shown_us=4_200_000))
    assert stage.playing.position_us == 4_200_000
    assert stage.playing.stands


def test_the_prepared_one_is_not_opened_twice(stage: Stage) -> None:
    stage.player.prepare(FILE)
    stage.players.ready(1)
    stage.player.open(FILE, 0)
    assert len(stage.players.opened) == 1
    assert stage.command.speed == 1.0


def test_what_failed_while_it_was_prepared_is_tried_anew(stage: Stage) -> None:
    stage.player.prepare(FILE)
    stage.players.told[PlayerId(1)](PlayerState(PlayerPhase.FAILED))
    stage.player.open(FILE, 0)
    stage.players.ready(2)
    assert stage.players.closed == [1]
    assert stage.command.speed == 1.0


def test_another_preparation_closes_what_is_not_among_it(stage: Stage) -> None:
    stage.player.prepare(FILE, Path("/kept.mp4"))
    stage.player.prepare(Path("/kept.mp4"), Path("/other.mp4"))
    assert stage.players.closed == [1]
    assert len(stage.players.opened) == 3


def test_it_ends_with_the_page(stage: Stage) -> None:
    stage.open()
    stage.wall.turn_page(0, 1)
    stage.dispatcher.drain()
    assert stage.player.playing(KEY) is None
    assert stage.players.closed == [1]


def test_it_stays_while_a_tile_is_enlarged_and_grows_with_its_own(stage: Stage) -> None:
    stage.open()
    before = stage.players.sizes[KEY]
    stage.wall.toggle_enlarged(0)
    stage.dispatcher.drain()
    assert stage.player.playing(KEY) is not None
    assert stage.players.sizes[KEY] > before


def test_clips_of_one_beginning_are_in_step(stage: Stage) -> None:
    for cell in (5, 6):
        stage.player.open(FILE, 0, cell, since=100.0, loop=True)
    stage.players.ready(1)
    stage.players.ready(2)
    first, second = (command for _player, command in stage.players.commands)
    assert first == second
    assert first.position_at(101.5, 60 * SECOND_US) == 1_500_000
    assert first.position_at(161.5, 60 * SECOND_US) == 1_500_000


def test_a_stream_without_an_end_is_not_sought(stage: Stage) -> None:
    stage.player.open("rtsp://recorder/3", 0)
    stage.players.ready(1, duration_us=0)
    assert not stage.player.jump(KEY, 5.0)
    assert not stage.player.step(KEY, -1)
    assert not stage.player.shuttle(KEY, -1)
    assert not stage.player.shuttle(KEY, 1)
    assert not stage.player.toggle_loop(KEY)
    assert len(stage.players.commands) == 1
    assert stage.player.shuttle(KEY, 1, is_slow=True)
    assert stage.player.step(KEY, 1)


def test_it_is_where_it_says(stage: Stage) -> None:
    stage.open()
    stage.player.seek(KEY, 30 * SECOND_US)
    stage.player.shuttle(KEY, -1)
    told = stage.players.told[PlayerId(1)]
    now = time.monotonic()
    told(replace(stage.playing.state, line=Line(20 * SECOND_US, now, stage.command.since)))
    assert 19 * SECOND_US < stage.playing.position_us <= 20 * SECOND_US
    assert stage.playing.speed == -1.0
    stage.player.pause(KEY)
    late = Line(40 * SECOND_US, now, now - 1)  # what it says of an earlier command
    told(replace(stage.playing.state, line=late))
    assert stage.playing.position_us <= 20 * SECOND_US


def test_what_cannot_be_sought_after_all_stands_where_it_is(stage: Stage) -> None:
    stage.open()
    stage.player.seek(KEY, 30 * SECOND_US)
    stage.player.shuttle(KEY, -1)
    told = stage.players.told[PlayerId(1)]
    line = Line(7 * SECOND_US, time.monotonic(), 0.0)
    told(replace(stage.playing.state, line=line, is_seekable=False, is_stream=True))
    assert stage.playing.position_us == 7 * SECOND_US
    assert stage.command.speed == 0.0  # it cannot go backwards
    assert not stage.player.seek(KEY, 0)
    assert stage.player.shuttle(KEY, 1)
    assert not stage.player.shuttle(KEY, 1)


# --- sound --------------------------------------------------------------------------------------


def test_every_clip_begins_silent(stage: Stage) -> None:
    stage.open()
    stage.player.toggle_mute(KEY)
    assert stage.players.volumes == [(1, 50)]
    stage.player.open(FILE, 0)
    stage.players.ready(2)
    assert stage.playing.volume == 0
    assert stage.players.volumes == [(1, 50)]


def test_unmuting_is_as_loud_as_before(stage: Stage) -> None:
    stage.open()
    for by in (10, 10, 200, -30):
        stage.player.change_volume(KEY, by)
    stage.player.toggle_mute(KEY)
    stage.player.toggle_mute(KEY)
    assert [volume for _player, volume in stage.players.volumes] == [10, 20, 100, 70, 0, 70]


def test_what_is_not_open_yet_is_heard_once_it_is(stage: Stage) -> None:
    stage.player.open(FILE, 0)
    stage.player.set_volume(KEY, 30)
    assert not stage.players.volumes
    stage.players.ready(1)
    assert stage.players.volumes == [(1, 30)]


def test_what_has_no_sound_stays_silent(stage: Stage) -> None:
    stage.player.open(FILE, 0)
    stage.player.set_volume(KEY, 30)
    stage.players.told[PlayerId(1)](PlayerState(PlayerPhase.READY, SECOND_US))
    stage.player.toggle_mute(KEY)
    assert stage.playing.volume == 0
    assert not stage.players.volumes


def test_only_the_selected_tile_is_heard(stage: Stage) -> None:
    for number, cell in enumerate((5, 6), start=1):
        stage.player.open(FILE, 0, cell)
        stage.players.ready(number)
        stage.player.set_volume(ViewKey(f"0/{cell}"), 30 + number)
    assert stage.players.volumes == [(1, 31)]
    assert stage.playing.is_selected
    stage.wall.select(0, 6)
    stage.dispatcher.drain()
    assert stage.players.volumes == [(1, 31), (1, 0), (2, 32)]
    assert not stage.playing.is_selected
    stage.wall.select(0, 7)
    stage.dispatcher.drain()
    assert stage.players.volumes[3:] == [(2, 0)]
    stage.wall.select(0, 5)
    stage.dispatcher.drain()
    assert stage.players.volumes[4:] == [(1, 31)]


def test_a_screen_that_is_not_there_plays_nothing(stage: Stage) -> None:
    assert stage.player.open(FILE, 3) is None
    assert not stage.players.opened


@pytest.mark.parametrize(
    ("reason", "place"), [(Reason.NOT_FOUND, "desk-4"), (Reason.NOT_DECODABLE, "")]
)
def test_a_clip_that_is_not_at_hand_says_where_it_lies(
    stage: Stage, reason: Reason, place: str
) -> None:
    stage.player.open(clip(), 0)
    assert stage.playing.elsewhere == ""
    stage.players.told[PlayerId(1)](PlayerState(PlayerPhase.FAILED, reason=reason))
    assert stage.playing.elsewhere == place
