"""Copies of an SQLite database: whole, checked, and only then under their name.

A copy is one state of the database, however much is written meanwhile: it is made in a read
transaction of the write-ahead log, which hinders no writer.
"""

import os
import re
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.core.errors import DatabaseDamaged, StorageUnavailable
from app.settings.files import sync_folder
from app.storage.health_check import Soundness, soundness

KEPT = 7
"""Nightly copies; copies from before an upgrade are not counted and stay."""

_NIGHTLY = "nightly"
_STAMP = "%Y%m%dT%H%M%SZ"
_PAGES = 2_000
_SPARE_BYTES = 200_000_000
_NAME = re.compile(r"(?P<stem>.+)-(?P<why>[0-9a-z]+)-(?P<stamp>\d{8}T\d{6}Z)\.db")


class _Stopped(Exception):
    """The program ends."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy in the folder ``backups``: made each night, or before an upgrade."""

    file: Path
    taken: datetime
    is_nightly: bool


def backups_of(database: Path, folder: Path) -> Sequence[Backup]:
    """The copies of ``database``, newest first. They may be damaged."""
    found = []
    for file in folder.glob("*.db"):
        name = _NAME.fullmatch(file.name)
        if name is not None and name["stem"] == database.stem:
            with suppress(ValueError):
                taken = datetime.strptime(name["stamp"], _STAMP).replace(tzinfo=UTC)
                found.append(Backup(file, taken, name["why"] == _NIGHTLY))
    return sorted(found, key=lambda each: (each.taken, each.file.name), reverse=True)


def back_up(
    database: Path,
    folder: Path,
    *,
    why: str = _NIGHTLY,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    go_on: Callable[[], bool] = lambda: True,
) -> Path | None:
    """Copy ``database`` into ``folder`` and delete nightly copies beyond ``KEPT``. Blocking.

    ``None`` where ``go_on`` ended it. Raises ``StorageUnavailable`` where the disk refuses, and
    ``DatabaseDamaged`` where the database is; older copies are then left alone.
    """
    copy = folder / f"{database.stem}-{why}-{now():{_STAMP}}.db"
    unfinished = copy.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_unfinished(database, folder)
        _look_for_room(database, folder)
        _copy(database, unfinished, go_on)
        state = soundness(unfinished, go_on=go_on, is_copy=True)
        if not go_on():
            raise _Stopped
        if state is Soundness.DAMAGED:
            raise DatabaseDamaged(
                "The database is damaged: a copy of it cannot be read through",
                advice="Close the program and start it again: it then puts the newest good copy "
                "in its place and keeps the damaged file.",
            )
        _finish(unfinished, copy)
    except _Stopped:
        _drop(unfinished)
        return None
    except (OSError, sqlite3.Error) as error:
        _drop(unfinished)
        raise StorageUnavailable(
            f"No copy of the database could be made: {_reason(error)}",
            advice=f"Look at the free space and the rights of the folder {folder}.",
        ) from error
    except StorageUnavailable:
        _drop(unfinished)
        raise
    if why == _NIGHTLY:
        _prune(database, folder)
    return copy


def put_in_place(backup: Path, unfinished: Path) -> None:
    """Copy ``backup`` to ``unfinished``, to the disk. Raises ``OSError``."""
    shutil.copyfile(backup, unfinished)
    _sync(unfinished)
    sync_folder(unfinished.parent)


def _copy(database: Path, unfinished: Path, go_on: Callable[[], bool]) -> None:
    def look(_status: int, _left: int, _pages: int) -> None:
        if not go_on():
            raise _Stopped

    # Read-only: the last connection that may write would carry the write-ahead log over.
    address = f"{database.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True, isolation_level=None)) as source,
        closing(sqlite3.connect(unfinished)) as target,
    ):
        target.execute("PRAGMA journal_mode = OFF")
        target.execute("PRAGMA synchronous = OFF")
        # One state from here on: what others write does not make the copy begin anew.
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
        source.backup(target, pages=_PAGES, progress=look, sleep=0)


def _finish(unfinished: Path, copy: Path) -> None:
    _sync(unfinished)
    unfinished.replace(copy)
    sync_folder(copy.parent)


def _sync(file: Path) -> None:
    with file.open("rb+") as copied:
        os.fsync(copied.fileno())


def _look_for_room(database: Path, folder: Path) -> None:
    log = database.with_name(f"{database.name}-wal")
    size = database.stat().st_size + (log.stat().st_size if log.exists() else 0)
    free = shutil.disk_usage(folder).free
    if free < size + _SPARE_BYTES:
        raise StorageUnavailable(
            f"No copy of the database could be made: {size // 1_000_000 + 200} MB are needed and "
            f"{free // 1_000_000} MB free",
            advice=f"Free space on the disk of the folder {folder}.",
        )


def _remove_unfinished(database: Path, folder: Path) -> None:
    for left in folder.glob(f"{database.stem}-*.part*"):
        _drop(left)


def _prune(database: Path, folder: Path) -> None:
    nightly = [each for each in backups_of(database, folder) if each.is_nightly]
    for old in nightly[KEPT:]:
        _drop(old.file)


def _drop(file: Path) -> None:
    with suppress(OSError):
        file.unlink(missing_ok=True)


def _reason(error: OSError | sqlite3.Error) -> str:
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    if str(getattr(error, "sqlite_errorname", "")).startswith("SQLITE_FULL"):
        return "the disk is full"
    return str(error)
