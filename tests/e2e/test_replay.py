"""Replay with the keys of the real program, read from its screen: pictures, boxes, words, step."""

import time
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pytest

from app.demo.process import DemoCity
from app.domain.geometry import Size, fit
from app.domain.stream import StreamState
from tests.benchmarks.overlay_reader import overlap, painted_box
from tests.e2e.backend import (
    SOURCE,
    Backend,
    BoxReader,
    BoxWall,
    settings_of,
    show_crossings,
    url_of,
)
from tests.e2e.hands import Hands
from tests.e2e.program import first_cameras, until
from tests.e2e.wall_reader import WallReader
from tests.fakes.code_clip import FPS, HEIGHT, WIDTH
from tests.fakes.crossing_clip import FRAMES, block_box
from tests.fakes.demo_city import demo_city
from tests.fakes.mosquitto import BACKEND, Mosquitto
from tests.fakes.xvfb import VirtualScreen

pytestmark = pytest.mark.timeout(300)
CAMERAS = first_cameras(4)
TILES = range(4)
SOON_S = 8.0
FILLS_S = 12.0
GREY = 110
MOST_OF = 0.7
_SAME_BOX = 0.6
RIGHTS = {BACKEND[0]: ["readwrite city/#"], "wall": ["read city/#"]}


@pytest.fixture(scope="module")
def screen() -> Iterator[VirtualScreen]:
    with VirtualScreen(1280, 720) as screen:
        yield screen


@pytest.fixture(scope="module")
def streets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCity]:
    with demo_city(tmp_path_factory.mktemp("city")) as city:
        show_crossings(city, CAMERAS)
        yield city


@pytest.fixture(scope="module")
def wall(
    tmp_path_factory: pytest.TempPathFactory, screen: VirtualScreen, streets: DemoCity
) -> Iterator[BoxWall]:
    """Four tiles with boxes on them, and some seconds in memory."""
    folder = tmp_path_factory.mktemp("wall")
    with (
        Mosquitto(rights=RIGHTS) as broker,
        Backend(broker, CAMERAS),
        BoxWall(folder, screen, settings_of(SOURCE, broker)) as program,
    ):
        program.add_cameras(CAMERAS, lambda camera: url_of(streets, camera))
        program.start("--kiosk", "--layout", "4")
        reader = program.reader("4")
        program.wait_live(reader)
        boxes = BoxReader(reader)
        until(lambda: boxes.have_boxes(TILES), SOON_S * 2, "boxes on all tiles")
        began = time.monotonic()
        until(lambda: time.monotonic() - began > FILLS_S, FILLS_S + 5, "some seconds")
        yield program


@pytest.fixture(scope="module")
def tiles(wall: BoxWall) -> WallReader:
    return wall.reader("4")


@pytest.fixture(autouse=True)
def live_again(wall: BoxWall, tiles: WallReader) -> Iterator[None]:
    """All are live before and after."""
    wall.wait_live(tiles)
    yield
    Hands(wall.screen).press("End")
    wall.wait_live(tiles)


@pytest.fixture
def hands(screen: VirtualScreen) -> Hands:
    return Hands(screen)


def becomes(tiles: WallReader, tile: int, state: StreamState) -> None:
    until(lambda: tiles.states()[tile] is state, SOON_S, f"{state} in {tiles.words()}")


def others_are_live(tiles: WallReader) -> bool:
    return all(state is StreamState.LIVE for state in tiles.states()[1:])


def indices(boxes: BoxReader, seconds: float, tile: int = 0) -> Sequence[int]:
    """The numbers of the pictures that the tile shows, one after the other."""
    found: list[int] = []
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        index = boxes.index(tile)
        if index >= 0 and found[-1:] != [index]:
            found.append(index)
    return found


def steps(numbers: Sequence[int]) -> list[int]:
    """Between one number and the next, over the end of the clip."""
    half = FRAMES // 2
    return [(after - before + half) % FRAMES - half for before, after in pairwise(numbers)]


def has_box(tiles: WallReader, boxes: BoxReader) -> bool:
    """Whether a box is drawn right over the block of the first tile's replayed picture.

    The coloured frame and the plate of a replay are left out of what is read.
    """
    index = boxes.index(0)
    pixels = np.asarray(tiles.pixels).copy()
    place = tiles.places[0].picture
    area = place.centred(fit(WIDTH, HEIGHT, Size(place.width, place.height)))
    edge, top = area.height // 60, area.height * 11 // 20
    rows = slice(area.y + top, area.y + area.height - edge)
    columns = slice(area.x + edge, area.x + area.width - edge)
    kept = pixels[rows, columns].copy()
    pixels[area.y : area.y + area.height, area.x : area.x + area.width] = GREY
    pixels[rows, columns] = kept
    box = painted_box(pixels, (area.x, area.y, area.width, area.height))
    return bool(index == boxes.index(0) >= 0 and overlap(box, block_box(index)) > _SAME_BOX)


def stands(boxes: BoxReader) -> int:
    """The number of the picture, once it no longer changes."""
    index = -1

    def is_still() -> bool:
        nonlocal index
        seen = indices(boxes, 0.3)
        index = seen[-1] if seen else -1
        return len(seen) == 1

    until(is_still, SOON_S, "a standing picture")
    return index


def test_a_jump_back_plays_every_picture_once_with_its_boxes(
    tiles: WallReader, hands: Hands
) -> None:
    boxes = BoxReader(tiles)
    hands.press("ctrl+Left")
    becomes(tiles, 0, StreamState.REPLAY)
    assert others_are_live(tiles)
    now = steps(indices(boxes, 4.0))
    # The screen of a busy machine may miss some; the board has them all (tests/integration).
    assert now.count(1) >= MOST_OF * len(now)
    assert len(now) >= 3 * FPS
    assert min(now) > 0
    looks = [has_box(tiles, boxes) for _ in range(40)]
    # A look may fall into a change of the picture.
    assert sum(looks) >= len(looks) / 3
    hands.press("End")
    becomes(tiles, 0, StreamState.LIVE)


def test_pause_single_pictures_and_backwards(tiles: WallReader, hands: Hands) -> None:
    boxes = BoxReader(tiles)
    hands.press("ctrl+Left", "k")
    becomes(tiles, 0, StreamState.REPLAY)
    seen = [stands(boxes)]
    for key in ("alt+Right", "alt+Right", "alt+Left", "alt+Left", "alt+Left"):
        hands.press(key)
        until(lambda: boxes.index(0) not in (-1, seen[-1]), SOON_S, "another picture")
        seen.append(stands(boxes))
    assert steps(seen) == [1, 1, -1, -1, -1]
    hands.press("j")
    until(lambda: boxes.index(0) not in (-1, seen[-1]), SOON_S, "it goes backwards")
    back = steps(indices(boxes, 2.0))
    assert back.count(-1) >= MOST_OF * len(back)
    assert max(back) < 0
    hands.press("space")
    stands(boxes)
    assert tiles.states()[0] is StreamState.REPLAY
    assert others_are_live(tiles)


def test_all_tiles_in_step_and_live_again_together(tiles: WallReader, hands: Hands) -> None:
    boxes = BoxReader(tiles)
    hands.press("r", "ctrl+Left")
    until(lambda: tiles.count(StreamState.REPLAY) == 4, SOON_S, "four replays")
    hands.press("k")
    stands(boxes)
    frames = [boxes.frame(tile) for tile in TILES]
    assert min(frames) >= 0
    assert max(frames) - min(frames) <= 1
    hands.press("End")
    until(lambda: tiles.count(StreamState.LIVE) == 4, SOON_S, "four live tiles")
    hands.press("r")
