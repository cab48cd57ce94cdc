"""The dock beside the tiles: room of its own, keys of its own only while it has the keyboard."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.domain.camera import CameraCode
from app.domain.stream import StreamState
from app.services.event_showing import NOT_SHOWN
from app.video.engine_types import Moment, TileStatus, ViewKey
from tests.fakes.event_desk import CAMERA, NOON_US, SECOND_US, message
from tests.ui.events.conftest import Scene, many
from ui.events.desk import EventsDesk
from ui.events.dock import WIDTH, EventsDock
from ui.events.thumbnails import SIZE
from ui.theme import tokens

KEY = ViewKey("0/0")


def dock_of(scene: Scene) -> EventsDock:
    docks = scene.window.findChildren(EventsDock)
    assert len(docks) == 1
    return docks[0]


def opened(scene: Scene) -> EventsDock:
    scene.desk.toggle(scene.window)
    scene.settle()
    return dock_of(scene)


def entered(scene: Scene, qtbot: QtBot) -> EventsDock:
    scene.desk.enter(scene.window)
    scene.settle()
    dock = dock_of(scene)
    qtbot.waitUntil(dock.panel.view.hasFocus)
    return dock


def test_the_tiles_make_room_and_take_it_back(scene: Scene) -> None:
    before = scene.window.canvas.geometry()
    dock = opened(scene)
    assert dock.geometry().width() == WIDTH
    assert scene.window.canvas.width() == before.width() - WIDTH
    assert scene.wall.screen(0).size.width == scene.window.canvas.size_px.width()
    assert all(
        tile.frame.x + tile.frame.width <= scene.window.canvas.size_px.width()
        for tile in scene.wall.screen(0).tiles
    )
    scene.desk.toggle(scene.window)
    scene.settle()
    assert scene.window.canvas.geometry() == before


def test_on_a_narrow_window_at_least_half_is_for_the_tiles(scene: Scene) -> None:
    opened(scene)
    scene.window.resize(600, 500)
    assert scene.window.canvas.width() == 300


def test_opening_leaves_the_keyboard_with_the_tiles(scene: Scene, qtbot: QtBot) -> None:
    scene.window.activateWindow()
    scene.window.setFocus()
    qtbot.waitUntil(scene.window.hasFocus)
    opened(scene)
    assert scene.window.hasFocus()
    qtbot.keyClick(scene.window, Qt.Key.Key_7)
    assert scene.keys == [Qt.Key.Key_7.value]


def test_escape_gives_the_keyboard_back(scene: Scene, qtbot: QtBot) -> None:
    scene.happen(*many(3))
    dock = entered(scene, qtbot)
    qtbot.keyClick(dock.panel.view, Qt.Key.Key_Escape)
    assert scene.wall_got_the_keyboard == 1
    qtbot.waitUntil(scene.window.hasFocus)


def test_keys_that_mean_nothing_to_the_list_reach_the_wall(scene: Scene, qtbot: QtBot) -> None:
    scene.happen(*many(3))
    dock = entered(scene, qtbot)
    qtbot.keyClick(dock.panel.view, Qt.Key.Key_F2)
    assert scene.keys == [Qt.Key.Key_F2.value]


def test_closing_the_dock_gives_the_keyboard_back(scene: Scene, qtbot: QtBot) -> None:
    scene.happen(*many(3))
    dock = entered(scene, qtbot)
    scene.desk.toggle(scene.window)
    assert dock.isHidden()
    qtbot.waitUntil(scene.window.hasFocus)


def test_enter_shows_the_moment_in_the_selected_tile(scene: Scene, qtbot: QtBot) -> None:
    scene.happen(message("e1", camera="BNU-1-1", time_us=NOON_US - 5 * SECOND_US))
    dock = entered(scene, qtbot)
    qtbot.keyClick(dock.panel.view, Qt.Key.Key_Return)
    scene.settle()
    assert scene.engine.shown[KEY].camera == "BNU-1-1"
    assert scene.engine.look_backs == {KEY: Moment(NOON_US - 5 * SECOND_US, by_camera=True)}
    scene.engine.statuses[KEY] = TileStatus(StreamState.REPLAY, replay_s=5.0)
    scene.clock.seconds += 10
    scene.showing.tick()
    assert all(notice.key != NOT_SHOWN for notice in scene.notices.current)
    qtbot.keyClick(dock.panel.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    scene.settle()
    assert scene.engine.look_backs == {}
    assert scene.engine.shown[KEY].camera == "BNU-1-1"


def test_selecting_a_marked_tile_takes_its_mark_away(scene: Scene) -> None:
    tile = scene.wall.screen(0).tiles[3]
    assert tile.camera is not None
    scene.happen(message("e1", camera=tile.camera.code))
    assert scene.service.marks.mark(tile.camera.code) is not None
    scene.wall.select(0, 3)
    scene.settle()
    assert scene.service.marks.mark(tile.camera.code) is None


def test_the_desk_has_a_pulse_of_its_own(scene: Scene, qtbot: QtBot) -> None:
    desk = EventsDesk(
        scene.service,
        scene.showing,
        scene.wall,
        scene.directory,
        scene.tasks,
        list,
        scene.sources_changed,  # type: ignore[arg-type]  # a list is a sequence
        lambda: None,
        scene.window,
    )
    panel = desk.make_panel()
    qtbot.addWidget(panel)
    scene.send(message("e1"))

    def is_listed() -> bool:
        scene.clock.seconds += 0.25
        return panel.model.rowCount() == 1

    qtbot.waitUntil(is_listed, timeout=5000)
    desk.stop()
    scene.settle()
    assert scene.store.waiting == 0


def test_a_picture_appears_in_its_row(scene: Scene, qtbot: QtBot) -> None:
    red = QImage(320, 180, QImage.Format.Format_RGB32)
    red.fill(Qt.GlobalColor.red)
    jpeg = _jpeg(red)
    scene.engine.stills[CameraCode(CAMERA)] = jpeg
    dock = opened(scene)
    scene.happen(message("e1"))
    view = dock.panel.view

    def middle_of_the_picture() -> str:
        scene.settle()
        row = view.visualRect(dock.panel.model.index(0))
        grabbed = view.viewport().grab().toImage()
        grabbed.setDevicePixelRatio(1.0)
        ratio = view.devicePixelRatioF()
        x, y = row.left() + SIZE.width() // 2, row.center().y()
        return grabbed.pixelColor(round(x * ratio), round(y * ratio)).name()

    qtbot.waitUntil(lambda: middle_of_the_picture() == "#fe0000", timeout=5000)


def test_the_stripe_of_a_row_has_the_colour_of_its_severity(scene: Scene) -> None:
    dock = opened(scene)
    scene.happen(message("fire", label="fire"), message("car", label="car", camera="DIK-1-1"))
    view = dock.panel.view
    image = view.viewport().grab().toImage()
    image.setDevicePixelRatio(1.0)
    ratio = view.devicePixelRatioF()
    found = set()
    for at in range(2):
        row = view.visualRect(dock.panel.model.index(at))
        found.add(image.pixelColor(round(ratio), round(row.center().y() * ratio)).name())
    assert found == {tokens.EVENT_ALARM, tokens.EVENT_INFORMATION}


def _jpeg(image: QImage) -> bytes:
    from PySide6.QtCore import QBuffer, QByteArray

    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPG", 95)  # type: ignore[call-overload]  # the stub wants bytes
    return bytes(data.data())
