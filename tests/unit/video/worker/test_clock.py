"""The camera's clock against ours."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.video.worker.clock import ClockOffset, PictureTime, Stamp

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


@dataclass
class Crystals:
    """A camera as FFmpeg gives it on: time stamps by one crystal, reports by another."""

    drift_ppm: float = 0.0
    wrong_by_us: int = 0
    interval_s: float = 5.0
    noise_us: float = 0.0
    has_reports: Callable[[float], bool] = lambda _second: True

    def camera_us(self, second: float) -> float:
        """What the camera's clock shows."""
        return START + self.wrong_by_us + second * SECOND * (1 + self.drift_ppm * 1e-6)

    def stamps(self, seconds: float) -> Iterator[tuple[float, Stamp]]:
        """Stamps of 25 pictures a second, each with its true time on the camera's clock."""
        dice = random.Random(7)
        time = PictureTime(90_000)
        report: tuple[float, float] | None = None
        next_report = 1.0
        for number in range(int(seconds * 25)):
            second = number / 25
            is_new = second >= next_report and self.has_reports(second)
            if second >= next_report:
                next_report += self.interval_s
            if is_new:
                noise = dice.uniform(-self.noise_us, self.noise_us)
                report = second, self.camera_us(second) + noise
            utc_us = None
            if report is not None:
                utc_us = round(report[1] + (second - report[0]) * SECOND)
            arrival = START + round(second * SECOND) + 30_000
            stamp = time.stamp(utc_us, round(second * 90_000), arrival, is_new_report=is_new)
            yield self.camera_us(second), stamp


def worst_ms(crystals: Crystals, seconds: float) -> tuple[float, float]:
    """The largest error of what is said to be exact, and the share of it among all stamps."""
    errors = [
        abs(stamp.utc_us - truth) / 1e3
        for truth, stamp in crystals.stamps(seconds)
        if stamp.utc_us is not None and not stamp.is_approximate
    ]
    return max(errors), len(errors) / (seconds * 25)


@pytest.mark.parametrize("drift_ppm", [0.0, 200.0, -200.0])
@pytest.mark.parametrize("wrong_by_s", [0, 3_600])
def test_reports_make_a_drifting_clock_exact(drift_ppm: float, wrong_by_s: int) -> None:
    worst, share = worst_ms(Crystals(drift_ppm, wrong_by_s * SECOND), 120)
    assert worst < 1.1
    assert share > 0.98


def test_a_known_drift_is_counted_on_while_reports_are_lost() -> None:
    crystals = Crystals(200, has_reports=lambda second: second < 30 or second > 80)
    worst, share = worst_ms(crystals, 120)
    assert worst < 5
    assert share > 0.98


def test_an_unknown_drift_is_trusted_for_as_long_as_it_can_be_small() -> None:
    crystals = Crystals(200, has_reports=lambda second: second < 2)
    stamps = list(crystals.stamps(58))
    exact = [
        number / 25
        for number, (_, stamp) in enumerate(stamps)
        if stamp.utc_us is not None and not stamp.is_approximate
    ]
    assert max(exact) == pytest.approx(26, abs=0.5)
    assert worst_ms(crystals, 58)[0] <= 5.01
    assert all(stamp.is_approximate for _, stamp in stamps[27 * 25 :])


def test_a_camera_whose_reports_are_inexact_is_not_called_exact() -> None:
    worst, _share = worst_ms(Crystals(50, noise_us=1_500), 120)
    assert worst <= 5
    noisy = list(Crystals(50, noise_us=30_000).stamps(120))
    said = [not stamp.is_approximate for _, stamp in noisy[30 * 25 :]]
    assert not any(said)


def test_a_clock_that_is_set_is_exact_again_with_the_next_report() -> None:
    @dataclass
    class SetClock(Crystals):
        def camera_us(self, second: float) -> float:
            return super().camera_us(second) + (3_600 * SECOND if second >= 40 else 0)

    stamps = list(SetClock(100).stamps(90))
    late = [(truth, s) for truth, s in stamps[46 * 25 :] if s.utc_us is not None]
    assert len(late) == 44 * 25
    assert max(abs((s.utc_us or 0) - truth) for truth, s in late) < 5_000
    assert not any(s.is_approximate for _, s in late)
    # On this workstation's clock nothing happened.
    assert all(abs(s.arrival_us - s.local_us) < 20_000 for _, s in late)
