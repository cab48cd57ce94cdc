"""Builds what the windows need to show incidents from the services it uses."""

from PySide6.QtCore import QObject

from app.bootstrap import Services
from app.core.clock import SystemClock
from app.services.wall import WallService
from ui.incidents.desk import IncidentsDesk
from ui.wall_windows import ProgramWindows


def make_incidents(
    services: Services, wall: WallService, windows: ProgramWindows, parent: QObject
) -> IncidentsDesk:
    """Nothing is shown yet, but what the last run left is taken up."""
    services.incidents.start()
    desk = IncidentsDesk(
        services.incidents,
        wall,
        services.engine,
        services.events.marks,
        services.registry.districts,
        services.registry.camera,
        SystemClock().utc_us,
        windows,
        parent,
    )
    if windows.bookmarks is not None and windows.bookmarks.page is not None:
        desk.show_bookmark = windows.bookmarks.page.open
    return desk
