"""A desk of bookmarks over a database of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.database import Database, sqlite_url
from app.storage.migration import bring_up_to_date
from tests.fakes.bookmark_desk import BookmarkDesk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[BookmarkDesk]:
    database = Database(sqlite_url(tmp_path / "wall.db"))
    bring_up_to_date(database, tmp_path / "backups")
    desk = BookmarkDesk(database, tmp_path)
    yield desk
    desk.refuses = ""
    desk.service.close()
    database.close()
