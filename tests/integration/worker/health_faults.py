"""What can befall a camera, done to its pictures before they are encoded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from app.domain.picture_health import PictureFault
from tests.integration.worker.street_hours import HEIGHT, WIDTH, Change, Grey

_CLOCK = np.s_[:26, :100]
"""What the camera writes into its picture stands in front of every cover and every view."""


@dataclass(frozen=True)
class Fault:
    """One fault: what is done to a picture and what is to be said of it."""

    name: str
    expected: PictureFault
    change: Callable[[Grey], Grey]
    keeps_clock: bool = True

    def between(self, begins_s: float, ends_s: float) -> Change:
        """The change of a street that has the fault in these seconds only."""

        def change(picture: Grey, t: float) -> Grey:
            if not begins_s <= t < ends_s:
                return picture
            changed = self.change(picture)
            if self.keeps_clock:
                changed[_CLOCK] = picture[_CLOCK]
            return changed

        return change


def frozen() -> Fault:
    """The sensor or the recorder repeats one picture, clock and all."""
    kept: list[Grey] = []

    def change(picture: Grey) -> Grey:
        if not kept:
            kept.append(picture.copy())
        return kept[0]

    return Fault("frozen", PictureFault.FROZEN, change, keeps_clock=False)


def black() -> Fault:
    random = np.random.default_rng(1)

    def change(picture: Grey) -> Grey:
        dark = random.normal(4, 2, picture.shape)
        return np.clip(dark, 0, 255).astype(np.uint8)

    return Fault("black", PictureFault.BLACK, change)


def white() -> Fault:
    def change(picture: Grey) -> Grey:
        bright = picture.astype(np.float32) * 0.2 + 230
        washed: Grey = np.clip(bright, 0, 255).astype(np.uint8)
        return washed

    return Fault("white", PictureFault.WHITE, change)


def blurred(deviation: float) -> Fault:
    def change(picture: Grey) -> Grey:
        return cv2.GaussianBlur(picture, (0, 0), deviation).astype(np.uint8, copy=False)

    return Fault(f"blurred-{deviation:g}", PictureFault.BLURRED, change)


def covered(shade: int) -> Fault:
    """A cloth or paint over two thirds of the lens, without a sharp edge."""
    hard = np.zeros((HEIGHT, WIDTH), np.float32)
    hard[:, WIDTH // 4 :] = 1
    cover = cv2.GaussianBlur(hard, (0, 0), 25)

    def change(picture: Grey) -> Grey:
        return (picture * (1 - cover) + shade * cover).astype(np.uint8)

    return Fault(f"covered-{shade}", PictureFault.BLURRED, change)


def turned(right: float, degrees: float = 0.0) -> Fault:
    """The camera looks elsewhere by this share of the picture's width."""
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), degrees, 1.0)
    matrix[0, 2] -= right * WIDTH

    def change(picture: Grey) -> Grey:
        moved = cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)
        return moved.astype(np.uint8, copy=False)

    return Fault(f"turned-{right:g}-{degrees:g}", PictureFault.TURNED, change)


def blocky() -> Fault:
    """Coded very coarsely somewhere before the camera's own encoder."""

    def change(picture: Grey) -> Grey:
        _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 4])
        decoded = cv2.imdecode(data, cv2.IMREAD_GRAYSCALE)
        assert decoded is not None
        return decoded.astype(np.uint8, copy=False)

    return Fault("blocky", PictureFault.BLOCKY, change)


ALL: Sequence[Callable[[], Fault]] = (
    frozen,
    black,
    white,
    lambda: blurred(2),
    lambda: blurred(4),
    lambda: covered(15),
    lambda: covered(120),
    lambda: turned(0.05),
    lambda: turned(0.4),
    lambda: turned(0.0, 10.0),
    blocky,
)
