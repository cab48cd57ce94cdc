"""Builds what the windows need to show events from the services it uses."""

from PySide6.QtCore import QObject

from app.bootstrap import Services
from app.core.clock import SystemClock
from app.services.event_showing import EventShowing
from app.services.wall import WallService
from ui.events.desk import EventsDesk
from ui.wall_windows import ProgramWindows


def make_events(
    services: Services, wall: WallService, windows: ProgramWindows, parent: QObject
) -> EventsDesk:
    """Nothing is shown yet, but events begin to be told and written."""
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
    return EventsDesk(
        services.events,
        showing,
        wall,
        services.registry,
        services.tasks,
        lambda: services.analytics.sources,
        services.analytics.sources_changed,
        windows.focus_wall,
        parent,
    )
