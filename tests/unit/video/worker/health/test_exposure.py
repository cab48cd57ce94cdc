"""Black and white pictures, and those that only look it at a glance."""

import numpy as np
import pytest

from app.video.worker.health.exposure import ExposureDetector
from app.video.worker.health.luma import Grey
from tests.unit.video.worker.health.scenes import LOW, view, with_noise


def after(picture: Grey, looks: int, detector: ExposureDetector | None = None) -> tuple[bool, bool]:
    detector = detector or ExposureDetector(picture)
    mean = float(picture.mean())
    said = (False, False)
    for _ in range(looks):
        said = detector.look(picture, mean)
    return said


@pytest.mark.parametrize("level", [0, 16, 24])
def test_a_black_picture_with_noise_and_a_clock_is_black(level: int) -> None:
    picture = with_noise(np.full(LOW, level, np.uint8), np.random.default_rng(1), 2.0)
    picture[80:84, 100:150] = 235
    assert after(picture, 3) == (True, False)


@pytest.mark.parametrize("level", [216, 235, 255])
def test_an_overexposed_picture_is_white(level: int) -> None:
    picture = view()
    picture[:, :130] = level
    assert after(picture, 3) == (False, True)


def test_a_single_dark_or_bright_look_is_no_fault() -> None:
    detector = ExposureDetector(view())
    for _ in range(5):
        for picture in (np.zeros(LOW, np.uint8), view(), np.full(LOW, 255, np.uint8), view()):
            assert after(picture, 1, detector) == (False, False)


def test_a_dark_street_with_lamps_and_a_bright_sky_are_no_faults() -> None:
    night = np.full(LOW, 26, np.uint8)
    night[40:60, :] = 45
    day = view()
    day[:50] = 240
    assert after(night, 10) == (False, False)
    assert after(day, 10) == (False, False)


def test_it_goes_when_the_light_comes_back() -> None:
    detector = ExposureDetector(view())
    assert after(np.zeros(LOW, np.uint8), 3, detector) == (True, False)
    assert after(view(), 2, detector) == (False, False)
