"""Every record has an author: the name of the settings, else the system's user."""

import getpass
import platform

import pytest

from app.domain.author import Author, Role
from app.services.identity import Identity, identity_of
from app.settings.schema import OperatorSettings


@pytest.fixture(autouse=True)
def workstation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "node", lambda: "desk-4")
    monkeypatch.setattr(getpass, "getuser", lambda: "amina")


def test_the_name_of_the_settings_comes_first() -> None:
    found = identity_of(OperatorSettings(name=" عامر ", role="supervisor"))
    assert found == Identity(Author("عامر", "desk-4"), Role.SUPERVISOR)
    assert found.is_supervisor


def test_without_one_it_is_the_systems_user_as_an_operator() -> None:
    found = identity_of(OperatorSettings())
    assert found == Identity(Author("amina", "desk-4"), Role.OPERATOR)
    assert not found.is_supervisor


@pytest.mark.parametrize("error", [KeyError("uid 1234"), OSError("no entry")])
def test_a_user_and_a_host_without_a_name_have_one_all_the_same(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail() -> str:
        raise error

    monkeypatch.setattr(getpass, "getuser", fail)
    monkeypatch.setattr(platform, "node", lambda: "")
    assert identity_of(OperatorSettings()).author == Author("operator", "workstation")
