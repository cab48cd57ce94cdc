"""What is frozen, and what only stands still."""

import numpy as np

from app.video.worker.health.freezing import FreezeDetector
from app.video.worker.health.luma import Grey
from tests.unit.video.worker.health.scenes import view, with_clock, with_noise


class Camera:
    """Shows pictures to a detector, one a second."""

    def __init__(self) -> None:
        self.before = view()
        self.detector = FreezeDetector(self.before)
        self.random = np.random.default_rng(3)

    def show(self, picture: Grey) -> bool:
        is_frozen = self.detector.look(picture, self.before)
        self.before = picture
        return is_frozen

    def show_noisy(self, picture: Grey) -> bool:
        return self.show(with_noise(picture, self.random))

    def run(self, seconds: int) -> None:
        """A street in which nothing moves but the clock."""
        for second in range(seconds):
            assert not self.show_noisy(with_clock(view(), second))


def test_once_the_clock_is_known_eight_still_looks_are_frozen() -> None:
    camera = Camera()
    camera.run(70)
    # An encoder quantises the same picture anew with each key frame.
    said = [camera.show_noisy(with_clock(view(), 2)) for _ in range(9)]
    assert said.index(True) in (7, 8)
    assert camera.show_noisy(with_clock(view(), 3))
    assert not camera.show_noisy(with_clock(view(), 4))


def test_a_still_street_with_noise_and_without_a_clock_is_never_frozen() -> None:
    camera = Camera()
    assert not any(camera.show_noisy(view()) for _ in range(600))


def test_a_picture_the_same_to_the_bit_is_frozen_after_half_a_minute() -> None:
    camera = Camera()
    for seed in range(20):
        camera.show(view(seed=seed))
    said = [camera.show(view(seed=19)) for _ in range(40)]
    assert said.index(True) in (29, 30)


def test_a_camera_that_is_often_still_by_itself_gets_more_patience() -> None:
    camera = Camera()
    for seed in range(6):
        assert not any(camera.show(view(seed=seed)) for _ in range(25))
    said = [camera.show(view(seed=5)) for _ in range(100)]
    assert 45 <= said.index(True) <= 80


def test_a_false_alarm_doubles_the_patience_and_no_more() -> None:
    camera = Camera()

    def stillness(seed: int) -> int:
        for other in (100, 101, 102, 103):
            camera.show(view(seed=seed + other))
        return [camera.show(view(seed=seed)) for _ in range(200)].index(True)

    first, second = stillness(1), stillness(2)
    assert 1.8 * first < second < 2.2 * first


def test_traffic_is_no_clock() -> None:
    camera = Camera()
    for second in range(300):
        street = view()
        if second % 5 < 4:
            street[60:70, second * 7 % 140 :][:, :20] = 220
        camera.show_noisy(street)
    assert not any(camera.show_noisy(view()) for _ in range(28))


def test_a_clock_that_is_switched_off_is_forgotten() -> None:
    camera = Camera()
    camera.run(200)
    for second in range(120):
        street = view()
        street[60:70, second * 7 % 140 :][:, :20] = 220
        camera.show_noisy(street)
    assert not any(camera.show_noisy(view()) for _ in range(28))
