"""An operator drives the wall by keys alone; a kill and a restart bring back what was shown."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from app.demo.city import build_city
from app.domain.stream import StreamState
from app.video.engine import workers_for
from tests.e2e.hands import Hands
from tests.e2e.program import Program, until
from tests.e2e.wall_reader import WallReader
from tests.fakes.xvfb import VirtualScreen
from ui.theme import tokens

SOON_S = 5.0
CITY = build_city()
NOT_LIVE = frozenset(StreamState) - {StreamState.LIVE}
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def screen() -> Iterator[VirtualScreen]:
    with VirtualScreen(1280, 720) as screen:
        yield screen


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory, screen: VirtualScreen) -> Iterator[Program]:
    """All 950 cameras of the city, none of which answers."""
    with Program(tmp_path_factory.mktemp("wall"), screen) as program:
        program.add_cameras(CITY.cameras, lambda camera: f"rtsp://127.0.0.1:1/{camera.code}")
        program.start("--kiosk", "--layout", "16")
        shows_grid(program.reader("16"))
        until(lambda: len(program.workers()) == workers_for(), 30, "all workers started")
        yield program


@pytest.fixture
def hands(screen: VirtualScreen) -> Hands:
    return Hands(screen)


def shows_grid(reader: WallReader) -> None:
    until(lambda: all(state in NOT_LIVE for state in reader.states()), 60, "the grid with words")


def saved(wall: Program) -> dict[str, Any]:
    """What the program remembers of its first screen."""
    file = wall.data / "wall-state.json"
    if not file.exists():
        return {}
    state: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["screens"][0]
    return state


def becomes(wall: Program, **expected: object) -> None:
    """Until these parts of the remembered state are so."""

    def is_so() -> bool:
        state = saved(wall)
        return all(state.get(name) == value for name, value in expected.items())

    until(is_so, SOON_S, f"{expected} in {saved(wall)}")


def plate_colour(reader: WallReader) -> str | None:
    """The colour of the line around the typed number, in the middle of the screen.

    The line is smoothed, so its colour is told by direction.
    """
    height, width = reader.pixels.shape[:2]
    middle = reader.pixels[height * 3 // 8 : height * 5 // 8, width // 4 : width * 3 // 4, :3]
    found = middle.astype(np.float64)
    strength = np.linalg.norm(found, axis=2) + 1e-9
    for name in (tokens.ACCENT, tokens.OFFLINE):
        wanted = np.array([int(name[at : at + 2], 16) for at in (5, 3, 1)], np.float64)
        alike = found @ wanted / (strength * np.linalg.norm(wanted))
        rows = ((alike > 0.98) & (strength > 80)).sum(axis=1)
        if rows.max() > width * 3 // 10:
            return name
    return None


def wait_plate(reader: WallReader, colour: str | None) -> None:
    until(lambda: plate_colour(reader) == colour, SOON_S, f"the plate is {colour}")


def test_keys_choose_layout_page_district_and_tile(wall: Program, hands: Hands) -> None:
    hands.press("ctrl+3")
    becomes(wall, layout="9", district="DIK", page=0)
    shows_grid(wall.reader("9"))
    hands.press("Next", "Next", "Prior")
    becomes(wall, page=1)
    hands.press("F2")
    becomes(wall, district="BNU", page=0)
    hands.press("Next", "Next", "Right", "Down", "Down")
    becomes(wall, page=2, selected=7)


@pytest.mark.parametrize(
    ("keys", "number"),
    [
        (("1", "period", "2", "period", "1", "Return"), "1.2.1"),
        (("KP_3", "KP_Decimal", "KP_4", "KP_Decimal", "KP_2", "KP_Enter"), "3.4.2"),
    ],
    ids=["digits", "number pad"],
)
def test_a_number_calls_a_camera_up_into_the_selected_tile(
    wall: Program, hands: Hands, keys: tuple[str, ...], number: str
) -> None:
    reader = wall.reader("9")
    hands.press(*keys[:-1])
    wait_plate(reader, tokens.ACCENT)
    hands.press(keys[-1])
    called = next(camera for camera in CITY.cameras if camera.call_up_number == number)
    becomes(wall, layout="9", page=2, overrides={"7": called.code})
    wait_plate(reader, None)


def test_an_unknown_number_says_so_and_changes_nothing_and_escape_forgets(
    wall: Program, hands: Hands
) -> None:
    reader, before = wall.reader("9"), saved(wall)
    hands.press("9", "period", "9", "period", "9", "Return")
    wait_plate(reader, tokens.OFFLINE)
    hands.press("Escape")
    wait_plate(reader, None)
    hands.press("1", "period", "2")
    wait_plate(reader, tokens.ACCENT)
    hands.press("Escape")
    wait_plate(reader, None)
    assert saved(wall) == before


def test_enter_enlarges_the_tile_and_back_and_f1_shows_the_keys(
    wall: Program, hands: Hands
) -> None:
    hands.press("Return")
    becomes(wall, enlarged=7)
    shows_grid(wall.reader("1"))
    hands.press("Return")
    becomes(wall, enlarged=None)
    reader = wall.reader("9")
    shows_grid(reader)
    hands.press("F1")
    until(lambda: covered(reader), SOON_S, "the keys lie over the wall")
    hands.press("Escape")
    until(lambda: not covered(reader), SOON_S, "the keys are gone")


def covered(reader: WallReader) -> bool:
    """Whether something lies over the strip of the tile in the middle."""
    return reader.states()[4] is None


def test_a_kill_brings_back_layout_district_page_and_the_camera_called_up(
    wall: Program, hands: Hands
) -> None:
    before = saved(wall)
    hands.press("Next")
    becomes(wall, page=3)
    hands.press("1", "period", "5", "period", "2", "Return")
    becomes(wall, overrides={"7": "DIK-5-2"})
    before = saved(wall)
    wall.kill()
    until(lambda: not wall.survivors(), 10, "nothing of it runs")
    wall.start("--kiosk")
    shows_grid(wall.reader("9"))
    report = wall.leave()
    bannu = [camera.code for camera in CITY.cameras if camera.site.district.code == "BNU"]
    expected = bannu[27:36]
    expected[7] = "DIK-5-2"
    assert [tile["camera"] for tile in report["tiles"]] == expected
    assert saved(wall) == before
