"""No exception is lost, wherever it is raised, and the program goes on."""

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMessageLogContext, QTimer, QtMsgType
from pytestqt.qtbot import QtBot

from app.services.notices import NoticeBoard, Severity
from ui.dispatcher import QtDispatcher
from ui.error_hooks import crash_log, error_hooks, log_qt_message

HOOKED = pytest.mark.qt_no_exception_capture


@pytest.fixture
def board() -> NoticeBoard:
    return NoticeBoard()


@pytest.fixture
def interrupted() -> list[bool]:
    return []


@pytest.fixture
def hooks(qtbot: QtBot, board: NoticeBoard, interrupted: list[bool]) -> Iterator[None]:
    before = sys.excepthook
    with error_hooks(board, QtDispatcher(), lambda: interrupted.append(True)):
        yield
    assert sys.excepthook is before


def fail() -> None:
    raise RuntimeError("boom")


def fail_in_a_slot() -> None:
    QTimer.singleShot(0, fail)


def fail_in_a_thread() -> None:
    threading.Thread(target=fail, name="failing").start()


@HOOKED
@pytest.mark.logs_errors
@pytest.mark.usefixtures("hooks")
@pytest.mark.parametrize("begin", [fail_in_a_slot, fail_in_a_thread])
def test_an_exception_becomes_a_notice_on_the_owner_thread(
    qtbot: QtBot, board: NoticeBoard, begin: object
) -> None:
    threads: list[threading.Thread] = []
    board.changed.connect(lambda _now: threads.append(threading.current_thread()))
    assert callable(begin)
    begin()
    qtbot.waitUntil(lambda: bool(board.current), timeout=2000)
    (notice,) = board.current
    assert notice.severity is Severity.ERROR
    assert threads == [threading.main_thread()]


@HOOKED
@pytest.mark.usefixtures("hooks")
def test_ctrl_c_ends_in_order(interrupted: list[bool]) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert interrupted == [True]


@pytest.mark.logs_errors
@pytest.mark.parametrize(
    ("kind", "level"),
    [
        (QtMsgType.QtDebugMsg, logging.DEBUG),
        (QtMsgType.QtWarningMsg, logging.WARNING),
        (QtMsgType.QtCriticalMsg, logging.ERROR),
    ],
)
def test_what_qt_says_is_logged(
    caplog: pytest.LogCaptureFixture, kind: QtMsgType, level: int
) -> None:
    with caplog.at_level(logging.DEBUG):
        log_qt_message(kind, QMessageLogContext(), "The painter is upset")
    (record,) = [record for record in caplog.records if record.name == "qt"]
    assert (record.levelno, "The painter is upset" in record.getMessage()) == (level, True)


@pytest.mark.logs_errors
def test_an_earlier_crash_is_kept_and_told(tmp_path: Path, board: NoticeBoard) -> None:
    (tmp_path / "crash.log").write_text("Fatal Python error: Segmentation fault")
    with crash_log(tmp_path, board):
        (kept,) = tmp_path.glob("crash-*.log")
        assert "Segmentation" in kept.read_text()
        (notice,) = board.current
        assert kept.name in notice.advice


def test_a_run_without_a_crash_leaves_nothing(tmp_path: Path, board: NoticeBoard) -> None:
    with crash_log(tmp_path, board):
        pass
    assert list(tmp_path.iterdir()) == []
    assert board.current == ()


@pytest.mark.logs_errors
def test_a_disk_that_refuses_the_crash_log_stops_nothing(
    tmp_path: Path, board: NoticeBoard
) -> None:
    with crash_log(tmp_path / "not there", board):
        assert board.current == ()
