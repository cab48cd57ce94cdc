"""Brings a database to the tables of this version of the program.

The usual start compares one row and goes on: Alembic (0.2 s to import) is only loaded when
there is something to do.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import inspect, text

from app.core.errors import DatabaseDamaged, StorageUnavailable
from app.storage.backup import back_up
from app.storage.database import Database

REVISIONS = ("0001", "0002", "0003", "0004")
"""All schema versions this program knows, oldest first; a test holds them to the steps."""

_SCRIPTS = Path(__file__).with_name("migrations")


def bring_up_to_date(database: Database, backups: Path) -> None:
    """Create or upgrade the tables; an SQLite file is copied to ``backups`` before an upgrade.

    Raises ``StorageUnavailable`` for a database of a newer program or of another one.
    """
    version = schema_version(database)
    if version == REVISIONS[-1]:
        return
    if version is not None and version not in REVISIONS:
        raise StorageUnavailable(
            "The database was written by a newer version of this program",
            advice="Install the newer version, or choose another data folder with --data-dir.",
        )
    if version is not None and database.file is not None:
        keep_copy(database.file, backups, version)
    with database.transaction() as session:
        _upgrade(session.connection())


def schema_version(database: Database) -> str | None:
    """The version of the tables; None for a database without any."""
    with database.reading() as session:
        tables = inspect(session.connection()).get_table_names()
        if "alembic_version" in tables:
            found = session.scalar(text("SELECT version_num FROM alembic_version"))
            return None if found is None else str(found)
    if {"district", "site", "camera"} & set(tables):
        raise StorageUnavailable(
            "The database belongs to another program: its tables have no version",
            advice="Choose another database with --database-url or --data-dir.",
        )
    return None


def keep_copy(
    file: Path, backups: Path, version: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Path:
    """Copy the SQLite ``file``, with what its write-ahead log holds, into ``backups``.

    Raises ``StorageUnavailable`` where that fails: without a copy there is no upgrade.
    """
    try:
        copy = back_up(file, backups, why=version, now=now)
    except DatabaseDamaged:
        raise
    except StorageUnavailable as error:
        raise StorageUnavailable(f"{error}, so it was not upgraded", advice=error.advice) from error
    assert copy is not None
    return copy


def _upgrade(connection: object) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
