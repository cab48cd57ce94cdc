"""The newest events in memory: messages merged into events, events gathered into rows."""

from bisect import bisect_left, insort
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from app.domain.analytics_event import AnalyticsEvent, EventPhase, EventSeverity
from app.domain.camera import Camera
from app.domain.event_record import EventGroup, EventRecord, event_key, merged

TOGETHER_US = 30_000_000
"""Events of one camera and rule that follow each other within this stand in one row …"""
LONGEST_US = 600_000_000
"""… which is not longer than this, so that none grows out of sight."""
MOST_GROUPS = 2_000
MOST_RECORDS = 10_000

_Rule = tuple[str, str, str, str, bool]


class Effect(Enum):
    """What a message did."""

    NOTHING = "nothing"
    """It was known already: sent twice, or the state that was told before."""
    ROW = "row"
    """It begins a new row."""
    JOINED = "joined"
    """It is a new event in a row that was there."""
    CHANGED = "changed"
    """It tells more of a known event."""
    OLD = "old"
    """It tells more of an event that is no longer in memory, or never was."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``record`` and ``group`` as they are now; ``before`` the row's severity until then."""

    effect: Effect
    record: EventRecord | None = None
    group: EventGroup | None = None
    before: EventSeverity = EventSeverity.INFORMATION


_NOTHING = Outcome(Effect.NOTHING)
_OLD = Outcome(Effect.OLD)


class EventGroups:
    """The newest rows and the events in them. Owner thread; all from memory.

    ``groups`` is complete from its oldest row on: what is older is in the database only.
    """

    def __init__(self, workstation: str) -> None:
        self._workstation = workstation
        self._groups: dict[bytes, EventGroup] = {}
        self._places: list[tuple[int, bytes]] = []  # ascending
        self._records: OrderedDict[bytes, EventRecord] = OrderedDict()
        self._open: dict[_Rule, bytes] = {}

    # --- state -------------------------------------------------------------------------------

    @property
    def newest_first(self) -> Sequence[EventGroup]:
        return [self._groups[key] for _, key in reversed(self._places)]

    @property
    def floor(self) -> tuple[int, bytes] | None:
        """The place of the oldest row in memory; ``None`` without any."""
        return self._places[0] if self._places else None

    def group(self, key: bytes) -> EventGroup | None:
        return self._groups.get(key)

    # --- verbs -------------------------------------------------------------------------------

    def load(self, groups: Iterable[EventGroup], records: Iterable[EventRecord]) -> None:
        """Take over what the last run knew: rows newest first, events the last one first."""
        known = list(records)
        for record in reversed(known):
            if record.key not in self._records:
                self._remember(record)
        for group in groups:
            if group.key not in self._groups:
                self._place(group)
                self._records.setdefault(group.key, group.first)
        for _, key in self._places:
            self._open[_rule(self._groups[key].first.event)] = key
        self._trim()

    def add(self, event: AnalyticsEvent, severity: EventSeverity, camera: Camera) -> Outcome:
        """Take in one message about a camera of the registry."""
        key = event_key(event.source, event.event_id)
        known = self._records.get(key)
        if known is not None:
            return self._told_more(known, event, severity)
        if event.phase in (EventPhase.UPDATE, EventPhase.END):
            return _OLD
        return self.begin(event, severity, camera)

    def begin(self, event: AnalyticsEvent, severity: EventSeverity, camera: Camera) -> Outcome:
        """Take in the first message about an event, whatever its phase."""
        key = event_key(event.source, event.event_id)
        group = self._row_for(event)
        record = EventRecord(
            key,
            event,
            severity,
            camera.district,
            camera.site,
            key if group is None else group.key,
            self._workstation,
        )
        self._remember(record)
        if group is None:
            made = EventGroup.of(record)
            self._place(made)
            self._open[_rule(event)] = key
            self._trim()
            return Outcome(Effect.ROW, record, made)
        grown = self._groups[group.key] = group.with_event(record)
        return Outcome(Effect.JOINED, record, grown, group.severity)

    def adopt(self, group: EventGroup, record: EventRecord, event: AnalyticsEvent) -> Outcome:
        """Tell more of an event that the database knows, in a row that need not be in memory."""
        record = _more(record, event, record.severity)
        self._remember(record)
        group = self._groups.get(group.key, group)
        now = group.with_first(record) if record.key == group.key else group
        if group.key in self._groups:
            self._groups[group.key] = now
        return Outcome(Effect.CHANGED, record, now, group.severity)

    # --- inside ------------------------------------------------------------------------------

    def _told_more(
        self, known: EventRecord, event: AnalyticsEvent, severity: EventSeverity
    ) -> Outcome:
        record = _more(known, event, severity)
        if record == known:
            return _NOTHING
        group = self._groups.get(known.group)
        if group is None:
            return _OLD
        self._remember(record)
        if record.key == group.key:
            now = group.with_first(record)
        else:
            now = group.with_severity(record.severity).with_labels(record.event.label)
        self._groups[group.key] = now
        return Outcome(Effect.CHANGED, record, now, group.severity)

    def _row_for(self, event: AnalyticsEvent) -> EventGroup | None:
        group = self._groups.get(self._open.get(_rule(event), b""))
        if group is None or event.phase is EventPhase.STATE:
            return None
        first_us = group.first.event.time_us
        if not first_us - TOGETHER_US <= event.time_us <= group.newest_us + TOGETHER_US:
            return None
        return group if event.time_us - first_us <= LONGEST_US else None

    def _remember(self, record: EventRecord) -> None:
        self._records[record.key] = record
        self._records.move_to_end(record.key)
        while len(self._records) > MOST_RECORDS:
            self._records.popitem(last=False)

    def _place(self, group: EventGroup) -> None:
        self._groups[group.key] = group
        insort(self._places, group.place)

    def _trim(self) -> None:
        while len(self._places) > MOST_GROUPS:
            _, key = self._places.pop(0)
            gone = self._groups.pop(key)
            rule = _rule(gone.first.event)
            if self._open.get(rule) == key:
                del self._open[rule]


def row_of(places: Sequence[tuple[int, bytes]], place: tuple[int, bytes]) -> int | None:
    """Where ``place`` stands in ascending ``places``; ``None`` when it does not."""
    at = bisect_left(places, place)
    return at if at < len(places) and places[at] == place else None


def _rule(event: AnalyticsEvent) -> _Rule:
    is_state = event.phase is EventPhase.STATE
    return event.camera, event.source, event.kind, event.rule, is_state


def _more(known: EventRecord, event: AnalyticsEvent, severity: EventSeverity) -> EventRecord:
    return EventRecord(
        known.key,
        merged(known.event, event),
        max(known.severity, severity),
        known.district,
        known.site,
        known.group,
        known.workstation,
    )
