"""Small files that are either written whole or not at all."""

import contextlib
import os
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path


def write_atomically(file: Path, content: bytes) -> None:
    """Replace ``file`` so that a crash or a full disk leaves the old content. Blocking.

    Raises ``OSError``; nothing half written is left then.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{file.name}-", suffix=".part", dir=file.parent)
    try:
        with open(descriptor, "wb") as unfinished:  # noqa: PTH123 - a descriptor, not a path
            unfinished.write(content)
            unfinished.flush()
            os.fsync(unfinished.fileno())
        Path(name).replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
    sync_folder(file.parent)


def remove_unfinished(file: Path) -> None:
    """Delete what a killed program left of writing ``file``."""
    for left in file.parent.glob(f".{file.name}-*.part"):
        with contextlib.suppress(OSError):
            left.unlink()


def set_aside(file: Path) -> Path:
    """Rename a damaged ``file`` to ``<name>.damaged-<time>``, so that nothing in it is lost."""
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    kept = file.with_name(f"{file.name}.damaged-{stamp}")
    number = 1
    while kept.exists():
        number += 1
        kept = file.with_name(f"{file.name}.damaged-{stamp}-{number}")
    file.replace(kept)
    return kept


def sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut; Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
