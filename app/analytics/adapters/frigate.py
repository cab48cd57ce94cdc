"""Frigate 0.17's MQTT messages: events, reviews and updates of tracked objects.

Frigate Documentation, "MQTT". Frigate tells of an object when something about it changes, not in
every frame: its frames are never complete. Boxes are pixels of the size at which a camera is
analysed, which ``/api/config`` names. Times are the backend's own, when it read the picture.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from app.analytics.adapters.adapter import NOTHING, Reading
from app.analytics.adapters.classes import ClassMap
from app.analytics.adapters.errors import BadMessage
from app.analytics.adapters.samples import (
    Attribute,
    is_sure,
    make_attributes,
    make_box,
    make_confidence,
    make_id,
    make_name,
)
from app.analytics.adapters.timestamps import from_seconds
from app.analytics.messages import SourceConfig
from app.domain.analytics_event import AnalyticsEvent, EventPhase
from app.domain.detection import Box, DetectionFrame, ObjectSample, ObjectState, SourceClock

_PHASES = {"new": EventPhase.START, "update": EventPhase.UPDATE, "end": EventPhase.END}
_REVIEWS = {"alert": "review_alert", "detection": "review_detection"}
_REMEMBERED = 4096
_MOST_ZONES = 32


class _Attribute(msgspec.Struct, gc=False):
    label: str = ""
    score: float | None = None


class _Tracked(msgspec.Struct, gc=False):
    """``after`` of ``<prefix>/events``."""

    id: str
    camera: str
    label: str = ""
    frame_time: float | None = None
    start_time: float | None = None
    end_time: float | None = None
    sub_label: Any = None
    score: float | None = None
    top_score: float | None = None
    box: tuple[float, float, float, float] | None = None
    current_zones: list[str] = []
    entered_zones: list[str] = []
    false_positive: bool | None = None
    stationary: bool | None = None
    has_snapshot: bool | None = None
    has_clip: bool | None = None
    current_attributes: list[_Attribute] | None = None
    recognized_license_plate: str | None = None
    recognized_license_plate_score: float | None = None
    current_estimated_speed: float | None = None


class _TrackedMessage(msgspec.Struct, gc=False):
    type: str
    after: _Tracked


class _ReviewData(msgspec.Struct, gc=False):
    detections: list[str] = []
    objects: list[str] = []
    sub_labels: list[Any] = []
    zones: list[str] = []


class _Review(msgspec.Struct, gc=False):
    id: str
    camera: str
    start_time: float
    end_time: float | None = None
    severity: str = ""
    data: _ReviewData = msgspec.field(default_factory=_ReviewData)


class _ReviewMessage(msgspec.Struct, gc=False):
    type: str
    after: _Review


class _Update(msgspec.Struct, gc=False):
    type: str
    id: str
    camera: str | None = None
    name: str | None = None
    plate: str | None = None
    score: float | None = None
    timestamp: float | None = None


class Frigate:
    """Reads by the last part of the topic; everything else Frigate publishes is passed over."""

    def __init__(self, config: SourceConfig) -> None:
        self._source = config.name
        self._cameras = config.cameras
        self._clock = SourceClock.BACKEND_CAPTURE if config.clock is None else config.clock
        self._reference = config.reference
        self._minimum = config.minimum_confidence
        self._classes = ClassMap(config.classes)
        self._sizes: Mapping[str, tuple[int, int]] = {}
        self._camera_of_id: dict[str, str] = {}
        self._tracked = msgspec.json.Decoder(_TrackedMessage, strict=False)
        self._review = msgspec.json.Decoder(_ReviewMessage, strict=False)
        self._update = msgspec.json.Decoder(_Update, strict=False)

    def use_sizes(self, sizes: Mapping[str, tuple[int, int]]) -> None:
        """Detect sizes by Frigate's camera names, from ``/api/config``; any thread."""
        self._sizes = dict(sizes)

    def read(self, topic: str, payload: bytes, received_us: int, camera: str | None) -> Reading:
        try:
            match topic.rpartition("/")[2]:
                case "events":
                    told = self._tracked.decode(payload)
                    return self._object(told, received_us, camera, topic)
                case "reviews":
                    return self._reviewed(self._review.decode(payload), received_us, camera, topic)
                case "tracked_object_update":
                    update = self._update.decode(payload)
                    return self._recognised(update, received_us, camera, topic)
                case "available":
                    return Reading(is_available=payload.strip() == b"online")
        except BadMessage:
            raise
        except (msgspec.MsgspecError, ValueError, TypeError, RecursionError, OverflowError):
            raise BadMessage("The message is not Frigate's JSON") from None
        return NOTHING

    def _object(
        self, told: _TrackedMessage, received_us: int, camera: str | None, topic: str
    ) -> Reading:
        tracked = told.after
        code = camera or self._cameras.get(tracked.camera)
        if code is None:
            return Reading(unknown=(make_name(tracked.camera),))
        phase = _PHASES.get(told.type)
        if phase is None:
            raise BadMessage("An event is neither new nor an update nor an end")
        identity = make_id(tracked.id)
        if identity is None:
            raise BadMessage("An event has no id that could be kept")
        if tracked.false_positive:
            return NOTHING
        self._remember(identity, code)
        box = self._box(tracked)
        event = self._event(tracked, phase, box, code, received_us, topic)
        frame = self._frame(tracked, phase, box, code, received_us)
        return Reading(frames=(frame,) if frame else (), events=(event,))

    def _event(
        self,
        tracked: _Tracked,
        phase: EventPhase,
        box: Box | None,
        camera: str,
        received_us: int,
        topic: str,
    ) -> AnalyticsEvent:
        begun = tracked.frame_time if tracked.start_time is None else tracked.start_time
        if begun is None:
            raise BadMessage("An event has no time")
        return AnalyticsEvent(
            event_id=f"{self._source}/{tracked.id}",
            camera=camera,
            source=self._source,
            kind="object_detected",
            phase=phase,
            time_us=from_seconds(begun),
            clock=self._clock,
            received_us=received_us,
            end_us=from_seconds(tracked.end_time) if tracked.end_time is not None else None,
            label=self._classes.label(tracked.label),
            confidence=make_confidence(
                tracked.score if tracked.top_score is None else tracked.top_score
            ),
            box=box,
            track_id=tracked.id,
            zones=_zones(tracked.entered_zones),
            snapshot_ref=tracked.id if tracked.has_snapshot else "",
            clip_ref=tracked.id if tracked.has_clip else "",
            attributes=make_attributes(_attributes(tracked)),
            raw_topic=topic,
        )

    def _frame(
        self,
        tracked: _Tracked,
        phase: EventPhase,
        box: Box | None,
        camera: str,
        received_us: int,
    ) -> DetectionFrame | None:
        if tracked.frame_time is None or (box is None and phase is not EventPhase.END):
            return None
        samples: tuple[ObjectSample, ...] = ()
        if box is not None and phase is not EventPhase.END:
            sample = ObjectSample(
                tracked.id,
                box,
                self._classes.label(tracked.label),
                make_name(tracked.label),
                make_confidence(tracked.score),
                # Of an object that stands Frigate says nothing for minutes.
                ObjectState.IDLE if tracked.stationary else ObjectState.ACTIVE,
                attributes=make_attributes(_attributes(tracked)),
                zones=_zones(tracked.current_zones),
            )
            samples = (sample,) if is_sure(sample, self._minimum) else ()
        return DetectionFrame(
            camera,
            self._source,
            from_seconds(tracked.frame_time),
            self._clock,
            received_us,
            samples,
            is_complete=False,
            ended=(tracked.id,) if phase is EventPhase.END else (),
        )

    def _box(self, tracked: _Tracked) -> Box | None:
        size = self._sizes.get(tracked.camera) or self._reference
        if size is None or tracked.box is None:
            return None
        x1, y1, x2, y2 = tracked.box
        return make_box(x1 / size[0], y1 / size[1], x2 / size[0], y2 / size[1])

    def _reviewed(
        self, told: _ReviewMessage, received_us: int, camera: str | None, topic: str
    ) -> Reading:
        review = told.after
        code = camera or self._cameras.get(review.camera)
        if code is None:
            return Reading(unknown=(make_name(review.camera),))
        phase = _PHASES.get(told.type)
        if phase is None or make_id(review.id) is None:
            raise BadMessage("A review has no id, or is neither new nor an update nor an end")
        first = review.data.detections[0] if review.data.detections else ""
        event = AnalyticsEvent(
            event_id=f"{self._source}/{review.id}",
            camera=code,
            source=self._source,
            kind=_REVIEWS.get(review.severity, "review"),
            phase=phase,
            time_us=from_seconds(review.start_time),
            clock=self._clock,
            received_us=received_us,
            end_us=from_seconds(review.end_time) if review.end_time is not None else None,
            label=self._classes.label(review.data.objects[0]) if review.data.objects else None,
            track_id=make_id(first),
            zones=_zones(review.data.zones),
            snapshot_ref=make_id(first) or "",
            attributes=make_attributes(("object", name, None) for name in review.data.objects),
            raw_topic=topic,
        )
        return Reading(events=(event,))

    def _recognised(
        self, told: _Update, received_us: int, camera: str | None, topic: str
    ) -> Reading:
        """A face or a number plate that got a name; every attempt is told, most find nothing."""
        value = told.plate or told.name if told.type == "lpr" else told.name
        if told.type not in ("face", "lpr") or not value:
            return NOTHING
        code = camera or self._camera_of_id.get(told.id)
        if code is None and told.camera is not None:
            code = self._cameras.get(told.camera)
        if code is None:
            return Reading(unknown=(make_name(told.camera or "unnamed camera"),))
        is_plate = told.type == "lpr"
        named: list[Attribute] = [("plate" if is_plate else "name", value, told.score)]
        if is_plate and told.name and told.name != value:
            named.append(("name", told.name, told.score))
        event = AnalyticsEvent(
            event_id=f"{self._source}/{told.id}/{told.type}/{make_name(value)}",
            camera=code,
            source=self._source,
            kind="plate_read" if is_plate else "face_recognised",
            phase=EventPhase.PULSE,
            time_us=received_us if told.timestamp is None else from_seconds(told.timestamp),
            clock=SourceClock.ARRIVAL if told.timestamp is None else self._clock,
            received_us=received_us,
            label="plate" if is_plate else "face",
            confidence=make_confidence(told.score),
            track_id=make_id(told.id),
            snapshot_ref=make_id(told.id) or "",
            attributes=make_attributes(named),
            raw_topic=topic,
        )
        return Reading(events=(event,))

    def _remember(self, identity: str, camera: str) -> None:
        if len(self._camera_of_id) >= _REMEMBERED:
            self._camera_of_id.pop(next(iter(self._camera_of_id)))
        self._camera_of_id[identity] = camera


def _zones(names: list[str]) -> tuple[str, ...]:
    return tuple(make_name(name) for name in names[:_MOST_ZONES])


def _attributes(tracked: _Tracked) -> Iterator[Attribute]:
    """``sub_label`` is a name, or a name with its score."""
    match tracked.sub_label:
        case [str(name), int() | float() as score, *_]:
            yield "sub_label", name, score
        case [str(name), *_] | str(name):
            yield "sub_label", name, None
    plate = tracked.recognized_license_plate
    if plate:
        yield "plate", plate, tracked.recognized_license_plate_score
    if tracked.current_estimated_speed:
        yield "speed", f"{tracked.current_estimated_speed:g}", None
    for each in tracked.current_attributes or ():
        yield "attribute", each.label, each.score
