"""The luma of every format and size becomes a small picture."""

import numpy as np
import pytest
from av.video.frame import VideoFrame

from app.video.worker.health.luma import Grey, LumaLevels
from tests.unit.video.worker.health.scenes import view


def frame_of(luma: Grey, name: str = "yuv420p") -> VideoFrame:
    grey = VideoFrame.from_ndarray(luma, format="gray")
    return grey if name == "gray" else grey.reformat(format=name)


@pytest.mark.parametrize(
    ("size", "middle", "low"),
    [
        ((640, 360), (320, 180), (160, 90)),
        ((704, 576), (352, 288), (176, 144)),
        ((1280, 720), (320, 180), (160, 90)),
        ((1920, 1080), (480, 270), (240, 135)),
        ((3840, 2160), (480, 270), (240, 135)),
        ((318, 180), (318, 180), (318, 180)),
        ((176, 144), (176, 144), (176, 144)),
    ],
)
def test_a_picture_is_halved_until_it_is_small(
    size: tuple[int, int], middle: tuple[int, int], low: tuple[int, int]
) -> None:
    levels = LumaLevels()
    levels.take(frame_of(view((size[1], size[0]))))
    assert levels.middle.shape == (middle[1], middle[0])
    assert levels.low.shape == (low[1], low[0])
    assert levels.is_usable


@pytest.mark.parametrize(
    "name", ["yuvj420p", "yuv422p", "yuvj444p", "nv12", "gray", "yuv420p10le", "p010le", "rgb24"]
)
def test_every_format_gives_the_same_brightness(name: str) -> None:
    picture = view((360, 640))
    levels, plain = LumaLevels(), LumaLevels()
    levels.take(frame_of(picture, name))
    plain.take(frame_of(picture, "gray"))
    # Limited and full range differ; where things are does not.
    agreement = np.corrcoef(levels.low.ravel(), plain.low.ravel())[0, 1]
    assert agreement > 0.99


def test_the_picture_before_stays_beside_the_newest() -> None:
    first, second = view((360, 640), seed=1), view((360, 640), seed=2)
    levels = LumaLevels()
    assert levels.take(frame_of(first))
    assert np.array_equal(levels.before, levels.low)
    kept = levels.low.copy()
    assert not levels.take(frame_of(second))
    assert np.array_equal(levels.before, kept)
    assert not np.array_equal(levels.low, kept)


def test_another_size_is_told_and_nothing_of_the_old_one_is_left() -> None:
    levels = LumaLevels()
    levels.take(frame_of(view((360, 640))))
    assert levels.take(frame_of(view((576, 704))))
    assert levels.before.shape == levels.low.shape == (144, 176)


@pytest.mark.parametrize("size", [(2, 2), (62, 200), (200, 34)])
def test_a_tiny_picture_is_not_judged(size: tuple[int, int]) -> None:
    levels = LumaLevels()
    levels.take(frame_of(np.full((size[1], size[0]), 16, np.uint8)))
    assert not levels.is_usable
