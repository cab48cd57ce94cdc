"""Who waits for which clip hears of its end, whatever becomes of the worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.stream import PictureClock, StreamKind
from app.video.board import BoardMemory, create_board
from app.video.clip_types import ClipPhase, ClipProgress
from app.video.clips import ClipCut
from app.video.engine_types import Moment
from app.video.messages import ClipReport, CutClip, EndClip
from app.video.stream_record import StreamRecord
from tests.unit.video.connections_bench import Bench

CUT = ClipCut(Moment(1_000, by_camera=True), Moment(2_000, by_camera=True), Path("/clips/a.mp4"))


@pytest.fixture
def memory() -> Iterator[BoardMemory]:
    memory = create_board(1 << 20)
    yield memory
    memory.close()


@pytest.fixture
def bench(memory: BoardMemory) -> Bench:
    return Bench(memory)


@pytest.fixture
def record(bench: Bench) -> StreamRecord:
    """A connected stream."""
    record = bench.wanted()
    bench.opened()
    return record


def test_the_worker_of_the_stream_is_told_what_to_write(bench: Bench, record: StreamRecord) -> None:
    bench.clips.begin(record, CUT, lambda _progress: None)
    (command,) = bench.pool.commands(CutClip)
    assert command.stream == record.connection
    assert (command.start_us, command.end_us, command.by_camera) == (1_000, 2_000, True)
    assert command.file == str(CUT.file)


def test_a_stream_is_wanted_while_a_clip_is_cut_of_it(bench: Bench, record: StreamRecord) -> None:
    told: list[ClipProgress] = []
    bench.clips.begin(record, CUT, told.append)
    record.views.clear()
    assert record.is_wanted
    bench.streams.on_report(1, ClipReport(1, "writing", 5, 9, 1, 3, 12, 99))
    assert record.is_wanted
    bench.streams.on_report(1, ClipReport(1, "complete", 5, 9, 1, 3, 12, 99, sha256="ab"))
    assert not record.is_wanted
    assert [progress.phase for progress in told] == [ClipPhase.WRITING, ClipPhase.COMPLETE]
    assert told[-1].kind is StreamKind.MAIN
    assert told[-1].clock is PictureClock.CAMERA
    assert (told[-1].start_us, told[-1].end_us, told[-1].offset_us) == (5, 9, 3)


def test_whoever_began_it_ends_it(bench: Bench, record: StreamRecord) -> None:
    first = bench.clips.begin(record, CUT, lambda _progress: None)
    second = bench.clips.begin(record, CUT, lambda _progress: None)
    first.stop()
    second.cancel()
    assert bench.pool.commands(EndClip) == [EndClip(1, keep=True), EndClip(2, keep=False)]


def test_after_the_end_nothing_is_asked_and_nothing_told(
    bench: Bench, record: StreamRecord
) -> None:
    told: list[ClipProgress] = []
    job = bench.clips.begin(record, CUT, told.append)
    bench.streams.on_report(1, ClipReport(1, "cancelled"))
    bench.streams.on_report(1, ClipReport(1, "complete"))
    job.stop()
    assert [progress.phase for progress in told] == [ClipPhase.CANCELLED]
    assert bench.pool.commands(EndClip) == []


@pytest.mark.logs_errors
def test_a_lost_worker_ends_its_clips_and_no_others(bench: Bench, record: StreamRecord) -> None:
    told: list[ClipProgress] = []
    other: list[ClipProgress] = []
    bench.clips.begin(record, CUT, told.append)
    elsewhere = StreamRecord(record.id, 9, record.camera, worker=record.worker + 1)
    bench.clips.begin(elsewhere, CUT, other.append)
    bench.crash(record)
    (lost,) = told
    assert (lost.phase, lost.sha256) == (ClipPhase.BROKEN, "")
    assert lost.trouble == "the process that wrote it was lost"
    assert other == []
    assert len(bench.clips) == 1


def test_without_a_stream_it_is_refused_in_words_later(bench: Bench) -> None:
    told: list[ClipProgress] = []
    job = bench.clips.begin(None, CUT, told.append)
    job.stop()
    job.cancel()
    assert told == []
    bench.dispatcher.drain()
    (refused,) = told
    assert (refused.phase, refused.trouble) == (ClipPhase.FAILED, "the camera is not connected")
    assert bench.pool.commands(EndClip) == []
