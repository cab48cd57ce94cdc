"""Brings the list of bookmarks to the console, and what is chosen there to the wall."""

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtWidgets import QWidget

from app.core.clock import Clock
from app.core.tasks import Tasks
from app.domain.bookmark import Bookmark
from app.services.bookmarks import BookmarkService
from app.services.event_showing import EventShowing
from app.video.engine_types import Moment
from ui.bookmarks.panel import BookmarksPanel, Cameras
from ui.bookmarks.wording import clock_time, moment_us
from ui.bookmarks.words import BookmarkWords
from ui.events.thumbnails import ThumbnailCache
from ui.wall.wall_window import WallWindow

_US = 1_000_000


class Windows(Protocol):
    """What it asks of the program's windows."""

    @property
    def walls(self) -> Sequence[WallWindow]: ...

    def focus_wall(self) -> None:
        """Give the keyboard back to the screen that commands act on."""

    def show_page(self, page: QWidget) -> bool:
        """Bring a page of the console to the front; false where there is no console."""


class BookmarkPage(QObject):
    """GUI thread. ``play`` shows a bookmark's clip and says whether it could; without one, and
    for bookmarks without a clip, the moment is replayed from the ring."""

    def __init__(
        self,
        service: BookmarkService,
        words: BookmarkWords,
        showing: EventShowing,
        cameras: Cameras,
        tasks: Tasks,
        windows: Windows,
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.play: Callable[[Bookmark], bool] | None = None
        self._service = service
        self._words = words
        self._showing = showing
        self._cameras = cameras
        self._windows = windows
        self._clock = clock
        self._thumbnails = ThumbnailCache(service.pictures, tasks, self)
        self._panel: BookmarksPanel | None = None

    def make_panel(self, parent: QWidget | None = None) -> BookmarksPanel:
        """The page of the console."""
        panel = BookmarksPanel(
            self._service, self._cameras, self._thumbnails, self._clock.utc_us, parent
        )
        panel.chosen.connect(self.open)
        panel.edited.connect(self._edit)
        panel.left.connect(self._windows.focus_wall)
        self._panel = panel
        return panel

    def show(self) -> bool:
        """Give the keyboard to the page; false where there is no console."""
        if self._panel is None or not self._windows.show_page(self._panel):
            return False
        self._panel.refresh()
        return True

    def open(self, bookmark: Bookmark) -> None:
        """Show what was marked: its clip, else the moment in the selected tile."""
        if bookmark.clip is not None and self.play is not None and self.play(bookmark):
            return
        self.replay(bookmark)

    def replay(self, bookmark: Bookmark) -> None:
        """Show the moment in the selected tile, from the memory of this workstation."""
        age_s = (self._clock.utc_us() - moment_us(bookmark)) / _US
        moment = Moment(bookmark.start_us, by_camera=bookmark.clock.is_camera)
        words = f"{bookmark.camera} at {clock_time(bookmark)}"
        self._showing.show_at(bookmark.camera, moment, age_s, words)

    def _edit(self, bookmark: Bookmark) -> None:
        panel = self._panel
        if panel is not None:
            self._words.ask(panel.window(), bookmark, panel.say, panel.view)


def no_console_words() -> str:
    """Why there is no list to be seen."""
    return QCoreApplication.translate("Bookmarks", "Bookmarks are listed in the console")
