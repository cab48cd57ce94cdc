"""From what the libraries raise to a reason that a person can act on."""

import errno

import av.error

from app.core.redaction import redact
from app.domain.stream import Reason


class StreamFailure(Exception):
    """A stream cannot go on. ``detail`` is one technical line, free of secrets."""

    def __init__(self, reason: Reason, detail: str) -> None:
        self.reason = reason
        self.detail = redact(detail)
        super().__init__(self.detail)


def diagnose(error: Exception, *, is_open: bool) -> tuple[Reason, str]:
    """The reason behind ``error``; ``is_open`` when packets had come before."""
    return Reason.CONNECTION_LOST if is_open else Reason.TIMED_OUT, redact(repr(error))
