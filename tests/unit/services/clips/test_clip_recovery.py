"""What the end of the program left is named, made whole, and put on record."""

import json
from pathlib import Path
from uuid import UUID

import pytest

from app.domain.clip_record import ClipState
from app.services.clip_records import CUT_SHORT
from app.storage.clips import ClipRepository
from app.video.clip_types import ClipPhase, ClipProgress
from tests.unit.services.clips.bench import CAMERA, NOON_US, Bench
from tests.unit.video.fragmented import fragmented

START, END = NOON_US - 10_000_000, NOON_US + 10_000_000
PICTURES = 15


def cut_short(bench: Bench, content: bytes, *, is_named: bool = False) -> tuple[UUID, Path]:
    """The program ends while a clip is written; ``is_named``: after it got its last name."""
    key = bench.services.clips.keep(CAMERA, START, END, by_camera=True)
    (job,) = bench.engine.jobs
    job.grow(1.0)
    bench.settle()
    part = job.file if is_named else job.file.with_name(job.file.name + ".part")
    part.write_bytes(content)
    return key, job.file


def restart(bench: Bench) -> None:
    bench.services = bench.build()
    bench.services.records.start()
    bench.settle()


@pytest.mark.logs_errors
def test_a_clip_that_was_cut_short_is_named_and_can_be_played(bench: Bench) -> None:
    whole = fragmented(fragments=3, pictures=PICTURES)
    key, file = cut_short(bench, whole + fragmented(fragments=1, pictures=PICTURES)[-40:-7])
    restart(bench)
    assert file.read_bytes() == whole
    clip = bench.stored()[key]
    assert clip.state is ClipState.BROKEN
    assert clip.end_us - clip.start_us == 3_000_000
    assert clip.bytes == len(whole)
    assert len(clip.sha256) == 64
    assert "BNU-41-3 (3 s)" in bench.words()[CUT_SHORT]
    (facts,) = bench.facts()
    assert (facts["state"], facts["pictures"]) == ("broken", 3 * PICTURES)
    assert facts["trouble"] == "the program ended while it was written"
    assert not list(bench.where.clips.glob("*.part"))


@pytest.mark.logs_errors
def test_a_part_of_which_nothing_can_be_played_is_taken_away(bench: Bench) -> None:
    cut_short(bench, fragmented(fragments=1, pictures=PICTURES)[:-3])
    restart(bench)
    assert list(bench.where.clips.iterdir()) == []
    assert bench.stored() == {}
    assert bench.notices.current == ()


def test_a_clip_that_was_checked_counts_although_its_end_was_not_told(bench: Bench) -> None:
    key, file = cut_short(bench, fragmented(fragments=2, pictures=PICTURES), is_named=True)
    restart(bench)
    clip = bench.stored()[key]
    assert clip.state is ClipState.COMPLETE
    assert clip.bytes == file.stat().st_size
    assert bench.notices.current == ()


@pytest.mark.logs_errors
def test_a_part_without_facts_is_on_record_by_its_name(bench: Bench) -> None:
    part = bench.where.clips / "DIK-1-1_20261122T120000Z_0123456789ab.mp4.part"
    part.write_bytes(fragmented(fragments=2, pictures=PICTURES))
    restart(bench)
    (clip,) = bench.stored().values()
    assert (clip.camera, clip.state) == ("DIK-1-1", ClipState.BROKEN)
    assert clip.author.workstation == "desk-3"
    assert (bench.where.clips / clip.file).exists()


def test_what_the_database_has_lost_is_put_on_record_again(bench: Bench) -> None:
    key = bench.services.clips.keep(CAMERA, START, END, by_camera=True)
    bench.engine.jobs[0].end_as(ClipPhase.COMPLETE)
    bench.settle()
    before = bench.stored()[key]
    with bench.database.transaction() as session:
        assert ClipRepository(session).delete([key]) == 1
    restart(bench)
    assert bench.stored() == {key: before}
    restart(bench)
    assert bench.stored() == {key: before}


def test_facts_that_name_a_file_elsewhere_are_not_believed(bench: Bench) -> None:
    bench.services.clips.keep(CAMERA, START, END, by_camera=True)
    bench.engine.jobs[0].end_as(ClipPhase.COMPLETE)
    bench.settle()
    facts = bench.facts()[0]
    facts["file"], facts["id"] = "../nigehban.db", "01a20332-b2db-755c-84c9-7d806da0400d"
    (bench.where.clips / "planted.json").write_text(json.dumps(facts))
    (bench.where.clips / "noise.json").write_text("{")
    restart(bench)
    assert len(bench.stored()) == 1


@pytest.mark.logs_errors
def test_a_lost_worker_leaves_a_clip_that_is_made_whole_at_once(bench: Bench) -> None:
    key = bench.services.clips.keep(CAMERA, START, END, by_camera=True)
    (job,) = bench.engine.jobs
    job.grow(2.0)
    whole = fragmented(fragments=2, pictures=PICTURES)
    job.file.with_name(job.file.name + ".part").write_bytes(whole + b"\0\0\1")
    job.tell(_lost())
    bench.settle()
    clip = bench.stored()[key]
    assert clip.state is ClipState.BROKEN
    assert clip.start_us == START - 500_000
    assert clip.end_us - clip.start_us == 2_000_000
    assert job.file.read_bytes() == whole
    assert "the process that wrote it was lost" in bench.words()[f"clip-{CAMERA}"]


def _lost() -> ClipProgress:
    return ClipProgress(ClipPhase.BROKEN, trouble="the process that wrote it was lost")
