"""How the engine asks for a camera's password without waiting for the key store."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.stream import Reason


@dataclass(frozen=True, slots=True)
class Login:
    """A user and a password; never printed."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LoginAnswer:
    """Either a login, or the reason why there is none."""

    login: Login | None
    reason: Reason = Reason.NONE
    detail: str = ""


class LoginSource(Protocol):
    """Owner thread; answers later, on the owner thread, exactly once per question."""

    def ask(self, credential: str, answer: Callable[[LoginAnswer], None]) -> None: ...


class NoLogins:
    """For walls whose cameras ask for none."""

    def ask(self, credential: str, answer: Callable[[LoginAnswer], None]) -> None:
        answer(LoginAnswer(None, Reason.NO_CREDENTIAL, f"No key store holds {credential!r}"))
