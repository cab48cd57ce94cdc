"""The demo city comes up step by step, and the wall never asks for what is not there yet."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.analytics.messages import Zones
from app.core.dispatch import ManualDispatcher
from app.core.tasks import Tasks
from app.demo.backend.process import DemoBackend, DemoBackendError
from app.demo.city import build_city, write_registry
from app.demo.process import DemoCity, Progress, csv_of
from app.domain.camera import CameraCode
from app.services.credentials import MemoryCredentials
from app.services.notices import NoticeBoard
from app.settings.schema import BrokerSettings, SourceSettings
from ui.demo_start import DemoStart

FIRST, SECOND = build_city().cameras[0], build_city().cameras[1]


class ScriptedCity:
    """A server process that is where the test says."""

    def __init__(self, data_dir: Path) -> None:
        self.csv_path = csv_of(data_dir)
        self.progress = Progress(0, 0)
        self.scenes: frozenset[str] = frozenset()
        self.is_ready = False
        self.base_url = "rtsp://127.0.0.1:5544"
        self.had_old_csv = self.csv_path.exists()

    def listens(self) -> None:
        write_registry(build_city(), self.csv_path, "rtsp://127.0.0.1:5544")
        self.progress = Progress(0, 9)

    def poll_ready(self) -> bool:
        return self.is_ready

    def close(self) -> None:
        """There is no process."""


class ScriptedBackend:
    """A backend's process that is where the test says."""

    def __init__(self) -> None:
        self.port = 0
        self.failure = ""
        self.is_closed = False

    def poll_ready(self) -> bool:
        if self.failure:
            raise DemoBackendError(self.failure)
        return bool(self.port)

    def close(self) -> None:
        self.is_closed = True


class RecordingAnalytics:
    """Where boxes and events are to be fetched from."""

    def __init__(self) -> None:
        self.brokers: list[BrokerSettings] = []
        self.sources: list[SourceSettings] = []
        self.zones: list[Zones] = []

    def use(self, brokers: Sequence[BrokerSettings], sources: Sequence[SourceSettings]) -> None:
        self.brokers, self.sources = list(brokers), list(sources)

    def tell_zones(self, zones: Sequence[Zones]) -> None:
        self.zones += zones


class Demo:
    """A start of the demo city, and what it said."""

    def __init__(self, data: Path, tasks: Tasks) -> None:
        self.imported: list[bool] = []
        self.said: list[str] = []
        self.notices = NoticeBoard()
        self.analytics = RecordingAnalytics()
        self.start = DemoStart(
            data,
            MemoryCredentials(),
            tasks,
            self.notices,
            lambda: self.imported.append(True),
            self.analytics,
        )
        self.start.progressed.connect(self.said.append)

    def may_open(self, *codes: str) -> list[bool]:
        return [self.start.may_open(CameraCode(code)) for code in codes]


@pytest.fixture
def cities(monkeypatch: pytest.MonkeyPatch) -> list[ScriptedCity]:
    made: list[ScriptedCity] = []

    def start(_cache: Path, data_dir: Path) -> ScriptedCity:
        made.append(ScriptedCity(data_dir))
        return made[-1]

    monkeypatch.setattr(DemoCity, "start", start)
    return made


@pytest.fixture(autouse=True)
def backends(monkeypatch: pytest.MonkeyPatch) -> list[ScriptedBackend]:
    made: list[ScriptedBackend] = []

    def start(*, extra: tuple[str, ...]) -> ScriptedBackend:
        assert extra
        made.append(ScriptedBackend())
        return made[-1]

    monkeypatch.setattr(DemoBackend, "start", start)
    return made


@pytest.fixture
def dispatcher() -> ManualDispatcher:
    return ManualDispatcher()


@pytest.fixture
def demo(dispatcher: ManualDispatcher, tmp_path: Path) -> Iterator[Demo]:
    with ThreadPoolExecutor(1) as pool:
        demo = Demo(tmp_path, Tasks(pool, dispatcher, _fail))
        yield demo
        demo.start.close()


def _fail(error: Exception) -> None:
    raise error


def drained(dispatcher: ManualDispatcher, until: Callable[[], object]) -> Callable[[], bool]:
    """A condition for ``waitUntil`` that lets posted jobs run."""

    def look() -> bool:
        dispatcher.drain()
        return bool(until())

    return look


def test_cameras_are_opened_as_their_scenes_are_there(
    demo: Demo, cities: list[ScriptedCity], dispatcher: ManualDispatcher, qtbot: QtBot
) -> None:
    demo.start.start()
    (city,) = cities
    assert demo.said == ["Starting the demo city"]
    city.listens()
    qtbot.waitUntil(drained(dispatcher, lambda: demo.imported))
    city.scenes = frozenset({FIRST.scene})
    assert demo.may_open(FIRST.code, SECOND.code) == [False, False]  # the wall has not followed
    demo.start.release()
    assert demo.may_open(FIRST.code, SECOND.code) == [True, False]
    assert FIRST.scene != SECOND.scene
    city.progress = Progress(2, 9)
    qtbot.waitUntil(lambda: "Preparing the demo city: scene 3 of 9" in demo.said)
    with qtbot.waitSignal(demo.start.ready, timeout=2000):
        city.is_ready = True
    assert demo.may_open(FIRST.code, SECOND.code) == [True, True]
    assert demo.said[-1] == ""
    assert len(demo.imported) == 1


def test_the_registry_of_the_run_before_is_not_taken_for_this_one(
    demo: Demo, cities: list[ScriptedCity], tmp_path: Path
) -> None:
    write_registry(build_city(), csv_of(tmp_path), "rtsp://127.0.0.1:1")
    demo.start.start()
    assert not cities[0].had_old_csv
    demo.start.release()  # the registry changed for another reason
    assert demo.may_open(FIRST.code) == [False]
    assert demo.imported == []


def test_the_backend_is_started_after_the_pictures_and_taken_when_it_serves(
    demo: Demo,
    cities: list[ScriptedCity],
    backends: list[ScriptedBackend],
    dispatcher: ManualDispatcher,
    qtbot: QtBot,
) -> None:
    demo.start.start()
    cities[0].listens()
    qtbot.waitUntil(drained(dispatcher, lambda: demo.imported))
    assert backends == []
    cities[0].is_ready = True
    qtbot.waitUntil(lambda: bool(backends))
    assert demo.analytics.sources == []
    backends[0].port = 1883
    qtbot.waitUntil(drained(dispatcher, lambda: len(demo.analytics.zones) == 950), timeout=15_000)
    (broker,) = demo.analytics.brokers
    assert (broker.host, broker.port, broker.tls) == ("127.0.0.1", 1883, False)
    backend, tracks = demo.analytics.sources
    codes = {camera.code for camera in build_city().cameras}
    assert {*backend.only, *tracks.only} == codes
    assert not {*backend.only} & {*tracks.only}
    assert backend.boxes_topic.replace("{camera}", FIRST.code).startswith(f"city/{FIRST.code}/")
    assert tracks.url == "rtsp://127.0.0.1:5544/{camera}/sub"
    assert {zones.camera for zones in demo.analytics.zones} == codes
    demo.start.close()
    assert backends[0].is_closed


@pytest.mark.logs_errors
def test_a_backend_that_ends_is_told_in_words(
    demo: Demo,
    cities: list[ScriptedCity],
    backends: list[ScriptedBackend],
    dispatcher: ManualDispatcher,
    qtbot: QtBot,
) -> None:
    demo.start.start()
    cities[0].listens()
    qtbot.waitUntil(drained(dispatcher, lambda: demo.imported))
    cities[0].is_ready = True
    qtbot.waitUntil(lambda: bool(backends))
    backends[0].failure = "The demo backend ended with status 1."
    qtbot.waitUntil(lambda: bool(demo.notices.current))
    (notice,) = demo.notices.current
    assert notice.text == "The demo backend ended with status 1."
