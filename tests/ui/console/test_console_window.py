"""The console's pages: cameras first, and the search always leads back to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.domain.stream import StreamStatus
from app.services.health import HealthWatch
from app.services.live_counts import LiveCounts
from app.services.notices import NoticeBoard
from tests.fakes.camera_tree import FakeCameraTree
from ui.action_router import ActionRouter
from ui.commands import Commands
from ui.console.camera_panel import CameraPanel
from ui.console.console_window import ConsoleWindow
from ui.console.status_line import StatusLine
from ui.notices.banner import NoticeBanner


class NoWorkers:
    """A health line without processes."""

    worker_pids: Mapping[int, int] = {}
    restarts = 0


@pytest.fixture
def console(qtbot: QtBot) -> ConsoleWindow:
    tree = FakeCameraTree(1, 2, 3)
    counts = LiveCounts(lambda _code: StreamStatus(), tree.camera)
    window = ConsoleWindow(
        CameraPanel(tree, counts, lambda _text: []),
        NoticeBanner(NoticeBoard()),
        StatusLine(HealthWatch(NoWorkers())),
        ActionRouter(cast("Commands", object())),
    )
    qtbot.addWidget(window)
    window.show()
    return window


def test_a_single_page_has_no_tabs(console: ConsoleWindow) -> None:
    assert console.pages.tabBar().isHidden()
    assert console.pages.currentWidget() is console.cameras


def test_pages_stand_beside_the_cameras(console: ConsoleWindow) -> None:
    page = QWidget()
    console.add_page(page, "Boxes")
    assert not console.pages.tabBar().isHidden()
    assert console.pages.currentWidget() is console.cameras
    console.show_page(page)
    assert console.pages.currentWidget() is page
    console.focus_search()
    assert console.pages.currentWidget() is console.cameras


def test_only_the_open_page_has_words_where_the_others_have_signs(console: ConsoleWindow) -> None:
    page = QWidget()
    console.add_page(page, "Events", "event")
    bar = console.pages.tabBar()
    assert [bar.tabText(number) for number in range(bar.count())] == ["Cameras", ""]
    assert bar.tabToolTip(1) == bar.accessibleTabName(1) == "Events"
    console.show_page(page)
    assert [bar.tabText(number) for number in range(bar.count())] == ["", "Events"]
