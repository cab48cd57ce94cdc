"""The boxes over clips in tiles: those of the very picture, switched and filtered as live ones."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from app.analytics.boxes_file import BoxesHeader, KeptSource, append
from app.analytics.messages import ZoneShape
from app.core.events import Event
from app.core.tasks import Tasks
from app.domain.camera import CameraCode
from app.domain.clip_record import Clip
from app.domain.detection import DetectionFrame
from app.domain.stream import PictureClock, StreamKind
from app.services.clip_boxes_files import CHANGED, boxes_file, boxes_part, finish_boxes
from app.services.clip_facts import ClipFacts, ClipRequest, facts_file, write_facts
from app.services.clip_overlays import (
    BEING_READ,
    BEING_WRITTEN,
    NONE_KEPT,
    ClipOverlays,
)
from app.services.clip_playing import Playing
from app.services.overlay import OverlayService
from app.services.overlay_types import OverlayFilter, OverlaySwitches, Sync, TileOverlay
from app.services.screen_overlays import ScreenOverlays
from app.services.wall_screen import place_of, view_key
from app.settings.schema import AnalyticsSettings, SourceSettings
from app.video.clip_types import ClipPhase, ClipProgress
from app.video.engine_types import ViewKey
from app.video.player_types import PlayerPhase, PlayerState
from tests.fakes import records
from tests.unit.analytics.frames import SECOND, at, frame, standing, thing
from tests.unit.services.overlay_bench import CAMERA, KEY, SOURCE, Bench, facts

ELSEWHERE = CameraCode("BNU-2-2")
GATE = ZoneShape("gate", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)))
_pack = msgspec.msgpack.Encoder().encode


class FakePlayer:
    """Implements ``PlayedClips``."""

    def __init__(self) -> None:
        self.changed: Event[ViewKey] = Event("fake.player.changed")
        self.played: dict[ViewKey, Playing] = {}

    def playing(self, key: ViewKey) -> Playing | None:
        return self.played.get(key)

    def show(self, clip: Clip | None, key: ViewKey = KEY) -> None:
        state = PlayerState(PlayerPhase.READY, 60 * SECOND, 640, 360)
        camera = None if clip is None else clip.camera
        self.played[key] = Playing("a clip", camera, state, 0, None, 1.0, False, clip)
        self.changed.emit(key)

    def close(self, key: ViewKey = KEY) -> None:
        del self.played[key]
        self.changed.emit(key)


@dataclass(slots=True)
class FakeKeeping:
    """Implements ``KeepsBoxes``."""

    settled: Event[UUID] = field(default_factory=lambda: Event("fake.settled"))
    pending: set[UUID] = field(default_factory=set)

    def is_pending(self, clip: UUID) -> bool:
        return clip in self.pending


class FakeRecordings:
    """Implements ``BoxRecordings``."""

    def __init__(self) -> None:
        self.cameras_changed: Event[None] = Event("fake.cameras_changed")
        self.cameras: frozenset[CameraCode] = frozenset()

    def become(self, *cameras: CameraCode) -> None:
        self.cameras = frozenset(cameras)
        self.cameras_changed.emit(None)


class Stage:
    """A wall of four tiles; the first plays clips of its camera."""

    def __init__(self, folder: Path, pool: ThreadPoolExecutor, source: SourceSettings) -> None:
        self.folder = folder
        self.pool = pool
        self.bench = Bench(source)
        self.player = FakePlayer()
        self.keeping = FakeKeeping()
        tasks = Tasks(pool, self.bench.dispatcher, _raise)
        self.clips = ClipOverlays(
            self.player,
            self.bench.overlays,
            self.keeping,
            self.bench.directory.camera,
            tasks,
            lambda clip: folder / clip.file,
            self.bench.clock,
        )
        self.overlays = ScreenOverlays(self.bench.overlays, self.clips)
        self.changes: list[frozenset[ViewKey]] = []
        self.overlays.changed.connect(self.changes.append)

    def settle(self) -> None:
        self.pool.submit(lambda: None).result(10)
        self.bench.settle()

    def play(self, clip: Clip | None, key: ViewKey = KEY) -> None:
        self.player.show(clip, key)
        self.settle()

    def paint(self, position_s: float, key: ViewKey = KEY) -> TileOverlay | None:
        picture = replace(facts(0), pts=round(position_s * SECOND), is_replay=True)
        return self.overlays.overlay(key, CAMERA, picture)

    def clip(self, camera: CameraCode = CAMERA, **changes: Any) -> Clip:
        """A minute on record, from ten seconds after the start on, without boxes."""
        clip = records.clip(
            camera=camera, start_us=at(10), end_us=at(70), clock=PictureClock.CAMERA,
            offset_us=40_000, kind=StreamKind.SUB, gaps=(), **changes,
        )  # fmt: skip
        clip = replace(clip, file=f"{clip.id.hex}.mp4")
        (self.folder / clip.file).write_bytes(b"pictures")
        request = ClipRequest(
            camera, clip.start_us, clip.end_us, True, clip.kind, "", clip.author, clip.created_us
        )
        # The camera's clock runs a thousandth faster than its pictures are counted.
        anchors = tuple((n * 2 * SECOND, at(10 + n * 2.002)) for n in range(30))
        progress = ClipProgress(ClipPhase.COMPLETE, StreamKind.SUB, anchors=anchors)
        name = facts_file(self.folder / clip.file)
        write_facts(name, ClipFacts.of(request, clip, progress))
        return clip

    def with_boxes(self, clip: Clip, *frames: DetectionFrame, **source: Any) -> Clip:
        """Keep boxes with it: an object that goes from left to right in 100 s."""
        path = self.folder / clip.file
        header = BoxesHeader(
            clip=clip.id, camera=clip.camera, clock="camera",
            start_us=clip.start_us, end_us=clip.end_us,
            sources=[KeptSource(source="bannu", module="", is_exact=True, **source)],
            zones=[("bannu", [GATE])],
        )  # fmt: skip
        crossing = [frame(n * 0.2, thing("7", n * 0.002)) for n in range(400)]
        append(boxes_part(path), header, {0: [_pack(each) for each in frames or crossing]})
        assert finish_boxes(path)
        return clip


def _raise(error: Exception) -> None:
    raise error


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with ThreadPoolExecutor(1) as pool:
        yield Stage(tmp_path, pool, SOURCE)


def xs(overlay: TileOverlay | None) -> list[float]:
    boxes = () if overlay is None else overlay.boxes
    return [round((box.box.x1 + box.box.x2) / 2, 5) for box in boxes]


# --- which boxes belong to a picture -------------------------------------------------------------


def test_each_place_of_the_clip_has_the_boxes_of_its_picture(stage: Stage) -> None:
    stage.play(stage.with_boxes(stage.clip()))
    # To and fro, near and far: as when it is paused, stepped, sought, played backwards.
    for position in (0.0, 0.04, 31.13, 31.09, 31.05, 55.0, 3.2, 3.52, 3.84):
        taken = 10 + position + position // 2 * 0.002
        assert xs(stage.paint(position)) == [pytest.approx(taken / 100, abs=1e-4)]


def test_boxes_of_a_clock_that_is_an_hour_ahead(stage: Stage) -> None:
    ahead = 3600.0
    frames = [frame(n * 0.2 + ahead, thing("7", n * 0.002)) for n in range(400)]
    shifts = [(at(10), round(ahead * SECOND))]
    stage.play(stage.with_boxes(stage.clip(), *frames, shifts=shifts))
    assert xs(stage.paint(1.0)) == [pytest.approx(0.11)]


def test_what_stands_stays_far_from_where_it_was_named(stage: Stage) -> None:
    """As the timelines write it down anew now and then."""
    frames = [frame(n * 2.0, standing("7", 0.3), is_complete=False) for n in range(30)]
    stage.play(stage.with_boxes(stage.clip(), *frames))
    assert xs(stage.paint(30.9)) == [0.3]


def test_trails_zones_and_filters_are_those_of_live_boxes(stage: Stage) -> None:
    stage.play(stage.with_boxes(stage.clip()))
    stage.overlays.set_switches(OverlaySwitches(confidence=True, trails=True, zones=True))
    over = stage.paint(10.0)
    assert over is not None
    assert over.show_confidence
    assert [shape.name for shape in over.shapes] == ["gate"]
    assert over.boxes[0].trail[0][0] == pytest.approx(0.18, abs=0.003)
    stage.overlays.set_filter(0, OverlayFilter(frozenset({"person"})))
    over = stage.paint(10.0)
    assert over is not None
    assert over.boxes == []


def test_the_geometry_of_the_clips_camera_counts(stage: Stage) -> None:
    camera = stage.bench.directory.camera(ELSEWHERE)
    assert camera is not None
    mirrored = replace(camera, attributes={"analytics_mirror": "horizontal"})
    stage.bench.directory.replace(mirrored)
    stage.play(stage.with_boxes(stage.clip(ELSEWHERE)))
    assert xs(stage.paint(0.0)) == [pytest.approx(0.9)]


def test_a_moving_camera_hides_the_boxes_that_it_hid_live(stage: Stage) -> None:
    frames = [frame(n * 0.2, thing("7", n * 0.002), ptz_moving=100 <= n < 150) for n in range(400)]
    stage.play(stage.with_boxes(stage.clip(), *frames))
    assert xs(stage.paint(9.0)) != []
    assert stage.paint(12.0) is None
    assert stage.overlays.status(KEY).hidden_while_moving
    assert xs(stage.paint(25.0)) != []


def test_it_says_where_boxes_could_not_come(stage: Stage) -> None:
    late = [frame(n * 0.2, thing("7", 0.4)) for n in range(200, 400)]
    stage.play(stage.with_boxes(stage.clip(), *late))
    words = "No boxes had come yet when this was taken"
    for position, sentence in ((5.0, words), (35.0, ""), (5.0, words)):
        stage.paint(position)
        assert stage.overlays.status(KEY).sentence == sentence


# --- switches ------------------------------------------------------------------------------------


def test_boxes_of_a_clip_are_switched_with_the_same_keys(stage: Stage) -> None:
    stage.play(stage.with_boxes(stage.clip()))
    for switch in (
        lambda: stage.overlays.toggle_tile(0, 0),
        lambda: stage.overlays.toggle_screen(0),
        stage.overlays.toggle_wall,
    ):
        stage.changes.clear()
        switch()
        assert stage.paint(1.0) is None
        assert not stage.overlays.status(KEY).is_on
        assert any(KEY in keys for keys in stage.changes)
        switch()
        assert xs(stage.paint(1.0)) != []


def test_the_switch_of_a_tile_is_that_of_the_camera_in_the_clip(stage: Stage) -> None:
    stage.play(stage.with_boxes(stage.clip(ELSEWHERE)))
    stage.overlays.toggle_tile(0, 0)
    assert stage.paint(1.0) is None
    stage.player.close()
    assert stage.overlays.status(KEY).is_on  # of the camera that belongs into the tile


def test_what_is_live_is_no_concern_of_a_clip(stage: Stage) -> None:
    stage.bench.timelines.add([frame(0.0, thing("1"), camera=CAMERA)])
    assert xs(stage.overlays.overlay(KEY, CAMERA, facts(0.1))) == [0.4]
    stage.play(None)
    assert stage.overlays.overlay(KEY, CAMERA, replace(facts(0.1), is_replay=True)) is None
    assert not stage.overlays.status(KEY).is_on
    stage.player.close()
    assert xs(stage.overlays.overlay(KEY, CAMERA, facts(0.1))) == [0.4]


# --- what a tile says ----------------------------------------------------------------------------


def test_boxes_that_are_there_need_no_words(stage: Stage) -> None:
    clip = stage.with_boxes(stage.clip())
    stage.player.show(clip)
    assert stage.overlays.status(KEY).sentence == ""
    stage.bench.clock.seconds += 1
    assert stage.overlays.status(KEY).sentence == BEING_READ
    stage.settle()
    status = stage.overlays.status(KEY)
    assert (status.is_on, status.sync, status.sentence) == (True, Sync.EXACT, "")
    assert KEY in stage.changes[-1]


def test_a_clip_without_boxes_says_so_where_a_backend_serves_its_camera(stage: Stage) -> None:
    stage.play(stage.clip())
    assert stage.paint(1.0) is None
    assert stage.overlays.status(KEY).sentence == NONE_KEPT
    stage.bench.sources.use()
    assert stage.overlays.status(KEY).sentence == ""


def test_boxes_that_were_changed_are_not_shown_and_that_is_said(stage: Stage) -> None:
    clip = stage.with_boxes(stage.clip())
    file = boxes_file(stage.folder / clip.file)
    file.write_bytes(file.read_bytes() + b"x")
    stage.play(clip)
    assert stage.paint(1.0) is None
    assert stage.overlays.status(KEY).sentence == CHANGED
    name = facts_file(stage.folder / clip.file)
    known = json.loads(name.read_text())
    assert len(known["boxes_sha256"]) == 64


def test_boxes_that_are_still_written_come_by_themselves(stage: Stage) -> None:
    clip = stage.clip()
    stage.keeping.pending.add(clip.id)
    stage.play(clip)
    assert stage.overlays.status(KEY).sentence == BEING_WRITTEN
    stage.with_boxes(clip)
    stage.keeping.pending.clear()
    stage.keeping.settled.emit(clip.id)
    stage.settle()
    assert xs(stage.paint(1.0)) == [pytest.approx(0.11)]


def test_the_next_clip_in_a_tile_has_its_own_boxes(stage: Stage) -> None:
    first = stage.with_boxes(stage.clip())
    other = stage.with_boxes(stage.clip(), *[frame(n, thing("1", 0.7)) for n in range(10, 70)])
    for clip, wanted in ((first, 0.11), (other, 0.7), (first, 0.11)):
        stage.play(clip)
        assert xs(stage.paint(1.0)) == [pytest.approx(wanted)]


def test_two_tiles_play_one_clip(stage: Stage) -> None:
    clip = stage.with_boxes(stage.clip())
    other = ViewKey("0/1")
    stage.play(clip)
    stage.play(clip, other)
    assert xs(stage.paint(1.0)) == xs(stage.paint(1.0, other)) != []


def test_a_clip_on_a_borrowed_screen_has_its_boxes_too(stage: Stage) -> None:
    lent = view_key(0, 1, "borrowed")
    assert place_of(lent) == place_of(view_key(0, 1)) == (0, 1)
    stage.play(stage.with_boxes(stage.clip()), lent)
    assert xs(stage.paint(1.0, lent)) == [pytest.approx(0.11)]
    stage.overlays.toggle_tile(0, 1)
    assert stage.paint(1.0, lent) is None


def test_a_view_behind_a_clip_is_not_painted_for_its_cameras_boxes(stage: Stage) -> None:
    stage.overlays.toggle_timing(0, 0)  # fastest picture: boxes that come are painted at once
    stage.overlays.overlay(KEY, CAMERA, facts(0.0))
    stage.bench.timelines.add([frame(0.0, thing("1"), camera=CAMERA)])
    assert KEY in stage.overlays.fresh()
    stage.play(stage.clip())
    assert KEY not in stage.overlays.fresh()


def test_cameras_of_running_clips_are_wanted_wherever_they_are() -> None:
    bench, recordings = Bench(), FakeRecordings()
    bench.overlays.close()
    overlays = OverlayService(
        bench.wall, bench.engine, bench.sources, bench.timelines, bench.offsets, bench.clock,
        AnalyticsSettings(), recordings=recordings,
    )  # fmt: skip
    on_wall = set(bench.sources.wanted)
    recordings.become(ELSEWHERE)
    assert set(bench.sources.wanted) == on_wall | {ELSEWHERE}
    bench.timelines.add([frame(0.0, thing("1"), camera=ELSEWHERE)])
    for _ in range(200):
        bench.clock.seconds += 1
        overlays.tick()
    assert bench.timelines.of(ELSEWHERE)
    recordings.become()
    assert set(bench.sources.wanted) == on_wall
    for _ in range(100):
        bench.clock.seconds += 1
        overlays.tick()
    assert not bench.timelines.of(ELSEWHERE)
