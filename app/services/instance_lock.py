"""One running program for one data folder."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from app.core.errors import DataFolderBusy, DataFolderUnavailable

EXIT_BUSY = 4
"""The program's exit status when the folder is taken."""

_LOCKED_AT = 1024
"""Windows locks bytes even against reading; this one lies behind the text."""


@contextmanager
def only_instance(file: Path) -> Iterator[None]:
    """Hold the lock ``file`` while the program runs; raises ``DataFolderBusy``.

    The operating system gives the lock up with the process, however that ends; the file stays.
    """
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        held = file.open("a+", encoding="ascii")
    except OSError as error:
        raise DataFolderUnavailable(
            f"The data folder {file.parent} cannot be used: {error.strerror}",
            advice="Choose a folder that this user may write to with --data-dir.",
        ) from error
    with held:
        try:
            _lock(held)
        except OSError as error:
            raise DataFolderBusy(
                f"The program already runs on the data folder {file.parent}{_by_whom(file)}",
                advice="Use the running one, close it first, or choose another folder with "
                "--data-dir.",
            ) from error
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield


def _by_whom(file: Path) -> str:
    try:
        process = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return f" (process {process})" if process.isdigit() else ""


if sys.platform == "win32":
    import msvcrt

    def _lock(held: IO[str]) -> None:
        held.seek(_LOCKED_AT)
        msvcrt.locking(held.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(held: IO[str]) -> None:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
