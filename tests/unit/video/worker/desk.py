"""A pipeline on a desk: real packets, a real decoder, a board, no network, its own clock."""

import io
import time
from collections.abc import Sequence
from functools import partial
from types import SimpleNamespace
from typing import cast

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
from app.video.worker.ring import RingBudget
from app.video.worker.ring_entry import RingEntry
from app.video.worker.rounds import Behind
from tests.integration.worker.media import Recipe, container, display_order

CAPACITY = 160 * 90 * 4
BEGAN_US = 10**15
FRAME_US = 40_000
HOUR_US = 3_600_000_000


class Clock:
    """Stands in for the module ``time`` of the modules under test; goes on when told."""

    def __init__(self) -> None:
        self.now_us = BEGAN_US

    def put_into(self, monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
        stand_in = SimpleNamespace(
            time_ns=lambda: self.now_us * 1000,
            monotonic=lambda: (self.now_us - BEGAN_US) / 1e6 + 1000,
            perf_counter_ns=time.perf_counter_ns,
        )
        for module in modules:
            monkeypatch.setattr(f"app.video.worker.{module}.time", stand_in)


class AtOnce:
    """Every packet is a round of its own; what is to be done later is noted."""

    def __init__(self) -> None:
        self.later: list[tuple[float, Behind]] = []
        """What was asked for: monotonic seconds, and whose turn it is."""

    def submit(self, pipeline: Behind, at: float = 0.0) -> None:
        if at:
            self.later.append((at, pipeline))
        else:
            pipeline.catch_up()

    def turn(self, now: float) -> None:
        """Give a turn to all whose time has come."""
        due = [pipeline for at, pipeline in self.later if at <= now]
        self.later = [(at, pipeline) for at, pipeline in self.later if at > now]
        for pipeline in due:
            pipeline.catch_up()


class Desk:
    """A pipeline, its packets and the board that it writes to.

    Without a clock packets arrive a microsecond after each other, else as fast as pictures are
    taken; then they are given to the pipeline by ``run_to``.
    """

    def __init__(self, recipe: Recipe, clock: Clock | None = None) -> None:
        self.clock = clock
        self._fed = 0
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
        order = display_order(recipe) if recipe.b_frames else list(range(len(packets)))
        self.entries = [
            self._entry(packet, index, shown, max(order[: index + 1]))
            for index, (packet, shown) in enumerate(zip(packets, order, strict=True))
        ]
        self.pipeline.begin(partial(Decoder, video), 1.0)

    def _entry(self, packet: "Packet[Stream]", index: int, shown: int, sent_with: int) -> RingEntry:
        """``sent_with`` is the newest frame of which this or an earlier packet is."""
        arrival_us = BEGAN_US + index
        stamp = Stamp(None, 0, arrival_us)
        if self.clock is not None:
            # Taken by the camera's clock, which is an hour ahead of ours.
            taken_us = BEGAN_US + shown * FRAME_US
            arrival_us = BEGAN_US + sent_with * FRAME_US
            stamp = Stamp(taken_us + HOUR_US, -HOUR_US, arrival_us)
        packet.opaque = stamp
        size = packet.size
        return RingEntry(packet, packet.is_keyframe, stamp, arrival_us, packet.pts or 0, size)

    def space(self, slot: int) -> SlotSpace:
        return SlotSpace(slot, self.memory.data_at + slot * CAPACITY * 3, CAPACITY)

    def show(
        self,
        *slots: int,
        effort: Effort = Effort.FULL,
        version: int = 1,
        holds: dict[int, int] | None = None,
    ) -> list[int]:
        views = [View(s, self.space(s).offset, CAPACITY, 160, 90) for s in slots]
        self.pipeline.want(SetViews(1, version, views, effort, holds or {}))
        return self.pipeline.apply()

    def feed(self, first: int, last: int) -> None:
        for entry in self.entries[first:last]:
            self.pipeline.take(entry)

    def run_to(self, frame: float, *, feeds: bool = True) -> None:
        """Let the time pass up to the moment of a frame, in steps of a round's eight ms; packets
        arrive meanwhile if it ``feeds``."""
        clock = self.clock
        assert clock is not None
        end_us = BEGAN_US + round(frame * FRAME_US)
        while clock.now_us < end_us:
            clock.now_us = min(end_us, clock.now_us + 8_000)
            entries = self.entries if feeds else []
            while self._fed < len(entries) and entries[self._fed].stamp.arrival_us <= clock.now_us:
                self.pipeline.take(entries[self._fed])
                self._fed += 1
            self.rounds.turn((clock.now_us - BEGAN_US) / 1e6 + 1000)

    def frame(self, slot: int) -> float | None:
        """Which frame the slot shows, by its time; ``None`` for an empty slot."""
        picture = self.reader.take(self.space(slot))
        if picture is None:
            return None
        facts = picture.facts
        return (facts.utc_us + facts.offset_us - BEGAN_US) / FRAME_US

    def arrival(self, slot: int) -> int:
        """Which packet's picture the slot shows."""
        picture = self.reader.take(self.space(slot))
        assert picture is not None
        return picture.facts.arrival_us - BEGAN_US

    def close(self) -> None:
        self.pipeline.end()
        self._file.close()
        self.memory.close()
