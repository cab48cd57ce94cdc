"""How long the program takes from its start to a window with a placeholder in every cell."""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.nigehban import Installation, Nigehban, ProgramFailedError
from tests.benchmarks.peers import grid
from tests.fakes.xvfb import VirtualScreen

_TILES = 16
_STRIDE = 4  # every fourth pixel in both directions finds any text
_PATIENCE_S = 20.0


@dataclass(frozen=True)
class Start:
    """One start: seconds to the mapped window and to the last cell with something in it."""

    window_s: float
    placeholders_s: float


def _has_content(cell: NDArray[np.uint8]) -> bool:
    """True if more than one colour is drawn: an empty background is no placeholder."""
    colours = cell[:, :, :3].reshape(-1, 3)
    return bool((colours != colours[0]).any())


def measure_start(installation: Installation, screen: VirtualScreen) -> Start:
    """Start the program once on the bare screen and watch the cells appear."""
    view = screen.pixels()[::_STRIDE, ::_STRIDE]
    bare = view.copy()
    cells = [
        np.s_[y // _STRIDE : (y + h) // _STRIDE, x // _STRIDE : (x + w) // _STRIDE]
        for x, y, w, h in grid(_TILES, screen.width, screen.height)
    ]
    player = Nigehban(installation, screen, _TILES)
    begun = time.monotonic()
    player.start()
    window_s = 0.0
    try:
        while time.monotonic() < begun + _PATIENCE_S:
            now = view.copy()
            if not window_s and (now != bare).any(axis=2).mean() > 0.5:
                window_s = time.monotonic() - begun
            if window_s and all(_has_content(now[cell]) for cell in cells):
                return Start(window_s, time.monotonic() - begun)
            if not player.is_running():
                break
            time.sleep(0.005)
        raise ProgramFailedError(f"no placeholders appeared: {player.last_words()}")
    finally:
        player.stop()
        _wait_bare(view, bare)


def _wait_bare(view: NDArray[np.uint8], bare: NDArray[np.uint8]) -> None:
    """Wait until the window has gone from the screen, so that the next start is seen."""
    deadline = time.monotonic() + 5
    while (view != bare).any() and time.monotonic() < deadline:
        time.sleep(0.01)
