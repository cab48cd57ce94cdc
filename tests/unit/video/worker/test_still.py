"""A still that is kept whole is coded better than one that is looked at small."""

import cv2
import numpy as np
from av.video.frame import VideoFrame

from app.video.worker.still import to_jpeg

WIDTH, HEIGHT = 640, 360


def drawn() -> VideoFrame:
    dice = np.random.default_rng(4)
    coarse = dice.integers(0, 255, (HEIGHT // 8, WIDTH // 8, 3), np.uint8)
    return VideoFrame.from_ndarray(np.kron(coarse, np.ones((8, 8, 1), np.uint8)), format="bgr24")


def decoded(jpeg: bytes) -> "np.typing.NDArray[np.uint8]":
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(picture, np.uint8)


def error(jpeg: bytes) -> float:
    """How far the pixels are from what was drawn, in the mean."""
    wanted = drawn().to_ndarray(format="bgr24").astype(np.int16)
    return float(np.abs(decoded(jpeg).astype(np.int16) - wanted).mean())


def test_a_whole_picture_has_its_size_and_nearly_its_pixels() -> None:
    whole = to_jpeg(drawn(), 1.0, 1 << 15)
    assert decoded(whole).shape == (HEIGHT, WIDTH, 3)
    again = cv2.imencode(".jpg", decoded(whole), [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()
    assert error(whole) < 0.8 * error(again)
    assert len(whole) > len(again)


def test_a_small_picture_has_the_shape_of_the_whole() -> None:
    assert decoded(to_jpeg(drawn(), 1.0, 320)).shape == (180, 320, 3)
    # Pixels that are wider than high make a wider picture.
    assert decoded(to_jpeg(drawn(), 2.0, 1 << 15)).shape == (HEIGHT, 2 * WIDTH, 3)
