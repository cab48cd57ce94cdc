"""A file with a state that a run leaves to the next one, and the notices about it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import msgspec

from app.core.dispatch import Dispatcher
from app.services.notices import Notice, NoticeBoard, Severity
from app.settings.files import remove_unfinished, set_aside
from app.settings.settled_file import RETRY_S, SETTLE_S, SettledFile, refusal_words


class Versioned(Protocol):
    """What stands in the file says by which version of its form it was written."""

    @property
    def version(self) -> int: ...


State = TypeVar("State", bound=Versioned)


@dataclass(frozen=True, slots=True)
class StateWords:
    """What is said when the file cannot be read or written.

    ``damaged`` and ``refused`` are beginnings of a sentence, which goes on with why.
    """

    damaged_key: str
    damaged: str
    damaged_advice: str
    refused_key: str
    refused: str
    refused_advice: str


class StateFile(Generic[State]):
    """Owner thread; a thread of its own writes, at the latest a second after ``write``.

    While the disk refuses, a notice says so, the last good state stays and the newest one is
    tried again.
    """

    def __init__(
        self,
        file: Path,
        name: str,
        form: type[State],
        version: int,
        dispatcher: Dispatcher,
        notices: NoticeBoard,
        *,
        words: StateWords,
        settle_s: float = SETTLE_S,
        retry_s: float = RETRY_S,
    ) -> None:
        """``name`` is the thread's; a file of another ``version`` is not read."""
        self._file = file
        self._form = form
        self._version = version
        self._notices = notices
        self._words = words
        self._kept = SettledFile(
            file,
            name,
            dispatcher,
            refused=self._tell_refused,
            written=lambda: notices.clear(words.refused_key),
            settle_s=settle_s,
            retry_s=retry_s,
        )

    def load(self) -> State | None:
        """The state of the last run, ``None`` without one. Blocking: at the start only.

        A damaged file is kept aside and a notice says so.
        """
        remove_unfinished(self._file)
        try:
            content = self._file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            self._tell_damaged(f"cannot be read: {error.strerror}")
            return None
        try:
            state = msgspec.json.decode(content, type=self._form)
        except (msgspec.DecodeError, UnicodeDecodeError):
            self._put_aside("was damaged")
            return None
        if state.version != self._version:
            self._put_aside("was written by another version of this program")
            return None
        self._kept.is_there(content)
        return state

    def write(self, content: bytes) -> None:
        """Write the newest state soon; returns at once."""
        self._kept.write(content)

    def close(self) -> None:
        """Write what is not written yet, once, and end the thread."""
        self._kept.close()

    # --- notices -----------------------------------------------------------------------------

    def _put_aside(self, what: str) -> None:
        try:
            kept = set_aside(self._file)
        except OSError as error:
            self._tell_damaged(f"{what} and cannot be renamed: {error.strerror}")
            return
        self._tell_damaged(f"{what}; it was kept as {kept.name}")

    def _tell_damaged(self, what: str) -> None:
        words = self._words
        text = f"{words.damaged} {what}"
        self._notices.post(Notice(words.damaged_key, Severity.WARNING, text, words.damaged_advice))

    def _tell_refused(self, error: OSError) -> None:
        words = self._words
        text = f"{words.refused}: {refusal_words(error)}"
        self._notices.post(Notice(words.refused_key, Severity.WARNING, text, words.refused_advice))
