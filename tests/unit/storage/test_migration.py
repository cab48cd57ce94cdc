"""A database of any known version is brought forward; others are refused in words."""

import re
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from app.core.errors import StorageUnavailable
from app.storage import migration
from app.storage.database import Database, sqlite_url
from app.storage.migration import REVISIONS, bring_up_to_date, keep_copy, schema_version
from app.storage.tables import Row

_STEPS = Path(migration.__file__).with_name("migrations")


def _opened(folder: Path) -> Database:
    return Database(sqlite_url(folder / "wall.db"))


def test_a_new_database_gets_the_newest_tables_without_a_copy(tmp_path: Path) -> None:
    with closing(_opened(tmp_path)) as database:
        assert schema_version(database) is None
        bring_up_to_date(database, tmp_path / "backups")
        assert schema_version(database) == REVISIONS[-1]
    assert not (tmp_path / "backups").exists()


def test_the_steps_lead_to_the_tables_that_the_code_knows(tmp_path: Path) -> None:
    with closing(_opened(tmp_path)) as database:
        bring_up_to_date(database, tmp_path / "backups")
        with database.reading() as session:
            options = {"compare_type": True, "include_name": _is_ours}
            context = MigrationContext.configure(session.connection(), opts=options)
            assert compare_metadata(context, Row.metadata) == []


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Not the tables in which SQLite keeps the words of records."""
    return not (kind == "table" and re.search(r"_text(_|$)", name or ""))


def test_all_steps_are_known_in_their_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(_STEPS))
    steps = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(step.revision for step in reversed(list(steps))) == REVISIONS


def test_a_current_database_is_left_alone_without_loading_alembic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(_opened(tmp_path)) as database:
        bring_up_to_date(database, tmp_path / "backups")
        monkeypatch.setitem(sys.modules, "alembic", None)
        bring_up_to_date(database, tmp_path / "backups")


def _with_version(folder: Path, version: str) -> None:
    with closing(_opened(folder)) as database:
        bring_up_to_date(database, folder / "backups")
    with closing(sqlite3.connect(folder / "wall.db")) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = ?", (version,))


def test_a_database_from_a_newer_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    _with_version(tmp_path, "9999")
    with closing(_opened(tmp_path)) as database:
        with pytest.raises(StorageUnavailable, match="newer version") as caught:
            bring_up_to_date(database, tmp_path / "backups")
        assert "--data-dir" in caught.value.advice
        assert schema_version(database) == "9999"


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "wall.db")) as raw, raw:
        raw.execute("CREATE TABLE camera (id INTEGER)")
    database = _opened(tmp_path)
    with closing(database), pytest.raises(StorageUnavailable, match="another program"):
        bring_up_to_date(database, tmp_path / "backups")


def test_an_old_database_is_copied_before_it_is_upgraded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_version(tmp_path, "0001")
    monkeypatch.setattr(migration, "REVISIONS", ("0001", "next"))
    upgraded: list[object] = []
    monkeypatch.setattr(migration, "_upgrade", upgraded.append)
    with closing(_opened(tmp_path)) as database:
        bring_up_to_date(database, tmp_path / "backups")
    assert len(upgraded) == 1
    (copy,) = (tmp_path / "backups").iterdir()
    with closing(Database(sqlite_url(copy))) as kept:
        assert schema_version(kept) == "0001"


def test_a_copy_holds_what_is_still_in_the_write_ahead_log(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "wall.db", isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("CREATE TABLE note (words TEXT)")
        writer.execute("INSERT INTO note VALUES ('fresh')")
        copy = keep_copy(
            tmp_path / "wall.db",
            tmp_path / "backups",
            "0001",
            now=lambda: datetime(2026, 11, 22, 8, 0, tzinfo=UTC),
        )
    assert copy.name == "wall-0001-20261122T080000Z.db"
    with closing(sqlite3.connect(copy)) as kept:
        assert kept.execute("SELECT words FROM note").fetchall() == [("fresh",)]


def test_without_a_copy_there_is_no_upgrade(tmp_path: Path) -> None:
    (tmp_path / "backups").write_text("a file where the folder should be")
    with closing(_opened(tmp_path)) as database:
        bring_up_to_date(database, tmp_path / "elsewhere")
    with pytest.raises(StorageUnavailable, match="not upgraded"):
        keep_copy(tmp_path / "wall.db", tmp_path / "backups", "0001")


def test_the_tables_can_be_made_by_postgresql_too() -> None:
    made = {
        table.name: str(CreateTable(table).compile(dialect=postgresql.dialect()))
        for table in Row.metadata.sorted_tables
    }
    assert made.keys() >= {"district", "site", "camera"}
    assert "attributes JSON NOT NULL" in made["camera"]
    assert "updated_us BIGINT NOT NULL" in made["overlay_setting"]
