"""Camera logins: in the key store of the operating system and nowhere else.

Only key stores that keep secrets encrypted are accepted, by name: `keyring` would otherwise take
whatever is installed, a plain text file or a store that forgets everything included. Each call
has a time limit, because a locked Secret Service may wait for ever for a prompt that nobody sees.
"""

import importlib
import logging
import os
import threading
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec

from app.core.errors import CredentialStoreUnavailable
from app.core.redaction import SECRETS

T = TypeVar("T")
_log = logging.getLogger(__name__)

LIMIT_S = 5.0
ACCEPTED = (
    "keyring.backends.Windows.WinVaultKeyring",
    "keyring.backends.macOS.Keyring",
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.libsecret.Keyring",
)
_SERVICE = "nigehban"
_ENTRY = "login"
_LARGEST_BYTES = 2560
"""The Windows Credential Manager's limit; the same everywhere, so that sites can move."""


class StoreState(Enum):
    """Whether logins can be had; the value is the sentence for the operator."""

    USABLE = "The key store is usable"
    MISSING = "This workstation has no key store that keeps passwords safely"
    LOCKED = "The key store is locked"
    NOT_ANSWERING = "The key store does not answer"


_ADVICE = {
    StoreState.USABLE: "",
    StoreState.MISSING: "On Linux, install and start GNOME Keyring or KWallet in this session.",
    StoreState.LOCKED: "Unlock the key ring of this session; the cameras follow by themselves.",
    StoreState.NOT_ANSWERING: "Unlock or restart the key ring of this session.",
}


class LoginTooLong(CredentialStoreUnavailable):
    """The key store would refuse this one login; others are not concerned."""


class Credential(NamedTuple):
    """A user and a password; its text form hides both."""

    user: str
    password: str

    def __repr__(self) -> str:
        return "Credential(***)"


class Credentials(Protocol):
    """Where logins are kept. Blocking (up to the time limit): not on the GUI thread."""

    @property
    def state(self) -> StoreState:
        """The state as the last call found it."""

    def get(self, name: str) -> Credential | None:
        """The login under ``name``; raises ``CredentialStoreUnavailable``."""

    def put(self, name: str, login: Credential) -> None:
        """Keep ``login`` under ``name``; raises ``CredentialStoreUnavailable``."""


class MemoryCredentials:
    """Logins that end with the process: the demo city and tests."""

    state = StoreState.USABLE

    def __init__(self) -> None:
        self._logins: dict[str, Credential] = {}

    def get(self, name: str) -> Credential | None:
        return self._logins.get(name)

    def put(self, name: str, login: Credential) -> None:
        SECRETS.add(login.password, login.user)
        self._logins[name] = login


class Backend(Protocol):
    """What we use of a `keyring` back-end."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...


class KeyringCredentials:
    """The key store of the operating system, behind time limits. Any thread, one call at a time.

    A kiosk without a session may hand logins over as files in ``$CREDENTIALS_DIRECTORY`` (systemd
    ``LoadCredentialEncrypted``), named like the credential with ``-`` for ``:``, holding
    ``user:password``. They are looked at first and never written.
    """

    def __init__(
        self, find: Callable[[], Backend | None] | None = None, *, limit_s: float = LIMIT_S
    ) -> None:
        self._find = find or find_backend
        self._limit_s = limit_s
        self._backend: Backend | None = None
        self._state = StoreState.MISSING
        self._hanging: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def state(self) -> StoreState:
        return self._state

    def probe(self) -> StoreState:
        """Ask the store for an entry that does not exist; tells whether it would answer."""
        try:
            self._call(lambda backend: backend.get_password(f"{_SERVICE}/probe", _ENTRY))
        except CredentialStoreUnavailable as unavailable:
            _log.debug("Probe of the key store: %s", unavailable)
        return self._state

    def get(self, name: str) -> Credential | None:
        login = _from_folder(name)
        if login is None:
            text = self._call(lambda backend: backend.get_password(_service(name), _ENTRY))
            login = None if text is None else _decoded(text)
        if login is not None:
            SECRETS.add(login.password, login.user)
        return login

    def put(self, name: str, login: Credential) -> None:
        SECRETS.add(login.password, login.user)
        text = msgspec.json.encode(login).decode()
        if len(text.encode("utf-16-le")) > _LARGEST_BYTES:
            raise LoginTooLong(
                f"The login {name} is too long for a key store", advice="Shorten the password."
            )
        self._call(lambda backend: backend.set_password(_service(name), _ENTRY, text))

    def _call(self, work: Callable[[Backend], T]) -> T:
        with self._lock:
            if self._hanging is not None and self._hanging.is_alive():
                raise self._unavailable()
            self._hanging = None
            answer: list[T] = []
            failure: list[BaseException] = []
            # A daemon: a store that never answers must not keep the program from ending.
            thread = threading.Thread(
                target=self._attempt,
                args=(work, answer, failure),
                name="key-store",
                daemon=True,
            )
            thread.start()
            thread.join(self._limit_s)
            if thread.is_alive():
                self._hanging = thread
                locked = is_locked(self._backend, self._limit_s)
                self._state = StoreState.LOCKED if locked else StoreState.NOT_ANSWERING
                raise self._unavailable()
            if failure:
                self._state = _state_after(failure[0])
                raise self._unavailable() from None
            self._state = StoreState.USABLE
            return answer[0]

    def _attempt(
        self, work: Callable[[Backend], T], answer: list[T], failure: list[BaseException]
    ) -> None:
        try:
            if self._backend is None:
                self._backend = self._find()
            if self._backend is None:
                raise _NoBackend
            answer.append(work(self._backend))
        except Exception as error:  # noqa: BLE001 - a door: back-ends raise what their bus raises
            failure.append(error)

    def _unavailable(self) -> CredentialStoreUnavailable:
        return CredentialStoreUnavailable(self._state.value, advice=_ADVICE[self._state])


class _NoBackend(Exception):
    """No accepted key store is there."""


def find_backend() -> Backend | None:
    """The first accepted key store that works here.

    `keyring`'s own choice is not asked. Its variable may pick one of the accepted ones or, with
    any other value, none at all; it can never bring in a store that keeps secrets in the open.
    """
    wanted = os.environ.get("PYTHON_KEYRING_BACKEND")
    for path in ACCEPTED:
        if wanted and wanted != path:
            continue
        module, _, name = path.rpartition(".")
        try:
            kind: Any = getattr(importlib.import_module(module), name)
            if not kind.viable:
                continue
            backend: Backend = kind()
        except Exception as error:  # noqa: BLE001 - a back-end of another system fails anyhow
            _log.debug("The key store %s cannot be used: %s", path, type(error).__name__)
            continue
        if hasattr(backend, "persist"):
            # Windows: on this machine only, instead of roaming with the domain profile.
            backend.persist = "local machine"
        return backend
    return None


def is_locked(backend: Backend | None, limit_s: float = LIMIT_S) -> bool:
    """Whether a Secret Service that gave no answer is waiting to be unlocked."""
    if type(backend).__module__ != "keyring.backends.SecretService":
        return False
    found: list[bool] = []
    thread = threading.Thread(target=_look_at_lock, args=(found,), name="key-lock", daemon=True)
    thread.start()
    thread.join(limit_s)
    return found == [True]


def _look_at_lock(found: list[bool]) -> None:
    import secretstorage

    try:
        connection = secretstorage.dbus_init()
        try:
            found.append(secretstorage.get_default_collection(connection).is_locked())
        finally:
            connection.close()
    except Exception as error:  # noqa: BLE001 - only a better word for a failure is lost
        _log.debug("The lock of the key ring cannot be seen: %s", type(error).__name__)


def _state_after(error: BaseException) -> StoreState:
    name = type(error).__name__
    if isinstance(error, _NoBackend):
        return StoreState.MISSING
    if name in ("KeyringLocked", "LockedException", "PromptDismissedException"):
        return StoreState.LOCKED
    _log.warning("The key store failed: %s", name)
    return StoreState.NOT_ANSWERING


def _service(name: str) -> str:
    return f"{_SERVICE}/{name}"


def _decoded(text: str) -> Credential | None:
    try:
        return msgspec.json.decode(text, type=Credential)
    except msgspec.DecodeError:
        return None


def _from_folder(name: str) -> Credential | None:
    folder, file = os.environ.get("CREDENTIALS_DIRECTORY"), name.replace(":", "-")
    if not folder or Path(file).name != file:
        return None
    try:
        user, _, password = Path(folder, file).read_text(encoding="utf-8").strip().partition(":")
    except (OSError, UnicodeDecodeError):
        return None
    return Credential(user, password)
