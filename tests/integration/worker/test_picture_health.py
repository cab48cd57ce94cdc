"""Every fault is found in drawn streets by day, by night, in rain and under mains flicker, and
without a fault none is.

The full hours are measured by ``python -m tests.benchmarks --only health``.
"""

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache

import cv2
import numpy as np
import pytest
from av.video.frame import VideoFrame

from app.demo.bitstream import Codec
from app.demo.clips import ClipFormat
from app.demo.encoding import encode_h264
from app.domain.picture_health import PictureFault
from app.video.messages import PictureHealth
from app.video.worker.clock import Stamp
from app.video.worker.health.look import HealthLook
from tests.integration.worker import health_faults
from tests.integration.worker.driver import Driver
from tests.integration.worker.health_faults import Fault
from tests.integration.worker.servers import Camera, Server
from tests.integration.worker.street_hours import STREETS, Street, looked_at, sent

_BEGINS_S = 82
"""The look after one in which everything was looked at: the worst second to begin in."""
_ENDS_S = 96
_SECONDS = 110
_WITHIN = 10


@cache
def street(name: str) -> Street:
    return STREETS[name]()


def present(health: HealthLook) -> list[PictureFault]:
    return list(health.faults)


def said_of(frames: Iterator[VideoFrame]) -> dict[int, tuple[PictureFault, ...]]:
    """The second of each change, and what was said from then on."""
    health = HealthLook()
    changes: dict[int, tuple[PictureFault, ...]] = {}
    for second, frame in enumerate(looked_at(frames)):
        faults = health.look(frame, Stamp(None, 0, second * 1_000_000))
        if faults is not None:
            changes[second] = faults
    return changes


@pytest.fixture(autouse=True)
def one_thread() -> None:
    cv2.setNumThreads(1)


@pytest.mark.parametrize("make", health_faults.ALL, ids=lambda make: make().name)
@pytest.mark.parametrize("name", ["day", "night", "rain"])
def test_a_fault_is_found_within_ten_looks_and_goes_again(
    name: str, make: Callable[[], Fault]
) -> None:
    fault = make()
    pictures = street(name).pictures(_SECONDS, fault.between(_BEGINS_S, _ENDS_S))
    changes = said_of(sent(pictures))
    assert list(changes.values()) == [(fault.expected,), ()]
    found, gone = changes
    assert _BEGINS_S < found <= _BEGINS_S + _WITHIN
    assert _ENDS_S < gone <= _ENDS_S + _WITHIN


@pytest.mark.timeout(300)  # 1,800 pictures are weathered, encoded and decoded
@pytest.mark.parametrize("name", list(STREETS))
def test_ten_minutes_of_a_sound_camera_raise_no_alarm(name: str) -> None:
    assert said_of(sent(street(name).pictures(600))) == {}


def test_a_tile_decoded_without_loop_filter_raises_no_alarm() -> None:
    assert said_of(sent(street("day").pictures(240), loop_filter=False)) == {}


def test_blocks_of_a_starved_encoder_are_found_where_no_filter_hides_them() -> None:
    starved = said_of(sent(street("rain").pictures(60), 30_000, loop_filter=False))
    assert (PictureFault.BLOCKY,) in starved.values()


def test_a_reset_camera_is_learnt_anew() -> None:
    health = HealthLook()
    second = 0

    def look(frames: Iterator[VideoFrame]) -> None:
        nonlocal second
        for frame in looked_at(frames):
            health.look(frame, Stamp(None, 0, second * 1_000_000))
            second += 1

    look(sent(street("day").pictures(40)))
    look(sent(street("night").pictures(20)))
    assert present(health) == [PictureFault.TURNED]
    health.reset()
    assert present(health) == []
    look(sent(street("night").pictures(60)))
    assert present(health) == []


def test_of_two_looks_within_half_a_second_one_counts() -> None:
    frame = VideoFrame.from_ndarray(np.zeros((360, 640), np.uint8), format="gray")
    health = HealthLook()
    for tenth in range(100):
        health.look(frame, Stamp(None, 0, tenth * 1_000))
    assert present(health) == []
    for second in range(1, 12):
        health.look(frame, Stamp(None, 0, second * 1_000_000))
    assert present(health) == [PictureFault.BLACK]


def test_a_worker_tells_of_the_fault_of_a_real_stream(worker: Driver) -> None:
    black = (np.zeros((360, 640, 3), np.uint8) for _ in range(60))
    form = ClipFormat(Codec.H264, Fraction(15), 640, 360)
    units = list(encode_h264(black, form, gop=15, bit_rate=100_000))
    with Server(Camera(units, "H264")) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/x")
        worker.show(1, worker.view(0))
        report = worker.expect(PictureHealth, 1)
        assert report.faults == [PictureFault.BLACK.value]
        worker.close_stream(1)
