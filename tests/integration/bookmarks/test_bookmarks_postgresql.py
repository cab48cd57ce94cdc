"""Bookmarks in a real PostgreSQL: the same as in SQLite, and two workstations at one bookmark."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.bookmark import FlagState
from app.services.bookmark_changes import Outcome
from app.storage.database import Database
from app.storage.migration import bring_up_to_date
from tests.fakes.bookmark_desk import BookmarkDesk
from tests.fakes.postgres import PostgresServer
from tests.unit.services.bookmarks import test_export, test_keeping, test_marking


def _tests_of(*modules: object) -> dict[str, Callable[..., None]]:
    return {
        name: test
        for module in modules
        for name, test in vars(module).items()
        if name.startswith("test_") and callable(test)
    }


# The tests of SQLite, once more: each asks for ``desk`` and gets the server's.
globals().update(_tests_of(test_marking, test_keeping, test_export))


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture
def database(server: PostgresServer, tmp_path: Path) -> Iterator[Database]:
    database = Database(server.url)
    bring_up_to_date(database, tmp_path / "backups")
    yield database
    with database.transaction() as session:
        session.execute(text("TRUNCATE bookmark, tag"))
    database.close()


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> Iterator[BookmarkDesk]:
    desk = BookmarkDesk(database, tmp_path)
    yield desk
    desk.refuses = ""
    desk.service.close()


def test_two_workstations_change_one_bookmark(
    desk: BookmarkDesk, database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "other"
    folder.mkdir()
    other = BookmarkDesk(database, folder)
    made = desk.mark()
    desk.service.change(made, desk.answers.append, title="A white car")
    other.service.change(made, other.answers.append, flag=FlagState.RAISED)
    desk.settle()
    other.settle()
    (kept,) = desk.stored()
    assert (kept.title, kept.flag) == ("A white car", FlagState.RAISED)
    other.service.change(made, other.answers.append, title="A red car")
    other.settle()
    assert other.answers[-1].outcome is Outcome.COLLIDED
    other.service.close()
