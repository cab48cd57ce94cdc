"""The console's page: found, opened, changed, noted and corrected with the keyboard alone."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextLayout
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from app.domain.camera import CameraCode
from app.domain.incident import IncidentStatus
from tests.fakes.incident_desk import BILAL
from tests.ui.incidents.conftest import Scene
from ui.incidents.note_editor import NoteEditor
from ui.incidents.panel import IncidentsPanel
from ui.incidents.text_direction import laid_out
from ui.models.note_list_model import RELATION_ROLE

ENTER, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape
THREE_SCRIPTS = "Bag at the gate\nگیٹ پر بیگ ہے\nپه دروازه کې بیګ دی"


def opened(scene: Scene, panel: IncidentsPanel, qtbot: QtBot) -> None:
    panel.list.enter()
    qtbot.keyClick(panel.list.view, ENTER)
    scene.settle()
    qtbot.waitUntil(panel.detail.editor.hasFocus)


def test_an_empty_list_says_why(scene: Scene, panel: IncidentsPanel, qtbot: QtBot) -> None:
    assert panel.list.empty_text == "No incidents yet. N on a tile starts one."
    scene.open_at()
    assert panel.list.empty_text == ""
    panel.list.filters.field.setText("nothing such")
    qtbot.waitUntil(lambda: scene.dispatcher.drain() >= 0 and panel.list.empty_text != "")
    assert panel.list.empty_text == "No incident fits these filters. Esc takes them away."
    qtbot.keyClick(panel.list.view, ESCAPE)
    scene.settle()
    assert panel.list.empty_text == ""


def test_the_models_keep_the_rules_of_models(scene: Scene, panel: IncidentsPanel) -> None:
    mode = QAbstractItemModelTester.FailureReportingMode.Fatal
    testers = [
        QAbstractItemModelTester(panel.list.model, mode),
        QAbstractItemModelTester(panel.detail.notes.notes, mode),
    ]
    key = scene.open_at()
    panel.open(scene.incident(key))
    scene.settle()
    scene.write(key, "one")
    scene.open_at("DIK-1-1")
    panel.list.refresh()
    scene.settle()
    assert panel.list.model.rowCount() == 2
    assert panel.detail.notes.notes.rowCount() == 2
    del testers


def test_typing_in_the_list_filters_and_escape_leaves(
    scene: Scene, panel: IncidentsPanel, qtbot: QtBot
) -> None:
    first = scene.open_at("BNU-1-1")
    scene.open_at("DIK-1-1")
    scene.write(first, "smoke over the roof")
    panel.list.enter()
    qtbot.keyClicks(panel.list.view, "s")
    qtbot.keyClicks(panel.list.filters.field, "moke")
    qtbot.waitUntil(lambda: scene.dispatcher.drain() >= 0 and panel.list.model.rowCount() == 1)
    qtbot.keyClick(panel.list.filters.field, Qt.Key.Key_Down)
    assert panel.list.current is not None
    assert panel.list.current.id == first
    left: list[None] = []
    panel.left.connect(lambda: left.append(None))
    qtbot.keyClick(panel.list.view, ESCAPE)
    assert left == []
    qtbot.keyClick(panel.list.view, ESCAPE)
    assert left == [None]


def test_control_enter_chooses_what_n_adds_to(
    scene: Scene, panel: IncidentsPanel, qtbot: QtBot
) -> None:
    first = scene.open_at()
    scene.open_at()
    panel.list.view.setCurrentIndex(panel.list.model.index_of(first))
    qtbot.keyClick(panel.list.view, ENTER, Qt.KeyboardModifier.ControlModifier)
    assert scene.service.current is not None
    assert scene.service.current.id == first
    assert "N adds here" in panel.list.model.index_of(first).data()
    qtbot.keyClick(panel.list.view, ENTER, Qt.KeyboardModifier.ControlModifier)
    assert scene.service.current is None


def test_a_note_is_written_and_stored(scene: Scene, panel: IncidentsPanel, qtbot: QtBot) -> None:
    key = scene.open_at()
    opened(scene, panel, qtbot)
    editor = panel.detail.editor
    editor.setPlainText(THREE_SCRIPTS)
    qtbot.keyClick(editor, ENTER)
    scene.settle()
    assert [note.text for note in scene.notes(key)] == [THREE_SCRIPTS]
    assert panel.detail.words == "Note saved"
    assert editor.text == ""
    assert panel.detail.notes.notes.rowCount() == 2
    qtbot.keyClick(editor, ESCAPE)
    assert panel.currentWidget() is panel.list


def test_a_note_is_corrected_and_both_say_so(
    scene: Scene, panel: IncidentsPanel, qtbot: QtBot
) -> None:
    key = scene.open_at()
    scene.write(key, "LEA 1234")
    opened(scene, panel, qtbot)
    detail = panel.detail
    detail.notes.enter()
    assert detail.notes.current == scene.notes(key)[0]
    qtbot.keyClick(detail.notes, ENTER)
    qtbot.waitUntil(detail.editor.hasFocus)
    assert detail.editor.text == "LEA 1234"
    assert detail.correcting_words.startswith("Corrects the note of")
    qtbot.keyClick(detail.editor, ESCAPE)  # gives the correction up, not the incident
    assert panel.currentWidget() is detail
    assert (detail.editor.text, detail.correcting_words) == ("", "")
    qtbot.keyClick(detail.notes, ENTER)
    detail.editor.setPlainText("LEA 1243")
    qtbot.keyClick(detail.editor, ENTER)
    scene.settle()
    first, second = scene.notes(key)
    assert second.corrects == first.id
    model = detail.notes.notes
    assert model.index(1).data(RELATION_ROLE).startswith("Corrected at")
    assert model.index(2).data(RELATION_ROLE).startswith("Corrects the note of")


def test_fields_are_stored_with_their_history(
    scene: Scene, panel: IncidentsPanel, qtbot: QtBot
) -> None:
    key = scene.open_at()
    opened(scene, panel, qtbot)
    form = panel.detail.form
    form.status.setFocus()
    qtbot.keyClick(form.status, Qt.Key.Key_Down)
    scene.settle()
    assert scene.incident(key).status is IncidentStatus.IN_PROGRESS
    form.place.setFocus()
    form.place.selectAll()
    qtbot.keyClicks(form.place, "Behind the mosque")
    qtbot.keyClick(form.place, ENTER)
    scene.settle()
    assert scene.incident(key).place == "Behind the mosque"
    person = panel.detail.belongings.person
    person.setFocus()
    qtbot.keyClicks(person, "Rescue 1122, ambulance")
    qtbot.keyClick(person, ENTER)
    scene.settle()
    called = scene.incident(key).people[0]
    assert (called.name, called.role) == ("Rescue 1122", "ambulance")
    assert panel.detail.words == "Saved"
    history = "\n".join(note.text for note in scene.notes(key, automatic=True))
    assert "Status: new → in progress" in history
    assert "→ Behind the mosque" in history
    assert "Called: Rescue 1122 (ambulance)" in history
    assert scene.keys == []  # no key of the form reached the wall


def test_a_collision_is_told_and_the_newest_is_shown(
    scene: Scene, panel: IncidentsPanel, qtbot: QtBot
) -> None:
    key = scene.open_at()
    opened(scene, panel, qtbot)
    read = scene.incident(key)
    scene.change(read, replace(read, holder=BILAL.operator))
    panel.detail.form.changed.emit(read, replace(read, holder="somebody"))
    scene.settle()
    assert "Held by is بلال احمد by now" in panel.detail.words
    assert panel.detail.form.holder.text() == BILAL.operator
    panel.detail.form.take.click()
    scene.settle()
    assert scene.incident(key).holder == "Amina Khan"


def test_a_line_that_is_being_written_is_left_alone(
    scene: Scene, panel: IncidentsPanel, qtbot: QtBot
) -> None:
    key = scene.open_at()
    opened(scene, panel, qtbot)
    place = panel.detail.form.place
    place.setFocus()
    qtbot.waitUntil(place.hasFocus)
    place.setText("Behind the mo")
    read = scene.incident(key)
    scene.change(read, replace(read, severity=2))
    assert place.text() == "Behind the mo"
    assert panel.detail.form.severity.currentData() == 2


def test_cameras_are_opened_and_taken_away(
    scene: Scene, panel: IncidentsPanel, qtbot: QtBot
) -> None:
    key = scene.open_at("BNU-1-1")
    scene.note_tile("BNU-1-2")
    opened(scene, panel, qtbot)
    links = panel.detail.belongings.links
    links.setCurrentRow(1)
    qtbot.keyClick(links, ENTER)
    scene.settle()
    tile = scene.wall.screen(0).tiles[0]
    assert tile.camera is not None
    assert tile.camera.code == CameraCode("BNU-1-2")
    qtbot.keyClick(links, Qt.Key.Key_Delete)
    scene.settle()
    assert scene.incident(key).cameras == ("BNU-1-1",)


def test_a_draft_is_restored_in_words(scene: Scene, panel: IncidentsPanel, qtbot: QtBot) -> None:
    key = scene.open_at()
    scene.service.keep_draft(key, "half a")
    panel.list.refresh()
    scene.settle()
    assert "unfinished note" in panel.list.model.index_of(key).data()
    opened(scene, panel, qtbot)
    assert panel.detail.editor.text == "half a"
    assert panel.detail.words.startswith("Unfinished note of")


@pytest.mark.parametrize("line", range(3))
def test_each_line_of_a_note_runs_in_its_own_direction(qtbot: QtBot, line: int) -> None:
    editor = NoteEditor()
    qtbot.addWidget(editor)
    editor.resize(400, 200)
    editor.show()
    editor.show_text(THREE_SCRIPTS)
    for document in (editor.document(), laid_out(THREE_SCRIPTS, editor.font(), 400)):
        block = document.findBlockByNumber(line)
        is_from_right = block.textDirection() == Qt.LayoutDirection.RightToLeft
        assert is_from_right is (line > 0)
        document.documentLayout().blockBoundingRect(block)
        layout: QTextLayout = block.layout()
        left = layout.lineAt(0).naturalTextRect().left()
        assert (left > 100) is is_from_right  # at the right edge
