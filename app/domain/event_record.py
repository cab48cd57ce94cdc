"""Events as they are kept: merged messages, and rows of events that belong together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import msgspec

from app.domain.analytics_event import AnalyticsEvent, EventPhase, EventSeverity
from app.domain.camera import CameraCode, DistrictCode, SiteCode

_KEY_BYTES = 16
_RANK = {
    EventPhase.STATE: 0,
    EventPhase.START: 1,
    EventPhase.UPDATE: 2,
    EventPhase.PULSE: 3,
    EventPhase.END: 4,
}
"""A message that comes late or twice never takes an event back to an earlier phase."""


def event_key(source: str, event_id: str) -> bytes:
    """The key of an event: the same for each message about it, on every workstation."""
    return blake2b(
        f"{source}\0{event_id}".encode("utf-8", "replace"), digest_size=_KEY_BYTES
    ).digest()


def merged(before: AnalyticsEvent, after: AnalyticsEvent) -> AnalyticsEvent:
    """What is known after another message about the same event.

    When it began and when it was first received stay: they may be argued about later. A beginning
    that comes late, after what followed it, is still the beginning.
    """
    is_late_start = after.phase is EventPhase.START and before.phase is not EventPhase.START
    changes = {
        "time_us": min(before.time_us, after.time_us) if is_late_start else before.time_us,
        "phase": max(before.phase, after.phase, key=_RANK.__getitem__),
        "end_us": _end(after) or _end(before),
        "label": after.label or before.label,
        "confidence": _larger(before.confidence, after.confidence),
        "box": before.box or after.box,
        "track_id": before.track_id or after.track_id,
        "zones": tuple(dict.fromkeys((*before.zones, *after.zones))),
        "rule": before.rule or after.rule,
        "snapshot_ref": after.snapshot_ref or before.snapshot_ref,
        "clip_ref": after.clip_ref or before.clip_ref,
        "attributes": after.attributes or before.attributes,
        "is_retained": before.is_retained and after.is_retained,
    }
    return msgspec.structs.replace(before, **changes)


def _end(event: AnalyticsEvent) -> int | None:
    if event.end_us is None and event.phase is EventPhase.END:
        return event.time_us
    return event.end_us


def _larger(one: float | None, other: float | None) -> float | None:
    known = [value for value in (one, other) if value is not None]
    return max(known, default=None)


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One event as it is kept.

    ``group`` is the key of the first event of the row it stands in, its own key for that one;
    ``workstation`` is the one that wrote it first.
    """

    key: bytes
    event: AnalyticsEvent
    severity: EventSeverity
    district: DistrictCode
    site: SiteCode
    group: bytes
    workstation: str = ""

    @property
    def camera(self) -> CameraCode:
        return CameraCode(self.event.camera)

    @property
    def lag_us(self) -> int:
        """Received on this workstation's clock minus happened on ``event.clock``; where the two
        clocks differ, so does this."""
        return self.event.received_us - self.event.time_us


@dataclass(frozen=True, slots=True)
class EventGroup:
    """One row of the list: an event and those of the same camera and rule soon after it.

    ``severity`` is the worst of them, ``labels`` their classes in the order in which they came,
    ``newest_us`` when the newest happened, on the clock of the first.
    """

    first: EventRecord
    severity: EventSeverity
    labels: tuple[str, ...]
    count: int
    newest_us: int

    @classmethod
    def of(cls, record: EventRecord) -> "EventGroup":
        """A row of one event."""
        label = record.event.label
        labels = () if label is None else (label,)
        return cls(record, record.severity, labels, 1, record.event.time_us)

    @property
    def key(self) -> bytes:
        return self.first.key

    @property
    def camera(self) -> CameraCode:
        return self.first.camera

    @property
    def place(self) -> tuple[int, bytes]:
        """Where it stands in the list: newest first by when its first event was received."""
        return self.first.event.received_us, self.first.key

    @property
    def is_state(self) -> bool:
        """It was so before anybody listened: shown, but no alarm."""
        return self.first.event.phase is EventPhase.STATE

    def with_event(self, record: EventRecord) -> "EventGroup":
        """The row with one event more."""
        return replace(
            self.with_labels(record.event.label),
            severity=max(self.severity, record.severity),
            count=self.count + 1,
            newest_us=max(self.newest_us, record.event.time_us),
        )

    def with_first(self, record: EventRecord) -> "EventGroup":
        """The row after another message about its first event."""
        return replace(
            self.with_labels(record.event.label),
            first=record,
            severity=max(self.severity, record.severity),
        )

    def with_severity(self, severity: EventSeverity) -> "EventGroup":
        return self if severity <= self.severity else replace(self, severity=severity)

    def with_labels(self, label: str | None) -> "EventGroup":
        if label is None or label in self.labels:
            return self
        return replace(self, labels=(*self.labels, label))


@dataclass(frozen=True, slots=True)
class EventSubject:
    """What an event is about: what lists are filtered by. Many events share one."""

    source: str
    camera: CameraCode
    site: SiteCode
    district: DistrictCode
    kind: str
    rule: str
    labels: tuple[str, ...]
    severity: EventSeverity

    @classmethod
    def of_group(cls, group: EventGroup) -> "EventSubject":
        return cls._of(group.first, tuple(sorted(group.labels)), group.severity)

    @classmethod
    def of_record(cls, record: EventRecord) -> "EventSubject":
        label = record.event.label
        return cls._of(record, () if label is None else (label,), record.severity)

    @classmethod
    def _of(
        cls, record: EventRecord, labels: Sequence[str], severity: EventSeverity
    ) -> "EventSubject":
        event = record.event
        return cls(
            event.source,
            record.camera,
            record.site,
            record.district,
            event.kind,
            event.rule,
            tuple(labels),
            severity,
        )
