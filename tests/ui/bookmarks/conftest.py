"""A wall window with four tiles and the desk of bookmarks over a real database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.services.event_thumbnails import EventThumbnails
from app.services.wall import WallService
from app.storage.database import Database, sqlite_url
from app.storage.migration import bring_up_to_date
from app.video.engine_types import ViewKey
from tests.fakes.bookmark_desk import BookmarkDesk as Services
from tests.fakes.engine import FakeEngine
from tests.fakes.overlays import FakeOverlays
from tests.ui.exposure import wait_exposed
from tests.ui.test_wall_commands import Shell
from ui.action_router import ActionRouter
from ui.bookmarks.desk import BookmarkDesk
from ui.wall.wall_window import WallWindow
from ui.wall_commands import WallCommands


class Scene(Services):
    """Keys of the window reach the commands as they do in the program."""

    def __init__(self, database: Database, folder: Path) -> None:
        super().__init__(database, folder)
        self.engine = FakeEngine()
        self.overlays = FakeOverlays()
        self.wall = WallService(self.directory, self.engine, self.dispatcher)
        self.commands = WallCommands(self.wall, Shell())
        router = ActionRouter(self.commands)
        self.window = WallWindow(self.wall, self.engine, 0, router.handle, overlays=self.overlays)
        self.thumbnails = EventThumbnails(
            folder / "thumbnails",
            self.engine,
            lambda _source, _ref, _answer: None,
            dict,
            self.tasks,
            self.clock,
            ring_seconds=60.0,
        )
        self.desk = BookmarkDesk(
            self.service,
            self.wall,
            [self.window],
            self.overlays,
            self.directory,
            self.thumbnails,
            self.window,
        )
        self.commands.bookmarks = self.desk

    def show_pictures(self) -> None:
        """Every tile has a live picture and it is painted."""
        for tile in self.wall.screen(0).tiles:
            self.engine.publish(tile.key, now_us=self.clock.utc_us() - 80_000)
        self.window.canvas.refresh(self.engine.fresh())

    @property
    def key(self) -> ViewKey:
        """The selected tile."""
        screen = self.wall.screen(0)
        return next(tile.key for tile in screen.tiles if tile.cell == screen.selected)


@pytest.fixture
def scene(qtbot: QtBot, tmp_path: Path) -> Iterator[Scene]:
    database = Database(sqlite_url(tmp_path / "wall.db"))
    bring_up_to_date(database, tmp_path / "backups")
    scene = Scene(database, tmp_path)
    qtbot.addWidget(scene.window)
    scene.window.resize(1100, 700)
    scene.window.show()
    wait_exposed(qtbot, scene.window)
    scene.wall.set_layout(0, "4")
    scene.settle()
    scene.show_pictures()
    scene.window.activateWindow()
    scene.window.setFocus()
    qtbot.waitUntil(scene.window.hasFocus)
    yield scene
    scene.refuses = ""
    scene.service.close()
    database.close()
