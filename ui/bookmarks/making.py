"""Builds what the windows need of bookmarks from the services it uses."""

from PySide6.QtCore import QObject

from app.bootstrap import Services
from app.services.wall import WallService
from ui.bookmarks.desk import BookmarkDesk
from ui.wall_windows import ProgramWindows


def make_bookmarks(
    services: Services, wall: WallService, windows: ProgramWindows, parent: QObject
) -> BookmarkDesk:
    """Marks can be made from now on; what the last run could not write is written."""
    desk = BookmarkDesk(
        services.bookmarks,
        wall,
        windows.walls,
        windows.overlays,
        services.registry,
        services.events.thumbnails,
        parent,
    )
    desk.start()
    return desk
