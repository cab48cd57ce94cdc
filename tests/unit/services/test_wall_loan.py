"""A borrowed screen: cells of its own for a while, and the operator's as they were."""

import pytest

from app.domain.camera import CameraCode
from app.domain.geometry import Size
from app.services.wall import WallService
from app.services.wall_memory import WallState
from app.video.engine_types import ViewKey
from tests.unit.services.test_wall import BANNU, Wall

THREE = [CameraCode("BNU-1-1"), CameraCode("DIK-1-2"), CameraCode("GONE-9")]


@pytest.fixture
def wall() -> Wall:
    """The second page of four, with a camera called up, the third tile zoomed and selected."""
    wall = Wall().opened()
    wall.service.turn_page(0, 1)
    wall.service.place(CameraCode("LKM-1-1"), 0, 1)
    wall.service.select(0, 2)
    wall.service.zoom(0, 2, 0.5, 0.5, 2.0)
    wall.settle()
    return wall


def test_its_cells_show_the_cameras_without_live_pictures(wall: Wall) -> None:
    wall.service.borrow(0, THREE)
    wall.dispatcher.drain()
    assert wall.changes == [0]
    assert wall.codes() == ["BNU-1-1", "DIK-1-2", None, None]
    assert wall.screen().selected == 0
    assert wall.engine.shown == {}
    assert not {tile.key for tile in wall.screen().tiles} & wall.screen().waiting
    assert wall.screen().waiting == {ViewKey(f"0/{cell}") for cell in range(4)}


def test_what_waits_behind_stays_connected_and_the_page_is_not_turned(wall: Wall) -> None:
    before, codes = wall.screen(), wall.codes()
    wall.service.borrow(0, THREE)
    wall.dispatcher.drain()
    assert list(wall.engine.warm[:4]) == codes
    now = wall.screen()
    assert (now.district, now.page, now.pages) == (before.district, before.page, before.pages)


def test_everything_is_as_before_when_it_is_given_back(wall: Wall) -> None:
    before, shown = wall.screen(), dict(wall.engine.shown)
    wall.service.borrow(0, THREE)
    wall.service.select(0, 1)
    wall.service.toggle_enlarged(0)
    wall.service.borrow(0, THREE[:2])
    wall.dispatcher.drain()
    wall.service.give_back(0)
    wall.service.give_back(0)
    wall.dispatcher.drain()
    assert wall.screen() == before
    assert wall.engine.shown == shown
    assert not wall.service.is_borrowed(0)


def test_only_the_operators_own_is_remembered(wall: Wall) -> None:
    before = wall.service.state
    wall.service.borrow(0, THREE)
    wall.service.select(0, 1)
    assert wall.service.state == before
    wall.service.close_screen(0)
    assert wall.service.state == before
    again = WallService(wall.directory, wall.engine, wall.dispatcher, remembered=WallState(
        screens=wall.service.state.screens
    ))  # fmt: skip
    again.open_screen(0, Size(1920, 1080), 1.0)
    assert again.screen(0).layout == "4"


def test_an_operator_who_goes_on_takes_it_back(wall: Wall) -> None:
    service = wall.service
    page = wall.screen().page
    service.borrow(0, THREE)
    service.turn_page(0, 1)
    assert (wall.screen().page, wall.screen().layout) == (page + 1, "4")
    service.borrow(0, THREE)
    service.set_layout(0, "9")
    assert wall.screen().layout == "9"
    service.borrow(0, THREE)
    service.set_district(0, BANNU)
    assert wall.codes()[0] == "BNU-1-1"
    service.borrow(0, THREE)
    selected = wall.service.state.screens[0].selected
    service.place(CameraCode("LKM-1-1"), 0, 3)
    assert wall.codes()[selected] == "LKM-1-1"
    assert not service.is_borrowed(0)


def test_it_follows_the_window_and_the_registry(wall: Wall) -> None:
    wall.service.borrow(0, THREE)
    wall.service.resize_screen(0, Size(1280, 720), 1.0)
    wall.directory.drop(CameraCode("DIK-1-2"))
    wall.directory.drop(CameraCode("LKM-1-1"))
    wall.service.registry_changed()
    assert wall.codes() == ["BNU-1-1", None, None, None]
    wall.service.give_back(0)
    assert wall.screen().size == Size(1280, 720)
    assert "LKM-1-1" not in wall.codes()


def test_other_screens_are_left_alone() -> None:
    wall = Wall().opened(screens=2)
    before = wall.screen(1)
    wall.service.borrow(0, THREE)
    wall.dispatcher.drain()
    assert wall.screen(1) == before
    assert set(wall.engine.shown) == {ViewKey(f"1/{cell}") for cell in range(4)}
