"""A trouble is shown while it lasts and logged when it begins and ends."""

import logging

import pytest

from app.core.errors import OperatorError
from app.services.notices import Notice, NoticeBoard, Severity

FULL = Notice("disk", Severity.WARNING, "The disk is full", "Free space.")


@pytest.fixture
def heard() -> list[tuple[Notice, ...]]:
    return []


@pytest.fixture
def board(heard: list[tuple[Notice, ...]]) -> NoticeBoard:
    board = NoticeBoard()
    board.changed.connect(heard.append)
    return board


@pytest.mark.logs_errors
def test_an_outage_is_logged_once_when_it_begins_and_once_when_it_ends(
    board: NoticeBoard, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for _ in range(3):
        board.post(FULL)
    board.clear("disk")
    board.clear("disk")
    assert [record.getMessage() for record in caplog.records] == [
        "disk: The disk is full",
        "disk: over",
    ]


@pytest.mark.logs_errors
def test_views_hear_of_changes_only(board: NoticeBoard, heard: list[tuple[Notice, ...]]) -> None:
    board.post(FULL)
    board.post(FULL)
    board.clear("other")
    board.clear("disk")
    assert heard == [(FULL,), ()]


@pytest.mark.logs_errors
def test_a_later_notice_takes_the_place_of_the_earlier(board: NoticeBoard) -> None:
    worse = Notice("disk", Severity.ERROR, "The disk is gone")
    board.post(FULL)
    board.post(Notice("other", Severity.INFO, "Hello"))
    board.post(worse)
    assert [notice.key for notice in board.current] == ["disk", "other"]
    assert board.current[0] == worse


@pytest.mark.logs_errors
def test_a_failure_of_the_world_speaks_for_itself_without_secrets(board: NoticeBoard) -> None:
    board.report(OperatorError("No way to rtsp://a:pw-77@h/x", advice="Look."), "camera")
    assert board.current == (
        Notice("camera", Severity.WARNING, "No way to rtsp://***@h/x", "Look."),
    )


@pytest.mark.logs_errors
def test_a_failure_of_ours_is_logged_with_its_traceback(
    board: NoticeBoard, caplog: pytest.LogCaptureFixture
) -> None:
    board.report(ZeroDivisionError("inner words"))
    (notice,) = board.current
    assert (notice.severity, "inner words" in notice.text) == (Severity.ERROR, False)
    assert "ZeroDivisionError" in caplog.text
