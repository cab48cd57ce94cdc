"""Cameras whose pictures carry their own number, so that a test knows when each was taken."""

import numpy as np
import numpy.typing as npt

from app.demo.cameras import phase
from app.demo.process import DemoCity
from app.domain.camera import Camera, CameraCode
from app.video.board import BoardPicture
from tests.fakes.code_clip import FPS, block_centres, decode_words
from tests.fakes.crossing_clip import FRAMES, crossing_clip
from tests.integration.video.rtsp_wall import HeadlessWall, camera, key

SIZE = (640, 360)


def known_camera(city: DemoCity, number: int) -> Camera:
    """Camera ``C<number>`` of the city; its path there is ``clip/known-<number>``."""
    city.control.add_clip(f"known-{number}", str(crossing_clip().path))
    return camera(number, f"{city.base_url}/clip/known-{number}")


def taken_s(pixels: npt.NDArray[np.uint8], number: int, near_s: float) -> float:
    """The true Unix time of a picture of a camera: of all times at which its frame is sent, the
    one nearest to ``near_s``. ``pixels`` are rows, columns and colours."""
    height, width = pixels.shape[:2]
    centres = block_centres()
    x, y = (centres[:, 0] * width).astype(int), (centres[:, 1] * height).astype(int)
    index = int(decode_words(pixels[y, x, 1][None, :])[1][0])
    assert index >= 0, "the picture's number cannot be read"
    shift = phase(f"clip/known-{number}")
    turns = round((near_s * FPS - shift - index) / FRAMES)
    return (index + turns * FRAMES + shift) / FPS


def picture_taken_s(picture: BoardPicture, number: int) -> float:
    """The true Unix time of what a tile shows."""
    facts = picture.facts
    pixels = np.frombuffer(picture.pixels, np.uint8)
    pixels = pixels.reshape(facts.height, facts.stride // 4, 4)[:, : facts.width]
    return taken_s(pixels, number, (facts.utc_us + facts.offset_us) / 1e6)


def new_picture(wall: HeadlessWall, code: CameraCode, seconds: float = 20.0) -> BoardPicture:
    """The next picture of the camera's tile."""
    before = wall.engine.picture(key(code))
    seen = (before.slot, before.sequence) if before is not None else None

    def is_there() -> bool:
        picture = wall.engine.picture(key(code))
        return picture is not None and (picture.slot, picture.sequence) != seen

    wall.until(is_there, seconds, what="a new picture")
    picture = wall.engine.picture(key(code))
    assert picture is not None
    return picture
