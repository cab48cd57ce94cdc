"""Axis scene metadata: the Analytics Data Format, version 1 and the beta before it.

Axis Developer Documentation, "AXIS Scene Metadata", topics ``com.axis.scene.frame.v1`` (also
``axis.scene.frame_v1``) and ``com.axis.analytics_scene_description.v0.beta``. Boxes are fractions,
origin top left. Version 1 dropped the outer ``frame`` and renamed fields.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from app.analytics.adapters.adapter import NOTHING, Reading
from app.analytics.adapters.classes import ClassMap
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
from app.domain.detection import DetectionFrame, ObjectSample, SourceClock


class _BoundingBox(msgspec.Struct, gc=False):
    left: float
    top: float
    right: float
    bottom: float


class _Color(msgspec.Struct, gc=False):
    name: str = ""
    score: float | None = None


class _Plate(msgspec.Struct, gc=False):
    text: str = ""
    country: str = ""
    score: float | None = None


class _Class(msgspec.Struct, gc=False):
    type: str = ""
    score: float | None = None
    colors: list[_Color] | None = None
    upper_clothing_colors: list[_Color] | None = None
    lower_clothing_colors: list[_Color] | None = None
    license_plate: _Plate | None = None


class _Detection(msgspec.Struct, gc=False):
    bounding_box: _BoundingBox | None = None
    object_class: _Class | None = msgspec.field(default=None, name="class")
    track_id: str | int | None = None
    """Beta."""
    object_track_id: str | int | None = None
    """Version 1."""


class _TrackEvent(msgspec.Struct, gc=False):
    type: str = ""
    id: str | int | None = None
    """Beta, like ``from`` and ``to``."""
    old: str | int | None = msgspec.field(default=None, name="from")
    new: str | int | None = msgspec.field(default=None, name="to")
    object_track_id: str | int | None = None
    from_id: str | int | None = None
    to_id: str | int | None = None


class _Frame(msgspec.Struct, gc=False):
    timestamp: str | None = None
    channel_id: int | str | None = None
    detections: list[_Detection] | None = None
    track_events: list[_TrackEvent] | None = None
    observations: list[_Detection] | None = None
    operations: list[_TrackEvent] | None = None


class _Outer(msgspec.Struct, gc=False):
    frame: _Frame | None = None


class _Message(_Frame, gc=False):
    frame: _Frame | None = None
    data: _Outer | None = None
    """The device's own message broker wraps the beta once more."""
    id: Any = None


_FRAME_FIELDS = ("detections", "track_events", "observations", "operations", "channel_id")


class Axis:
    """Reads both versions; which it is shows in the message."""

    def __init__(self, config: SourceConfig) -> None:
        self._source = config.name
        self._cameras = config.cameras
        self._clock = SourceClock.CAMERA if config.clock is None else config.clock
        self._minimum = config.minimum_confidence
        self._classes = ClassMap(config.classes)
        self._decoder = msgspec.json.Decoder(_Message, strict=False)

    def read(self, topic: str, payload: bytes, received_us: int, camera: str | None) -> Reading:
        try:
            message = self._decoder.decode(payload)
            outer = message.data.frame if message.data else None
            frame = message.frame or outer or message
            if frame is message and message.id is not None:
                return NOTHING  # A whole track or a snapshot: other topics of the same devices.
            if camera is None:
                camera, name = self._camera_of(topic, frame.channel_id)
                if camera is None:
                    return Reading(unknown=(make_name(name),))
            return Reading(frames=(self._frame(frame, received_us, camera),))
        except BadMessage:
            raise
        except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError):
            raise BadMessage("The message is not Axis scene metadata") from None

    def _camera_of(self, topic: str, channel: int | str | None) -> tuple[str | None, str]:
        """By topic and channel, by any part of the topic and channel, by any part, by channel."""
        ending = "" if channel is None else f"#{channel}"
        parts = topic.split("/")
        names = [topic + ending, topic, *(part + ending for part in parts), *parts, ending[1:]]
        for name in names:
            if name in self._cameras:
                return self._cameras[name], name
        return None, topic + ending

    def _frame(self, frame: _Frame, received_us: int, camera: str) -> DetectionFrame:
        if frame.timestamp is None:
            raise BadMessage("The message has no time")
        if all(getattr(frame, field) is None for field in _FRAME_FIELDS):
            raise BadMessage("The message is no frame of Axis scene metadata")
        detections = frame.observations if frame.detections is None else frame.detections
        samples = [
            sample
            for each in (detections or ())[:MOST_OBJECTS]
            if (sample := self._sample(each)) is not None and is_sure(sample, self._minimum)
        ]
        ended: list[str] = []
        renamed: list[tuple[str, str]] = []
        for event in (frame.track_events or []) + (frame.operations or []):
            _follow(event, ended, renamed)
        return DetectionFrame(
            camera,
            self._source,
            from_iso(frame.timestamp),
            self._clock,
            received_us,
            tuple(samples),
            ended=tuple(ended),
            renamed=tuple(renamed),
        )

    def _sample(self, each: _Detection) -> ObjectSample | None:
        edges = each.bounding_box
        if edges is None:
            return None  # Radar and audio know things that no picture shows.
        box = make_box(edges.left, edges.top, edges.right, edges.bottom)
        if box is None:
            return None
        track = make_id(each.track_id if each.object_track_id is None else each.object_track_id)
        kind = each.object_class
        if kind is None:
            return ObjectSample(track, box, "unknown")
        attributes = make_attributes(_attributes(kind))
        confidence = make_confidence(kind.score)
        label = self._classes.label(kind.type)
        return ObjectSample(
            track, box, label, make_name(kind.type), confidence, attributes=attributes
        )


def _follow(event: _TrackEvent, ended: list[str], renamed: list[tuple[str, str]]) -> None:
    match event.type:
        case "TrackEnded" | "DeleteOperation":
            over = make_id(event.id if event.object_track_id is None else event.object_track_id)
            ended += [over] if over is not None else []
        case "Rename" | "RenameOperation":
            old = make_id(event.old if event.from_id is None else event.from_id)
            new = make_id(event.new if event.to_id is None else event.to_id)
            renamed += [(old, new)] if old is not None and new is not None else []


def _attributes(kind: _Class) -> Iterator[Attribute]:
    for name, colors in (
        ("color", kind.colors),
        ("upper clothing", kind.upper_clothing_colors),
        ("lower clothing", kind.lower_clothing_colors),
    ):
        for color in colors or ():
            yield name, color.name, color.score
    if kind.license_plate is not None:
        yield "plate", kind.license_plate.text, kind.license_plate.score
        yield "country", kind.license_plate.country, None
