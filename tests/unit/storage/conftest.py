"""A fresh SQLite database for each test that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.storage.database import Database, sqlite_url
from app.storage.migration import bring_up_to_date


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_url(tmp_path / "records.db"))
    bring_up_to_date(database, tmp_path / "backups")
    yield database
    database.close()
