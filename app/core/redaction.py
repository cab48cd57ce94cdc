"""Keeps passwords out of everything that is written down.

Two nets: a pattern for ``scheme://user:password@`` and the exact values of every secret this
process has handled, in each form in which libraries echo them (FFmpeg and libVLC both print the
URL with the password; libVLC also without a scheme and in lower case).
"""

import base64
import logging
import re
import threading
from urllib.parse import quote, quote_plus, urlsplit, urlunsplit

_MASK = "***"
_USERINFO = re.compile(r"(?i)(\b[a-z][a-z0-9+.-]*://)([^\s/?#'\"]*:[^\s'\"]*?)@(?=[^@\s'\"]*)")
_BREAKS = str.maketrans({"\r": "\\r", "\n": "\\n", "\x00": "\\0"})


def split_credentials(url: str) -> tuple[str, str | None, str | None]:
    """Split ``url`` into the URL without user information, the user and the password."""
    parts = urlsplit(url)
    userinfo, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, None, None
    user, colon, password = userinfo.partition(":")
    bare = urlunsplit((parts.scheme, host, parts.path, parts.query, parts.fragment))
    return bare, user or None, password if colon else None


def with_credentials(url: str, user: str, password: str) -> str:
    """The URL with percent-encoded user information; only for the moment of opening it."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    userinfo = f"{quote(user, safe='')}:{quote(password, safe='')}"
    return urlunsplit((parts.scheme, f"{userinfo}@{host}", parts.path, parts.query, parts.fragment))


class SecretRegister:
    """Every secret this process has seen; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._forms: tuple[str, ...] = ()

    def add(self, secret: str, user: str = "") -> None:
        """Remember ``secret``; anything shorter than three characters is left to the pattern."""
        if len(secret) < 3:
            return
        pair = f"{user}:{secret}".encode()
        forms = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), secret.lower()}
        forms.add(base64.b64encode(pair).decode())
        with self._lock:
            self._forms = tuple(sorted({*self._forms, *forms}, key=len, reverse=True))

    def redact(self, text: str) -> str:
        """``text`` with every known secret and every password in a URL masked."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, _MASK)
        return _USERINFO.sub(rf"\1{_MASK}@", text)


SECRETS = SecretRegister()


def redact(text: str) -> str:
    """Mask secrets in ``text``; what every log line, report and message passes through."""
    return SECRETS.redact(text)


class RedactingFormatter(logging.Formatter):
    """Masks secrets in the whole line, tracebacks included, and keeps it on one record."""

    def format(self, record: logging.LogRecord) -> str:
        record.message = record.getMessage().translate(_BREAKS)
        text = super().format(record)
        return redact(text)
