"""Boxes over the wall: which tiles show them, which belong to a picture, how long it waits."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from app.analytics.messages import ConnectionState, SourceState, Zones
from app.analytics.placement import EXTRAPOLATE_US
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
from app.services.overlay_pace import follow, is_silent, pace_of, status_of
from app.services.overlay_sources import BoxSources, ServingSources
from app.services.overlay_types import (
    OverlayFilter,
    OverlayShape,
    OverlayStatus,
    OverlaySwitches,
    TileOverlay,
    Timing,
)
from app.services.overlay_view import OverlayView, version_of
from app.services.overlay_views import OverlayViews, Wall
from app.settings.schema import AnalyticsSettings
from app.video.board import PictureFacts
from app.video.engine_types import ViewKey

_LATE_STAYS_S = 1.0
"""In fastest timing boxes stay dashed so long after one was late: no flicker between samples."""
_SOON_S = 0.025
"""A picture that comes within this brings its boxes with it; none is painted for boxes alone."""
_CONNECTED = ConnectionState.CONNECTED
_OFF = OverlayStatus()
_LINGER_S = 90.0
"""How long the boxes of a camera that left the wall are kept, in case it comes back."""


class Holds(Protocol):
    """What the overlay needs of the engine."""

    def hold(self, key: ViewKey, seconds: float) -> None: ...


class BoxRecordings(Protocol):
    """What the overlay needs of ``ClipBoxes``."""

    cameras_changed: Event[None]

    @property
    def cameras(self) -> frozenset[CameraCode]: ...


class Offsets(Protocol):
    """What the overlay needs of ``OverlayOffsets``."""

    def offset_ms(self, camera: CameraCode) -> int: ...

    def try_out(self, camera: CameraCode, offset_ms: int | None) -> None: ...

    def store(self, camera: CameraCode, offset_ms: int) -> None: ...


class OverlayService:
    """Implements ``OverlayVerbs``. Owner thread; ``tick`` is to be called all the time.

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
        recordings: BoxRecordings | None = None,
    ) -> None:
        """``recordings``: boxes of these cameras are wanted too, wherever they are."""
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
        self._views = OverlayViews(wall, self._choices)
        self._sources = ServingSources()
        self._recordings = recordings
        self._wanted: frozenset[CameraCode] | None = None
        self._left: dict[CameraCode, float] = {}
        self._turn = 0
        self._now = clock.monotonic
        self._connections = [
            wall.changed.connect(lambda screen: self._settle([screen])),
            analytics.sources_changed.connect(lambda _states: self._on_sources()),
            analytics.zones.connect(self._on_zones),
        ]
        if recordings is not None:
            changed = recordings.cameras_changed.connect(lambda _nothing: self._want())
            self._connections.append(changed)
        self._on_sources()

    def close(self) -> None:
        """Stop following the wall."""
        for connection in self._connections:
            connection.close()

    # --- what a canvas asks ------------------------------------------------------------------

    def overlay(
        self, key: ViewKey, camera: CameraCode | None, facts: PictureFacts
    ) -> TileOverlay | None:
        view = self._views.by_key.get(key)
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
            if each.timeline.moving_at(moment) and self._sources.hides_while_moving(each.source):
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
        for view in self._views:
            if view.timing is Timing.FASTEST and view.is_on and view.clock is not None:
                timelines = self._timelines.of(view.camera.code)
                if version_of(timelines) != view.drawn_version:
                    due = view.painted_at + view.interval_s
                    if not now < due <= now + _SOON_S:
                        found.append(view.key)
        return found

    def status(self, key: ViewKey) -> OverlayStatus:
        view = self._views.by_key.get(key)
        return _OFF if view is None else view.status

    # --- verbs -------------------------------------------------------------------------------

    def toggle_tile(self, screen: int, cell: int) -> None:
        view = self._views.at(screen, cell)
        if view is not None:
            self._choices.show_camera(screen, view.camera.code, not view.is_on)
            self._chosen()

    def toggle_screen(self, screen: int) -> None:
        is_on = not any(view.is_on for view in self._views.of_screen(screen))
        self._choices.show_screen(screen, is_on)
        self._chosen()

    def toggle_wall(self) -> None:
        is_on = not any(view.is_on for view in self._views)
        for screen in self._wall.open_screens:
            self._choices.show_screen(screen, is_on)
        self._chosen()

    def toggle_timing(self, screen: int, cell: int) -> None:
        view = self._views.at(screen, cell)
        if view is not None:
            self._choices.time_camera(screen, view.camera.code, _other(view.timing))
            self._chosen()

    def toggle_screen_timing(self, screen: int) -> None:
        """Fastest picture where all tiles of the screen are in step, else all in step."""
        in_step = all(view.timing is Timing.IN_STEP for view in self._views.of_screen(screen))
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
        self._tell(self._views.of_camera(camera))

    def set_offset(self, camera: CameraCode, offset_ms: int) -> None:
        self._offsets.store(camera, offset_ms)
        self._tell(self._views.of_camera(camera))

    # --- what holds for a camera that no tile looks at -----------------------------------------

    def shows(self, screen: int, camera: CameraCode) -> bool:
        """Whether boxes of the camera are to be drawn on a screen."""
        return self._choices.shows(screen, camera)

    def show_camera(self, screen: int, camera: CameraCode, *, is_on: bool) -> None:
        self._choices.show_camera(screen, camera, is_on)
        self._chosen()

    def serves(self, camera: Camera) -> bool:
        """Whether a backend sends boxes of it."""
        return bool(self._sources.of(camera))

    def hides_while_moving(self, source: str) -> bool:
        return self._sources.hides_while_moving(source)

    @property
    def state(self) -> OverlayState:
        """What to remember over a restart."""
        return self._choices.state

    # --- once a second -----------------------------------------------------------------------

    def tick(self, shares: int = 1) -> None:
        """Measure how late the boxes of each tile are, and let its pictures wait for them.

        To be called so often that each tile has its turn once a second: with ``shares`` only that
        part of the tiles has it in one call.
        """
        if self._views.is_outdated:
            self._settle(())
        self._turn = (self._turn + 1) % shares
        now, now_us = self._now(), self._clock.utc_us()
        states = {state.name: state for state in self._analytics.sources}
        for view in list(self._views)[self._turn :: shares]:
            self._keep_pace(view, states, now, now_us)
            self._views.remember_hold(view)
        for camera in [code for code, at in self._left.items() if now - at > _LINGER_S]:
            del self._left[camera]
        self._timelines.keep((self._wanted or frozenset()) | self._left.keys())

    def _keep_pace(
        self, view: OverlayView, states: Mapping[str, SourceState], now: float, now_us: int
    ) -> None:
        code = view.camera.code
        serving = self._sources.of(view.camera)
        by_hand_ms = self._offsets.offset_ms(code)
        offsets = {source.name: source.offset_ms + by_hand_ms for source in serving}
        timelines = self._timelines.of(code)
        troubled = [name for name, state in states.items() if state.state is not _CONNECTED]
        for each in timelines if troubled else ():
            if each.source in troubled and is_silent(each, troubled, now_us):
                each.timeline.interrupt()
        pace = pace_of(
            view,
            timelines,
            offsets,
            troubled=troubled,
            longest_s=self._longest_s,
            now_us=now_us,
        )
        self._engine.hold(view.key, follow(view, pace, self._longest_s, now))
        view.status = status_of(view, pace, serving, states, longest_s=self._longest_s, now=now)

    # --- inside ------------------------------------------------------------------------------

    def _moment(self, view: OverlayView, of: SourceTimeline) -> int | None:
        """The moment of the view's newest picture on the source's clock, offsets included."""
        pairing = view.pairing(of)
        if pairing is None:
            return None
        offset_ms = self._offsets.offset_ms(view.camera.code) + self._sources.offset_ms(of.source)
        return view.utc_us + pairing.shift_us - offset_ms * 1000

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

    def _chosen(self, *, with_options: bool = False) -> None:
        self._settle()
        self._tell(self._views)
        if with_options:
            self.options_changed.emit(None)
        self.remembered_changed.emit(self._choices.state)

    def _tell(self, views: Iterable[OverlayView]) -> None:
        keys = frozenset(view.key for view in views)
        if keys:
            self.changed.emit(keys)

    def _on_sources(self) -> None:
        gone = self._sources.update(self._analytics.source_settings)
        if gone is not None:
            for source in gone:
                self._timelines.forget(source)
            self._choices.is_on = self._sources.any
            self._settle()

    def _on_zones(self, zones: Zones) -> None:
        self._timelines.set_zones(zones)
        told = self._views.of_camera(zones.camera)
        for view in told:
            view.shapes.clear()
        self._tell(told)

    def _settle(self, screens: Sequence[int] | None = None) -> None:
        """Bring the views of these screens to what the wall shows and the operator chose."""
        now = self._now()
        switched = self._views.settle(self._wall.open_screens if screens is None else screens, now)
        self._want()
        if switched:
            states = {state.name: state for state in self._analytics.sources}
            now_us = self._clock.utc_us()
            for view in switched:
                if view.is_on and view.timing is Timing.IN_STEP and not view.hold.is_set:
                    view.hold.follow(self._views.held(view.camera.code), self._longest_s, now)
                self._keep_pace(view, states, now, now_us)

    def _want(self) -> None:
        wanted = self._views.cameras
        if self._recordings is not None:
            wanted |= self._recordings.cameras
        if wanted != self._wanted:
            now = self._now()
            for code in (self._wanted or frozenset()) - wanted:
                self._left[code] = now
            for code in wanted & self._left.keys():
                del self._left[code]
            self._wanted = wanted
            self._analytics.want_boxes(wanted)


def _other(timing: Timing) -> Timing:
    return Timing.IN_STEP if timing is Timing.FASTEST else Timing.FASTEST
