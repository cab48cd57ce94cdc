"""Pictures stay pixel for pixel at every scaling of the desktop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("factor", [1.0, 1.25, 1.5, 2.0])
def test_pictures_are_not_scaled_whatever_the_scaling_of_the_desktop(factor: float) -> None:
    child = subprocess.run(
        [sys.executable, "-m", "tests.ui.wall.scaled_wall"],
        cwd=_ROOT,
        env=os.environ | {"QT_SCALE_FACTOR": str(factor)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    seen = json.loads(child.stdout)
    assert seen["ratio"] == factor
    assert seen["size"] == [round(803 * factor), round(451 * factor)]
    assert seen["tiles"] == 64
    assert seen["presented"] == 2 * 64
    assert seen["after_tick"] == 0
    assert seen["after_event"] == 0
