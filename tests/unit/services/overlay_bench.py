"""An overlay service with everything around it, for its tests."""

from collections.abc import Collection, Mapping, Sequence

from app.analytics.messages import SourceState, Zones
from app.analytics.timelines import Timelines
from app.core.dispatch import ManualDispatcher
from app.core.events import Event
from app.domain.camera import CameraCode
from app.domain.geometry import WHOLE, Size
from app.domain.stream import PictureClock, StreamKind
from app.services.overlay import OverlayService
from app.services.overlay_memory import OverlayState
from app.services.overlay_types import TileOverlay
from app.services.wall import WallService
from app.settings.schema import AnalyticsSettings, SourceSettings
from app.video.board import PictureFacts
from app.video.engine_types import ViewKey
from tests.fakes.directory import FakeDirectory
from tests.fakes.engine import FakeEngine
from tests.unit.analytics.frames import START

FULL_HD = Size(1920, 1080)
SOURCE = SourceSettings(name="bannu", adapter="onvif-json", boxes_topic="x/{camera}")
KEY = ViewKey("0/0")
CAMERA = CameraCode("DIK-1-1")
TRANSPORT_US = 40_000
"""From the camera to this workstation."""


class ManualClock:
    """Implements ``Clock`` for a test that moves it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def monotonic(self) -> float:
        return 1000.0 + self.seconds

    def utc_us(self) -> int:
        return START + round(self.seconds * 1e6)

    def wait(self, _event: object, _seconds: float) -> bool:
        raise AssertionError("nothing waits here")


class FakeSources:
    """Implements ``BoxSources``; ``wanted`` are the cameras last asked for."""

    def __init__(self, *settings: SourceSettings) -> None:
        self.sources_changed: Event[Sequence[SourceState]] = Event("fake.sources_changed")
        self.zones: Event[Zones] = Event("fake.zones")
        self.sources: Sequence[SourceState] = ()
        self.source_settings: Mapping[str, SourceSettings] = {s.name: s for s in settings}
        self.wanted: Collection[str] = ()
        self.asked = 0

    def want_boxes(self, cameras: Collection[str]) -> None:
        self.wanted = cameras
        self.asked += 1

    def use(self, *settings: SourceSettings) -> None:
        self.source_settings = {each.name: each for each in settings}
        self.sources_changed.emit(())

    def say(self, *states: SourceState) -> None:
        self.sources = states
        self.sources_changed.emit(states)


class FakeOffsets:
    """Implements ``Offsets``."""

    def __init__(self) -> None:
        self.stored: dict[CameraCode, int] = {}
        self.tried: dict[CameraCode, int] = {}

    def offset_ms(self, camera: CameraCode) -> int:
        return self.tried.get(camera, self.stored.get(camera, 0))

    def try_out(self, camera: CameraCode, offset_ms: int | None) -> None:
        if offset_ms is None:
            self.tried.pop(camera, None)
        else:
            self.tried[camera] = offset_ms

    def store(self, camera: CameraCode, offset_ms: int) -> None:
        self.tried.pop(camera, None)
        self.stored[camera] = offset_ms


class Bench:
    """One screen of four tiles; boxes come from the source ``bannu``."""

    def __init__(
        self,
        *sources: SourceSettings,
        screens: int = 1,
        settings: AnalyticsSettings | None = None,
        remembered: OverlayState | None = None,
    ) -> None:
        self.directory = FakeDirectory(40)
        self.engine = FakeEngine()
        self.dispatcher = ManualDispatcher()
        self.wall = WallService(self.directory, self.engine, self.dispatcher)
        self.sources = FakeSources(*(sources or (SOURCE,)))
        self.timelines = Timelines()
        self.offsets = FakeOffsets()
        self.clock = ManualClock()
        self.overlays = OverlayService(
            self.wall,
            self.engine,
            self.sources,
            self.timelines,
            self.offsets,
            self.clock,
            settings or AnalyticsSettings(),
            remembered=remembered,
        )
        self.changes: list[frozenset[ViewKey]] = []
        self.overlays.changed.connect(self.changes.append)
        for index in range(screens):
            self.wall.open_screen(index, FULL_HD, 1.0)
            self.wall.set_layout(index, "4")
        self.settle()

    def settle(self) -> None:
        self.dispatcher.drain()
        self.changes.clear()

    def wait(self, seconds: float) -> None:
        """Let time pass, with a tick each second."""
        for _ in range(round(seconds)):
            self.clock.seconds += 1
            self.overlays.tick()

    def paint(
        self,
        seconds: float,
        key: ViewKey = KEY,
        camera: CameraCode = CAMERA,
        *,
        clock: PictureClock = PictureClock.CAMERA,
        kind: StreamKind = StreamKind.SUB,
    ) -> TileOverlay | None:
        """Paint the picture that the camera took at that moment."""
        return self.overlays.overlay(key, camera, facts(seconds, clock=clock, kind=kind))


def facts(
    seconds: float,
    *,
    clock: PictureClock = PictureClock.CAMERA,
    kind: StreamKind = StreamKind.SUB,
    camera_ahead_s: float = 0.0,
) -> PictureFacts:
    """A picture taken at ``seconds`` by a camera whose clock runs ahead by so much."""
    taken = START + round(seconds * 1e6)
    arrival = taken + TRANSPORT_US
    ahead = round(camera_ahead_s * 1e6)
    by_camera = clock is not PictureClock.ARRIVAL
    return PictureFacts(
        width=640,
        height=360,
        stride=2560,
        kind=kind,
        clock=clock,
        utc_us=taken + ahead if by_camera else arrival,
        offset_us=TRANSPORT_US - ahead if by_camera else 0,
        arrival_us=arrival,
        published_us=arrival,
        pts=0,
        crop=WHOLE,
        source_width=640,
        source_height=360,
    )
