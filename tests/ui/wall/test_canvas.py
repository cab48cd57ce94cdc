"""What the canvas paints, seen as colours of pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QColor, QPaintEvent, QRegion
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.domain.camera import CameraCode
from app.domain.geometry import Rect, Size
from app.domain.stream import Reason, StreamKind, StreamState
from app.video.engine_types import TileStatus, ViewKey
from tests.fakes.engine import LIVE
from tests.ui.exposure import wait_exposed
from tests.ui.wall.conftest import KEY, WallOnScreen, colour_at, middle
from ui.theme import tokens
from ui.wall.plate import Plate
from ui.wall.state_icons import STATE_COLOURS

RED = (200, 30, 30)
BLUE = (20, 40, 220)
GREEN = (10, 180, 60)
LOST = TileStatus(
    StreamState.RECONNECTING,
    Reason.REFUSED,
    retry_in_s=4.0,
    age_s=9.0,
    taken_utc_us=1_700_000_000_000_000,
    kind=StreamKind.SUB,
)


def name_of(colour: tuple[int, int, int]) -> str:
    return QColor(*colour).name()


def test_a_new_picture_is_on_the_screen_after_one_tick(wall: WallOnScreen) -> None:
    wall.engine.publish(KEY, RED)
    wall.tick()
    assert middle(wall.on_screen(), wall.tile().picture) == name_of(RED)
    wall.engine.publish(KEY, BLUE)
    wall.tick()
    assert middle(wall.on_screen(), wall.tile().picture) == name_of(BLUE)


def test_a_grabbed_window_shows_the_same(wall: WallOnScreen) -> None:
    wall.engine.publish(KEY, RED)
    wall.look()
    assert middle(wall.grab(), wall.tile().picture) == name_of(RED)


def test_only_what_changed_is_painted(wall: WallOnScreen, qtbot: QtBot) -> None:
    wall.engine.publish_all(RED)
    wall.look()
    qtbot.wait(30)  # lets pending paint events of the first pictures pass
    before = dict(wall.window.canvas.presented)
    given = wall.engine.pictures_given
    wall.engine.publish(ViewKey("0/2"), BLUE)
    wall.tick()
    after = wall.window.canvas.presented
    assert after[ViewKey("0/2")] == before[ViewKey("0/2")] + 1
    assert {k: v for k, v in after.items() if k != "0/2"} == {
        k: v for k, v in before.items() if k != "0/2"
    }
    assert wall.engine.pictures_given == given + 1
    assert middle(wall.on_screen(), wall.tile(1).picture) == name_of(RED)


def test_a_tick_without_anything_new_paints_nothing(wall: WallOnScreen, qtbot: QtBot) -> None:
    wall.engine.publish_all(RED)
    wall.look()
    qtbot.wait(30)
    given = wall.engine.pictures_given
    wall.tick(20)
    qtbot.wait(30)
    assert wall.engine.pictures_given == given


def test_a_picture_is_painted_pixel_for_pixel(wall: WallOnScreen) -> None:
    wall.engine.publish(KEY, RED)
    wall.tick()
    rect = wall.window.canvas.picture_rect(KEY)
    spec = wall.engine.shown[KEY]
    assert rect is not None
    assert (rect.width == spec.width) or (rect.height == spec.height)
    image = wall.on_screen()
    assert colour_at(image, rect.x, rect.y) == name_of(RED)
    assert colour_at(image, rect.x + rect.width - 1, rect.y + rect.height - 1) == name_of(RED)
    assert colour_at(image, rect.x - 1, rect.y) == QColor(tokens.TILE_EMPTY).name()


def test_a_picture_that_was_torn_is_painted_again_before_it_is_seen(wall: WallOnScreen) -> None:
    wall.engine.publish(KEY, RED)
    wall.tick()
    wall.engine.publish(KEY, BLUE)
    wall.engine.torn[KEY] = 2
    given = wall.engine.pictures_given
    wall.tick()
    assert wall.engine.pictures_given == given + 3
    assert middle(wall.on_screen(), wall.tile().picture) == name_of(BLUE)


def test_a_picture_torn_in_a_paint_event_is_painted_again(wall: WallOnScreen) -> None:
    wall.engine.publish(KEY, RED)
    wall.look()
    wall.engine.torn[KEY] = 1
    given = wall.engine.pictures_given
    assert middle(wall.grab(), wall.tile().picture) == name_of(RED)
    assert wall.engine.pictures_given >= given + 2
    assert wall.engine.torn[KEY] == 0


def test_a_picture_of_another_shape_is_stretched_until_a_new_one_comes(wall: WallOnScreen) -> None:
    wall.engine.publish(KEY, RED, size=Size(64, 36))
    wall.tick()
    rect = wall.window.canvas.picture_rect(KEY)
    assert rect is not None
    assert rect.height == wall.tile().picture.height
    image = wall.on_screen()
    assert colour_at(image, rect.x + 2, rect.y + 2) == name_of(RED)


def test_pictures_stay_while_the_layout_changes(wall: WallOnScreen) -> None:
    wall.engine.publish_all(RED)
    wall.look()
    wall.service.set_layout(0, "9")
    wall.settle()
    assert middle(wall.grab(), wall.tile(1).picture) == name_of(RED)
    assert middle(wall.grab(), wall.tile(7).picture) != name_of(RED)


def test_a_zoomed_tile_shows_the_old_picture_in_place_at_once(wall: WallOnScreen) -> None:
    wall.engine.publish(KEY, RED)
    wall.look()
    wall.service.zoom(0, 0, 0.5, 0.5, 2.0)
    wall.settle()
    rect = wall.tile().picture
    assert middle(wall.grab(), rect) == name_of(RED)
    wall.look()
    assert wall.window.canvas.face(KEY).zoom == "zoom 2.0×"
    wall.service.zoom(0, 0, 0.5, 0.5, 0.5)
    wall.settle()
    assert wall.window.canvas.face(KEY).zoom == ""


def test_the_picture_of_another_camera_is_gone_with_the_page(wall: WallOnScreen) -> None:
    wall.engine.publish_all(RED)
    wall.look()
    wall.service.turn_page(0, 1)
    wall.settle()
    assert middle(wall.grab(), wall.tile().picture) != name_of(RED)
    assert wall.window.canvas.face(KEY).code == "DIK-1-5"


def test_a_lost_camera_keeps_its_last_picture_dimmed_and_hatched(wall: WallOnScreen) -> None:
    wall.engine.publish(KEY, RED)
    wall.look()
    wall.engine.statuses[KEY] = LOST
    wall.look()
    image = wall.grab()
    rect = wall.window.canvas.picture_rect(KEY)
    assert rect is not None
    row = [image.pixelColor(rect.x + x, rect.y + 5) for x in range(40)]
    assert len({colour.name() for colour in row}) > 1  # lines over it
    ground = min(row, key=lambda colour: colour.lightness())
    assert 60 < ground.red() < 150 > ground.blue()
    face = wall.window.canvas.face(KEY)
    assert face.headline == "Reconnecting in 4 s"
    assert face.reason == "The camera refuses the connection"
    assert face.last_picture.startswith("Last picture ")


def test_a_stale_picture_is_dimmed_by_our_own_clock(wall: WallOnScreen) -> None:
    wall.engine.publish(KEY, RED)
    wall.look()
    wall.engine.statuses[KEY] = replace(LIVE, age_s=2.01)
    wall.look()
    assert wall.window.canvas.face(KEY).state is StreamState.STALE
    assert wall.window.canvas.face(KEY).headline == "No new picture for 2 s"
    rect = wall.window.canvas.picture_rect(KEY)
    assert rect is not None
    assert wall.grab().pixelColor(rect.x + 5, rect.y + 5).red() < 150


def test_a_picture_about_to_be_stale_is_judged_at_every_tick(wall: WallOnScreen) -> None:
    wall.engine.publish(KEY, RED)
    wall.look()
    wall.engine.statuses[KEY] = replace(LIVE, age_s=1.95)
    wall.look()
    assert wall.window.canvas.face(KEY).is_live
    wall.engine.statuses[KEY] = replace(LIVE, age_s=2.05)
    wall.tick()
    assert not wall.window.canvas.face(KEY).is_live


def test_a_camera_that_is_back_is_bright_with_its_first_picture(wall: WallOnScreen) -> None:
    wall.engine.publish(KEY, RED)
    wall.engine.statuses[KEY] = LOST
    wall.look()
    del wall.engine.statuses[KEY]
    wall.engine.publish(KEY, GREEN)
    wall.tick()
    assert middle(wall.on_screen(), wall.tile().picture) == name_of(GREEN)


@pytest.mark.parametrize("state", [s for s in StreamState if s is not StreamState.LIVE])
def test_every_state_has_its_colour_on_the_tile(wall: WallOnScreen, state: StreamState) -> None:
    wall.engine.statuses[KEY] = TileStatus(state, Reason.REFUSED)
    wall.look()
    image, tile = wall.grab(), wall.tile()
    colour = QColor(STATE_COLOURS[state]).name()

    def has_colour(rect: Rect) -> bool:
        return colour in {
            colour_at(image, x, y)
            for x in range(rect.x, rect.x + rect.width)
            for y in range(rect.y, rect.y + rect.height)
        }

    assert has_colour(tile.strip)
    assert has_colour(tile.picture)


def test_a_long_code_is_shortened_and_stays_on_its_strip(
    make_wall: Callable[..., WallOnScreen],
) -> None:
    wall = make_wall(layout="64", cameras=70)
    wall.window.resize(480, 270)
    wall.settle()
    wall.look()
    image = wall.grab()
    gap = wall.tile(0).frame.x + wall.tile(0).frame.width
    strip = wall.tile(0).strip
    column = {colour_at(image, gap, strip.y + y) for y in range(2, strip.height - 2)}
    assert column <= {QColor(tokens.SELECTED).name(), QColor(tokens.BACKGROUND).name()}


def test_without_a_picture_the_tile_says_what_it_waits_for(wall: WallOnScreen) -> None:
    wall.look()
    assert wall.window.canvas.face(KEY).headline == "Connecting"
    assert wall.window.canvas.picture_rect(KEY) is None
    assert middle(wall.grab(), wall.tile().picture) != name_of(RED)


def test_an_empty_cell_is_quiet(make_wall: Callable[..., WallOnScreen]) -> None:
    wall = make_wall(cameras=2)
    wall.look()
    assert wall.window.canvas.face(ViewKey("0/3")).is_empty
    tile = wall.tile(3)
    image = wall.grab()
    colours = {
        colour_at(image, tile.picture.x + x, tile.picture.y + y)
        for x in range(0, tile.picture.width, 7)
        for y in range(0, tile.picture.height, 7)
    }
    assert colours == {QColor(tokens.TILE_EMPTY).name()}


def test_the_selected_tile_is_framed_in_the_gap(wall: WallOnScreen) -> None:
    wall.service.select(0, 3)
    wall.settle()
    frame = wall.tile(3).frame
    image = wall.grab()
    assert colour_at(image, frame.x - 1, frame.y + 40) == QColor(tokens.SELECTED).name()
    assert colour_at(image, frame.x + 40, frame.y - 1) == QColor(tokens.SELECTED).name()
    assert colour_at(image, frame.x + 1, frame.y + 40) != QColor(tokens.SELECTED).name()
    other = wall.tile(0).frame
    assert colour_at(image, other.x - 1, other.y + 40) == QColor(tokens.BACKGROUND).name()


def test_the_typed_number_stands_large_in_the_middle(wall: WallOnScreen) -> None:
    for key in "2.3.1":
        wall.service.type_call_up(key)
    wall.settle()
    plate = wall.window.canvas.plate
    assert (plate.title, plate.line) == ("2.3.1", "BNU-3-1  Bus stand exit 3")
    area = plate.area(wall.window.canvas.size_px)
    image = wall.grab()
    bright = [
        image.pixelColor(x, y).lightness() > 200
        for x in range(area.left(), area.right(), 3)
        for y in range(area.top(), area.bottom(), 3)
    ]
    assert sum(bright) > 40
    wall.engine.publish_all(RED)
    wall.tick()
    assert wall.window.canvas.presented[KEY] == 1
    wall.service.forget_call_up()
    wall.settle()
    assert not plate.is_shown


def test_the_plate_has_room_for_a_name_on_a_narrow_screen() -> None:
    plate = Plate()
    assert plate.area(QSize(1920, 1080)).width() == 768
    narrow = plate.area(QSize(1040, 1080))
    assert narrow.width() > 700
    assert QRect(0, 0, 1040, 1080).contains(narrow)
    assert QRect(0, 0, 400, 1080).contains(plate.area(QSize(400, 1080)))


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("9.9.9", "No camera has the number 9.9.9"),
        ("9.", "Incomplete: a number is district.site.camera, as in 2.41.3"),
    ],
)
def test_a_refused_number_says_why(wall: WallOnScreen, keys: str, line: str) -> None:
    for key in keys:
        wall.service.type_call_up(key)
    wall.service.confirm_call_up()
    wall.settle()
    assert wall.window.canvas.plate.is_problem
    assert wall.window.canvas.plate.line == line


def test_pictures_pass_below_a_widget_that_lies_over_the_wall(
    wall: WallOnScreen, qtbot: QtBot
) -> None:
    cover = QLabel("?", wall.window)
    cover.setStyleSheet("background: #00ff00")
    cover.setGeometry(0, 0, 200, 100)
    cover.show()
    qtbot.waitUntil(lambda: colour_at(wall.on_screen(), 3, 3) == "#00ff00")
    wall.engine.publish_all(RED)
    wall.tick()
    image = wall.on_screen()
    assert colour_at(image, 3, 3) == "#00ff00"
    assert middle(image, wall.tile(3).picture) == name_of(RED)


def test_only_the_pictures_that_are_covered_leave_the_short_road(
    wall: WallOnScreen, qtbot: QtBot
) -> None:
    cover = QLabel("?", wall.window)
    cover.setGeometry(wall.window.width() - 60, wall.window.height() - 60, 50, 50)
    cover.show()
    wait_exposed(qtbot, cover)
    wall.engine.publish_all(BLUE)
    wall.look()
    painted: list[QRegion] = []
    paint = wall.window.canvas.paintEvent

    def note(event: QPaintEvent) -> None:
        painted.append(event.region())
        paint(event)

    wall.window.canvas.paintEvent = note  # type: ignore[method-assign]  # to see who is asked
    wall.engine.publish_all(RED)
    wall.tick()
    image = wall.on_screen()
    assert {middle(image, wall.tile(cell).picture) for cell in range(4)} == {name_of(RED)}
    touched = QRegion()
    for region in painted:
        touched += region
    assert touched.contains(wall.centre_of(wall.tile(3).picture))
    assert not touched.contains(wall.centre_of(wall.tile(0).picture))


def test_a_hidden_window_paints_nothing(wall: WallOnScreen) -> None:
    wall.window.hide()
    given = wall.engine.pictures_given
    wall.engine.publish_all(RED)
    wall.tick()
    assert not wall.window.canvas.is_seen
    assert wall.engine.pictures_given == given


def test_the_page_is_said_for_a_moment_below_the_pictures(wall: WallOnScreen, qtbot: QtBot) -> None:
    wall.service.turn_page(0, 1)
    wall.settle()
    assert wall.window.canvas.note == "Dera Ismail Khan · page 2 of 10"
    image = wall.grab()
    size = wall.window.canvas.size_px
    accent = QColor(tokens.ACCENT).name()
    lowest = [colour_at(image, x, size.height() - 2) for x in range(size.width())]
    assert accent in lowest
    bottom = wall.tile(2).picture.y + wall.tile(2).picture.height - 1
    assert accent not in [colour_at(image, x, bottom) for x in range(size.width())]
    qtbot.waitUntil(lambda: not wall.window.canvas.note)
    wall.service.select(0, 1)
    wall.settle()
    assert wall.window.canvas.note == ""


def test_what_is_said_is_lifted_above_what_lies_over_the_edge(wall: WallOnScreen) -> None:
    wall.window.canvas.show_note("Boxes on")
    accent = QColor(tokens.ACCENT).name()
    size = wall.window.canvas.size_px
    lifted = 100

    def is_said(above_edge: int) -> bool:
        image, row = wall.grab(), size.height() - above_edge
        return accent in [colour_at(image, x, row) for x in range(size.width())]

    assert is_said(2)
    wall.window.canvas.lift_note(lifted)
    wall.settle()
    assert not is_said(2)
    assert is_said(round(lifted * wall.window.devicePixelRatioF()) + 2)
    wall.window.canvas.lift_note(0)
    wall.settle()
    assert is_said(2)


def test_a_picture_that_comes_while_only_its_edge_is_painted_is_shown_whole(
    wall: WallOnScreen, qtbot: QtBot
) -> None:
    wall.engine.publish(KEY, RED)
    wall.look()
    wall.engine.publish(KEY, BLUE)
    wall.window.canvas.repaint(0, 0, wall.window.width(), 3)
    qtbot.waitUntil(lambda: middle(wall.on_screen(), wall.tile().picture) == name_of(BLUE))


def test_the_detail_of_a_tile_has_no_address(wall: WallOnScreen) -> None:
    lines = wall.window.canvas.detail(KEY)
    assert lines[0] == "DIK-1-1  Main bazaar, north gate 1"
    assert not [line for line in lines if "rtsp" in line]


def test_a_camera_placed_elsewhere_takes_its_caption_along(wall: WallOnScreen) -> None:
    wall.service.place(CameraCode("LKM-2-1"), 0, 2)
    wall.settle()
    assert wall.window.canvas.face(ViewKey("0/2")).code == "LKM-2-1"
