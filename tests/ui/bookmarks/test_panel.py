"""The page: rows, filters, keys, export."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QColor
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.domain.bookmark import Bookmark, FlagState
from app.domain.camera import DistrictCode
from app.services import bookmark_list
from app.storage.bookmarks import BookmarkRepository
from app.video.engine_types import Moment
from tests.fakes.bookmark_desk import shown
from tests.fakes.event_desk import NOON_US, SECOND_US
from tests.ui.bookmarks.conftest import Scene
from ui.bookmarks.panel import BookmarksPanel
from ui.models.bookmark_list_model import BOOKMARK_ROLE


def make(scene: Scene, title: str, camera: str = "BNU-1-1", **changes: object) -> Bookmark:
    """A bookmark that was given a title, and tags."""
    seconds = scene.clock.seconds
    scene.clock.seconds = seconds + 1
    facts = {"utc_us": NOON_US + round((seconds - 100) * SECOND_US), "offset_us": 0}
    made = scene.service.mark(shown(scene.camera(camera), **facts), scene.answers.append)
    scene.service.change(made, scene.answers.append, title=title, **changes)  # type: ignore[arg-type]  # named by the caller
    scene.settle()
    return next(kept for kept in scene.stored() if kept.id == made.id)


def titles(panel: BookmarksPanel) -> list[str]:
    return [
        panel.model.index(row).data(BOOKMARK_ROLE).title for row in range(panel.model.rowCount())
    ]


def focus_list(qtbot: QtBot, panel: BookmarksPanel) -> None:
    panel.activateWindow()
    panel.view.setFocus()
    qtbot.waitUntil(panel.view.hasFocus)
    panel.view.setCurrentIndex(panel.model.index(0))


def choose(scene: Scene, box: object, text: str) -> None:
    box.setCurrentText(text)  # type: ignore[attr-defined]  # a combo box
    scene.settle()


def test_new_bookmarks_come_on_top(scene: Scene, panel: BookmarksPanel) -> None:
    assert panel.words == "No bookmarks yet. B marks what a tile shows."
    make(scene, "one")
    make(scene, "two")
    assert titles(panel) == ["two", "one"]
    assert panel.words == ""


def test_it_is_a_proper_model(
    scene: Scene, panel: BookmarksPanel, qtmodeltester: ModelTester
) -> None:
    make(scene, "one")
    qtmodeltester.check(panel.model)
    make(scene, "two")
    qtmodeltester.check(panel.model)


def test_a_row_in_words(scene: Scene, panel: BookmarksPanel) -> None:
    make(scene, "<b>سفید</b>", tags=["car"], flag=FlagState.RAISED)
    index = panel.model.index(0)
    assert index.data().startswith("<b>سفید</b>, BNU-1-1, ")
    assert index.data().endswith("Gul, For the supervisor, #car")
    tip = index.data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;" in tip
    assert "With a clip" in tip


def test_every_filter_narrows(scene: Scene, panel: BookmarksPanel) -> None:
    make(scene, "white car", tags=["car"])
    make(scene, "crowd", "LKM-1-1", flag=FlagState.RAISED)
    filters = panel.filters
    choose(scene, filters.tag, "#car")
    assert titles(panel) == ["white car"]
    filters.clear()
    choose(scene, filters.flag, "For the supervisor")
    assert titles(panel) == ["crowd"]
    filters.clear()
    name = next(d.name for d in scene.directory.districts() if d.code == DistrictCode("LKM"))
    choose(scene, filters.district, name)
    assert titles(panel) == ["crowd"]
    filters.clear()
    choose(scene, filters.operator, "Gul")
    assert titles(panel) == ["crowd", "white car"]
    choose(scene, filters.order, "Oldest first")
    assert titles(panel) == ["white car", "crowd"]
    scene.clock.seconds += 7200
    choose(scene, filters.since, "Last hour")
    assert titles(panel) == []
    assert panel.words == "No bookmark fits these filters. Esc takes them away."


def test_words_and_cameras_are_found_while_typing(
    scene: Scene, panel: BookmarksPanel, qtbot: QtBot
) -> None:
    make(scene, "white car")
    make(scene, "crowd", "LKM-1-1")
    panel.activateWindow()
    panel.filters.field.setFocus()
    qtbot.keyClicks(panel.filters.field, "whi")
    qtbot.waitUntil(lambda: scene.dispatcher.drain() >= 0 and titles(panel) == ["white car"])
    panel.filters.field.setText("lkm-1-1")
    qtbot.waitUntil(lambda: scene.dispatcher.drain() >= 0 and titles(panel) == ["crowd"])


def test_further_pages_come_while_scrolling(
    scene: Scene, panel: BookmarksPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bookmark_list, "PAGE", 20)
    pattern = make(scene, "0")
    with scene.database.transaction() as session:
        for number in range(1, 90):
            at_us = pattern.start_us - number * SECOND_US
            key = pattern.id.__class__(int=pattern.id.int - number)
            BookmarkRepository(session).add(
                replace(pattern, id=key, title=str(number), start_us=at_us, revision=1)
            )
    panel.refresh()
    scene.settle()
    assert len(titles(panel)) < 90
    while panel.model.canFetchMore(QModelIndex()):
        panel.model.fetchMore(QModelIndex())
        scene.settle()
    assert titles(panel) == [str(number) for number in range(90)]


def test_f_flags_and_takes_it_back(scene: Scene, panel: BookmarksPanel, qtbot: QtBot) -> None:
    make(scene, "one")
    focus_list(qtbot, panel)
    qtbot.keyClick(panel.view, Qt.Key.Key_F)
    scene.settle()
    assert scene.stored()[0].flag is FlagState.RAISED
    qtbot.keyClick(panel.view, Qt.Key.Key_F)
    scene.settle()
    assert scene.stored()[0].flag is FlagState.NONE


def test_e_gives_other_words(scene: Scene, panel: BookmarksPanel, qtbot: QtBot) -> None:
    make(scene, "one")
    focus_list(qtbot, panel)
    qtbot.keyClick(panel.view, Qt.Key.Key_E)
    line = scene.desk.words.line
    assert line is not None
    qtbot.waitUntil(line.title.hasFocus)
    qtbot.waitUntil(lambda: panel.rect().contains(line.geometry()))
    qtbot.keyClicks(line.title, "two")
    qtbot.keyClick(line.title, Qt.Key.Key_Return)
    scene.settle()
    assert titles(panel) == ["two"]
    qtbot.waitUntil(panel.view.hasFocus)
    assert panel.current is not None


def test_enter_shows_the_moment(scene: Scene, panel: BookmarksPanel, qtbot: QtBot) -> None:
    made = make(scene, "one", "LKM-1-1")
    focus_list(qtbot, panel)
    qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    scene.settle()
    tile = next(tile for tile in scene.wall.screen(0).tiles if tile.key == scene.key)
    assert tile.camera is not None
    assert tile.camera.code == "LKM-1-1"
    assert scene.engine.look_backs[scene.key] == Moment(made.start_us, by_camera=True)


def test_enter_plays_the_clip_where_it_can_be(
    scene: Scene, panel: BookmarksPanel, qtbot: QtBot
) -> None:
    made = make(scene, "one")
    played: list[Bookmark] = []
    assert scene.desk.page is not None
    scene.desk.page.play = lambda bookmark: not played.append(bookmark)  # type: ignore[func-returns-value]  # always true
    focus_list(qtbot, panel)
    qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    assert [each.id for each in played] == [made.id]


def test_escape_clears_the_filters_then_leaves(
    scene: Scene, panel: BookmarksPanel, qtbot: QtBot
) -> None:
    make(scene, "one")
    choose(scene, panel.filters.flag, "Confirmed")
    focus_list(qtbot, panel)
    qtbot.keyClick(panel.view, Qt.Key.Key_Escape)
    scene.settle()
    assert titles(panel) == ["one"]
    assert scene.windows.wall_got_the_keyboard == 0
    qtbot.keyClick(panel.view, Qt.Key.Key_Escape)
    assert scene.windows.wall_got_the_keyboard == 1


def test_the_list_is_exported(scene: Scene, panel: BookmarksPanel) -> None:
    from app.services.bookmark_export import ExportForm

    make(scene, "white car")
    panel._export(ExportForm.CSV)
    scene.settle()
    (file,) = (scene.folder / "exports").glob("*.csv")
    assert panel.words == f"Written: {file}"
    assert "white car" in file.read_text()


def test_a_picture_is_painted_once_it_is_there(
    scene: Scene, panel: BookmarksPanel, qtbot: QtBot
) -> None:
    scene.engine.publish(scene.key, (200, 30, 30), now_us=scene.clock.utc_us())
    scene.desk.mark()
    scene.settle()

    def is_red() -> bool:
        scene.settle()
        colour = QColor(panel.view.viewport().grab().toImage().pixel(60, 35))
        return colour.red() > 150 and colour.green() < 80

    qtbot.waitUntil(is_red)


def test_ctrl_b_goes_to_the_list(scene: Scene, panel: BookmarksPanel, qtbot: QtBot) -> None:
    qtbot.keyClick(scene.window, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(panel.view.hasFocus)
