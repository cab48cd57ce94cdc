"""The page about boxes shows what holds, changes what the operator changes, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.analytics.messages import ConnectionState, SourceState
from app.core.events import Event
from app.domain.detection import LABELS
from app.services.overlay_types import OverlayFilter, OverlaySwitches
from tests.fakes.overlays import FakeOverlays
from ui.console.boxes_panel import BoxesPanel
from ui.console.source_list import state_words

WELL = SourceState("bannu", ConnectionState.CONNECTED, messages=100, lag_s=0.18)
REFUSED = SourceState(
    "dera",
    ConnectionState.REFUSED,
    "The broker does not accept the password",
    bad=4,
    dropped=12,
    unknown=3,
)


class Sources:
    """The analytics service as far as the page asks it."""

    def __init__(self) -> None:
        self.sources_changed: Event[Sequence[SourceState]] = Event("fake.sources_changed")
        self.sources: Sequence[SourceState] = ()


@pytest.fixture
def overlays() -> FakeOverlays:
    return FakeOverlays()


@pytest.fixture
def sources() -> Sources:
    return Sources()


@pytest.fixture
def panel(overlays: FakeOverlays, sources: Sources, qtbot: QtBot) -> BoxesPanel:
    panel = BoxesPanel(overlays, sources)
    qtbot.addWidget(panel)
    return panel


def test_it_shows_what_holds(panel: BoxesPanel, overlays: FakeOverlays) -> None:
    assert all(box.isChecked() for box in panel.labels.values())
    overlays.set_filter(None, OverlayFilter(frozenset({"car"}), 0.55))
    assert [label for label, box in panel.labels.items() if box.isChecked()] == ["car"]
    assert panel.confidence.value() == 55
    overlays.set_switches(OverlaySwitches(confidence=True, trails=False, zones=True))
    switches = (panel.show_confidence, panel.show_trails, panel.show_zones)
    assert [box.isChecked() for box in switches] == [True, False, True]


def test_showing_changes_nothing(panel: BoxesPanel, overlays: FakeOverlays) -> None:
    heard: list[None] = []
    overlays.options_changed.connect(heard.append)
    overlays.set_filter(None, OverlayFilter(frozenset({"car"}), 0.553))
    panel.follow(2)
    assert len(heard) == 1
    assert overlays.filter(None).minimum_confidence == 0.553


def test_a_class_is_switched_off_for_all_screens(panel: BoxesPanel, overlays: FakeOverlays) -> None:
    panel.labels["animal"].click()
    assert overlays.filter(None).labels == frozenset(LABELS) - {"animal"}
    assert not overlays.has_own_filter(0)
    panel.labels["animal"].click()
    assert overlays.filter(None).labels == frozenset(LABELS)


def test_the_least_confidence_is_set_with_keys(
    panel: BoxesPanel, overlays: FakeOverlays, qtbot: QtBot
) -> None:
    for _ in range(3):
        qtbot.keyClick(panel.confidence, Qt.Key.Key_Right)
    assert overlays.filter(None).minimum_confidence == pytest.approx(0.15)


def test_a_screen_can_have_a_filter_of_its_own(panel: BoxesPanel, overlays: FakeOverlays) -> None:
    panel.labels["animal"].click()
    panel.follow(1)
    choose(panel, 1)
    assert overlays.has_own_filter(1)
    assert overlays.filter(1) == overlays.filter(None)
    panel.labels["bag"].click()
    assert overlays.filter(1).labels == frozenset(LABELS) - {"animal", "bag"}
    assert overlays.filter(None).labels == frozenset(LABELS) - {"animal"}
    panel.follow(0)
    assert panel.scope.currentIndex() == 0
    assert panel.labels["bag"].isChecked()
    panel.follow(1)
    assert panel.scope.currentText() == "only on screen 2"
    assert not panel.labels["bag"].isChecked()
    choose(panel, 0)
    assert not overlays.has_own_filter(1)
    assert panel.labels["bag"].isChecked()


def choose(panel: BoxesPanel, index: int) -> None:
    panel.scope.setCurrentIndex(index)
    panel.scope.activated.emit(index)


def test_switches_are_switched(panel: BoxesPanel, overlays: FakeOverlays) -> None:
    panel.show_trails.click()
    panel.show_confidence.click()
    panel.show_zones.click()
    assert overlays.switches == OverlaySwitches(confidence=True, trails=True, zones=True)


def test_escape_gives_the_keyboard_back(panel: BoxesPanel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(panel.left):
        qtbot.keyClick(panel.labels["car"], Qt.Key.Key_Escape)


def test_sources_say_how_they_are_doing(panel: BoxesPanel, sources: Sources) -> None:
    assert panel.source_list.texts == {}
    sources.sources_changed.emit([WELL, REFUSED])
    assert panel.source_list.texts == {
        "bannu": ["●  bannu – connected", "180 ms behind"],
        "dera": [
            "⊘  dera – refused",
            "4 not understood · 12 dropped · 3 of unknown cameras",
            "The broker does not accept the password",
        ],
    }


def test_the_rate_is_counted_between_two_reports(panel: BoxesPanel, sources: Sources) -> None:
    def say(messages: int) -> str:
        state = SourceState("bannu", ConnectionState.CONNECTED, messages=messages)
        sources.sources_changed.emit([state])
        return " ".join(panel.source_list.texts["bannu"][1:])

    assert say(100) == ""
    assert say(225) == "125 messages/s"
    assert say(225) == "0 messages/s"
    assert say(3) == ""  # the process began anew


def test_a_source_that_is_gone_is_not_shown(panel: BoxesPanel, sources: Sources) -> None:
    sources.sources_changed.emit([WELL, REFUSED])
    sources.sources_changed.emit([REFUSED])
    assert list(panel.source_list.texts) == ["dera"]


def test_every_state_of_a_source_has_words() -> None:
    assert len({state_words(state) for state in ConnectionState}) == len(ConnectionState)
