"""The engine gets one answer a question, and the key store few questions."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.core.dispatch import ManualDispatcher
from app.core.errors import CredentialStoreUnavailable
from app.core.tasks import Tasks
from app.domain.stream import Reason
from app.services.camera_logins import KEPT_S, NOTICE, CameraLogins
from app.services.credentials import Credential, MemoryCredentials, StoreState
from app.services.notices import NoticeBoard
from app.video.secrets_port import LoginAnswer


class Store(MemoryCredentials):
    """Counts questions and fails on request."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.error: Exception | None = None
        self.put("site-41", Credential("admin", "Lg5-secret"))

    def get(self, name: str) -> Credential | None:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return super().get(name)


class FixedClock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now

    def utc_us(self) -> int:
        return 0

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return event.wait(seconds)


class Bench:
    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.store, self.clock, self.notices = Store(), FixedClock(), NoticeBoard()
        self.dispatcher = ManualDispatcher()
        tasks = Tasks(pool, self.dispatcher, self.notices.report)
        self.logins = CameraLogins(self.store, tasks, self.notices, self.clock)
        self.answers: list[LoginAnswer] = []

    def ask(self, *names: str) -> list[LoginAnswer]:
        self.answers.clear()
        for name in names:
            self.logins.ask(name, self.answers.append)
        while len(self.answers) < len(names):
            assert self.dispatcher.wait(10)
            self.dispatcher.drain()
        return list(self.answers)


@pytest.fixture
def bench() -> Iterator[Bench]:
    with ThreadPoolExecutor(1) as pool:
        yield Bench(pool)


def test_a_login_is_found_and_hidden(bench: Bench) -> None:
    (answer,) = bench.ask("site-41")
    assert answer.login is not None
    assert (answer.login.user, answer.login.password) == ("admin", "Lg5-secret")
    assert "Lg5" not in repr(answer)


def test_many_who_ask_at_once_are_one_question(bench: Bench) -> None:
    assert len(bench.ask(*["site-41"] * 30)) == 30
    assert bench.store.asked == 1


def test_a_login_is_kept_for_a_while_only(bench: Bench) -> None:
    bench.ask("site-41")
    bench.clock.now += KEPT_S - 1
    bench.ask("site-41")
    assert bench.store.asked == 1
    bench.clock.now += 2
    bench.ask("site-41")
    assert bench.store.asked == 2


def test_a_name_without_an_entry_is_told(bench: Bench) -> None:
    (answer,) = bench.ask("unknown")
    assert (answer.login, answer.reason) == (None, Reason.NO_CREDENTIAL)
    assert "unknown" in answer.detail


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (StoreState.LOCKED, Reason.KEY_STORE_LOCKED),
        (StoreState.NOT_ANSWERING, Reason.KEY_STORE_LOCKED),
        (StoreState.MISSING, Reason.NO_CREDENTIAL),
    ],
)
def test_a_store_that_fails_is_one_notice_until_it_answers(
    bench: Bench, state: StoreState, reason: Reason
) -> None:
    bench.store.state = state
    bench.store.error = CredentialStoreUnavailable(state.value)
    assert [answer.reason for answer in bench.ask("site-41", "site-42")] == [reason] * 2
    assert [notice.key for notice in bench.notices.current] == [NOTICE]
    bench.store.error = None
    (answer,) = bench.ask("site-41")
    assert answer.login is not None
    assert bench.notices.current == ()


@pytest.mark.logs_errors
def test_a_mistake_of_ours_still_gets_its_answer(bench: Bench) -> None:
    bench.store.error = ZeroDivisionError()
    assert [answer.reason for answer in bench.ask("site-41")] == [Reason.INTERNAL]
