"""When the database is copied, and what is said when that fails or finds a damage."""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from app.core.clock import SystemClock
from app.core.dispatch import ManualDispatcher
from app.services.backups import (
    DAMAGED,
    FAILED,
    FIRST_LOOK_S,
    LOOK_EVERY_S,
    BackupService,
    is_due,
    restored_notice,
)
from app.services.notices import NoticeBoard
from app.storage.backup import Backup, backups_of
from app.storage.restoration import Restoration, inspect

PESHAWAR = timezone(timedelta(hours=5))
MORNING = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


class SetClock(SystemClock):
    """Shows the time it was set to; each wait is noted and lets the looks that are due pass."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.waits: list[float] = []
        self.looks = threading.Semaphore(0)

    def utc_us(self) -> int:
        return round(self.now.timestamp() * 1_000_000)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.waits.append(seconds)
        while not event.is_set():
            if self.looks.acquire(timeout=0.01):
                return False
        return True


class Desk:
    """A database, its copies and what is said about them."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "nigehban.db"
        self.folder = folder / "backups"
        self.clock = SetClock(MORNING)
        self.dispatcher = ManualDispatcher()
        self.notices = NoticeBoard()
        with closing(sqlite3.connect(self.file)) as database, database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("CREATE TABLE note (words TEXT)")
            database.executemany(
                "INSERT INTO note VALUES (?)", [(f"{at} {'x' * 500}",) for at in range(1000)]
            )

    def service(self, *, is_checked: bool = True) -> BackupService:
        return BackupService(
            self.file, self.folder, self.notices, self.dispatcher, self.clock,
            is_checked=is_checked, local_zone=lambda utc: utc.astimezone(PESHAWAR),
        )  # fmt: skip

    def taken(self) -> list[datetime]:
        return [each.taken for each in backups_of(self.file, self.folder)]

    def said(self) -> dict[str, str]:
        self.dispatcher.drain()
        return {notice.key: notice.text for notice in self.notices.current}

    def damage(self) -> None:
        with self.file.open("r+b") as content:
            content.seek(50 * 4096)
            content.write(b"\xa5" * 4096)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def local(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=PESHAWAR)


@pytest.mark.parametrize(
    ("newest", "now", "expected"),
    [
        (None, local(22, 13), True),
        (local(22, 3), local(22, 13), False),
        (local(22, 9), local(23, 2, 59), False),
        (local(22, 9), local(23, 3), True),
        (local(21, 12), local(22, 13), True),
        (local(21, 2), local(22, 2), True),
        (local(21, 3, 1), local(22, 2), False),
        (datetime(2026, 11, 21, 22, 0, tzinfo=UTC), local(22, 13), False),  # 03:00 in Peshawar
        (datetime(2026, 11, 21, 21, 59, tzinfo=UTC), local(22, 13), True),
        (local(25, 3), local(22, 13), False),  # a clock that was set back
    ],
)
def test_a_copy_is_due_once_a_night(newest: datetime | None, now: datetime, expected: bool) -> None:
    assert is_due(newest, now) is expected


def test_a_new_workstation_has_a_copy_after_its_first_look_and_one_each_night(desk: Desk) -> None:
    service = desk.service()
    service.look()
    service.look()
    assert desk.taken() == [MORNING]
    desk.clock.now = MORNING + timedelta(hours=13, minutes=59)
    service.look()
    assert desk.taken() == [MORNING]
    desk.clock.now = MORNING + timedelta(hours=14)  # 03:00 in Peshawar
    service.look()
    assert len(desk.taken()) == 2
    assert desk.said() == {}


def test_a_copy_from_before_an_upgrade_is_not_the_nights(desk: Desk) -> None:
    desk.folder.mkdir()
    (desk.folder / f"nigehban-0003-{MORNING:%Y%m%dT%H%M%SZ}.db").touch()
    desk.service().look()
    assert len(desk.taken()) == 2


@pytest.mark.logs_errors
def test_a_copy_that_fails_is_said_and_tried_again(desk: Desk) -> None:
    desk.folder.write_text("a file where the folder should be")
    service = desk.service()
    service.look()
    assert "No copy of the database could be made" in desk.said()[FAILED]
    desk.folder.unlink()
    service.look()
    assert desk.said() == {}
    assert desk.taken() == [MORNING]


@pytest.mark.logs_errors
@pytest.mark.parametrize("is_checked", [True, False])
def test_a_damage_is_said_and_repaired_by_the_next_start(desk: Desk, is_checked: bool) -> None:
    desk.service().look()
    desk.clock.now += timedelta(days=1 if is_checked else 0)
    desk.damage()
    desk.service(is_checked=is_checked).look()
    assert "damaged" in desk.said()[DAMAGED]
    assert desk.taken() == [MORNING]
    found = inspect(desk.file, desk.folder, seconds=0).restoration
    assert found is not None
    assert found.backup is not None


def test_the_thread_looks_a_minute_after_the_start_and_then_regularly(desk: Desk) -> None:
    service = desk.service()
    service.start()
    try:
        desk.clock.looks.release()
        _until(lambda: len(desk.clock.waits) == 2)
    finally:
        service.close()
    assert desk.clock.waits == [FIRST_LOOK_S, LOOK_EVERY_S]
    assert desk.taken() == [MORNING]


@pytest.mark.logs_errors
def test_a_fault_of_ours_ends_no_thread(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    service = desk.service()
    monkeypatch.setattr(service, "look", lambda: 1 // 0)
    service.start()
    try:
        for waits in (2, 3):
            desk.clock.looks.release()
            _until(lambda waits=waits: len(desk.clock.waits) == waits)  # type: ignore[misc]  # binds the loop's variable
    finally:
        service.close()
    assert "internal error" in desk.said()[FAILED]


def test_what_was_never_started_can_be_closed(desk: Desk) -> None:
    desk.service().close()


def _until(is_so: Callable[[], bool]) -> None:
    deadline = SystemClock().monotonic() + 10
    pause = threading.Event()
    while not is_so():
        assert SystemClock().monotonic() < deadline
        pause.wait(0.005)


def test_what_was_restored_is_said_in_words(tmp_path: Path) -> None:
    damaged = tmp_path / "nigehban-damaged-1.db"
    backup = Backup(tmp_path / "b.db", MORNING, is_nightly=True)
    restored = restored_notice(Restoration(damaged, backup))
    assert f"copy of {MORNING.astimezone():%Y-%m-%d %H:%M}" in restored.text
    empty = restored_notice(Restoration(damaged, None))
    assert "begins empty" in empty.text
    assert str(damaged) in restored.advice
    assert str(damaged) in empty.advice
