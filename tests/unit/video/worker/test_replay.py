"""Looking back: a view plays from the ring, the others stay live."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from app.domain.stream import PictureClock
from app.video.messages import CutStill, LookBack
from tests.integration.worker.media import Recipe, level_of
from tests.unit.video.worker.desk import BEGAN_US, FRAME_US, HOUR_US, Clock, Desk


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    clock = Clock()
    clock.put_into(monkeypatch, "pipeline", "replay")
    desk = Desk(Recipe(frames=150, gop=30), clock)
    yield desk
    desk.close()


def look_back(desk: Desk, slot: int, frame: float | None, *, by_camera: bool = True) -> None:
    utc_us = None
    if frame is not None:
        utc_us = BEGAN_US + round(frame * FRAME_US) + (HOUR_US if by_camera else 0)
    desk.pipeline.want(LookBack(1, slot, utc_us, by_camera))
    desk.pipeline.apply()
    if desk.pipeline.is_behind:
        desk.pipeline.catch_up()
    desk.pipeline.past.seek()


def frames_of(desk: Desk, first: int, last: int, slot: int = 0) -> list[float | None]:
    shown = []
    for frame in range(first, last):
        desk.run_to(frame + 0.4)
        shown.append(desk.frame(slot))
    return shown


def is_replay(desk: Desk, slot: int) -> bool:
    picture = desk.reader.take(desk.space(slot))
    assert picture is not None
    return picture.facts.is_replay


@pytest.mark.parametrize("by_camera", [True, False])
def test_plays_from_the_moment_at_the_pace_it_was_taken(desk: Desk, by_camera: bool) -> None:
    desk.show(0)
    desk.run_to(80.2)
    look_back(desk, 0, 40.5, by_camera=by_camera)
    assert desk.frame(0) == 40
    assert is_replay(desk, 0)
    assert frames_of(desk, 81, 110) == list(range(41, 70))
    picture = desk.reader.take(desk.space(0))
    assert picture is not None
    assert picture.facts.clock is PictureClock.CAMERA
    assert picture.facts.age_s(desk.clock.now_us if desk.clock else 0) == pytest.approx(
        1.6, abs=0.1
    )
    # Nobody else looks: nothing live is decoded meanwhile.
    assert desk.pipeline.decoded == 81


def test_the_other_views_of_the_stream_stay_live(desk: Desk) -> None:
    desk.show(0, 1)
    desk.run_to(80.2)
    look_back(desk, 0, 20)
    for frame in range(81, 100):
        desk.run_to(frame + 0.4)
        assert desk.frame(1) == frame
        assert desk.frame(0) == frame - 60
        assert not is_replay(desk, 1)
    assert desk.pipeline.decoded == 100


def test_live_again_at_once_and_without_a_gap(desk: Desk) -> None:
    desk.show(0)
    desk.run_to(80.4)
    look_back(desk, 0, 20)
    desk.run_to(100.4)
    look_back(desk, 0, None)
    assert desk.frame(0) == 100
    assert not is_replay(desk, 0)
    assert frames_of(desk, 101, 120) == list(range(101, 120))
    assert desk.pipeline.errors == 0


def test_where_the_ring_does_not_reach_the_oldest_picture_begins(desk: Desk) -> None:
    desk.show(0)
    desk.run_to(50.2)
    look_back(desk, 0, -500)
    assert desk.frame(0) == 0
    assert frames_of(desk, 51, 60) == list(range(1, 10))


def test_another_moment_takes_the_place_of_the_first(desk: Desk) -> None:
    desk.show(0)
    desk.run_to(100.2)
    look_back(desk, 0, 20)
    desk.run_to(103.2)
    look_back(desk, 0, 70)
    assert desk.frame(0) == 70
    assert frames_of(desk, 104, 110) == list(range(71, 77))


def test_a_change_of_size_goes_on_with_the_replay_and_a_view_that_goes_ends_it(desk: Desk) -> None:
    desk.show(0, 1)
    desk.run_to(80.2)
    look_back(desk, 0, 20)
    desk.show(0, version=2)
    assert frames_of(desk, 81, 90) == list(range(21, 30))
    desk.show(1, version=3)
    desk.pipeline.catch_up()
    sequence = desk.reader.sequence(0)
    desk.run_to(100)
    assert desk.reader.sequence(0) == sequence
    assert not desk.pipeline.past.decoders


def test_a_replay_that_was_held_up_goes_on_where_it_should_be(desk: Desk) -> None:
    """From the key frame before: live pictures must not wait for all that was missed."""
    desk.show(0)
    desk.run_to(60.2)
    look_back(desk, 0, 10)
    assert desk.clock is not None
    desk.clock.now_us += 70 * FRAME_US
    decoded = desk.frame(0)
    assert decoded == 10
    desk.run_to(131.4)
    shown = desk.frame(0)
    assert shown is not None
    assert shown == 81


def test_without_a_ring_looking_back_waits_for_the_first_picture(desk: Desk) -> None:
    desk.show(0)
    look_back(desk, 0, 20)
    assert desk.frame(0) is None
    desk.run_to(12.4)
    assert desk.frame(0) is not None
    assert is_replay(desk, 0)


def test_after_the_end_nothing_is_played(desk: Desk) -> None:
    desk.show(0)
    desk.run_to(80.2)
    look_back(desk, 0, 20)
    desk.pipeline.end()
    sequence = desk.reader.sequence(0)
    desk.run_to(90)
    assert desk.reader.sequence(0) == sequence


def still(desk: Desk, frame: float, *, width: int = 320, by_camera: bool = True) -> bytes:
    utc_us = BEGAN_US + round(frame * FRAME_US) + (HOUR_US if by_camera else 0)
    return desk.pipeline.past.cut(CutStill(1, 1, utc_us, by_camera, width))


def grey_of(jpeg: bytes) -> float:
    pixels = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    return float(pixels.mean())


@pytest.mark.parametrize("by_camera", [True, False])
@pytest.mark.parametrize(
    ("moment", "frame"), [(47.4, 47), (47.6, 48), (-50, 0), (900, 79), (30, 30)]
)
def test_a_still_is_the_nearest_picture(
    desk: Desk, moment: float, frame: int, by_camera: bool
) -> None:
    desk.run_to(79.2)
    jpeg = still(desk, moment, by_camera=by_camera)
    assert abs(grey_of(jpeg) - level_of(frame)) < 4
    # Cut from a warm stream: nothing becomes hot by it.
    assert desk.pipeline.decoded == 0


@pytest.mark.parametrize(("width", "size"), [(160, (160, 90)), (321, (320, 180)), (1, (1, 1))])
def test_a_still_is_at_most_as_wide_as_asked_for(
    desk: Desk, width: int, size: tuple[int, int]
) -> None:
    desk.run_to(5)
    pixels = cv2.imdecode(np.frombuffer(still(desk, 3, width=width), np.uint8), cv2.IMREAD_COLOR)
    assert pixels is not None
    assert (pixels.shape[1], pixels.shape[0]) == size


def test_without_a_picture_there_is_no_still(desk: Desk) -> None:
    assert still(desk, 3) == b""
    desk.run_to(5)
    desk.pipeline.end()
    assert still(desk, 3) == b""


def test_stills_and_replay_of_a_stream_that_reorders(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    clock.put_into(monkeypatch, "pipeline", "replay")
    desk = Desk(Recipe(frames=150, gop=30, b_frames=2), clock)
    desk.show(0)
    desk.run_to(100.2)
    for frame in (40, 41, 42, 97):
        assert abs(grey_of(still(desk, frame)) - level_of(frame)) < 4
    look_back(desk, 0, 40)
    shown = [frame or 0.0 for frame in frames_of(desk, 103, 125)]
    assert shown == sorted(shown)
    assert all(0 <= 40 + at + 3 - frame <= 4 for at, frame in enumerate(shown))
    desk.close()
