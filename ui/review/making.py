"""Builds what the windows need for the review from the services it uses."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from app.bootstrap import Services
from app.services.clip_player import ClipPlayer
from app.services.wall import WallService
from ui.review.desk import ReviewDesk
from ui.review.playing import ReviewPlaying
from ui.wall_windows import ProgramWindows


def make_review(
    services: Services,
    wall: WallService,
    windows: ProgramWindows,
    player: ClipPlayer,
    warm: Callable[[], None],
    parent: QObject,
) -> ReviewDesk:
    """Answers are looked for from now on; nothing is shown yet."""
    bookmarks = windows.bookmarks
    if bookmarks is None or bookmarks.page is None:
        raise ValueError("The review shows bookmarks: they come first")
    services.review.start()

    def say(words: str) -> None:
        windows.show_note(wall.focused, words)

    playing = ReviewPlaying(player, services.review, wall, bookmarks.page.replay, say)
    return ReviewDesk(
        services.review,
        services.registry,
        services.bookmarks.pictures,
        services.tasks,
        playing,
        windows,
        say,
        warm,
        parent,
    )
