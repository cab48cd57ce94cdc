"""Keys for clips act on the selected tile, and the tile says that a clip is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage

from app.core.dispatch import ManualDispatcher
from app.core.tasks import Tasks
from app.domain.geometry import Rect
from app.domain.stream import PictureClock, StreamKind, StreamState
from app.services.clips import ClipService, RunningClip
from app.services.notices import NoticeBoard
from app.services.snapshots import SnapshotService
from app.settings.schema import ClipSettings
from app.video.clip_types import ClipPhase
from app.video.engine_types import Moment, TileStatus
from tests.fakes.clip_engine import FakeClipEngine
from tests.fakes.event_desk import AtOnce
from tests.ui.clips.test_storage_panel import Keeper
from tests.ui.wall.conftest import KEY, WallOnScreen
from tests.unit.services.clips.bench import AUTHOR, NOON_US, SetClock
from ui.clips.keys import ClipKeys
from ui.clips.wording import running_text
from ui.theme import tokens
from ui.wall.recording_painter import clip_length, recording_words

SHOWN = TileStatus(
    StreamState.LIVE,
    age_s=0.1,
    taken_utc_us=NOON_US,
    clock=PictureClock.CAMERA,
    clock_offset_s=1.5,
    kind=StreamKind.MAIN,
)


@dataclass
class Desk:
    """A wall of four tiles, with clips in name only."""

    wall: WallOnScreen
    engine: FakeClipEngine
    clips: ClipService
    keys: ClipKeys
    notes: list[str]
    snapshots: Path
    dispatcher: ManualDispatcher

    def note(self) -> str:
        self.dispatcher.drain()
        return self.notes[-1]


@pytest.fixture
def desk(make_wall: Callable[..., WallOnScreen], tmp_path: Path) -> Desk:
    engine, notices, clock = FakeClipEngine(), NoticeBoard(), SetClock()
    clips = ClipService(engine, Keeper(), tmp_path, AUTHOR, notices, clock, ClipSettings())
    dispatcher = ManualDispatcher()
    tasks = Tasks(AtOnce(), dispatcher, notices.report)
    snapshots = SnapshotService(engine, tmp_path, AUTHOR, tasks, notices, clock)
    wall = make_wall(recordings=clips)
    wall.engine.statuses[KEY] = SHOWN
    notes: list[str] = []
    keys = ClipKeys(
        wall.service, wall.engine, clips, snapshots, lambda _screen, words: notes.append(words)
    )
    return Desk(wall, engine, clips, keys, notes, tmp_path, dispatcher)


def reds(image: QImage, part: Rect) -> int:
    """How many pixels have the colour of the dot."""
    wanted = QColor(tokens.RECORDING).rgb()
    return sum(
        image.pixel(x, y) == wanted
        for y in range(part.y, part.y + part.height)
        for x in range(part.x, part.x + part.width)
    )


def test_a_clip_begins_with_the_picture_on_the_tile_and_ends_with_the_same_key(desk: Desk) -> None:
    desk.keys.toggle_recording()
    (job,) = desk.engine.jobs
    assert job.start == Moment(NOON_US, by_camera=False)
    assert (job.end, job.kind) == (None, StreamKind.MAIN)
    assert "C ends it" in desk.note()
    desk.keys.toggle_recording()
    assert job.asked == ["stop"]
    assert len(desk.engine.jobs) == 1
    assert desk.note().endswith("ends here")


def test_the_tile_says_that_a_clip_is_written_until_it_is_whole(desk: Desk) -> None:
    wall = desk.wall
    wall.engine.publish_all((20, 20, 20))
    wall.tick(8)
    corner = wall.tile().picture
    assert reds(wall.grab(), corner) == 0
    desk.keys.toggle_recording()
    (job,) = desk.engine.jobs
    job.grow(12.0)
    assert reds(wall.grab(), corner) > 20
    others = [tile for tile in wall.service.screen(0).tiles if tile.key != KEY]
    assert all(reds(wall.grab(), tile.picture) == 0 for tile in others)
    job.end_as(ClipPhase.COMPLETE)
    assert reds(wall.grab(), corner) == 0


def test_without_a_picture_nothing_begins(desk: Desk) -> None:
    desk.wall.engine.statuses[KEY] = TileStatus(StreamState.CONNECTING)
    desk.keys.toggle_recording()
    assert desk.note() == "There is no picture to begin a clip with"
    desk.keys.take_snapshot()
    assert desk.note() == "There is no picture to keep"
    desk.keys.discard_recording()
    assert desk.note() == "No clip is being written of this camera"
    assert desk.engine.jobs == []
    assert desk.engine.asked == []


def test_a_clip_can_be_thrown_away(desk: Desk) -> None:
    desk.keys.toggle_recording()
    desk.keys.discard_recording()
    assert desk.engine.jobs[0].asked == ["cancel"]
    assert desk.note().endswith("is thrown away")


def test_the_picture_on_the_tile_is_kept_whole(desk: Desk) -> None:
    camera = desk.wall.tile().camera
    assert camera is not None
    desk.engine.stills[camera.code] = b"a jpeg"
    desk.keys.take_snapshot()
    assert desk.engine.asked == [(camera.code, Moment(NOON_US, by_camera=False), 1 << 15)]
    assert desk.note() == f"The picture of {camera.code} is kept"
    (file,) = desk.snapshots.glob("*.jpg")
    assert file.read_bytes() == b"a jpeg"
    assert '"clock_offset_s": 1.5' in file.with_suffix(".json").read_text()


@pytest.mark.logs_errors
def test_a_picture_that_is_gone_is_told(desk: Desk) -> None:
    desk.keys.take_snapshot()
    assert desk.note().endswith("was not kept")
    assert list(desk.snapshots.iterdir()) == []


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.0, "00:00"), (12.4, "00:12"), (75.0, "01:15"), (3725.0, "1:02:05")]
)
def test_lengths_are_minutes_and_seconds(seconds: float, words: str) -> None:
    assert clip_length(seconds) == words


def test_the_words_say_when_it_is_checked(desk: Desk) -> None:
    desk.keys.toggle_recording()
    (job,) = desk.engine.jobs
    job.grow(12.0)
    found: RunningClip | None = desk.clips.recording(job.camera)
    assert found is not None
    assert recording_words(found) == "Clip 00:12"
    job.has_sound = True
    job.grow(13.0)
    found = desk.clips.recording(job.camera)
    assert found is not None
    assert recording_words(found) == "Clip with sound 00:13"
    assert running_text(found) == f"{job.camera}: 00:13 with sound written"
    job.grow(12.0, ClipPhase.CHECKING)
    found = desk.clips.recording(job.camera)
    assert found is not None
    assert recording_words(found) == "Checking the clip 00:12"
