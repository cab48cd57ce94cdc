"""Brings events to the windows: the docks, the console's page, the marks and the pulse."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.analytics.messages import SourceState
from app.core.events import Event
from app.core.tasks import Tasks
from app.domain.event_record import EventGroup
from app.services.event_showing import EventShowing
from app.services.events import TICK_S, EventService
from app.services.wall import WallService
from ui.binding import bind
from ui.events.dock import EventsDock
from ui.events.panel import Districts, EventsPanel
from ui.events.thumbnails import ThumbnailCache
from ui.wall.wall_window import WallWindow


class EventsDesk(QObject):
    """Made once the wall stands. GUI thread.

    ``sources`` are those that events come from, ``sources_changed`` tells when they say something
    else; ``focus_wall`` gives the keyboard back to the tiles.

    Signals:
        marked: Make a bookmark of this event.
    """

    marked = Signal(object)

    def __init__(
        self,
        events: EventService,
        showing: EventShowing,
        wall: WallService,
        districts: Districts,
        tasks: Tasks,
        sources: Callable[[], Sequence[SourceState]],
        sources_changed: Event[Sequence[SourceState]],
        focus_wall: Callable[[], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._events = events
        self._showing = showing
        self._wall = wall
        self._districts = districts
        self._sources = sources
        self._sources_changed = sources_changed
        self._focus_wall = focus_wall
        self._thumbnails = ThumbnailCache(events.thumbnails, tasks, self)
        self._docks: dict[WallWindow, EventsDock] = {}
        self._pulse = QTimer(self)
        self._pulse.setInterval(round(TICK_S * 1000))
        self._pulse.timeout.connect(self._on_pulse)
        self._pulse.start()
        bind(self, wall.changed, lambda _screen: self._watch())
        self._watch()

    @property
    def dropped(self) -> int:
        """How many events of this run were lost."""
        return self._events.dropped

    def make_panel(self, parent: QWidget | None = None) -> EventsPanel:
        """A list of its own, for a dock or a page."""
        panel = EventsPanel(self._events, self._districts, self._thumbnails, self._sources, parent)
        panel.moment_chosen.connect(self._on_moment_chosen)
        panel.live_chosen.connect(self._on_live_chosen)
        panel.marked.connect(self.marked)
        panel.left.connect(self._on_left)
        bind(panel, self._sources_changed, lambda _states: panel.show_sources())
        return panel

    def stop(self) -> None:
        """No more pulse: nothing is told, written or let go by itself."""
        self._pulse.stop()

    def toggle(self, window: WallWindow) -> None:
        """Open the dock of a screen, or close it; the keyboard stays with the tiles."""
        dock = self._docks.get(window)
        if dock is None:
            self._make_dock(window).show()
        elif dock.isHidden():
            dock.show()
        else:
            self._close(dock)

    def enter(self, window: WallWindow) -> None:
        """Open the dock of a screen and give it the keyboard."""
        dock = self._docks.get(window) or self._make_dock(window)
        dock.show()
        window.activateWindow()
        dock.panel.enter()

    # --- inside ------------------------------------------------------------------------------

    def _make_dock(self, window: WallWindow) -> EventsDock:
        dock = EventsDock(self.make_panel(window), window)
        dock.close_requested.connect(lambda: self._close(dock))
        dock.hide()
        self._docks[window] = dock
        window.set_dock(dock)
        return dock

    def _close(self, dock: EventsDock) -> None:
        had_focus = any(child.hasFocus() for child in dock.findChildren(QWidget))
        dock.hide()
        if had_focus:
            dock.window().setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_pulse(self) -> None:
        self._events.tick()
        self._showing.tick()

    def _watch(self) -> None:
        """What the selected tile says is seen."""
        wall = self._wall
        if not wall.screens:
            return
        screen = wall.screen(wall.focused)
        tile = next((tile for tile in screen.tiles if tile.cell == screen.selected), None)
        camera = None if tile is None else tile.camera
        self._events.marks.watch(None if camera is None else camera.code)

    def _on_moment_chosen(self, group: EventGroup) -> None:
        self._showing.show_moment(group)

    def _on_live_chosen(self, group: EventGroup) -> None:
        self._showing.show_live(group)

    def _on_left(self) -> None:
        self._focus_wall()
