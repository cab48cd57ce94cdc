"""Cameras that misbehave each in their own way; the others stay live without a blink."""

import time
from collections.abc import Iterator

import pytest

from app.demo.process import DemoCity
from app.domain.stream import StreamState
from tests.e2e.program import Program, first_cameras, until
from tests.e2e.watcher import BlinkWatch
from tests.fakes.xvfb import VirtualScreen

CAMERAS = first_cameras(16)
STALLS, GARBAGE, DRIPS, RESETS = range(4)
DAMAGED = range(8)
CORRUPT_FOR_S = 20
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def wall(
    tmp_path_factory: pytest.TempPathFactory, wide_screen: VirtualScreen, city: DemoCity
) -> Iterator[Program]:
    """Sixteen live tiles."""
    with Program(tmp_path_factory.mktemp("wall"), wide_screen) as program:
        program.add_cameras(CAMERAS, lambda camera: f"{city.base_url}/{camera.code}/sub")
        program.start("--kiosk", "--layout", "16")
        program.wait_live(program.reader("16"))
        yield program


def test_four_broken_cameras_are_marked_and_twelve_others_do_not_blink(
    wall: Program, city: DemoCity
) -> None:
    faults = city.control.set_faults
    watch = BlinkWatch(wall.reader("16"))
    faults(CAMERAS[STALLS].code, stall=True)
    faults(CAMERAS[GARBAGE].code, garbage=True)
    faults(CAMERAS[DRIPS].code, drip_bytes_per_s=1.0)
    assert city.control.drop(CAMERAS[RESETS].code, reset=True)
    began = time.monotonic()
    until(lambda: watch.are_down([STALLS, DRIPS]), 2.5, "stalled and dripping ones marked")
    until(lambda: watch.are_down([STALLS, GARBAGE, DRIPS]), 10, "the garbage marked")
    until(lambda: watch.are_live([RESETS]), 10, "the reset one live again")
    assert RESETS in watch.blinked
    # Beyond the read time-out: what sends nothing of use is given up and opened again.
    until(
        lambda: watch.are_down([STALLS, GARBAGE, DRIPS]) and time.monotonic() - began > 12,
        30,
        "still marked",
    )
    for broken in (STALLS, GARBAGE, DRIPS):
        assert StreamState.RECONNECTING in watch.seen[broken]
    city.control.clear_faults()
    until(lambda: watch.are_live(range(16)), 60, "all live again")
    assert watch.blinked == {STALLS, GARBAGE, DRIPS, RESETS}


def test_damage_on_half_of_the_cameras_leaves_the_other_half_alone(
    wall: Program, city: DemoCity
) -> None:
    watch = BlinkWatch(wall.reader("16"))
    healthy = range(len(DAMAGED), 16)
    for number in DAMAGED:
        city.control.set_faults(CAMERAS[number].code, corrupt=0.01, seed=number + 1)
    began = time.monotonic()
    until(
        lambda: watch.look() is not None and time.monotonic() - began > CORRUPT_FOR_S,
        2 * CORRUPT_FOR_S,
        "the damage is over",
    )
    assert wall.is_running
    assert not watch.blinked & set(healthy)
    city.control.clear_faults()
    until(lambda: watch.are_live(range(16)), 60, "all live again")
    report = wall.leave()
    spared = [tile for tile in report["tiles"] if tile["camera"] in _codes(healthy)]
    assert [tile["reconnects"] for tile in spared] == [0] * len(healthy)
    assert all(tile["picture_age_ms"]["p95"] < 1000 for tile in spared)
    assert report["process"]["restarts"] == 0, wall.last_words()
    assert "Traceback" not in wall.said.read_text()


def _codes(numbers: range) -> set[str]:
    return {CAMERAS[number].code for number in numbers}
