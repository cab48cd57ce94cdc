"""The operator's hands on a window of the wall."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import (
    QCloseEvent,
    QCursor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.domain.camera import CameraCode
from app.domain.geometry import Size
from tests.ui.exposure import wait_exposed
from tests.ui.wall.conftest import WallOnScreen
from ui.camera_mime import camera_mime

LEFT = Qt.MouseButton.LeftButton
RIGHT = Qt.MouseButton.RightButton


def wheel(wall: WallOnScreen, at: QPoint, notches: float) -> None:
    event = QWheelEvent(
        QPointF(at),
        QPointF(wall.window.mapToGlobal(at)),
        QPoint(),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(wall.window, event)
    wall.settle()


def drop(wall: WallOnScreen, mime: QMimeData, at: QPoint) -> bool:
    enter = QDragEnterEvent(
        at, Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier
    )
    enter.ignore()
    QApplication.sendEvent(wall.window, enter)
    if not enter.isAccepted():
        return False
    event = QDropEvent(
        QPointF(at), Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(wall.window, event)
    wall.settle()
    return event.isAccepted()


def test_the_screen_is_as_large_as_the_window(wall: WallOnScreen) -> None:
    ratio = wall.window.devicePixelRatioF()
    assert wall.service.screen(0).size == Size(round(960 * ratio), round(540 * ratio))
    wall.window.resize(640, 480)
    wall.settle()
    assert wall.service.screen(0).size == Size(round(640 * ratio), round(480 * ratio))
    snapshot = wall.window.canvas.snapshot
    assert snapshot is not None
    assert snapshot.size == wall.service.screen(0).size


def test_a_click_selects(wall: WallOnScreen, qtbot: QtBot) -> None:
    qtbot.mouseClick(wall.window, LEFT, pos=wall.centre_of(wall.tile(2).frame))
    assert wall.service.screen(0).selected == 2
    qtbot.mouseClick(wall.window, RIGHT, pos=wall.centre_of(wall.tile(1).frame))
    assert wall.service.screen(0).selected == 2


def test_a_double_click_enlarges_and_another_goes_back(wall: WallOnScreen, qtbot: QtBot) -> None:
    qtbot.mouseDClick(wall.window, LEFT, pos=wall.centre_of(wall.tile(3).picture))
    wall.settle()
    snapshot = wall.service.screen(0)
    assert snapshot.enlarged == 3
    assert snapshot.tiles[0].frame.width == snapshot.size.width
    qtbot.mouseDClick(wall.window, LEFT, pos=wall.centre_of(wall.tile(3).picture))
    wall.settle()
    assert wall.service.screen(0).enlarged is None


def test_the_wheel_zooms_around_the_pointer(wall: WallOnScreen) -> None:
    wall.engine.publish_all()
    wall.tick()
    key = wall.tile(1).key
    rect = wall.window.canvas.picture_rect(key)
    assert rect is not None
    ratio = wall.window.devicePixelRatioF()
    at = QPoint(round((rect.x + rect.width * 0.25) / ratio), round((rect.y + 2) / ratio))
    for _ in range(4):
        wheel(wall, at, 1)
    crop = wall.tile(1).crop
    assert abs(1 / crop.width - 1.25**4) < 0.01
    # The point under the pointer is where it was: at a quarter of the width, at the top.
    assert abs((crop.x + 0.25 * crop.width) - 0.25) < 0.01
    assert crop.y < 0.02
    for _ in range(6):
        wheel(wall, at, -1)
    assert wall.tile(1).crop.is_whole


def test_the_wheel_over_a_gap_does_nothing(wall: WallOnScreen) -> None:
    frame = wall.tile(0).frame
    ratio = wall.window.devicePixelRatioF()
    before = wall.service.screen(0)
    wheel(wall, QPoint(int((frame.x + frame.width) / ratio), 50), 1)
    assert wall.service.screen(0) == before


def test_dragging_moves_what_a_zoomed_tile_shows(wall: WallOnScreen, qtbot: QtBot) -> None:
    wall.service.zoom(0, 0, 0.5, 0.5, 2.0)
    wall.settle()
    at = wall.centre_of(wall.tile(0).picture)
    before = wall.tile(0).crop
    qtbot.mousePress(wall.window, LEFT, pos=at)
    QTest.mouseMove(wall.window, at - QPoint(60, 0))
    qtbot.mouseRelease(wall.window, LEFT, pos=at - QPoint(60, 0))
    wall.settle()
    assert wall.tile(0).crop.x > before.x
    assert wall.tile(0).crop.width == before.width


def test_dragging_a_tile_that_is_not_zoomed_changes_nothing(
    wall: WallOnScreen, qtbot: QtBot
) -> None:
    at = wall.centre_of(wall.tile(0).picture)
    qtbot.mousePress(wall.window, LEFT, pos=at)
    QTest.mouseMove(wall.window, at + QPoint(60, 10))
    qtbot.mouseRelease(wall.window, LEFT, pos=at + QPoint(60, 10))
    assert wall.tile(0).crop.is_whole


def test_a_dropped_camera_is_placed_where_it_falls(wall: WallOnScreen) -> None:
    assert drop(wall, camera_mime(CameraCode("BNU-2-2")), wall.centre_of(wall.tile(2).frame))
    camera = wall.tile(2).camera
    assert camera is not None
    assert camera.code == "BNU-2-2"


def test_anything_else_cannot_be_dropped(wall: WallOnScreen) -> None:
    mime = QMimeData()
    mime.setText("BNU-2-2")
    before = wall.service.screen(0)
    assert not drop(wall, mime, wall.centre_of(wall.tile(2).frame))
    assert wall.service.screen(0) == before


def test_a_camera_unknown_here_changes_nothing_when_dropped(wall: WallOnScreen) -> None:
    before = wall.service.screen(0)
    drop(wall, camera_mime(CameraCode("XXX-1-1")), wall.centre_of(wall.tile(2).frame))
    assert wall.service.screen(0) == before


def test_keys_go_to_the_table_of_actions(wall: WallOnScreen, qtbot: QtBot) -> None:
    qtbot.keyClick(wall.window, Qt.Key.Key_PageDown)
    qtbot.keyClick(wall.window, Qt.Key.Key_Z)
    assert wall.keys == [int(Qt.Key.Key_PageDown), int(Qt.Key.Key_Z)]


def test_the_title_says_screen_district_and_page_and_no_address(wall: WallOnScreen) -> None:
    wall.service.turn_page(0, 1)
    wall.settle()
    assert wall.window.windowTitle() == "Nigehban – screen 1 – Dera Ismail Khan · page 2 of 10"


def test_a_refused_number_goes_away_by_itself(wall: WallOnScreen, qtbot: QtBot) -> None:
    for key in "9.9.9":
        wall.service.type_call_up(key)
    wall.service.confirm_call_up()
    wall.settle()
    assert wall.service.call_up is not None
    qtbot.waitUntil(lambda: wall.service.call_up is None, timeout=6000)


def test_in_full_screen_the_pointer_hides_and_comes_back(wall: WallOnScreen, qtbot: QtBot) -> None:
    wall.window.toggle_full_screen()
    qtbot.waitUntil(wall.window.isFullScreen)
    QTest.mouseMove(wall.window, QPoint(50, 50))
    QTest.mouseMove(wall.window, QPoint(60, 50))

    def shape() -> Qt.CursorShape:
        return QCursor(wall.window.cursor()).shape()

    qtbot.waitUntil(lambda: shape() == Qt.CursorShape.BlankCursor, timeout=6000)
    QTest.mouseMove(wall.window, QPoint(70, 70))
    qtbot.waitUntil(lambda: shape() == Qt.CursorShape.ArrowCursor)
    wall.window.toggle_full_screen()
    qtbot.waitUntil(lambda: not wall.window.isFullScreen())


def test_a_drag_over_a_gap_is_not_accepted(wall: WallOnScreen) -> None:
    frame = wall.tile(0).frame
    ratio = wall.window.devicePixelRatioF()
    gap = QPoint(int((frame.x + frame.width) / ratio), 50)

    def accepted(at: QPoint) -> bool:
        mime = camera_mime(CameraCode("BNU-2-2"))
        enter = QDragEnterEvent(
            at, Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(wall.window, enter)
        event = QDragMoveEvent(
            at, Qt.DropAction.CopyAction, mime, LEFT, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(wall.window, event)
        return event.isAccepted()

    assert accepted(wall.centre_of(frame))
    assert not accepted(gap)


def test_resting_on_a_tile_tells_its_details(wall: WallOnScreen) -> None:
    at = wall.centre_of(wall.tile(1).picture)
    event = QHelpEvent(QEvent.Type.ToolTip, at, wall.window.mapToGlobal(at))
    QApplication.sendEvent(wall.window, event)
    assert QToolTip.text().splitlines()[:2] == [
        "DIK-1-2  Court road crossing 1",
        "Call-up number 1.1.2",
    ]
    QToolTip.hideText()


def test_an_operator_who_closes_the_window_is_asked(wall: WallOnScreen, qtbot: QtBot) -> None:
    class FromWindowSystem(QCloseEvent):
        """As it comes when the operator clicks the cross."""

        def spontaneous(self) -> bool:
            return True

    event = FromWindowSystem()
    with qtbot.waitSignal(wall.window.close_requested, timeout=1000):
        wall.window.closeEvent(event)
    assert not event.isAccepted()
    assert len(wall.service.screens) == 1


def test_closing_the_window_lets_the_cameras_go(make_wall: Callable[..., WallOnScreen]) -> None:
    wall = make_wall()
    wall.window.close()
    wall.settle()
    assert wall.engine.shown == {}
    assert list(wall.service.screens) == []


def test_a_window_that_is_shown_again_wakes_the_clock(wall: WallOnScreen, qtbot: QtBot) -> None:
    wall.window.hide()
    with qtbot.waitSignal(wall.window.seen, timeout=2000):
        wall.window.show()
    wait_exposed(qtbot, wall.window)
    assert wall.window.canvas.is_seen
