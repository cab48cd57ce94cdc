"""When a picture was taken, on camera clocks that are wrong, drift, or fall silent."""

import time
from collections.abc import Iterator

import pytest

from app.demo.process import DemoCity
from app.domain.camera import CameraCode
from app.domain.stream import PictureClock
from app.video.board import BoardPicture
from tests.fakes.demo_city import demo_city
from tests.integration.video.known_frames import SIZE, known_camera, picture_taken_s
from tests.integration.video.rtsp_wall import HeadlessWall, key

pytestmark = pytest.mark.timeout(240)
DRIFT_PPM = 200.0
WRONG_S = {0: 0.0, 1: 3600.0, 2: -86_400.0, 3: 0.0}
"""How far each camera's clock is ahead. The last camera loses its reports."""
LEARN_S, LOST_S = 10.0, 34.0


@pytest.fixture
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCity]:
    with demo_city(tmp_path_factory.mktemp("city")) as city:
        yield city


def camera_s(taken_s: float, number: int, drifting_since_s: float) -> float:
    """What the camera's clock showed at a true time."""
    return taken_s + WRONG_S[number] + DRIFT_PPM * 1e-6 * (taken_s - drifting_since_s)


def test_exact_within_five_milliseconds_or_said_to_be_approximate(city: DemoCity) -> None:
    since_s = time.time()
    with HeadlessWall([known_camera(city, number) for number in WRONG_S]) as wall:
        for number, wrong_s in WRONG_S.items():
            city.control.set_faults(
                f"clip/known-{number}",
                drift_ppm=DRIFT_PPM,
                drift_since_s=since_s,
                clock_offset_s=wrong_s,
            )
        wall.show(dict.fromkeys(wall.cameras, SIZE))
        wall.until(wall.is_live, what="live")
        exact: dict[int, list[float]] = {number: [] for number in WRONG_S}
        guesses = 0

        def look() -> None:
            nonlocal guesses
            for number in WRONG_S:
                view = key(CameraCode(f"C{number}"))
                picture = wall.engine.picture(view)
                assert picture is not None
                if picture.facts.clock is PictureClock.CAMERA:
                    exact[number].append(error_ms(picture, number, since_s))
                elif picture.facts.clock is PictureClock.CAMERA_APPROXIMATE:
                    guesses += 1

        for seconds, has_reports in ((LEARN_S, True), (LOST_S, False), (4.0, True)):
            city.control.set_faults("clip/known-3", sender_reports=has_reports)
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                wall.turn(0.05)
                look()
    for number, errors in exact.items():
        assert max(errors) <= 5.0, f"camera {number}"
        # What is known well is not called a guess for the sake of safety.
        assert len(errors) > 0.8 * len(exact[0]), f"camera {number}"
    assert guesses < 0.2 * len(exact[0])


def error_ms(picture: BoardPicture, number: int, since_s: float) -> float:
    truth_s = camera_s(picture_taken_s(picture, number), number, since_s)
    return abs(picture.facts.utc_us / 1e6 - truth_s) * 1e3
