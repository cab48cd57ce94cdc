"""Clips are asked for, watched, and put on record beside their file and in the database."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from uuid import UUID

import pytest

from app.core.clock import SystemClock
from app.core.record_keys import record_key
from app.domain.clip_record import ClipState
from app.domain.stream import PictureClock, StreamKind
from app.services.clip_records import NOT_SAVED
from app.services.clips import clip_name
from app.video.clip_types import ClipPhase
from app.video.engine_types import Moment
from tests.unit.services.clips.bench import AUTHOR, CAMERA, NOON_US, OTHER, Bench

START, END = NOON_US - 10_000_000, NOON_US + 10_000_000


def keep(bench: Bench) -> UUID:
    return bench.services.clips.keep(
        CAMERA, START, END, by_camera=True, kind=StreamKind.SUB, reason="bookmark"
    )


def test_a_kept_span_is_asked_of_the_engine_at_once(bench: Bench) -> None:
    keep(bench)
    (job,) = bench.engine.jobs
    assert (job.camera, job.kind) == (CAMERA, StreamKind.SUB)
    assert job.start == Moment(START, by_camera=True)
    assert job.end == Moment(END, by_camera=True)
    assert job.file.parent == bench.where.clips
    assert bench.services.clips.recording(CAMERA) is None


def test_a_complete_clip_is_on_record_with_all_that_is_known(bench: Bench) -> None:
    key = keep(bench)
    (job,) = bench.engine.jobs
    job.grow(3.0)
    job.end_as(ClipPhase.COMPLETE)
    bench.settle()
    clip = bench.stored()[key]
    assert clip.state is ClipState.COMPLETE
    assert (clip.camera, clip.kind, clip.author) == (CAMERA, StreamKind.SUB, AUTHOR)
    assert (clip.start_us, clip.end_us) == (START - 500_000, START + 19_500_000)
    assert (clip.clock, clip.offset_us) == (PictureClock.CAMERA, 1_500)
    assert (clip.sha256, clip.bytes, clip.reason) == ("ab" * 32, 6, "bookmark")
    assert bench.ended[-1].clip == clip
    (facts,) = bench.facts()
    assert (facts["requested_start_us"], facts["requested_end_us"]) == (START, END)
    assert (facts["requested_clock"], facts["clock"]) == ("camera", "camera")
    assert (facts["operator"], facts["workstation"]) == ("Gul Khan", "desk-3")
    assert facts["sha256"] == clip.sha256
    assert facts["pictures_utc_us"] == [[0, START - 500_000]]
    assert "not received" in facts["audio"]
    assert bench.notices.current == ()


def test_what_became_of_the_sound_is_among_the_facts(bench: Bench) -> None:
    keep(bench)
    (job,) = bench.engine.jobs
    job.has_sound = True
    job.grow(3.0)
    job.end_as(ClipPhase.COMPLETE)
    bench.settle()
    (facts,) = bench.facts()
    assert facts["audio"] == "as received (aac), not encoded again"


def test_facts_are_beside_the_file_while_it_is_written(bench: Bench) -> None:
    keep(bench)
    bench.engine.jobs[0].grow(1.0)
    bench.settle()
    (facts,) = bench.facts()
    assert facts["state"] == "writing"
    assert bench.stored() == {}


def test_a_recording_says_how_long_it_is_and_ends_when_asked(bench: Bench) -> None:
    clips = bench.services.clips
    told: list[frozenset[object]] = []
    clips.recordings_changed.connect(told.append)
    key = clips.start_recording(CAMERA, Moment(NOON_US, by_camera=False))
    assert clips.start_recording(CAMERA, Moment(NOON_US, by_camera=False)) == key
    (job,) = bench.engine.jobs
    assert job.end is None
    job.grow(12.0)
    recording = clips.recording(CAMERA)
    assert recording is not None
    assert (recording.seconds, recording.share) == (12.0, None)
    assert clips.recording(OTHER) is None
    clips.stop(key)
    assert job.asked == ["stop"]
    job.end_as(ClipPhase.COMPLETE)
    assert clips.recording(CAMERA) is None
    assert told == [frozenset({CAMERA})] * 3


def test_a_recording_ends_by_itself_after_the_longest_time(bench: Bench) -> None:
    bench.services = bench.build(longest_minutes=2)
    bench.services.clips.start_recording(CAMERA, Moment(NOON_US, by_camera=False))
    (job,) = bench.engine.jobs
    bench.clock.pass_by(119)
    job.grow(119.0)
    assert job.asked == []
    bench.clock.pass_by(2)
    job.grow(121.0)
    assert job.asked == ["stop"]


def test_a_span_whose_end_never_comes_is_ended(bench: Bench) -> None:
    keep(bench)
    (job,) = bench.engine.jobs
    bench.clock.pass_by(49)
    job.grow(9.0)
    assert job.asked == []
    bench.clock.pass_by(2)
    job.grow(9.0)
    assert job.asked == ["stop"]


def test_a_cancelled_clip_leaves_no_facts(bench: Bench) -> None:
    key = keep(bench)
    (job,) = bench.engine.jobs
    job.grow(2.0)
    bench.services.clips.cancel(key)
    assert job.asked == ["cancel"]
    job.end_as(ClipPhase.CANCELLED)
    bench.settle()
    assert bench.facts() == []
    assert bench.stored() == {}
    assert bench.ended[-1].clip is None
    assert bench.notices.current == ()


@pytest.mark.logs_errors
def test_a_clip_that_failed_is_told_in_words(bench: Bench) -> None:
    keep(bench)
    bench.engine.jobs[0].end_as(ClipPhase.FAILED, trouble="the disk is full")
    bench.settle()
    assert bench.stored() == {}
    assert bench.words() == {f"clip-{CAMERA}": f"No clip of {CAMERA} was kept: the disk is full"}
    keep(bench)
    bench.engine.jobs[1].end_as(ClipPhase.COMPLETE)
    assert bench.notices.current == ()


@pytest.mark.logs_errors
def test_a_clip_that_ends_early_is_kept_and_told(bench: Bench) -> None:
    key = keep(bench)
    (job,) = bench.engine.jobs
    job.file.write_bytes(b"a clip")
    job.tell(replace(job.progress(5.0, ClipPhase.COMPLETE), has_ended_early=True))
    bench.settle()
    assert bench.stored()[key].state is ClipState.COMPLETE
    assert "ends early" in bench.words()[f"clip-{CAMERA}"]
    assert bench.facts()[0]["ended_early"] is True


@pytest.mark.logs_errors
def test_a_clip_that_the_database_refuses_is_kept_with_the_next(bench: Bench) -> None:
    with closing(sqlite3.connect(bench.where.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        first = keep(bench)
        bench.engine.jobs[0].end_as(ClipPhase.COMPLETE)
        bench.settle()
        other.execute("ROLLBACK")
    assert bench.services.records.waiting == 1
    assert "locked by another program" in bench.words()[NOT_SAVED]
    second = keep(bench)
    bench.engine.jobs[1].end_as(ClipPhase.COMPLETE)
    bench.settle()
    assert bench.stored().keys() == {first, second}
    assert bench.services.records.waiting == 0
    assert NOT_SAVED not in bench.words()


def test_an_end_before_the_start_is_refused(bench: Bench) -> None:
    with pytest.raises(ValueError, match="end after"):
        bench.services.clips.keep(CAMERA, END, START, by_camera=True)


def test_a_name_holds_no_more_than_a_file_may() -> None:
    key = record_key(SystemClock())
    name = clip_name(CAMERA.__class__("../a b/ک"), NOON_US, key)
    assert name == f".._a_b__20261122T120000Z_{key.hex[-12:]}.mp4"
