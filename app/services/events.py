"""What happened in the city: events of all backends, kept, gathered and marked."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Protocol

from app.core.clock import Clock
from app.core.dispatch import Dispatcher
from app.core.events import Event
from app.domain.analytics_event import AnalyticsEvent
from app.domain.camera import Camera, CameraCode
from app.domain.event_record import EventGroup, EventRecord, event_key
from app.services.event_groups import MOST_GROUPS, Effect, EventGroups, Outcome
from app.services.event_list import EventList
from app.services.event_marks import EventMarks, TileMark
from app.services.event_severity import SeverityTable
from app.services.event_store import EventStore, Found, Recent
from app.services.event_thumbnails import EventThumbnails
from app.services.notices import Notice, NoticeBoard, Severity

TICK_S = 0.25
FLOOD_PER_MINUTE = 300
"""More than anybody can look at: the panels say so."""
_TURN_S = 0.004
"""Messages are taken in for so long at a time; the windows want the thread too."""
_MOST_INCOMING = 100_000
_MINUTE_S = 60.0
_MOST_RULES = 1_000
"""So many can be chosen from; others are found by typing."""
_LAST_RUN = 2_000
"""So many events of the last run are known again: a broker repeats the hundred newest at most."""
FULL = "events-too-many"


class Directory(Protocol):
    """What is asked of the registry; from memory."""

    def camera(self, code: CameraCode) -> Camera | None: ...


class EventService:
    """Events by source, merged, grouped and counted. Owner thread; ``tick`` every ``TICK_S``.

    Only cameras of the registry are taken in. What comes is in the lists with the next tick:
    views hear at most four times a second, however much happens.
    """

    def __init__(
        self,
        directory: Directory,
        store: EventStore,
        thumbnails: EventThumbnails,
        severities: SeverityTable,
        notices: NoticeBoard,
        clock: Clock,
        dispatcher: Dispatcher,
        *,
        workstation: str,
        complete: Callable[[AnalyticsEvent], AnalyticsEvent] = lambda event: event,
    ) -> None:
        """``complete`` adds what else is known of an event, from memory."""
        self.rate_changed: Event[int] = Event("events.rate_changed")
        self.facets_changed: Event[None] = Event("events.facets_changed")
        self.marks = EventMarks(clock)
        self.thumbnails = thumbnails
        self._directory = directory
        self._store = store
        self._severities = severities
        self._notices = notices
        self._clock = clock
        self._dispatcher = dispatcher
        self._complete = complete
        self._memory = EventGroups(workstation)
        self._lists: list[EventList] = []
        self._incoming: deque[AnalyticsEvent] = deque()
        self._is_taking_in = False
        self._is_ready = False
        self._changed: dict[bytes, EventGroup] = {}
        self._came_at: deque[float] = deque(maxlen=100_000)
        self._rate = 0
        self._refused = self._unknown = 0
        self._labels: set[str] = set()
        self._rules: set[tuple[str, str]] = set()
        self._districts: set[str] = set()
        self._facets_grew = False

    # --- state -------------------------------------------------------------------------------

    @property
    def per_minute(self) -> int:
        """New events in the last minute."""
        return self._rate

    @property
    def unknown_cameras(self) -> int:
        """How many events were about cameras that the registry does not hold."""
        return self._unknown

    @property
    def dropped(self) -> int:
        """How many events of this run were lost: too many at once, or refused by the database."""
        return self._refused + self._store.lost

    @property
    def labels(self) -> frozenset[str]:
        """The classes that there are events of."""
        return frozenset(self._labels)

    @property
    def rules(self) -> frozenset[tuple[str, str]]:
        """The rules that there are events of, by name and kind."""
        return frozenset(self._rules)

    @property
    def districts(self) -> frozenset[str]:
        return frozenset(self._districts)

    def group(self, key: bytes) -> EventGroup | None:
        """A row as it is now, while it is among the newest."""
        return self._memory.group(key)

    # --- verbs -------------------------------------------------------------------------------

    def start(self) -> None:
        """Read in the background what the last run knew; then what came meanwhile is taken in, so
        that a message that is sent again after a restart is known."""
        self._store.recent(MOST_GROUPS, _LAST_RUN, self._on_recent)

    def on_events(self, events: Sequence[AnalyticsEvent]) -> None:
        """Take in what a source sent; a lot of it over several turns of the event loop."""
        for event in events:
            if len(self._incoming) >= _MOST_INCOMING:
                self._refuse()
            else:
                self._incoming.append(event)
        self._begin_to_take_in()

    def open_list(self) -> EventList:
        """A list for one view, to be closed by it."""
        made = EventList(self._memory, self._store, self.describe, self._lists.remove)
        self._lists.append(made)
        return made

    def describe(self, code: CameraCode) -> str:
        """The words by which a camera is found. Any thread."""
        camera = self._directory.camera(code)
        return str(code) if camera is None else f"{code} {camera.call_up} {camera.name}"

    def tick(self) -> None:
        """Tell the lists what changed, let marks expire, write, count."""
        if self._changed:
            changed, self._changed = self._changed, {}
            for each in tuple(self._lists):
                each.follow(changed.values())
        if self._facets_grew:
            self._facets_grew = False
            self.facets_changed.emit(None)
        self.marks.expire()
        self._store.tick()
        self._count()

    def close(self) -> None:
        """Write what is not written. Blocking: at the end only."""
        while self._incoming:
            self._take(self._incoming.popleft())
        self._store.close()

    # --- inside ------------------------------------------------------------------------------

    def _on_recent(self, recent: Recent) -> None:
        self._memory.load(recent.groups, recent.records)
        self._labels |= recent.facets.labels
        self._rules |= recent.facets.rules
        self._districts |= recent.facets.districts
        self._facets_grew = True
        for each in self._lists:
            each.reload()
        self._is_ready = True
        self._begin_to_take_in()

    def _begin_to_take_in(self) -> None:
        if self._incoming and self._is_ready and not self._is_taking_in:
            self._is_taking_in = True
            self._take_in()

    def _take_in(self) -> None:
        until = self._clock.monotonic() + _TURN_S
        while self._incoming and self._clock.monotonic() < until:
            self._take(self._incoming.popleft())
        if self._incoming:
            self._dispatcher.post(self._take_in)
        else:
            self._is_taking_in = False

    def _take(self, event: AnalyticsEvent) -> None:
        camera = self._directory.camera(CameraCode(event.camera))
        if camera is None:
            self._unknown += 1
            return
        event = self._complete(event)
        outcome = self._memory.add(event, self._severities.severity(event), camera)
        if outcome.effect is Effect.OLD:
            self._look_up(event, camera)
        else:
            self._apply(outcome)

    def _look_up(self, event: AnalyticsEvent, camera: Camera) -> None:
        """The event is older than memory, or its beginning never came: the database knows."""
        key = event_key(event.source, event.event_id)

        def done(found: Found) -> None:
            self._on_found(event, camera, found.get(key))

        self._store.find([key], done)

    def _on_found(
        self, event: AnalyticsEvent, camera: Camera, found: tuple[EventRecord, EventGroup] | None
    ) -> None:
        severity = self._severities.severity(event)
        again = self._memory.add(event, severity, camera)
        if again.effect is not Effect.OLD:  # it came meanwhile
            self._apply(again)
        elif found is not None:
            record, group = found
            self._apply(self._memory.adopt(group, record, event))
        else:
            self._apply(self._memory.begin(event, severity, camera))

    def _apply(self, outcome: Outcome) -> None:
        record, group = outcome.record, outcome.group
        if record is None or group is None:
            return
        self._changed[group.key] = group
        self._store.put(record, group)
        self._note_facets(group)
        if group.is_state:
            return
        event = record.event
        mark = TileMark(record.severity, 1, event.kind, event.rule, event.label or "")
        if outcome.effect in (Effect.ROW, Effect.JOINED):
            self._came_at.append(self._clock.monotonic())
            self.marks.add(record.camera, mark)
        elif record.severity > outcome.before:
            self.marks.raise_to(record.camera, mark)
        if outcome.effect is Effect.ROW:
            self.thumbnails.want(record)

    def _note_facets(self, group: EventGroup) -> None:
        event = group.first.event
        known = len(self._labels) + len(self._rules) + len(self._districts)
        self._labels.update(group.labels)
        if len(self._rules) < _MOST_RULES:
            self._rules.add((event.rule, event.kind))
        self._districts.add(group.first.district)
        grown = len(self._labels) + len(self._rules) + len(self._districts)
        self._facets_grew = self._facets_grew or grown != known

    def _count(self) -> None:
        now = self._clock.monotonic()
        while self._came_at and now - self._came_at[0] >= _MINUTE_S:
            self._came_at.popleft()
        if len(self._came_at) != self._rate:
            self._rate = len(self._came_at)
            self.rate_changed.emit(self._rate)

    def _refuse(self) -> None:
        self._refused += 1
        self._notices.post(
            Notice(
                FULL,
                Severity.ERROR,
                f"{self._refused} events were lost: they come faster than they can be taken in",
                "Look after the backend that sends them; the pages of events say which.",
            )
        )
