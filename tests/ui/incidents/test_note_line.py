"""N on a tile: the incident begins at once, and a line takes the note without covering a thing."""

import pytest
from PySide6.QtCore import QSize, Qt
from pytestqt.qtbot import QtBot

from app.core.errors import StorageUnavailable
from app.domain.analytics_event import EventSeverity
from app.domain.camera import CameraCode
from app.domain.geometry import Size
from app.domain.stream import StreamState
from app.services.event_marks import TileMark
from app.video.engine_types import TileStatus, ViewKey
from tests.fakes.event_desk import NOON_US
from tests.ui.incidents.conftest import Scene
from ui.incidents.note_line import NoteLine

SHIFT = Qt.KeyboardModifier.ShiftModifier


def noted(scene: Scene, qtbot: QtBot) -> NoteLine:
    scene.desk.note_tile()
    scene.settle()
    line = scene.desk.line(scene.window)
    assert line is not None
    qtbot.waitUntil(line.editor.hasFocus)
    return line


def test_the_tile_starts_an_incident_and_the_line_takes_the_note(
    scene: Scene, qtbot: QtBot
) -> None:
    key = ViewKey("0/0")
    scene.engine.statuses[key] = TileStatus(
        StreamState.REPLAY, taken_utc_us=NOON_US - 12_000_000, replay_s=12.0
    )
    camera = scene.wall.screen(0).tiles[0].camera
    assert camera is not None
    scene.marks.marks[CameraCode(camera.code)] = TileMark(EventSeverity.ALARM, rule="Gate line")
    line = noted(scene, qtbot)
    current = scene.service.current
    assert current is not None
    assert line.title == f"Incident {current.number}"
    assert line.state == "Started · saved"
    assert current.severity == EventSeverity.ALARM
    facts = scene.notes(current.id, automatic=True)[0].text
    assert "Replayed picture of" in facts
    assert "Alarm: Gate line" in facts
    qtbot.keyClicks(line.editor, "bag")
    qtbot.keyClick(line.editor, Qt.Key.Key_Return, SHIFT)
    qtbot.keyClicks(line.editor, "gate")
    assert line.isVisible()
    qtbot.keyClick(line.editor, Qt.Key.Key_Return)
    scene.settle()
    assert line.isHidden()
    assert [note.text for note in scene.notes(current.id)] == ["bag\ngate"]
    qtbot.waitUntil(scene.window.hasFocus)


def test_escape_keeps_the_draft_for_the_next_time(scene: Scene, qtbot: QtBot) -> None:
    line = noted(scene, qtbot)
    qtbot.keyClicks(line.editor, "a man with")
    qtbot.keyClick(line.editor, Qt.Key.Key_Escape)
    assert line.isHidden()
    current = scene.service.current
    assert current is not None
    draft = scene.service.draft(current.id)
    assert draft is not None
    assert draft.text == "a man with"
    scene.wall.select(0, 1)
    again = noted(scene, qtbot)
    assert again.editor.text == "a man with"
    assert again.state == "Added · saved"
    assert len(scene.incident(current.id).cameras) == 2


def test_what_is_written_is_a_draft_soon(scene: Scene, qtbot: QtBot) -> None:
    line = noted(scene, qtbot)
    qtbot.keyClicks(line.editor, "smoke")

    def is_on_disk() -> bool:
        file = scene.drafts_file
        return file.exists() and b"smoke" in file.read_bytes()

    qtbot.waitUntil(is_on_disk, timeout=2000)


@pytest.mark.logs_errors
def test_a_database_that_refuses_is_told_on_the_line(scene: Scene, qtbot: QtBot) -> None:
    scene.database.refusal = StorageUnavailable("The disk is full", advice="Free space.")
    line = noted(scene, qtbot)
    assert line.title == "Incident not saved yet"
    assert "Kept as draft" in line.state
    assert "The disk is full" in line.state
    scene.database.refusal = None
    scene.pass_time(1.5)
    assert line.title.endswith("-001")
    assert line.state == "Started · saved"


def test_shift_n_starts_another_one(scene: Scene, qtbot: QtBot) -> None:
    noted(scene, qtbot)
    first = scene.service.current
    scene.desk.start_incident()
    scene.settle()
    assert first is not None
    assert scene.service.current is not None
    assert scene.service.current.id != first.id


def test_a_tile_without_a_camera_starts_nothing(scene: Scene) -> None:
    scene.directory.drop_district(scene.directory.districts()[0].code)
    for district in scene.directory.districts():
        scene.directory.drop_district(district.code)
    scene.wall.registry_changed()
    scene.settle()
    scene.desk.note_tile()
    assert scene.service.current is None
    assert scene.desk.line(scene.window) is None


def test_the_line_stays_in_a_small_window(scene: Scene, qtbot: QtBot) -> None:
    line = noted(scene, qtbot)
    line.editor.show_text("\n".join(["a long note"] * 40))
    scene.window.resize(QSize(420, 300))
    qtbot.waitUntil(lambda: scene.window.rect().contains(line.geometry()))
    assert Size(line.width(), line.height()).width < scene.window.width()


def test_keys_of_the_wall_still_reach_it(scene: Scene, qtbot: QtBot) -> None:
    line = noted(scene, qtbot)
    qtbot.keyClick(line.editor, Qt.Key.Key_F2)
    assert scene.keys == [Qt.Key.Key_F2.value]


def test_without_a_console_there_is_no_list(scene: Scene) -> None:
    scene.has_console = False
    scene.desk.make_panel(scene.window)
    scene.desk.show_incidents()
    assert scene.pages == []
