"""Windows follow monitors that come and go, on a real X server with two monitors."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fakes.xvfb import VirtualScreen

_ROOT = Path(__file__).parents[3]

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("xrandr") is None,
    reason="monitors are plugged and unplugged with xrandr",
)


class Child:
    """``two_monitors.py`` on the virtual screen, asked where its windows are."""

    def __init__(self, screen: VirtualScreen, *arguments: str, scales: str = "") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.ui.wall.two_monitors", *arguments],
            cwd=_ROOT,
            env=screen.environment() | {"QT_SCREEN_SCALE_FACTORS": scales},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait_for(self, wanted: list[list[object]]) -> None:
        """Ask until the windows are where they should be; the child gives up after ten seconds."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(wanted) + "\n")
        self._process.stdin.flush()
        assert json.loads(self._process.stdout.readline()) == wanted

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise
        finally:
            self._process.stdout.close()


def test_a_window_moves_with_its_monitor_and_comes_back() -> None:
    with VirtualScreen(2560, 720, fbdir=False) as screen:
        screen.split()
        child = Child(screen, "2")
        try:
            left, right = ["LEFT", 0, 0, 1280, 720, 1.0], ["RIGHT", 1280, 0, 1280, 720, 1.0]
            child.wait_for([left, right])
            screen.remove_monitor("RIGHT")
            child.wait_for([["LEFT", 0, 0, 640, 720, 1.0], ["LEFT", 640, 0, 640, 720, 1.0]])
            screen.add_monitor("RIGHT", (1280, 720, 1280, 0), "none")
            child.wait_for([left, right])
        finally:
            child.close()


def test_the_console_keeps_its_monitor_to_itself() -> None:
    with VirtualScreen(2560, 720, fbdir=False) as screen:
        screen.split()
        child = Child(screen, "1", "LEFT")
        try:
            child.wait_for([["RIGHT", 1280, 0, 1280, 720, 1.0]])
        finally:
            child.close()


def test_a_window_that_loses_its_monitor_leaves_the_console_its_room() -> None:
    with VirtualScreen(2560, 720, fbdir=False) as screen:
        screen.split()
        child = Child(screen, "1", "LEFT", "440")
        try:
            child.wait_for([["RIGHT", 1280, 0, 1280, 720, 1.0]])
            screen.remove_monitor("RIGHT")
            child.wait_for([["LEFT", 0, 0, 840, 720, 1.0]])
            screen.add_monitor("RIGHT", (1280, 720, 1280, 0), "none")
            child.wait_for([["RIGHT", 1280, 0, 1280, 720, 1.0]])
        finally:
            child.close()


def test_a_window_that_moves_to_a_monitor_of_another_scaling_keeps_its_device_pixels() -> None:
    with VirtualScreen(2560, 720, fbdir=False) as screen:
        screen.split()
        child = Child(screen, "2", scales="LEFT=1;RIGHT=2")
        try:
            left, right = ["LEFT", 0, 0, 1280, 720, 1.0], ["RIGHT", 1280, 0, 1280, 720, 2.0]
            child.wait_for([left, right])
            screen.remove_monitor("RIGHT")
            child.wait_for([["LEFT", 0, 0, 640, 720, 1.0], ["LEFT", 640, 0, 640, 720, 1.0]])
            screen.add_monitor("RIGHT", (1280, 720, 1280, 0), "none")
            child.wait_for([left, right])
        finally:
            child.close()
