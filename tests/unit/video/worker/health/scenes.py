"""Small made-up pictures of a camera: walls and windows, a clock, noise."""

import cv2
import numpy as np

from app.video.worker.health.luma import Grey

LOW = (90, 160)
MIDDLE = (180, 320)


def view(shape: tuple[int, int] = LOW, seed: int = 1) -> Grey:
    """A street that looks the same each time; another seed is another street."""
    random = np.random.default_rng(seed)
    height, width = shape
    picture = np.full(shape, 120, np.uint8)
    for _ in range(70):
        x, y = int(random.integers(width)), int(random.integers(height))
        across, down = (int(random.integers(3, size // 5)) for size in (width, height))
        shade = int(random.integers(50, 210))
        cv2.rectangle(picture, (x, y), (x + across, y + down), shade, -1)
    return picture


def with_noise(picture: Grey, random: np.random.Generator, deviation: float = 1.0) -> Grey:
    noise = random.normal(0, deviation, picture.shape)
    return np.clip(picture + noise, 0, 255).astype(np.uint8)


def with_clock(picture: Grey, second: int) -> Grey:
    """The last digit of a clock, two pixels wide as on a picture cut down to this size."""
    told = picture.copy()
    told[-6:-3, -8:-4] = 60
    told[-6:-3, -8 + second % 4] = 230
    return told


def blurred(picture: Grey, deviation: float) -> Grey:
    return cv2.GaussianBlur(picture, (0, 0), deviation).astype(np.uint8, copy=False)
