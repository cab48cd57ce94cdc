"""The panel: rows, filters, keys and words for when there is nothing."""

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.analytics.messages import ConnectionState, SourceState
from app.domain.analytics_event import EventPhase, EventSeverity
from app.domain.event_record import EventGroup
from app.services import event_groups, event_list
from tests.fakes.event_desk import NOON_US, SECOND_US, message
from tests.ui.events.conftest import Scene, many
from ui.events.panel import EventsPanel
from ui.models.event_list_model import GROUP_ROLE


def names(panel: EventsPanel) -> list[str]:
    found = []
    for row in range(panel.model.rowCount()):
        group = panel.model.index(row).data(GROUP_ROLE)
        assert isinstance(group, EventGroup)
        found.append(group.first.event.event_id)
    return found


def chosen(panel: EventsPanel) -> tuple[list[EventGroup], list[EventGroup]]:
    moments: list[EventGroup] = []
    lives: list[EventGroup] = []
    panel.moment_chosen.connect(moments.append)
    panel.live_chosen.connect(lives.append)
    return moments, lives


def focus_list(qtbot: QtBot, panel: EventsPanel) -> None:
    panel.activateWindow()
    panel.view.setFocus()
    qtbot.waitUntil(panel.view.hasFocus)


def test_the_newest_event_is_on_top(scene: Scene, panel: EventsPanel) -> None:
    scene.happen(*many(5))
    assert names(panel) == ["e4", "e3", "e2", "e1", "e0"]
    scene.happen(message("new", camera="LKM-1-1"))
    assert names(panel)[0] == "new"


def test_it_is_a_proper_model(scene: Scene, panel: EventsPanel, qtmodeltester: ModelTester) -> None:
    scene.happen(*many(5))
    qtmodeltester.check(panel.model)
    scene.happen(message("new", camera="LKM-1-1"), message("e9", time_us=NOON_US))
    qtmodeltester.check(panel.model)


def test_a_row_in_words(scene: Scene, panel: EventsPanel) -> None:
    scene.happen(
        message("e1", rule="<b>Gate</b>\nline"),
        *(message(f"m{at}", rule="<b>Gate</b>\nline", label="car") for at in range(6)),
    )
    index = panel.model.index(0)
    words = index.data()
    assert words.startswith("Warning, BNU-1-1 Main bazaar, north gate 1, person · car · <b>Gate")
    assert words.endswith("×7")
    tip = index.data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;Gate&lt;/b&gt; line" in tip
    assert "0.2 s lag" in tip
    assert "the camera&#x27;s clock" in tip
    assert "city/onvif-ej" in tip


def test_without_events_the_sources_are_named(scene: Scene, panel: EventsPanel) -> None:
    assert panel.empty_text == ("No events yet. No source of events is set up in the settings.")
    scene.states = [
        SourceState("city", ConnectionState.CONNECTED),
        SourceState("bannu", ConnectionState.REFUSED, "The broker refuses the password"),
    ]
    scene.sources_changed.emit(scene.states)
    assert panel.empty_text.splitlines() == [
        "No events yet. Sources:",
        "city: connected",
        "bannu: The broker refuses the password",
    ]
    scene.happen(message())
    assert panel.empty_text == ""


def test_older_pages_come_while_scrolling(
    scene: Scene, panel: EventsPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_groups, "MOST_GROUPS", 30)
    monkeypatch.setattr(event_list, "PAGE", 20)
    scene.happen(*many(100))
    scene.tick()
    panel.filters.field.setText("gate")
    panel.filters.changed.emit()
    scene.settle()
    bar = panel.view.verticalScrollBar()
    while panel.model.canFetchMore(QModelIndex()):
        panel.view.scrollToBottom()
        panel.model.fetchMore(QModelIndex())
        scene.settle()
    assert names(panel) == [f"e{at}" for at in reversed(range(100))]
    assert bar.maximum() > 0


def test_the_filters_offer_what_there_is(scene: Scene, panel: EventsPanel) -> None:
    scene.happen(message("e1"), message("e2", camera="DIK-1-1", label="car", rule=""))
    boxes = panel.filters
    offered = [
        [box.itemText(at) for at in range(box.count())]
        for box in (boxes.district, boxes.severity, boxes.label, boxes.rule)
    ]
    assert offered == [
        ["All districts", "Dera Ismail Khan", "Bannu"],
        ["All severities", "Notice and worse", "Warning and worse", "Alarm"],
        ["All classes", "car", "person"],
        ["All rules", "Gate line", "Line crossed"],
    ]


@pytest.mark.parametrize(
    ("box", "choice", "expected"),
    [
        ("district", "Bannu", ["e3", "e1"]),
        ("severity", "Warning and worse", ["e3", "e1"]),
        ("label", "car", ["e2"]),
        ("rule", "Line crossed", ["e2"]),
    ],
)
def test_a_choice_narrows_the_list_and_escape_widens_it(
    scene: Scene,
    panel: EventsPanel,
    qtbot: QtBot,
    box: str,
    choice: str,
    expected: list[str],
) -> None:
    scene.happen(
        message("e1"),
        message("e2", camera="DIK-1-1", label="car", rule=""),
        message("e3", time_us=NOON_US + 60 * SECOND_US),
    )
    combo = getattr(panel.filters, box)
    combo.setCurrentIndex(combo.findText(choice))
    scene.settle()
    assert names(panel) == expected
    focus_list(qtbot, panel)
    qtbot.keyClick(panel.view, Qt.Key.Key_Escape)
    scene.settle()
    assert sorted(names(panel)) == ["e1", "e2", "e3"]
    assert combo.currentIndex() == 0


def test_typing_in_the_list_searches(scene: Scene, panel: EventsPanel, qtbot: QtBot) -> None:
    scene.happen(message("e1"), message("e2", camera="DIK-2-3", label="car"))
    focus_list(qtbot, panel)
    qtbot.keyClick(panel.view, Qt.Key.Key_D)
    qtbot.waitUntil(panel.filters.field.hasFocus)
    qtbot.keyClicks(panel.filters.field, "ik-2")
    assert panel.filters.field.text() == "dik-2"
    qtbot.waitUntil(lambda: names(panel) == ["e2"], timeout=3000)


def test_nothing_fits_is_said_with_the_way_out(
    scene: Scene, panel: EventsPanel, qtbot: QtBot
) -> None:
    scene.happen(message("e1"))
    panel.filters.field.setText("nothing like it")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 0, timeout=3000)
    scene.settle()
    assert panel.empty_text == "No event fits these filters. Esc takes them away."
    panel.activateWindow()
    panel.filters.field.setFocus()
    qtbot.waitUntil(panel.filters.field.hasFocus)
    qtbot.keyClick(panel.filters.field, Qt.Key.Key_Escape)
    assert names(panel) == ["e1"]


def test_enter_asks_for_the_moment_and_control_enter_for_live(
    scene: Scene, panel: EventsPanel, qtbot: QtBot
) -> None:
    scene.happen(*many(3))
    moments, lives = chosen(panel)
    focus_list(qtbot, panel)
    panel.view.setCurrentIndex(panel.model.index(1))
    qtbot.keyClick(panel.view, Qt.Key.Key_Return)
    qtbot.keyClick(panel.view, Qt.Key.Key_Enter, Qt.KeyboardModifier.ControlModifier)
    assert [group.first.event.event_id for group in moments] == ["e1"]
    assert [group.first.event.event_id for group in lives] == ["e1"]


def test_enter_in_the_search_field_takes_the_newest(
    scene: Scene, panel: EventsPanel, qtbot: QtBot
) -> None:
    scene.happen(*many(3))
    moments, _ = chosen(panel)
    panel.activateWindow()
    panel.filters.field.setFocus()
    qtbot.waitUntil(panel.filters.field.hasFocus)
    qtbot.keyClick(panel.filters.field, Qt.Key.Key_Return)
    assert [group.first.event.event_id for group in moments] == ["e2"]


def test_the_chosen_row_stays_chosen_while_new_ones_come(
    scene: Scene, panel: EventsPanel, qtbot: QtBot
) -> None:
    scene.happen(*many(5))
    panel.view.setCurrentIndex(panel.model.index(2))
    scene.happen(message("new", camera="LKM-1-1"))
    assert panel.current is not None
    assert panel.current.first.event.event_id == "e2"
    scene.clock.seconds -= 3600
    scene.happen(message("between", time_us=NOON_US - 150 * SECOND_US, camera="LKM-1-2"))
    assert panel.current is not None
    assert panel.current.first.event.event_id == "e2", "also when all rows are made anew"


def test_up_and_down_walk_between_field_and_list(
    scene: Scene, panel: EventsPanel, qtbot: QtBot
) -> None:
    scene.happen(*many(3))
    panel.activateWindow()
    panel.filters.field.setFocus()
    qtbot.waitUntil(panel.filters.field.hasFocus)
    qtbot.keyClick(panel.filters.field, Qt.Key.Key_Down)
    qtbot.waitUntil(panel.view.hasFocus)
    qtbot.keyClick(panel.view, Qt.Key.Key_Down)
    assert panel.view.currentIndex().row() == 1
    qtbot.keyClick(panel.view, Qt.Key.Key_Up)
    qtbot.keyClick(panel.view, Qt.Key.Key_Up)
    qtbot.waitUntil(panel.filters.field.hasFocus)


def test_a_flood_is_said_and_painted_seldom(scene: Scene, panel: EventsPanel, qtbot: QtBot) -> None:
    inserted: list[int] = []
    painted: list[object] = []
    panel.model.rowsInserted.connect(lambda _p, first, last: inserted.append(last - first + 1))
    scene.service.rate_changed.connect(painted.append)
    sent = 0
    for _ in range(4):
        for _ in range(10):
            flood = [
                message(f"{sent + n}", time_us=NOON_US + sent + n, rule=f"{n}") for n in range(30)
            ]
            scene.send(*flood)
            sent += len(flood)
            scene.clock.seconds += 0.025
        scene.tick(0)
    assert inserted == [30], "the same rules again and again: thirty rows"
    assert painted == [300, 600, 900, 1200]
    assert panel.rate_text == "Flood. Events in the last minute: 1200"


def test_the_model_lets_go_of_its_list(scene: Scene, qtbot: QtBot) -> None:
    panel = scene.desk.make_panel()
    scene.happen(message())
    with qtbot.waitSignal(panel.model.destroyed, timeout=3000, raising=False):
        panel.deleteLater()
    scene.happen(message("e2", camera="LKM-1-1"))
    assert scene.service.group(b"") is None


def test_a_state_has_a_word_of_its_own(scene: Scene, panel: EventsPanel) -> None:
    scene.happen(message("e1", phase=EventPhase.STATE, is_retained=True))
    words = panel.model.index(0).data()
    assert words.startswith("State, ")
    group = panel.model.index(0).data(GROUP_ROLE)
    assert group.severity is EventSeverity.WARNING


def test_b_marks_the_chosen_event(scene: Scene, panel: EventsPanel, qtbot: QtBot) -> None:
    scene.happen(*many(2))
    marked: list[EventGroup] = []
    scene.desk.marked.connect(marked.append)
    focus_list(qtbot, panel)
    panel.view.setCurrentIndex(panel.model.index(1))
    qtbot.keyClick(panel.view, Qt.Key.Key_B)
    assert [group.first.event.event_id for group in marked] == ["e0"]
    assert panel.filters.field.text() == ""
    panel.filters.field.setFocus()
    qtbot.keyClick(panel.filters.field, Qt.Key.Key_B)
    assert panel.filters.field.text() == "b"
