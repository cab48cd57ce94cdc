"""Notices are shown beside the video, worst first, as plain text, and can be dismissed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolButton
from pytestqt.qtbot import QtBot

from app.services.notices import Notice, NoticeBoard, Severity
from ui.notices.banner import NoticeBanner

pytestmark = pytest.mark.logs_errors  # posting a notice logs it


@pytest.fixture
def board() -> NoticeBoard:
    return NoticeBoard()


@pytest.fixture
def banner(qtbot: QtBot, board: NoticeBoard) -> NoticeBanner:
    banner = NoticeBanner(board)
    qtbot.addWidget(banner)
    return banner


def notice(key: str, severity: Severity = Severity.WARNING, advice: str = "") -> Notice:
    return Notice(key, severity, f"Trouble {key}", advice)


def test_it_is_hidden_while_there_is_nothing_to_say(
    banner: NoticeBanner, board: NoticeBoard
) -> None:
    assert banner.isHidden()
    board.post(notice("a"))
    assert not banner.isHidden()
    board.clear("a")
    assert banner.isHidden()


def test_text_and_advice_are_told(banner: NoticeBanner, board: NoticeBoard) -> None:
    board.post(notice("a", advice="Do this"))
    assert banner.texts == ["Trouble a – Do this"]


def test_the_worst_comes_first_and_the_newest_of_equals(
    banner: NoticeBanner, board: NoticeBoard
) -> None:
    board.post(notice("a", Severity.INFO))
    board.post(notice("b", Severity.ERROR))
    board.post(notice("c", Severity.INFO))
    assert banner.texts == ["Trouble b", "Trouble c", "Trouble a"]


def test_what_does_not_fit_is_counted(banner: NoticeBanner, board: NoticeBoard) -> None:
    for key in "abcde":
        board.post(notice(key))
    assert len(banner.texts) == 3
    assert "and 2 more" in [label.text() for label in banner.findChildren(QLabel)]


def test_dismissing_takes_it_from_the_board(
    qtbot: QtBot, banner: NoticeBanner, board: NoticeBoard
) -> None:
    board.post(notice("a"))
    (button,) = banner.findChildren(QToolButton)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert board.current == ()
    assert banner.texts == []


def test_markup_is_shown_as_it_is_written(banner: NoticeBanner, board: NoticeBoard) -> None:
    board.post(Notice("a", Severity.INFO, "<img src=x>"))
    labels = [label for label in banner.findChildren(QLabel) if label.text() == "<img src=x>"]
    assert [label.textFormat() for label in labels] == [Qt.TextFormat.PlainText]


def test_a_notice_from_before_the_window_is_shown(qtbot: QtBot, board: NoticeBoard) -> None:
    board.post(notice("early"))
    banner = NoticeBanner(board)
    qtbot.addWidget(banner)
    assert banner.texts == ["Trouble early"]


def test_a_destroyed_banner_does_not_listen_any_more(qtbot: QtBot, board: NoticeBoard) -> None:
    gone: list[bool] = []
    banner = NoticeBanner(board)
    banner.destroyed.connect(lambda: gone.append(True))
    banner.deleteLater()
    qtbot.waitUntil(lambda: bool(gone), timeout=1000)
    board.post(notice("a"))  # an exception of a listener would be logged as an error
    assert board.current == (notice("a"),)
