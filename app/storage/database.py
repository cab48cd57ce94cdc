"""One engine, short transactions, failures in words.

SQLite in the data folder is the default: WAL, so that readers and the writer do not wait for each
other, and ``synchronous=FULL``, because the same file holds notes and bookmarks that must survive
a power cut (0.4 ms a commit, measured). Any other SQLAlchemy URL works; PostgreSQL is what a
centre with many workstations uses.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session

from app.core.errors import DatabaseDamaged, StorageUnavailable
from app.core.redaction import SECRETS
from app.storage.faults import leave_out_rows, storage_fault
from app.storage.restoration import mark_damaged

_PRAGMAS = (
    "busy_timeout=3000",
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-16000",
)
_WRITES = "nigehban_writes"


def sqlite_url(file: Path) -> str:
    """The URL of a SQLite file."""
    return URL.create("sqlite", database=str(file)).render_as_string()


class Database:
    """Hands out transactions; safe to share between threads. Blocking: not on the GUI thread."""

    def __init__(self, url: str) -> None:
        """Prepare the engine; nothing is opened before the first transaction."""
        self._engine = _engine(url)
        self._writing = self._engine.execution_options(**{_WRITES: True})

    @property
    def file(self) -> Path | None:
        """The SQLite file, where there is one."""
        name = self._engine.url.database
        is_file = self._engine.dialect.name == "sqlite" and name not in (None, "", ":memory:")
        return Path(str(name)) if is_file else None

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Commit on success, roll back on error. Takes SQLite's write lock at the beginning."""
        with self._faults_in_words(), Session(self._writing) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent view of the data that waits for nobody; changes in it are dropped."""
        with self._faults_in_words(), Session(self._engine) as session:
            yield session

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _faults_in_words(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            fault = storage_fault(error)
            if fault is None:
                leave_out_rows(error)
                raise
            if isinstance(fault, DatabaseDamaged) and self.file is not None:
                mark_damaged(self.file)
            raise fault from error


def _engine(text: str) -> Engine:
    try:
        url = make_url(text)
        # Parameters stay out of exceptions, so that no row's content gets into a log.
        engine = create_engine(url, hide_parameters=True)
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        # Not chained: the original repeats the address with its password.
        raise StorageUnavailable(
            "The address of the database is not one that this program understands",
            advice="Give --database-url in the form sqlite:////folder/file.db or "
            "postgresql+psycopg://user@host/name.",
        ) from (error if isinstance(error, NoSuchModuleError) else None)
    except ImportError as error:
        raise StorageUnavailable(
            f"The driver of the database is not installed: {error.name}",
            advice="Install it beside the program, for example psycopg for PostgreSQL.",
        ) from error
    if url.password is not None:
        SECRETS.add(str(url.password), url.username or "")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: Any, _record: object) -> None:
    # The driver's own idea of when a transaction begins is switched off; see _begin_sqlite.
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    # A write that begins as a read may fail with "locked" without waiting; IMMEDIATE waits.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
