"""The service tells the process what there is, and the operator what does not come."""

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.analytics.link import LinkListeners
from app.analytics.messages import (
    Configure,
    ConnectionState,
    Heartbeat,
    Snapshot,
    SourceState,
    Zones,
)
from app.core.dispatch import Dispatcher, ManualDispatcher
from app.core.events import Event
from app.core.tasks import Tasks
from app.domain.analytics_event import AnalyticsEvent, EventPhase
from app.domain.camera import CallUp, Camera, CameraCode, DistrictCode, SiteCode
from app.domain.detection import DetectionFrame, SourceClock
from app.services.analytics import PATIENCE_S, RETRY_S, AnalyticsService
from app.services.credentials import Credential, MemoryCredentials
from app.services.notices import NoticeBoard
from app.settings.schema import AnalyticsSettings, BrokerSettings, SourceSettings

BROKER = BrokerSettings(name="bannu", host="mqtt.test", credential="bannu-broker")
SOURCE = SourceSettings(
    name="city",
    adapter="onvif-json",
    broker="bannu",
    boxes_topic="city/{camera}/mj",
    districts=["BNU"],
    clock="backend-emit",
    reference=[1280, 720],
)


def camera(
    number: int,
    district: str = "BNU",
    *,
    analytics_id: str | None = None,
    credential: str | None = None,
) -> Camera:
    return Camera(
        CameraCode(f"{district}-{number}-1"),
        f"Camera {number}",
        CallUp(1, number, 1),
        SiteCode(str(number)),
        DistrictCode(district),
        f"rtsp://10.0.0.{number}/main",
        analytics_id=analytics_id,
        credential=credential,
    )


class FixedClock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now

    def utc_us(self) -> int:
        return 0

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return event.wait(seconds)


class RegistryOf:
    """A registry that shows what it is given."""

    def __init__(self, cameras: Sequence[Camera]) -> None:
        self.changed: Event[None] = Event("registry.changed")
        self.cameras = cameras

    def show(self, cameras: Sequence[Camera]) -> None:
        self.cameras = cameras
        self.changed.emit(None)


class FakeLink:
    """Records what it is told."""

    restarts = 0
    heartbeat: Heartbeat | None = None
    pid: int | None = None

    def __init__(self, listeners: LinkListeners) -> None:
        self.listeners = listeners
        self.configured: list[Configure] = []
        self.wanted: Collection[str] = ()
        self.is_open = False

    def start(self) -> None:
        self.is_open = True

    def close(self) -> None:
        self.is_open = False

    def configure(self, configuration: Configure) -> None:
        self.configured.append(configuration)

    def want_boxes(self, cameras: Collection[str]) -> None:
        self.wanted = cameras

    def fetch_snapshot(
        self, source: str, ref: str, answer: Callable[[Snapshot], None], *, clip: bool = False
    ) -> None:
        answer(Snapshot(1, f"{source}/{ref}/{clip}".encode()))


class Bench:
    def __init__(self, pool: ThreadPoolExecutor, settings: AnalyticsSettings) -> None:
        self.store, self.clock, self.notices = MemoryCredentials(), FixedClock(), NoticeBoard()
        self.dispatcher = ManualDispatcher()
        self.registry = RegistryOf([camera(1), camera(2, analytics_id="gate"), camera(3, "LKM")])
        self.frames: list[DetectionFrame] = []
        links: list[FakeLink] = []

        def make_link(_dispatcher: Dispatcher, listeners: LinkListeners) -> FakeLink:
            links.append(FakeLink(listeners))
            return links[-1]

        self.service = AnalyticsService(
            settings,
            self.registry,
            self.store,
            Tasks(pool, self.dispatcher, self.notices.report),
            self.notices,
            self.dispatcher,
            self.clock,
            station="0a1b2c3d",
            frames=self.frames.extend,
            make_link=make_link,
        )
        self.link = links[0]

    def settle(self, configurations: int) -> Configure:
        while len(self.link.configured) < configurations:
            assert self.dispatcher.wait(5)
            self.dispatcher.drain()
        return self.link.configured[-1]

    def report(self, *states: SourceState) -> None:
        self.link.listeners.sources(states)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def bench(pool: ThreadPoolExecutor) -> Bench:
    bench = Bench(pool, AnalyticsSettings(brokers=[BROKER], sources=[SOURCE]))
    bench.store.put("bannu-broker", Credential("wall", "Watches-41"))
    return bench


def test_nothing_happens_before_the_start(bench: Bench) -> None:
    bench.service.use([BROKER], [SOURCE])
    assert not bench.link.is_open
    assert bench.dispatcher.drain() == 0


def test_the_process_is_told_settings_registry_and_secrets(bench: Bench) -> None:
    bench.service.start()
    bench.service.start()
    told = bench.settle(1)
    (broker,), (source,) = told.brokers, told.sources
    assert (broker.user, broker.password, broker.station) == ("wall", "Watches-41", "0a1b2c3d")
    assert source.cameras == {"BNU-1-1": "BNU-1-1", "gate": "BNU-2-1"}
    assert (source.clock, source.reference) == (SourceClock.BACKEND_EMIT, (1280, 720))
    assert source.trouble == broker.trouble == ""
    assert "Watches" not in repr(told)


def test_cameras_that_come_are_told(bench: Bench) -> None:
    bench.service.start()
    bench.settle(1)
    bench.registry.show([camera(7)])
    assert bench.settle(2).sources[0].cameras == {"BNU-7-1": "BNU-7-1"}


def test_names_in_the_settings_stand_beside_those_of_the_registry(bench: Bench) -> None:
    named = SourceSettings(
        name="city", adapter="axis", broker="bannu", cameras={"cam1": "BNU-1-1", "x": "NOBODY"}
    )
    bench.service.start()
    bench.settle(1)
    bench.service.use([BROKER], [named])
    cameras = bench.settle(2).sources[0].cameras
    assert cameras["cam1"] == "BNU-1-1"
    assert "x" not in cameras


def test_metadata_tracks_get_their_address_and_login(bench: Bench) -> None:
    own = replace(camera(9), attributes={"metadata_url": "rtsp://10.0.0.9/metadata"})
    bench.registry.show([camera(1, credential="site"), own])
    bench.store.put("site", Credential("admin", "Lg5/secret"))
    bench.service.start()
    bench.settle(1)
    bench.service.use([], [SourceSettings(name="tracks", adapter="onvif-xml")])
    (source,) = bench.settle(2).sources
    assert source.metadata_urls == {
        "BNU-1-1": "rtsp://admin:Lg5%2Fsecret@10.0.0.1/main",
        "BNU-9-1": "rtsp://10.0.0.9/metadata",
    }
    assert source.trouble == ""


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (SourceSettings(name="a", adapter="axis", broker="x"), "hold no broker 'x'"),
        (SourceSettings(name="a", adapter="axis"), "name no broker"),
        (SourceSettings(name="a", adapter="axis", broker="bannu", reference=[5]), "a height"),
        (SourceSettings(name="a", adapter="frigate", broker="bannu", credential="y"), "entry 'y'"),
    ],
)
def test_settings_that_cannot_work_are_the_sources_state(
    bench: Bench, source: SourceSettings, sentence: str
) -> None:
    bench.service.start()
    bench.settle(1)
    bench.service.use([BROKER], [source])
    assert sentence in bench.settle(2).sources[0].trouble


@pytest.mark.logs_errors
def test_a_key_store_without_the_entry_is_asked_again_later(bench: Bench) -> None:
    bench.service.use([BrokerSettings(name="bannu", host="h", credential="later")], [SOURCE])
    bench.service.start()
    assert "no entry 'later'" in bench.settle(1).brokers[0].trouble
    bench.store.put("later", Credential("wall", "x"))
    trouble = SourceState("city", ConnectionState.NOT_CONFIGURED, "The key store …")
    bench.report(trouble)
    assert len(bench.link.configured) == 1
    bench.clock.now += RETRY_S
    bench.report(trouble)
    assert bench.settle(2).brokers[0].trouble == ""


@pytest.mark.logs_errors
def test_trouble_that_lasts_becomes_one_notice_and_goes(bench: Bench) -> None:
    bench.service.start()
    bench.settle(1)
    said: list[Sequence[SourceState]] = []
    bench.service.sources_changed.connect(said.append)
    lost = SourceState("city", ConnectionState.WAITING, "The connection was lost")
    bench.report(lost)
    assert not bench.notices.current
    bench.clock.now += PATIENCE_S
    bench.report(lost)
    (notice,) = bench.notices.current
    assert notice.text == "No boxes and events from 'city': The connection was lost"
    bench.report(SourceState("city", ConnectionState.CONNECTED, "1 of 9 does not come"))
    assert not bench.notices.current
    bench.clock.now += PATIENCE_S
    bench.report(lost)
    assert not bench.notices.current
    assert list(bench.service.sources) == [lost]
    assert len(said) == 4


@pytest.mark.logs_errors
def test_a_source_that_is_taken_away_leaves_no_notice(bench: Bench) -> None:
    bench.service.start()
    bench.settle(1)
    lost = SourceState("city", ConnectionState.WAITING, "The connection was lost")
    bench.report(lost)
    bench.clock.now += PATIENCE_S
    bench.report(lost)
    bench.service.use([], [])
    bench.settle(2)
    assert not bench.notices.current
    assert bench.service.sources == ()


def test_what_comes_is_passed_on(bench: Bench) -> None:
    events: list[Sequence[AnalyticsEvent]] = []
    zones: list[Zones] = []
    bench.service.events.connect(events.append)
    bench.service.zones.connect(zones.append)
    event = AnalyticsEvent("1", "C", "city", "x", EventPhase.PULSE, 1, SourceClock.CAMERA, 1)
    frame = DetectionFrame("C", "city", 1, SourceClock.CAMERA, 1, ())
    bench.link.listeners.events([event])
    bench.link.listeners.zones(Zones("city", "C", []))
    bench.link.listeners.frames([frame])
    assert (events, zones, bench.frames) == ([[event]], [Zones("city", "C", [])], [frame])
    bench.service.want_boxes({CameraCode("C")})
    assert bench.link.wanted == {"C"}
    answers: list[Snapshot] = []
    bench.service.fetch_snapshot("city", "7", answers.append, clip=True)
    assert answers[0].data == b"city/7/True"
    bench.service.close()
    assert not bench.link.is_open
