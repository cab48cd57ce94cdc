"""Secrets for brokers come from the key store, long ones in parts, and never get printed."""

from pathlib import Path

import pytest

from app.core.errors import CredentialStoreUnavailable
from app.services.analytics_logins import put_certificate, resolve
from app.services.credentials import Credential, KeyringCredentials, MemoryCredentials
from tests.fakes.memory_keyring import MemoryKeyring

PEM = (
    "Bag Attributes\n-----BEGIN CERTIFICATE-----\n"
    + "Q" * 3000
    + "\n-----END CERTIFICATE-----\n"
    + "-----BEGIN CERTIFICATE-----\nchain\n-----END CERTIFICATE-----\n"
    + "-----BEGIN EC PRIVATE KEY-----\nLg5-secret\n-----END EC PRIVATE KEY-----\n"
)


class Locked(MemoryCredentials):
    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def get(self, name: str) -> Credential | None:
        self.asked += 1
        raise CredentialStoreUnavailable("The key store is locked")


def test_logins_and_what_is_missing() -> None:
    store = MemoryCredentials()
    store.put("bannu", Credential("wall", "Watches-41"))
    found = resolve(store, ["bannu", "lakki"], [])
    assert found.logins == {"bannu": Credential("wall", "Watches-41")}
    assert found.troubles == {"lakki": "The key store holds no entry 'lakki'"}
    assert "Watches" not in repr(found)


def test_a_store_that_does_not_answer_is_asked_once() -> None:
    store = Locked()
    found = resolve(store, ["a", "b"], ["c"])
    assert found.troubles == dict.fromkeys("abc", "The key store is locked")
    assert store.asked == 1


def test_one_entry_that_is_no_file_does_not_hide_the_others_where_there_is_no_key_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bannu").write_text("wall:Watches-41")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    found = resolve(KeyringCredentials(lambda: None), ["absent", "bannu"], [])
    assert found.logins == {"bannu": Credential("wall", "Watches-41")}
    assert list(found.troubles) == ["absent"]
    assert "no key store" in found.troubles["absent"]


def test_a_certificate_longer_than_an_entry_is_put_together_again(
    isolated_key_store: MemoryKeyring,
) -> None:
    store = KeyringCredentials(lambda: isolated_key_store)
    put_certificate(store, "district", PEM)
    entries = isolated_key_store.passwords.values()
    assert max(len(text.encode("utf-16-le")) for text in entries) <= 2560
    certificate = resolve(store, [], ["district"]).certificates["district"]
    assert certificate.certificate.count("BEGIN CERTIFICATE") == 2
    assert "Q" * 3000 in certificate.certificate
    assert "PRIVATE" not in certificate.certificate
    assert "Lg5-secret" in certificate.private_key
    assert "Bag" not in certificate.certificate
    assert "Lg5" not in repr(certificate)


def test_a_shorter_certificate_takes_the_place_of_a_longer_one() -> None:
    store = MemoryCredentials()
    put_certificate(store, "district", PEM)
    short = PEM.replace("Q" * 3000, "short")
    put_certificate(store, "district", short)
    certificate = resolve(store, [], ["district"]).certificates["district"]
    assert "short" in certificate.certificate
    assert "QQQ" not in certificate.certificate


def test_a_short_one_may_be_one_entry() -> None:
    store = MemoryCredentials()
    store.put("district", Credential("", PEM))
    assert resolve(store, [], ["district"]).certificates


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "The key store holds no entry 'district'"),
        ("no PEM at all", "lacks its certificate or its key"),
        (PEM.replace("PRIVATE KEY", "X"), "lacks its certificate or its key"),
    ],
)
def test_what_is_no_certificate_is_told(text: str, sentence: str) -> None:
    store = MemoryCredentials()
    put_certificate(store, "district", text)
    assert sentence in resolve(store, [], ["district"]).troubles["district"]
