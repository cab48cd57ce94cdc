"""From packets to the board, with a real decoder and no network."""

import io
import time
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, cast

import av
import pytest
from av.packet import Packet
from av.stream import Stream

from app.domain.picture_health import PictureFault
from app.domain.stream import Effort
from app.video.board import BoardReader, BoardWriter, SlotSpace, create_board
from app.video.messages import OpenStream, SetViews, View
from app.video.worker.clock import Stamp
from app.video.worker.decoding import Decoder
from app.video.worker.health.look import HealthLook
from app.video.worker.pipeline import Pipeline
from app.video.worker.ring import RingBudget, RingEntry
from app.video.worker.rounds import Behind
from tests.integration.worker.media import Recipe, container

GOP = 15
CAPACITY = 160 * 90 * 4


class AtOnce:
    """Every packet is a round of its own; what is to be done later is noted."""

    def __init__(self) -> None:
        self.later: list[tuple[float, Behind]] = []

    def submit(self, pipeline: Behind, at: float = 0.0) -> None:
        if at:
            self.later.append((at - time.monotonic(), pipeline))
        else:
            pipeline.catch_up()


class Desk:
    """A pipeline, its packets and the board that it writes to."""

    def __init__(self, recipe: Recipe) -> None:
        self.memory = create_board(1 << 20)
        self.reader = BoardReader(self.memory)
        command = OpenStream(1, 0, "CAM", "sub", "file:///x")
        self.rounds = AtOnce()
        self.faults: list[Sequence[PictureFault]] = []
        self.pipeline = Pipeline(
            command,
            BoardWriter(self.memory),
            RingBudget(10**9),
            self.rounds,
            HealthLook(),
            self.faults.append,
        )
        self._file = av.open(io.BytesIO(container(recipe, "mp4")), "r")
        video = self._file.streams.video[0]
        packets = [cast("Packet[Stream]", p) for p in self._file.demux(video) if p.size]
        self.entries = [self._entry(index, packet) for index, packet in enumerate(packets)]
        self.pipeline.begin(partial(Decoder, video), 1.0)

    @staticmethod
    def _entry(index: int, packet: "Packet[Stream]") -> RingEntry:
        stamp = Stamp(None, 0, 10**15 + index)
        packet.opaque = stamp
        return RingEntry(packet, packet.is_keyframe, stamp, 10**15, packet.pts or 0, packet.size)

    def space(self, slot: int) -> SlotSpace:
        return SlotSpace(slot, self.memory.data_at + slot * CAPACITY * 3, CAPACITY)

    def show(self, *slots: int, effort: Effort = Effort.FULL, version: int = 1) -> list[int]:
        views = [View(s, self.space(s).offset, CAPACITY, 160, 90) for s in slots]
        self.pipeline.want(SetViews(1, version, views, effort))
        return self.pipeline.apply()

    def feed(self, first: int, last: int) -> None:
        for entry in self.entries[first:last]:
            self.pipeline.take(entry)

    def arrival(self, slot: int) -> int:
        """Which packet's picture the slot shows."""
        picture = self.reader.take(self.space(slot))
        assert picture is not None
        return picture.facts.arrival_us - 10**15

    def close(self) -> None:
        self.pipeline.end()
        self._file.close()
        self.memory.close()


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
