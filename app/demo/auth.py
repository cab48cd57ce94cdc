"""Who may open a camera: Basic and Digest authentication (RFC 2617, as RTSP cameras use it)."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

REALM = "Nigehban demo city"
_FIELD = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))')


class Scheme(Enum):
    """How a camera asks for its password."""

    BASIC = "basic"
    DIGEST = "digest"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Account:
    """The one account of a camera."""

    user: str
    password: str = field(repr=False)
    scheme: Scheme = Scheme.DIGEST


class Challenge:
    """The challenges of one connection; its nonce lives as long as the connection."""

    def __init__(self, nonce: str | None = None) -> None:
        """Take a nonce, or make one."""
        self._nonce = nonce or secrets.token_hex(16)

    def headers(self, scheme: Scheme) -> dict[str, str]:
        """Return the header of a 401 response."""
        basic = f'Basic realm="{REALM}"'
        digest = f'Digest realm="{REALM}", nonce="{self._nonce}"'
        offers = {
            Scheme.BASIC: basic,
            Scheme.DIGEST: digest,
            Scheme.BOTH: f"{digest}\r\nWWW-Authenticate: {basic}",
        }
        return {"WWW-Authenticate": offers[scheme]}

    def accepts(self, account: Account, method: str, authorization: str) -> bool:
        """Tell whether the Authorization header proves the account for a request."""
        kind, _, rest = authorization.partition(" ")
        if kind.lower() == "basic" and account.scheme is not Scheme.DIGEST:
            return _is_equal(_decode_basic(rest), f"{account.user}:{account.password}")
        if kind.lower() == "digest" and account.scheme is not Scheme.BASIC:
            return self._accepts_digest(account, method, parse_fields(rest))
        return False

    def _accepts_digest(self, account: Account, method: str, given: Mapping[str, str]) -> bool:
        if given.get("nonce") != self._nonce or given.get("username") != account.user:
            return False
        expected = digest_response(account, method, given)
        return _is_equal(given.get("response", ""), expected)


def digest_response(account: Account, method: str, fields: Mapping[str, str]) -> str:
    """Return the response that RFC 2617 3.2.2 defines, with qop ``auth`` or without."""
    realm, nonce = fields.get("realm", REALM), fields.get("nonce", "")
    first = _md5(f"{account.user}:{realm}:{account.password}")
    second = _md5(f"{method}:{fields.get('uri', '')}")
    if fields.get("qop") == "auth":
        counted = f"{nonce}:{fields.get('nc', '')}:{fields.get('cnonce', '')}:auth"
        return _md5(f"{first}:{counted}:{second}")
    return _md5(f"{first}:{nonce}:{second}")


def parse_fields(text: str) -> dict[str, str]:
    """Return the ``name="value"`` pairs of an authentication header."""
    return {name.lower(): quoted or bare for name, quoted, bare in _FIELD.findall(text)}


def _decode_basic(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _is_equal(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
