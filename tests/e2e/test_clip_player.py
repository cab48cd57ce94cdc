"""A file in a tile of the real program: opened, heard and played backwards with the keys alone."""

import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from app.domain.geometry import Size, fit
from tests.e2e.hands import Hands
from tests.e2e.program import Program, first_cameras, until
from tests.e2e.wall_reader import WallReader
from tests.fakes.code_clip import FPS, HEIGHT, WIDTH, block_centres, decode_words
from tests.fakes.pulse import Ear, Pulse
from tests.fakes.sound_clip import make_sound_clip, tone_of
from tests.fakes.xvfb import VirtualScreen
from ui.theme import tokens

pytestmark = pytest.mark.timeout(180)
SOON_S = 20.0
NOBODY = "rtsp://127.0.0.1:9/camera"


@pytest.fixture
def pulse(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    with Pulse() as pulse:
        for name, value in pulse.variables.items():
            monkeypatch.setenv(name, value)
        yield pulse


@pytest.fixture
def ear(pulse: Pulse) -> Iterator[Ear]:
    with pulse.listen() as ear:
        yield ear


class Tile:
    """The first tile, read by the number in its picture."""

    def __init__(self, reader: WallReader) -> None:
        self._reader = reader
        place = reader.places[0].picture
        size = fit(WIDTH, HEIGHT, Size(place.width, place.height))
        self._area = place.centred(size)

    def number(self) -> int:
        """-1 where none can be read just now."""
        area = self._area
        x, y = (block_centres() * [area.width, area.height] + [area.x, area.y]).astype(int).T
        levels = np.asarray(self._reader.pixels)[y, x, 1]
        return int(decode_words(levels[None, :])[1][0])

    def numbers(self, seconds: float) -> list[int]:
        """One after the other."""
        found: list[int] = []
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            number = self.number()
            if number >= 0 and found[-1:] != [number]:
                found.append(number)
        return found


def asks_for_a_file(reader: WallReader, hands: Hands) -> bool:
    """Press the key for it; whether the line is there. Keys do nothing before the wall stands."""
    hands.press("ctrl+l")
    height, width = reader.pixels.shape[:2]
    just_above_the_edge = np.asarray(reader.pixels)[height - 20, width // 2 - 100 : width // 2, :3]
    ground = [int(tokens.SURFACE_RAISED[at : at + 2], 16) for at in (5, 3, 1)]
    return bool((np.abs(just_above_the_edge.astype(int) - ground) <= 2).all(axis=1).mean() > 0.5)


def is_heard(ear: Ear, tile: Tile) -> bool:
    """Whether the tone is that of the picture, but at the change of the second."""
    number = tile.number()
    return number >= 0 and abs(ear.pitch() - tone_of(number // FPS)) < 10


def test_a_file_is_heard_when_it_is_asked_for_and_goes_back_in_silence(
    tmp_path: Path, pulse: Pulse, ear: Ear
) -> None:
    file = make_sound_clip(tmp_path / "street.mp4")
    with VirtualScreen(1280, 720) as screen, Program(tmp_path / "wall", screen) as program:
        program.add_cameras(first_cameras(4), lambda _camera: NOBODY)
        program.start("--kiosk", "--layout", "4")
        reader = program.reader("4")
        until(lambda: None not in reader.states(), 60, "the wall")
        hands, tile = Hands(screen), Tile(reader)
        until(lambda: asks_for_a_file(reader, hands), SOON_S, "the line for a file")
        hands.write(str(file))
        hands.press("Return")
        until(lambda: tile.number() >= FPS, SOON_S, "its pictures")
        assert ear.loudness(0.5) == 0.0
        assert pulse.players == 0
        hands.press("m")
        until(lambda: is_heard(ear, tile), SOON_S, "its sound")
        hands.press("j")
        until(lambda: ear.loudness(0.3) == 0.0, SOON_S, "silence")
        back = tile.numbers(1.0)
        assert len(back) > FPS // 2
        assert all(after < before for before, after in pairwise(back))
        hands.press("l")
        until(lambda: is_heard(ear, tile), SOON_S, "its sound again")
        hands.press("m")
        until(lambda: pulse.players == 0, SOON_S, "the device given back")
        hands.press("End")
        until(lambda: tile.number() < 0, SOON_S, "the camera")
        program.leave()
        until(lambda: not program.survivors(), SOON_S, "the end of all its processes")
