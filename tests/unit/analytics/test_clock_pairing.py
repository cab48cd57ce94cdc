"""Which moment of a source belongs to a picture, whatever clocks stamped the two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analytics.arrivals import Arrivals
from app.analytics.clock_pairing import lateness_us, paired
from app.domain.detection import SourceClock
from app.domain.stream import PictureClock
from tests.unit.analytics.frames import frame

MS = 1000
HOUR_US = 3600 * 1000 * MS
BACKENDS = [SourceClock.BACKEND_CAPTURE, SourceClock.BACKEND_EMIT, SourceClock.ARRIVAL]


def heard(clock: SourceClock, *, late_s: float = 0.2) -> Arrivals:
    arrivals = Arrivals()
    for number in range(5):
        arrivals.add(frame(0.2 * number, clock=clock, late_s=late_s))
    return arrivals


@pytest.mark.parametrize("offset_us", [0, -HOUR_US, HOUR_US])
def test_one_clock_for_both_is_exact_however_wrong_it_is(offset_us: int) -> None:
    late_s = 0.2 + offset_us / 1e6
    pairing = paired(PictureClock.CAMERA, offset_us, heard(SourceClock.CAMERA, late_s=late_s))
    assert (pairing.shift_us, pairing.is_exact) == (0, True)


def test_a_camera_that_has_not_told_its_time_for_a_while_is_approximate() -> None:
    pairing = paired(PictureClock.CAMERA_APPROXIMATE, -HOUR_US, heard(SourceClock.CAMERA))
    assert (pairing.shift_us, pairing.is_exact) == (0, False)


def test_without_the_cameras_time_a_clock_that_may_be_right_is_taken_as_right() -> None:
    pairing = paired(PictureClock.ARRIVAL, 0, heard(SourceClock.CAMERA, late_s=0.4))
    assert (pairing.shift_us, pairing.is_exact) == (0, False)


@pytest.mark.parametrize("wrong_s", [-3600.0, 3600.0])
def test_without_the_cameras_time_a_clock_that_is_wrong_is_seen_through(wrong_s: float) -> None:
    """Its frames seem to come an hour early or late; their least delay is the difference."""
    pairing = paired(PictureClock.ARRIVAL, 0, heard(SourceClock.CAMERA, late_s=wrong_s))
    assert pairing.shift_us == pytest.approx(-wrong_s * 1e6)
    assert not pairing.is_exact


@pytest.mark.parametrize("clock", BACKENDS)
def test_a_backends_clock_is_this_workstations(clock: SourceClock) -> None:
    pairing = paired(PictureClock.CAMERA, HOUR_US, heard(clock))
    assert (pairing.shift_us, pairing.is_exact) == (HOUR_US, False)
    arrival = paired(PictureClock.ARRIVAL, 0, heard(clock))
    assert arrival.shift_us == 0


def test_a_backend_that_sends_from_the_future_is_told_and_seen_through() -> None:
    pairing = paired(PictureClock.ARRIVAL, 0, heard(SourceClock.BACKEND_EMIT, late_s=-37.0))
    assert pairing.clock_ahead_us == 37_000 * MS
    assert pairing.shift_us == 37_000 * MS


def test_before_the_first_frame_there_is_an_answer_too() -> None:
    assert paired(PictureClock.ARRIVAL, 0, Arrivals()).shift_us == 0


@given(
    taken_us=st.integers(0, 10**12),
    camera_ahead_us=st.integers(-HOUR_US, HOUR_US),
    transport_us=st.integers(0, 500 * MS),
    late_us=st.integers(0, 2000 * MS),
)
def test_lateness_is_told_against_the_moment_at_which_the_picture_could_be_shown(
    taken_us: int, camera_ahead_us: int, transport_us: int, late_us: int
) -> None:
    """A picture taken at ``taken_us`` (true time) comes ``transport_us`` later, and its boxes
    ``late_us`` after it, whoever stamps them."""
    picture_offset_us = transport_us - camera_ahead_us
    received_us = taken_us + transport_us + late_us
    by_camera = received_us - (taken_us + camera_ahead_us)
    assert lateness_us(by_camera, 0, picture_offset_us) == late_us
    by_backend = received_us - (taken_us + transport_us)
    assert lateness_us(by_backend, picture_offset_us, picture_offset_us) == late_us
