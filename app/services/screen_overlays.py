"""What lies over the pictures that the windows see: the cameras' boxes, and in the place of a
camera's those of the clip that is played there."""

from collections.abc import Collection

from app.core.events import Event
from app.domain.camera import CameraCode
from app.services.clip_overlays import ClipOverlays
from app.services.overlay_types import (
    OverlayFilter,
    OverlayStatus,
    OverlaySwitches,
    OverlayVerbs,
    TileOverlay,
)
from app.video.board import PictureFacts
from app.video.engine_types import ViewKey


class ScreenOverlays:
    """Implements ``OverlayVerbs``. GUI thread. One set of switches holds for cameras and clips."""

    def __init__(self, overlays: OverlayVerbs, clips: ClipOverlays) -> None:
        self.changed: Event[frozenset[ViewKey]] = Event("screen_overlays.changed")
        self.options_changed = overlays.options_changed
        self._overlays = overlays
        self._clips = clips
        self._connections = [
            overlays.changed.connect(lambda keys: self.changed.emit(keys | set(clips.keys))),
            clips.changed.connect(self.changed.emit),
        ]

    def close(self) -> None:
        for connection in self._connections:
            connection.close()

    # --- what a canvas asks ------------------------------------------------------------------

    def overlay(
        self, key: ViewKey, camera: CameraCode | None, facts: PictureFacts
    ) -> TileOverlay | None:
        if self._clips.plays(key):
            return self._clips.overlay(key, facts)
        return self._overlays.overlay(key, camera, facts)

    def fresh(self) -> Collection[ViewKey]:
        """Views of cameras: the boxes of a clip are all there already."""
        fresh, played = self._overlays.fresh(), self._clips.keys
        return [key for key in fresh if key not in played] if played else fresh

    def status(self, key: ViewKey) -> OverlayStatus:
        return self._clips.status(key) if self._clips.plays(key) else self._overlays.status(key)

    # --- verbs -------------------------------------------------------------------------------

    def toggle_tile(self, screen: int, cell: int) -> None:
        if not self._clips.toggle(screen, cell):
            self._overlays.toggle_tile(screen, cell)

    def toggle_screen(self, screen: int) -> None:
        self._overlays.toggle_screen(screen)

    def toggle_wall(self) -> None:
        self._overlays.toggle_wall()

    def toggle_timing(self, screen: int, cell: int) -> None:
        self._overlays.toggle_timing(screen, cell)

    def toggle_screen_timing(self, screen: int) -> None:
        self._overlays.toggle_screen_timing(screen)

    def filter(self, screen: int | None) -> OverlayFilter:
        return self._overlays.filter(screen)

    def has_own_filter(self, screen: int) -> bool:
        return self._overlays.has_own_filter(screen)

    def set_filter(self, screen: int | None, wanted: OverlayFilter | None) -> None:
        self._overlays.set_filter(screen, wanted)

    @property
    def switches(self) -> OverlaySwitches:
        return self._overlays.switches

    def set_switches(self, wanted: OverlaySwitches) -> None:
        self._overlays.set_switches(wanted)

    def offset_ms(self, camera: CameraCode) -> int:
        return self._overlays.offset_ms(camera)

    def preview_offset(self, camera: CameraCode, offset_ms: int | None) -> None:
        self._overlays.preview_offset(camera, offset_ms)

    def set_offset(self, camera: CameraCode, offset_ms: int) -> None:
        self._overlays.set_offset(camera, offset_ms)
