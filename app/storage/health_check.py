"""Whether an SQLite file is sound: its structure, page by page (``PRAGMA quick_check``)."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from enum import Enum
from pathlib import Path

_STEPS = 20_000
"""Steps of SQLite's machine between two looks at the clock: some milliseconds."""
_DAMAGED = ("SQLITE_CORRUPT", "SQLITE_NOTADB")


class Soundness(Enum):
    """``UNKNOWN``: no damage was met in the time there was, or the file cannot be read at all."""

    SOUND = "sound"
    DAMAGED = "damaged"
    UNKNOWN = "unknown"


def soundness(
    file: Path,
    *,
    seconds: float | None = None,
    go_on: Callable[[], bool] = lambda: True,
    is_copy: bool = False,
) -> Soundness:
    """Read the whole file, for at most ``seconds`` and while ``go_on`` says so. Blocking.

    1 GB takes some seconds from a fast disk. A file that is not there is sound, one without a
    byte is too. ``is_copy``: nobody writes to it, and no files shall be made beside it.
    """
    deadline = None if seconds is None else time.monotonic() + seconds

    def is_over() -> bool:
        return not go_on() or (deadline is not None and time.monotonic() >= deadline)

    if not file.exists() or file.stat().st_size == 0:
        return Soundness.SOUND
    if is_over():
        return Soundness.UNKNOWN
    # Read-only: closing a connection that may write would carry the write-ahead log over into
    # a file that may be damaged.
    address = f"{file.absolute().as_uri()}?mode=ro{'&immutable=1' if is_copy else ''}"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            connection.set_progress_handler(is_over, _STEPS)
            said = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        name = str(getattr(error, "sqlite_errorname", ""))
        return Soundness.DAMAGED if name.startswith(_DAMAGED) else Soundness.UNKNOWN
    return Soundness.SOUND if said == ("ok",) else Soundness.DAMAGED
