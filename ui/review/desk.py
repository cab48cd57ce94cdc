"""Brings the review to the console, and the flag that is looked at to the wall."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from app.core.tasks import Tasks
from app.domain.bookmark import Bookmark
from app.services.events import Directory
from app.services.review import ReviewService
from ui.binding import bind
from ui.events.thumbnails import Pictures, ThumbnailCache
from ui.review.panel import ReviewPanel
from ui.review.playing import ReviewPlaying

_PULSE_MS = 500


class Windows(Protocol):
    """What it asks of the program's windows."""

    def focus_wall(self) -> None:
        """Give the keyboard back to the screen that commands act on."""

    def show_page(self, page: QWidget) -> bool:
        """Bring a page of the console to the front; false where there is no console."""

    def play_key(self, event: QKeyEvent) -> bool:
        """Obey a key that pauses, steps or seeks on the wall; false for any other."""


class ReviewDesk(QObject):
    """GUI thread. ``say`` tells on the screen that has the focus what a key has done;
    ``warm`` readies the player for the first clip."""

    def __init__(
        self,
        service: ReviewService,
        cameras: Directory,
        pictures: Pictures,
        tasks: Tasks,
        playing: ReviewPlaying,
        windows: Windows,
        say: Callable[[str], None],
        warm: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._service = service
        self._cameras = cameras
        self._playing = playing
        self._windows = windows
        self._say = say
        self._warm = warm
        self._thumbnails = ThumbnailCache(pictures, tasks, self)
        self.panel: ReviewPanel | None = None
        self._pulse = QTimer(self)
        self._pulse.setInterval(_PULSE_MS)
        self._pulse.timeout.connect(service.tick)
        self._pulse.start()

    def make_panel(self, parent: QWidget | None = None) -> ReviewPanel:
        """The page of the console."""
        playing = self._playing
        panel = ReviewPanel(
            self._service, self._cameras, self._thumbnails, self._windows.play_key, parent
        )
        panel.play_wanted.connect(self._play)
        panel.speed_wanted.connect(lambda: playing.toggle_speed())  # noqa: PLW0108 - PySide holds methods weakly
        panel.beside_wanted.connect(lambda: playing.toggle_side_by_side())  # noqa: PLW0108 - see above
        panel.left.connect(self._leave)
        panel.gone.connect(lambda: playing.leave())  # noqa: PLW0108 - see above
        panel.finished.connect(lambda: playing.finish())  # noqa: PLW0108 - see above
        bind(panel, playing.ended, lambda _nothing: panel.forget_played())
        bind(panel, playing.beside_changed, panel.tell_beside)
        self.panel = panel
        return panel

    def show_review(self) -> None:
        """Give the keyboard to the flags that wait, or to the answers."""
        if self.panel is None or not self._windows.show_page(self.panel):
            self._say(QCoreApplication.translate("Review", "The review is in the console"))
            return
        if self._service.rows:
            self._warm()
        self.panel.enter()

    def _leave(self) -> None:
        self._playing.leave()
        self._windows.focus_wall()

    def _play(self, bookmark: Bookmark) -> None:
        rows = self._service.rows
        at = next((at for at, row in enumerate(rows) if row.id == bookmark.id), len(rows))
        self._playing.play(bookmark, rows[at + 1] if at + 1 < len(rows) else None)
