"""A database of any older version is brought forward with all that is in it, even when killed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.record_filters import BookmarkFilter
from app.storage.backup import backups_of
from app.storage.bookmarks import BookmarkRepository
from app.storage.database import Database, sqlite_url
from app.storage.migration import REVISIONS, bring_up_to_date, schema_version
from tests.fakes.postgres import PostgresServer
from tests.fakes.records import bookmark
from tests.integration.storage.older_schemas import ROWS, content, expected, make_old

OLDER = REVISIONS[:-1]
KILLS = 25


def test_every_older_version_is_tried_with_rows() -> None:
    assert tuple(ROWS) == OLDER


def _is_usable(database: Database) -> None:
    one = bookmark(event_key=b"0123456789abcdef")
    with database.transaction() as session:
        BookmarkRepository(session).add(one)
    with database.reading() as session:
        assert BookmarkRepository(session).page(BookmarkFilter("gate left"), 5) == [one]


@pytest.mark.parametrize("version", OLDER)
def test_an_older_sqlite_database_keeps_what_it_has(tmp_path: Path, version: str) -> None:
    with closing(Database(sqlite_url(tmp_path / "nigehban.db"))) as database:
        make_old(database, version)
        bring_up_to_date(database, tmp_path / "backups")
        assert schema_version(database) == REVISIONS[-1]
        assert content(database, version) == expected(version)
        _is_usable(database)
    (copy,) = backups_of(tmp_path / "nigehban.db", tmp_path / "backups")
    with closing(Database(sqlite_url(copy.file))) as kept:
        assert schema_version(kept) == version
        assert content(kept, version) == expected(version)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.mark.parametrize("version", OLDER)
def test_an_older_postgresql_database_keeps_what_it_has(
    server: PostgresServer, tmp_path: Path, version: str
) -> None:
    with closing(Database(server.url)) as database:
        make_old(database, version)
        bring_up_to_date(database, tmp_path)
        assert schema_version(database) == REVISIONS[-1]
        assert content(database, version) == expected(version)
        _is_usable(database)
        with database.transaction() as session:
            session.execute(text("DROP SCHEMA public CASCADE"))
            session.execute(text("CREATE SCHEMA public"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows neither forks nor has SIGKILL")
def test_a_kill_in_the_middle_of_an_upgrade_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.integration.storage.killed_upgrade", str(tmp_path),
         str(KILLS)],
        stdout=subprocess.PIPE, text=True, timeout=120, check=True,
    )  # fmt: skip
    versions = json.loads(ran.stdout)
    assert len(versions) == KILLS
    assert set(versions) <= {OLDER[0], REVISIONS[-1]}
    assert OLDER[0] in versions, "no kill came before the end of an upgrade"
