"""Transactions keep their word, and failures speak the operator's language."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.core.errors import StorageUnavailable
from app.storage.database import Database, sqlite_url


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_url(tmp_path / "wall.db"))
    with database.transaction() as session:
        session.execute(text("CREATE TABLE note (words TEXT UNIQUE)"))
    yield database
    database.close()


def _notes(database: Database) -> list[str]:
    with database.reading() as session:
        return [str(row[0]) for row in session.execute(text("SELECT words FROM note"))]


def _write(database: Database, words: str) -> None:
    with database.transaction() as session:
        session.execute(text("INSERT INTO note VALUES (:words)"), {"words": words})


def test_a_transaction_is_kept(database: Database) -> None:
    _write(database, "one")
    assert _notes(database) == ["one"]


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def half() -> None:
        with database.transaction() as session:
            session.execute(text("INSERT INTO note VALUES ('half')"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert _notes(database) == []


def test_what_a_reader_changes_is_dropped(database: Database) -> None:
    with database.reading() as session:
        session.execute(text("INSERT INTO note VALUES ('dropped')"))
    assert _notes(database) == []


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("INSERT INTO note VALUES ('unfinished')"))
        assert _notes(database) == []


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 3000)],
)
def test_every_connection_is_set_up(database: Database, pragma: str, value: object) -> None:
    with database.reading() as session:
        assert session.scalar(text(f"PRAGMA {pragma}")) == value


def test_a_full_disk_is_named(database: Database) -> None:
    def fill() -> None:
        with database.transaction() as session:
            session.execute(text("PRAGMA max_page_count = 4"))
            session.execute(text("INSERT INTO note VALUES (zeroblob(100000))"))

    with pytest.raises(StorageUnavailable, match="The disk is full") as caught:
        fill()
    assert "Free space" in caught.value.advice
    assert _notes(database) == []


def test_a_read_only_file_is_named(database: Database, tmp_path: Path) -> None:
    with closing(Database(f"sqlite:///file:{tmp_path / 'wall.db'}?mode=ro&uri=true")) as read_only:
        with pytest.raises(StorageUnavailable, match="read-only") as caught:
            _write(read_only, "no")
        assert "--data-dir" in caught.value.advice


def test_a_lock_of_another_program_is_named(database: Database, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "wall.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageUnavailable, match="locked by another program"):
            _write(database, "no")


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "wall.db").write_bytes(b"this is no database " * 100)
    with closing(Database(sqlite_url(tmp_path / "wall.db"))) as damaged:
        with pytest.raises(StorageUnavailable, match="damaged") as caught:
            _write(damaged, "no")
        assert "backups" in caught.value.advice


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    lost = Database(sqlite_url(tmp_path / "nowhere/wall.db"))
    with closing(lost), pytest.raises(StorageUnavailable, match="cannot be opened"):
        _write(lost, "no")


def test_our_own_mistakes_are_not_dressed_up(database: Database) -> None:
    _write(database, "same")
    with pytest.raises(IntegrityError) as caught:
        _write(database, "same")
    assert "same" not in str(caught.value)


@pytest.mark.parametrize("url", ["no url at all", "nosuchbase://x", "sqlite:///x:y:z@@:a/b"])
def test_an_address_that_is_none_is_named(url: str) -> None:
    with pytest.raises(StorageUnavailable) as caught:
        _write(Database(url), "no")
    assert caught.value.advice


def test_a_driver_that_is_missing_is_named() -> None:
    with pytest.raises(StorageUnavailable, match="driver") as caught:
        Database("mysql+pymysql://operator:Tuppence7@db.example/wall")
    assert "Tuppence7" not in str(caught.value)
