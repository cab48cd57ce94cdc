"""Calling a camera up by the number that an operator types."""

from app.core.dispatch import ManualDispatcher
from app.domain.geometry import Size
from app.services.call_up import CallUpProblem
from app.services.wall import WallService
from tests.fakes.directory import FakeDirectory
from tests.fakes.engine import FakeEngine


def wall_with(screens: int = 1) -> WallService:
    service = WallService(FakeDirectory(), FakeEngine(), ManualDispatcher())
    for index in range(screens):
        service.open_screen(index, Size(1920, 1080), 1.0)
        service.set_layout(index, "4")
    return service


def type_in(service: WallService, keys: str) -> None:
    for key in keys:
        service.type_call_up(key)


def codes(service: WallService, screen: int = 0) -> list[str]:
    return [tile.camera.code for tile in service.screen(screen).tiles if tile.camera]


def test_a_number_calls_its_camera_into_the_selected_tile() -> None:
    service = wall_with()
    service.select(0, 2)
    type_in(service, "2.3.1")
    assert service.confirm_call_up()
    assert codes(service) == ["DIK-1-1", "DIK-1-2", "BNU-3-1", "DIK-1-4"]
    assert service.call_up is None


def test_the_camera_is_named_as_soon_as_the_number_is_complete() -> None:
    service = wall_with()
    type_in(service, "2.3")
    assert service.call_up is not None
    assert service.call_up.text == "2.3"
    type_in(service, ".1")
    shown = service.screen(0).call_up
    assert shown is not None
    assert shown.camera is not None
    assert shown.camera.code == "BNU-3-1"


def test_two_parts_call_up_within_the_district_of_the_screen() -> None:
    service = wall_with()
    service.next_district(0)
    type_in(service, "4.2")
    assert service.confirm_call_up()
    assert codes(service)[0] == "BNU-4-2"


def test_an_unknown_number_says_so_and_changes_nothing() -> None:
    service = wall_with()
    before = service.state
    type_in(service, "2.41.99")
    assert not service.confirm_call_up()
    assert service.call_up is not None
    assert service.call_up.problem is CallUpProblem.UNKNOWN
    assert service.state == before


def test_an_incomplete_number_says_so() -> None:
    service = wall_with()
    type_in(service, "2.")
    assert not service.confirm_call_up()
    assert service.call_up is not None
    assert service.call_up.problem is CallUpProblem.INCOMPLETE


def test_escape_forgets_and_backspace_takes_back() -> None:
    service = wall_with()
    type_in(service, "2.3")
    service.erase_call_up()
    assert service.call_up is not None
    assert service.call_up.text == "2."
    service.forget_call_up()
    assert service.call_up is None


def test_the_number_is_shown_on_the_screen_that_has_the_focus() -> None:
    service = wall_with(2)
    service.focus_screen(1)
    type_in(service, "2.3.1")
    assert service.screen(0).call_up is None
    assert service.screen(1).call_up is not None
    assert service.confirm_call_up()
    assert codes(service, 1)[0] == "BNU-3-1"


def test_another_screen_does_not_inherit_what_was_being_typed() -> None:
    service = wall_with(2)
    type_in(service, "2.3")
    service.focus_screen(1)
    assert service.call_up is None
