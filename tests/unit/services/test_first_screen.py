"""The command line's wishes for the first screen, once there are cameras for them."""

import pytest

from app.core.dispatch import ManualDispatcher
from app.domain.geometry import Size
from app.domain.layout import LayoutName
from app.services.first_screen import FirstScreen
from app.services.notices import NoticeBoard
from app.services.wall import WallService
from app.settings.command_line import Options
from tests.fakes.camera_tree import FakeCameraTree
from tests.fakes.engine import FakeEngine


class Bench:
    """A wall of one screen over a registry that may still be empty."""

    def __init__(self, districts: int) -> None:
        self.registry = FakeCameraTree(districts=districts, sites=6, cameras=5)
        self.notices = NoticeBoard()
        self.wall = WallService(self.registry, FakeEngine(), ManualDispatcher())
        self.wall.open_screen(0, Size(1920, 1080), 1.0)

    def first_screen(self, options: Options) -> FirstScreen:
        return FirstScreen(options, self.wall, self.registry, self.notices)

    @property
    def shown(self) -> tuple[str, str | None, int]:
        screen = self.wall.screen(0)
        return screen.layout, screen.district.code if screen.district else None, screen.page


def test_layout_district_and_page_are_taken_from_the_command_line() -> None:
    bench = Bench(districts=2)
    bench.first_screen(Options(layout=LayoutName("9"), district="D2", page=3))
    assert bench.shown == ("9", "D2", 2)


def test_without_wishes_nothing_is_changed() -> None:
    bench = Bench(districts=2)
    before = bench.shown
    bench.first_screen(Options())
    assert bench.shown == before


def test_district_and_page_wait_for_cameras() -> None:
    bench = Bench(districts=0)
    first = bench.first_screen(Options(layout=LayoutName("4"), district="D2", page=2))
    assert bench.wall.screen(0).district is None
    filled = FakeCameraTree(districts=2, sites=6, cameras=5)
    bench.registry.take_over(filled)
    bench.wall.registry_changed()
    first.place()
    assert bench.shown == ("4", "D2", 1)


def test_the_wishes_are_granted_once() -> None:
    bench = Bench(districts=2)
    first = bench.first_screen(Options(district="D2"))
    bench.wall.next_district(0)
    first.place()
    assert bench.shown[1] == "D1"


@pytest.mark.logs_errors
def test_an_unknown_district_is_said_and_the_page_still_counts() -> None:
    bench = Bench(districts=2)
    bench.first_screen(Options(district="XYZ", page=2))
    (notice,) = bench.notices.current
    assert notice.text == "There is no district XYZ"
    assert "D1, D2" in notice.advice
    assert bench.shown[1:] == ("D1", 1)
