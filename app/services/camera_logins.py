"""Answers the engine's question for a camera's login without making it wait for the key store."""

from collections.abc import Callable

from app.core.clock import Clock
from app.core.errors import CredentialStoreUnavailable
from app.core.tasks import Tasks
from app.domain.stream import Reason
from app.services.credentials import Credential, Credentials, StoreState
from app.services.notices import NoticeBoard
from app.video.secrets_port import Login, LoginAnswer

KEPT_S = 60.0
"""How long a login is kept: a wall that reconnects asks the store once, not once a camera; a
password that was changed elsewhere is taken up by the next slow retry."""
NOTICE = "key-store"

Listener = Callable[[LoginAnswer], None]


class CameraLogins:
    """Asks the key store in the background, once for all who ask for the same name meanwhile.

    Owner thread; ``tasks`` should have one thread, because the store answers one call at a time.
    """

    def __init__(
        self, credentials: Credentials, tasks: Tasks, notices: NoticeBoard, clock: Clock
    ) -> None:
        self._credentials = credentials
        self._tasks = tasks
        self._notices = notices
        self._clock = clock
        self._kept: dict[str, tuple[float, LoginAnswer]] = {}
        self._waiting: dict[str, list[Listener]] = {}

    def ask(self, credential: str, answer: Listener) -> None:
        """Call ``answer`` once, on the owner thread; at once when the login is still known."""
        until, known = self._kept.get(credential, (0.0, None))
        if known is not None and self._clock.monotonic() < until:
            answer(known)
            return
        waiting = self._waiting.setdefault(credential, [])
        waiting.append(answer)
        if len(waiting) > 1:
            return
        self._tasks.run(
            lambda: self._credentials.get(credential),
            done=lambda login: self._found(credential, login),
            failed=lambda error: self._failed(credential, error),
        )

    def _found(self, name: str, login: Credential | None) -> None:
        self._notices.clear(NOTICE)
        if login is None:
            missing = f"The key store holds no entry {name!r}"
            self._answer(name, LoginAnswer(None, Reason.NO_CREDENTIAL, missing))
            return
        found = LoginAnswer(Login(login.user, login.password))
        self._kept[name] = (self._clock.monotonic() + KEPT_S, found)
        self._answer(name, found)

    def _failed(self, name: str, error: Exception) -> None:
        self._notices.report(error, NOTICE)
        state = self._credentials.state
        is_shut = state in (StoreState.LOCKED, StoreState.NOT_ANSWERING)
        reason = Reason.KEY_STORE_LOCKED if is_shut else Reason.NO_CREDENTIAL
        if not isinstance(error, CredentialStoreUnavailable):
            reason = Reason.INTERNAL
        self._answer(name, LoginAnswer(None, reason, state.value))

    def _answer(self, name: str, answer: LoginAnswer) -> None:
        for listener in self._waiting.pop(name, []):
            listener(answer)
