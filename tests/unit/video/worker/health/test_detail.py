"""Detail that was there and is gone."""

import numpy as np
import pytest

from app.video.worker.health.detail import DetailDetector
from app.video.worker.health.luma import Grey
from tests.unit.video.worker.health.scenes import MIDDLE, blurred, view, with_noise

STREET = view(MIDDLE)


class Camera:
    def __init__(self) -> None:
        self.detector = DetailDetector(STREET)
        self.random = np.random.default_rng(4)

    def show(self, picture: Grey, times: int = 1) -> bool:
        said = False
        for _ in range(times):
            noisy = with_noise(picture, self.random, 0.5)
            said = self.detector.look(noisy, float(noisy.mean()))
        return said


@pytest.fixture
def camera() -> Camera:
    camera = Camera()
    assert not camera.show(STREET, 40)
    assert not camera.detector.is_eager
    return camera


@pytest.mark.parametrize("deviation", [1.5, 3.0, 6.0])
def test_out_of_focus(camera: Camera, deviation: float) -> None:
    assert camera.show(blurred(STREET, deviation), 3)
    assert camera.show(STREET)
    assert not camera.show(STREET)


@pytest.mark.parametrize("shade", [20, 110, 200])
def test_covered_for_the_larger_part(camera: Camera, shade: int) -> None:
    covered = STREET.copy()
    covered[:, 80:] = shade
    assert camera.show(covered, 3)


def test_a_vehicle_before_the_camera_is_no_cover(camera: Camera) -> None:
    hidden = STREET.copy()
    hidden[40:, 100:220] = 150
    assert not camera.show(hidden, 20)


def test_dusk_within_twenty_minutes_is_followed(camera: Camera) -> None:
    for look in range(20 * 60 // 8):
        light = 0.5 ** (look / 150)
        dim = np.clip(16 + (STREET.astype(np.float32) - 16) * light, 0, 255).astype(np.uint8)
        assert not camera.show(dim)


def test_lamps_going_out_are_no_blur(camera: Camera) -> None:
    dark = (16 + (STREET.astype(np.float32) - 16) * 0.35).astype(np.uint8)
    assert not camera.show(dark, 20)


def test_a_blank_wall_has_nothing_to_lose() -> None:
    camera = Camera()
    wall = np.full(MIDDLE, 120, np.uint8)
    camera.show(wall, 40)
    assert not camera.show(blurred(wall, 6.0), 20)


def test_after_a_shift_the_new_look_is_accepted(camera: Camera) -> None:
    soft = blurred(STREET, 4.0)
    assert camera.show(soft, 3500)
    assert not camera.show(soft, 400)
