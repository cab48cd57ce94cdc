"""Which tiles there are and what was chosen for each: follows the wall and the choices."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from app.core.events import Event
from app.domain.camera import CameraCode
from app.services.overlay_choices import OverlayChoices
from app.services.overlay_view import OverlayView
from app.services.wall_screen import ScreenSnapshot
from app.video.engine_types import ViewKey

_MOST_REMEMBERED = 2_000


class Wall(Protocol):
    """What the overlay needs of ``WallService``."""

    changed: Event[int]

    @property
    def open_screens(self) -> Sequence[int]: ...

    def screen(self, index: int) -> ScreenSnapshot: ...


class OverlayViews:
    """The visible tiles with a camera. Owner thread."""

    def __init__(self, wall: Wall, choices: OverlayChoices) -> None:
        self._wall = wall
        self._choices = choices
        self._holds: dict[CameraCode, float] = {}
        self._by_screen: dict[int, Mapping[ViewKey, OverlayView]] = {}
        self.by_key: Mapping[ViewKey, OverlayView] = {}

    def __iter__(self) -> Iterator[OverlayView]:
        return iter(self.by_key.values())

    @property
    def cameras(self) -> frozenset[CameraCode]:
        """The cameras of which boxes are shown."""
        return frozenset(view.camera.code for view in self if view.is_on)

    def of_screen(self, screen: int) -> Collection[OverlayView]:
        return self._by_screen.get(screen, {}).values()

    def of_camera(self, camera: str) -> Sequence[OverlayView]:
        return [view for view in self if view.camera.code == camera]

    def at(self, screen: int, cell: int) -> OverlayView | None:
        """The view in that cell, unless it is out of sight or empty."""
        return next((view for view in self.of_screen(screen) if view.cell == cell), None)

    def settle(self, screens: Iterable[int], now: float) -> Sequence[OverlayView]:
        """Take over what these screens show and what was chosen; the views new or switched.

        A view goes on as it was where its tile still looks at the same camera.
        """
        switched: list[OverlayView] = []
        for screen in screens:
            views = self._by_screen[screen] = self._shown(self._wall.screen(screen))
            switched += [view for view in views.values() if self._adopt(view, now)]
        for gone in self._by_screen.keys() - set(self._wall.open_screens):
            del self._by_screen[gone]
        self.by_key = {key: view for of in self._by_screen.values() for key, view in of.items()}
        return switched

    @property
    def is_outdated(self) -> bool:
        """Whether a screen was closed, of which the wall says nothing."""
        return not self._by_screen.keys() <= set(self._wall.open_screens)

    def _shown(self, screen: ScreenSnapshot) -> Mapping[ViewKey, OverlayView]:
        before = self._by_screen.get(screen.index, {})
        wanted = self._choices.filter(screen.index)
        views: dict[ViewKey, OverlayView] = {}
        for tile in screen.tiles:
            camera = tile.camera
            if camera is None:
                continue
            view = before.get(tile.key)
            if view is None or view.camera.code != camera.code:
                view = OverlayView(tile.key, screen.index, tile.cell, camera)
            elif view.camera is not camera:
                view.look_at(camera)
            view.filter = wanted
            views[tile.key] = view
        return views

    def remember_hold(self, view: OverlayView) -> None:
        """Let the camera's next tile begin with this wait instead of finding it anew."""
        if view.hold.is_set:
            self._holds.pop(view.camera.code, None)
            self._holds[view.camera.code] = view.hold.seconds
            if len(self._holds) > _MOST_REMEMBERED:
                del self._holds[next(iter(self._holds))]

    def held(self, camera: CameraCode) -> float | None:
        """With which wait the camera's last tile ended."""
        return self._holds.get(camera)

    def _adopt(self, view: OverlayView, now: float) -> bool:
        camera = view.camera.code
        is_on = self._choices.shows(view.screen, camera)
        timing = self._choices.timing(view.screen, camera)
        if not view.is_new and (is_on, timing) == (view.is_on, view.timing):
            return False
        if is_on and not view.is_on:
            view.shown_at = now
        view.is_new = False
        view.is_on, view.timing = is_on, timing
        return True
