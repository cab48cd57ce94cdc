"""A program that listens to backends: the real link and its process, and what came."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from app.analytics.link import AnalyticsLink, LinkListeners
from app.analytics.messages import (
    BrokerConfig,
    Configure,
    ConnectionState,
    SourceConfig,
    SourceState,
    Zones,
)
from app.core.dispatch import ManualDispatcher
from app.domain.analytics_event import AnalyticsEvent
from app.domain.detection import DetectionFrame
from tests.fakes.mosquitto import WALL, Mosquitto

R = TypeVar("R")
_PATIENCE_S = 20.0
BOXES = "city/{camera}/onvif-mj/#"
EVENTS = "city/{camera}/onvif-ej/#"
CAMERAS = {"gate": "BNU-1-1", "market": "BNU-1-2", "bridge": "BNU-1-3"}


class Listening:
    """Runs the analytics process; a context manager. Use it from one thread."""

    def __init__(self, **link: Any) -> None:
        self._dispatcher = ManualDispatcher()
        self._lock = threading.Lock()
        self._hears = threading.Event()
        self._hears.set()
        self._frames: list[DetectionFrame] = []
        self.events: list[AnalyticsEvent] = []
        self.zones: list[Zones] = []
        self.states: dict[str, SourceState] = {}
        self.told = 0
        listeners = LinkListeners(
            frames=self._on_frames,
            events=self.events.extend,
            zones=self.zones.append,
            sources=self._on_sources,
        )
        self.link = AnalyticsLink(self._dispatcher, listeners, **link)

    @property
    def frames(self) -> list[DetectionFrame]:
        with self._lock:
            return list(self._frames)

    @property
    def pid(self) -> int:
        self.wait(lambda: self.link.pid)
        pid = self.link.pid
        assert pid is not None
        return pid

    def listen(self, brokers: Sequence[BrokerConfig], sources: Sequence[SourceConfig]) -> None:
        self.link.configure(Configure(list(brokers), list(sources)))

    def wait(self, condition: Callable[[], R], seconds: float = _PATIENCE_S) -> R:
        """Until ``condition`` gives something true."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._dispatcher.drain()
            found = condition()
            if found:
                return found
            self._dispatcher.wait(0.01)
        raise AssertionError(f"not within {seconds} s; {list(self.states.values())}")

    def state(
        self, state: ConnectionState, sentence: str = "", source: str = "city", **wait: float
    ) -> SourceState:
        """Wait for a source to be in a state, with words in its sentence."""

        def find() -> SourceState | None:
            found = self.states.get(source)
            if found is not None and found.state is state and sentence in found.sentence:
                return found
            return None

        found = self.wait(find, **wait)
        assert found is not None
        return found

    def connected(self, source: str = "city") -> SourceState:
        return self.state(ConnectionState.CONNECTED, source=source)

    def counted(self, condition: Callable[[SourceState], bool], source: str = "city") -> None:
        """Wait for counts in a report."""

        def find() -> bool:
            found = self.states.get(source)
            return found is not None and condition(found)

        self.wait(find)

    def __enter__(self) -> Listening:
        self.link.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.link.close()

    @contextmanager
    def deaf(self) -> Iterator[None]:
        """Meanwhile nothing is read from the process, as if the program had no time."""
        self._hears.clear()
        try:
            yield
        finally:
            self._hears.set()

    def _on_frames(self, frames: Sequence[DetectionFrame]) -> None:
        self._hears.wait(_PATIENCE_S)
        with self._lock:
            self._frames += frames

    def _on_sources(self, states: Sequence[SourceState]) -> None:
        self.told += 1
        self.states = {state.name: state for state in states}


def broker(server: Mosquitto, **changes: Any) -> BrokerConfig:
    """How the wall reaches ``server``: with TLS unless told otherwise."""
    settings: dict[str, Any] = {
        "name": "district",
        "host": "localhost",
        "port": server.tls_port if changes.get("tls", True) else server.port,
        "ca_file": server.ca_file,
        "user": WALL[0],
        "password": WALL[1],
        "station": "0a1b2c3d",
        **changes,
    }
    return BrokerConfig(**settings)


def source(**changes: Any) -> SourceConfig:
    """ONVIF JSON of three cameras."""
    settings: dict[str, Any] = {
        "name": "city",
        "adapter": "onvif-json",
        "broker": "district",
        "boxes_topic": BOXES,
        "events_topic": EVENTS,
        "cameras": CAMERAS,
        **changes,
    }
    return SourceConfig(**settings)


def boxes(number: int = 1, at: float | None = None) -> dict[str, Any]:
    """A message of ``number`` objects at a Unix time."""
    return {
        "Frame": [
            {
                "@UtcTime": _utc(at),
                "Object": [
                    {
                        "@ObjectId": str(index + 1),
                        "Appearance": {
                            "Shape": {
                                "BoundingBox": {
                                    "@left": -0.5 + index / 100,
                                    "@top": 0.5,
                                    "@right": 0.0,
                                    "@bottom": -0.25,
                                },
                                "CenterOfGravity": {"@x": -0.25, "@y": 0.1},
                            },
                            "Class": {"Type": {"@Likelihood": 0.9, "#text": "Human"}},
                        },
                    }
                    for index in range(number)
                ],
            }
        ]
    }


def boxes_topic(camera: str = "gate") -> str:
    return f"city/{camera}/onvif-mj/VideoAnalytics/profile/module"


def crossing(number: int = 1, at: float | None = None) -> dict[str, Any]:
    """A line was crossed by object ``number``."""
    return {
        "UtcTime": _utc(at),
        "Source": {"VideoSource": "1", "Rule": "Fence"},
        "Data": {"ObjectId": str(number)},
    }


def events_topic(camera: str = "gate") -> str:
    return f"city/{camera}/onvif-ej/RuleEngine/LineDetector/Crossed/&1/Fence"


def _utc(at: float | None) -> str:
    moment = datetime.now(UTC) if at is None else datetime.fromtimestamp(at, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
