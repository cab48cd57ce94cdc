"""Other threads reach the GUI thread through one door, in order and without stalling it."""

import threading
import time

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from ui.dispatcher import QtDispatcher


@pytest.fixture
def dispatcher(qtbot: QtBot) -> QtDispatcher:
    return QtDispatcher()


def test_jobs_run_on_the_owner_thread_in_their_order(
    qtbot: QtBot, dispatcher: QtDispatcher
) -> None:
    ran: list[tuple[int, threading.Thread]] = []

    def post_some() -> None:
        for number in range(100):
            dispatcher.post(lambda number=number: ran.append((number, threading.current_thread())))  # type: ignore[misc]  # the default binds the number

    worker = threading.Thread(target=post_some)
    worker.start()
    worker.join()
    assert ran == []
    qtbot.waitUntil(lambda: len(ran) == 100, timeout=2000)
    assert ran == [(number, threading.main_thread()) for number in range(100)]


def test_a_burst_lets_other_events_through(qtbot: QtBot, dispatcher: QtDispatcher) -> None:
    order: list[str] = []

    def busy() -> None:
        until = time.monotonic() + 0.002
        while time.monotonic() < until:
            pass
        order.append("job")

    for _ in range(50):
        dispatcher.post(busy)
    QTimer.singleShot(5, lambda: order.append("timer"))
    qtbot.waitUntil(lambda: len(order) == 51, timeout=5000)
    assert order.index("timer") < 45


def fail() -> None:
    raise KeyError("boom")


@pytest.mark.qt_no_exception_capture
def test_a_job_that_fails_does_not_keep_the_next_from_running(
    qtbot: QtBot, dispatcher: QtDispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    caught: list[BaseException] = []
    monkeypatch.setattr("sys.excepthook", lambda _kind, error, _trace: caught.append(error))
    ran: list[bool] = []
    dispatcher.post(fail)
    dispatcher.post(lambda: ran.append(True))
    qtbot.waitUntil(lambda: bool(ran), timeout=2000)
    assert [type(error) for error in caught] == [KeyError]


def test_after_closing_nothing_runs_any_more(qtbot: QtBot, dispatcher: QtDispatcher) -> None:
    ran: list[str] = []
    dispatcher.post(lambda: ran.append("before"))
    dispatcher.close()
    dispatcher.post(lambda: ran.append("after"))
    passed: list[bool] = []
    QTimer.singleShot(20, lambda: passed.append(True))
    qtbot.waitUntil(lambda: bool(passed), timeout=2000)
    assert ran == []
