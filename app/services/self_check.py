"""``--self-check``: looks for everything the wall needs, opens nothing, says what is missing."""

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from app.core.errors import OperatorError, StorageUnavailable
from app.core.expendable_thread import ExpendableThread
from app.services.credentials import KeyringCredentials, StoreState
from app.services.shared_folder import SharedFolder
from app.settings.command_line import Options
from app.settings.paths import Places, places
from app.settings.store import read_settings
from app.storage.backup import backups_of
from app.storage.database import Database, sqlite_url
from app.storage.health_check import Soundness, soundness
from app.storage.migration import schema_version
from app.video.board import create_board

EXIT_MISSING = 3
LEAST_FREE_MB = 500
_BOARD_BYTES = 1 << 20
_LOOK_S = 3.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One look: what was looked at, whether it is there, and the sentence about it."""

    what: str
    is_there: bool
    sentence: str


def self_check(options: Options) -> tuple[int, str]:
    """Look at everything; the exit status and the text to print. Blocking for some seconds."""
    where = places(options.data_dir, options.config)
    looks: Sequence[Callable[[], Finding]] = (
        lambda: check_folder(where),
        lambda: check_disk(where.data),
        lambda: check_settings(where, must_exist=options.config is not None),
        lambda: check_shared_folder(where),
        lambda: check_database(where, options.database_url),
        check_decoder,
        check_shared_memory,
        check_key_store,
        check_display,
    )
    findings = [look() for look in looks]
    lines = [
        f"{'ok' if finding.is_there else 'MISSING':<8}{finding.what}: {finding.sentence}"
        for finding in findings
    ]
    complete = all(finding.is_there for finding in findings)
    return (0 if complete else EXIT_MISSING), "\n".join(lines)


def check_folder(where: Places) -> Finding:
    try:
        where.prepare()
    except OperatorError as error:
        return Finding("data folder", False, f"{error}. {error.advice}")
    return Finding("data folder", True, str(where.data))


def check_disk(folder: Path) -> Finding:
    """Room for the database, the logs and clips."""
    there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    try:
        free_mb = shutil.disk_usage(there).free // 1_000_000
    except OSError as error:
        return Finding("disk", False, f"{there} cannot be looked at: {error.strerror}")
    words = f"{free_mb} MB free"
    if free_mb < LEAST_FREE_MB:
        return Finding("disk", False, f"{words}; {LEAST_FREE_MB} MB are wanted")
    return Finding("disk", True, words)


def check_settings(where: Places, *, must_exist: bool) -> Finding:
    problems = read_settings(where.settings_file, must_exist=must_exist).problems
    if problems:
        return Finding("settings", False, "; ".join(problems))
    return Finding("settings", True, "without fault")


def check_shared_folder(where: Places) -> Finding:
    """Whether what is kept here can be handed over; a share that hangs is not waited for."""
    what, folder = "shared folder", read_settings(where.settings_file).settings.clips.folder
    if not folder:
        return Finding(what, True, "none is set; clips and snapshots stay in the data folder")
    thread = ExpendableThread("share")
    try:
        shared = SharedFolder(Path(folder).expanduser(), thread)
        problem = thread.submit(shared.problem).result(_LOOK_S)
    except TimeoutError:
        problem = "it does not answer"
    finally:
        thread.shutdown(wait=False)
    return Finding(what, not problem, f"{folder}: {problem or 'usable'}")


def check_database(where: Places, address: str | None) -> Finding:
    """Whether it is sound and when it was last copied; a server is only asked for an answer."""
    try:
        with closing(Database(address or sqlite_url(where.database))) as database:
            file = database.file
            if file is None:
                schema_version(database)
                words = "the server answers; copies of it are made there, not by this program"
                return Finding("database", True, words)
    except StorageUnavailable as error:
        return Finding("database", False, f"{error}. {error.advice}")
    if not file.exists():
        return Finding("database", True, "not there yet; the first start makes it")
    state = soundness(file, seconds=_LOOK_S)
    if state is Soundness.DAMAGED:
        return Finding("database", False, "damaged; the next start puts the newest copy in place")
    nightly = [each for each in backups_of(file, where.backups) if each.is_nightly]
    taken = f"{nightly[0].taken.astimezone():%Y-%m-%d %H:%M}" if nightly else "not made yet"
    words = {Soundness.SOUND: "sound", Soundness.UNKNOWN: "no damage met"}[state]
    return Finding("database", True, f"{words}; nightly copies: {len(nightly)}, newest {taken}")


def check_decoder() -> Finding:
    """Only whether it is installed: loading it is the business of worker processes."""
    if find_spec("av") is None:
        return Finding("decoder", False, "PyAV is not installed")
    return Finding("decoder", True, "PyAV is installed")


def check_shared_memory() -> Finding:
    try:
        create_board(_BOARD_BYTES).close()
    except OSError as error:
        return Finding("shared memory", False, f"it cannot be had: {error.strerror}")
    return Finding("shared memory", True, "usable")


def check_key_store() -> Finding:
    state = KeyringCredentials().probe()
    return Finding("key store", state is StoreState.USABLE, state.value)


def check_display() -> Finding:
    """On Linux windows need a display server; elsewhere the system has one."""
    if not sys.platform.startswith("linux"):
        return Finding("display", True, "the system's own")
    if os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0] in ("offscreen", "minimal"):
        return Finding("display", True, "none is wanted (QT_QPA_PLATFORM)")
    for variable in ("WAYLAND_DISPLAY", "DISPLAY"):
        name = os.environ.get(variable)
        if name:
            return Finding("display", True, f"{variable} is {name}")
    return Finding("display", False, "neither DISPLAY nor WAYLAND_DISPLAY is set")
