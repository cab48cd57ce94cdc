"""What ONVIF's events mean: their kind, their rule, and when a state begins and ends.

ONVIF Core Specification, "Event Handling" and "Event Broker"; topics from the ONVIF Analytics
Service Specification. A property is an event that stays true for a while. Over MQTT nothing says
so but its content: its data hold a logical value, and a message without content deletes it.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from app.analytics.adapters.classes import ClassMap
from app.analytics.adapters.samples import Attribute, make_attributes, make_id, make_name
from app.domain.analytics_event import AnalyticsEvent, EventPhase
from app.domain.detection import ObjectSample, SourceClock

_KINDS = {
    "LineDetector/Crossed": "line_crossed",
    "LineCrossDetector/Crossed": "line_crossed",
    "FieldDetector/ObjectsInside": "zone_entered",
    "FieldDetector/ObjectInside": "zone_entered",
    "PolygonDetector/ObjectsInside": "zone_entered",
    "LoiteringDetector/ObjectIsLoitering": "loitering",
    "LoiteringDetector/Loitering": "loitering",
    "DeclarativeMotionDetector/MotionMatchesDeclaration": "motion",
    "CellMotionDetector/Motion": "motion",
    "MotionRegionDetector/Motion": "motion",
    "VideoSource/MotionAlarm": "motion",
    "TamperDetector/Tamper": "tampering",
    "ImageTooDark/AnalyticsService": "tampering",
    "CountAggregation/Counter": "count",
    "CountAggregation/OccupancyCounter": "count",
    "ObjectTrack/Aggregation": "object_detected",
    "ObjectDetection/Object": "object_detected",
    "Recognition/LicensePlate": "plate_read",
    "Recognition/Face": "face_recognised",
    "IdleObject/Idle": "object_left",
    "MyRuleDetector/ObjectLeft": "object_left",
    "MyRuleDetector/ObjectRemoved": "object_removed",
    "CrowdDetection/Crowd": "crowd",
    "VideoSource/GlobalSceneChange": "tampering",
}
_BY_PARENT = {
    "GlobalSceneChange": "tampering",
    "ImageTooBlurry": "tampering",
    "ImageTooDark": "tampering",
    "ImageTooBright": "tampering",
    "LoiteringDetector": "loitering",
    "CrowdDetection": "crowd",
}
_TRUE = frozenset({"true", "1", "active", "on"})
_FALSE = frozenset({"false", "0", "inactive", "off"})
_STATES = frozenset(
    {"state", "ismotion", "isinside", "istamper", "active", "logicalstate", "isloitering"}
    | {"issounddetected", "crowd", "isobjectleft", "isobjectremoved", "inside", "alarm"}
)
_MOST_REMEMBERED = 4096
_RULES = ("Rule", "RuleName", "rule")
_OBJECTS = ("ObjectId", "ObjectID", "objectId")
_CLASSES = ("ClassTypes", "ClassType", "Class", "ObjectType")


class Notification(msgspec.Struct, frozen=True):
    """One notification, from XML or JSON.

    ``topic`` is as received; ``local_topic`` ONVIF's own, without name space and values; ``key``
    tells one property from all others; ``operation`` is ``Initialized``, ``Changed`` or
    ``Deleted`` where the message says it.
    """

    camera: str
    topic: str
    local_topic: str
    key: str
    time_us: int
    received_us: int
    source: Mapping[str, Any]
    data: Mapping[str, Any]
    operation: str = ""
    seen: ObjectSample | None = None


class PropertyEvents:
    """Makes events of notifications and remembers which properties are true.

    The id of an event is made of its topic and the time of its beginning, so that a message that
    comes twice has the same, before and after a restart too.
    """

    def __init__(self, source: str, clock: SourceClock, classes: ClassMap) -> None:
        self._source = source
        self._clock = clock
        self._classes = classes
        self._open: dict[str, AnalyticsEvent] = {}
        self._over: dict[str, AnalyticsEvent] = {}
        """The last end of each property: it may come twice."""

    def read(self, told: Notification) -> AnalyticsEvent | None:
        """The event, or ``None`` for the end of what was never true here.

        What comes twice gives the same event twice.
        """
        holds = _state(told.data) if told.operation in ("", "Initialized", "Changed") else None
        key = told.key
        if told.operation == "Deleted" or holds is False:
            return self._end(key, told)
        phase = EventPhase.PULSE
        if holds is not None:
            if (opened := self._open.get(key)) is not None and opened.time_us != told.time_us:
                return self._event(told, opened.event_id, EventPhase.UPDATE, opened.time_us)
            is_old = told.operation == "Initialized"
            phase = EventPhase.STATE if is_old else EventPhase.START
        event = self._event(told, self._identity(key, told, phase), phase, told.time_us)
        over = self._over.get(key)
        is_over = over is not None and over.event_id == event.event_id
        if phase is not EventPhase.PULSE and not is_over:
            _remember(self._open, key, event)
        return event

    def deleted(self, topic: str, received_us: int) -> AnalyticsEvent | None:
        """The end of the property of ``topic``: a message without content, so without a time."""
        opened = self._open.pop(topic, None)
        if opened is None:
            return self._over.get(topic)
        lasted_us = max(0, received_us - opened.received_us)
        return self._close(topic, opened, opened.time_us + lasted_us, received_us)

    def _end(self, key: str, told: Notification) -> AnalyticsEvent | None:
        opened = self._open.pop(key, None)
        if opened is None:
            over = self._over.get(key)
            return over if over is not None and over.end_us == told.time_us else None
        return self._close(key, opened, max(opened.time_us, told.time_us), told.received_us)

    def _close(
        self, key: str, opened: AnalyticsEvent, end_us: int, received_us: int
    ) -> AnalyticsEvent:
        over = msgspec.structs.replace(
            opened, phase=EventPhase.END, received_us=received_us, end_us=end_us
        )
        _remember(self._over, key, over)
        return over

    def _identity(self, key: str, told: Notification, phase: EventPhase) -> str:
        parts = [key, str(told.time_us)]
        if phase is EventPhase.PULSE:
            parts += [f"{name}={value}" for name, value in sorted(told.data.items())]
        digest = hashlib.blake2b("\n".join(parts).encode("utf-8", "replace"), digest_size=12)
        return f"{self._source}/{digest.hexdigest()}"

    def _event(
        self, told: Notification, identity: str, phase: EventPhase, time_us: int
    ) -> AnalyticsEvent:
        seen = told.seen
        label, confidence = (seen.label, seen.confidence) if seen else (None, None)
        if label is None and (named := _first(told.data, _CLASSES)):
            known = self._classes.label(named.partition(" ")[0])
            label = known if known != "unknown" else None
        track = _first(told.data, _OBJECTS)
        return AnalyticsEvent(
            event_id=identity,
            camera=told.camera,
            source=self._source,
            kind=kind_of(told.local_topic),
            phase=phase,
            time_us=time_us,
            clock=self._clock,
            received_us=told.received_us,
            label=label,
            confidence=confidence,
            box=seen.box if seen else None,
            track_id=make_id(track) if track else (seen.track_id if seen else None),
            rule=make_name(_first(told.source, _RULES) or ""),
            attributes=make_attributes(_simple_items(told.data)),
            raw_topic=told.topic,
        )


def _remember(kept: dict[str, AnalyticsEvent], key: str, event: AnalyticsEvent) -> None:
    if key not in kept and len(kept) >= _MOST_REMEMBERED:
        kept.pop(next(iter(kept)))
    kept[key] = event


def kind_of(local_topic: str) -> str:
    """Our word for an ONVIF topic; for unknown ones their last two parts, in lower case."""
    parts = local_topic.strip("/").split("/")
    last = "/".join(parts[-2:])
    kind = _KINDS.get(last) or (_BY_PARENT.get(parts[-2]) if len(parts) > 1 else None)
    return kind or make_name(last.replace("/", "_").casefold()).replace(" ", "_")


def _state(data: Mapping[str, Any]) -> bool | None:
    """The logical value of a property, or ``None`` for what has no duration."""
    for name, value in data.items():
        if value is True or value is False:
            return value
        if name.casefold() in _STATES:
            word = str(value).strip().casefold()
            if word in _TRUE or word in _FALSE:
                return word in _TRUE
        elif isinstance(value, str) and value.casefold() in ("true", "false"):
            return value.casefold() == "true"
    return None


def _first(items: Mapping[str, Any], names: tuple[str, ...]) -> str | None:
    for name in names:
        if isinstance(value := items.get(name), str | int) and not isinstance(value, bool):
            return str(value)
    return None


def _simple_items(data: Mapping[str, Any]) -> list[Attribute]:
    return [
        (name, str(value), None)
        for name, value in data.items()
        if isinstance(value, str | int | float) and name not in _OBJECTS
    ]
