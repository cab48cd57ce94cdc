"""Only key stores that keep secrets, never for longer than the limit, and always in words."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.core.errors import CredentialStoreUnavailable
from app.core.redaction import redact
from app.services import credentials
from app.services.credentials import (
    Credential,
    KeyringCredentials,
    LoginTooLong,
    MemoryCredentials,
    StoreState,
    find_backend,
)

LOGIN = Credential("admin", "Zq7-canary-login")


class FakeBackend:
    """A key store in memory that can fail or wait."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], str] = {}
        self.error: Exception | None = None
        self.gate = threading.Event()
        self.gate.set()

    def get_password(self, service: str, username: str) -> str | None:
        self._maybe()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._maybe()
        self.entries[service, username] = password

    def _maybe(self) -> None:
        self.gate.wait(30)
        if self.error is not None:
            raise self.error


def store_on(backend: FakeBackend | None, limit_s: float = 5.0) -> KeyringCredentials:
    return KeyringCredentials(lambda: backend, limit_s=limit_s)


@pytest.mark.parametrize("make", [MemoryCredentials, lambda: store_on(FakeBackend())])
def test_a_login_comes_back(make: Callable[[], MemoryCredentials | KeyringCredentials]) -> None:
    store = make()
    assert store.get("site-41") is None
    store.put("site-41", LOGIN)
    user, password = store.get("site-41") or ("", "")
    assert (user, password) == LOGIN
    assert store.get("site-42") is None
    assert store.state is StoreState.USABLE


def test_a_login_does_not_show_itself() -> None:
    assert "canary" not in f"{LOGIN!r} {LOGIN} {[LOGIN]}"


def test_every_login_that_was_seen_is_kept_out_of_the_log() -> None:
    backend = FakeBackend()
    store_on(backend).put("a", Credential("admin", "Pq9-put-secret"))
    backend.entries["nigehban/b", "login"] = '["admin","Pq9-got-secret"]'
    store_on(backend).get("b")
    assert redact("Pq9-put-secret Pq9-got-secret") == "*** ***"


def test_an_entry_that_is_not_ours_counts_as_none() -> None:
    backend = FakeBackend()
    backend.entries["nigehban/a", "login"] = "something else"
    assert store_on(backend).get("a") is None


def test_a_login_that_windows_could_not_keep_is_refused_everywhere() -> None:
    with pytest.raises(LoginTooLong, match="site-41 is too long") as caught:
        store_on(FakeBackend()).put("site-41", Credential("admin", "Vv3-" * 400))
    assert "Vv3-" not in str(caught.value)


def test_without_a_key_store_it_says_so() -> None:
    store = store_on(None)
    assert store.probe() is StoreState.MISSING
    with pytest.raises(CredentialStoreUnavailable, match="no key store") as caught:
        store.get("a")
    assert "GNOME Keyring" in caught.value.advice


class KeyringLocked(Exception):
    """Named as in `keyring.errors`."""


def test_a_dismissed_prompt_means_locked_until_it_is_unlocked() -> None:
    backend = FakeBackend()
    store = store_on(backend)
    backend.error = KeyringLocked("secret detail")
    with pytest.raises(CredentialStoreUnavailable, match="locked"):
        store.get("a")
    assert store.state is StoreState.LOCKED
    backend.error = None
    assert store.get("a") is None
    assert store.probe() is StoreState.USABLE


@pytest.mark.logs_errors
def test_a_store_that_fails_is_reported_without_its_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    backend = FakeBackend()
    backend.error = RuntimeError(f"could not store {LOGIN.password}")
    store = store_on(backend)
    with pytest.raises(CredentialStoreUnavailable, match="does not answer") as caught:
        store.put("a", LOGIN)
    assert LOGIN.password not in f"{caught.value} {caplog.text}"


def test_a_store_that_never_answers_costs_the_limit_once() -> None:
    backend = FakeBackend()
    backend.gate.clear()
    store = store_on(backend, limit_s=0.1)
    with pytest.raises(CredentialStoreUnavailable, match="does not answer"):
        store.get("a")
    started = time.monotonic()
    for _ in range(20):
        with pytest.raises(CredentialStoreUnavailable):
            store.get("a")
    assert time.monotonic() - started < 0.1
    assert store.state is StoreState.NOT_ANSWERING
    backend.gate.set()
    _wait_until(lambda: not _key_store_threads())
    assert store.get("a") is None
    assert store.probe() is StoreState.USABLE


def _key_store_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "key-store"]


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    pause = threading.Event()
    while not is_so():
        assert time.monotonic() < deadline
        pause.wait(0.01)


class _Viable(FakeBackend):
    viable = True


class _OnWindows(_Viable):
    persist = "enterprise"


class _Unviable(_Viable):
    viable = False


class _Explodes(_Viable):
    def __init__(self) -> None:
        raise RuntimeError("no bus")


@pytest.fixture
def accept(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)

    def accept_only(*kinds: type) -> None:
        paths = tuple(f"{__name__}.{kind.__name__}" for kind in kinds)
        monkeypatch.setattr(credentials, "ACCEPTED", paths)

    return accept_only


def test_the_first_store_that_works_is_taken(accept: Callable[..., None]) -> None:
    accept(_Unviable, _Explodes, _Viable, _OnWindows)
    assert type(find_backend()).__name__ == "_Viable"


def test_no_store_is_none(accept: Callable[..., None]) -> None:
    accept(_Unviable, _Explodes)
    assert find_backend() is None


def test_logins_do_not_roam_with_a_windows_profile(accept: Callable[..., None]) -> None:
    accept(_OnWindows)
    assert getattr(find_backend(), "persist", None) == "local machine"


@pytest.mark.parametrize(
    "name",
    [
        "keyring.backends.null.Keyring",
        "keyring.backends.fail.Keyring",
        "keyrings.alt.file.PlaintextKeyring",
    ],
)
def test_the_environment_cannot_bring_in_a_store_that_keeps_no_secrets(
    name: str, accept: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(_Viable)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    assert find_backend() is None


def test_the_environment_may_choose_among_the_accepted(
    accept: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    accept(_Viable, _OnWindows)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", f"{__name__}._OnWindows")
    assert type(find_backend()).__name__ == "_OnWindows"


def test_no_plain_text_store_is_accepted() -> None:
    assert not [path for path in credentials.ACCEPTED if "alt" in path or "null" in path]


def test_a_kiosk_reads_logins_from_its_service_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    (tmp_path / "camera-BNU-41-3").write_text("admin:Kk2:kiosk-secret\n", encoding="utf-8")
    store = store_on(None)
    assert store.get("camera:BNU-41-3") == ("admin", "Kk2:kiosk-secret")
    assert redact("Kk2:kiosk-secret") == "***"


@pytest.mark.parametrize("name", ["../outside", "nowhere", ""])
def test_a_name_never_leads_out_of_the_service_folder(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "outside").write_text("admin:found", encoding="utf-8")
    (tmp_path / "inside").mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "inside"))
    assert store_on(FakeBackend()).get(name) is None
