"""Builds what the windows need for the review from the services it uses."""

from PySide6.QtCore import QObject

from app.bootstrap import Services
from app.services.wall import WallService
from ui.review.desk import ReviewDesk
from ui.wall_windows import ProgramWindows


def make_review(
    services: Services, wall: WallService, windows: ProgramWindows, parent: QObject
) -> ReviewDesk:
    """Answers are looked for from now on; nothing is shown yet."""
    bookmarks = windows.bookmarks
    if bookmarks is None or bookmarks.page is None:
        raise ValueError("The review shows bookmarks: they come first")
    services.review.start()
    return ReviewDesk(
        services.review,
        services.registry,
        services.bookmarks.pictures,
        services.tasks,
        bookmarks.page.open,
        windows,
        lambda words: windows.show_note(wall.focused, words),
        parent,
    )
