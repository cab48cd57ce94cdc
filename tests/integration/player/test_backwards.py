"""Clips that are played backwards, read by the numbers that are burnt into their pictures."""

import time
from itertools import pairwise
from pathlib import Path

import pytest

from app.video.player_types import PlayCommand, PlayerId
from tests.fakes.code_clip import FPS, code_clip
from tests.integration.player.cinema import SECOND_US, Cinema, are_nearly_all

FRAMES = 300
pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module", params=["h264", "hevc"])
def clip(request: pytest.FixtureRequest) -> Path:
    return code_clip(3, codec=request.param, frames=FRAMES).path


def go_back(
    cinema: Cinema, player: PlayerId, number: int, speed: float, *, is_looping: bool = False
) -> float:
    """Be at a picture, then go on from its middle; returns when that was."""
    cinema.stand(player, number)
    began = time.monotonic()
    at_us = round((number + 0.5) * SECOND_US / FPS)
    cinema.link.go(player, PlayCommand(at_us, speed, began, is_looping))
    return began


def test_every_picture_is_shown_once_over_key_frames(cinema: Cinema, clip: Path) -> None:
    player = cinema.show(clip)
    began = go_back(cinema, player, 100, -1.0)
    seen = cinema.numbers(lambda number: number <= 50)
    assert are_nearly_all(seen, 100, seen[-1])
    assert time.monotonic() - began == pytest.approx(50 / FPS, abs=0.5)


@pytest.mark.parametrize(("speed", "most"), [(-0.5, 1), (-2.0, 2), (-8.0, 10)])
def test_it_keeps_its_speed(cinema: Cinema, clip: Path, speed: float, most: int) -> None:
    player = cinema.show(clip)
    first = 290 if speed < -1 else 100
    length = 240 if speed < -1 else 30
    began = go_back(cinema, player, first, speed)
    seen = cinema.numbers(lambda number: number <= first - length)
    assert time.monotonic() - began == pytest.approx(length / FPS / -speed, abs=1.0)
    gaps = [before - after for before, after in pairwise(seen)]
    assert min(gaps) > 0
    assert sorted(gaps)[len(gaps) // 2] <= most


def test_before_the_beginning_comes_the_end_where_it_loops(cinema: Cinema, clip: Path) -> None:
    player = cinema.show(clip)
    go_back(cinema, player, 10, -2.0, is_looping=True)
    seen = cinema.numbers(lambda number: 200 < number < FRAMES - 5)
    turn = seen.index(max(seen))
    assert seen[turn - 1] <= 1
    assert seen[turn] >= FRAMES - 3


def test_it_stands_at_its_first_picture(cinema: Cinema, clip: Path) -> None:
    player = cinema.show(clip)
    go_back(cinema, player, 12, -4.0)
    cinema.until(lambda: cinema.number() == 0)
    assert cinema.step(player, 1) == 1


def test_steps_and_jumps_go_from_the_picture_that_is_shown(cinema: Cinema, clip: Path) -> None:
    player = cinema.show(clip)
    go_back(cinema, player, 200, -1.0)
    cinema.numbers(lambda number: number <= 190)
    first = cinema.step(player, -1)
    assert 180 < first < 190
    assert [cinema.step(player, by) for by in (-1, -1, 1, 1, 1)] == [
        first - 1,
        first - 2,
        first - 1,
        first,
        first + 1,
    ]
    go_back(cinema, player, 61, -1.0)
    assert cinema.numbers(lambda number: number <= 58)[-4:] == [61, 60, 59, 58]
    began = time.monotonic()
    cinema.link.go(player, PlayCommand(round(58.5 * SECOND_US / FPS), 1.0, began))
    forwards = cinema.numbers(lambda number: number >= 75)
    # A busy machine may be late when it turns round.
    assert forwards[-6:] == list(range(70, 76))
    assert forwards == sorted(forwards)


def test_backwards_and_forwards_are_the_same_pictures(cinema: Cinema, clip: Path) -> None:
    player = cinema.show(clip)
    began = time.monotonic()
    cinema.link.go(player, PlayCommand(0, 4.0, began))
    cinema.numbers(lambda number: number >= 150)
    for number in (89, 30, 29):
        go_back(cinema, player, number, -0.125)
        cinema.until(lambda wanted=number: cinema.number() == wanted)  # type: ignore[misc]  # bound
        assert abs(cinema.at_us() - number * SECOND_US / FPS) < 1000
