"""Copies of the database: whole, checked, seven of them; and what takes a damaged one's place."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.core.errors import DatabaseDamaged, StorageUnavailable
from app.storage.backup import KEPT, back_up, backups_of
from app.storage.health_check import Soundness, soundness
from app.storage.restoration import Restoration, inspect, mark_damaged

NIGHT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ROWS = 3_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database of some 700 KB, a part of it in the write-ahead log."""
    file = tmp_path / "nigehban.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE note (at INTEGER PRIMARY KEY, words TEXT)")
        database.execute("CREATE INDEX note_words ON note (words)")
        database.execute("BEGIN")
        for at in range(ROWS):
            database.execute("INSERT INTO note VALUES (?, ?)", (at, f"note {at} " + "x" * 80))
        database.execute("COMMIT")
    return file


@pytest.fixture
def writer(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        yield database


def rows(file: Path) -> int:
    with closing(sqlite3.connect(file)) as database:
        return int(database.execute("SELECT count(*) FROM note").fetchone()[0])


def damage(file: Path, page: int = 20) -> None:
    """Something else stands where a page of the database was."""
    with file.open("r+b") as content:
        content.seek(page * 4096)
        content.write(b"\xa5" * 4096)


def at(days: float) -> datetime:
    return NIGHT + timedelta(days=days)


def test_a_copy_has_what_is_only_in_the_log(
    file: Path, writer: sqlite3.Connection, tmp_path: Path
) -> None:
    writer.execute("INSERT INTO note VALUES (-1, 'fresh')")
    copy = back_up(file, tmp_path / "backups", now=lambda: NIGHT)
    assert copy is not None
    assert copy.name == "nigehban-nightly-20261122T030000Z.db"
    assert [each.name for each in copy.parent.iterdir()] == [copy.name]
    assert rows(copy) == ROWS + 1


def test_who_writes_meanwhile_neither_waits_nor_gets_into_the_copy(
    file: Path, writer: sqlite3.Connection, tmp_path: Path
) -> None:
    writer.execute("PRAGMA busy_timeout = 0")
    looks = 0

    def write() -> bool:
        nonlocal looks
        looks += 1
        writer.execute("INSERT INTO note VALUES (?, 'meanwhile')", (ROWS + looks,))
        return True

    copy = back_up(file, tmp_path / "backups", go_on=write)
    assert copy is not None
    assert looks > 1
    # What was written before the copy began, of which there is nothing, and nothing after it.
    assert rows(copy) == ROWS
    assert rows(file) == ROWS + looks


def test_seven_nights_are_kept_and_copies_from_before_upgrades(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    back_up(file, folder, why="0003", now=lambda: at(-30))
    (folder / "other-nightly-20200101T000000Z.db").touch()
    (folder / "nigehban-nightly-20269999T000000Z.db").touch()
    (folder / "nigehban-nightly-20261121T030000Z.part").touch()
    for night in range(10):
        back_up(file, folder, now=lambda night=night: at(night))  # type: ignore[misc]  # binds the loop's variable
    found = backups_of(file, folder)
    assert [each.taken for each in found] == [*(at(9 - night) for night in range(KEPT)), at(-30)]
    assert [each.is_nightly for each in found] == [True] * KEPT + [False]
    assert (folder / "other-nightly-20200101T000000Z.db").exists()
    assert not list(folder.glob("*.part"))


def test_a_copy_of_a_damaged_database_counts_for_nothing(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    good = [back_up(file, folder, now=lambda day=day: at(day)) for day in range(KEPT)]  # type: ignore[misc]  # binds the loop's variable
    damage(file)
    with pytest.raises(DatabaseDamaged, match="cannot be read through"):
        back_up(file, folder, now=lambda: at(8))
    assert {each.file for each in backups_of(file, folder)} == set(good)
    assert not list(folder.glob("*.part"))


def test_a_copy_can_be_ended_at_any_look(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    looks = [True, True, True, True]
    while True:
        left = iter(looks)
        copy = back_up(file, folder, go_on=lambda left=left: next(left, False))  # type: ignore[misc]  # binds the loop's variable
        if copy is not None:
            break
        assert list(folder.iterdir()) == []
        looks.append(True)
    assert rows(copy) == ROWS


def test_without_room_there_is_no_copy_and_it_is_said(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil.disk_usage(tmp_path)._replace(free=5_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: full)
    with pytest.raises(StorageUnavailable, match="200 MB are needed and 5 MB free"):
        back_up(file, tmp_path / "backups")


def test_a_folder_that_cannot_be_made_is_said(file: Path, tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("a file where the folder should be")
    with pytest.raises(StorageUnavailable, match="No copy") as caught:
        back_up(file, tmp_path / "backups")
    assert "backups" in caught.value.advice


# --- soundness -----------------------------------------------------------------------------------


def test_a_sound_file_is_sound_and_is_left_alone(file: Path) -> None:
    before = file.read_bytes()
    assert soundness(file) is Soundness.SOUND
    assert file.read_bytes() == before


def test_no_file_and_an_empty_file_are_sound(tmp_path: Path) -> None:
    assert soundness(tmp_path / "none.db") is Soundness.SOUND
    assert not (tmp_path / "none.db").exists()
    (tmp_path / "empty.db").touch()
    assert soundness(tmp_path / "empty.db") is Soundness.SOUND


@pytest.mark.parametrize("page", range(0, 160, 8))
def test_a_page_that_was_overwritten_is_found(file: Path, page: int) -> None:
    assert file.stat().st_size > 153 * 4096
    damage(file, page)
    assert soundness(file) is Soundness.DAMAGED


def test_a_file_that_was_cut_off_is_damaged(file: Path) -> None:
    with file.open("r+b") as content:
        content.truncate(file.stat().st_size // 2)
    assert soundness(file) is Soundness.DAMAGED


def test_a_text_is_no_database(file: Path) -> None:
    file.write_bytes(b"this is no database " * 1000)
    assert soundness(file) is Soundness.DAMAGED


def test_when_the_time_is_over_nothing_is_known(file: Path) -> None:
    assert soundness(file, seconds=0) is Soundness.UNKNOWN
    assert soundness(file, go_on=lambda: False) is Soundness.UNKNOWN


# --- restoration ---------------------------------------------------------------------------------


def restored(file: Path, tmp_path: Path) -> Restoration:
    found = inspect(file, tmp_path / "backups", seconds=60, now=lambda: NIGHT)
    assert found.is_complete
    assert found.restoration is not None
    return found.restoration


def test_a_sound_database_stays_where_it_is(file: Path, tmp_path: Path) -> None:
    back_up(file, tmp_path / "backups")
    found = inspect(file, tmp_path / "backups", seconds=60)
    assert (found.restoration, found.is_complete) == (None, True)
    assert rows(file) == ROWS


def test_the_newest_good_copy_takes_the_place_of_a_damaged_database(
    file: Path, writer: sqlite3.Connection, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    back_up(file, folder, now=lambda: at(-3))
    writer.execute("INSERT INTO note VALUES (-1, 'fresh')")
    good = back_up(file, folder, now=lambda: at(-2))
    writer.execute("INSERT INTO note VALUES (-2, 'newer')")
    bad = back_up(file, folder, now=lambda: at(-1))
    writer.close()
    assert bad is not None
    damage(bad, 30)
    damage(file)
    content = file.read_bytes()
    found = restored(file, tmp_path)
    assert found.backup is not None
    assert found.backup.file == good
    assert found.damaged.name == "nigehban-damaged-20261122T030000Z.db"
    assert found.damaged.read_bytes() == content
    assert rows(file) == ROWS + 1
    assert inspect(file, folder, seconds=60).restoration is None


def test_the_log_of_the_damaged_file_goes_with_it(file: Path, tmp_path: Path) -> None:
    back_up(file, tmp_path / "backups")
    damage(file)
    log = file.with_name(f"{file.name}-wal")
    log.write_bytes(b"the rest of the damaged one")
    damaged = restored(file, tmp_path).damaged
    assert not log.exists()
    assert damaged.with_name(f"{damaged.name}-wal").read_bytes() == b"the rest of the damaged one"
    assert rows(file) == ROWS


def test_without_a_good_copy_the_damaged_file_is_kept_all_the_same(
    file: Path, tmp_path: Path
) -> None:
    damage(file)
    found = restored(file, tmp_path)
    assert found.backup is None
    assert found.damaged.exists()
    assert not file.exists()


def test_two_damages_in_one_second_keep_both_files(file: Path, tmp_path: Path) -> None:
    back_up(file, tmp_path / "backups")
    names = set()
    for _ in range(2):
        damage(file)
        names.add(restored(file, tmp_path).damaged.name)
    assert len(names) == 2
    assert all((tmp_path / name).exists() for name in names)


def test_an_emptied_file_is_damaged_where_there_are_copies(file: Path, tmp_path: Path) -> None:
    file.write_bytes(b"")
    assert inspect(file, tmp_path / "backups", seconds=60).restoration is None
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE note (words TEXT)")
    back_up(file, tmp_path / "backups")
    file.write_bytes(b"")
    assert restored(file, tmp_path).backup is not None
    assert rows(file) == 0


@pytest.mark.parametrize("is_moved", [False, True])
def test_a_restoration_that_was_cut_short_is_finished(
    file: Path, tmp_path: Path, is_moved: bool
) -> None:
    back_up(file, tmp_path / "backups")
    damage(file)
    half = file.with_name(f"{file.name}.restored")
    if is_moved:  # the whole copy lies there, and only the last step is missing
        (newest, *_) = backups_of(file, tmp_path / "backups")
        shutil.copyfile(newest.file, half)
        file.rename(tmp_path / "nigehban-damaged-1.db")
        file.with_name(f"{file.name}-wal").write_bytes(b"of the damaged one")
    else:
        half.write_bytes(b"half a copy")
    inspect(file, tmp_path / "backups", seconds=60)
    assert rows(file) == ROWS
    assert not half.exists()
    assert not file.with_name(f"{file.name}-wal").exists()


def test_a_mark_makes_the_next_start_read_everything(file: Path, tmp_path: Path) -> None:
    back_up(file, tmp_path / "backups")
    damage(file, 150)
    assert not inspect(file, tmp_path / "backups", seconds=0).is_complete
    mark_damaged(file)
    assert inspect(file, tmp_path / "backups", seconds=0).restoration is not None
    # The next start is quick again.
    assert not inspect(file, tmp_path / "backups", seconds=0).is_complete


def test_a_damaged_file_that_cannot_be_moved_is_said(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(file)

    def refuse(_self: Path, _target: Path) -> Path:
        raise OSError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StorageUnavailable, match="cannot be replaced: Permission denied"):
        inspect(file, tmp_path / "backups", seconds=60)
    assert file.exists()
