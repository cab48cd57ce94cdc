"""Blocks of heavy compression against grids that belong to the scene."""

import cv2
import numpy as np
import pytest

from app.video.worker.health.blocks import BlockDetector, mean_steps
from app.video.worker.health.luma import Grey
from tests.unit.video.worker.health.scenes import blurred, view, with_noise

STREET = with_noise(blurred(view((360, 640)), 1.0), np.random.default_rng(2))


def as_jpeg(picture: Grey, quality: int) -> Grey:
    _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
    assert decoded is not None
    return decoded.astype(np.uint8, copy=False)


def is_blocky(picture: Grey) -> bool:
    detector = BlockDetector()
    return [detector.look(picture) for _ in range(3)][-1]


@pytest.mark.parametrize(("quality", "expected"), [(3, True), (6, True), (60, False), (90, False)])
def test_only_coarse_quantisation_is_blocky(quality: int, expected: bool) -> None:
    assert is_blocky(as_jpeg(STREET, quality)) is expected


def test_a_plain_wall_shows_no_blocks() -> None:
    wall = with_noise(np.full((360, 640), 120, np.uint8), np.random.default_rng(2), 0.3)
    assert not is_blocky(as_jpeg(wall, 75))


def test_a_fence_is_no_grid_of_blocks() -> None:
    fence = STREET.copy()
    fence[:, ::11] = 30
    assert not is_blocky(fence)


def test_without_a_grid_steps_are_the_same_everywhere() -> None:
    border, inside = mean_steps(STREET)
    assert border == pytest.approx(inside, rel=0.3)


@pytest.mark.parametrize("size", [(64, 36), (70, 41), (352, 288)])
def test_small_pictures_are_looked_at_as_a_whole(size: tuple[int, int]) -> None:
    width, height = size
    border, inside = mean_steps(np.ascontiguousarray(STREET[:height, :width]))
    assert np.isfinite(border)
    assert np.isfinite(inside)
