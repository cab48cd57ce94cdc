"""The disk of the data folder fills up while the wall runs: it goes on, says so, and makes up."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from app.demo.process import DemoCity
from tests.e2e.hands import Hands
from tests.e2e.program import Program, first_cameras, until
from tests.e2e.wall_reader import WallReader
from tests.fakes.xvfb import VirtualScreen
from ui.theme import tokens
from ui.wall_windows import CONSOLE_WIDTH

OWN_MOUNTS = ("unshare", "--map-root-user", "--mount")
DISK = 'mount -t tmpfs -o size=8m none {0} && cp -r {1}/. {0} && exec "$@"'
SAVED_WITHIN_S = 15.0
LEAST_PIXELS = 40


def can_mount() -> bool:
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return False
    tried = subprocess.run(
        [*OWN_MOUNTS, "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    )
    return tried.returncode == 0


@pytest.mark.timeout(300)
@pytest.mark.skipif(not can_mount(), reason="This system lets no user mount a small disk")
def test_a_full_disk_is_told_on_the_screen_and_the_wall_goes_on(
    tmp_path: Path, wide_screen: VirtualScreen, city: DemoCity
) -> None:
    with Program(tmp_path / "wall", wide_screen) as wall:
        wall.add_cameras(first_cameras(50), lambda camera: f"{city.base_url}/{camera.code}/sub")
        prepared = tmp_path / "prepared"
        wall.data.rename(prepared)
        wall.data.mkdir()
        disk = DISK.format(wall.data, prepared)
        wall.start("--screens", "1", "--layout", "16", before=[*OWN_MOUNTS, "sh", "-c", disk, "sh"])
        hands = Hands(wide_screen)
        # The disk lies in the name space of the child; its folder under /proc leads there.
        data = Path(f"/proc/{wall.pid}/root{wall.data}")
        state = data / "wall-state.json"

        def page() -> int:
            return (
                int(json.loads(state.read_bytes())["screens"][0]["page"]) if state.exists() else -1
            )

        until(lambda: page() == 0, 60, "the first page is saved")
        assert not has_notice(wide_screen)
        ballast = data / "ballast"
        fill(ballast)
        hands.press("Next")
        until(
            lambda: "the disk is full" in wall.said.read_text(), SAVED_WITHIN_S, "the log says so"
        )
        until(lambda: has_notice(wide_screen), SAVED_WITHIN_S, "the console says so")
        assert wall.is_running
        assert page() == 0, "the old state is whole"
        assert not list(data.glob(".wall-state.json-*"))
        wall_beside_console = WallReader(wide_screen, "16", width=wide_screen.width - CONSOLE_WIDTH)
        wall.wait_live(wall_beside_console)
        hands.press("Next")
        ballast.unlink()
        wall.wait_live(wall_beside_console)
        until(lambda: page() == 2, SAVED_WITHIN_S, "the newest page is saved once there is room")
        until(lambda: not has_notice(wide_screen), SAVED_WITHIN_S, "the notice is gone")
        report = wall.leave()
        assert "Traceback" not in wall.said.read_text()
        assert len(report["tiles"]) == 16


def has_notice(screen: VirtualScreen) -> bool:
    """Whether a warning stands in the console, at the right edge of the screen."""
    red, green, blue = (int(tokens.WARNING[at : at + 2], 16) for at in (1, 3, 5))
    console = screen.pixels()[:, -CONSOLE_WIDTH:, :3]
    found = (console == np.array([blue, green, red], np.uint8)).all(axis=2)
    return int(found.sum()) > LEAST_PIXELS


def fill(file: Path) -> None:
    with file.open("wb", buffering=0) as ballast:

        def write_on() -> None:
            while True:
                ballast.write(b"\0" * 4096)

        with pytest.raises(OSError, match="No space left"):
            write_on()
