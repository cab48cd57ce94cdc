"""Commands act on the focused screen, and keys with two halves do the right one."""

import pytest

from app.core.dispatch import ManualDispatcher
from app.domain.camera import DistrictCode
from app.domain.geometry import Size
from app.services.overlay_types import OverlayStatus, OverlaySwitches, Timing
from app.services.wall import WallService
from app.video.engine_types import ViewKey
from tests.fakes.camera_tree import FakeCameraTree
from tests.fakes.engine import FakeEngine
from tests.fakes.overlays import FakeOverlays
from ui.wall_commands import WallCommands


class Shell:
    """Windows that only remember what was asked of them."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.keys_are_shown = False

    def show_screen(self, index: int) -> None:
        self.asked.append(("show", index))

    def toggle_full_screen(self, index: int) -> None:
        self.asked.append(("full", index))

    def toggle_keys(self, index: int) -> None:
        self.asked.append(("keys", index))

    def hide_keys(self) -> bool:
        shown, self.keys_are_shown = self.keys_are_shown, False
        return shown

    def show_note(self, index: int, words: str) -> None:
        self.asked.append(("note", index, words))

    def adjust_boxes(self, index: int) -> None:
        self.asked.append(("adjust", index))

    def toggle_events(self, index: int) -> None:
        self.asked.append(("toggle_events", index))

    def enter_events(self, index: int) -> None:
        self.asked.append(("enter_events", index))

    def dismiss_notice(self) -> None:
        self.asked.append(("dismiss",))

    def focus_search(self) -> None:
        self.asked.append(("search",))

    def ask_to_leave(self) -> None:
        self.asked.append(("leave",))


@pytest.fixture
def shell() -> Shell:
    return Shell()


@pytest.fixture
def wall() -> WallService:
    wall = WallService(FakeCameraTree(2, 6, 5), FakeEngine(), ManualDispatcher())
    for index in range(2):
        wall.open_screen(index, Size(1920, 1080), 1.0)
    return wall


@pytest.fixture
def commands(wall: WallService, shell: Shell) -> WallCommands:
    return WallCommands(wall, shell)


def type_number(commands: WallCommands, number: str) -> None:
    for key in number:
        commands.type_digit(key)


def test_pages_layouts_and_districts_of_the_focused_screen(
    commands: WallCommands, wall: WallService
) -> None:
    before = wall.screen(0)
    wall.set_district(1, DistrictCode("D1"))
    wall.focus_screen(1)
    commands.set_layout("9")
    commands.next_district(1)
    commands.turn_page(1)
    screen = wall.screen(1)
    assert (screen.layout, screen.district and screen.district.code, screen.page) == ("9", "D2", 1)
    assert wall.screen(0).tiles == before.tiles


def test_enter_enlarges_and_escape_goes_back(commands: WallCommands, wall: WallService) -> None:
    commands.move_selection(1, 0)
    commands.confirm()
    assert wall.screen(0).enlarged == 1
    commands.forget()
    assert wall.screen(0).enlarged is None
    commands.forget()
    assert wall.screen(0).enlarged is None


def test_enter_calls_up_what_was_typed(commands: WallCommands, wall: WallService) -> None:
    type_number(commands, "2.3.4")
    commands.confirm()
    screen = wall.screen(0)
    camera = screen.tiles[0].camera
    assert camera is not None
    assert (camera.code, screen.enlarged) == ("D2-3-4", None)


def test_escape_forgets_the_number_before_it_leaves_the_large_tile(
    commands: WallCommands, wall: WallService
) -> None:
    commands.confirm()
    type_number(commands, "2.3")
    commands.forget()
    assert (wall.call_up, wall.screen(0).enlarged) == (None, 0)


def test_escape_closes_the_keys_first(
    commands: WallCommands, wall: WallService, shell: Shell
) -> None:
    commands.confirm()
    shell.keys_are_shown = True
    commands.forget()
    assert wall.screen(0).enlarged == 0


def test_backspace_deletes_a_digit_and_else_resets_the_zoom(
    commands: WallCommands, wall: WallService
) -> None:
    commands.zoom(2.0)
    type_number(commands, "12")
    commands.reset()
    assert wall.call_up is not None
    assert wall.call_up.text == "1"
    assert wall.screen(0).tiles[0].zoom == 2.0
    commands.reset()
    commands.reset()
    assert wall.screen(0).tiles[0].zoom == 1.0


def test_the_next_screen_gets_the_keyboard(
    commands: WallCommands, wall: WallService, shell: Shell
) -> None:
    commands.focus_screen(1)
    assert (wall.focused, shell.asked) == (1, [("show", 1)])


def test_windows_are_asked_for_what_is_theirs(commands: WallCommands, shell: Shell) -> None:
    commands.toggle_full_screen()
    commands.toggle_keys()
    commands.toggle_events()
    commands.enter_events()
    commands.dismiss_notice()
    commands.search()
    commands.leave()
    assert shell.asked == [
        ("full", 0),
        ("keys", 0),
        ("toggle_events", 0),
        ("enter_events", 0),
        ("dismiss",),
        ("search",),
        ("leave",),
    ]


@pytest.fixture
def overlays() -> FakeOverlays:
    return FakeOverlays()


@pytest.fixture
def with_boxes(wall: WallService, shell: Shell, overlays: FakeOverlays) -> WallCommands:
    wall.focus_screen(1)
    wall.select(1, 3)
    return WallCommands(wall, shell, overlays)


def test_boxes_of_tile_screen_and_wall(
    with_boxes: WallCommands, overlays: FakeOverlays, shell: Shell
) -> None:
    overlays.statuses[ViewKey("1/3")] = OverlayStatus(is_on=True, timing=Timing.FASTEST)
    with_boxes.toggle_tile_boxes()
    with_boxes.toggle_screen_boxes()
    with_boxes.toggle_wall_boxes()
    with_boxes.toggle_tile_timing()
    with_boxes.toggle_screen_timing()
    assert overlays.calls == [
        ("toggle_tile", 1, 3),
        ("toggle_screen", 1),
        ("toggle_wall",),
        ("toggle_timing", 1, 3),
        ("toggle_screen_timing", 1),
    ]
    assert shell.asked == [
        ("note", 1, "Boxes on"),
        ("note", 1, "Boxes on"),
        ("note", 1, "Boxes on"),
        ("note", 1, "Boxes: fastest picture"),
        ("note", 1, "Boxes: fastest picture"),
    ]


def test_the_note_says_what_holds_afterwards(
    with_boxes: WallCommands, overlays: FakeOverlays, shell: Shell
) -> None:
    overlays.statuses[ViewKey("1/3")] = OverlayStatus(is_on=False)
    with_boxes.toggle_tile_boxes()
    assert shell.asked == [("note", 1, "Boxes off")]


def test_what_is_drawn_besides_is_switched(
    with_boxes: WallCommands, overlays: FakeOverlays, shell: Shell
) -> None:
    with_boxes.toggle_trails()
    with_boxes.toggle_zones()
    with_boxes.toggle_confidence()
    assert overlays.switches == OverlaySwitches(confidence=True, trails=True, zones=True)
    assert [words for _note, _screen, words in shell.asked] == [
        "Trails on",
        "Zones on",
        "Confidence on",
    ]
    with_boxes.toggle_trails()
    assert shell.asked[-1] == ("note", 1, "Trails off")


def test_without_overlays_keys_for_boxes_do_nothing(commands: WallCommands, shell: Shell) -> None:
    commands.toggle_tile_boxes()
    commands.toggle_tile_timing()
    commands.toggle_trails()
    assert shell.asked == []


def test_adjusting_is_left_to_the_windows(with_boxes: WallCommands, shell: Shell) -> None:
    with_boxes.adjust_boxes()
    assert shell.asked == [("adjust", 1)]
