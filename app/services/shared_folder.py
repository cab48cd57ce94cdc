"""The folder that the workstations of a centre share, with a copy of what each of them keeps."""

import os
import tempfile
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from pathlib import Path

from app.settings.settled_file import refusal_words

CLIPS, SNAPSHOTS = "clips", "snapshots"
_READ_S = 2.0
_BLOCK = 1 << 20


class SharedFolder:
    """A network share may be away, or hang for ever: all but ``read`` and ``is_answering`` is for
    threads that may hang with it.

    The two folders in it are made by whoever sets the share up. So a mount that is missing is
    told from one that is empty, and nothing is written where no other workstation looks.
    """

    def __init__(self, root: Path, reading: Executor) -> None:
        """``reading`` has a thread of its own, which may hang."""
        self.root = root
        self.clips = root / CLIPS
        self.snapshots = root / SNAPSHOTS
        self.is_answering = False
        """As far as is known; any thread."""
        self._reading = reading

    def problem(self) -> str:
        """Why nothing can be handed over, as a part of a sentence; empty when it can. What others
        have handed over can be read also where this workstation may not write."""
        found = self._absence()
        self.is_answering = not found
        return found or self._refusal()

    def _absence(self) -> str:
        if not self.root.is_absolute():
            return "its whole path is needed, from the root on"
        try:
            if not self.root.is_dir():
                return "it is not there; is the share connected?"
            for folder in (self.clips, self.snapshots):
                if not folder.is_dir():
                    return f"there is no folder “{folder.name}” in it; is the share connected?"
        except OSError as error:
            return refusal_words(error)
        return ""

    def _refusal(self) -> str:
        try:
            for folder in (self.clips, self.snapshots):
                with tempfile.TemporaryFile(dir=folder) as probe:
                    probe.write(b"?")
        except OSError as error:
            return refusal_words(error)
        return ""

    def read(self, snapshot: str) -> bytes | None:
        """A file of the folder for snapshots; ``None`` where it is not there, or not within two
        seconds. Blocking; any thread."""
        if not self.is_answering:
            return None
        file = self.snapshots / Path(snapshot).name
        try:
            return self._reading.submit(file.read_bytes).result(_READ_S)
        except TimeoutError:
            self.is_answering = False
        except (OSError, RuntimeError):  # not there, or the program is ending
            return None
        return None


def copy_whole(source: Path, target: Path, moved: Callable[[], None]) -> None:
    """Copy a file so that it is there whole, with its time, or not at all; ``moved`` is called
    as it goes on. Raises ``OSError``."""
    facts = source.stat()
    part = target.with_name(f".{target.name}.part")
    try:
        with source.open("rb") as whole, part.open("wb") as copy:
            while block := whole.read(_BLOCK):
                copy.write(block)
                moved()
            copy.flush()
            os.fsync(copy.fileno())
        os.utime(part, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        part.replace(target)
    except BaseException:
        with suppress(OSError):
            part.unlink()
        raise
