"""Panels lie over a window without blocking it, follow its size and explain themselves."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.exposure import wait_exposed
from ui.icons import icon, icon_names
from ui.keys_overlay import KeysOverlay
from ui.leave_bar import LeaveBar
from ui.overlay import Overlay
from ui.theme import tokens
from ui.welcome import ProgressPanel, WelcomePanel


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1280, 720)
    window.show()
    wait_exposed(qtbot, window)
    return window


def words(panel: Overlay) -> str:
    return "\n".join(label.text() for label in panel.findChildren(QLabel))


def test_an_empty_wall_says_how_cameras_come_in(window: QWidget) -> None:
    panel = WelcomePanel(window, "python3 main.py")
    assert "python3 main.py --import-cameras cameras.csv" in words(panel)
    assert "python3 main.py --demo" in words(panel)


@pytest.mark.parametrize("size", [(1480, 1080), (520, 540)])
def test_a_panel_breaks_its_lines_where_the_window_ends(
    window: QWidget, size: tuple[int, int]
) -> None:
    window.resize(*size)
    panel = WelcomePanel(window, "python3 main.py")
    panel.appear()
    for label in panel.findChildren(QLabel):
        assert panel.rect().contains(label.mapTo(panel, label.rect().bottomRight())), label.text()
        assert label.height() >= label.heightForWidth(label.width()), label.text()
    assert window.rect().contains(panel.geometry())


def test_preparing_is_told_in_a_sentence(window: QWidget) -> None:
    panel = ProgressPanel(window)
    panel.tell("Street 3 of 12")
    assert "Street 3 of 12" in words(panel)


def test_a_panel_stays_in_the_middle_of_its_window(qtbot: QtBot, window: QWidget) -> None:
    panel = KeysOverlay(window)
    panel.appear()
    window.resize(1400, 900)
    qtbot.waitUntil(lambda: window.size().width() == 1400, timeout=1000)
    middle = window.rect().center() - panel.geometry().center()
    assert abs(middle.x()) <= 1
    assert abs(middle.y()) <= 1


def test_a_panel_never_gets_larger_than_its_window(window: QWidget) -> None:
    window.resize(320, 200)
    panel = KeysOverlay(window)
    panel.appear()
    assert window.rect().contains(panel.geometry())


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (840, 720), (520, 540), (400, 620)])
def test_all_keys_can_be_read_page_by_page(window: QWidget, size: tuple[int, int]) -> None:
    window.resize(*size)
    panel = KeysOverlay(window)
    panel.appear()
    wanted = {label.text() for label in panel.findChildren(QLabel)}
    seen: set[str] = set()
    while True:
        for label in panel.findChildren(QLabel):
            if label.isVisibleTo(panel):
                seen.add(label.text())
                assert label.width() >= label.minimumSizeHint().width(), label.text()
                assert label.height() >= label.heightForWidth(label.width()), label.text()
                corner = label.mapTo(panel, label.rect().bottomRight())
                assert panel.rect().contains(corner), label.text()
        if not panel.next_page():
            break
    assert wanted <= seen
    assert window.rect().contains(panel.geometry())


def test_a_large_window_has_all_keys_on_one_page(window: QWidget) -> None:
    window.resize(1480, 1080)
    panel = KeysOverlay(window)
    panel.appear()
    assert panel.pages == 1
    assert not panel.next_page()


def test_the_keys_take_no_keyboard_and_no_mouse(window: QWidget) -> None:
    panel = KeysOverlay(window)
    panel.appear()
    assert panel.focusPolicy() is Qt.FocusPolicy.NoFocus
    assert panel.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    assert not panel.isWindow()


def test_leaving_is_confirmed_by_asking_again(qtbot: QtBot, window: QWidget) -> None:
    bar = LeaveBar(window)
    bar.ask()
    assert bar.isVisible()
    with qtbot.waitSignal(bar.confirmed, timeout=500):
        bar.ask()


def test_staying_takes_the_question_away(qtbot: QtBot, window: QWidget) -> None:
    bar = LeaveBar(window)
    bar.ask()
    answers: list[bool] = []
    bar.confirmed.connect(lambda: answers.append(True))
    (stay,) = [button for button in bar.findChildren(QPushButton) if button.text() == "Stay"]
    qtbot.mouseClick(stay, Qt.MouseButton.LeftButton)
    assert (bar.isVisible(), answers) == (False, [])


@pytest.mark.parametrize("name", icon_names())
def test_every_icon_is_there(qtbot: QtBot, name: str) -> None:
    image = icon(name, tokens.TEXT).pixmap(32, 32).toImage()
    painted = sum(
        image.pixelColor(x, y).alpha() > 0
        for x in range(image.width())
        for y in range(image.height())
    )
    assert painted > 20
