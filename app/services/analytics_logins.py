"""Secrets for brokers and backends, from the key store.

A client certificate is an entry whose user is empty and whose password is the PEM text of the
certificate and its key. Key stores limit an entry's length, so a long text is spread over entries
``name#1``, ``name#2``, …
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from app.core.errors import CredentialStoreUnavailable
from app.core.redaction import SECRETS
from app.services.credentials import Credential, Credentials, StoreState

_PART_CHARACTERS = 1000
"""Leaves room for what JSON escapes, within 2560 bytes of UTF-16."""
_MOST_PARTS = 32


class ClientCertificate(NamedTuple):
    """PEM texts; its text form hides both."""

    certificate: str
    private_key: str

    def __repr__(self) -> str:
        return "ClientCertificate(***)"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the key store gave, by the name that was asked for, and a sentence where it did not."""

    logins: Mapping[str, Credential]
    certificates: Mapping[str, ClientCertificate]
    troubles: Mapping[str, str]


def put_certificate(credentials: Credentials, name: str, pem: str) -> None:
    """Keep certificate and key under ``name``. Blocking; raises ``CredentialStoreUnavailable``."""
    parts = [pem[at : at + _PART_CHARACTERS] for at in range(0, len(pem), _PART_CHARACTERS)]
    # The empty one ends the text where a longer one was kept before.
    for number, part in enumerate((*parts, ""), start=1):
        credentials.put(f"{name}#{number}", Credential("", part))


def resolve(
    credentials: Credentials, logins: Collection[str], certificates: Collection[str]
) -> Secrets:
    """Ask for all names. Blocking."""
    found: dict[str, Credential] = {}
    pems: dict[str, ClientCertificate] = {}
    troubles: dict[str, str] = {}
    unavailable = ""
    asked = [(name, False) for name in sorted(logins)]
    for name, is_certificate in (*asked, *((name, True) for name in sorted(certificates))):
        if unavailable:  # a store that does not answer would let each name wait
            troubles[name] = unavailable
            continue
        try:
            if is_certificate:
                pems[name] = _split(_certificate(credentials, name))
            else:
                found[name] = _login(credentials, name)
        except CredentialStoreUnavailable as error:
            troubles[name] = str(error)
            # Where there is none, other entries may still be files.
            unavailable = "" if credentials.state is StoreState.MISSING else str(error)
        except _Unusable as error:
            troubles[name] = str(error)
    return Secrets(found, pems, troubles)


class _Unusable(Exception):
    """The sentence says why."""


def _login(credentials: Credentials, name: str) -> Credential:
    login = credentials.get(name)
    if login is None:
        raise _Unusable(_missing(name))
    return login


def _missing(name: str) -> str:
    return f"The key store holds no entry '{name}'"


def _certificate(credentials: Credentials, name: str) -> str:
    whole = credentials.get(name)
    if whole is not None:
        return whole.password
    parts = []
    for number in range(1, _MOST_PARTS + 1):
        part = credentials.get(f"{name}#{number}")
        if part is None or not part.password:
            break
        parts.append(part.password)
    if not parts:
        raise _Unusable(_missing(name))
    return "".join(parts)


def _split(pem: str) -> ClientCertificate:
    """The blocks of the text, keys apart from certificates."""
    certificates: list[str] = []
    keys: list[str] = []
    block: list[str] = []
    for line in pem.splitlines():
        if line.startswith("-----BEGIN"):
            block = []
        block.append(line)
        if line.startswith("-----END"):
            (keys if "PRIVATE KEY" in line else certificates).append("\n".join(block) + "\n")
    if not certificates or not keys:
        raise _Unusable("The client certificate lacks its certificate or its key")
    SECRETS.add(keys[0])
    return ClientCertificate("".join(certificates), "".join(keys))
