"""How events become rows of the table and come back."""

from collections.abc import Iterable
from typing import Any

import msgspec

from app.domain.analytics_event import AnalyticsEvent, EventPhase, EventSeverity
from app.domain.camera import CameraCode, DistrictCode, SiteCode
from app.domain.detection import Box, SourceClock
from app.domain.event_record import EventGroup, EventRecord, EventSubject

_CODE, _NAME, _URL = 64, 200, 2048
_SEPARATOR = ","
_LARGEST = 2**62


class _Details(msgspec.Struct, omit_defaults=True, array_like=False):
    """What is only read with its event, as compact JSON."""

    box: tuple[float, float, float, float] | None = None
    zones: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str, float | None], ...] = ()


_NO_DETAILS = _Details()
_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(_Details)


def fitting(text: str, letters: int) -> str:
    """What a column can hold: no zeros, no halves of letters, not too long."""
    return text.replace("\0", "")[:letters].encode("utf-8", "replace").decode()


def record_values(record: EventRecord, group: EventGroup | None, subject_id: int) -> dict[str, Any]:
    """The columns of an event; ``group`` is its row of the list where it is the first one."""
    event = record.event
    return {
        "event_key": record.key,
        "group_key": None if record.group == record.key else record.group,
        "subject_id": subject_id,
        "count": 1 if group is None else group.count,
        "newest_us": _bounded(event.time_us if group is None else group.newest_us),
        "event_id": fitting(event.event_id, _NAME),
        "label": None if event.label is None else fitting(event.label, _CODE),
        "severity": int(record.severity),
        "phase": int(event.phase),
        "time_us": _bounded(event.time_us),
        "end_us": None if event.end_us is None else _bounded(event.end_us),
        "clock": int(event.clock),
        "received_us": _bounded(event.received_us),
        "lag_ms": _bounded(record.lag_us // 1000),
        "confidence": event.confidence,
        "track_id": fitting(event.track_id, _NAME) if event.track_id else None,
        "snapshot_ref": fitting(event.snapshot_ref, _URL) or None,
        "clip_ref": fitting(event.clip_ref, _URL) or None,
        "raw_topic": fitting(event.raw_topic, _URL),
        "details": _details(event),
        "workstation": fitting(record.workstation, _NAME),
    }


def subject_values(subject: EventSubject) -> dict[str, Any]:
    """The columns of a subject, apart from its counters."""
    return {
        "source": fitting(subject.source, _CODE),
        "camera": fitting(subject.camera, _CODE),
        "site": fitting(subject.site, _CODE),
        "district": fitting(subject.district, _CODE),
        "kind": fitting(subject.kind, _CODE),
        "rule": fitting(subject.rule, _NAME),
        "labels": fitting(_SEPARATOR.join(subject.labels), _NAME),
        "severity": int(subject.severity),
    }


def subject_of(row: Any) -> EventSubject:
    return EventSubject(
        source=row.source,
        camera=CameraCode(row.camera),
        site=SiteCode(row.site),
        district=DistrictCode(row.district),
        kind=row.kind,
        rule=row.rule,
        labels=tuple(row.labels.split(_SEPARATOR)) if row.labels else (),
        severity=EventSeverity(row.severity),
    )


def record_of(row: Any, subject: EventSubject) -> EventRecord:
    details = _NO_DETAILS if row.details is None else _decoder.decode(row.details)
    event = AnalyticsEvent(
        event_id=row.event_id,
        camera=subject.camera,
        source=subject.source,
        kind=subject.kind,
        phase=EventPhase(row.phase),
        time_us=row.time_us,
        clock=SourceClock(row.clock),
        received_us=row.received_us,
        end_us=row.end_us,
        label=row.label,
        confidence=row.confidence,
        box=None if details.box is None else Box(*details.box),
        track_id=row.track_id,
        zones=details.zones,
        rule=subject.rule,
        snapshot_ref=row.snapshot_ref or "",
        clip_ref=row.clip_ref or "",
        attributes=details.attributes,
        is_retained=row.phase == EventPhase.STATE,
        raw_topic=row.raw_topic,
    )
    return EventRecord(
        key=bytes(row.event_key),
        event=event,
        severity=EventSeverity(row.severity),
        district=subject.district,
        site=subject.site,
        group=bytes(row.event_key if row.group_key is None else row.group_key),
        workstation=row.workstation,
    )


def group_of(row: Any, subject: EventSubject) -> EventGroup:
    return EventGroup(
        record_of(row, subject), subject.severity, subject.labels, row.count, row.newest_us
    )


def _details(event: AnalyticsEvent) -> str | None:
    box = event.box
    details = _Details(
        None if box is None else (_short(box.x1), _short(box.y1), _short(box.x2), _short(box.y2)),
        event.zones,
        event.attributes,
    )
    return None if details == _NO_DETAILS else _without_zeros(_encoder.encode(details))


def _without_zeros(encoded: Iterable[int]) -> str:
    return bytes(encoded).decode().replace("\\u0000", "")


def _short(fraction: float) -> float:
    return round(fraction, 5)


def _bounded(number: int) -> int:
    return max(-_LARGEST, min(_LARGEST, number))
