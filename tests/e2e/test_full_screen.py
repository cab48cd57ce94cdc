"""F11 under a window manager: the wall covers its monitor, and goes back to where it was."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.stream import StreamState
from tests.e2e.hands import Hands
from tests.e2e.program import Program, first_cameras, until
from tests.fakes.xvfb import VirtualScreen

MANAGER = "openbox"
NOT_LIVE = frozenset(StreamState) - {StreamState.LIVE}


@pytest.fixture
def managed_screen() -> Iterator[VirtualScreen]:
    """A screen on which a window manager obeys what windows ask for."""
    with VirtualScreen(1280, 720) as screen:
        manager = subprocess.Popen([MANAGER], env=screen.environment(), stderr=subprocess.DEVNULL)
        try:
            yield screen
        finally:
            manager.terminate()
            manager.wait(10)


@pytest.mark.skipif(shutil.which(MANAGER) is None, reason=f"{MANAGER} is not installed")
def test_f11_covers_the_monitor_and_gives_it_back(
    tmp_path: Path, managed_screen: VirtualScreen
) -> None:
    with Program(tmp_path / "wall", managed_screen) as wall:
        wall.add_cameras(first_cameras(16), lambda camera: f"rtsp://127.0.0.1:1/{camera.code}")
        wall.start("--screens", "1", "--layout", "16")
        reader, hands = wall.reader("16"), Hands(managed_screen)
        until((wall.data / "wall-state.json").exists, 60, "the wall stands")

        def is_full() -> bool:
            return all(state in NOT_LIVE for state in reader.states())

        assert not is_full()
        hands.click()
        hands.press("F11")
        until(is_full, 10, "the wall covers the monitor")
        hands.press("F11")
        until(lambda: not is_full(), 10, "the wall is a window again")
        wall.leave()
