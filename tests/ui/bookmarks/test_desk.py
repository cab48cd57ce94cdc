"""B and Shift+B on a tile, what is said there, and the line for the words."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.domain.analytics_event import EventSeverity
from app.domain.bookmark import FlagState
from app.domain.detection import Box
from app.domain.event_record import EventGroup, EventRecord
from app.services.overlay_types import OverlayBox, TileOverlay
from tests.fakes.event_desk import FULL
from tests.ui.bookmarks.conftest import Scene
from ui.bookmarks.mark_line import MarkLine
from ui.bookmarks.tile_note import TileNote


def press(qtbot: QtBot, scene: Scene, key: Qt.Key, *, shift: bool = False) -> None:
    modifier = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    qtbot.keyClick(scene.window, key, modifier)
    scene.settle()


def line_of(scene: Scene, qtbot: QtBot) -> MarkLine:
    line = scene.desk.words.line
    assert line is not None
    qtbot.waitUntil(line.title.hasFocus)
    return line


def test_b_marks_what_the_tile_shows(scene: Scene, qtbot: QtBot) -> None:
    box = OverlayBox(Box(0.1, 0.2, 0.3, 0.4), "car", 0.8, "7")
    scene.overlays.show(scene.key, TileOverlay([box]))
    press(qtbot, scene, Qt.Key.Key_B)
    (kept,) = scene.stored()
    tile = scene.wall.screen(0).tiles[0]
    assert tile.camera is not None
    assert kept.camera == tile.camera.code
    assert [(drawn.label, drawn.track_id) for drawn in kept.drawn] == [("car", "7")]
    assert kept.picture_age_ms == 80
    jpeg = scene.pictures.load(kept.id.bytes)
    picture = QImage.fromData(jpeg or b"")
    assert 0 < picture.width() <= 320
    assert scene.desk.note(0).startswith("Bookmark saved: ")


def test_the_answer_on_a_lower_tile_does_not_lie_over_the_line(scene: Scene, qtbot: QtBot) -> None:
    scene.wall.select(0, 2)
    press(qtbot, scene, Qt.Key.Key_B)
    line = line_of(scene, qtbot)
    (note,) = [each for each in scene.window.findChildren(TileNote) if each.isVisible()]
    assert note.text().startswith("Bookmark saved: ")
    assert not note.geometry().intersects(line.home)


def test_nothing_is_said_before_the_commit(scene: Scene, qtbot: QtBot) -> None:
    qtbot.keyClick(scene.window, Qt.Key.Key_B)
    assert scene.desk.note(0) == ""
    scene.settle()
    assert scene.desk.note(0)


@pytest.mark.logs_errors
def test_a_refusal_is_said_on_the_tile(scene: Scene, qtbot: QtBot) -> None:
    scene.refuses = "The disk is full"
    press(qtbot, scene, Qt.Key.Key_B)
    assert scene.desk.note(0).startswith("Bookmark kept, not in the database yet")
    scene.refuses = ""
    scene.later(1.1)
    assert scene.desk.note(0).startswith("Bookmark saved")


def test_the_line_gives_it_words(scene: Scene, qtbot: QtBot) -> None:
    press(qtbot, scene, Qt.Key.Key_B)
    line = line_of(scene, qtbot)
    qtbot.keyClicks(line.title, "White car")
    qtbot.keyClick(line.title, Qt.Key.Key_Tab)
    qtbot.keyClicks(line.tags, "car, gate")
    qtbot.keyClick(line.tags, Qt.Key.Key_F, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(line.tags, Qt.Key.Key_Return)
    scene.settle()
    (kept,) = scene.stored()
    assert (kept.title, kept.tags, kept.flag) == ("White car", ("car", "gate"), FlagState.RAISED)
    assert scene.desk.words.line is None
    assert scene.window.hasFocus()


def test_escape_leaves_it_as_it_is(scene: Scene, qtbot: QtBot) -> None:
    press(qtbot, scene, Qt.Key.Key_B)
    line = line_of(scene, qtbot)
    qtbot.keyClicks(line.title, "White car")
    qtbot.keyClick(line.title, Qt.Key.Key_Escape)
    scene.settle()
    assert scene.stored()[0].revision == 1
    assert scene.window.hasFocus()


def test_the_wall_goes_on_under_the_line(scene: Scene, qtbot: QtBot) -> None:
    press(qtbot, scene, Qt.Key.Key_B)
    line = line_of(scene, qtbot)
    before = scene.wall.screen(0).page
    qtbot.keyClick(line.title, Qt.Key.Key_PageDown)
    scene.settle()
    assert scene.wall.screen(0).page != before
    assert scene.desk.words.line is line


def test_another_mark_keeps_what_was_typed_for_the_one_before(scene: Scene, qtbot: QtBot) -> None:
    press(qtbot, scene, Qt.Key.Key_B)
    qtbot.keyClicks(line_of(scene, qtbot).title, "White car")
    scene.window.setFocus()
    press(qtbot, scene, Qt.Key.Key_B)
    assert [kept.title for kept in scene.stored()].count("White car") == 1
    assert len(scene.stored()) == 2


def test_a_line_in_which_nobody_types_goes_by_itself(scene: Scene, qtbot: QtBot) -> None:
    press(qtbot, scene, Qt.Key.Key_B)
    line = line_of(scene, qtbot)
    assert line._leaving.isActive()
    qtbot.keyClicks(line.title, "x")
    assert not line._leaving.isActive()
    line.left.emit()
    assert scene.desk.words.line is None


def test_a_tag_in_use_is_suggested_and_not_taken_unasked(scene: Scene, qtbot: QtBot) -> None:
    press(qtbot, scene, Qt.Key.Key_B)
    line = line_of(scene, qtbot)
    line.offer(["carpark", "gate"])
    line.tags.setFocus()
    qtbot.keyClicks(line.tags, "gate,car")
    assert line.tags.text() == "gate,carpark"
    assert list(line.chosen_tags) == ["gate", "car"]
    qtbot.keyClick(line.tags, Qt.Key.Key_End)
    assert list(line.chosen_tags) == ["gate", "carpark"]


def test_shift_b_begins_and_ends_a_span(scene: Scene, qtbot: QtBot) -> None:
    press(qtbot, scene, Qt.Key.Key_B, shift=True)
    assert scene.desk.badge(0, scene.key).startswith("Span since ")
    assert scene.desk.words.line is None
    scene.clock.seconds += 3
    scene.show_pictures()
    press(qtbot, scene, Qt.Key.Key_B, shift=True)
    (kept,) = scene.stored()
    assert kept.end_us is not None
    assert kept.end_us > kept.start_us
    assert scene.desk.badge(0, scene.key) == ""
    assert line_of(scene, qtbot).bookmark.id == kept.id


def test_the_words_of_a_span_stay_with_its_camera(scene: Scene, qtbot: QtBot) -> None:
    key = scene.key
    press(qtbot, scene, Qt.Key.Key_B, shift=True)
    scene.wall.turn_page(0, 1)
    scene.settle()
    assert scene.desk.badge(0, key) == ""
    scene.wall.turn_page(0, -1)
    scene.settle()
    assert scene.desk.badge(0, key).startswith("Span since ")


def test_the_line_says_that_it_is_saved(scene: Scene, qtbot: QtBot) -> None:
    press(qtbot, scene, Qt.Key.Key_B)
    heading = line_of(scene, qtbot).findChildren(QLabel)[0]
    assert "Bookmark saved: " in heading.text()


def test_an_event_is_marked_from_its_list(scene: Scene, qtbot: QtBot) -> None:
    camera = scene.camera()
    record = EventRecord(
        b"k" * 16, FULL, EventSeverity.ALARM, camera.district, camera.site, b"k" * 16
    )
    scene.desk.mark_event(EventGroup.of(record))
    scene.settle()
    (kept,) = scene.stored()
    assert kept.event_key == record.key
    assert scene.window.canvas.note.startswith("Bookmark saved")
    assert line_of(scene, qtbot).bookmark.id == kept.id


def test_the_line_comes_again_and_again(scene: Scene, qtbot: QtBot) -> None:
    for title in ("one", "two", "three"):
        press(qtbot, scene, Qt.Key.Key_B)
        line = line_of(scene, qtbot)
        qtbot.waitUntil(lambda line=line: scene.window.rect().contains(line.geometry()))  # type: ignore[misc]  # bound at once
        qtbot.keyClicks(line.title, title)
        qtbot.keyClick(line.title, Qt.Key.Key_Tab)
        qtbot.keyClicks(line.tags, "car")
        qtbot.keyClick(line.tags, Qt.Key.Key_Return)
        scene.settle()
        assert scene.window.hasFocus()
    assert [kept.title for kept in scene.stored()].count("three") == 1
    assert len(scene.stored()) == 3
