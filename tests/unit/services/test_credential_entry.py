"""Putting logins and client certificates into the key store from the command line."""

import io

import pytest

from app.core.errors import CredentialStoreUnavailable
from app.services.analytics_logins import resolve
from app.services.credential_entry import EXIT_NOT_STORED, store_credential
from app.services.credentials import Credential, MemoryCredentials, StoreState

PEM = (
    "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    "-----BEGIN PRIVATE KEY-----\nBBBB\n-----END PRIVATE KEY-----\n"
)


HALF_A_PEM = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class LockedStore(MemoryCredentials):
    state = StoreState.LOCKED

    def put(self, name: str, login: Credential) -> None:
        raise CredentialStoreUnavailable(f"{self.state.value}", advice="Unlock it.")


def test_a_login_is_read_from_two_lines() -> None:
    keys = MemoryCredentials()
    status, said = store_credential("bannu", io.StringIO("wall\nWatches 41\n"), keys)
    assert status == 0
    assert keys.get("bannu") == Credential("wall", "Watches 41")
    assert "Watches" not in said


def test_at_a_terminal_the_password_is_asked_for_unseen(
    capsys: pytest.CaptureFixture[str],
) -> None:
    keys = MemoryCredentials()
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return "Watches-41"

    status, _ = store_credential("bannu", Terminal("wall\n"), keys, answer)
    assert status == 0
    assert keys.get("bannu") == Credential("wall", "Watches-41")
    assert asked == ["Password: "]
    assert capsys.readouterr().out == "User: "


def test_a_client_certificate_is_stored_so_that_the_brokers_find_it() -> None:
    keys = MemoryCredentials()
    status, _ = store_credential("station", io.StringIO(PEM), keys)
    assert status == 0
    found = resolve(keys, (), ("station",)).certificates["station"]
    assert "AAAA" in found.certificate
    assert "BBBB" in found.private_key


@pytest.mark.parametrize("text", ["", "wall\n", "\nsecret\n", HALF_A_PEM])
def test_half_a_secret_is_refused(text: str) -> None:
    keys = MemoryCredentials()
    status, said = store_credential("bannu", io.StringIO(text), keys)
    assert status == EXIT_NOT_STORED
    assert said.startswith("Nothing was stored")
    assert keys.get("bannu") is None


def test_a_locked_store_is_said_in_words() -> None:
    status, said = store_credential("bannu", io.StringIO("wall\nsecret\n"), LockedStore())
    assert status == EXIT_NOT_STORED
    assert "locked" in said
    assert "secret" not in said
