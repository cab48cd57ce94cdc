"""Keeps passwords out of everything that is written down.

Two nets: patterns for the places where passwords stand (``scheme://user:password@``,
``password=…``, ``Authorization: Basic …``) and the exact values of every secret this process has
handled, in each form in which libraries echo them (FFmpeg and libVLC both print the URL with the
password; libVLC also without a scheme and in lower case).
"""

import base64
import copy
import json
import logging
import re
import threading
from urllib.parse import quote, quote_plus, unquote, urlsplit, urlunsplit

PASSWORD_MARK = "{password}"  # noqa: S105 - stands where a password was
"""Stands in a stored URL where a camera wants its password as a parameter."""

_MASK = "***"
_SHORTEST = 3
_USERINFO = re.compile(
    r"(?i)(\b[a-z][a-z0-9+.-]*://)(?:(?!://)[^\s'\"<>])*:(?:(?!://)[^\s'\"<>])*@"
)
_PARAMETER = re.compile(
    r"(?i)(?<![a-z])((?:password|passwd|passwort|pass|pwd|psw|loginpas)=)"
    r"([^\s&;?#/'\"<>]*?)(?=_channel=|_stream=|[\s&;?#/'\"<>]|$)"
)
_USER_PARAMETER = re.compile(r"(?i)(?<![a-z])(?:username|user|usr|loginuse)=([^&;?#/_]*)")
_AUTHORIZATION = re.compile(
    r"(?i)(\bauthorization['\"]?\s*[:=]\s*['\"]?(?:basic|bearer)\s+)[^\s'\"]+"
)
_BREAKS = str.maketrans({"\r": "\\r", "\n": "\\n", "\x00": "\\0"})


def split_credentials(url: str) -> tuple[str, str | None, str | None]:
    """Split ``url`` into the URL without the password, the user and the password, both decoded.

    A password given as a parameter (``?user=…&password=…``) leaves ``PASSWORD_MARK`` in its place.
    Raises ``ValueError``, without the URL in it, where the URL holds two different passwords.
    """
    parts = urlsplit(url)
    userinfo, _, host = parts.netloc.rpartition("@")
    name, colon, secret = userinfo.partition(":")
    user: str | None = unquote(name) or None
    password = unquote(secret) if colon else None
    if colon:
        url = urlunsplit((parts.scheme, host, parts.path, parts.query, parts.fragment))
    found = {unquote(match[2]) for match in _PARAMETER.finditer(url)} - {PASSWORD_MARK}
    if len(found | ({password} if password is not None else set())) > 1:
        raise ValueError("The URL holds two different passwords")
    if found:
        named = _USER_PARAMETER.search(url)
        user = user or (unquote(named[1]) if named else None)
        password = found.pop()
        url = _PARAMETER.sub(rf"\g<1>{PASSWORD_MARK}", url)
    return url, user, password


def with_credentials(url: str, user: str, password: str) -> str:
    """The URL with the login in it, percent-encoded; only for the moment of opening it."""
    if PASSWORD_MARK in url:
        return url.replace(PASSWORD_MARK, quote(password, safe=""))
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    userinfo = f"{quote(user, safe='')}:{quote(password, safe='')}"
    return urlunsplit((parts.scheme, f"{userinfo}@{host}", parts.path, parts.query, parts.fragment))


class SecretRegister:
    """Every secret this process has seen; safe from any thread.

    Forms are found by their first characters, so that a line costs the same with one secret and
    with ten thousand.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: set[tuple[str, str]] = set()
        self._by_head: dict[str, tuple[str, ...]] = {}

    def add(self, secret: str, user: str = "") -> None:
        """Remember ``secret``; anything shorter than three characters is left to the patterns."""
        if len(secret) < _SHORTEST or (secret, user) in self._known:
            return
        with self._lock:
            self._known.add((secret, user))
            for form in _forms(secret, user):
                head = form[:_SHORTEST]
                known = self._by_head.get(head, ())
                if form not in known:
                    longest_first = sorted((*known, form), key=len, reverse=True)
                    self._by_head[head] = tuple(longest_first)

    def redact(self, text: str) -> str:
        """``text`` with every known secret and every password in a URL masked."""
        text = self._without_known(text)
        text = _USERINFO.sub(rf"\g<1>{_MASK}@", text)
        text = _PARAMETER.sub(rf"\g<1>{_MASK}", text)
        return _AUTHORIZATION.sub(rf"\g<1>{_MASK}", text)

    def _without_known(self, text: str) -> str:
        by_head = self._by_head
        if not by_head:
            return text
        kept: list[str] = []
        done = at = 0
        while at <= len(text) - _SHORTEST:
            for form in by_head.get(text[at : at + _SHORTEST], ()):
                if text.startswith(form, at):
                    kept += text[done:at], _MASK
                    at += len(form)
                    done = at
                    break
            else:
                at += 1
        return "".join((*kept, text[done:]))


def _forms(secret: str, user: str) -> set[str]:
    """The ways in which libraries write ``secret``: quoted, escaped, in lower case, as Basic."""
    raw = secret.encode("utf-8", "surrogatepass")
    plain = {secret, quote(raw, safe=""), quote(raw), quote_plus(raw)}
    escaped = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    escaped |= {repr(secret)[1:-1], secret.translate(_BREAKS)}
    pair = base64.b64encode(user.encode("utf-8", "surrogatepass") + b":" + raw).decode()
    forms = plain | escaped | {form.lower() for form in plain} | {pair}
    return {form for form in forms if len(form) >= _SHORTEST}


SECRETS = SecretRegister()


def redact(text: str) -> str:
    """Mask secrets in ``text``; what every log line, report and message passes through."""
    return SECRETS.redact(text)


class RedactingFormatter(logging.Formatter):
    """Masks secrets in the whole line, tracebacks included, and keeps a message on one line."""

    def format(self, record: logging.LogRecord) -> str:
        # A copy: what this formatter keeps in the record must not reach another handler.
        line = copy.copy(record)
        line.msg = record.getMessage().translate(_BREAKS)
        line.args = None
        return redact(super().format(line))
