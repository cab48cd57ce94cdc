"""What lies over the pictures of a screen: boxes of that very picture, marks, frames of past."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.core.clock import SystemClock
from app.domain.analytics_event import EventSeverity
from app.domain.detection import Box
from app.domain.geometry import Rect, Size
from app.domain.picture_health import PictureFault
from app.domain.stream import StreamKind, StreamState
from app.services.event_marks import EventMarks, TileMark
from app.services.overlay_types import OverlayBox, OverlayStatus, Sync, TileOverlay, Timing
from app.video.board import PictureFacts
from app.video.engine_types import TileStatus, ViewKey
from tests.fakes.engine import LIVE
from tests.fakes.overlays import FakeOverlays
from tests.ui.wall.conftest import KEY, WallOnScreen, colour_at, middle
from ui.theme import tokens

RED = (200, 30, 30)
BLUE = (20, 40, 220)
SKY = tokens.BOX_SKY
OTHER = ViewKey("0/3")
LOST = TileStatus(StreamState.OFFLINE, age_s=9.0, kind=StreamKind.SUB)
REPLAYED = TileStatus(StreamState.REPLAY, age_s=12.4, replay_s=12.4, kind=StreamKind.SUB)


def around(left: float, right: float) -> TileOverlay:
    """A car between these two fractions of the picture's width."""
    return TileOverlay([OverlayBox(Box(left, 0.25, right, 0.75), "car", None, None)])


HALF = around(0.25, 0.75)


@pytest.fixture
def overlays() -> FakeOverlays:
    return FakeOverlays()


@pytest.fixture
def marks() -> EventMarks:
    return EventMarks(SystemClock())


@pytest.fixture
def wall(
    make_wall: Callable[..., WallOnScreen], overlays: FakeOverlays, marks: EventMarks
) -> WallOnScreen:
    """Four tiles with boxes and marks."""
    return make_wall(overlays=overlays, marks=marks)


def columns(image: QImage, rect: Rect, colour: str) -> list[int]:
    """Where a colour is found on the middle row of a rectangle, from its left edge."""
    row = rect.y + rect.height // 2
    return [x for x in range(rect.width) if colour_at(image, rect.x + x, row) == colour]


def picture_of(wall: WallOnScreen, key: ViewKey = KEY) -> Rect:
    rect = wall.window.canvas.picture_rect(key)
    assert rect is not None
    return rect


def test_boxes_are_asked_for_the_very_picture_that_is_painted(
    wall: WallOnScreen, overlays: FakeOverlays
) -> None:
    def at_its_time(facts: PictureFacts) -> TileOverlay:
        return around(facts.utc_us / 100, facts.utc_us / 100 + 0.25)

    overlays.overlays[KEY] = at_its_time
    for utc_us in (10, 30, 60):
        wall.engine.publish(KEY, RED, now_us=utc_us)
        wall.tick()
        rect = picture_of(wall)
        found = columns(wall.on_screen(), rect, SKY)
        assert found[0] == pytest.approx(rect.width * utc_us / 100, abs=1)
        key, camera, facts = overlays.asked[-1]
        assert (key, camera, facts.utc_us) == (KEY, "DIK-1-1", utc_us)


def test_a_repaint_of_the_same_picture_asks_with_the_same_facts(
    wall: WallOnScreen, overlays: FakeOverlays
) -> None:
    overlays.overlays[KEY] = HALF
    wall.engine.publish(KEY, RED, now_us=77)
    wall.look()
    painted = columns(wall.on_screen(), picture_of(wall), SKY)
    overlays.asked.clear()
    image = wall.grab()
    assert {facts.utc_us for key, _camera, facts in overlays.asked if key == KEY} == {77}
    assert columns(image, picture_of(wall), SKY) == painted


def test_boxes_that_came_after_their_picture_are_painted_over_it(
    wall: WallOnScreen, overlays: FakeOverlays
) -> None:
    wall.engine.publish(KEY, RED, now_us=5)
    wall.look()
    assert columns(wall.on_screen(), picture_of(wall), SKY) == []
    presented = wall.window.canvas.presented[KEY]
    overlays.overlays[KEY] = HALF
    wall.tick()
    assert columns(wall.on_screen(), picture_of(wall), SKY) == []  # nobody said so yet
    overlays.fresh_keys = {KEY, ViewKey("7/7")}
    wall.tick()
    assert len(columns(wall.on_screen(), picture_of(wall), SKY)) >= 2
    assert wall.window.canvas.presented[KEY] == presented  # the picture was there before


def test_a_view_that_is_new_to_both_is_painted_once(
    wall: WallOnScreen, overlays: FakeOverlays
) -> None:
    wall.engine.publish_all(RED)
    wall.look()
    overlays.fresh_keys = {KEY}
    wall.engine.publish(KEY, BLUE)
    overlays.asked.clear()
    wall.tick()
    assert [key for key, _camera, _facts in overlays.asked] == [KEY]


def test_switched_overlays_are_painted_at_once(
    wall: WallOnScreen, overlays: FakeOverlays, qtbot: QtBot
) -> None:
    wall.engine.publish_all(RED)
    wall.look()
    qtbot.wait(30)  # lets pending paint events of the first pictures pass
    overlays.asked.clear()
    overlays.show(KEY, HALF)
    qtbot.waitUntil(lambda: len(columns(wall.on_screen(), picture_of(wall), SKY)) >= 2)
    assert {key for key, _camera, _facts in overlays.asked} == {KEY}


def test_boxes_follow_the_zoom_before_the_new_picture_is_there(
    wall: WallOnScreen, overlays: FakeOverlays
) -> None:
    overlays.overlays[KEY] = around(0.5, 0.625)
    wall.engine.publish(KEY, RED)
    wall.look()
    wall.service.zoom(0, 0, 0.5, 0.5, 2.0)
    wall.settle()
    image = wall.grab()
    rect = picture_of(wall)
    stretched = columns(image, rect, SKY)
    assert stretched[0] == pytest.approx(rect.width / 2, abs=2)
    assert stretched[-1] == pytest.approx(rect.width * 0.75, abs=2)
    wall.engine.publish(KEY, RED)  # now with the crop that was asked for
    wall.tick()
    sharp = columns(wall.on_screen(), picture_of(wall), SKY)
    assert (sharp[0], sharp[-1]) == (stretched[0], stretched[-1])


def test_nothing_is_left_beside_a_picture_that_does_not_fill_its_place(
    wall: WallOnScreen, overlays: FakeOverlays
) -> None:
    wall.service.zoom(0, 0, 0.5, 0.5, 4.0)
    wall.settle()
    wall.engine.publish(KEY, RED)
    wall.look()
    wall.service.zoom(0, 0, 0.5, 0.5, 0.25)  # of the whole picture only the middle is at hand
    wall.settle()
    overlays.overlays[KEY] = around(0.1, 0.9)
    image = wall.grab()
    rect = picture_of(wall)
    assert columns(image, rect, QColor(*RED).name())
    assert columns(image, rect, SKY) == []
    overlays.overlays[KEY] = around(0.4, 0.6)
    assert len(columns(wall.grab(), rect, SKY)) >= 2


def test_boxes_fit_a_picture_of_another_size(wall: WallOnScreen, overlays: FakeOverlays) -> None:
    overlays.overlays[KEY] = HALF
    wall.engine.publish(KEY, RED, size=Size(64, 36))
    wall.tick()
    rect = picture_of(wall)
    found = columns(wall.on_screen(), rect, SKY)
    assert found[0] == pytest.approx(rect.width / 4, abs=1)
    assert found[-1] == pytest.approx(rect.width * 3 / 4 - 1, abs=1)


def test_a_lost_camera_has_no_boxes(wall: WallOnScreen, overlays: FakeOverlays) -> None:
    overlays.overlays[KEY] = HALF
    wall.engine.publish(KEY, RED)
    wall.engine.statuses[KEY] = LOST
    wall.look()
    overlays.asked.clear()
    assert columns(wall.grab(), picture_of(wall), SKY) == []
    assert KEY not in {key for key, _camera, _facts in overlays.asked}


def test_a_replayed_picture_is_bright_but_framed_and_never_live(
    wall: WallOnScreen, overlays: FakeOverlays
) -> None:
    overlays.overlays[KEY] = HALF
    wall.engine.publish(KEY, RED)
    wall.engine.statuses[KEY] = REPLAYED
    wall.look()
    image, rect = wall.grab(), picture_of(wall)
    assert middle(image, rect) == QColor(*RED).name()
    frame = QColor(tokens.REPLAY).name()
    assert colour_at(image, rect.x, rect.y + rect.height - 1) == frame
    assert colour_at(image, rect.x + rect.width - 1, rect.y) == frame
    assert len(columns(image, rect, SKY)) >= 2
    face = wall.window.canvas.face(KEY)
    assert (face.is_live, face.state_word, face.dot) == (False, "Replay −12.4 s", None)
    assert colour_at(image, wall.tile().strip.x + 2, wall.tile().strip.y + 2) != tokens.CAPTION


def test_a_picture_has_its_own_look_from_its_first_moment(wall: WallOnScreen) -> None:
    wall.engine.publish(KEY, RED)
    wall.look()
    rect = picture_of(wall)
    frame = QColor(tokens.REPLAY).name()
    wall.engine.statuses[KEY] = REPLAYED
    wall.engine.publish(KEY, BLUE, is_replay=True)
    wall.tick()  # one tick, whosever turn it is to be asked for its status
    assert not wall.window.canvas.face(KEY).is_live
    assert colour_at(wall.on_screen(), rect.x, rect.y + rect.height - 1) == frame
    del wall.engine.statuses[KEY]
    wall.engine.publish(KEY, RED)
    wall.tick()
    assert wall.window.canvas.face(KEY).is_live
    assert colour_at(wall.on_screen(), rect.x, rect.y + rect.height - 1) == QColor(*RED).name()


def test_a_replayed_picture_follows_the_tick(wall: WallOnScreen) -> None:
    wall.engine.statuses[KEY] = REPLAYED
    wall.engine.publish(KEY, RED)
    wall.look()
    wall.engine.publish(KEY, BLUE)
    wall.tick()
    assert middle(wall.on_screen(), picture_of(wall)) == QColor(*BLUE).name()


def test_a_paused_picture_stays_while_its_age_counts_on(
    wall: WallOnScreen, overlays: FakeOverlays, qtbot: QtBot
) -> None:
    wall.engine.publish(KEY, RED, now_us=11)
    wall.look()
    canvas = wall.window.canvas
    assert canvas.pause(KEY)
    wall.engine.publish(KEY, BLUE, now_us=22)
    overlays.fresh_keys = {KEY}
    wall.look()
    overlays.asked.clear()
    assert middle(wall.grab(), picture_of(wall)) == QColor(*RED).name()
    assert {facts.utc_us for key, _camera, facts in overlays.asked if key == KEY} == {11}
    face = canvas.face(KEY)
    assert (face.is_live, face.state_word, face.dot) == (False, "Paused", None)
    assert face.age.endswith("days")
    assert "Paused" in canvas.detail(KEY)
    frame = QColor(tokens.PAUSED).name()
    assert colour_at(wall.grab(), picture_of(wall).x, picture_of(wall).y) == frame
    canvas.resume(KEY)
    assert not canvas.is_paused(KEY)
    wall.look()
    qtbot.waitUntil(lambda: middle(wall.on_screen(), picture_of(wall)) == QColor(*BLUE).name())
    assert canvas.face(KEY).is_live


def test_pausing_survives_a_new_layout_but_not_another_camera(wall: WallOnScreen) -> None:
    wall.engine.publish_all(RED)
    wall.look()
    canvas = wall.window.canvas
    assert canvas.pause(KEY)
    wall.service.set_layout(0, "9")
    wall.settle()
    assert canvas.is_paused(KEY)
    wall.service.turn_page(0, 1)
    wall.settle()
    assert not canvas.is_paused(KEY)


def test_a_tile_without_a_picture_cannot_be_paused(wall: WallOnScreen) -> None:
    assert not wall.window.canvas.pause(KEY)
    assert not wall.window.canvas.pause(ViewKey("0/99"))
    wall.window.canvas.resume(ViewKey("0/99"))


def test_a_torn_picture_is_not_kept_paused(wall: WallOnScreen) -> None:
    wall.engine.publish(KEY, RED)
    wall.look()
    wall.engine.torn[KEY] = 99
    assert not wall.window.canvas.pause(KEY)


@pytest.mark.parametrize("severity", EventSeverity)
def test_a_mark_has_a_border_in_its_colour_until_it_is_seen(
    wall: WallOnScreen, marks: EventMarks, qtbot: QtBot, severity: EventSeverity
) -> None:
    colour = QColor(getattr(tokens, f"EVENT_{severity.name}")).name()
    wall.engine.publish_all(RED)
    wall.look()
    camera = wall.tile(3).camera
    assert camera is not None
    room = wall.tile(3).picture

    def edge() -> str:
        return colour_at(wall.on_screen(), room.x, room.y + room.height // 2)

    assert edge() != colour
    marks.add(camera.code, TileMark(severity, 3))
    marks.expire()
    qtbot.waitUntil(lambda: edge() == colour)
    wall.engine.publish(OTHER, BLUE)
    wall.tick()
    assert edge() == colour  # the short road paints it too
    badge = {
        colour_at(wall.on_screen(), room.x + room.width - 6 - x, room.y + 5 + y)
        for x in range(24)
        for y in range(20)
    }
    assert colour in badge
    marks.seen(camera.code)
    qtbot.waitUntil(lambda: edge() != colour)


def test_faults_and_trouble_with_boxes_stand_on_the_strip(
    wall: WallOnScreen, overlays: FakeOverlays
) -> None:
    wall.engine.publish_all(RED)
    wall.look()
    calm = wall.grab()
    canvas = wall.window.canvas
    assert (canvas.face(KEY).faults, canvas.face(KEY).boxes) == ("", "")
    wall.engine.statuses[KEY] = replace(LIVE, faults=(PictureFault.BLURRED,))
    overlays.statuses[KEY] = OverlayStatus(is_on=True, sync=Sync.NONE)
    wall.look()
    assert (canvas.face(KEY).faults, canvas.face(KEY).boxes) == ("blurred", "no boxes")
    assert canvas.face(KEY).is_live
    strip = wall.tile().strip
    assert calm.copy(strip.x, strip.y, strip.width, strip.height) != wall.grab().copy(
        strip.x, strip.y, strip.width, strip.height
    )
    assert middle(wall.grab(), picture_of(wall)) == QColor(*RED).name()


def test_the_detail_tells_of_the_boxes(wall: WallOnScreen, overlays: FakeOverlays) -> None:
    wall.engine.publish_all(RED)
    overlays.statuses[KEY] = OverlayStatus(
        is_on=True, timing=Timing.IN_STEP, sync=Sync.EXACT, lag_s=0.21, hold_s=0.4
    )
    line = "Boxes: in step · exact · 210 ms after the picture · the picture waits 400 ms"
    assert line in wall.window.canvas.detail(KEY)


def test_a_note_is_said_and_forgotten(wall: WallOnScreen, qtbot: QtBot) -> None:
    wall.window.canvas.show_note("Boxes on")
    assert wall.window.canvas.note == "Boxes on"
    wall.window.canvas.show_note("Boxes off")
    assert wall.window.canvas.note == "Boxes off"
    qtbot.waitUntil(lambda: not wall.window.canvas.note, timeout=5000)
