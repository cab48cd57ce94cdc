"""A panel and a dock over the real service of events, with a clock that is set by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.analytics.messages import SourceState
from app.core.events import Event
from app.domain.analytics_event import AnalyticsEvent
from app.services.event_showing import EventShowing
from app.services.wall import WallService
from app.storage.database import Database, sqlite_url
from app.storage.migration import bring_up_to_date
from tests.fakes.event_desk import NOON_US, SECOND_US, EventDesk, message
from tests.ui.exposure import wait_exposed
from ui.events.desk import EventsDesk
from ui.events.panel import EventsPanel
from ui.wall.wall_window import WallWindow


class Scene(EventDesk):
    """A wall window with four tiles, and the desk that brings events to it."""

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database, folder)
        self.wall = WallService(self.directory, self.engine, self.dispatcher)
        self.states: list[SourceState] = []
        self.sources_changed: Event[list[SourceState]] = Event("test.sources_changed")
        self.keys: list[int] = []
        self.wall_got_the_keyboard = 0
        self.window = WallWindow(self.wall, self.engine, 0, self._on_key, marks=self.service.marks)
        self.showing = EventShowing(
            self.wall,
            self.engine,
            self.directory,
            dict,
            self.service.marks,
            self.notices,
            self.clock,
            ring_seconds=60.0,
        )
        self.desk = EventsDesk(
            self.service,
            self.showing,
            self.wall,
            self.directory,
            self.tasks,
            lambda: self.states,
            self.sources_changed,  # type: ignore[arg-type]  # a list is a sequence
            self._focus_wall,
            self.window,
        )
        self.desk.stop()  # tests tick by hand
        self.start()

    def happen(self, *events: AnalyticsEvent) -> None:
        """Something happens and is told."""
        self.send(*events)
        self.tick()

    def _on_key(self, event: object) -> bool:
        self.keys.append(event.key())  # type: ignore[attr-defined]  # a key event
        return True

    def _focus_wall(self) -> None:
        self.wall_got_the_keyboard += 1
        self.window.setFocus()


def many(count: int, **changes: object) -> list[AnalyticsEvent]:
    """Events a minute apart, so that each has a row; ``e0`` is the oldest, all just received."""
    return [
        message(
            f"e{at}",
            time_us=NOON_US - (count - at) * 60 * SECOND_US,
            received_us=NOON_US - (count - at) * 1000,
            **changes,
        )
        for at in range(count)
    ]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_url(tmp_path / "wall.db"))
    bring_up_to_date(database, tmp_path / "backups")
    yield database
    database.close()


@pytest.fixture
def scene(qtbot: QtBot, database: Database, tmp_path: Path) -> Scene:
    scene = Scene(database, tmp_path)
    qtbot.addWidget(scene.window)
    scene.window.resize(1100, 600)
    scene.window.show()
    wait_exposed(qtbot, scene.window)
    scene.wall.set_layout(0, "4")
    scene.settle()
    return scene


@pytest.fixture
def panel(qtbot: QtBot, scene: Scene) -> EventsPanel:
    panel = scene.desk.make_panel()
    qtbot.addWidget(panel)
    panel.resize(420, 600)
    panel.show()
    wait_exposed(qtbot, panel)
    scene.settle()
    return panel
