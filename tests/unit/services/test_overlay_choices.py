"""What the operator chose about boxes, and what of it comes back."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from app.domain.camera import CameraCode
from app.domain.detection import LABELS
from app.services.overlay_choices import OverlayChoices
from app.services.overlay_memory import OverlayState
from app.services.overlay_types import OverlayFilter, OverlaySwitches, Timing
from app.services.wall_memory import WallState

CAMERA = CameraCode("BNU-1-1")
cameras = st.sampled_from([CameraCode(f"BNU-1-{n}") for n in range(4)])
screens = st.integers(0, 3)
filters = st.builds(
    OverlayFilter, st.frozensets(st.sampled_from(LABELS)), st.floats(0, 1, allow_nan=False)
)


@given(
    st.lists(st.tuples(screens, cameras, st.booleans(), st.sampled_from(Timing))),
    st.dictionaries(screens | st.none(), filters),
    st.builds(OverlaySwitches, st.booleans(), st.booleans(), st.booleans()),
)
def test_everything_comes_back_from_a_file(
    chosen: list[tuple[int, CameraCode, bool, Timing]],
    wanted: dict[int | None, OverlayFilter],
    switches: OverlaySwitches,
) -> None:
    choices = OverlayChoices(Timing.IN_STEP)
    for screen, camera, is_on, timing in chosen:
        choices.show_camera(screen, camera, is_on)
        choices.time_camera(screen, camera, timing)
        if is_on:
            choices.show_screen(3 - screen, is_on=False)
            choices.time_screen(3 - screen, timing)
    for where, each in wanted.items():
        choices.set_filter(where, each)
    choices.switches = switches
    content = msgspec.json.encode(WallState(overlay=choices.state))
    again = OverlayChoices(Timing.IN_STEP, msgspec.json.decode(content, type=WallState).overlay)
    assert again.state == choices.state
    for screen, camera, *_ in chosen:
        assert again.shows(screen, camera) == choices.shows(screen, camera)
        assert again.timing(screen, camera) == choices.timing(screen, camera)
        assert again.filter(screen) == choices.filter(screen)
    assert again.switches == switches


def test_the_nearest_choice_counts() -> None:
    choices = OverlayChoices(Timing.IN_STEP)
    assert not choices.shows(0, CAMERA)
    choices.is_on = True
    assert choices.shows(0, CAMERA)
    choices.show_screen(0, is_on=False)
    assert not choices.shows(0, CAMERA)
    choices.show_camera(0, CAMERA, is_on=True)
    assert choices.shows(0, CAMERA)
    assert choices.shows(1, CAMERA)
    choices.show_screen(0, is_on=False)
    assert not choices.shows(0, CAMERA)


def test_single_choices_are_bounded_and_the_oldest_goes_first() -> None:
    choices = OverlayChoices(Timing.IN_STEP)
    choices.is_on = True
    for number in range(1001):
        choices.show_camera(0, CameraCode(str(number)), is_on=False)
    assert choices.shows(0, CameraCode("0"))
    assert not choices.shows(0, CameraCode("1"))
    assert len(choices.state.screens[0].cameras_on) == 1000


def test_a_file_of_an_older_version_has_no_choices() -> None:
    old = b'{"version": 1, "screens": [{"layout": "4"}]}'
    assert msgspec.json.decode(old, type=WallState).overlay == OverlayState()


def test_a_class_that_a_newer_version_adds_is_shown() -> None:
    choices = OverlayChoices(Timing.IN_STEP)
    choices.set_filter(None, OverlayFilter(frozenset(LABELS) - {"smoke"}))
    assert choices.state.filter.hidden == ("smoke",)
