"""From packets to the board, with a real decoder and no network."""

from collections.abc import Iterator
from typing import Any

import av
import pytest

from app.domain.stream import Effort
from app.video.messages import SetViews, View
from app.video.worker.ring_entry import RingEntry
from tests.integration.worker.media import Recipe
from tests.unit.video.worker.desk import CAPACITY, Desk

GOP = 15


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk(Recipe(frames=60, gop=GOP))
    yield desk
    desk.close()


def test_warm_decodes_nothing(desk: Desk) -> None:
    desk.feed(0, 40)
    assert desk.pipeline.decoded == 0
    assert desk.pipeline.ring.size > 0


def test_warm_to_hot_shows_the_newest_and_goes_on_without_a_gap(desk: Desk) -> None:
    desk.feed(0, 42)
    assert desk.show(0) == [1]
    desk.pipeline.catch_up()
    assert desk.arrival(0) == 41
    # From the key frame 30 on, each packet once.
    assert desk.pipeline.decoded == 12
    desk.feed(42, 50)
    assert desk.arrival(0) == 49
    assert desk.pipeline.decoded == 20
    assert desk.pipeline.errors == 0


def test_a_packet_that_comes_before_the_catching_up_is_not_lost(desk: Desk) -> None:
    desk.feed(0, 42)
    desk.show(0)
    assert desk.pipeline.is_behind
    desk.feed(42, 43)
    assert not desk.pipeline.is_behind
    assert desk.arrival(0) == 42
    desk.pipeline.catch_up()
    assert desk.pipeline.decoded == 13


def test_hot_to_warm_to_hot(desk: Desk) -> None:
    desk.show(0)
    desk.feed(0, 20)
    desk.show(version=2)
    shown = desk.reader.sequence(0)
    desk.feed(20, 35)
    assert desk.reader.sequence(0) == shown
    desk.show(0, version=3)
    desk.pipeline.catch_up()
    assert desk.arrival(0) == 34
    assert desk.pipeline.errors == 0


def test_a_new_view_of_a_hot_stream_gets_the_last_picture_at_once(desk: Desk) -> None:
    desk.show(0)
    desk.feed(0, 10)
    desk.show(0, 1, version=2)
    assert desk.arrival(1) == 9
    assert desk.reader.sequence(1) == 1
    assert desk.pipeline.decoded == 10


def test_every_version_is_answered_and_only_the_newest_done(desk: Desk) -> None:
    desk.feed(0, 5)
    for version in (1, 2):
        views = [View(version, desk.space(version).offset, CAPACITY, 160, 90)]
        desk.pipeline.want(SetViews(1, version, views))
    assert desk.pipeline.apply() == [1, 2]
    assert desk.reader.sequence(1) == 0
    assert desk.reader.sequence(2) == 1
    assert desk.pipeline.apply() == []


def test_key_frames_only_then_everything_from_the_next_key_frame_on(desk: Desk) -> None:
    desk.show(0, effort=Effort.KEY_FRAMES)
    desk.feed(0, 20)
    assert desk.pipeline.decoded == 2
    assert desk.arrival(0) == GOP
    desk.show(0, effort=Effort.FULL, version=2)
    desk.feed(20, 29)
    assert desk.arrival(0) == GOP
    desk.feed(29, 40)
    assert desk.arrival(0) == 39
    assert desk.pipeline.errors == 0


def test_key_frames_of_a_stream_that_reorders_come_at_once() -> None:
    desk = Desk(Recipe(frames=60, gop=GOP, b_frames=2))
    desk.show(0, effort=Effort.KEY_FRAMES)
    desk.feed(0, 1)
    assert desk.reader.sequence(0) == 1
    desk.close()


def test_damage_is_counted_and_the_next_key_frame_heals_it(desk: Desk) -> None:
    desk.show(0)
    desk.feed(0, 5)
    for index in range(5, 9):
        entry = desk.entries[index]
        broken: Any = av.Packet(b"\x00\x00\x00\x08\xff\xff\xff\xff\xff\xff\xff\xff")
        desk.pipeline.take(RingEntry(broken, False, entry.stamp, 0, entry.pts, 12))
    assert desk.pipeline.errors > 0
    desk.feed(GOP, 25)
    assert desk.arrival(0) == 24


def test_after_the_end_nothing_is_written(desk: Desk) -> None:
    desk.show(0)
    desk.feed(0, 5)
    desk.pipeline.end()
    shown = desk.reader.sequence(0)
    desk.feed(5, 10)
    assert desk.show(0, version=2) == [2]
    assert desk.reader.sequence(0) == shown
    assert desk.pipeline.ring.size == 0
