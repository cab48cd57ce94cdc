"""A wall window and the desk of incidents over the real service, with a clock set by hand."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.core.events import Event
from app.domain.camera import CameraCode
from app.services.event_marks import TileMark
from app.services.wall import WallService
from app.storage.database import sqlite_url
from app.storage.migration import bring_up_to_date
from tests.fakes.engine import FakeEngine
from tests.fakes.incident_desk import IncidentDesk, RefusingDatabase
from tests.ui.exposure import wait_exposed
from ui.incidents.desk import IncidentsDesk
from ui.incidents.panel import IncidentsPanel
from ui.wall.wall_window import WallWindow


class NoMarks:
    """Nothing has happened, but where ``marks`` says so."""

    def __init__(self) -> None:
        self.changed: Event[frozenset[CameraCode]] = Event("test.marks")
        self.marks: dict[CameraCode, TileMark] = {}

    def mark(self, camera: CameraCode) -> TileMark | None:
        return self.marks.get(camera)

    def seen(self, camera: CameraCode) -> None:
        self.marks.pop(camera, None)


class Scene(IncidentDesk):
    """A wall window with four tiles; ``walls`` and the rest are what the desk asks of windows."""

    def __init__(self, database: RefusingDatabase, folder: Path) -> None:
        super().__init__(database, folder)
        self.database = database
        self.engine = FakeEngine()
        self.wall = WallService(self.directory, self.engine, self.dispatcher)
        self.marks = NoMarks()
        self.keys: list[int] = []
        self.pages: list[QWidget] = []
        self.has_console = True
        self.window = WallWindow(self.wall, self.engine, 0, self._on_key)
        self.desk = IncidentsDesk(
            self.service,
            self.wall,
            self.engine,
            self.marks,
            self.directory.districts,
            self.directory.camera,
            self.clock.utc_us,
            self,
            self.window,
        )
        self.start()

    @property
    def walls(self) -> list[WallWindow]:
        return [self.window]

    def focus_wall(self) -> None:
        self.window.activateWindow()
        self.window.setFocus()

    def show_page(self, page: QWidget) -> bool:
        if self.has_console:
            self.pages.append(page)
            page.setFocus()
        return self.has_console

    def _on_key(self, event: object) -> bool:
        self.keys.append(event.key())  # type: ignore[attr-defined]  # a key event
        return True


@pytest.fixture
def database(tmp_path: Path) -> Iterator[RefusingDatabase]:
    database = RefusingDatabase(sqlite_url(tmp_path / "wall.db"))
    bring_up_to_date(database, tmp_path / "backups")
    yield database
    database.close()


@pytest.fixture
def scene(qtbot: QtBot, database: RefusingDatabase, tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(database, tmp_path)
    qtbot.addWidget(scene.window)
    scene.window.resize(1100, 600)
    scene.window.show()
    wait_exposed(qtbot, scene.window)
    scene.wall.set_layout(0, "4")
    scene.settle()
    scene.focus_wall()
    yield scene
    scene.close()


@pytest.fixture
def panel(qtbot: QtBot, scene: Scene) -> IncidentsPanel:
    panel = scene.desk.make_panel()
    qtbot.addWidget(panel)
    panel.resize(420, 760)
    panel.show()
    wait_exposed(qtbot, panel)
    panel.activateWindow()
    qtbot.waitUntil(panel.isActiveWindow)
    scene.settle()
    return panel
