"""A camera that looks elsewhere, and one in front of which things change."""

import cv2
import numpy as np
import pytest

from app.video.worker.health.luma import Grey
from app.video.worker.health.view import ViewDetector
from tests.unit.video.worker.health.scenes import LOW, view, with_noise

STREET = view()


class Camera:
    def __init__(self) -> None:
        self.detector = ViewDetector(STREET)
        self.random = np.random.default_rng(4)

    def show(self, picture: Grey, times: int = 1) -> bool:
        said = False
        for _ in range(times):
            said = self.detector.look(with_noise(picture, self.random))
        return said


@pytest.fixture
def camera() -> Camera:
    camera = Camera()
    assert not camera.show(STREET, 40)
    assert not camera.detector.is_eager
    return camera


def moved(x: float, y: float = 0.0, degrees: float = 0.0) -> Grey:
    height, width = LOW
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    matrix[0, 2] += x * width
    matrix[1, 2] += y * height
    turned = cv2.warpAffine(STREET, matrix, (width, height), borderMode=cv2.BORDER_REFLECT)
    return turned.astype(np.uint8, copy=False)


@pytest.mark.parametrize(
    "turned",
    [moved(0.05), moved(-0.1), moved(0.0, 0.1), moved(0.4), moved(0.0, 0.0, 12.0), view(seed=7)],
    ids=["little", "left", "up", "far", "tilted", "elsewhere"],
)
def test_turned_away_and_back(camera: Camera, turned: Grey) -> None:
    assert camera.show(turned, 3)
    assert camera.show(turned, 300)
    assert camera.show(STREET)
    assert not camera.show(STREET)


def test_traffic_light_and_a_mast_in_the_wind_are_no_turn(camera: Camera) -> None:
    busy = STREET.copy()
    busy[50:75, 20:70] = 40
    busy[60:85, 90:130] = 220
    dim = (16 + (STREET.astype(np.float32) - 16) * 0.3).astype(np.uint8)
    for picture in (busy, dim, moved(0.01), moved(-0.01, 0.01)):
        assert not camera.show(picture, 20)


def test_a_picture_without_edges_says_nothing_about_the_view(camera: Camera) -> None:
    assert not camera.show(np.full(LOW, 130, np.uint8), 20)


def test_a_view_that_stays_for_a_shift_is_the_new_reference(camera: Camera) -> None:
    elsewhere = view(seed=7)
    assert camera.show(elsewhere, 3500)
    assert not camera.show(elsewhere, 600)
    assert camera.show(STREET, 3)
