"""What a test does to hear a clip, and when it hears what."""

import time

import numpy as np
import pytest

from app.video.player_types import PlayCommand, PlayerId, SoundState
from tests.fakes.code_clip import FPS
from tests.fakes.pulse import RATE, Ear
from tests.fakes.sound_clip import tone_of
from tests.integration.player.cinema import SECOND_US, Cinema

MOST_OFF_S = 0.08


def play(cinema: Cinema, player: PlayerId, second: float, speed: float = 1.0) -> None:
    """From there on, again and again."""
    began = time.monotonic()
    command = PlayCommand(round(second * SECOND_US), speed, began, is_looping=True)
    cinema.link.go(player, command)


def raise_volume(cinema: Cinema, player: PlayerId, ear: Ear) -> None:
    """Until it is heard: the device takes a moment to open."""
    play(cinema, player, 0)
    cinema.link.set_volume(player, 100)
    cinema.until(lambda: ear.loudness(0.1) > 0.1)


def hears(cinema: Cinema, ear: Ear, second: int) -> None:
    """Until the tone of that second is heard."""
    cinema.until(lambda: abs(ear.pitch() - tone_of(second)) < 10)


def falls_silent(cinema: Cinema, ear: Ear) -> None:
    cinema.until(lambda: ear.loudness(0.3) == 0.0)


def is_state(cinema: Cinema, *states: SoundState) -> bool:
    return cinema.states[-1].sound in states


def pictures_go_on(cinema: Cinema) -> None:
    """Without a gap for a second."""
    first = cinema.number()
    began = time.monotonic()
    seen = cinema.numbers(lambda number: number >= first + FPS)
    assert time.monotonic() - began == pytest.approx(1.0, abs=0.2)
    assert len(seen) >= FPS - 1


def changed_at(ear: Ear, since: float, second: int, near: float) -> float:
    """When the tone of the second before became that of the second (monotonic)."""
    first, samples = ear.since(since)
    size = RATE // 50
    times = np.arange(size) / RATE
    before, after = (np.exp(-2j * np.pi * tone_of(each) * times) for each in (second - 1, second))
    begin = max(0, int((near - 0.4 - first) * RATE))
    for at in range(begin, len(samples) - size, RATE // 500):
        part = samples[at : at + size]
        if abs(after @ part) > abs(before @ part):
            return first + (at + size / 2) / RATE
    raise AssertionError("the tone did not change")


def is_in_step(cinema: Cinema, ear: Ear, seconds: tuple[int, ...]) -> None:
    """The tones change when the pictures of those seconds come."""
    began = time.monotonic()
    shown: dict[int, float] = {}
    last = seconds[-1] * FPS + FPS // 2
    cinema.until(
        lambda: shown.setdefault(cinema.number(), time.monotonic()) > 0 and max(shown) >= last
    )
    for second in seconds:
        # A busy machine may leave the very first one out.
        number = min(each for each in shown if each >= second * FPS)
        due = shown[number] - (number - second * FPS) / FPS
        assert abs(changed_at(ear, began, second, due) - due) <= MOST_OFF_S
