"""Adjusting boxes: the picture stands, the boxes move at once, Enter keeps and Esc forgets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from app.domain.camera import CameraCode
from tests.fakes.overlays import FakeOverlays
from tests.ui.wall.conftest import KEY, WallOnScreen
from ui.wall.adjustment import Adjustment
from ui.wall.offset_panel import MOST_MS, OffsetPanel

RED = (200, 30, 30)
CAMERA = CameraCode("DIK-1-1")
SHIFT = Qt.KeyboardModifier.ShiftModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier


@pytest.fixture
def overlays() -> FakeOverlays:
    overlays = FakeOverlays()
    overlays.offsets[CAMERA] = -40
    return overlays


@pytest.fixture
def wall(make_wall: Callable[..., WallOnScreen], overlays: FakeOverlays) -> WallOnScreen:
    wall = make_wall(overlays=overlays)
    wall.engine.publish_all(RED)
    wall.look()
    return wall


@pytest.fixture
def adjustment(wall: WallOnScreen, overlays: FakeOverlays) -> Adjustment:
    tile = wall.tile()
    assert tile.camera is not None
    return Adjustment(wall.window, wall.service, overlays, tile, tile.camera.code)


def test_it_begins_with_the_stored_offset_over_a_stopped_picture(
    wall: WallOnScreen, adjustment: Adjustment
) -> None:
    assert adjustment.panel.offset_ms == -40
    assert wall.window.canvas.is_paused(KEY)
    assert wall.window.canvas.face(KEY).state_word == "Paused"


@pytest.mark.parametrize(
    ("key", "modifiers", "offset_ms"),
    [
        (Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, -20),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.NoModifier, -60),
        (Qt.Key.Key_Right, SHIFT, 60),
        (Qt.Key.Key_Left, SHIFT | KEYPAD, -140),
    ],
)
def test_arrow_keys_move_the_boxes_at_once(
    overlays: FakeOverlays,
    wall: WallOnScreen,
    adjustment: Adjustment,
    qtbot: QtBot,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier,
    offset_ms: int,
) -> None:
    qtbot.wait(30)  # lets pending paint events pass
    overlays.asked.clear()
    qtbot.keyClick(adjustment.panel, key, modifiers)
    assert overlays.previews == {CAMERA: offset_ms}
    assert overlays.offsets == {CAMERA: -40}  # nothing is stored yet
    qtbot.waitUntil(lambda: KEY in {asked for asked, _camera, _facts in overlays.asked})
    assert int(key) not in wall.keys


def test_enter_stores(
    overlays: FakeOverlays, wall: WallOnScreen, adjustment: Adjustment, qtbot: QtBot
) -> None:
    qtbot.keyClick(adjustment.panel, Qt.Key.Key_Right, SHIFT)
    with qtbot.waitSignal(adjustment.finished):
        qtbot.keyClick(adjustment.panel, Qt.Key.Key_Return)
    assert (overlays.offsets, overlays.previews) == ({CAMERA: 60}, {})
    assert not wall.window.canvas.is_paused(KEY)


def test_escape_leaves_everything_as_it_was(
    overlays: FakeOverlays, wall: WallOnScreen, adjustment: Adjustment, qtbot: QtBot
) -> None:
    qtbot.keyClick(adjustment.panel, Qt.Key.Key_Right, SHIFT)
    with qtbot.waitSignal(adjustment.finished):
        qtbot.keyClick(adjustment.panel, Qt.Key.Key_Escape)
    assert (overlays.offsets, overlays.previews) == ({CAMERA: -40}, {})
    assert not wall.window.canvas.is_paused(KEY)
    adjustment.cancel()  # a second end is none


def test_the_mouse_does_the_same(
    overlays: FakeOverlays, adjustment: Adjustment, qtbot: QtBot
) -> None:
    panel = adjustment.panel
    buttons = {button.text(): button for button in panel.findChildren(QPushButton)}
    for text in ("+100", "+20", "−20", "+100", "−100"):
        qtbot.mouseClick(buttons[text], Qt.MouseButton.LeftButton)
    assert overlays.previews == {CAMERA: 60}
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, -240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(panel, wheel)
    assert overlays.previews == {CAMERA: 20}
    with qtbot.waitSignal(adjustment.finished):
        qtbot.mouseClick(buttons["Store"], Qt.MouseButton.LeftButton)
    assert overlays.offsets == {CAMERA: 20}


def test_other_keys_still_belong_to_the_wall(
    wall: WallOnScreen, adjustment: Adjustment, qtbot: QtBot
) -> None:
    qtbot.keyClick(adjustment.panel, Qt.Key.Key_O)
    assert wall.keys == [int(Qt.Key.Key_O)]
    assert wall.window.canvas.is_paused(KEY)


def test_it_ends_when_the_tile_shows_something_else(
    overlays: FakeOverlays, wall: WallOnScreen, adjustment: Adjustment, qtbot: QtBot
) -> None:
    qtbot.keyClick(adjustment.panel, Qt.Key.Key_Right)
    with qtbot.waitSignal(adjustment.finished):
        wall.service.turn_page(0, 1)
        wall.settle()
    assert (overlays.offsets, overlays.previews) == ({CAMERA: -40}, {})


def test_it_follows_its_tile(wall: WallOnScreen, adjustment: Adjustment) -> None:
    before = adjustment.panel.geometry()
    wall.service.toggle_enlarged(0, 0)
    wall.settle()
    assert wall.window.canvas.is_paused(KEY)
    after = adjustment.panel.geometry()
    assert after != before
    assert wall.window.rect().contains(after)


def test_a_tile_without_a_picture_is_not_adjusted(
    make_wall: Callable[..., WallOnScreen], overlays: FakeOverlays
) -> None:
    wall = make_wall(overlays=overlays)
    tile = wall.tile()
    assert tile.camera is not None
    with pytest.raises(ValueError, match="no picture"):
        Adjustment(wall.window, wall.service, overlays, tile, tile.camera.code)
    assert wall.window.findChildren(OffsetPanel) == []


def test_offsets_have_a_limit(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    panel = OffsetPanel(window, CAMERA, MOST_MS - 20)
    with qtbot.waitSignal(panel.moved) as moved:
        panel.move_by(100)
    assert moved.args == [MOST_MS]
    with qtbot.assertNotEmitted(panel.moved):
        panel.move_by(20)


@pytest.mark.parametrize(
    "frame",
    [QRect(0, 0, 1200, 700), QRect(0, 0, 150, 90), QRect(1050, 610, 150, 90)],
    ids=["whole", "upper left", "lower right"],
)
def test_the_panel_stays_in_the_window_and_off_a_small_picture(qtbot: QtBot, frame: QRect) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    panel = OffsetPanel(window, CAMERA, 0)
    picture = frame.adjusted(0, 0, 0, -16)
    panel.place(picture, frame, QSize(1200, 700))
    assert QRect(0, 0, 1200, 700).contains(panel.geometry())
    covered = panel.geometry().intersected(picture)
    assert covered.height() <= picture.height() * 0.36
