"""Clips of several cameras on one line: in step, each at its own time, all keys for all."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.domain.camera import CameraCode
from app.services.clip_playing import InStep, Playing
from app.video.engine_types import ViewKey
from app.video.player_types import PlayCommand, PlayerId
from tests.fakes.records import clip
from tests.unit.services.test_clip_player import KEY, SECOND_US, Stage


class Line(Stage):
    """A clip of ten seconds, one that begins 4 s later and one that began 8 s before."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.late, self.early = clip(), clip(4), clip(-8)
        start_us = self.first.start_us
        self.in_step = InStep(start_us, 10 * SECOND_US)
        for cell, each in enumerate((self.first, self.late, self.early)):
            self.player.open(each, 0, cell, loop=True, in_step=self.in_step)

    def ready(self) -> None:
        for player in (1, 2, 3):
            self.players.ready(player, duration_us=10 * SECOND_US)

    def at(self, cell: int) -> Playing:
        found = self.player.playing(ViewKey(f"0/{cell}"))
        assert found is not None
        return found

    def go_to(self, seconds: float) -> None:
        self.player.pause(ViewKey("0/0"))
        self.player.seek(ViewKey("0/0"), round(seconds * SECOND_US))

    @property
    def last(self) -> list[PlayCommand]:
        """What each of the three was asked last."""
        found = dict(self.players.commands)
        return [found[PlayerId(number)] for number in (1, 2, 3)]


@pytest.fixture
def line() -> Line:
    line = Line()
    line.ready()
    return line


def test_clips_on_a_line_share_it_from_the_first_that_is_ready() -> None:
    line = Line()
    line.players.ready(2, duration_us=10 * SECOND_US)
    line.players.ready(1, duration_us=10 * SECOND_US)
    line.players.ready(3, duration_us=10 * SECOND_US)
    assert len({(each.position_us, each.since, each.span_us) for each in line.last}) == 1
    assert [each.begins_us for each in line.last] == [0, 4 * SECOND_US, -8 * SECOND_US]


def test_who_comes_later_goes_along(line: Line) -> None:
    line.player.shuttle(ViewKey("0/1"), 1)
    line.player.open(clip(1), 0, 3, in_step=line.in_step)
    line.players.ready(4)
    came = line.command
    assert (came.speed, came.since, came.is_looping) == (2.0, line.last[0].since, True)


def test_each_is_at_the_same_time(line: Line) -> None:
    line.go_to(5)
    assert [line.at(cell).position_us for cell in range(3)] == [
        5 * SECOND_US,
        1 * SECOND_US,
        13 * SECOND_US,
    ]
    assert len({line.at(cell).taken_us for cell in range(3)}) == 1


def test_what_has_no_picture_now_says_so(line: Line) -> None:
    line.go_to(1)
    assert line.at(1).begins_in_us == 3 * SECOND_US
    assert not any(line.at(cell).is_over for cell in range(3))
    line.go_to(5)
    assert [line.at(cell).begins_in_us for cell in range(3)] == [0, 0, 0]
    assert [line.at(cell).is_over for cell in range(3)] == [False, False, True]


def test_all_keys_are_for_all(line: Line) -> None:
    last, first = ViewKey("0/2"), ViewKey("0/0")
    line.player.set_speed(last, 2.0)
    assert {each.speed for each in line.last} == {2.0}
    line.player.toggle_pause(first)
    line.player.toggle_pause(last)
    assert {each.speed for each in line.last} == {2.0}
    line.player.toggle_loop(first)
    assert not any(each.is_looping for each in line.last)
    line.player.seek(first, 3 * SECOND_US)
    assert {each.position_us for each in line.last} == {3 * SECOND_US}
    assert line.player.close(last)
    assert not any(line.player.playing(ViewKey(f"0/{cell}")) for cell in range(3))


def test_backwards_is_for_all_and_begins_at_the_end_of_the_line(line: Line) -> None:
    line.player.toggle_loop(ViewKey("0/0"))
    line.go_to(0)
    assert line.player.shuttle(ViewKey("0/1"), -1)
    assert {(each.speed, each.position_us) for each in line.last} == {(-1.0, 10 * SECOND_US)}
    line.player.seek(ViewKey("0/0"), 5 * SECOND_US)
    assert not any(line.at(cell).is_ended for cell in range(3))
    line.player.seek(ViewKey("0/0"), 0)
    assert all(line.at(cell).is_ended for cell in range(3))


def test_a_step_of_one_takes_the_others_there(line: Line) -> None:
    line.go_to(5)
    line.player.step(ViewKey("0/1"), 1)
    assert line.command.step == 1
    told = line.players.told[PlayerId(2)]
    told(replace(line.at(1).state, shown_us=1_066_667))
    others = [each for player, each in line.players.commands[-2:] if player != PlayerId(2)]
    assert [each.position_us for each in others] == [5_066_667, 5_066_667]


def test_what_has_no_picture_is_not_stepped(line: Line) -> None:
    line.go_to(1)
    asked = len(line.players.commands)
    line.player.step(ViewKey("0/1"), 1)
    assert len(line.players.commands) == asked


def test_at_the_end_of_the_line_all_begin_again(line: Line) -> None:
    line.player.toggle_loop(ViewKey("0/0"))
    line.go_to(10)
    assert all(line.at(cell).is_ended for cell in range(3))
    line.player.toggle_pause(ViewKey("0/1"))
    assert {each.position_us for each in line.last} == {0}


def test_a_clip_behind_a_borrowed_screen_waits() -> None:
    stage = Stage()
    stage.open()
    stage.wall.borrow(0, [CameraCode("DIK-1-1"), CameraCode("DIK-1-2")])
    beside = stage.player.open(Path("/other.mp4"), 0, 1)
    stage.dispatcher.drain()
    assert stage.player.playing(KEY) is not None
    stage.wall.give_back(0)
    stage.dispatcher.drain()
    assert beside is not None
    assert stage.player.playing(beside) is None
    assert stage.player.playing(KEY) is not None
