"""``--store-credential``: puts a login or a client certificate into the system's key store.

Secrets come from standard input, never from the command line, which other users can read.
"""

import getpass
import sys
from collections.abc import Callable
from typing import TextIO

from app.core.errors import OperatorError
from app.services.analytics_logins import put_certificate
from app.services.credentials import Credential, Credentials, KeyringCredentials

EXIT_NOT_STORED = 2
_PEM = "-----BEGIN"
_LARGEST = 64 * 1024


def store_credential(
    name: str,
    source: TextIO | None = None,
    credentials: Credentials | None = None,
    ask_password: Callable[[str], str] = getpass.getpass,
) -> tuple[int, str]:
    """Read what to store and store it; the exit status and the sentence to print. Blocking.

    From a terminal user and password are asked for. Otherwise the text is the user, a line's end
    and the password; or the PEM texts of a client certificate and its key.
    """
    text = source or sys.stdin
    keys = credentials or KeyringCredentials()
    try:
        if text.isatty():
            print("User: ", end="", flush=True)  # noqa: T201 - a question at a terminal
            login = Credential(text.readline().strip(), ask_password("Password: "))
            return _store_login(keys, name, login)
        given = text.read(_LARGEST)
        if given.lstrip().startswith(_PEM):
            return _store_certificate(keys, name, given.strip() + "\n")
        user, _, password = given.partition("\n")
        return _store_login(keys, name, Credential(user.strip(), password.rstrip("\r\n")))
    except OperatorError as error:
        return EXIT_NOT_STORED, f"Nothing was stored. {error}. {error.advice}".strip()


def _store_login(keys: Credentials, name: str, login: Credential) -> tuple[int, str]:
    if not login.user or not login.password:
        return EXIT_NOT_STORED, "Nothing was stored: a user and a password are needed."
    keys.put(name, login)
    return 0, f"The key store now holds a login under '{name}'."


def _store_certificate(keys: Credentials, name: str, pem: str) -> tuple[int, str]:
    if "PRIVATE KEY-----" not in pem or "-----BEGIN CERTIFICATE-----" not in pem:
        return EXIT_NOT_STORED, "Nothing was stored: the certificate or its key is missing."
    put_certificate(keys, name, pem)
    return 0, f"The key store now holds a client certificate under '{name}'."
