"""Boxes over the wall: which tiles show them, which belong to a picture, how long it waits."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from app.analytics.messages import SourceState, Zones
from app.analytics.timeline import EXTRAPOLATE_US
from app.analytics.timelines import SourceTimeline, Timelines
from app.analytics.track import TimedBox
from app.core.clock import Clock
from app.core.events import Event
from app.domain.camera import Camera, CameraCode
from app.domain.mapping import Affine
from app.domain.stream import StreamKind
from app.services.overlay_choices import OverlayChoices
from app.services.overlay_drawing import TRAIL_US, drawn_boxes, drawn_shape
from app.services.overlay_memory import OverlayState
from app.services.overlay_pace import follow, pace_of, status_of
from app.services.overlay_types import (
    OverlayFilter,
    OverlayShape,
    OverlayStatus,
    OverlaySwitches,
    TileOverlay,
    Timing,
)
from app.services.overlay_view import OverlayView, version_of
from app.services.wall_screen import ScreenSnapshot
from app.settings.schema import AnalyticsSettings, SourceSettings
from app.video.board import PictureFacts
from app.video.engine_types import ViewKey

_LATE_STAYS_S = 1.0
"""In fastest timing boxes stay dashed so long after one was late: no flicker between samples."""
_SOON_S = 0.025
"""A picture that comes within this brings its boxes with it; none is painted for boxes alone."""
_OFF = OverlayStatus()
_LINGER_S = 90.0
"""How long the boxes of a camera that left the wall are kept, in case it comes back."""


class BoxSources(Protocol):
    """What the overlay needs of ``AnalyticsService``."""

    sources_changed: Event[Sequence[SourceState]]
    zones: Event[Zones]

    @property
    def sources(self) -> Sequence[SourceState]: ...

    @property
    def source_settings(self) -> Mapping[str, SourceSettings]: ...

    def want_boxes(self, cameras: Collection[str]) -> None: ...


class Wall(Protocol):
    """What the overlay needs of ``WallService``."""

    changed: Event[int]

    @property
    def screens(self) -> Sequence[ScreenSnapshot]: ...


class Holds(Protocol):
    """What the overlay needs of the engine."""

    def hold(self, key: ViewKey, seconds: float) -> None: ...


class Offsets(Protocol):
    """What the overlay needs of ``OverlayOffsets``."""

    def offset_ms(self, camera: CameraCode) -> int: ...

    def try_out(self, camera: CameraCode, offset_ms: int | None) -> None: ...

    def store(self, camera: CameraCode, offset_ms: int) -> None: ...


class OverlayService:
    """Implements ``OverlayVerbs``. Owner thread; ``tick`` is to be called once a second.

    Frames reach the timelines on another thread and are only looked at when a picture is painted.
    """

    def __init__(
        self,
        wall: Wall,
        engine: Holds,
        analytics: BoxSources,
        timelines: Timelines,
        offsets: Offsets,
        clock: Clock,
        settings: AnalyticsSettings,
        *,
        remembered: OverlayState | None = None,
    ) -> None:
        self.changed: Event[frozenset[ViewKey]] = Event("overlay.changed")
        self.options_changed: Event[None] = Event("overlay.options_changed")
        self.remembered_changed: Event[OverlayState] = Event("overlay.remembered_changed")
        """Something that is to be kept over a restart was chosen."""
        self._wall = wall
        self._engine = engine
        self._analytics = analytics
        self._timelines = timelines
        self._offsets = offsets
        self._clock = clock
        self._longest_s = settings.hold_ms / 1000
        timing = Timing.IN_STEP if settings.in_step else Timing.FASTEST
        self._choices = OverlayChoices(timing, remembered)
        self._views: dict[ViewKey, OverlayView] = {}
        self._serving: dict[CameraCode, tuple[SourceSettings, ...]] = {}
        self._settings_seen: Mapping[str, SourceSettings] = {}
        self._wanted: frozenset[CameraCode] | None = None
        self._left: dict[CameraCode, float] = {}
        self._now = clock.monotonic
        self._connections = [
            wall.changed.connect(lambda _screen: self._settle()),
            analytics.sources_changed.connect(lambda _states: self._on_sources()),
            analytics.zones.connect(self._on_zones),
        ]
        self._on_sources()

    def close(self) -> None:
        """Stop following the wall."""
        for connection in self._connections:
            connection.close()

    # --- what a canvas asks ------------------------------------------------------------------

    def overlay(self, key: ViewKey, camera: CameraCode, facts: PictureFacts) -> TileOverlay | None:
        view = self._views.get(key)
        if view is None or not view.is_on or view.camera.code != camera or view.geometry is None:
            return None
        now = self._now()
        view.note_picture(facts, now)
        timelines = self._timelines.of(camera)
        view.drawn_version = version_of(timelines)
        found: list[TimedBox] = []
        view.is_moving = False
        switches = self._choices.switches
        trail_us = TRAIL_US if switches.trails else 0
        for each in timelines:
            moment = self._moment(view, each)
            if moment is None:
                continue
            if each.timeline.moving_at(moment) and self._hides(each.source):
                view.is_moving = True
            else:
                found += each.timeline.boxes_at(moment, trail_us)
        to_shown = view.geometry.to_shown(facts.kind)
        late_beyond_us = self._late_beyond_us(view, found, now)
        boxes = drawn_boxes(found, view.filter, to_shown, late_beyond_us) if found else []
        shapes: Sequence[OverlayShape] = ()
        if switches.zones and not view.is_moving:
            shapes = self._shapes(view, facts.kind, to_shown)
        if not boxes and not shapes:
            return None
        return TileOverlay(boxes, shapes, switches.confidence)

    def fresh(self) -> Collection[ViewKey]:
        now = self._now()
        found: list[ViewKey] = []
        for key, view in self._views.items():
            if view.timing is Timing.FASTEST and view.is_on and view.clock is not None:
                timelines = self._timelines.of(view.camera.code)
                if version_of(timelines) != view.drawn_version:
                    due = view.painted_at + view.interval_s
                    if not now <= due <= now + _SOON_S:
                        found.append(key)
        return found

    def status(self, key: ViewKey) -> OverlayStatus:
        view = self._views.get(key)
        return _OFF if view is None else view.status

    # --- verbs -------------------------------------------------------------------------------

    def toggle_tile(self, screen: int, cell: int) -> None:
        view = self._view(screen, cell)
        if view is not None:
            self._choices.show_camera(screen, view.camera.code, not view.is_on)
            self._chosen()

    def toggle_screen(self, screen: int) -> None:
        is_on = not any(view.is_on for view in self._of_screen(screen))
        self._choices.show_screen(screen, is_on)
        self._chosen()

    def toggle_wall(self) -> None:
        is_on = not any(view.is_on for view in self._views.values())
        for screen in self._wall.screens:
            self._choices.show_screen(screen.index, is_on)
        self._chosen()

    def toggle_timing(self, screen: int, cell: int) -> None:
        view = self._view(screen, cell)
        if view is not None:
            self._choices.time_camera(screen, view.camera.code, _other(view.timing))
            self._chosen()

    def toggle_screen_timing(self, screen: int) -> None:
        """Fastest picture where all tiles of the screen are in step, else all in step."""
        in_step = all(view.timing is Timing.IN_STEP for view in self._of_screen(screen))
        self._choices.time_screen(screen, Timing.FASTEST if in_step else Timing.IN_STEP)
        self._chosen()

    def filter(self, screen: int | None) -> OverlayFilter:
        return self._choices.filter(screen)

    def has_own_filter(self, screen: int) -> bool:
        return self._choices.has_own_filter(screen)

    def set_filter(self, screen: int | None, wanted: OverlayFilter | None) -> None:
        self._choices.set_filter(screen, wanted)
        self._chosen(with_options=True)

    @property
    def switches(self) -> OverlaySwitches:
        return self._choices.switches

    def set_switches(self, wanted: OverlaySwitches) -> None:
        self._choices.switches = wanted
        self._chosen(with_options=True)

    def offset_ms(self, camera: CameraCode) -> int:
        return self._offsets.offset_ms(camera)

    def preview_offset(self, camera: CameraCode, offset_ms: int | None) -> None:
        self._offsets.try_out(camera, offset_ms)
        self._tell(view for view in self._views.values() if view.camera.code == camera)

    def set_offset(self, camera: CameraCode, offset_ms: int) -> None:
        self._offsets.store(camera, offset_ms)
        self._tell(view for view in self._views.values() if view.camera.code == camera)

    @property
    def state(self) -> OverlayState:
        """What to remember over a restart."""
        return self._choices.state

    # --- once a second -----------------------------------------------------------------------

    def tick(self) -> None:
        """Measure how late the boxes of each tile are, and let its pictures wait for them."""
        self._settle()
        now, now_us = self._now(), self._clock.utc_us()
        states = {state.name: state for state in self._analytics.sources}
        for view in self._views.values():
            self._keep_pace(view, states, now, now_us)
        for camera in [code for code, at in self._left.items() if now - at > _LINGER_S]:
            del self._left[camera]
        self._timelines.keep((self._wanted or frozenset()) | self._left.keys())

    def _keep_pace(
        self, view: OverlayView, states: Mapping[str, SourceState], now: float, now_us: int
    ) -> None:
        code = view.camera.code
        serving = self._serving_of(view.camera)
        shift_ms = self._offsets.offset_ms(code)
        offsets = {source.name: source.offset_ms + shift_ms for source in serving}
        pace = pace_of(view, self._timelines.of(code), offsets, now_us)
        self._engine.hold(view.key, follow(view, pace, self._longest_s, now))
        status = status_of(view, pace, serving, states, longest_s=self._longest_s, now=now)
        view.status = status

    # --- inside ------------------------------------------------------------------------------

    def _moment(self, view: OverlayView, of: SourceTimeline) -> int | None:
        """The moment of the view's newest picture on the source's clock, offsets included."""
        pairing = view.pairing(of)
        if pairing is None:
            return None
        settings = self._settings_seen.get(of.source)
        offset_ms = self._offsets.offset_ms(view.camera.code)
        if settings is not None:
            offset_ms += settings.offset_ms
        return view.utc_us + pairing.shift_us - offset_ms * 1000

    def _hides(self, source: str) -> bool:
        settings = self._settings_seen.get(source)
        return settings is None or settings.hide_while_moving

    def _late_beyond_us(self, view: OverlayView, found: Sequence[TimedBox], now: float) -> int:
        """From which age on boxes are dashed: in step only those that could not be moved on."""
        if view.timing is Timing.IN_STEP:
            return EXTRAPOLATE_US
        if any(each.age_us for each in found):
            view.late_until = now + _LATE_STAYS_S
        return -1 if now < view.late_until else 0

    def _shapes(
        self, view: OverlayView, kind: StreamKind, to_shown: Affine
    ) -> Sequence[OverlayShape]:
        shapes = view.shapes.get(kind)
        if shapes is None:
            shapes = view.shapes[kind] = tuple(
                drawn_shape(shape.name, shape.points, shape.is_line, to_shown)
                for _source, told in self._timelines.zones_of(view.camera.code)
                for shape in told
            )
        return shapes

    def _view(self, screen: int, cell: int) -> OverlayView | None:
        return next((view for view in self._of_screen(screen) if view.cell == cell), None)

    def _of_screen(self, screen: int) -> list[OverlayView]:
        return [view for view in self._views.values() if view.screen == screen]

    def _chosen(self, *, with_options: bool = False) -> None:
        self._settle()
        self._tell(self._views.values())
        if with_options:
            self.options_changed.emit(None)
        self.remembered_changed.emit(self._choices.state)

    def _tell(self, views: Iterable[OverlayView]) -> None:
        keys = frozenset(view.key for view in views)
        if keys:
            self.changed.emit(keys)

    def _on_sources(self) -> None:
        known = self._analytics.source_settings
        if known != self._settings_seen:
            for gone in self._settings_seen.keys() - known.keys():
                self._timelines.forget(gone)
            self._settings_seen = dict(known)
            self._serving.clear()
            self._choices.is_on = bool(known)
            self._settle()

    def _on_zones(self, zones: Zones) -> None:
        self._timelines.set_zones(zones)
        told = [view for view in self._views.values() if view.camera.code == zones.camera]
        for view in told:
            view.shapes.clear()
        self._tell(told)

    def _serving_of(self, camera: Camera) -> tuple[SourceSettings, ...]:
        """The sources that send boxes of this camera."""
        found = self._serving.get(camera.code)
        if found is None:
            found = self._serving[camera.code] = tuple(
                source
                for source in self._settings_seen.values()
                if source.serves(camera.code, camera.district)
                and (source.boxes_topic or source.adapter in _WITHOUT_TOPIC)
            )
        return found

    def _settle(self) -> None:
        """Bring the views to what the wall shows and the operator chose."""
        views: dict[ViewKey, OverlayView] = {}
        switched: list[OverlayView] = []
        now = self._now()
        for screen in self._wall.screens:
            wanted = self._choices.filter(screen.index)
            for tile in screen.tiles:
                if tile.camera is None:
                    continue
                view = self._views.get(tile.key)
                if view is None or view.camera.code != tile.camera.code:
                    view = OverlayView(tile.key, screen.index, tile.cell, tile.camera)
                elif view.camera is not tile.camera:
                    view.look_at(tile.camera)
                    view.shapes.clear()
                    self._serving.pop(tile.camera.code, None)
                views[tile.key] = view
                view.filter = wanted
                if self._adopt(view, now):
                    switched.append(view)
        self._views = views
        self._want()
        if switched:
            states = {state.name: state for state in self._analytics.sources}
            now_us = self._clock.utc_us()
            for view in switched:
                self._keep_pace(view, states, now, now_us)

    def _adopt(self, view: OverlayView, now: float) -> bool:
        """Take over what was chosen; true when the view is new or switched."""
        camera = view.camera.code
        is_on = self._choices.shows(view.screen, camera)
        timing = self._choices.timing(view.screen, camera)
        if view.shown_at and (is_on, timing) == (view.is_on, view.timing):
            return False
        if is_on and not view.is_on:
            view.shown_at = now
        view.shown_at = view.shown_at or now
        view.is_on, view.timing = is_on, timing
        return True

    def _want(self) -> None:
        wanted = frozenset(view.camera.code for view in self._views.values() if view.is_on)
        if wanted != self._wanted:
            now = self._now()
            for code in (self._wanted or frozenset()) - wanted:
                self._left[code] = now
            for code in wanted & self._left.keys():
                del self._left[code]
            self._wanted = wanted
            self._analytics.want_boxes(wanted)


_WITHOUT_TOPIC = frozenset({"onvif-xml", "frigate"})
"""Adapters that need no topic for boxes: a track of their own, or topics of their own."""


def _other(timing: Timing) -> Timing:
    return Timing.IN_STEP if timing is Timing.FASTEST else Timing.FASTEST
