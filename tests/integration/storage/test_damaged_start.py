"""The program starts on a damaged database: with the newest good copy, in words, every time."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.bootstrap import running_services
from app.core.dispatch import ManualDispatcher
from app.core.errors import DatabaseDamaged
from app.domain.record_filters import BookmarkFilter
from app.services.backups import RESTORED
from app.services.credentials import MemoryCredentials
from app.settings.command_line import Options
from app.storage.backup import back_up
from app.storage.bookmarks import BookmarkRepository
from app.storage.database import Database, sqlite_url
from app.storage.migration import bring_up_to_date
from tests.fakes.records import bookmark

ROWS = 400
OFFSETS = 20
DICE = random.Random(20261122)


def _start(folder: Path) -> dict[str, str]:
    """Start and end the services; what was said."""
    options = Options(data_dir=folder, config=None)
    with running_services(options, ManualDispatcher(), MemoryCredentials()) as services:
        return {each.key: f"{each.text}. {each.advice}" for each in services.notices.current}


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database with bookmarks."""
    folder = tmp_path_factory.mktemp("content")
    with closing(Database(sqlite_url(folder / "nigehban.db"))) as database:
        bring_up_to_date(database, folder)
        with database.transaction() as session:
            for at in range(ROWS):
                BookmarkRepository(session).add(bookmark(at, title=f"title {at} " + "x" * 500))
    return (folder / "nigehban.db").read_bytes()


def _count(file: Path) -> int:
    with closing(Database(sqlite_url(file))) as database, database.reading() as session:
        return len(BookmarkRepository(session).page(BookmarkFilter(), ROWS + 1))


@pytest.mark.logs_errors
@pytest.mark.parametrize("page", [0, *sorted(DICE.sample(range(1, 150), OFFSETS - 1))])
def test_a_damage_anywhere_costs_nothing_that_was_copied(
    tmp_path: Path, content: bytes, page: int
) -> None:
    file = tmp_path / "nigehban.db"
    file.write_bytes(content)
    back_up(file, tmp_path / "backups")
    with file.open("r+b") as damaged:
        damaged.seek(page * 4096)
        damaged.write(random.Random(page).randbytes(4096))
    said = _start(tmp_path)
    assert "was damaged; the copy of" in said[RESTORED]
    (kept,) = tmp_path.glob("nigehban-damaged-*.db")
    assert str(kept) in said[RESTORED]
    assert kept.stat().st_size == len(content)
    assert _count(file) == ROWS
    assert RESTORED not in _start(tmp_path)


@pytest.mark.logs_errors
def test_without_a_copy_it_starts_empty_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "nigehban.db").write_bytes(b"this is no database " * 1000)
    assert "begins empty" in _start(tmp_path)[RESTORED]
    assert _count(tmp_path / "nigehban.db") == 0
    assert RESTORED not in _start(tmp_path)


@pytest.mark.logs_errors
def test_what_the_quick_look_misses_is_met_when_it_is_opened(
    tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "nigehban.db"
    file.write_bytes(content)
    back_up(file, tmp_path / "backups")
    file.write_bytes(b"this is no database " * 1000)
    monkeypatch.setattr("app.bootstrap.LOOK_AT_START_S", 0.0)
    assert "was damaged; the copy of" in _start(tmp_path)[RESTORED]
    assert _count(file) == ROWS


def test_a_sound_database_is_started_without_a_word(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "nigehban.db").write_bytes(content)
    assert _start(tmp_path) == {}
    assert _count(tmp_path / "nigehban.db") == ROWS


def test_a_damage_in_the_index_of_words_is_repaired_by_the_next_start(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "nigehban.db"
    file.write_bytes(content)
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("UPDATE bookmark_text_data SET block = x'0102' WHERE id > 10")
    with (
        closing(Database(sqlite_url(file))) as database,
        pytest.raises(DatabaseDamaged),
        database.reading() as session,
    ):
        BookmarkRepository(session).page(BookmarkFilter("title"), 5)
    assert _start(tmp_path) == {}
    with closing(Database(sqlite_url(file))) as database, database.reading() as session:
        assert len(BookmarkRepository(session).page(BookmarkFilter("title"), ROWS)) == ROWS
    assert not list(tmp_path.glob("nigehban-damaged-*"))
