"""What waits to be handed to the program: bounded, and never in the way of the network."""

import threading
from collections import deque
from collections.abc import Callable

from app.analytics.messages import Heartbeat, Report, Snapshot, Zones
from app.analytics.worker.counters import SourceCounters
from app.domain.analytics_event import AnalyticsEvent
from app.domain.detection import DetectionFrame

FRAMES_KEPT = 512
EVENTS_KEPT = 1000
_SNAPSHOTS_KEPT = 16


class Outbox:
    """Any thread adds, one takes; ``came`` is called after something was added."""

    def __init__(self, came: Callable[[], None]) -> None:
        self._came = came
        self._lock = threading.Lock()
        self._heartbeat: Heartbeat | None = None
        self._frames: deque[tuple[DetectionFrame, SourceCounters]] = deque()
        self._events: deque[tuple[AnalyticsEvent, SourceCounters]] = deque()
        self._zones: dict[tuple[str, str], Zones] = {}
        self._snapshots: deque[Snapshot] = deque()

    def beat(self, heartbeat: Heartbeat) -> None:
        """Takes the place of one that could not be sent."""
        with self._lock:
            self._heartbeat = heartbeat
        self._came()

    def add_frame(self, frame: DetectionFrame, counters: SourceCounters) -> None:
        """From a metadata track: the oldest goes when too many wait."""
        with self._lock:
            self._frames.append((frame, counters))
            if len(self._frames) > FRAMES_KEPT:
                self._frames.popleft()[1].dropped()
        self._came()

    def add_event(self, event: AnalyticsEvent, counters: SourceCounters) -> None:
        """From a metadata track, which keeps nothing for us."""
        with self._lock:
            self._events.append((event, counters))
            if len(self._events) > EVENTS_KEPT:
                self._events.popleft()[1].dropped()
        self._came()

    def add_zones(self, zones: Zones) -> None:
        with self._lock:
            self._zones[zones.source, zones.camera] = zones
        self._came()

    def add_snapshot(self, snapshot: Snapshot) -> None:
        with self._lock:
            self._snapshots.append(snapshot)
            if len(self._snapshots) > _SNAPSHOTS_KEPT:
                dropped = self._snapshots.popleft()
                self._snapshots.append(
                    Snapshot(dropped.request, b"", "Too many pictures were asked for at once")
                )
        self._came()

    def take(self) -> tuple[list[Report], list[DetectionFrame], list[AnalyticsEvent]]:
        """Everything that waits."""
        with self._lock:
            reports: list[Report] = [] if self._heartbeat is None else [self._heartbeat]
            self._heartbeat = None
            reports += self._zones.values()
            self._zones.clear()
            reports += self._snapshots
            self._snapshots.clear()
            frames = [frame for frame, _counters in self._frames]
            self._frames.clear()
            events = [event for event, _counters in self._events]
            self._events.clear()
        return reports, frames, events
