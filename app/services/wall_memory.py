"""What was on each screen, so that it is back after a restart, a crash or a kill."""

import errno
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from app.core.dispatch import Dispatcher
from app.services.notices import Notice, NoticeBoard, Severity
from app.services.overlay_memory import OverlayState
from app.settings.files import remove_unfinished, set_aside, write_atomically

VERSION = 1
SETTLE_S = 0.4
"""How long changes are collected before they are written: a page turned five times is one write."""
RETRY_S = 5.0
NOT_SAVED = "wall-state-not-saved"
DAMAGED = "wall-state-damaged"

Cell = Annotated[int, Meta(ge=0, le=10_000)]


class ScreenState(msgspec.Struct, frozen=True, kw_only=True):
    """One screen. ``overrides`` are the cameras that do not come from the page, by cell."""

    layout: Annotated[str, Meta(min_length=1, max_length=32)] = "16"
    district: Annotated[str, Meta(max_length=64)] | None = None
    page: Annotated[int, Meta(ge=0, le=100_000)] = 0
    overrides: Mapping[Cell, str] = msgspec.field(default_factory=dict)
    selected: Cell = 0
    enlarged: Cell | None = None


class WallState(msgspec.Struct, frozen=True, kw_only=True):
    """All screens, in their order, and what is drawn over their pictures."""

    version: int = VERSION
    screens: tuple[ScreenState, ...] = ()
    overlay: OverlayState = OverlayState()


class WallMemory:
    """Keeps the newest state in a file. Owner thread; a thread of its own does the writing.

    A state is on the disk at the latest a second after ``remember``. While the disk refuses, a
    notice says so, the last good state stays and the newest one is tried again.
    """

    def __init__(
        self,
        file: Path,
        dispatcher: Dispatcher,
        notices: NoticeBoard,
        *,
        settle_s: float = SETTLE_S,
        retry_s: float = RETRY_S,
    ) -> None:
        self._file = file
        self._dispatcher = dispatcher
        self._notices = notices
        self._settle_s = settle_s
        self._retry_s = retry_s
        self._changed = threading.Condition()
        self._wanted: bytes | None = None
        self._written: bytes | None = None
        self._is_closing = False
        self._writer: threading.Thread | None = None

    def load(self) -> WallState:
        """The state of the last run, empty the first time. Blocking: at the start only.

        A damaged file is kept aside and a notice says so.
        """
        remove_unfinished(self._file)
        try:
            content = self._file.read_bytes()
        except FileNotFoundError:
            return WallState()
        except OSError as error:
            self._tell_damaged(f"cannot be read: {error.strerror}")
            return WallState()
        try:
            state = msgspec.json.decode(content, type=WallState)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._put_aside("was damaged")
            return WallState()
        if state.version != VERSION:
            self._put_aside("was written by another version of this program")
            return WallState()
        self._written = content
        return state

    def remember(self, state: WallState) -> None:
        """Write ``state`` soon; returns at once. The newest one wins."""
        content = msgspec.json.format(msgspec.json.encode(state), indent=1)
        with self._changed:
            if self._is_closing or content == (self._wanted or self._written):
                return
            self._wanted = content
            self._changed.notify_all()
        if self._writer is None:
            self._writer = threading.Thread(target=self._write_on, name="wall-memory")
            self._writer.start()

    def close(self) -> None:
        """Write what is not written yet, once, and end the thread."""
        with self._changed:
            self._is_closing = True
            self._changed.notify_all()
        if self._writer is not None:
            self._writer.join()

    # --- on the writing thread ---------------------------------------------------------------

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
            notice = _not_saved(error)
            self._dispatcher.post(lambda: self._notices.post(notice))
            return False
        with self._changed:
            self._written = content
            if self._wanted == content:
                self._wanted = None
        self._dispatcher.post(lambda: self._notices.clear(NOT_SAVED))
        return True

    # --- notices -----------------------------------------------------------------------------

    def _put_aside(self, what: str) -> None:
        try:
            kept = set_aside(self._file)
        except OSError as error:
            self._tell_damaged(f"{what} and cannot be renamed: {error.strerror}")
            return
        self._tell_damaged(f"{what}; it was kept as {kept.name}")

    def _tell_damaged(self, what: str) -> None:
        self._notices.post(
            Notice(
                DAMAGED,
                Severity.WARNING,
                f"The file that remembers what was on the screens {what}",
                "The screens start with their first pages.",
            )
        )


def _not_saved(error: OSError) -> Notice:
    is_full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    reason = "the disk is full" if is_full else (error.strerror or type(error).__name__)
    return Notice(
        NOT_SAVED,
        Severity.WARNING,
        f"What is on the screens cannot be saved: {reason}",
        "Free space on the disk of the data folder; saving is tried again by itself.",
    )
