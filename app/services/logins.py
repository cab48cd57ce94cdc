"""Brings the key store to the engine without ever waiting for it on the owner thread."""

from collections.abc import Callable

from app.core.errors import CredentialStoreUnavailable
from app.core.tasks import Tasks
from app.domain.stream import Reason
from app.services.credentials import Credential, Credentials, StoreState
from app.services.notices import Notice, NoticeBoard, Severity
from app.video.secrets_port import Login, LoginAnswer

NOTICE = "key-store"


class CameraLogins:
    """The engine's ``LoginSource`` over the key store. Owner thread.

    Several cameras of a site that ask for the same login at once are answered by one question.
    """

    def __init__(self, credentials: Credentials, tasks: Tasks, notices: NoticeBoard) -> None:
        self._credentials = credentials
        self._tasks = tasks
        self._notices = notices
        self._asking: dict[str, list[Callable[[LoginAnswer], None]]] = {}

    def ask(self, credential: str, answer: Callable[[LoginAnswer], None]) -> None:
        waiting = self._asking.setdefault(credential, [])
        waiting.append(answer)
        if len(waiting) == 1:
            self._tasks.run(
                lambda: self._credentials.get(credential),
                done=lambda login: self._on_login(credential, login),
                failed=lambda error: self._on_failure(credential, error),
            )

    def _on_login(self, name: str, login: Credential | None) -> None:
        self._notices.clear(NOTICE)
        if login is None:
            detail = f"The key store has no login named {name}"
            self._answer(name, LoginAnswer(None, Reason.NO_CREDENTIAL, detail))
        else:
            self._answer(name, LoginAnswer(Login(login.user, login.password)))

    def _on_failure(self, name: str, error: Exception) -> None:
        if not isinstance(error, CredentialStoreUnavailable):
            self._notices.report(error, key=NOTICE)
            self._answer(name, LoginAnswer(None, Reason.INTERNAL, type(error).__name__))
            return
        self._notices.post(Notice(NOTICE, Severity.WARNING, str(error), error.advice))
        missing = self._credentials.state is StoreState.MISSING
        reason = Reason.NO_CREDENTIAL if missing else Reason.KEY_STORE_LOCKED
        self._answer(name, LoginAnswer(None, reason, str(error)))

    def _answer(self, name: str, answer: LoginAnswer) -> None:
        for asked in self._asking.pop(name, []):
            asked(answer)
