"""Puts a good copy in the place of a damaged database, before anything opens it.

The damaged file is renamed, never deleted. Each step leaves files from which the next start goes
on, so that neither a kill nor a power cut in the middle makes an empty database of a full one.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from app.core.errors import StorageUnavailable
from app.settings.files import sync_folder
from app.storage.backup import Backup, backups_of, put_in_place
from app.storage.health_check import Soundness, soundness

_LOGS = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Restoration:
    """What was done at the start: ``damaged`` is where the damaged file is now."""

    damaged: Path
    backup: Backup | None
    """``None``: there was no good copy, the database begins empty."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What became of the look at the database at the start."""

    restoration: Restoration | None = None
    is_complete: bool = True
    """False where the time was over before all of the file was read."""
    is_suspect: bool = False
    """A damage was met in use, but the file is sound: it must be in the index of words."""


def mark_damaged(database: Path) -> None:
    """Make the next start look at all of the file, however long that takes."""
    with suppress(OSError):
        _marker(database).touch()


def inspect(
    database: Path,
    folder: Path,
    *,
    seconds: float,
    is_damaged: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Inspection:
    """Look at ``database`` and restore it from ``folder`` if it is damaged. Blocking.

    The file is read for at most ``seconds``, or not at all when ``is_damaged`` is known. Raises
    ``StorageUnavailable`` where the damaged file cannot be replaced.
    """
    try:
        _go_on_with_last_time(database)
        is_marked = _marker(database).exists() and not is_damaged
        state = Soundness.DAMAGED
        if not is_damaged:
            state = soundness(database, seconds=None if is_marked else seconds)
        is_emptied = database.exists() and database.stat().st_size == 0
        if is_emptied and backups_of(database, folder):
            state = Soundness.DAMAGED  # what some file systems leave after a power cut
        restoration = None
        if state is Soundness.DAMAGED:
            restoration = _restore(database, folder, now())
        if state is not Soundness.UNKNOWN:
            _marker(database).unlink(missing_ok=True)
    except OSError as error:
        raise StorageUnavailable(
            f"The database is damaged and cannot be replaced: {error.strerror}",
            advice=f"Look at the disk and the rights of the folder {database.parent}.",
        ) from error
    is_suspect = is_marked and state is Soundness.SOUND
    return Inspection(restoration, state is not Soundness.UNKNOWN, is_suspect)


def _restore(database: Path, folder: Path, now: datetime) -> Restoration:
    restored = _restored(database)
    chosen = None
    for backup in backups_of(database, folder):
        if soundness(backup.file, is_copy=True) is Soundness.SOUND:
            put_in_place(backup.file, restored)
            chosen = backup
            break
    damaged = _free_name(database, now)
    database.replace(damaged)
    _move_logs(database, damaged)
    if chosen is not None:
        restored.replace(database)
    sync_folder(database.parent)
    return Restoration(damaged, chosen)


def _go_on_with_last_time(database: Path) -> None:
    restored = _restored(database)
    if not restored.exists():
        return
    if database.exists():
        restored.unlink()  # it may be half a copy: the damaged file was not moved yet
        return
    _move_logs(database, _free_name(database, datetime.now(UTC)))
    restored.replace(database)
    sync_folder(database.parent)


def _move_logs(database: Path, damaged: Path) -> None:
    """The write-ahead log belongs to the damaged file: with another it would destroy that."""
    for end in _LOGS:
        log = database.with_name(database.name + end)
        if log.exists():
            log.replace(damaged.with_name(damaged.name + end))


def _free_name(database: Path, now: datetime) -> Path:
    stem = f"{database.stem}-damaged-{now:%Y%m%dT%H%M%SZ}"
    name, number = database.with_name(f"{stem}.db"), 1
    while name.exists():
        number += 1
        name = database.with_name(f"{stem}-{number}.db")
    return name


def _restored(database: Path) -> Path:
    return database.with_name(f"{database.name}.restored")


def _marker(database: Path) -> Path:
    return database.with_name(f"{database.name}.look-at-all")
