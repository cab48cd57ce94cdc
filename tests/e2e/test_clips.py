"""An operator writes a clip with the keys; whatever ends the program, what was seen is kept."""

import json
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.demo.process import DemoCity
from app.video.fragments import whole_part
from tests.e2e.hands import Hands
from tests.e2e.program import Program, first_cameras, until
from tests.e2e.wall_reader import WallReader
from tests.fakes.xvfb import VirtualScreen
from ui.theme import tokens

OPTIONS = ("--kiosk", "--screens", "1", "--layout", "4")
PATIENCE_S = 20.0
LEAST_PIXELS = 40
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def wall(tmp_path: Path, wide_screen: VirtualScreen, city: DemoCity) -> Iterator[Program]:
    """Four live cameras."""
    with Program(tmp_path / "wall", wide_screen) as program:
        program.add_cameras(first_cameras(4), lambda c: f"{city.base_url}/{c.code}/sub")
        program.start(*OPTIONS)
        program.wait_live(program.reader("4"))
        yield program


@pytest.fixture
def hands(wide_screen: VirtualScreen) -> Hands:
    return Hands(wide_screen)


def clips(wall: Program, pattern: str) -> list[Path]:
    return sorted((wall.data / "clips").glob(pattern))


def facts(wall: Program) -> list[dict[str, Any]]:
    return [json.loads(file.read_text(encoding="utf-8")) for file in clips(wall, "*.json")]


def on_record(wall: Program) -> list[tuple[str, str]]:
    """File and state of each clip in the database."""
    with closing(sqlite3.connect(wall.data / "nigehban.db")) as database:
        return database.execute("SELECT file, state FROM clip ORDER BY id").fetchall()


def says_clip(wall: Program) -> bool:
    """Whether the dot of a clip is on the screen."""
    reader = WallReader(wall.screen, "4")
    reader.states()
    pixels = reader.pixels[:, :, :3].astype(np.int16)
    colour = tokens.RECORDING
    wanted = np.array([int(colour[at : at + 2], 16) for at in (5, 3, 1)], np.int16)
    return int((np.abs(pixels - wanted).max(axis=2) <= 4).sum()) >= LEAST_PIXELS


def begin(wall: Program, hands: Hands) -> Path:
    """Press the key and wait until something can be played of the clip; its unfinished file."""
    hands.press("c")
    until(lambda: says_clip(wall), PATIENCE_S, "the words on the tile")
    until(lambda: bool(clips(wall, "*.part")), PATIENCE_S, "a file")
    (part,) = clips(wall, "*.part")
    until(lambda: whole_part(part) is not None, PATIENCE_S, "something to play")
    return part


def test_a_key_begins_a_clip_and_ends_it(wall: Program, hands: Hands) -> None:
    part = begin(wall, hands)
    hands.press("c")
    file = part.with_name(part.name.removesuffix(".part"))
    until(file.exists, PATIENCE_S, "the clip")
    until(lambda: on_record(wall) == [(file.name, "complete")], PATIENCE_S, "the record")
    until(lambda: not says_clip(wall), PATIENCE_S, "the words gone")
    (known,) = facts(wall)
    assert (known["state"], known["file"]) == ("complete", file.name)
    assert known["clock"] in ("camera", "camera_approximate")  # a busy machine makes it less sure
    assert known["bytes"] == file.stat().st_size
    whole = whole_part(file)
    assert whole is not None
    assert whole.pictures == known["pictures"]
    assert file.stat().st_mode & 0o077 == 0
    wall.leave()


def test_a_key_keeps_the_picture(wall: Program, hands: Hands) -> None:
    hands.press("ctrl+s")
    folder = wall.data / "snapshots"
    until(lambda: bool(list(folder.glob("*.json"))), PATIENCE_S, "the picture's facts")
    (file,) = folder.glob("*.jpg")
    assert file.read_bytes().startswith(b"\xff\xd8\xff")
    wall.leave()


def test_a_kill_leaves_a_clip_that_the_next_start_names(wall: Program, hands: Hands) -> None:
    part = begin(wall, hands)
    wall.kill()
    until(lambda: not wall.survivors(), PATIENCE_S, "the workers gone")
    before = whole_part(part)
    assert before is not None
    wall.start(*OPTIONS)
    file = part.with_name(part.name.removesuffix(".part"))
    until(lambda: on_record(wall) == [(file.name, "broken")], 60, "the record")
    (known,) = facts(wall)
    assert (known["state"], known["pictures"]) == ("broken", before.pictures)
    assert known["trouble"] == "the program ended while it was written"
    assert clips(wall, "*.part") == []
    until(lambda: "Clips were cut short" in wall.last_words(), PATIENCE_S, "words about it")
    wall.leave()


def test_leaving_makes_the_clip_whole(wall: Program, hands: Hands) -> None:
    part = begin(wall, hands)
    file = part.with_name(part.name.removesuffix(".part"))
    wall.signal(signal.SIGTERM)
    until(lambda: not wall.is_running, PATIENCE_S, "the end")
    assert file.exists()
    assert not part.exists()
    wall.start(*OPTIONS)
    until(lambda: on_record(wall) == [(file.name, "complete")], 60, "the record")
    wall.leave()
