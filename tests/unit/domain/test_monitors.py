"""Screens on monitors that come and go."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.geometry import Rect
from app.domain.monitors import assigned, beside, homes, shared_out, wanted_screens


def test_one_screen_a_monitor_but_for_the_console() -> None:
    assert wanted_screens(4, has_console=True) == 3
    assert wanted_screens(4, has_console=False) == 4
    assert wanted_screens(1, has_console=True) == 1


def test_screens_fill_the_monitors_and_the_consoles_last() -> None:
    assert homes(3, ["A", "B", "C"], "A") == {0: "B", 1: "C", 2: "A"}
    assert homes(2, ["A"], "A") == {0: "A", 1: "A"}
    assert homes(2, [], None) == {}


def test_a_screen_whose_monitor_vanished_moves_to_the_emptiest_and_comes_back() -> None:
    home = {0: "A", 1: "B", 2: "C"}
    assert assigned(home, ["A", "B", "C"]) == home
    assert assigned(home, ["A", "B"]) == {0: "A", 1: "B", 2: "A"}
    assert assigned(home, ["C"]) == {0: "C", 1: "C", 2: "C"}
    assert assigned(home, []) == {}


@given(st.integers(1, 12), st.integers(320, 4000), st.integers(200, 3000))
def test_sharing_screens_lie_within_the_monitor_side_by_side(
    screens: int, width: int, height: int
) -> None:
    monitor = Rect(100, 50, width, height)
    parts = shared_out(monitor, screens)
    assert len({(part.x, part.y) for part in parts}) == screens
    for part in parts:
        assert part.x + part.width <= monitor.x + monitor.width
        assert part.y + part.height <= monitor.y + monitor.height


def test_a_lone_screen_has_the_whole_monitor() -> None:
    assert shared_out(Rect(0, 0, 1920, 1080), 1) == [Rect(0, 0, 1920, 1080)]


def test_screens_that_share_a_monitor_are_as_near_to_its_cameras_shape_as_can_be() -> None:
    beside_each_other = shared_out(Rect(0, 0, 1920, 1080), 2)
    assert beside_each_other == [Rect(0, 0, 960, 1080), Rect(960, 0, 960, 1080)]
    over_each_other = shared_out(Rect(0, 0, 1480, 1080), 2)
    assert over_each_other == [Rect(0, 0, 1480, 540), Rect(0, 540, 1480, 540)]
    assert shared_out(Rect(0, 0, 1920, 1080), 4)[3] == Rect(960, 540, 960, 540)
    assert shared_out(Rect(0, 0, 1920, 1080), 0) == []


MONITOR = Rect(1920, 0, 1920, 1080)


def test_a_window_stands_beside_the_console() -> None:
    console = Rect(1920 + 1480, 0, 440, 1080)
    assert beside(MONITOR, console) == Rect(1920, 0, 1480, 1080)
    assert beside(MONITOR, Rect(1920, 100, 440, 700)) == Rect(1920 + 440, 0, 1480, 1080)


def test_a_console_elsewhere_or_everywhere_takes_no_room() -> None:
    assert beside(MONITOR, Rect(0, 0, 440, 1080)) == MONITOR
    assert beside(MONITOR, Rect(0, 0, 0, 0)) == MONITOR
    assert beside(MONITOR, Rect(1920, 1080, 440, 300)) == MONITOR
    assert beside(MONITOR, Rect(1930, 0, 1900, 1080)) == MONITOR
