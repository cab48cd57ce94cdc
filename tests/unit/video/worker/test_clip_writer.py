"""A clip on a desk: packets given by hand, a disk that runs out of room, a file that changes."""

import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import cast

import av
import pytest
from av.packet import Packet
from av.stream import Stream

from app.video.messages import ClipReport, CutClip
from app.video.worker import clip_writer
from app.video.worker.clip_mux import ClipTemplate
from app.video.worker.clip_writer import ClipEnding, ClipWriter
from app.video.worker.clock import Stamp
from app.video.worker.decoding import Decoder
from app.video.worker.ring_entry import RingEntry
from tests.integration.worker.media import Recipe, container

BEGAN_US = 1_795_348_800_000_000
FRAME_US = 66_667


class Desk:
    """One clip from the first ``in_ring`` packets on; the others are given by ``feed``."""

    def __init__(self, folder: Path, in_ring: int = 30) -> None:
        self.file = folder / "clip.mp4"
        self.part = folder / "clip.mp4.part"
        self.told: list[ClipReport] = []
        self.ending = ClipEnding()
        self._source = av.open(io.BytesIO(container(Recipe(frames=120, gop=15), "mpegts")), "r")
        video = self._source.streams.video[0]
        packets = [packet for packet in self._source.demux(video) if packet.size]
        self.entries = [_entry(cast("Packet[Stream]", p), n) for n, p in enumerate(packets)]
        command = CutClip(1, 7, BEGAN_US, None, False, str(self.file))
        decoder = partial(Decoder, video)
        self.writer = ClipWriter(
            command, self.ending, ClipTemplate(video), decoder(), self.entries[:in_ring],
            self.told.append,
        )  # fmt: skip

    def feed(self, first: int, last: int) -> None:
        for entry in self.entries[first:last]:
            self.writer.take(entry)

    def over(self) -> ClipReport:
        assert self.ending.is_done.wait(20)
        return self.told[-1]

    def close(self) -> None:
        self.ending.ask(keep=False)
        self._source.close()


def _entry(packet: "Packet[Stream]", number: int) -> RingEntry:
    at_us = BEGAN_US + number * FRAME_US
    stamp = Stamp(None, 0, at_us)
    return RingEntry(packet, packet.is_keyframe, stamp, at_us, packet.pts or 0, packet.size)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.close()


def test_what_waited_when_it_is_ended_is_in_it(desk: Desk) -> None:
    desk.feed(30, 90)
    desk.ending.ask(keep=True)
    desk.feed(90, 120)
    desk.writer.start()
    done = desk.over()
    assert (done.phase, done.pictures) == ("complete", 90)
    assert not done.has_ended_early
    assert [report.phase for report in desk.told[-2:]] == ["checking", "complete"]


def test_a_disk_that_is_nearly_full_ends_it_in_words(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([True, False])
    monkeypatch.setattr(clip_writer, "has_room", lambda _folder: next(answers))
    desk.writer.start()
    done = desk.over()
    assert (done.phase, done.trouble) == ("complete", "the disk is nearly full")
    assert done.has_ended_early
    assert done.pictures >= 1
    assert desk.file.exists()


def test_without_room_nothing_begins(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clip_writer, "has_room", lambda _folder: False)
    desk.writer.start()
    done = desk.over()
    assert (done.phase, done.trouble) == ("failed", "the disk is nearly full")
    assert not desk.part.exists()


def test_a_slow_disk_costs_whole_groups_and_is_told_as_a_gap(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if the disk had taken nothing so far: pictures are left out up to the next key frame.
    monkeypatch.setattr(desk.writer, "_most_waiting", 0)
    desk.feed(30, 50)
    monkeypatch.setattr(desk.writer, "_most_waiting", 1 << 30)
    desk.feed(50, 120)
    desk.ending.ask(keep=True)
    desk.writer.start()
    done = desk.over()
    assert (done.phase, done.pictures) == ("complete", 30 + 60)
    ((since, until),) = done.gaps
    assert since == pytest.approx(BEGAN_US + 30 * FRAME_US, abs=5_000)
    assert until == BEGAN_US + 60 * FRAME_US


def test_what_is_not_read_back_as_it_was_written_does_not_count(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clip_writer, "digest_of", lambda _file: b"of others")
    desk.ending.ask(keep=True)
    desk.writer.start()
    done = desk.over()
    assert (done.phase, done.trouble) == ("broken", "what was read back is not what was written")
    assert desk.file.exists()


@pytest.mark.logs_errors
def test_what_nobody_foresaw_is_answered_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_file: Path) -> bytes:
        raise IndexError("as PyAV sometimes does")

    monkeypatch.setattr(clip_writer, "digest_of", fail)
    desk.ending.ask(keep=True)
    desk.writer.start()
    done = desk.over()
    assert (done.phase, done.trouble) == ("broken", "an internal error was met (IndexError)")
    assert desk.file.exists()
