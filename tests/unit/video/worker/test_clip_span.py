"""When the pictures of a clip were taken, and when none came."""

from av.packet import Packet

from app.domain.stream import PictureClock
from app.video.worker.clip_span import ClipSpan
from app.video.worker.clock import Stamp
from app.video.worker.ring_entry import RingEntry

BEGAN_US = 1_795_348_800_000_000
PAUSE_US = 66_000
OFFSET_US = 3_600_000_000
"""The camera's clock is an hour behind this workstation's."""


def picture(
    at_us: int, *, key: bool = False, knows: bool = True, guesses: bool = False
) -> RingEntry:
    """A picture of that camera time; ``knows``: the camera has told it."""
    utc_us = BEGAN_US + at_us if knows else None
    arrival_us = BEGAN_US + at_us + OFFSET_US
    stamp = Stamp(utc_us, OFFSET_US if knows else 0, arrival_us, guesses)
    return RingEntry(Packet(), key, stamp, arrival_us, at_us, 100)


def span_of(entries: list[RingEntry]) -> ClipSpan:
    span = ClipSpan(entries[0])
    for entry in entries:
        span.add(entry, entry.pts)
    return span


def steady(first: int, count: int, **what: bool) -> list[RingEntry]:
    return [picture((first + n) * PAUSE_US, key=n == 0, **what) for n in range(count)]


def test_a_steady_stream_lasts_from_its_first_picture_to_the_end_of_its_last() -> None:
    span = span_of(steady(0, 30))
    assert span.clock is PictureClock.CAMERA
    assert (span.start_us, span.end_us) == (BEGAN_US, BEGAN_US + 30 * PAUSE_US)
    assert (span.pictures, span.offset_us) == (30, OFFSET_US)
    assert span.anchors == [(0, BEGAN_US)]
    assert span.gaps == []


def test_a_pause_is_a_gap_and_jitter_is_none() -> None:
    late = [picture(29 * PAUSE_US + 400_000), picture(31 * PAUSE_US + 300_000)]
    span = span_of([*steady(0, 29), *late, *steady(100, 10)])
    ((since, until),) = span.gaps
    assert until == BEGAN_US + 100 * PAUSE_US
    assert abs(since - (BEGAN_US + 32 * PAUSE_US + 300_000)) < 100_000


def test_a_camera_of_few_pictures_has_no_gaps() -> None:
    assert span_of([picture(n * 1_000_000, key=True) for n in range(20)]).gaps == []


def test_without_a_camera_clock_times_are_this_workstations() -> None:
    span = span_of(steady(0, 10, knows=False))
    assert span.clock is PictureClock.ARRIVAL
    assert (span.start_us, span.offset_us) == (BEGAN_US + OFFSET_US, 0)


def test_what_came_before_the_camera_told_its_time_is_on_its_clock_too() -> None:
    early = [*steady(0, 10, knows=False), *steady(40, 10, knows=False)]
    span = span_of([*early, *steady(50, 10)])
    assert span.clock is PictureClock.CAMERA_APPROXIMATE
    assert (span.start_us, span.end_us) == (BEGAN_US, BEGAN_US + 60 * PAUSE_US)
    assert span.anchors == [(n * PAUSE_US, BEGAN_US + n * PAUSE_US) for n in (0, 40, 50)]
    assert span.gaps == [(BEGAN_US + 10 * PAUSE_US, BEGAN_US + 40 * PAUSE_US)]


def test_a_clock_that_is_lost_meanwhile_is_counted_on() -> None:
    span = span_of([*steady(0, 10), *steady(10, 10, knows=False)])
    assert (span.start_us, span.end_us) == (BEGAN_US, BEGAN_US + 20 * PAUSE_US)


def test_one_guess_makes_the_whole_a_guess() -> None:
    span = span_of([*steady(0, 10), *steady(10, 1, guesses=True)])
    assert span.clock is PictureClock.CAMERA_APPROXIMATE
