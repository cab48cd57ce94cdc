"""The page about what is kept says what goes, locks what is chosen, ends what is written."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.core.events import Event
from app.domain.camera import CameraCode
from app.services.clips import ClipService
from app.services.notices import NoticeBoard
from app.services.storage_plan import Stay, StoragePlan, StoredItem, StoredKind, StoredSum
from app.settings.schema import ClipSettings
from app.video.clip_types import ClipPhase
from app.video.engine_types import Moment
from tests.fakes.clip_engine import FakeClipEngine
from tests.unit.services.clips.bench import AUTHOR, NOON_US, SetClock
from ui.clips.storage_panel import StoragePanel

DAY_US = 86_400_000_000


def item(number: int, stay: Stay = Stay.YOUNG, **changes: object) -> StoredItem:
    made_us = NOON_US + number * DAY_US
    goes_us = made_us + 31 * DAY_US if stay in (Stay.YOUNG, Stay.AGE, Stay.SIZE) else None
    made = StoredItem(
        StoredKind.CLIP,
        UUID(int=number + 1),
        f"clip-{number}.mp4",
        f"BNU-1-{number}",
        made_us,
        made_us + 24_000_000,
        made_us,
        1_500_000,
        stay,
        goes_us,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # any field of it


@dataclass
class FakeRetention:
    """Implements ``Retention``; remembers what shall be locked."""

    plan: StoragePlan
    changed: Event[StoragePlan] = field(default_factory=lambda: Event("fake.changed"))
    locks: list[tuple[int, bool]] = field(default_factory=list)

    def look(self) -> None:
        self.changed.emit(self.plan)

    def lock(self, item: StoredItem, *, is_locked: bool) -> None:
        self.locks.append((item.key.int - 1, is_locked))

    def show(self, *items: StoredItem) -> None:
        self.plan = replace(self.plan, items=list(items))
        self.look()


class Keeper:
    """Puts nothing on record."""

    def begin(self, _clip: object, _facts: object) -> None: ...

    def keep(self, _clip: object, _facts: object) -> None: ...

    def forget(self, _clip: object) -> None: ...


@pytest.fixture
def retention() -> FakeRetention:
    items = [item(0, Stay.AGE), item(1, Stay.LOCKED), item(2, Stay.NEEDED), item(3)]
    return FakeRetention(StoragePlan(items, 2_300_000_000, 50_000_000_000, 31))


@pytest.fixture
def engine() -> FakeClipEngine:
    return FakeClipEngine()


@pytest.fixture
def clips(engine: FakeClipEngine, tmp_path: Path) -> ClipService:
    return ClipService(
        engine, Keeper(), tmp_path, AUTHOR, NoticeBoard(), SetClock(), ClipSettings()
    )


@pytest.fixture
def panel(clips: ClipService, retention: FakeRetention, qtbot: QtBot) -> StoragePanel:
    panel = StoragePanel(clips, retention)
    qtbot.addWidget(panel)
    panel.resize(440, 600)
    panel.show()
    return panel


def rows(panel: StoragePanel) -> list[list[str]]:
    model = panel.model
    columns = range(model.columnCount())
    return [
        [model.index(row, column).data() for column in columns] for row in range(model.rowCount())
    ]


def choose(panel: StoragePanel, *wanted: int) -> None:
    view = panel.view
    view.clearSelection()
    for row in wanted:
        view.selectionModel().select(
            panel.model.index(row, 0),
            view.selectionModel().SelectionFlag.Select | view.selectionModel().SelectionFlag.Rows,
        )


def test_what_goes_stands_on_top_and_all_say_when(panel: StoragePanel) -> None:
    found = rows(panel)
    assert [row[0] for row in found] == ["BNU-1-0", "BNU-1-3", "BNU-1-2", "BNU-1-1"]
    assert [row[2] for row in found] == [
        "goes next: too old",
        "until 2026-12-26",
        "in use: stays",
        "locked: stays",
    ]
    assert found[0][3:] == ["00:24", "1.5 MB"]
    assert panel.room.text() == "2.3 GB of 50.0 GB · kept for 31 days"
    assert panel.going.text() == "1 will be deleted (1.5 MB); lock what has to stay"


def test_only_what_goes_can_be_shown(panel: StoragePanel) -> None:
    panel.only_going.setChecked(True)
    assert [row[0] for row in rows(panel)] == ["BNU-1-0"]


def test_snapshots_and_broken_clips_say_what_they_are(
    panel: StoragePanel, retention: FakeRetention
) -> None:
    retention.show(item(0, is_broken=True), item(1, kind=StoredKind.SNAPSHOT, bytes=31_820))
    assert [row[3:] for row in rows(panel)] == [["snapshot", "32 kB"], ["00:24, broken", "1.5 MB"]]
    assert panel.going.text() == "Nothing goes now"


def test_l_locks_what_is_chosen(
    panel: StoragePanel, retention: FakeRetention, qtbot: QtBot
) -> None:
    choose(panel, 0, 1, 3)
    assert panel.lock.text() == "Lock"
    qtbot.keyClick(panel.view, Qt.Key.Key_L)
    assert retention.locks == [(0, True), (3, True)]


def test_what_is_all_locked_is_unlocked(
    panel: StoragePanel, retention: FakeRetention, qtbot: QtBot
) -> None:
    choose(panel, 3)
    assert panel.lock.text() == "Unlock"
    qtbot.mouseClick(panel.lock, Qt.MouseButton.LeftButton)
    assert retention.locks == [(1, False)]


def test_what_is_chosen_stays_so_when_the_list_changes(
    panel: StoragePanel, retention: FakeRetention
) -> None:
    choose(panel, 1)
    retention.show(item(0, Stay.LOCKED), item(3), item(4), item(5))
    assert [each.camera for each in panel.chosen] == ["BNU-1-3"]
    assert panel.why.text().startswith("Deleted after 2026-12-26")


def test_escape_gives_the_keyboard_back(panel: StoragePanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.left):
        qtbot.keyClick(panel.view, Qt.Key.Key_Escape)


def test_clips_that_are_written_stand_on_top_and_can_be_ended(
    panel: StoragePanel, clips: ClipService, engine: FakeClipEngine, qtbot: QtBot
) -> None:
    assert panel.running.isHidden()
    camera = CameraCode("BNU-1-1")
    recording = clips.start_recording(camera, Moment(NOON_US, by_camera=False))
    kept = clips.keep(camera, NOON_US, NOON_US + 20_000_000, by_camera=False)
    for job in engine.jobs:
        job.grow(12.0)
    assert panel.running.texts == {
        recording: "BNU-1-1: 00:12 written",
        kept: "BNU-1-1: 00:12 written",
    }
    bar = panel.running.lines[kept].bar
    assert bar.value() / bar.maximum() == pytest.approx(0.6)
    qtbot.mouseClick(panel.running.lines[recording].stop, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(panel.running.lines[kept].discard, Qt.MouseButton.LeftButton)
    assert [job.asked for job in engine.jobs] == [["stop"], ["cancel"]]
    engine.jobs[0].grow(12.0, ClipPhase.CHECKING)
    assert panel.running.texts[recording] == "BNU-1-1: checking 00:12"
    assert not panel.running.lines[recording].stop.isEnabled()
    engine.jobs[0].end_as(ClipPhase.COMPLETE)
    engine.jobs[1].end_as(ClipPhase.CANCELLED)
    assert panel.running.isHidden()


def test_each_kind_has_its_sum_in_one_line(panel: StoragePanel, retention: FakeRetention) -> None:
    retention.plan = replace(
        retention.plan,
        sums=(
            StoredSum(StoredKind.CLIP, 4, 2_200_000_000),
            StoredSum(StoredKind.SNAPSHOT, 0, 0),
            StoredSum(StoredKind.BOOKMARK_PICTURE, 31, 310_000),
            StoredSum(StoredKind.EVENT_PICTURE, 900, 18_000_000, 200_000_000),
        ),
    )
    retention.look()
    assert panel.sums.text() == (
        "Clips: 4 (2.2 GB) · Pictures of bookmarks: 31 (310 kB)"
        " · Pictures of events: 900 (18.0 MB; at most 200.0 MB, not counted above)"
    )


def test_a_picture_without_its_bookmark_says_so_and_cannot_be_locked(
    panel: StoragePanel, retention: FakeRetention, qtbot: QtBot
) -> None:
    retention.show(item(0, Stay.AGE, kind=StoredKind.BOOKMARK_PICTURE, camera="", bytes=9_000))
    assert rows(panel)[0][0] == "–"
    assert rows(panel)[0][2:] == ["goes next: too old", "picture", "9 kB"]
    choose(panel, 0)
    assert not panel.lock.isEnabled()
    assert panel.why.text().startswith("The small picture of a bookmark that is no longer there")
    qtbot.keyClick(panel.view, Qt.Key.Key_L)
    assert retention.locks == []
