"""Which tiles there are and what was chosen for each: follows the wall and the choices."""

from collections.abc import Iterator, Mapping, Sequence
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
    def screens(self) -> Sequence[ScreenSnapshot]: ...


class OverlayViews:
    """The visible tiles with a camera. Owner thread."""

    def __init__(self, wall: Wall, choices: OverlayChoices) -> None:
        self._wall = wall
        self._choices = choices
        self._holds: dict[CameraCode, float] = {}
        self.by_key: Mapping[ViewKey, OverlayView] = {}

    def __iter__(self) -> Iterator[OverlayView]:
        return iter(self.by_key.values())

    @property
    def screens(self) -> Sequence[int]:
        """The numbers of the open screens."""
        return [screen.index for screen in self._wall.screens]

    @property
    def cameras(self) -> frozenset[CameraCode]:
        """The cameras of which boxes are shown."""
        return frozenset(view.camera.code for view in self if view.is_on)

    def of_screen(self, screen: int) -> Sequence[OverlayView]:
        return [view for view in self if view.screen == screen]

    def of_camera(self, camera: str) -> Sequence[OverlayView]:
        return [view for view in self if view.camera.code == camera]

    def at(self, screen: int, cell: int) -> OverlayView | None:
        """The view in that cell, unless it is out of sight or empty."""
        return next((view for view in self.of_screen(screen) if view.cell == cell), None)

    def settle(self, now: float) -> Sequence[OverlayView]:
        """Take over what the wall shows and what was chosen; the views that are new or switched.

        A view goes on as it was where its tile still looks at the same camera.
        """
        views: dict[ViewKey, OverlayView] = {}
        switched: list[OverlayView] = []
        for screen in self._wall.screens:
            wanted = self._choices.filter(screen.index)
            for tile in screen.tiles:
                camera = tile.camera
                if camera is None:
                    continue
                view = self.by_key.get(tile.key)
                if view is None or view.camera.code != camera.code:
                    view = OverlayView(tile.key, screen.index, tile.cell, camera)
                elif view.camera is not camera:
                    view.look_at(camera)
                views[tile.key] = view
                view.filter = wanted
                if self._adopt(view, now):
                    switched.append(view)
        self.by_key = views
        return switched

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
