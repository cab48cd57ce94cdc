"""The page: every flag with one key, the answers, and the table of false alarms."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.domain.author import Author, Role
from app.domain.bookmark import Bookmark, FlagState
from app.services import review
from app.services.identity import Identity
from app.storage.database import Database, sqlite_url
from app.storage.migration import bring_up_to_date
from tests.fakes.review_desk import ReviewDesk
from tests.ui.exposure import wait_exposed
from ui.events.thumbnails import ThumbnailCache
from ui.review.panel import ReviewPanel


class Scene(ReviewDesk):
    """Remembers what the pages asked for."""

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database, folder)
        self.played: list[str] = []
        self.left = 0
        self.finished = 0
        self.play_keys: list[int] = []

    def play_key(self, event: QKeyEvent) -> bool:
        is_ours = event.key() in (Qt.Key.Key_Space, Qt.Key.Key_K)
        if is_ours:
            self.play_keys.append(event.key())
        return is_ours

    def finish(self) -> None:
        self.finished += 1

    def leave(self) -> None:
        self.left += 1

    def play(self, bookmark: Bookmark) -> None:
        self.played.append(bookmark.title)


@pytest.fixture
def scene(qtbot: QtBot, tmp_path: Path) -> Iterator[Scene]:
    database = Database(sqlite_url(tmp_path / "wall.db"))
    bring_up_to_date(database, tmp_path / "backups")
    scene = Scene(database, tmp_path)
    yield scene
    scene.refuses = ""
    scene.service.close()
    database.close()


def open_panel(qtbot: QtBot, scene: Scene, *, is_supervisor: bool = True) -> ReviewPanel:
    service = scene.supervisor if is_supervisor else scene.operator
    panel = ReviewPanel(
        service, scene.directory, ThumbnailCache(scene.pictures, scene.tasks), scene.play_key
    )
    qtbot.addWidget(panel)
    panel.play_wanted.connect(scene.play)
    panel.left.connect(scene.leave)
    panel.finished.connect(scene.finish)
    panel.resize(440, 700)
    panel.show()
    wait_exposed(qtbot, panel)
    panel.activateWindow()
    scene.look()
    panel.enter()
    scene.settle()
    focus = panel.focusProxy()
    assert focus is not None
    qtbot.waitUntil(focus.hasFocus)
    return panel


def press(qtbot: QtBot, scene: Scene, panel: ReviewPanel, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(panel.window().focusWidget(), key)
        scene.settle()


def verdicts(scene: Scene) -> dict[str, FlagState]:
    return {each.title: each.flag for each in scene.stored()}


def test_every_flag_with_one_key_and_the_next_one_plays_at_once(qtbot: QtBot, scene: Scene) -> None:
    for title in ("a", "b", "c", "d"):
        scene.flag(title)
    panel = open_panel(qtbot, scene)
    assert scene.played == ["a"]
    assert panel.count_words.startswith("4 wait, 0 of them alarms")
    press(qtbot, scene, panel, Qt.Key.Key_1)
    assert scene.played == ["a", "b"]
    assert panel.words.startswith("Confirmed: a")
    press(qtbot, scene, panel, Qt.Key.Key_N)
    press(qtbot, scene, panel, Qt.Key.Key_2)
    assert scene.played == ["a", "b", "c", "d"]
    assert verdicts(scene) == {
        "a": FlagState.CONFIRMED,
        "b": FlagState.RAISED,
        "c": FlagState.FALSE,
        "d": FlagState.RAISED,
    }
    press(qtbot, scene, panel, Qt.Key.Key_1, Qt.Key.Key_1)
    assert panel.history_words == "No flag waits."
    assert panel.count_words == "0 wait, 0 of them alarms · decided today: you 4, all 4"


def test_more_flags_than_are_read_at_a_time_without_the_mouse(
    qtbot: QtBot, scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "PAGE", 10)
    for number in range(25):
        scene.flag(f"flag {number}")
    panel = open_panel(qtbot, scene)
    for number in range(25):
        press(qtbot, scene, panel, Qt.Key.Key_2 if number % 3 else Qt.Key.Key_1)
    assert scene.played == [f"flag {number}" for number in range(25)]
    assert set(verdicts(scene).values()) == {FlagState.CONFIRMED, FlagState.FALSE}


def test_needing_more_asks_for_a_note(qtbot: QtBot, scene: Scene) -> None:
    scene.flag("a")
    scene.flag("b")
    panel = open_panel(qtbot, scene)
    press(qtbot, scene, panel, Qt.Key.Key_3)
    assert panel.note.hasFocus()
    enter = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r")
    assert panel.eventFilter(panel.note, enter)  # else it would enlarge a tile
    assert "what more is needed" in panel.words
    assert verdicts(scene)["a"] is FlagState.RAISED
    press(qtbot, scene, panel, Qt.Key.Key_Escape)
    assert panel.view.hasFocus()
    press(qtbot, scene, panel, Qt.Key.Key_3)
    qtbot.keyClicks(panel.note, "2 plates, who?")
    scene.refuses = "The disk is full"
    press(qtbot, scene, panel, Qt.Key.Key_Return)
    assert panel.words == "Not saved: The disk is full. Free space on the disk."
    assert panel.note.text() == "2 plates, who?"
    scene.refuses = ""
    press(qtbot, scene, panel, Qt.Key.Key_Return)
    assert verdicts(scene)["a"] is FlagState.NEEDS_MORE
    assert panel.note.isHidden()
    assert panel.view.hasFocus()
    assert panel.current is not None
    assert panel.current.title == "b"


def test_u_takes_the_last_decision_back(qtbot: QtBot, scene: Scene) -> None:
    scene.flag("a")
    scene.flag("b")
    panel = open_panel(qtbot, scene)
    press(qtbot, scene, panel, Qt.Key.Key_1, Qt.Key.Key_U)
    assert verdicts(scene) == {"a": FlagState.RAISED, "b": FlagState.RAISED}
    assert panel.current is not None
    assert panel.current.title == "a"
    assert scene.played == ["a", "b", "a"]
    assert "Confirmed – Zarin at desk-1" in panel.history_words
    assert "taken back" in panel.history_words
    press(qtbot, scene, panel, Qt.Key.Key_U)
    assert panel.words.startswith("There is no decision")


def test_who_decided_what_and_when_and_false_alarms(
    qtbot: QtBot, scene: Scene, qtmodeltester: ModelTester
) -> None:
    scene.decide(scene.flag("a"), FlagState.FALSE)
    panel = open_panel(qtbot, scene)
    press(qtbot, scene, panel, Qt.Key.Key_D)
    model = panel.decided.model
    qtmodeltester.check(model)
    words = model.index(0, 0).data()
    assert words.startswith("a · flagged by Gul\nFalse alarm – Zarin at desk-1, ")
    press(qtbot, scene, panel, Qt.Key.Key_F)
    table = panel.false_alarms.model
    qtmodeltester.check(table)
    assert [table.index(0, column).data() for column in (1, 3, 4)] == ["marked by hand", "1", "0"]
    assert panel.false_alarms.words.endswith("1, of them false alarms: 1")
    press(qtbot, scene, panel, Qt.Key.Key_Escape)
    assert scene.left == 1


def test_operators_see_the_answers_and_decide_nothing(qtbot: QtBot, scene: Scene) -> None:
    scene.decide(scene.flag("red car"), FlagState.NEEDS_MORE, "دروازہ؟")
    scene.flag("b")
    panel = open_panel(qtbot, scene, is_supervisor=False)
    assert [panel.pages.tabText(at) for at in range(panel.pages.count())] == [
        "Answers",
        "False alarms",
    ]
    assert scene.operator.unseen == []
    words = panel.answers.model.index(0, 0).data()
    assert words.startswith("red car · flagged by Gul\nNeeds more – Zarin")
    assert words.endswith("دروازہ؟")
    press(qtbot, scene, panel, Qt.Key.Key_1, Qt.Key.Key_Q)
    assert verdicts(scene)["b"] is FlagState.RAISED
    assert scene.played == []


def test_keys_of_the_player_go_to_the_wall_and_s_and_t_to_the_clips(
    qtbot: QtBot, scene: Scene
) -> None:
    scene.flag("a")
    panel = open_panel(qtbot, scene)
    asked: list[str] = []
    panel.beside_wanted.connect(lambda: asked.append("beside"))
    panel.speed_wanted.connect(lambda: asked.append("speed"))
    press(qtbot, scene, panel, Qt.Key.Key_Space, Qt.Key.Key_S, Qt.Key.Key_T, Qt.Key.Key_K)
    assert scene.play_keys == [Qt.Key.Key_Space, Qt.Key.Key_K]
    assert asked == ["beside", "speed"]
    press(qtbot, scene, panel, Qt.Key.Key_F, Qt.Key.Key_K)
    assert scene.play_keys == [Qt.Key.Key_Space, Qt.Key.Key_K]


def test_what_other_cameras_saw_is_said_until_the_clip_ends(qtbot: QtBot, scene: Scene) -> None:
    scene.flag("a")
    panel = open_panel(qtbot, scene)
    panel.tell_beside("In step beside it: LKM-1-1")
    assert panel.beside_words == "In step beside it: LKM-1-1"
    panel.forget_played()
    assert panel.beside_words == ""
    other = scene.flag("b")
    scene.look()
    scene.decide(other, FlagState.FALSE)
    assert scene.played == ["a"]  # the operator has the wall
    press(qtbot, scene, panel, Qt.Key.Key_Return)
    assert scene.played == ["a", "a"]


def test_coming_back_to_the_review_plays_the_flag_again(qtbot: QtBot, scene: Scene) -> None:
    scene.flag("a")
    panel = open_panel(qtbot, scene)
    press(qtbot, scene, panel, Qt.Key.Key_Escape)
    panel.forget_played()
    panel.enter()
    assert scene.played == ["a", "a"]


def test_the_wall_is_given_back_after_the_last_flag_and_with_the_page(
    qtbot: QtBot, scene: Scene
) -> None:
    scene.flag("a")
    panel = open_panel(qtbot, scene)
    gone: list[bool] = []
    panel.gone.connect(lambda: gone.append(True))
    press(qtbot, scene, panel, Qt.Key.Key_1)
    assert scene.finished == 1
    press(qtbot, scene, panel, Qt.Key.Key_U)
    assert scene.played == ["a", "a"]
    panel.hide()
    assert gone == [True]


def test_another_supervisor_decides_anew_and_both_are_shown(qtbot: QtBot, scene: Scene) -> None:
    flag = scene.flag("a")
    other = scene.review(Identity(Author("Amina", "desk-2"), Role.SUPERVISOR))
    other.decide(flag, FlagState.CONFIRMED, "", scene.told.append)
    scene.settle()
    scene.flag("b")
    panel = open_panel(qtbot, scene)
    press(qtbot, scene, panel, Qt.Key.Key_D)
    assert panel.decided.detail_words.startswith("Overall: Confirmed\nConfirmed – Amina at desk-2")
    press(qtbot, scene, panel, Qt.Key.Key_2)
    assert verdicts(scene)["a"] is FlagState.FALSE
    assert panel.count_words.startswith("1 wait")
    assert panel.decided.model.index(1, 0).data().endswith("now: False alarm")
    assert panel.decided.detail_words.startswith(
        "Overall: False alarm\nAmina: Confirmed · Zarin: False alarm\n"
    )
    press(qtbot, scene, panel, Qt.Key.Key_U)
    assert verdicts(scene)["a"] is FlagState.CONFIRMED
    assert panel.count_words.startswith("1 wait")
    press(qtbot, scene, panel, Qt.Key.Key_3)
    qtbot.keyClicks(panel.note, "which gate?")
    press(qtbot, scene, panel, Qt.Key.Key_Return)
    assert verdicts(scene)["a"] is FlagState.NEEDS_MORE
    assert panel.decided.view.hasFocus()


def test_what_was_decided_can_be_looked_at_again(qtbot: QtBot, scene: Scene) -> None:
    scene.decide(scene.flag("a"), FlagState.FALSE)
    scene.flag("b")
    panel = open_panel(qtbot, scene)
    press(qtbot, scene, panel, Qt.Key.Key_D, Qt.Key.Key_Return, Qt.Key.Key_Q)
    assert scene.played == ["b", "a", "b"]


def test_empty_pages_say_so(qtbot: QtBot, scene: Scene) -> None:
    panel = open_panel(qtbot, scene)
    press(qtbot, scene, panel, Qt.Key.Key_D)
    assert panel.decided.current is None
    assert panel.decided.nothing_words == "Nobody has decided anything yet."
    press(qtbot, scene, panel, Qt.Key.Key_1, Qt.Key.Key_Return, Qt.Key.Key_A)
    assert panel.answers.nothing_words == "Nothing came back to you in the last 7 days."


def test_a_key_that_is_held_decides_about_one_flag(qtbot: QtBot, scene: Scene) -> None:
    for title in ("a", "b"):
        scene.flag(title)
    panel = open_panel(qtbot, scene)
    press(qtbot, scene, panel, Qt.Key.Key_1)
    none = Qt.KeyboardModifier.NoModifier
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_1, none, "1", autorep=True)
    assert panel.eventFilter(panel.view, held)
    scene.settle()
    assert verdicts(scene) == {"a": FlagState.CONFIRMED, "b": FlagState.RAISED}


def test_u_takes_back_also_after_moving_on_and_from_the_decisions(
    qtbot: QtBot, scene: Scene
) -> None:
    for title in ("a", "b", "c"):
        scene.flag(title)
    panel = open_panel(qtbot, scene)
    press(qtbot, scene, panel, Qt.Key.Key_1, Qt.Key.Key_N, Qt.Key.Key_U)
    assert panel.current is not None
    assert panel.current.title == "a"
    press(qtbot, scene, panel, Qt.Key.Key_2, Qt.Key.Key_D, Qt.Key.Key_U)
    assert set(verdicts(scene).values()) == {FlagState.RAISED}
    assert panel.count_words.startswith("3 wait")
