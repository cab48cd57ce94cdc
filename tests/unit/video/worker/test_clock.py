"""The camera's clock against ours."""

from hypothesis import given
from hypothesis import strategies as st

from app.video.worker.clock import ClockOffset, PictureTime

SECOND = 1_000_000
START = 1_700_000_000 * SECOND


def test_the_least_delayed_packet_says_the_offset() -> None:
    offset = ClockOffset()
    for number, delay in enumerate((40_000, 5_000, 90_000, 30_000)):
        taken = START + number * 40_000
        offset.add(taken, taken + delay)
    assert 5_000 <= offset.offset_us <= 5_030


def test_a_queue_that_grows_is_not_absorbed() -> None:
    offset = ClockOffset()
    for number in range(600):
        taken = START + number * 100_000
        delay = 10_000 + number * 5_000
        offset.add(taken, taken + delay)
    # Sixty seconds at 100 ppm, and the delay itself of three seconds does not count.
    assert offset.offset_us <= 10_000 + 6_400


def test_a_clock_that_runs_slow_is_followed() -> None:
    offset = ClockOffset()
    for number in range(10_000):
        arrival = START + number * 100_000
        drift = number * 5  # 50 ppm
        offset.add(arrival - drift - 3_000, arrival)
    assert abs(offset.offset_us - (10_000 * 5 + 3_000)) < 100


@given(st.lists(st.integers(0, 2 * SECOND), min_size=1, max_size=60))
def test_the_offset_never_makes_a_picture_younger_than_its_arrival(delays: list[int]) -> None:
    offset = ClockOffset()
    for number, delay in enumerate(delays):
        taken = START + number * SECOND
        estimate = offset.add(taken, taken + delay)
        assert taken + estimate <= taken + delay


def stamps_of(time: PictureTime, shift_us: int, first: int, count: int) -> list[int]:
    """Offsets of packets whose camera's clock is ahead by ``shift_us``; 25 a second."""
    offsets = []
    for number in range(first, first + count):
        arrival = START + number * 40_000
        stamp = time.stamp(
            arrival - 2_000 + shift_us, number * 3_600, arrival, is_new_report=number % 50 == 0
        )
        offsets.append(stamp.offset_us)
    return offsets


def test_a_step_of_the_cameras_clock_moves_the_offset_by_as_much() -> None:
    time = PictureTime(90_000)
    before = stamps_of(time, 0, 0, 100)[-1]
    after = stamps_of(time, 5 * SECOND, 100, 50)
    assert abs(before - 2_000) < 500
    assert all(abs(offset - (2_000 - 5 * SECOND)) < 500 for offset in after)
    back = stamps_of(time, 0, 150, 50)
    assert all(abs(offset - 2_000) < 500 for offset in back)


def test_the_first_packet_after_the_first_report_is_not_believed() -> None:
    time = PictureTime(90_000)
    early = time.stamp(None, 0, START, is_new_report=False)
    first = time.stamp(START + 40_000, 3_600, START + 45_000, is_new_report=True)
    second = time.stamp(START + 80_000, 7_200, START + 85_000, is_new_report=False)
    assert early.utc_us is None
    assert first.utc_us is None
    assert second.utc_us == START + 80_000
    assert time.has_camera_clock


def test_without_reports_for_a_minute_the_cameras_time_is_not_vouched_for() -> None:
    time = PictureTime(90_000)
    stamps_of(time, 0, 0, 2)
    late = START + 62 * SECOND
    lost = time.stamp(late - 2_000, 62 * 90_000, late, is_new_report=False)
    assert lost.utc_us is None
    assert lost.offset_us == 0
    assert not time.has_camera_clock
    again = time.stamp(late + 38_000, 62 * 90_000 + 3_600, late + 40_000, is_new_report=True)
    assert again.utc_us == late + 38_000
