"""What the operator needs to know right now."""

import logging
from dataclasses import dataclass
from enum import Enum

from app.core.errors import OperatorError
from app.core.events import Event
from app.core.redaction import redact

_log = logging.getLogger(__name__)


class Severity(Enum):
    """How much a notice matters; the values are those of the log."""

    INFO = logging.INFO
    WARNING = logging.WARNING
    ERROR = logging.ERROR


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that is so now. A later notice with the same key takes its place."""

    key: str
    severity: Severity
    text: str
    advice: str = ""


class NoticeBoard:
    """The current notices, oldest first. Owner thread only.

    The log gets a line when a trouble begins and one when it ends, however often the part that
    fails reports it in between.
    """

    def __init__(self) -> None:
        self.changed: Event[tuple[Notice, ...]] = Event("notices.changed")
        self._current: dict[str, Notice] = {}

    @property
    def current(self) -> tuple[Notice, ...]:
        return tuple(self._current.values())

    def post(self, notice: Notice) -> None:
        before = self._current.get(notice.key)
        if before == notice:
            return
        self._current[notice.key] = notice
        if before is None:
            _log.log(notice.severity.value, "%s: %s", notice.key, notice.text)
        self.changed.emit(self.current)

    def clear(self, key: str) -> None:
        """What ``key`` stands for is over; says nothing when it never was."""
        if self._current.pop(key, None) is None:
            return
        _log.info("%s: over", key)
        self.changed.emit(self.current)

    def report(self, error: Exception, key: str = "internal-error") -> None:
        """Show a failure: the world's in its own words, ours as such and with its traceback."""
        if isinstance(error, OperatorError):
            self.post(Notice(key, Severity.WARNING, redact(str(error)), redact(error.advice)))
            return
        _log.error("An unexpected failure in %s", key, exc_info=error)
        self.post(
            Notice(
                key,
                Severity.ERROR,
                "An internal error was met; the wall carries on",
                "Send the log to whoever looks after the program.",
            )
        )
