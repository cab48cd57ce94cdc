"""Events without windows: made-up messages, a clock that is set by hand, work done at once."""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from app.analytics.messages import Snapshot
from app.core.dispatch import ManualDispatcher
from app.core.tasks import Tasks
from app.domain.analytics_event import AnalyticsEvent, EventPhase
from app.domain.detection import Box, SourceClock
from app.services.event_severity import SeverityTable
from app.services.event_store import EventStore
from app.services.event_thumbnails import EventThumbnails
from app.services.events import EventService
from app.services.notices import NoticeBoard
from app.settings.schema import SeveritySettings
from app.storage.database import Database
from tests.fakes.directory import FakeDirectory
from tests.fakes.engine import FakeEngine

NOON_US = 1_790_000_000_000_000
SECOND_US = 1_000_000
CAMERA = "BNU-1-1"
P = ParamSpec("P")
T = TypeVar("T")


class HandClock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def monotonic(self) -> float:
        return self.seconds

    def utc_us(self) -> int:
        return NOON_US + round((self.seconds - 100.0) * SECOND_US)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.seconds += seconds
        return event.is_set()


class AtOnce(Executor):
    """Does the work in the thread that asks for it."""

    def submit(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(work(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - what executors do
            future.set_exception(error)
        return future


def message(event_id: str = "e1", **changes: Any) -> AnalyticsEvent:
    """A person crosses a line at noon; it is known here 0.2 s later."""
    values: dict[str, Any] = {
        "camera": CAMERA,
        "source": "city",
        "kind": "line_crossed",
        "phase": EventPhase.PULSE,
        "time_us": NOON_US,
        "clock": SourceClock.CAMERA,
        "label": "person",
        "rule": "Gate line",
        "raw_topic": "city/onvif-ej/RuleEngine/LineDetector/Crossed/&1/2/Gate",
    }
    values |= changes
    values.setdefault("received_us", values["time_us"] + 200_000)
    return AnalyticsEvent(event_id=event_id, **values)


FULL = message(
    "full",
    end_us=NOON_US + 3 * SECOND_US,
    confidence=0.87,
    box=Box(0.125, 0.25, 0.375, 0.5),
    track_id="17",
    zones=("gate", "سڑک"),
    snapshot_ref="events/1/snapshot.jpg",
    clip_ref="events/1/clip.mp4",
    attributes=(("color", "white", 0.5), ("plate", "LEA 1234", None)),
)
"""With everything that a backend may say."""


class EventDesk:
    """The service of events over a database, with everything around it faked.

    ``snapshots`` answers for the backend.
    """

    def __init__(
        self, database: Database, folder: Path, severities: list[SeveritySettings] | None = None
    ) -> None:
        self.clock = HandClock()
        self.dispatcher = ManualDispatcher()
        self.notices = NoticeBoard()
        self.engine = FakeEngine()
        self.directory = FakeDirectory()
        self.snapshots: dict[str, Snapshot] = {}
        self.tasks = Tasks(AtOnce(), self.dispatcher, self.notices.report)
        self.store = EventStore(
            database, self.tasks, self.tasks, self.notices, self.clock, retention_days=30
        )
        self.thumbnails = EventThumbnails(
            folder / "thumbnails",
            self.engine,
            self._fetch,
            dict,
            self.tasks,
            self.clock,
            ring_seconds=60.0,
            most_bytes=10_000,
        )
        self.service = EventService(
            self.directory,
            self.store,
            self.thumbnails,
            SeverityTable(severities or []),
            self.notices,
            self.clock,
            self.dispatcher,
            workstation="desk-1",
        )

    def settle(self) -> None:
        """Do everything that was posted, and what that posts."""
        while self.dispatcher.drain():
            pass

    def start(self) -> None:
        self.service.start()
        self.settle()

    def send(self, *events: AnalyticsEvent) -> None:
        self.service.on_events(events)
        self.settle()

    def tick(self, seconds: float = 0.25) -> None:
        """Let time pass, then do what is done four times a second."""
        self.clock.seconds += seconds
        self.service.tick()
        self.settle()

    def _fetch(self, _source: str, ref: str, answer: Callable[[Snapshot], None]) -> None:
        answer(self.snapshots.get(ref, Snapshot(1, b"", "there is none")))
