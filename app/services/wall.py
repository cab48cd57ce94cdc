"""The wall: what every screen shows, and the operator's verbs on it."""

from collections.abc import Mapping, Sequence

from app.core.dispatch import Dispatcher
from app.core.events import Event
from app.domain.camera import CameraCode, DistrictCode
from app.domain.geometry import WHOLE, Size, panned, zoomed
from app.domain.layout import UnknownLayoutError, layout
from app.services.call_up import CallUpEntry, CallUpProblem
from app.services.wall_loan import BorrowedScreen, borrowed
from app.services.wall_memory import ScreenState, WallState
from app.services.wall_screen import (
    DEFAULT_LAYOUT,
    CallUpSnapshot,
    CameraDirectory,
    ScreenSnapshot,
    WallScreen,
    view_key,
)
from app.video.engine_types import Engine, Moment, ViewKey, ViewSpec


class WallService:
    """All screens of this workstation: state, verbs and one event. Owner thread.

    Verbs change the state at once; the engine is asked, once for all verbs of the same turn of
    the event loop, and only then ``changed`` says which screens are to be painted anew. So a
    window never paints the picture of one camera under the name of another.
    """

    def __init__(
        self,
        directory: CameraDirectory,
        engine: Engine,
        dispatcher: Dispatcher,
        *,
        remembered: WallState | None = None,
        warm_pages: int = 1,
    ) -> None:
        self.changed: Event[int] = Event("wall.changed")
        self._directory = directory
        self._engine = engine
        self._dispatcher = dispatcher
        self._remembered = () if remembered is None else remembered.screens
        self._warm_pages = warm_pages
        self._screens: dict[int, WallScreen] = {}
        self._focused = 0
        self._entry = CallUpEntry()
        self._touched: set[int] = set()
        self._looks: dict[ViewKey, Moment | None] = {}
        self._is_posted = False

    # --- state -------------------------------------------------------------------------------

    @property
    def screens(self) -> Sequence[ScreenSnapshot]:
        """The open screens by number."""
        return tuple(self.screen(index) for index in sorted(self._screens))

    @property
    def open_screens(self) -> Sequence[int]:
        """The numbers of the open screens."""
        return sorted(self._screens)

    @property
    def state(self) -> WallState:
        """What to remember; of screens not opened in this run, what was remembered before."""
        count = max([len(self._remembered), *(index + 1 for index in self._screens)])
        return WallState(screens=tuple(self._state(index) for index in range(count)))

    @property
    def focused(self) -> int:
        """The screen that commands act on."""
        return self._focused

    @property
    def call_up(self) -> CallUpSnapshot | None:
        """The number that is being typed or was refused; ``None`` when there is none."""
        if self._entry.is_empty:
            return None
        number = self._entry.call_up(self._district_number())
        camera = None if number is None else self._directory.called(number)
        return CallUpSnapshot(self._entry.text, camera, self._entry.problem)

    def screen(self, index: int) -> ScreenSnapshot:
        has_focus = index == self._focused
        return self._screens[index].snapshot(has_focus, self.call_up if has_focus else None)

    def set_warm_pages(self, pages: int) -> None:
        """How many pages before and after the shown one are kept connected."""
        if pages != self._warm_pages:
            self._warm_pages = pages
            self._post()

    # --- screens -----------------------------------------------------------------------------

    def open_screen(self, index: int, size_px: Size, scale: float) -> None:
        """Show a screen as it was left; a new one shows a district of its own."""
        screen = WallScreen(index, self._directory, size_px, scale)
        if index < len(self._remembered):
            self._restore(screen, self._remembered[index])
        else:
            screen.adapt()
        self._screens[index] = screen
        if self._focused not in self._screens:
            self._focused = index
        self._touch(index)

    def resize_screen(self, index: int, size_px: Size, scale: float) -> None:
        screen = self._screens[index]
        if (screen.size, screen.scale) != (size_px, scale):
            for each in (screen, self._behind(index)):
                each.size, each.scale = size_px, scale
            self._touch(index)

    def close_screen(self, index: int) -> None:
        """Stop showing a screen; its cameras are let go, its state stays remembered."""
        if index not in self._screens:
            return
        state = self._state(index)
        del self._screens[index]
        kept = list(self._remembered) + [ScreenState()] * (index + 1 - len(self._remembered))
        kept[index] = state
        self._remembered = tuple(kept)
        if self._focused == index and self._screens:
            self._focused = min(self._screens)
            self._touch(self._focused)
        self._post()

    def focus_screen(self, index: int) -> None:
        if index in self._screens and index != self._focused:
            before, self._focused = self._focused, index
            self._entry = CallUpEntry()
            self._touch(before, index)

    def focus_next(self, by: int) -> None:
        """Give the focus to the next open screen, or the one before."""
        order = sorted(self._screens)
        if order:
            self.focus_screen(order[(order.index(self._focused) + by) % len(order)])

    def registry_changed(self) -> None:
        """Follow the registry: cameras and districts may have come, changed or gone."""
        for index, screen in self._screens.items():
            screen.adapt()
            self._behind(index).adapt()
        self._touch(*self._screens)

    # --- lending a screen --------------------------------------------------------------------

    def borrow(self, screen: int, cameras: Sequence[CameraCode]) -> None:
        """Show cells for these cameras in place of a screen's tiles, for a while and without live
        pictures; again with others while it is borrowed.

        What was there stays remembered and is back with ``give_back``. An operator who turns the
        page, chooses a layout or district, or calls a camera up takes the screen back.
        """
        self._screens[screen] = borrowed(self._behind(screen), cameras)
        self._touch(screen)

    def give_back(self, screen: int) -> None:
        """Show the operator's tiles again, as they were."""
        if self.is_borrowed(screen):
            self._screens[screen] = self._behind(screen)
            self._touch(screen)

    def is_borrowed(self, screen: int) -> bool:
        return isinstance(self._screens.get(screen), BorrowedScreen)

    # --- pages -------------------------------------------------------------------------------

    def set_layout(self, screen: int, name: str) -> None:
        """Choose the grid by name; raises ``UnknownLayoutError``."""
        wanted = layout(name)
        self._done(screen, self._own(screen).set_layout(wanted))

    def turn_page(self, screen: int, delta: int) -> None:
        self._done(screen, self._own(screen).turn_page(delta))

    def choose_page(self, screen: int, page: int) -> None:
        """Go to a page, counted from 0; beyond the last one is the last one."""
        self._done(screen, self._own(screen).set_page(page))

    def set_district(self, screen: int, code: DistrictCode) -> None:
        self._done(screen, self._own(screen).set_district(code))

    def next_district(self, screen: int, by: int = 1) -> None:
        self._done(screen, self._own(screen).next_district(by))

    # --- tiles -------------------------------------------------------------------------------

    def select(self, screen: int, cell: int) -> None:
        self._done(screen, self._screens[screen].select(cell))

    def move_selection(self, screen: int, dx: int, dy: int) -> None:
        self._done(screen, self._screens[screen].move_selection(dx, dy))

    def toggle_enlarged(self, screen: int, cell: int | None = None) -> None:
        """Enlarge a tile to the whole screen, or go back to the grid."""
        self._done(screen, self._screens[screen].toggle_enlarged(cell))

    def place(self, camera: CameraCode, screen: int, cell: int | None = None) -> None:
        """Show a camera in a tile, by default the selected one, until the page changes."""
        if self.is_borrowed(screen):
            cell = None  # that of the borrowed tiles means nothing to those behind them
        self._done(screen, self._own(screen).place(camera, cell))

    def zoom(self, screen: int, cell: int, at_x: float, at_y: float, factor: float) -> None:
        """Enlarge the picture around a point of it, given in fractions of what is shown."""
        changed = self._screens[screen].look(cell, lambda crop: zoomed(crop, at_x, at_y, factor))
        self._done(screen, changed)

    def pan(self, screen: int, cell: int, by_x: float, by_y: float) -> None:
        """Move what is shown by fractions of it."""
        self._done(screen, self._screens[screen].look(cell, lambda crop: panned(crop, by_x, by_y)))

    def reset_zoom(self, screen: int, cell: int | None = None) -> None:
        wanted = self._screens[screen].selected if cell is None else cell
        self._done(screen, self._screens[screen].look(wanted, lambda _crop: WHOLE))

    def look_back(self, screen: int, cell: int, moment: Moment | None) -> None:
        """Play the camera of a tile from its ring, from ``moment`` on; ``None``: live again.

        It goes to the engine with what was asked for before, e.g. to place the camera there.
        """
        self._looks[view_key(screen, cell)] = moment
        self._post()

    # --- calling a camera up -----------------------------------------------------------------

    def type_call_up(self, key: str) -> None:
        self._enter(self._entry.typed(key))

    def erase_call_up(self) -> None:
        self._enter(self._entry.erased())

    def forget_call_up(self) -> None:
        self._enter(CallUpEntry())

    def confirm_call_up(self) -> bool:
        """Call the typed camera up into the selected tile of the focused screen.

        A number that is incomplete or unknown stays, with the problem beside it, and changes
        nothing else. True when the camera was found.
        """
        number = self._entry.call_up(self._district_number())
        if number is None:
            self._enter(self._entry.refused(CallUpProblem.INCOMPLETE))
            return False
        camera = self._directory.called(number)
        if camera is None:
            self._enter(self._entry.refused(CallUpProblem.UNKNOWN))
            return False
        self._enter(CallUpEntry())
        if self._focused in self._screens:
            self.place(camera.code, self._focused)
        return True

    # --- inside ------------------------------------------------------------------------------

    def _behind(self, index: int) -> WallScreen:
        """The operator's own screen, also while it is borrowed."""
        screen = self._screens[index]
        lent = screen.lent if isinstance(screen, BorrowedScreen) else None
        return lent or screen

    def _own(self, index: int) -> WallScreen:
        """The operator's own screen, which is taken back where it is borrowed."""
        self.give_back(index)
        return self._screens[index]

    def _enter(self, entry: CallUpEntry) -> None:
        if entry != self._entry:
            self._entry = entry
            self._touch(self._focused)

    def _district_number(self) -> int | None:
        screen = self._screens.get(self._focused)
        if screen is None:
            return None
        return next(
            (d.number for d in self._directory.districts() if d.code == screen.district), None
        )

    def _restore(self, screen: WallScreen, state: ScreenState) -> None:
        try:
            screen.layout = layout(state.layout)
        except UnknownLayoutError:  # written by another version, or by hand
            screen.layout = layout(DEFAULT_LAYOUT)
        screen.district = None if state.district is None else DistrictCode(state.district)
        screen.page = state.page
        screen.overrides = {cell: CameraCode(code) for cell, code in state.overrides.items()}
        screen.selected = state.selected
        screen.enlarged = state.enlarged
        screen.adapt()

    def _state(self, index: int) -> ScreenState:
        if index not in self._screens:
            return self._remembered[index] if index < len(self._remembered) else ScreenState()
        screen = self._behind(index)
        return ScreenState(
            layout=screen.layout.name,
            district=screen.district,
            page=screen.page,
            overrides=dict(screen.overrides),
            selected=screen.selected,
            enlarged=screen.enlarged,
        )

    def _done(self, screen: int, changed: bool) -> None:
        if changed:
            self._touch(screen)

    def _touch(self, *screens: int) -> None:
        self._touched.update(screens)
        self._post()

    def _post(self) -> None:
        if not self._is_posted:
            self._is_posted = True
            self._dispatcher.post(self._apply)

    def _apply(self) -> None:
        self._is_posted = False
        touched, self._touched = self._touched, set()
        wanted: dict[ViewKey, ViewSpec] = {}
        for screen in self._screens.values():
            wanted.update(screen.views())
        self._engine.show(wanted, self._warm(wanted))
        looks, self._looks = self._looks, {}
        for key, moment in looks.items():
            if key in wanted:
                self._engine.look_back(key, moment)
        for index in sorted(touched & self._screens.keys()):
            self.changed.emit(index)

    def _warm(self, wanted: Mapping[ViewKey, ViewSpec]) -> Sequence[CameraCode]:
        """The cameras to keep connected: of the focused screen first, none that is shown."""
        shown = {spec.camera for spec in wanted.values()}
        order = sorted(self._screens.values(), key=lambda s: s.index != self._focused)
        likely = [code for screen in order for code in screen.warm(self._warm_pages)]
        return tuple(code for code in dict.fromkeys(likely) if code not in shown)
