"""The wall's screens, pages, tiles and memory."""

import pytest

from app.core.dispatch import ManualDispatcher
from app.domain.camera import CameraCode, DistrictCode
from app.domain.geometry import WHOLE, Size
from app.domain.layout import UnknownLayoutError
from app.services.wall import WallService
from app.services.wall_memory import ScreenState, WallState
from app.services.wall_screen import ScreenSnapshot
from app.video.engine_types import ViewKey
from tests.fakes.directory import FakeDirectory
from tests.fakes.engine import FakeEngine

FULL_HD = Size(1920, 1080)
BANNU = DistrictCode("BNU")


class Wall:
    """A wall service, what it stands on, and what it announced."""

    def __init__(
        self, remembered: WallState | None = None, *, cameras: int = 40, warm_pages: int = 1
    ) -> None:
        self.directory = FakeDirectory(cameras)
        self.engine = FakeEngine()
        self.dispatcher = ManualDispatcher()
        self.service = WallService(
            self.directory,
            self.engine,
            self.dispatcher,
            remembered=remembered,
            warm_pages=warm_pages,
        )
        self.changes: list[int] = []
        self.service.changed.connect(self.changes.append)

    def opened(self, *, screens: int = 1, layout: str = "4") -> "Wall":
        for index in range(screens):
            self.service.open_screen(index, FULL_HD, 1.0)
            self.service.set_layout(index, layout)
        self.settle()
        return self

    def settle(self) -> None:
        self.dispatcher.drain()
        self.changes.clear()

    def screen(self, index: int = 0) -> ScreenSnapshot:
        return self.service.screen(index)

    def codes(self, index: int = 0) -> list[str | None]:
        return [tile.camera.code if tile.camera else None for tile in self.screen(index).tiles]


@pytest.fixture
def wall() -> Wall:
    return Wall().opened()


# --- screens and pages -----------------------------------------------------------------------


def test_a_new_screen_shows_the_first_page_of_the_first_district(wall: Wall) -> None:
    district = wall.screen().district
    assert district is not None
    assert district.name == "Dera Ismail Khan"
    assert wall.codes() == ["DIK-1-1", "DIK-1-2", "DIK-1-3", "DIK-1-4"]
    assert wall.screen().pages == 10


def test_new_screens_show_a_district_each_and_then_its_next_page() -> None:
    wall = Wall().opened(screens=4)
    assert [wall.codes(index)[0] for index in range(4)] == [
        "DIK-1-1",
        "BNU-1-1",
        "LKM-1-1",
        "DIK-4-2",  # the second page of sixteen
    ]


def test_a_registry_that_comes_after_the_windows_is_shown_the_same_way() -> None:
    wall = Wall()
    full, wall.directory.districts = wall.directory.districts, list  # type: ignore[method-assign]  # an empty registry for now
    wall.opened(screens=2)
    assert wall.codes(1) == [None] * 4
    wall.directory.districts = full  # type: ignore[method-assign]  # the import is through
    wall.service.registry_changed()
    assert [wall.codes(index)[0] for index in range(2)] == ["DIK-1-1", "BNU-1-1"]


def test_the_engine_hears_once_of_all_changes_of_a_turn(wall: Wall) -> None:
    shows = wall.engine.shows
    for _ in range(5):
        wall.service.turn_page(0, 1)
    wall.service.select(0, 2)
    assert wall.engine.shows == shows
    wall.dispatcher.drain()
    assert wall.engine.shows == shows + 1
    assert wall.changes == [0]


def test_the_engine_knows_before_the_windows_do(wall: Wall) -> None:
    seen: list[CameraCode] = []
    wall.service.changed.connect(
        lambda _index: seen.append(wall.engine.shown[ViewKey("0/0")].camera)
    )
    wall.service.turn_page(0, 1)
    wall.dispatcher.drain()
    assert seen == ["DIK-1-5"]


def test_turning_pages_goes_around(wall: Wall) -> None:
    wall.service.turn_page(0, -1)
    assert wall.screen().page == 9
    wall.service.turn_page(0, 1)
    assert wall.screen().page == 0


def test_a_page_beyond_the_last_is_the_last(wall: Wall) -> None:
    wall.service.choose_page(0, 99)
    assert wall.screen().page == 9


def test_each_screen_has_its_own_district_and_page() -> None:
    wall = Wall().opened(screens=2)
    wall.service.set_district(1, BANNU)
    wall.service.choose_page(1, 0)
    wall.service.turn_page(0, 1)
    assert wall.codes(0)[0] == "DIK-1-5"
    assert wall.codes(1)[0] == "BNU-1-1"


def test_districts_go_around(wall: Wall) -> None:
    seen = []
    for _ in range(3):
        wall.service.next_district(0)
        seen.append(wall.codes()[0])
    assert seen == ["BNU-1-1", "LKM-1-1", "DIK-1-1"]
    wall.service.next_district(0, -1)
    assert wall.codes()[0] == "LKM-1-1"


def test_another_layout_keeps_the_selected_camera_in_sight(wall: Wall) -> None:
    wall.service.choose_page(0, 3)
    wall.service.select(0, 2)
    chosen = wall.codes()[2]
    wall.service.set_layout(0, "9")
    screen = wall.screen()
    assert wall.codes()[screen.selected] == chosen
    wall.service.set_layout(0, "1+5")
    assert wall.codes()[wall.screen().selected] == chosen


def test_an_unknown_layout_is_refused_and_changes_nothing(wall: Wall) -> None:
    with pytest.raises(UnknownLayoutError):
        wall.service.set_layout(0, "17")
    assert wall.screen().layout == "4"


def test_a_resized_screen_gets_new_places(wall: Wall) -> None:
    wall.service.resize_screen(0, Size(3840, 2160), 2.0)
    wall.dispatcher.drain()
    spec = wall.engine.shown[ViewKey("0/0")]
    assert spec.width == wall.screen().tiles[0].picture.width > 1900
    wall.settle()
    wall.service.resize_screen(0, Size(3840, 2160), 2.0)
    wall.dispatcher.drain()
    assert wall.changes == []


def test_a_closed_screen_lets_its_cameras_go_but_is_remembered() -> None:
    wall = Wall().opened(screens=2)
    wall.service.focus_screen(1)
    wall.service.set_district(1, BANNU)
    wall.service.close_screen(1)
    wall.dispatcher.drain()
    assert set(wall.engine.shown) == {ViewKey(f"0/{cell}") for cell in range(4)}
    assert wall.service.focused == 0
    assert wall.service.state.screens[1].district == BANNU
    wall.service.open_screen(1, FULL_HD, 1.0)
    assert wall.codes(1)[0] == "BNU-1-1"


def test_the_focus_goes_round_the_screens() -> None:
    wall = Wall().opened(screens=3)
    wall.service.focus_next(1)
    wall.service.focus_next(1)
    wall.service.focus_next(1)
    assert wall.service.focused == 0
    wall.service.focus_next(-1)
    assert [screen.has_focus for screen in wall.service.screens] == [False, False, True]


# --- tiles -----------------------------------------------------------------------------------


def test_arrows_move_the_selection(wall: Wall) -> None:
    wall.service.move_selection(0, 1, 0)
    wall.service.move_selection(0, 0, 1)
    assert wall.screen().selected == 3


def test_an_enlarged_tile_fills_the_screen_with_the_main_stream(wall: Wall) -> None:
    wall.service.toggle_enlarged(0, 2)
    wall.dispatcher.drain()
    assert list(wall.engine.shown) == [ViewKey("0/2")]
    spec = wall.engine.shown[ViewKey("0/2")]
    assert spec.prefer_main
    assert (spec.camera, spec.width) == ("DIK-1-3", 1920)
    assert list(wall.engine.warm[:3]) == ["DIK-1-1", "DIK-1-2", "DIK-1-4"]
    wall.service.toggle_enlarged(0)
    wall.dispatcher.drain()
    assert len(wall.engine.shown) == 4
    assert not wall.engine.shown[ViewKey("0/2")].prefer_main


def test_arrows_go_through_the_page_while_a_tile_is_enlarged(wall: Wall) -> None:
    wall.service.toggle_enlarged(0, 0)
    wall.service.move_selection(0, 1, 0)
    assert wall.codes() == ["DIK-1-2"]


def test_an_empty_cell_is_not_enlarged() -> None:
    wall = Wall(cameras=2).opened()
    wall.service.toggle_enlarged(0, 3)
    assert wall.screen().enlarged is None


def test_a_placed_camera_stays_until_the_page_changes(wall: Wall) -> None:
    wall.service.place(CameraCode("LKM-2-1"), 0, 1)
    assert wall.codes()[1] == "LKM-2-1"
    assert wall.screen().selected == 1
    wall.service.turn_page(0, 1)
    wall.service.turn_page(0, -1)
    assert wall.codes()[1] == "DIK-1-2"


def test_a_camera_that_the_registry_does_not_hold_is_not_placed(wall: Wall) -> None:
    before = wall.screen()
    wall.service.place(CameraCode("NOPE-1-1"), 0, 1)
    assert wall.screen() == before


def test_zooming_asks_for_the_part_under_the_pointer_from_the_main_stream(wall: Wall) -> None:
    wall.service.zoom(0, 1, 1.0, 1.0, 2.0)
    wall.dispatcher.drain()
    spec = wall.engine.shown[ViewKey("0/1")]
    assert (spec.crop.x, spec.crop.y, spec.crop.width) == (0.5, 0.5, 0.5)
    assert spec.prefer_main
    assert wall.screen().tiles[1].zoom == 2.0
    wall.service.pan(0, 1, -0.5, -10.0)
    crop = wall.screen().tiles[1].crop
    assert (crop.x, crop.y) == (0.25, 0.0)
    wall.service.reset_zoom(0, 1)
    assert wall.screen().tiles[1].crop == WHOLE


def test_another_camera_in_the_cell_is_seen_whole(wall: Wall) -> None:
    wall.service.zoom(0, 1, 0.5, 0.5, 2.0)
    wall.service.place(CameraCode("LKM-2-1"), 0, 1)
    assert wall.screen().tiles[1].crop == WHOLE


def test_zooming_where_no_camera_is_changes_nothing() -> None:
    wall = Wall(cameras=2).opened()
    wall.service.zoom(0, 3, 0.5, 0.5, 2.0)
    wall.dispatcher.drain()
    assert wall.changes == []


def test_verbs_that_change_nothing_announce_nothing(wall: Wall) -> None:
    wall.service.set_layout(0, "4")
    wall.service.choose_page(0, 0)
    wall.service.select(0, 0)
    wall.service.select(0, 99)
    wall.service.set_district(0, DistrictCode("DIK"))
    wall.service.set_district(0, DistrictCode("GONE"))
    wall.service.place(CameraCode("DIK-1-1"), 0, 99)
    wall.service.toggle_enlarged(0, 99)
    wall.service.reset_zoom(0)
    wall.service.focus_screen(7)
    wall.service.close_screen(7)
    wall.dispatcher.drain()
    assert wall.changes == []


def test_a_camera_can_be_called_into_the_enlarged_tile(wall: Wall) -> None:
    wall.service.toggle_enlarged(0, 1)
    wall.service.place(CameraCode("LKM-2-1"), 0)
    assert wall.codes() == ["LKM-2-1"]


# --- warmth ----------------------------------------------------------------------------------


def test_the_pages_before_and_after_are_kept_warm(wall: Wall) -> None:
    wall.service.choose_page(0, 1)
    wall.dispatcher.drain()
    assert list(wall.engine.warm) == [
        *["DIK-2-4", "DIK-2-5", "DIK-3-1", "DIK-3-2"],
        *["DIK-1-1", "DIK-1-2", "DIK-1-3", "DIK-1-4"],
    ]


def test_a_camera_that_is_shown_is_not_warm_too() -> None:
    wall = Wall().opened(screens=2)
    wall.service.set_district(1, DistrictCode("DIK"))
    wall.service.choose_page(1, 1)
    wall.dispatcher.drain()
    shown = {spec.camera for spec in wall.engine.shown.values()}
    assert not shown & set(wall.engine.warm)
    assert len(wall.engine.warm) == len(set(wall.engine.warm))


def test_nothing_is_kept_warm_where_it_is_not_wanted() -> None:
    wall = Wall(warm_pages=0).opened()
    assert wall.engine.warm == ()


# --- the registry and the memory -------------------------------------------------------------


def test_a_camera_that_left_the_registry_leaves_the_wall(wall: Wall) -> None:
    wall.service.place(CameraCode("LKM-2-1"), 0, 1)
    wall.directory.drop(CameraCode("LKM-2-1"))
    wall.directory.drop(CameraCode("DIK-1-1"))
    wall.service.registry_changed()
    assert wall.codes() == ["DIK-1-2", "DIK-1-3", "DIK-1-4", "DIK-1-5"]


def test_a_district_that_left_the_registry_gives_way_to_the_first(wall: Wall) -> None:
    wall.service.set_district(0, BANNU)
    wall.directory.drop_district(BANNU)
    wall.service.registry_changed()
    assert wall.codes()[0] == "DIK-1-1"


def test_an_empty_registry_shows_empty_tiles() -> None:
    wall = Wall()
    for code in ("DIK", "BNU", "LKM"):
        wall.directory.drop_district(DistrictCode(code))
    wall.opened()
    assert wall.codes() == [None] * 4
    assert wall.screen().district is None
    wall.service.next_district(0)
    wall.service.turn_page(0, 1)
    assert wall.screen().page == 0


def test_a_wall_comes_back_as_it_was_left() -> None:
    first = Wall().opened(screens=2, layout="1+5")
    first.service.set_district(1, BANNU)
    first.service.turn_page(1, 2)
    first.service.place(CameraCode("LKM-3-2"), 1, 4)
    first.service.toggle_enlarged(1)
    second = Wall(first.service.state)
    for index in range(2):
        second.service.open_screen(index, FULL_HD, 1.0)
    assert second.service.state == first.service.state
    assert second.codes(1) == ["LKM-3-2"]


def test_a_remembered_state_that_fits_nothing_any_more_is_brought_within_bounds() -> None:
    state = ScreenState(
        layout="17",
        district="GONE",
        page=900,
        overrides={2: "GONE-1-1", 900: "DIK-1-1"},
        selected=77,
        enlarged=88,
    )
    wall = Wall(WallState(screens=(state,)))
    wall.service.open_screen(0, FULL_HD, 1.0)
    screen = wall.screen()
    assert (screen.layout, screen.page, screen.selected, screen.enlarged) == ("16", 0, 15, None)


def test_what_is_remembered_survives_a_registry_that_is_not_there_yet() -> None:
    state = ScreenState(layout="4", district="BNU", page=3, overrides={1: "LKM-2-1"}, selected=2)
    wall = Wall(WallState(screens=(state,)))
    full, wall.directory.districts = wall.directory.districts, list  # type: ignore[method-assign]  # an empty registry for now
    wall.service.open_screen(0, FULL_HD, 1.0)
    wall.service.registry_changed()
    assert wall.service.state.screens[0] == state
    wall.directory.districts = full  # type: ignore[method-assign]  # the import is through
    wall.service.registry_changed()
    assert wall.codes() == ["BNU-3-3", "LKM-2-1", "BNU-3-5", "BNU-4-1"]


def test_a_remembered_selection_out_of_range_does_no_harm_without_a_registry() -> None:
    wall = Wall(WallState(screens=(ScreenState(layout="4", selected=77, enlarged=88),)))
    for code in ("DIK", "BNU", "LKM"):
        wall.directory.drop_district(DistrictCode(code))
    wall.service.open_screen(0, FULL_HD, 1.0)
    wall.service.set_layout(0, "9")
    wall.service.move_selection(0, -1, 0)
    assert wall.codes() == [None] * 9


def test_screens_that_are_not_open_stay_remembered() -> None:
    state = WallState(screens=(ScreenState(layout="4"), ScreenState(layout="9", district="BNU")))
    wall = Wall(state)
    wall.service.open_screen(0, FULL_HD, 1.0)
    assert wall.service.state.screens[1] == state.screens[1]
