"""Overlays as a test scripts them, and a memory of what was asked and switched."""

from collections.abc import Callable, Collection

from app.core.events import Event
from app.domain.camera import CameraCode
from app.services.overlay_types import (
    OverlayFilter,
    OverlayStatus,
    OverlaySwitches,
    TileOverlay,
)
from app.video.board import PictureFacts
from app.video.engine_types import ViewKey


class FakeOverlays:
    """Implements ``OverlayVerbs``.

    ``overlays`` says what lies over the picture of a view: a value, or a function of its facts.
    ``asked`` is what a canvas asked, ``calls`` is what was switched.
    """

    def __init__(self) -> None:
        self.changed: Event[frozenset[ViewKey]] = Event("fake.overlays.changed")
        self.options_changed: Event[None] = Event("fake.overlays.options_changed")
        self.overlays: dict[ViewKey, TileOverlay | Callable[[PictureFacts], TileOverlay]] = {}
        self.statuses: dict[ViewKey, OverlayStatus] = {}
        self.fresh_keys: set[ViewKey] = set()
        self.asked: list[tuple[ViewKey, CameraCode | None, PictureFacts]] = []
        self.calls: list[tuple[object, ...]] = []
        self.offsets: dict[CameraCode, int] = {}
        self.previews: dict[CameraCode, int] = {}
        self._filters: dict[int | None, OverlayFilter] = {None: OverlayFilter()}
        self._switches = OverlaySwitches()

    def show(self, key: ViewKey, overlay: TileOverlay) -> None:
        """Lay something over the view from now on, and say so."""
        self.overlays[key] = overlay
        self.changed.emit(frozenset({key}))

    # --- Overlays ----------------------------------------------------------------------------

    def overlay(
        self, key: ViewKey, camera: CameraCode | None, facts: PictureFacts
    ) -> TileOverlay | None:
        self.asked.append((key, camera, facts))
        scripted = self.overlays.get(key)
        return scripted(facts) if callable(scripted) else scripted

    def fresh(self) -> Collection[ViewKey]:
        return self.fresh_keys

    def status(self, key: ViewKey) -> OverlayStatus:
        return self.statuses.get(key, OverlayStatus())

    # --- OverlayVerbs ------------------------------------------------------------------------

    def toggle_tile(self, screen: int, cell: int) -> None:
        self.calls.append(("toggle_tile", screen, cell))

    def toggle_screen(self, screen: int) -> None:
        self.calls.append(("toggle_screen", screen))

    def toggle_wall(self) -> None:
        self.calls.append(("toggle_wall",))

    def toggle_timing(self, screen: int, cell: int) -> None:
        self.calls.append(("toggle_timing", screen, cell))

    def toggle_screen_timing(self, screen: int) -> None:
        self.calls.append(("toggle_screen_timing", screen))

    def filter(self, screen: int | None) -> OverlayFilter:
        return self._filters.get(screen, self._filters[None])

    def has_own_filter(self, screen: int) -> bool:
        return screen in self._filters

    def set_filter(self, screen: int | None, wanted: OverlayFilter | None) -> None:
        if wanted is not None:
            self._filters[screen] = wanted
        elif screen is not None:
            self._filters.pop(screen, None)
        self.options_changed.emit(None)

    @property
    def switches(self) -> OverlaySwitches:
        return self._switches

    def set_switches(self, wanted: OverlaySwitches) -> None:
        self._switches = wanted
        self.options_changed.emit(None)

    def offset_ms(self, camera: CameraCode) -> int:
        return self.previews.get(camera, self.offsets.get(camera, 0))

    def preview_offset(self, camera: CameraCode, offset_ms: int | None) -> None:
        if offset_ms is None:
            self.previews.pop(camera, None)
        else:
            self.previews[camera] = offset_ms

    def set_offset(self, camera: CameraCode, offset_ms: int) -> None:
        self.previews.pop(camera, None)
        self.offsets[camera] = offset_ms
