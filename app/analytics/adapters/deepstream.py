"""DeepStream's messages as ``nvmsgconv`` makes them: minimal and full JSON.

NVIDIA DeepStream, "Gst-nvmsgconv". Two traps: boxes are pixels of the *pipeline's* resolution,
which no message names, so the source must be configured with it; and ``@timestamp`` is, with the
newer interface, the time at which the message was made, after the analysis.
"""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

import msgspec

from app.analytics.adapters.adapter import NOTHING, Reading
from app.analytics.adapters.classes import VEHICLES, ClassMap
from app.analytics.adapters.errors import BadMessage
from app.analytics.adapters.samples import (
    MOST_OBJECTS,
    Attribute,
    is_sure,
    make_attributes,
    make_box,
    make_confidence,
    make_id,
    make_name,
)
from app.analytics.adapters.timestamps import from_iso
from app.analytics.messages import SourceConfig
from app.domain.analytics_event import AnalyticsEvent, EventPhase
from app.domain.detection import Box, DetectionFrame, ObjectSample, SourceClock

_UNTRACKED = frozenset({"", "-1", "18446744073709551615", "4294967295"})
_BOX_FIELDS = 6
"""``id|left|top|right|bottom|label``; classifiers follow after ``|#|``."""
_NOT_A_CLASS = frozenset(
    {"id", "speed", "direction", "orientation", "bbox", "location", "coordinate", "pose"}
    | {"embedding", "maskoutput", "confidence", "signature"}
)
_CLASSIFIED = {
    "vehicle": ("type", "make", "model", "color", "license", "region"),
    "person": ("gender", "age", "hair", "cap", "apparel"),
    "face": ("gender", "age", "hair", "cap", "glasses", "facial hair", "name", "eye color"),
}
_EVENTS = {
    "entry": "zone_entered",
    "exit": "zone_left",
    "stopped": "stopped",
    "parked": "parked",
}
"""Every full message bears an event; "moving" is said of each object in each frame."""


class _BoundingBox(msgspec.Struct, gc=False):
    topleftx: float
    toplefty: float
    bottomrightx: float
    bottomrighty: float


class _Sensor(msgspec.Struct, gc=False):
    id: str = ""


class _Event(msgspec.Struct, gc=False):
    id: str = ""
    type: str = ""


class _Message(msgspec.Struct, gc=False):
    """Minimal: ``sensorId`` and ``objects``. Full: ``sensor``, ``object`` and ``event``."""

    time: str | None = msgspec.field(default=None, name="@timestamp")
    sensor_id: str | int | None = msgspec.field(default=None, name="sensorId")
    objects: list[str] | None = None
    sensor: _Sensor | None = None
    object: dict[str, Any] | None = None
    event: _Event | None = None


class DeepStream:
    """Reads both payloads; the camera is the topic's, else the sensor's."""

    def __init__(self, config: SourceConfig) -> None:
        self._source = config.name
        self._cameras = config.cameras
        self._clock = SourceClock.BACKEND_EMIT if config.clock is None else config.clock
        self._reference = config.reference
        self._minimum = config.minimum_confidence
        self._classes = ClassMap(config.classes)
        self._decoder = msgspec.json.Decoder(_Message, strict=False)

    def read(self, topic: str, payload: bytes, received_us: int, camera: str | None) -> Reading:
        try:
            message = self._decoder.decode(payload)
            sensor = message.sensor.id if message.sensor else str(message.sensor_id or "")
            if camera is None:
                camera = self._cameras.get(sensor)
                if camera is None:
                    return Reading(unknown=(make_name(sensor) or "unnamed sensor",))
            if message.objects is not None:
                return self._minimal(message.objects, message, received_us, camera)
            if message.object is not None:
                return self._full(message.object, message, received_us, camera, topic)
        except BadMessage:
            raise
        except (msgspec.MsgspecError, ValueError, TypeError, RecursionError, OverflowError):
            raise BadMessage("The message is not DeepStream's JSON") from None
        raise BadMessage("The message has neither objects nor an object")

    def _minimal(
        self, lines: Sequence[str], message: _Message, received_us: int, camera: str
    ) -> Reading:
        samples = [
            sample
            for line in lines[:MOST_OBJECTS]
            if (sample := self._line(line)) is not None and is_sure(sample, self._minimum)
        ]
        frame = DetectionFrame(
            camera,
            self._source,
            from_iso(message.time or ""),
            self._clock,
            received_us,
            tuple(samples),
        )
        return Reading(frames=(frame,))

    def _line(self, line: str) -> ObjectSample | None:
        fields = line.split("|")
        if len(fields) < _BOX_FIELDS:
            raise BadMessage("An object does not have its six fields")
        edges = [float(field) for field in fields[1:5]]
        box = self._box(*edges)
        if box is None:
            return None
        raw = fields[5].strip()
        label = self._classes.label(raw)
        confidence: float | None = None
        attributes: Sequence[Attribute] = ()
        if len(fields) > _BOX_FIELDS + 1 and fields[_BOX_FIELDS] == "#":
            values = fields[_BOX_FIELDS + 1 :]
            if (last := _number(values[-1])) is not None:
                confidence, values = last, values[:-1]
            family = "vehicle" if label in VEHICLES else label
            attributes = make_attributes(_named(family, values))
            label = self._finer(label, values[0] if values else "")
        return ObjectSample(
            _track(fields[0]),
            box,
            label,
            make_name(raw),
            make_confidence(confidence),
            attributes=tuple(attributes),
        )

    def _full(
        self, found: Mapping[str, Any], message: _Message, received_us: int, camera: str, topic: str
    ) -> Reading:
        time_us = from_iso(message.time or "")
        edges = msgspec.convert(found.get("bbox"), _BoundingBox, strict=False)
        box = self._box(edges.topleftx, edges.toplefty, edges.bottomrightx, edges.bottomrighty)
        raw, described = _class_of(found)
        confidence = make_confidence(
            _number(described.get("confidence", found.get("confidence", "")))
        )
        track = _track(str(found.get("id", "")))
        if box is None:
            return NOTHING
        attributes = make_attributes(
            (name, str(value), None)
            for name, value in described.items()
            if name != "confidence" and isinstance(value, str | int | float)
        )
        label = self._classes.label(raw)
        label = self._finer(label, str(described.get("type") or ""))
        sample = ObjectSample(track, box, label, make_name(raw), confidence, attributes=attributes)
        frame = DetectionFrame(
            camera,
            self._source,
            time_us,
            self._clock,
            received_us,
            (sample,) if is_sure(sample, self._minimum) else (),
            is_complete=False,  # One object a message: the others are in other messages.
        )
        event = self._event(message.event, sample, frame, topic)
        return Reading(frames=(frame,), events=(event,) if event else ())

    def _finer(self, label: str, kind: str) -> str:
        """A vehicle is what its kind says, where the wall knows it."""
        finer = self._classes.label(kind)
        return finer if label == "vehicle" and finer in VEHICLES else label

    def _event(
        self, told: _Event | None, sample: ObjectSample, frame: DetectionFrame, topic: str
    ) -> AnalyticsEvent | None:
        kind = _EVENTS.get(told.type.strip().casefold()) if told else None
        if told is None or kind is None:
            return None
        identity = make_id(told.id) or f"{sample.track_id}@{frame.time_us}"
        return AnalyticsEvent(
            event_id=f"{self._source}/{identity}",
            camera=frame.camera,
            source=self._source,
            kind=kind,
            phase=EventPhase.PULSE,
            time_us=frame.time_us,
            clock=self._clock,
            received_us=frame.received_us,
            label=sample.label,
            confidence=sample.confidence,
            box=sample.box,
            track_id=sample.track_id,
            attributes=sample.attributes,
            raw_topic=topic,
        )

    def _box(self, left: float, top: float, right: float, bottom: float) -> Box | None:
        if self._reference is None:
            raise BadMessage(
                "DeepStream sends pixels: set 'reference' of the source to the size of the "
                "pictures that it analyses"
            )
        width, height = self._reference
        return make_box(left / width, top / height, right / width, bottom / height)


def _track(text: str) -> str | None:
    return None if text.strip() in _UNTRACKED else make_id(text.strip())


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if isfinite(number) else None


def _named(family: str, values: Sequence[str]) -> Iterator[Attribute]:
    """Values of classifiers with the names that the converter's order gives them."""
    names = _CLASSIFIED.get(family, ())
    for index, value in enumerate(values):
        yield (names[index] if index < len(names) else "class"), value, None


def _class_of(found: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """The class is the name of the one member that describes the object."""
    for name, value in found.items():
        if name.casefold() not in _NOT_A_CLASS and isinstance(value, dict):
            return name, value
    return "", {}
