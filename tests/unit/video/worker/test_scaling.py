"""Frames to tiles: sizes, crops and colours."""

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from app.domain.geometry import WHOLE, Crop, Size
from app.video.worker.scaling import ViewScaler

# Blue, green, red.
COLOURS = {
    "red": (10, 20, 220),
    "green": (30, 200, 40),
    "blue": (210, 60, 20),
    "grey": (90, 90, 90),
}


def flat(colour: tuple[int, int, int], width: int, height: int, form: str) -> av.VideoFrame:
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = colour
    matrix = "itu709" if height >= 720 else "itu601"
    frame = av.VideoFrame.from_ndarray(pixels, format="bgr24")
    made = frame.reformat(format=form, dst_colorspace=matrix)
    made.colorspace = 2  # The camera does not say.
    return made


def tile(
    frame: av.VideoFrame, box: Size, crop: Crop = WHOLE, aspect: float = 1.0
) -> NDArray[np.uint8]:
    scaler = ViewScaler(box, crop, box.width * box.height * 4)
    plan = scaler.plan(frame, aspect)
    memory = bytearray(box.width * box.height * 4)
    scaler.scale_into(frame, plan, memoryview(memory))
    size = plan.scaled
    pixels = np.frombuffer(memory, np.uint8, size.width * size.height * 4)
    return pixels.reshape(size.height, size.width, 4)


FORMATS = ("yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "nv12", "yuv420p10le")
BOXES = {"much smaller": Size(160, 90), "a little smaller": Size(480, 270), "equal": Size(640, 360)}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("colour", COLOURS.values(), ids=COLOURS.keys())
@pytest.mark.parametrize("box", BOXES.values(), ids=BOXES.keys())
def test_colours_survive(form: str, colour: tuple[int, int, int], box: Size) -> None:
    shown = tile(flat(colour, 640, 360, form), box)
    assert shown.shape == (box.height, box.width, 4)
    assert np.abs(shown[:, :, :3].astype(int) - colour).max() <= 6
    assert (shown[:, :, 3] == 255).all()


@pytest.mark.parametrize("box", [Size(320, 180), Size(1000, 562)])
def test_hd_without_a_word_is_709(box: Size) -> None:
    shown = tile(flat(COLOURS["red"], 1280, 720, "yuv420p"), box)
    assert np.abs(shown[:, :, :3].astype(int) - COLOURS["red"]).max() <= 6


def test_a_declared_matrix_wins_on_both_roads() -> None:
    frame = flat(COLOURS["green"], 1280, 720, "yuv420p")
    frame.colorspace = 1
    small, large = tile(frame, Size(320, 180)), tile(frame, Size(1000, 562))
    assert np.abs(small[5, 5].astype(int) - large[5, 5]).max() <= 3


@pytest.mark.parametrize("box", [Size(100, 100), Size(300, 300), Size(317, 211)])
def test_grey_only(box: Size) -> None:
    grey = np.full((240, 320), 77, np.uint8)
    shown = tile(av.VideoFrame.from_ndarray(grey, format="gray"), box)
    assert np.abs(shown[:, :, :3].astype(int) - 77).max() <= 3


@pytest.mark.parametrize(
    ("source", "box", "aspect", "expected"),
    [
        ((640, 360), Size(300, 300), 1.0, (300, 169)),
        ((640, 480), Size(160, 90), 1.0, (120, 90)),
        ((704, 576), Size(1024, 576), 16 / 11, (1024, 576)),
        ((321, 181), Size(101, 77), 1.0, (101, 57)),
    ],
)
def test_the_shape_is_kept(
    source: tuple[int, int], box: Size, aspect: float, expected: tuple[int, int]
) -> None:
    frame = av.VideoFrame(*source, "yuv420p")
    shown = tile(frame, box, aspect=aspect)
    assert (shown.shape[1], shown.shape[0]) == expected


def quarters(form: str) -> av.VideoFrame:
    pixels = np.empty((360, 640, 3), np.uint8)
    pixels[:180, :320], pixels[:180, 320:] = COLOURS["red"], COLOURS["green"]
    pixels[180:, :320], pixels[180:, 320:] = COLOURS["blue"], COLOURS["grey"]
    return av.VideoFrame.from_ndarray(pixels, format="bgr24").reformat(
        format=form, dst_colorspace="itu601"
    )


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("box", [Size(64, 36), Size(320, 180), Size(640, 360)])
def test_a_crop_shows_that_part_and_no_other(form: str, box: Size) -> None:
    corners = {(0.0, 0.0): "red", (0.5, 0.0): "green", (0.0, 0.5): "blue", (0.5, 0.5): "grey"}
    for (x, y), name in corners.items():
        shown = tile(quarters(form), box, Crop(x, y, 0.5, 0.5))
        assert shown.shape == (box.height, box.width, 4)
        # Colour is stored at half the resolution: it runs over the border by a little.
        margin = 2 + box.width // 80
        inner = shown[margin:-margin, margin:-margin, :3].astype(int)
        assert np.abs(inner - COLOURS[name]).max() <= 8


@pytest.mark.parametrize("crop", [Crop(0.99, 0.99, 0.01, 0.01), Crop(-1, -1, 0.001, 0.001)])
def test_an_extreme_crop_stays_inside(crop: Crop) -> None:
    frame = flat(COLOURS["red"], 321, 181, "yuv420p")
    scaler = ViewScaler(Size(64, 36), crop, 64 * 36 * 4)
    plan = scaler.plan(frame, 1.0)
    scaler.scale_into(frame, plan, memoryview(bytearray(64 * 36 * 4)))
    assert 0 <= plan.crop.x <= plan.crop.x + plan.crop.width <= 1
    assert 0 <= plan.crop.y <= plan.crop.y + plan.crop.height <= 1


def test_never_more_than_the_slot_holds() -> None:
    scaler = ViewScaler(Size(640, 360), WHOLE, 10_000)
    plan = scaler.plan(flat(COLOURS["red"], 640, 360, "yuv420p"), 1.0)
    assert plan.scaled.width * plan.scaled.height * 4 <= 10_000
    assert plan.scaled.width / plan.scaled.height == pytest.approx(16 / 9, rel=0.05)
