"""An operator's hands: keys and pointer on a virtual screen, pressed by xdotool."""

import subprocess

from tests.fakes.xvfb import VirtualScreen


class Hands:
    """Without a window manager the window under the pointer has the keyboard."""

    def __init__(self, screen: VirtualScreen) -> None:
        self._environment = screen.environment()
        self._run("mousemove", str(screen.width // 4), str(screen.height // 4))

    def press(self, *keys: str) -> None:
        """Press keys by their X names, one after the other: ``ctrl+3``, ``Next``, ``KP_4``."""
        self._run("key", "--delay", "30", *keys)

    def write(self, words: str) -> None:
        """Type words, letter by letter."""
        self._run("type", "--delay", "30", words)

    def click(self) -> None:
        """Press the left button where the pointer is: a window manager gives the keys there."""
        self._run("click", "1")

    def click_at(self, place: tuple[int, int]) -> None:
        """Move the pointer there and press the left button."""
        self._run("mousemove", *map(str, place), "click", "1")

    def _run(self, *arguments: str) -> None:
        subprocess.run(
            ["xdotool", *arguments],
            env=self._environment, check=True, capture_output=True, timeout=20,
        )  # fmt: skip
