"""The boxes of a clip: collected while it is written, put beside it, on record with it."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from app.analytics.boxes_file import parse, shift_at
from app.analytics.kept_boxes import Gap, GapKind
from app.analytics.messages import ConnectionState, SourceState, Zones, ZoneShape
from app.analytics.timelines import Timelines
from app.core.tasks import Tasks
from app.domain.camera import Camera, CameraCode
from app.domain.clip_record import Clip
from app.domain.detection import DetectionFrame, SourceClock
from app.services.clip_boxes import NOT_KEPT, PATIENCE_S, ClipBoxes
from app.services.clip_boxes_files import (
    CHANGED,
    GONE,
    OF_ANOTHER,
    UNREADABLE,
    UNVOUCHED,
    LoadedBoxes,
    boxes_file,
    boxes_part,
    load_boxes,
)
from app.services.clip_services import Backends, ClipServices, make_clips
from app.settings.schema import ClipSettings, SourceSettings
from app.video.clip_types import ClipPhase
from tests.fakes.clip_engine import FakeClipJob
from tests.fakes.directory import FakeDirectory
from tests.unit.analytics.frames import thing
from tests.unit.services.clips.bench import AUTHOR, CAMERA, DAY_US, NOON_US, Bench
from tests.unit.video.fragmented import fragmented

SECOND_US = 1_000_000
SOURCE = SourceSettings(name="bannu", adapter="onvif-json", boxes_topic="x/{camera}")
GATE = ZoneShape("gate", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)))
_DIRECTORY = FakeDirectory(300)


class Backend:
    """Tells where one object is, five times a second, at a hundredth of the picture a second."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self.timelines = Timelines()
        self.sources: dict[str, SourceSettings] = {"bannu": SOURCE}
        self.states: list[SourceState] = []
        self.offsets: dict[CameraCode, int] = {}
        self.camera_ahead_s = 0.0

    def tell(self, from_s: float, to_s: float, *, clock: SourceClock = SourceClock.CAMERA) -> None:
        """Everything between two moments, in seconds from noon on this workstation's clock."""
        numbers = range(round(from_s * 5), round(to_s * 5))
        self.timelines.add(self.frame(number / 5, clock=clock) for number in numbers)

    def frame(self, at_s: float, *, clock: SourceClock = SourceClock.CAMERA) -> DetectionFrame:
        taken_us = NOON_US + round(at_s * SECOND_US)
        ahead_us = round(self.camera_ahead_s * SECOND_US)
        return DetectionFrame(
            CAMERA,
            "bannu",
            taken_us + ahead_us,
            clock,
            taken_us + 100_000,
            (thing("7", 0.5 + at_s / 100),),
        )

    def serve(self) -> ClipServices:
        """The services as after a start, with this backend."""
        bench = self._bench
        database, files = (Tasks(p, bench.dispatcher, bench.notices.report) for p in bench.pools)
        services = bench.services = make_clips(
            bench.where, bench.engine, bench.database, database, files,
            bench.notices, bench.clock, AUTHOR, ClipSettings(),
            backends=Backends(
                self.timelines,
                lambda: self.sources,
                lambda: self.states,
                known,
                lambda code: self.offsets.get(code, 0),
            ),
        )  # fmt: skip
        services.clips.ended.connect(bench.ended.append)
        return services

    @property
    def boxes(self) -> ClipBoxes:
        boxes = self._bench.services.boxes
        assert boxes is not None
        return boxes

    def wait(self, seconds: float) -> None:
        """Let time pass, with a tick each second."""
        for _ in range(round(seconds)):
            self._bench.clock.pass_by(1)
            self._bench.services.keep_pace()
            self._bench.settle()


def known(code: CameraCode) -> Camera | None:
    return _DIRECTORY.camera(code)


@pytest.fixture
def backend(bench: Bench) -> Backend:
    backend = Backend(bench)
    backend.serve()
    return backend


def keep(bench: Bench, from_s: float, to_s: float) -> tuple[UUID, FakeClipJob]:
    """Ask for a clip; its first picture is half a second before ``from_s``."""
    start, end = (NOON_US + round(each * SECOND_US) for each in (from_s, to_s))
    key = bench.services.clips.keep(CAMERA, start, end, by_camera=True)
    return key, bench.engine.jobs[-1]


def loaded(bench: Bench, key: UUID) -> LoadedBoxes:
    clip = bench.stored()[key]
    return load_boxes(bench.where.clips / clip.file, clip)


def place(bench: Bench, key: UUID, position_s: float) -> list[float]:
    """Where the boxes are at a place of the clip: the centres."""
    kept = loaded(bench, key).kept
    assert kept is not None
    found, _moves = kept.boxes_at(round(position_s * SECOND_US), 0, lambda _source: True)
    return [round((each.x1 + each.x2) / 2, 5) for each in found]


def a_clip(bench: Bench, backend: Backend) -> UUID:
    """Of the last 20 s, its boxes beside it."""
    backend.tell(-30, 3)
    key, job = keep(bench, -20, 0)
    job.grow(20)
    job.end_as(ClipPhase.COMPLETE, 20)
    bench.settle()
    backend.wait(1)
    return key


def test_a_span_in_the_past_has_the_boxes_of_the_last_minute(
    bench: Bench, backend: Backend
) -> None:
    key = a_clip(bench, backend)
    assert not backend.boxes.is_pending(key)
    (facts,) = bench.facts()
    file = boxes_file(bench.where.clips / facts["file"])
    assert facts["boxes"] == file.name
    assert facts["boxes_sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert facts["boxes_frames"] == parse(file.read_bytes()).blocks[0].count
    assert facts["state"] == "complete"
    for position in (0.0, 7.03, 19.9):
        assert place(bench, key, position) == [pytest.approx(0.5 + (-20.5 + position) / 100)]
    assert not list(bench.where.clips.glob("*.part"))


def test_what_is_long_is_collected_as_it_goes(bench: Bench, backend: Backend) -> None:
    key, job = keep(bench, 0, 300)
    for at in range(300):
        backend.tell(at, at + 1)
        job.grow(at + 1.5)
        backend.wait(1)
    part = boxes_part(job.file)
    assert part.stat().st_size > 1_000
    assert backend.boxes.is_pending(key)
    job.end_as(ClipPhase.COMPLETE, 300.5)
    backend.tell(300, 303)
    backend.wait(1)
    # The timelines have forgotten it long ago.
    for position in (1.0, 100.2, 299.97):
        assert place(bench, key, position) == [pytest.approx(0.5 + (position - 0.5) / 100)]


def test_the_last_boxes_are_waited_for_but_not_for_ever(bench: Bench, backend: Backend) -> None:
    key, job = keep(bench, -10, 0)
    backend.tell(-20, -1)
    job.grow(10)
    job.end_as(ClipPhase.COMPLETE, 10.5)
    backend.wait(2)
    assert backend.boxes.is_pending(key)
    assert loaded(bench, key) == LoadedBoxes()
    backend.wait(PATIENCE_S)
    assert not backend.boxes.is_pending(key)
    assert place(bench, key, 5.0) == [pytest.approx(0.445)]


@pytest.mark.parametrize("ahead_s", [3600.0, -86_400.0])
def test_a_camera_whose_clock_is_wrong_has_its_boxes_in_place(
    bench: Bench, backend: Backend, ahead_s: float
) -> None:
    backend.camera_ahead_s = ahead_s
    backend.tell(-30, 3)
    key, job = keep(bench, -20 + ahead_s, ahead_s)
    job.grow(20)
    job.end_as(ClipPhase.COMPLETE, 20)
    backend.wait(1)
    assert place(bench, key, 10.0) == [pytest.approx(0.395)]


def test_a_backends_own_clock_and_offsets_set_by_hand_count(bench: Bench, backend: Backend) -> None:
    backend.sources = {"bannu": msgspec.structs.replace(SOURCE, offset_ms=300)}
    backend.offsets[CAMERA] = -100
    backend.tell(-30, 3, clock=SourceClock.BACKEND_CAPTURE)
    key, job = keep(bench, -20, 0)
    job.grow(20)
    job.end_as(ClipPhase.COMPLETE, 20)
    backend.wait(8)
    kept = loaded(bench, key).kept
    assert kept is not None
    # 1.5 ms from the camera's clock to this workstation's, less 200 ms set by hand.
    assert shift_at(kept.header.sources[0], NOON_US) == 1_500 - 200_000
    assert not kept.is_exact


def test_the_zones_of_the_rules_are_kept(bench: Bench, backend: Backend) -> None:
    backend.timelines.set_zones(Zones("bannu", CAMERA, [GATE]))
    kept = loaded(bench, a_clip(bench, backend)).kept
    assert kept is not None
    assert kept.zones == (GATE,)


def test_when_a_backend_was_lost_is_kept_too(bench: Bench, backend: Backend) -> None:
    key, job = keep(bench, 0, 40)
    for at in range(40):
        is_lost = 10 <= at < 20
        state = ConnectionState.WAITING if is_lost else ConnectionState.CONNECTED
        backend.states = [
            SourceState("bannu", state),
            SourceState("other", ConnectionState.REFUSED),
        ]
        if not is_lost:
            backend.tell(at, at + 1)
        job.grow(at + 1.5)
        backend.wait(1)
    job.end_as(ClipPhase.COMPLETE, 40.5)
    backend.wait(PATIENCE_S + 1)
    kept = loaded(bench, key).kept
    assert kept is not None
    lost = Gap(GapKind.NOT_CONNECTED, "bannu")
    gaps = {position: kept.gap_at(position * SECOND_US) for position in (5, 12, 18, 30)}
    assert gaps == {5: None, 12: lost, 18: lost, 30: None}


def test_what_was_before_the_first_boxes_is_not_called_empty(
    bench: Bench, backend: Backend
) -> None:
    key, job = keep(bench, -20, 0)
    backend.tell(-10, 3)
    job.grow(20)
    job.end_as(ClipPhase.COMPLETE, 20)
    backend.wait(1)
    kept = loaded(bench, key).kept
    assert kept is not None
    gaps = [kept.gap_at(position * SECOND_US) for position in (3, 12)]
    assert gaps == [Gap(GapKind.NOT_YET), None]


def test_boxes_are_wanted_while_a_clip_is_written(bench: Bench, backend: Backend) -> None:
    changes: list[frozenset[CameraCode]] = []
    backend.boxes.cameras_changed.connect(lambda _none: changes.append(backend.boxes.cameras))
    _key, job = keep(bench, 0, 60)
    job.grow(1)
    job.end_as(ClipPhase.COMPLETE, 60)
    backend.wait(PATIENCE_S + 1)
    assert changes == [frozenset({CAMERA}), frozenset()]


def test_nothing_is_kept_where_no_backend_serves_the_camera(bench: Bench, backend: Backend) -> None:
    backend.sources = {}
    key = a_clip(bench, backend)
    assert backend.boxes.cameras == frozenset()
    assert bench.facts()[0]["boxes"] == ""
    assert loaded(bench, key) == LoadedBoxes()
    assert not list(bench.where.clips.glob("*.boxes*"))


@pytest.mark.logs_errors
@pytest.mark.parametrize("phase", [ClipPhase.CANCELLED, ClipPhase.FAILED])
def test_a_clip_that_is_not_kept_leaves_no_boxes(
    bench: Bench, backend: Backend, phase: ClipPhase
) -> None:
    _key, job = keep(bench, 0, 60)
    for at in range(12):
        backend.tell(at, at + 1)
        job.grow(at + 1)
        backend.wait(1)
    assert boxes_part(job.file).exists()
    job.end_as(phase, trouble="the disk is full")
    backend.wait(1)
    assert list(bench.where.clips.iterdir()) == []
    assert backend.boxes.cameras == frozenset()


@pytest.mark.logs_errors
def test_a_kill_leaves_the_boxes_that_were_written(bench: Bench, backend: Backend) -> None:
    key, job = keep(bench, 0, 600)
    for at in range(22):
        backend.tell(at, at + 1)
        job.grow(at + 1)
        backend.wait(1)
    part = boxes_part(job.file)
    part.write_bytes(part.read_bytes() + b"F\0\0")  # in the middle of a record
    job.file.with_name(job.file.name + ".part").write_bytes(fragmented(fragments=20, pictures=15))
    backend.serve().records.start()
    bench.settle()
    assert place(bench, key, 10.5) == [pytest.approx(0.6)]
    assert bench.facts()[0]["boxes_frames"] > 90
    kept = loaded(bench, key).kept
    assert kept is not None
    assert kept.gap_at(18 * SECOND_US) is None
    # What had not been written when the program was killed is not called empty.
    assert kept.gap_at(22 * SECOND_US) == Gap(GapKind.CUT_SHORT)
    assert not list(bench.where.clips.glob("*.part"))


@pytest.mark.logs_errors
def test_boxes_of_a_clip_of_which_nothing_can_be_played_are_taken_away(
    bench: Bench, backend: Backend
) -> None:
    _key, job = keep(bench, 0, 600)
    for at in range(7):
        backend.tell(at, at + 1)
        job.grow(at + 1)
        backend.wait(1)
    assert boxes_part(job.file).exists()
    backend.serve().records.start()
    bench.settle()
    assert list(bench.where.clips.iterdir()) == []


@pytest.mark.logs_errors
def test_boxes_of_a_clip_whose_times_nobody_knows_are_not_put_over_it(
    bench: Bench, backend: Backend
) -> None:
    _key, job = keep(bench, 0, 600)
    for at in range(7):
        backend.tell(at, at + 1)
        job.grow(at + 1)
        backend.wait(1)
    job.file.with_suffix(".json").unlink()
    job.file.with_name(job.file.name + ".part").write_bytes(fragmented(fragments=6, pictures=15))
    backend.serve().records.start()
    bench.settle()
    (clip,) = bench.stored().values()
    assert loaded(bench, clip.id) == LoadedBoxes()
    assert not list(bench.where.clips.glob("*.boxes*"))


def test_leaving_writes_what_is_at_hand(bench: Bench, backend: Backend) -> None:
    key, job = keep(bench, -10, 600)
    backend.tell(-20, 3)
    job.grow(12)
    bench.services.close()
    bench.settle()
    job.file.write_bytes(fragmented(fragments=12, pictures=15))  # the worker made it whole
    backend.serve().records.start()
    bench.settle()
    assert place(bench, key, 5.5) == [pytest.approx(0.45)]


@pytest.mark.logs_errors
def test_a_disk_that_is_full_is_told_and_tried_again(
    bench: Bench, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_file: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.services.clip_boxes_files.write_atomically", refuse)
    key = a_clip(bench, backend)
    assert bench.words()[NOT_KEPT] == "Boxes of a clip cannot be written: No space left on device"
    assert bench.facts()[0]["boxes"] == ""
    monkeypatch.undo()
    backend.serve().records.start()
    bench.settle()
    assert place(bench, key, 10.0) == [pytest.approx(0.395)]


# --- what cannot be trusted ----------------------------------------------------------------------


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-9])


def _resign(bench: Bench, file: Path) -> None:
    """Let the facts vouch for what lies there now."""
    name = file.with_suffix(".json")
    facts: dict[str, Any] = json.loads(name.read_text())
    facts["boxes_sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    name.write_text(json.dumps(facts))


def _foreign(file: Path) -> None:
    file.write_bytes(b"\0\0\0 ftypisom and so on")


def _without_facts(file: Path) -> None:
    file.with_suffix(".json").unlink()


@pytest.mark.parametrize(
    ("damage", "is_vouched_for", "sentence"),
    [
        (_cut, False, CHANGED),
        (_foreign, False, CHANGED),
        (_cut, True, UNREADABLE),
        (_foreign, True, UNREADABLE),
        (Path.unlink, False, GONE),
        (_without_facts, False, UNVOUCHED),
    ],
)
@pytest.mark.logs_errors
def test_what_is_not_what_was_kept_is_said_and_not_shown(
    bench: Bench,
    backend: Backend,
    damage: Callable[[Path], None],
    is_vouched_for: bool,
    sentence: str,
) -> None:
    key = a_clip(bench, backend)
    file = boxes_file(bench.where.clips / bench.stored()[key].file)
    damage(file)
    if is_vouched_for:
        _resign(bench, file)
    assert loaded(bench, key) == LoadedBoxes(trouble=sentence)


def test_boxes_of_another_clip_are_not_shown(bench: Bench, backend: Backend) -> None:
    first, second = a_clip(bench, backend), a_clip(bench, backend)
    one, other = (
        boxes_file(bench.where.clips / bench.stored()[key].file) for key in (first, second)
    )
    one.write_bytes(other.read_bytes())
    _resign(bench, one)
    assert loaded(bench, first) == LoadedBoxes(trouble=OF_ANOTHER)


# --- how long they stay --------------------------------------------------------------------------


def test_retention_counts_and_deletes_them(bench: Bench, backend: Backend) -> None:
    key = a_clip(bench, backend)
    clip: Clip = bench.stored()[key]
    size = boxes_file(bench.where.clips / clip.file).stat().st_size
    (item,) = bench.services.retention.plan.items
    assert item.bytes == clip.bytes + size
    bench.clock.pass_by(DAY_US / 1e6 * 32)
    bench.services.retention.look()
    bench.settle()
    for _ in range(62):
        bench.clock.pass_by(60)
        bench.services.tick()
        bench.settle()
    assert bench.stored() == {}
    assert list(bench.where.clips.iterdir()) == []


def test_facts_of_an_older_version_are_read(bench: Bench, backend: Backend) -> None:
    key = a_clip(bench, backend)
    clip = bench.stored()[key]
    name = (bench.where.clips / clip.file).with_suffix(".json")
    facts = json.loads(name.read_text())
    for field in ("boxes", "boxes_frames", "boxes_sha256"):
        del facts[field]
    name.write_text(json.dumps(facts))
    boxes_file(bench.where.clips / clip.file).unlink()
    assert loaded(bench, key) == LoadedBoxes()
