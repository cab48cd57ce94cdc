"""A wall window with four tiles and the desk of bookmarks over a real database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.services.event_marks import EventMarks
from app.services.event_showing import EventShowing
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
from ui.bookmarks.page import BookmarkPage
from ui.bookmarks.panel import BookmarksPanel
from ui.wall.wall_window import WallWindow
from ui.wall_commands import WallCommands


class Windows:
    """Remembers what the page asked for."""

    def __init__(self, walls: list[WallWindow]) -> None:
        self.walls = walls
        self.wall_got_the_keyboard = 0

    def focus_wall(self) -> None:
        self.wall_got_the_keyboard += 1

    def show_page(self, page: QWidget) -> bool:
        page.activateWindow()
        page.setFocus()
        return True


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
        self.showing = EventShowing(
            self.wall,
            self.engine,
            self.directory,
            dict,
            EventMarks(self.clock),
            self.notices,
            self.clock,
            ring_seconds=60.0,
        )
        self.windows = Windows([self.window])

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


@pytest.fixture
def panel(qtbot: QtBot, scene: Scene) -> BookmarksPanel:
    """The page of the console, with the windows faked."""
    scene.desk.page = BookmarkPage(
        scene.service,
        scene.desk.words,
        scene.showing,
        scene.directory,
        scene.tasks,
        scene.windows,
        scene.clock,
        scene.desk,
    )
    panel = scene.desk.page.make_panel()
    qtbot.addWidget(panel)
    panel.resize(440, 700)
    panel.show()
    wait_exposed(qtbot, panel)
    scene.settle()
    return panel
