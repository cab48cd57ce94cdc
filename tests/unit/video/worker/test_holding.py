"""Pictures that wait for their boxes: packets are held, and decoded when they are due."""

import random
from collections.abc import Iterator
from itertools import pairwise

import pytest
from av.packet import Packet
from av.video.frame import VideoFrame
from hypothesis import given
from hypothesis import strategies as st

from app.video.messages import SetHold
from app.video.worker.backlog import Backlog
from app.video.worker.clock import Stamp
from app.video.worker.ring_entry import RingEntry
from tests.integration.worker.media import Recipe
from tests.unit.video.worker.desk import FRAME_US, Clock, Desk

HOLD = 8
HOLD_US = HOLD * FRAME_US


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    clock = Clock()
    clock.put_into(monkeypatch, "pipeline")
    desk = Desk(Recipe(frames=90, gop=30), clock)
    yield desk
    desk.close()


def set_hold(desk: Desk, slot: int, hold_us: int) -> None:
    desk.pipeline.want(SetHold(1, slot, hold_us))
    assert desk.pipeline.apply() == []
    if desk.pipeline.is_behind:
        desk.pipeline.catch_up()


def frames_of(desk: Desk, first: int, last: int, slot: int = 0) -> list[float | None]:
    """What the slot shows a round after each of these frames was taken."""
    shown = []
    for frame in range(first, last):
        desk.run_to(frame + 0.3)
        shown.append(desk.frame(slot))
    return shown


def test_packets_wait_undecoded_and_are_shown_at_the_pace_they_were_taken(desk: Desk) -> None:
    desk.show(0, holds={0: HOLD_US})
    desk.run_to(HOLD - 0.5)
    assert desk.frame(0) is None
    assert desk.pipeline.decoded == 0
    assert frames_of(desk, HOLD, 60) == list(range(60 - HOLD))
    assert desk.pipeline.decoded == 60 - HOLD
    assert desk.reader.sequence(0) == 60 - HOLD


def test_pictures_that_came_unevenly_are_shown_evenly(desk: Desk) -> None:
    dice = random.Random(3)
    for entry in desk.entries:
        late_us = dice.randrange(0, 5 * FRAME_US)
        taken = entry.stamp
        assert taken.utc_us is not None
        late = Stamp(taken.utc_us, taken.offset_us, taken.arrival_us + late_us)
        entry.stamp = entry.packet.opaque = late
    desk.show(0, holds={0: HOLD_US})
    assert frames_of(desk, HOLD, 60) == list(range(60 - HOLD))


def test_a_hold_that_comes_pauses_the_picture_once_and_a_hold_that_goes_makes_up(
    desk: Desk,
) -> None:
    desk.show(0)
    desk.run_to(20.3)
    assert desk.frame(0) == 20
    set_hold(desk, 0, HOLD_US)
    assert desk.reader.sequence(0) == 21
    assert frames_of(desk, 21, 21 + HOLD) == [20] * HOLD
    assert frames_of(desk, 21 + HOLD, 40) == list(range(21, 40 - HOLD))
    decoded = desk.pipeline.decoded
    set_hold(desk, 0, 0)
    assert desk.frame(0) == 39
    # What was skipped on the screen was decoded, so that nothing is missing from the references.
    assert desk.pipeline.decoded == decoded + HOLD
    assert desk.reader.sequence(0) == 21 + 40 - 21 - HOLD + 1
    assert frames_of(desk, 40, 50) == list(range(40, 50))
    assert desk.pipeline.errors == 0


def test_a_hold_that_grows_slowly_never_stops_the_picture(desk: Desk) -> None:
    desk.show(0)
    desk.run_to(20.3)
    gaps = []
    last = desk.frame(0) or 0.0
    for frame in range(21, 81):
        set_hold(desk, 0, (frame - 20) // 12 * 10_000)
        desk.run_to(frame + 0.3)
        shown = desk.frame(0) or 0.0
        gaps.append(shown - last)
        last = shown
    assert set(gaps) <= {0.0, 1.0}
    assert gaps.count(0.0) == 1


def test_two_tiles_of_a_stream_wait_for_different_times_and_it_is_decoded_once(desk: Desk) -> None:
    desk.show(0, 1, holds={1: HOLD_US})
    assert frames_of(desk, 0, 20) == list(range(20))
    assert desk.frame(1) == 19 - HOLD
    assert frames_of(desk, 20, 30, slot=1) == [frame - HOLD for frame in range(20, 30)]
    assert desk.frame(0) == 29
    assert desk.pipeline.decoded == 30


def test_the_slow_tile_goes_on_when_the_fast_one_is_gone_and_comes_back(desk: Desk) -> None:
    desk.show(0, 1, holds={1: HOLD_US})
    desk.run_to(20.3)
    desk.show(1, version=2, holds={1: HOLD_US})
    assert frames_of(desk, 21, 40, slot=1) == [frame - HOLD for frame in range(21, 40)]
    desk.show(0, 1, version=3, holds={1: HOLD_US})
    desk.pipeline.catch_up()
    assert desk.frame(0) == 39
    assert frames_of(desk, 40, 55, slot=1) == [frame - HOLD for frame in range(40, 55)]
    assert desk.frame(0) == 54
    assert desk.pipeline.decoded == 55
    assert desk.pipeline.errors == 0


def test_warm_to_hot_shows_what_is_due_even_from_before_the_last_key_frame(desk: Desk) -> None:
    desk.run_to(33.3)
    assert desk.pipeline.decoded == 0
    desk.show(0, holds={0: HOLD_US})
    assert desk.frame(0) == 0
    desk.pipeline.catch_up()
    assert desk.frame(0) == 33 - HOLD
    assert frames_of(desk, 34, 50) == [frame - HOLD for frame in range(34, 50)]
    assert desk.pipeline.errors == 0


def test_a_stream_that_reorders_is_decoded_steadily(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    clock.put_into(monkeypatch, "pipeline")
    desk = Desk(Recipe(frames=90, gop=30, b_frames=2), clock)
    desk.show(0, holds={0: HOLD_US})
    shown = frames_of(desk, HOLD + 6, 60)
    steps = [(after or 0) - (before or 0) for before, after in pairwise(shown)]
    assert set(steps) == {1.0}
    # The decoder keeps two pictures for the sake of their order.
    assert shown[0] == pytest.approx(6, abs=2)
    desk.close()


def test_being_behind_does_not_count_the_waiting(desk: Desk) -> None:
    desk.show(0, holds={0: HOLD_US})
    desk.run_to(30)
    assert 0 <= desk.pipeline.behind_us < 10_000


def test_a_clock_of_ours_that_is_set_back_does_not_stop_the_picture(desk: Desk) -> None:
    desk.show(0, holds={0: HOLD_US})
    desk.run_to(30.3)
    assert desk.clock is not None
    desk.clock.now_us -= 3_600_000_000
    for entry in desk.entries[31:40]:
        desk.pipeline.take(entry)
        desk.pipeline.catch_up()
    assert desk.frame(0) == 39


def test_after_the_end_nothing_that_waited_is_shown(desk: Desk) -> None:
    desk.show(0, 1, holds={1: HOLD_US})
    desk.run_to(20.3)
    desk.pipeline.end()
    shown = desk.reader.sequence(1)
    desk.run_to(40)
    assert desk.reader.sequence(1) == shown


def test_pictures_of_an_engine_that_decodes_by_itself_wait_too(desk: Desk) -> None:
    """libVLC gives no packets, so it is the pictures that are held, and never many of them."""
    desk.pipeline.begin(None, 1.0)
    desk.show(0, 1, holds={1: HOLD_US})
    clock = desk.clock
    assert clock is not None
    shown: list[float | None] = []
    for number in range(40):
        desk.run_to(number, feeds=False)
        frame = VideoFrame(160, 90, "bgr0")
        desk.pipeline.show((frame, Stamp(None, 0, clock.now_us)))
        assert desk.frame(0) == number
        shown.append(desk.frame(1))
    assert shown[:HOLD] == [None] * HOLD
    assert shown[HOLD + 1 :] == pytest.approx(range(40 - HOLD - 1), abs=1)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=40), st.integers(1, 500_000))
def test_as_many_packets_are_due_as_moments_have_passed(moments: list[int], hold_us: int) -> None:
    backlog = Backlog()
    backlog.hold_us = hold_us
    packet = Packet()
    for number, moment in enumerate(moments):
        backlog.append(RingEntry(packet, True, Stamp(None, 0, moment), moment, number, 1))
    newest = max(moments)
    waiting = sum(moment > newest - hold_us + 2_000 for moment in moments)
    assert backlog.due(newest) == len(moments) - waiting
    assert backlog.next_due_us == min(moments) + hold_us
    assert [backlog.pop().pts for _ in moments] == list(range(len(moments)))
    assert not len(backlog)
    assert backlog.next_due_us is None
