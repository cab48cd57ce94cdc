"""Builds what the windows need of bookmarks from the services it uses."""

from PySide6.QtCore import QObject

from app.bootstrap import Services
from app.core.clock import SystemClock
from app.services.event_showing import EventShowing
from app.services.wall import WallService
from ui.bookmarks.desk import BookmarkDesk
from ui.bookmarks.page import BookmarkPage
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
    showing = EventShowing(
        wall,
        services.engine,
        services.registry,
        lambda: services.analytics.source_settings,
        services.events.marks,
        services.notices,
        SystemClock(),
        ring_seconds=services.settings.video.ring_seconds,
    )
    desk.page = BookmarkPage(
        services.bookmarks,
        desk.words,
        showing,
        services.registry,
        services.tasks,
        windows,
        SystemClock(),
        desk,
    )
    if windows.events is not None:
        windows.events.marked.connect(desk.mark_event)
    desk.start(showing.tick)
    return desk
