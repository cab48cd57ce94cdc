"""The demo through the whole road: what its backend tells is drawn where its scenes are."""

import logging
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.demo.backend.scene_tracker import known_objects
from app.demo.scenes.catalogue import FPS, LOOP_S
from tests.e2e.program import Program, first_cameras, until
from tests.fakes.xvfb import VirtualScreen
from ui.theme import tokens

_COLOURS = {
    "person": tokens.BOX_ORANGE,
    "rickshaw": tokens.BOX_SKY,
    "car": tokens.BOX_SKY,
    "truck": tokens.BOX_YELLOW,
    "bus": tokens.BOX_YELLOW,
    "motorcycle": tokens.BOX_GREEN,
}
_REACH = 2
_SMALLEST = 16
_LOOK_BACK_S = 2.0
"""A picture in step is so old at most."""
_ASPECT = 16 / 9
_log = logging.getLogger(__name__)


def _score(picture: NDArray[np.int16], scene: str, number: int) -> float | None:
    """The share of the corners of the true boxes of a picture that are drawn in the class's
    colour; ``None`` where too few are large enough."""
    height, width = picture.shape[:2]
    shown = round(height * _ASPECT)
    left = (width - shown) // 2
    found = []
    for one in known_objects(scene, number % (FPS * LOOP_S)):
        x0, y0, x1, y1 = one.box
        if (y1 - y0) * height < _SMALLEST or x0 < 0.01 or max(x1, y1) > 0.99:
            continue
        colour = _COLOURS[one.label]
        wanted = np.array([int(colour[at : at + 2], 16) for at in (5, 3, 1)])
        for x, y in ((x0, y0), (x0, y1), (x1, y0), (x1, y1)):
            row, column = round(y * height), left + round(x * shown)
            near = picture[
                max(0, row - _REACH) : row + _REACH + 1,
                max(0, column - _REACH) : column + _REACH + 1,
            ]
            found.append(bool((np.abs(near - wanted) <= 6).all(axis=2).any()))
    return sum(found) / len(found) if len(found) >= 8 else None


def _best(picture: NDArray[np.int16], scene: str, now: float) -> tuple[float, float]:
    """The best score of the pictures that may be shown now, and that of all others of the loop."""
    newest = int(now * FPS)
    recently = round(_LOOK_BACK_S * FPS)
    scores = {
        back: score
        for back in (*range(recently), *range(recently, FPS * LOOP_S, 7))
        if (score := _score(picture, scene, newest - back)) is not None
    }
    recent = [score for back, score in scores.items() if back < recently]
    others = [score for back, score in scores.items() if back >= recently]
    return max(recent, default=0.0), float(np.mean(others)) if others else 0.0


@pytest.mark.timeout(300)
def test_the_demo_draws_boxes_where_its_cars_and_people_are(
    tmp_path: Path, wide_screen: VirtualScreen
) -> None:
    cameras = first_cameras(9)
    with Program(tmp_path / "wall", wide_screen) as wall:
        wall.start("--demo", "--kiosk", "--layout", "9", is_demo=True)
        reader = wall.reader("9")
        wall.wait_live(reader, 240)

        def tiles_with_boxes() -> int:
            count = 0
            for tile, camera in enumerate(cameras):
                now = time.time()
                best, others = _best(reader.picture(tile).astype(np.int16), camera.scene, now)
                count += best > 0.5 and best > 2 * others
            return count

        took = until(lambda: tiles_with_boxes() >= len(cameras) - 2, 60, "boxes on the tiles")
        _log.info("Boxes on the tiles %.1f s after the pictures", took)
        wall.leave()
        until(lambda: not wall.survivors(), 10, "nothing of it runs")
