"""One run of the program with windows: built inside out, taken apart in reverse."""

import dataclasses
import logging
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QLocale, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from app.bootstrap import Services, running_services
from app.core.clock import SystemClock
from app.core.logs import start_logging
from app.services.clip_overlays import ClipOverlays
from app.services.clip_player import ClipPlayer
from app.services.credentials import MemoryCredentials
from app.services.first_screen import FirstScreen
from app.services.overlay import OverlayService
from app.services.replay import ReplayService
from app.services.screen_overlays import ScreenOverlays
from app.services.wall import WallService
from app.settings.command_line import Options
from app.video.player_link import PlayerLink
from app.video.screen_engine import ScreenEngine
from ui.clips.keys import ClipKeys
from ui.dispatcher import QtDispatcher
from ui.error_hooks import crash_log, error_hooks
from ui.icons import load_icon_font
from ui.interruption import Interruption
from ui.last_words import LastWords
from ui.render_clock import RenderClock
from ui.resources import install_translations
from ui.theme.stylesheet import apply_theme
from ui.wall_windows import ProgramWindows
from ui.welcome import ProgressPanel, WelcomePanel
from ui.window_memory import WindowMemory

if TYPE_CHECKING:  # loaded for the demo only
    from ui.demo_start import DemoStart

_PACE_MS = 250
_UPKEEP_MS = 60_000
_PACE_SHARES = 4
"""It is measured once a second for each tile how late its boxes come, a quarter at a time."""
_STANDS_AFTER_MS = 1500
"""Work begins at the latest then, also where no window can be seen."""
_log = logging.getLogger(__name__)


def open_windows(options: Options) -> int:
    """Open the windows and stay until the operator leaves; returns the exit status.

    Raises ``OperatorError`` when the program cannot start.
    """
    started_at = time.monotonic()
    application = _make_application()
    translators = install_translations(QLocale())
    with ExitStack() as stack:
        dispatcher = QtDispatcher()
        options = stack.enter_context(_with_demo_folder(options))
        keys = MemoryCredentials() if options.demo else None
        services = stack.enter_context(running_services(options, dispatcher, keys))
        start_logging(services.places.logs)
        logging.getLogger().setLevel(services.settings.log.level.upper())
        interruption = stack.enter_context(closing(Interruption()))
        stack.enter_context(crash_log(services.places.logs, services.notices))
        stack.enter_context(error_hooks(services.notices, dispatcher, interruption.asked.emit))
        session = Session(application, options, services, dispatcher, started_at)
        # Queued: a signal that comes while the windows are made ends the loop once it runs.
        interruption.asked.connect(session.leave, Qt.ConnectionType.QueuedConnection)
        if interruption.was_asked:
            QTimer.singleShot(0, session.leave)
        stack.callback(session.close)
        session.open()
        status = application.exec()
        dispatcher.close()
    del translators
    return status


class Session(QObject):
    """The wall, its windows and what belongs to them while the program runs. GUI thread."""

    def __init__(
        self,
        application: QApplication,
        options: Options,
        services: Services,
        dispatcher: QtDispatcher,
        started_at: float,
    ) -> None:
        super().__init__()
        self._application = application
        self._options = options
        self._services = services
        self._dispatcher = dispatcher
        engine = services.engine
        self._wall = WallService(
            services.registry,
            engine,
            dispatcher,
            remembered=services.remembered,
            # The demo city's scenes of the next page would be drawn before those of this one.
            warm_pages=0 if options.demo else services.settings.video.warm_pages,
        )
        self._overlays = OverlayService(
            self._wall,
            engine,
            services.analytics,
            services.timelines,
            services.overlay_offsets,
            SystemClock(),
            services.settings.analytics,
            remembered=services.remembered.overlay,
            recordings=services.clips.boxes,
        )
        self._players = PlayerLink(dispatcher)
        self._player = ClipPlayer(
            self._players,
            self._wall,
            services.clips.places.file,
            services.clips.places.elsewhere,
        )
        seen = ScreenEngine(engine, self._players)
        self._clip_overlays = ClipOverlays(
            self._player,
            self._overlays,
            services.clips.boxes,
            services.registry.camera,
            services.clip_reading,
            services.clips.places.file,
            SystemClock(),
        )
        self._seen_overlays = ScreenOverlays(self._overlays, self._clip_overlays)
        self._clock = RenderClock(seen, services.settings.wall.refresh_hz, self)
        memory = WindowMemory(services.places.data / "windows.ini")
        self._windows = ProgramWindows(
            application,
            self._wall,
            seen,
            self._clock,
            memory,
            services.notices,
            options,
            overlays=self._seen_overlays,
            marks=services.events.marks,
            recordings=services.clips.clips,
            clips=self._player,
        )
        self._windows.commands.clips = ClipKeys(
            self._wall,
            engine,
            services.clips.clips,
            services.clips.snapshots,
            self._windows.show_note,
        )
        self._replay = ReplayService(
            self._wall, engine, SystemClock(), ring_seconds=services.settings.video.ring_seconds
        )
        self._windows.commands.replay = self._replay
        self._windows.leave_confirmed.connect(self.leave)
        self._last_words = LastWords(options, self._windows, engine, self._clock, started_at)
        self._first_screen: FirstScreen | None = None
        self._demo: DemoStart | None = None
        self._pace = QTimer(self)
        self._pace.timeout.connect(self._keep_pace)
        self._upkeep = QTimer(self)
        self._upkeep.timeout.connect(services.clips.tick)
        self._is_leaving = False
        self._wall_stands = False
        self._connections = [
            self._wall.changed.connect(self._remember_wall),
            self._overlays.remembered_changed.connect(self._remember_wall),
            services.registry.changed.connect(self._on_registry_changed),
        ]

    def open(self) -> None:
        """Show the wall; workers, console and demo city follow once it stands."""
        # Queued: what was painted reaches the screen first.
        first = self._windows.walls[0].canvas
        first.first_painted.connect(self._on_wall_stands, Qt.ConnectionType.QueuedConnection)
        QTimer.singleShot(_STANDS_AFTER_MS, self, self._on_wall_stands)
        self._windows.open_wall()
        services = self._services
        self._first_screen = FirstScreen(
            self._options, self._wall, services.registry, services.notices
        )
        if self._options.demo:
            self._start_demo()
        elif not services.registry.cameras:
            self._windows.show_panels(lambda window: WelcomePanel(window, program_name()))
        if not self._options.demo:
            self._begin_countdown()

    @Slot()
    def leave(self) -> None:
        """Write what was asked for, then end the event loop."""
        if self._is_leaving:
            return
        self._is_leaving = True
        self._last_words.say()
        self._application.exit(0)  # quit() would ask each window first

    def close(self) -> None:
        """Close the windows; what is on the screens is remembered as it is now."""
        self._pace.stop()
        self._upkeep.stop()
        for connection in self._connections:
            connection.close()
        self._remember_wall()
        self._windows.close()
        self._player.close_all()
        self._players.end()
        self._seen_overlays.close()
        self._clip_overlays.close()
        self._overlays.close()
        if self._demo is not None:
            self._demo.close()

    # --- inside ----------------------------------------------------------------------------------

    @Slot()
    def _keep_pace(self) -> None:
        self._replay.tick()
        self._overlays.tick(_PACE_SHARES)
        self._services.clips.keep_pace()

    @Slot()
    def _on_wall_stands(self) -> None:
        if self._wall_stands or self._is_leaving:
            return
        self._wall_stands = True
        self._services.engine.start()
        self._services.analytics.start()
        self._pace.start(_PACE_MS)
        self._services.events.start()
        self._services.clips.start()
        self._upkeep.start(_UPKEEP_MS)
        # Loading the icon font takes longer than a tick may: not on this thread.
        self._services.tasks.run(load_icon_font, done=lambda _nothing: self._open_panels())

    def _start_demo(self) -> None:
        from ui.demo_start import DemoStart

        services = self._services
        if not services.registry.cameras:
            self._windows.show_panels(ProgressPanel)
        self._demo = DemoStart(
            services.places.data,
            services.credentials,
            services.tasks,
            services.notices,
            services.registry.reload,
            services.analytics,
        )
        # A registry that is there already has the addresses of the last run's city.
        services.engine.may_open = self._demo.may_open
        self._demo.progressed.connect(self._on_demo_progress)
        self._demo.ready.connect(self._on_demo_ready)
        self._demo.failed.connect(self._begin_countdown)
        self._demo.start()

    @Slot(str)
    def _on_demo_progress(self, sentence: str) -> None:
        self._windows.tell(sentence)
        self._services.engine.open_wanted()

    @Slot()
    def _on_demo_ready(self) -> None:
        self._wall.set_warm_pages(self._services.settings.video.warm_pages)
        self._begin_countdown()

    @Slot()
    def _begin_countdown(self) -> None:
        if self._options.run_seconds is not None:
            QTimer.singleShot(round(self._options.run_seconds * 1000), self.leave)

    def _release_demo(self) -> None:
        if self._demo is not None:
            self._demo.release()
            self._services.engine.open_wanted()

    def _open_panels(self) -> None:
        from ui.bookmarks.making import make_bookmarks
        from ui.console.making import make_console
        from ui.events.making import make_events
        from ui.incidents.making import make_incidents
        from ui.player.making import make_player
        from ui.review.making import make_review

        self._windows.events = make_events(self._services, self._wall, self._windows, self)
        bookmarks = make_bookmarks(self._services, self._wall, self._windows, self)
        self._windows.bookmarks = self._windows.commands.bookmarks = bookmarks
        review = make_review(
            self._services, self._wall, self._windows, self._player, self._players.warm, self
        )
        self._windows.review = self._windows.commands.review = review
        incidents = make_incidents(self._services, self._wall, self._windows, self)
        self._windows.incidents = self._windows.commands.incidents = incidents
        make_player(self._services, self._wall, self._windows, self._player, self._players, self)
        if self._options.kiosk:
            return
        self._windows.open_console(make_console(self._services, self._wall, self._windows))

    def _remember_wall(self, _what: object = None) -> None:
        state = msgspec.structs.replace(self._wall.state, overlay=self._overlays.state)
        self._services.wall_memory.remember(state)

    def _on_registry_changed(self, _nothing: None) -> None:
        self._wall.registry_changed()
        if self._services.registry.cameras:
            self._windows.hide_panels()
        if self._first_screen is not None:
            self._first_screen.place()
        # After the wall has told the engine of the new addresses, which it has posted by now.
        self._dispatcher.post(self._release_demo)


def program_name() -> str:
    """How this program was started, for a sentence on the wall."""
    if getattr(sys, "frozen", False):
        return Path(sys.executable).name
    return f"{Path(sys.executable).name} {Path(sys.argv[0]).name}"


def _make_application() -> QApplication:
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    application = QApplication(["nigehban"])
    application.setApplicationName("nigehban")
    application.setApplicationDisplayName("Nigehban")
    application.setDesktopFileName("nigehban")
    application.setQuitOnLastWindowClosed(False)
    apply_theme(application)
    return application


@contextmanager
def _with_demo_folder(options: Options) -> Iterator[Options]:
    """The demo city works in a folder that goes away with it, unless one is given."""
    if not options.demo or options.data_dir is not None:
        yield options
        return
    with tempfile.TemporaryDirectory(prefix="nigehban-demo-") as folder:
        yield dataclasses.replace(options, data_dir=Path(folder))
