"""All windows of the program: the wall's, the console, and the panels that lie over them."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRect, Signal
from PySide6.QtGui import QKeyEvent, QScreen
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.monitors import wanted_screens
from app.services.clips import Recordings
from app.services.event_marks import Marks
from app.services.notices import NoticeBoard
from app.services.overlay_types import OverlayVerbs
from app.services.wall import WallService
from app.settings.command_line import Options
from app.video.engine_types import Engine
from ui.action import Category
from ui.action_router import ActionRouter
from ui.actions import DISMISS_KEYS
from ui.keys_overlay import KeysOverlay
from ui.leave_bar import LeaveBar
from ui.notices.wall_bar import WallBar
from ui.overlay import Overlay
from ui.render_clock import RenderClock
from ui.screens import ScreenPlacement
from ui.wall.adjustment import Adjustment
from ui.wall.clip_wording import Clips
from ui.wall.wall_window import WallWindow
from ui.wall_commands import WallCommands
from ui.window_memory import WindowMemory

if TYPE_CHECKING:  # the console is loaded once the wall stands
    from ui.bookmarks.desk import BookmarkDesk
    from ui.console.console_window import ConsoleWindow
    from ui.events.desk import EventsDesk
    from ui.incidents.desk import IncidentsDesk
    from ui.player.desk import PlayerDesk
    from ui.review.desk import ReviewDesk

CONSOLE_WIDTH = 440
_CONSOLE_CHANGES = (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.WindowStateChange)


class ProgramWindows(QObject):
    """Opens the windows, leads keys to commands and commands to windows. GUI thread.

    Signals:
        leave_confirmed: The operator really wants to end the program.
    """

    leave_confirmed = Signal()

    def __init__(
        self,
        application: QApplication,
        wall: WallService,
        engine: Engine,
        clock: RenderClock,
        memory: WindowMemory,
        notices: NoticeBoard,
        options: Options,
        overlays: OverlayVerbs | None = None,
        marks: Marks | None = None,
        recordings: Recordings | None = None,
        clips: Clips | None = None,
    ) -> None:
        super().__init__()
        self._application = application
        self._wall = wall
        self._clock = clock
        self.overlays = overlays
        self._marks = marks
        self._recordings = recordings
        self._clips = clips
        self._memory = memory
        self._keys: KeysOverlay | None = None
        self._leave: LeaveBar | None = None
        self._panels: list[Overlay] = []
        self._sentence = ""
        self.console: ConsoleWindow | None = None
        self.events: EventsDesk | None = None
        self.bookmarks: BookmarkDesk | None = None
        self.incidents: IncidentsDesk | None = None
        self.review: ReviewDesk | None = None
        self.player: PlayerDesk | None = None
        self._has_console = not options.kiosk
        self._adjustment: Adjustment | None = None
        self.commands = WallCommands(wall, self, overlays)
        self.router = ActionRouter(self.commands)
        monitors = len(application.screens())
        count = options.screens or wanted_screens(monitors, has_console=self._has_console)
        self.walls: Sequence[WallWindow] = [
            self._wall_window(index, engine, clock, options) for index in range(count)
        ]
        self.bar = WallBar(notices, DISMISS_KEYS, self.walls[0])
        self.walls[0].set_bar(self.bar)
        self.bar.show_notices(wanted=not self._has_console)
        self._placement = ScreenPlacement(
            application,
            self.walls,
            console_monitor=application.primaryScreen().name() if self._has_console else None,
            fill=not self._has_console or monitors > count,
            kept_free=self._console_room,
            parent=self,
        )

    # --- opening and closing ---------------------------------------------------------------------

    def open_wall(self) -> None:
        """Show the wall; what stood elsewhere in the last run stands there again."""
        self._placement.place()
        for window in self.walls:
            # Only the native window hears that it is exposed; until then nothing is painted.
            window.windowHandle().installEventFilter(self)
        self._clock.wake()
        if not self._has_console:
            return
        for window in self.walls:
            self._memory.restore(f"screen-{window.index + 1}", window)

    def open_console(self, console: "ConsoleWindow") -> None:
        """Show the console, at the right edge of its monitor where it has not been before."""
        self.console = console
        console.close_requested.connect(self.ask_to_leave)
        if not self._memory.restore("console", console):
            console.setGeometry(self._console_place())
        console.show()
        console.installEventFilter(self)

    def close(self) -> None:
        """Remember where everything is, and close it."""
        if self._has_console:
            for window in self.walls:
                self._memory.keep(f"screen-{window.index + 1}", window)
            if self.console is not None:
                self._memory.keep("console", self.console)
            self._memory.write()
        windows: list[QWidget] = [*self.walls]
        if self.console is not None:
            self.console.removeEventFilter(self)
            windows.append(self.console)
        for each in windows:
            each.hide()
            each.close()
            each.deleteLater()

    def show_panels(self, make: Callable[[WallWindow], Overlay]) -> None:
        """Lay a panel over every wall window, in place of the one before."""
        self.hide_panels()
        self._panels = [make(window) for window in self.walls]
        for panel in self._panels:
            panel.appear()

    def tell(self, sentence: str) -> None:
        """Say on the wall what is being prepared: on the panel, and above the tiles without one.

        An empty sentence says that it is done.
        """
        for panel in self._panels:
            panel.tell(sentence)
        self._sentence = sentence
        self.bar.tell("" if self._panels else sentence)

    def hide_panels(self) -> None:
        for panel in self._panels:
            panel.hide()
            panel.deleteLater()
        self._panels = []
        self.bar.tell(self._sentence)

    # --- what commands ask for -------------------------------------------------------------------

    def show_screen(self, index: int) -> None:
        self.walls[index].raise_()
        self.walls[index].activateWindow()

    def toggle_full_screen(self, index: int) -> None:
        self.walls[index].toggle_full_screen()

    def toggle_keys(self, index: int) -> None:
        if self._keys is not None and self._keys.next_page():
            return
        if self._hide_overlays():
            return
        self._keys = KeysOverlay(self.walls[index])
        self._keys.appear()

    def hide_keys(self) -> bool:
        hidden = self._hide_overlays()
        if self._adjustment is not None:
            self._adjustment.cancel()
            hidden = True
        return hidden

    def _hide_overlays(self) -> bool:
        hidden = False
        if self._keys is not None:
            self._keys.hide()
            self._keys.deleteLater()
            self._keys, hidden = None, True
        if self._leave is not None and self._leave.isVisible():
            self._leave.hide()
            hidden = True
        return hidden

    def show_note(self, index: int, words: str) -> None:
        self.walls[index].canvas.show_note(words)

    def adjust_boxes(self, index: int) -> None:
        screen = self._wall.screen(index)
        tile = next((tile for tile in screen.tiles if tile.cell == screen.selected), None)
        if self.overlays is None or tile is None or tile.camera is None:
            return
        if self._adjustment is not None:
            if self._adjustment.key == tile.key:
                self._adjustment.panel.setFocus()
                return
            self._adjustment.cancel()
        window = self.walls[index]
        try:
            self._adjustment = Adjustment(window, self._wall, self.overlays, tile, tile.camera.code)
        except ValueError:
            self.show_note(index, self.tr("There is no picture to adjust the boxes to"))
            return
        self._adjustment.finished.connect(self._forget_adjustment)

    def _forget_adjustment(self) -> None:
        self._adjustment = None

    def toggle_events(self, index: int) -> None:
        if self.events is not None:
            self.events.toggle(self.walls[index])

    def enter_events(self, index: int) -> None:
        if self.events is not None:
            self.events.enter(self.walls[index])

    def dismiss_notice(self) -> None:
        self.bar.dismiss()

    def focus_search(self) -> None:
        if self.console is not None:
            self.console.focus_search()

    def show_page(self, page: QWidget) -> bool:
        """Bring a page of the console to the front; false where there is no console."""
        if self.console is None:
            return False
        self.console.show_page(page)
        return True

    def play_key(self, event: QKeyEvent) -> bool:
        """Obey a key that pauses, steps or seeks on the wall; false for any other."""
        action = self.router.action_for(event)
        is_ours = action is not None and action.category is Category.REPLAY
        return is_ours and self.router.handle(event)

    def focus_wall(self) -> None:
        """Give the keyboard back to the screen that commands act on."""
        self.show_screen(self._wall.focused)

    def ask_to_leave(self) -> None:
        window = self.walls[self._wall.focused]
        if self._leave is None or self._leave.parent() is not window:
            if self._leave is not None:
                self._leave.deleteLater()
            self._leave = LeaveBar(window)
            self._leave.confirmed.connect(self.leave_confirmed)
        self._leave.ask()

    # --- inside ----------------------------------------------------------------------------------

    def _wall_window(
        self, index: int, engine: Engine, clock: RenderClock, options: Options
    ) -> WallWindow:
        window = WallWindow(
            self._wall,
            engine,
            index,
            self._handle_key,
            is_kiosk=options.kiosk,
            overlays=self.overlays,
            marks=self._marks,
            recordings=self._recordings,
            clips=self._clips,
        )
        window.seen.connect(clock.wake)
        window.close_requested.connect(self.ask_to_leave)
        clock.add(window.canvas)
        return window

    def _handle_key(self, event: QKeyEvent) -> bool:
        return self.router.handle(event)

    def _console_place(self) -> QRect:
        area = self._application.primaryScreen().availableGeometry()
        width = min(CONSOLE_WIDTH, area.width() // 2)
        return QRect(area.right() + 1 - width, area.top(), width, area.height())

    def _console_room(self, screen: QScreen) -> QRect:
        """The console's place, where it is on this monitor or will be."""
        if not self._has_console:
            return QRect()
        if self.console is not None and self.console.isVisible():
            is_there = self.console.screen() is screen
            return self.console.frameGeometry() if is_there else QRect()
        is_home = screen is self._application.primaryScreen()
        return self._console_place() if is_home else QRect()

    # --- Qt overrides ----------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Expose:
            self._clock.wake()
        console = self.console
        if console is not None and watched is console and kind in _CONSOLE_CHANGES:
            # What the console cannot tell stands on the wall.
            self.bar.show_notices(wanted=console.isHidden() or console.isMinimized())
        return super().eventFilter(watched, event)
