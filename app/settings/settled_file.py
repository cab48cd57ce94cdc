"""A file that follows a state which changes often: the newest wins, on a thread of its own."""

import errno
import threading
from collections.abc import Callable
from pathlib import Path

from app.core.dispatch import Dispatcher
from app.settings.files import write_atomically

SETTLE_S = 0.4
"""How long changes are collected before they are written: five in a row are one write."""
RETRY_S = 5.0


class SettledFile:
    """Owner thread; the file is on the disk at the latest a second after ``write``.

    While the disk refuses, the last good content stays and the newest one is tried again;
    ``refused`` and ``written`` hear of each attempt, on the owner thread.
    """

    def __init__(
        self,
        file: Path,
        name: str,
        dispatcher: Dispatcher,
        *,
        refused: Callable[[OSError], None],
        written: Callable[[], None],
        settle_s: float = SETTLE_S,
        retry_s: float = RETRY_S,
    ) -> None:
        self._file = file
        self._name = name
        self._dispatcher = dispatcher
        self._refused = refused
        self._told_written = written
        self._settle_s = settle_s
        self._retry_s = retry_s
        self._changed = threading.Condition()
        self._wanted: bytes | None = None
        self._written: bytes | None = None
        self._is_closing = False
        self._writer: threading.Thread | None = None

    def is_there(self, content: bytes) -> None:
        """The file holds this already."""
        self._written = content

    def write(self, content: bytes) -> None:
        """Write ``content`` soon; returns at once."""
        with self._changed:
            if self._is_closing or content == (self._wanted or self._written):
                return
            self._wanted = content
            self._changed.notify_all()
        if self._writer is None:
            self._writer = threading.Thread(target=self._write_on, name=self._name)
            self._writer.start()

    def close(self) -> None:
        """Write what is not written yet, once, and end the thread."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        if self._writer is not None:
            self._writer.join()

    # --- on the writing thread -------------------------------------------------------------------

    def _write_on(self) -> None:
        while self._wait_for_work():
            with self._changed:
                self._changed.wait_for(lambda: self._is_closing, self._settle_s)
                content = self._wanted
            if content is not None and not self._write(content):
                with self._changed:
                    if self._is_closing:
                        return
                    self._changed.wait_for(lambda: self._is_closing, self._retry_s)

    def _wait_for_work(self) -> bool:
        """False when everything is written and the program ends."""
        with self._changed:
            self._changed.wait_for(lambda: self._wanted is not None or self._is_closing)
            return self._wanted is not None

    def _write(self, content: bytes) -> bool:
        try:
            write_atomically(self._file, content)
        except OSError as error:
            refused = error  # the name of an exception ends with its clause
            self._dispatcher.post(lambda: self._refused(refused))
            return False
        with self._changed:
            self._written = content
            if self._wanted == content:
                self._wanted = None
        self._dispatcher.post(self._told_written)
        return True


def refusal_words(error: OSError) -> str:
    """Why the disk refused, for a sentence."""
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return "the disk is full" if is_full else (error.strerror or type(error).__name__)
