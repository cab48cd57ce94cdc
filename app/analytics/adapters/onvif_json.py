"""ONVIF scene descriptions and events as JSON over MQTT (``onvif-mj`` and ``onvif-ej``).

ONVIF Analytics Service Specification, "ONVIF Metadata in JSON over MQTT"; ONVIF Core
Specification, "Event Broker". Attributes become ``@name``, text beside attributes ``#text``; what
may be repeated comes as an object or as an array; numbers come as numbers or in quotes.
"""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from app.analytics.adapters.adapter import NOTHING, Reading
from app.analytics.adapters.errors import BadMessage
from app.analytics.adapters.onvif_events import Notification, PropertyEvents
from app.analytics.adapters.onvif_scene import (
    NORMALISED,
    Candidate,
    Scene,
    Transform,
    box_of,
    is_moving,
    nested,
    polygon_of,
    speed_attribute,
)
from app.analytics.adapters.onvif_tree import operations_in_json
from app.analytics.adapters.samples import MOST_OBJECTS, Attribute
from app.analytics.adapters.timestamps import from_iso
from app.analytics.messages import SourceConfig
from app.domain.detection import DetectionFrame, ObjectSample, ObjectState

_EVENTS = "onvif-ej"
_METADATA = "onvif-mj"

Part = TypeVar("Part")


class _Vector(msgspec.Struct, gc=False):
    x: float | None = msgspec.field(default=None, name="@x")
    y: float | None = msgspec.field(default=None, name="@y")


class _Transformation(msgspec.Struct, gc=False):
    Translate: _Vector | None = None
    Scale: _Vector | None = None
    ratio: float | None = msgspec.field(default=None, name="@ratio")


class _BoundingBox(msgspec.Struct, gc=False):
    left: float = msgspec.field(name="@left")
    top: float = msgspec.field(name="@top")
    right: float = msgspec.field(name="@right")
    bottom: float = msgspec.field(name="@bottom")


class _Shape(msgspec.Struct, gc=False):
    BoundingBox: _BoundingBox | None = None
    Polygon: Any = None


class _Likely(msgspec.Struct, gc=False):
    text: str = msgspec.field(default="", name="#text")
    likelihood: float | None = msgspec.field(default=None, name="@Likelihood")


class _Candidate(msgspec.Struct, gc=False):
    Type: _Likely | str = ""
    Likelihood: float | None = None


class _Class(msgspec.Struct, gc=False):
    Type: list[_Likely | str] | _Likely | str | None = None
    ClassCandidate: list[_Candidate] | _Candidate | None = None
    text: str = msgspec.field(default="", name="#text")
    likelihood: float | None = msgspec.field(default=None, name="@Likelihood")


class _Vehicle(msgspec.Struct, gc=False):
    Type: _Likely | str | None = None
    Brand: _Likely | str | None = None
    Model: _Likely | str | None = None
    Color: Any = None


class _Plate(msgspec.Struct, gc=False):
    PlateNumber: _Likely | str | None = None
    PlateType: _Likely | str | None = None
    CountryCode: _Likely | str | None = None
    IssuingEntity: _Likely | str | None = None


class _Appearance(msgspec.Struct, gc=False):
    Transformation: _Transformation | None = None
    Shape: _Shape | None = None
    Class: _Class | str | None = None
    VehicleInfo: list[_Vehicle] | _Vehicle | None = None
    LicensePlateInfo: list[_Plate] | _Plate | None = None


class _Behaviour(msgspec.Struct, gc=False):
    Idle: Any = msgspec.UNSET
    Removed: Any = msgspec.UNSET
    Speed: float | None = None


class _Object(msgspec.Struct, gc=False):
    number: int | str | None = msgspec.field(default=None, name="@ObjectId")
    uuid: str | None = msgspec.field(default=None, name="@UUID")
    parent: int | str | None = msgspec.field(default=None, name="@Parent")
    parent_uuid: str | None = msgspec.field(default=None, name="@ParentUUID")
    Appearance: _Appearance | None = None
    Behaviour: _Behaviour | None = None


class _MoveStatus(msgspec.Struct, gc=False):
    PanTilt: str | None = None
    Zoom: str | None = None


class _PtzStatus(msgspec.Struct, gc=False):
    MoveStatus: _MoveStatus | None = None
    UtcTime: str | None = None


class _Frame(msgspec.Struct, gc=False):
    utc: str = msgspec.field(name="@UtcTime")
    source: str = msgspec.field(default="", name="@Source")
    Transformation: _Transformation | None = None
    AspectRatioTransformation: list[_Transformation] | _Transformation | None = None
    PTZStatus: _PtzStatus | None = None
    Object: list[_Object] | _Object | None = None
    ObjectTree: Any = None
    Extension: Any = None


class _Analytics(msgspec.Struct, gc=False):
    Frame: list[_Frame] | _Frame | None = None


class _Stream(msgspec.Struct, gc=False):
    VideoAnalytics: list[_Analytics] | _Analytics | None = None


class _Message(msgspec.Struct, gc=False):
    """Either kind of message; some producers keep the outer elements of the XML."""

    Frame: list[_Frame] | _Frame | None = None
    PTZStatus: list[_PtzStatus] | _PtzStatus | None = None
    VideoAnalytics: list[_Analytics] | _Analytics | None = None
    MetadataStream: _Stream | None = None
    UtcTime: str | None = None
    Source: dict[str, Any] | None = None
    Key: dict[str, Any] | None = None
    Data: dict[str, Any] | None = None


class OnvifJson:
    """Reads both topics; what a message is shows in its content."""

    def __init__(self, config: SourceConfig) -> None:
        self._cameras = config.cameras
        self._scene = Scene(config)
        self._events = PropertyEvents(config.name, self._scene.clock, self._scene.classes)
        self._decoder = msgspec.json.Decoder(_Message, strict=False)

    def read(self, topic: str, payload: bytes, received_us: int, camera: str | None) -> Reading:
        if camera is None:
            camera, name = self._camera_of(topic)
            if camera is None:
                return Reading(unknown=(name,))
        if not payload:
            ended = self._events.deleted(topic, received_us)
            return Reading(events=(ended,)) if ended else NOTHING
        try:
            message = self._decoder.decode(payload)
            if message.UtcTime is not None:
                return self._event(topic, message, received_us, camera)
            return Reading(frames=tuple(self._frames(topic, message, received_us, camera)))
        except BadMessage:
            raise
        except (msgspec.MsgspecError, ValueError, RecursionError, OverflowError):
            raise BadMessage("The message is not ONVIF JSON") from None

    def _camera_of(self, topic: str) -> tuple[str | None, str]:
        """The camera by the device's prefix, by its profile, or by both."""
        for mark in (f"/{_METADATA}/", f"/{_EVENTS}/"):
            prefix, found, rest = topic.partition(mark)
            if found:
                profile = rest.split("/")[1] if mark[1:-1] == _METADATA and "/" in rest else ""
                for name in (f"{prefix}/{profile}", prefix, prefix.rpartition("/")[2], profile):
                    if name in self._cameras:
                        return self._cameras[name], name
                return None, prefix
        return None, topic

    def _event(self, topic: str, message: _Message, received_us: int, camera: str) -> Reading:
        data = message.Data or {}
        event = self._events.read(
            Notification(
                camera,
                topic,
                _local_topic(topic),
                from_iso(message.UtcTime or ""),
                received_us,
                {**(message.Source or {}), **(message.Key or {})},
                data,
                seen=self._object_of(camera, data),
            )
        )
        return Reading(events=(event,)) if event else NOTHING

    def _object_of(self, camera: str, data: dict[str, Any]) -> ObjectSample | None:
        """The object that some devices put into an event, whole."""
        found = data.get("Object")
        if isinstance(found, dict) and "Object" in found:
            found = found["Object"]
        if isinstance(found, list):
            found = found[0] if found else None
        if not isinstance(found, dict):
            return None
        return self._sample(camera, msgspec.convert(found, _Object, strict=False), NORMALISED)

    def _frames(
        self, topic: str, message: _Message, received_us: int, camera: str
    ) -> Iterator[DetectionFrame]:
        module = _module(topic)
        stream = message.MetadataStream or message
        analytics = _each(message.VideoAnalytics) or _each(stream.VideoAnalytics)
        found = [*_each(message.Frame), *(one for part in analytics for one in _each(part.Frame))]
        for frame in found:
            if not (read := self._frame(frame, received_us, camera, module)):
                continue
            yield read
        for status in _each(message.PTZStatus):
            moving = _moving(status)
            if moving is not None and status.UtcTime:
                time_us = from_iso(status.UtcTime)
                yield self._scene.frame(
                    camera, time_us, received_us, (), ptz_moving=moving, is_complete=False
                )

    def _frame(
        self, frame: _Frame, received_us: int, camera: str, module: str
    ) -> DetectionFrame | None:
        objects = _each(frame.Object)
        if not objects and isinstance(frame.Extension, dict) and "MotionInCells" in frame.Extension:
            return None  # Moved cells are no objects, and say nothing about any.
        transform = self._scene.begin(
            _transform(frame.Transformation),
            [
                (each.ratio or 0.0, _transform(each))
                for each in _each(frame.AspectRatioTransformation)
            ]
            if frame.AspectRatioTransformation
            else (),
        )
        samples = [
            sample
            for each in objects[:MOST_OBJECTS]
            if (sample := self._sample(camera, each, transform)) is not None
        ]
        ended: tuple[str, ...] = ()
        renamed: tuple[tuple[str, str], ...] = ()
        if frame.ObjectTree is not None:
            ended, renamed = self._scene.follow(camera, operations_in_json(frame.ObjectTree))
        return self._scene.frame(
            camera,
            from_iso(frame.utc),
            received_us,
            samples,
            ended=ended,
            renamed=renamed,
            ptz_moving=_moving(frame.PTZStatus) if frame.PTZStatus else None,
            module=frame.source or module,
        )

    def _sample(self, camera: str, each: _Object, transform: Transform) -> ObjectSample | None:
        look = each.Appearance
        track = self._scene.track_id(camera, each.number, each.uuid)
        if look is None or look.Shape is None or look.Shape.BoundingBox is None:
            return None  # Known to be somewhere, but not seen.
        if look.Transformation is not None:
            transform = nested(transform, _transform(look.Transformation))
        edges = look.Shape.BoundingBox
        box = box_of(transform, edges.left, edges.top, edges.right, edges.bottom)
        if box is None:
            return None
        state, speed = ObjectState.ACTIVE, None
        if each.Behaviour is not None:
            state, speed = _behaviour(each.Behaviour)
        vehicle: Candidate | None = None
        attributes: Sequence[Attribute] = ()
        if look.VehicleInfo or look.LicensePlateInfo or speed is not None:
            vehicle, attributes = _details(look, speed)
        parent = None
        if each.parent is not None or each.parent_uuid:
            parent = each.parent_uuid or self._scene.track_id(camera, each.parent, None)
        return self._scene.sample(
            track,
            box,
            _candidates(look.Class) if look.Class is not None else (),
            vehicle=vehicle,
            state=state,
            parent_id=parent,
            polygon=polygon_of(transform, _points(look.Shape.Polygon))
            if look.Shape.Polygon
            else (),
            attributes=attributes,
        )


def _each(value: "list[Part] | Part | None") -> list[Part]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _module(topic: str) -> str:
    """The analytics module: ``…/onvif-mj/VideoAnalytics/<profile>/<module>``."""
    _, found, rest = topic.partition(f"{_METADATA}/")
    parts = rest.split("/")
    return parts[2] if found and len(parts) > 2 else ""


def _local_topic(topic: str) -> str:
    """ONVIF's own topic: ``…/onvif-ej/<topic>/&<values of the source>``."""
    _, found, rest = topic.partition(f"{_EVENTS}/")
    return (rest if found else topic).partition("/&")[0]


def _transform(node: _Transformation | None) -> Transform:
    if node is None:
        return NORMALISED
    move, scale = node.Translate, node.Scale
    return (
        0.0 if move is None or move.x is None else move.x,
        0.0 if move is None or move.y is None else move.y,
        1.0 if scale is None or scale.x is None else scale.x,
        1.0 if scale is None or scale.y is None else scale.y,
    )


def _likely(value: _Likely | str) -> Candidate:
    return (value, None) if isinstance(value, str) else (value.text, value.likelihood)


def _candidates(node: _Class | str) -> Sequence[Candidate]:
    """All classes of an object.

    The specification's own example leaves ``Type`` out and writes the class where it stood.
    """
    if isinstance(node, str):
        return ((node, None),)
    if node.Type is not None:
        if isinstance(node.Type, list):
            return [_likely(each) for each in node.Type]
        return (_likely(node.Type),)
    if node.ClassCandidate is not None:
        return [(_likely(each.Type)[0], each.Likelihood) for each in _each(node.ClassCandidate)]
    return ((node.text, node.likelihood),) if node.text else ()


def _behaviour(node: _Behaviour) -> tuple[ObjectState, float | None]:
    # An empty element is ``null`` in JSON: that it is there is what counts.
    if node.Removed is not msgspec.UNSET:
        return ObjectState.REMOVED, node.Speed
    if node.Idle is not msgspec.UNSET:
        return ObjectState.IDLE, node.Speed
    return ObjectState.ACTIVE, node.Speed


def _details(look: _Appearance, speed: float | None) -> tuple[Candidate | None, list[Attribute]]:
    vehicle: Candidate | None = None
    said: list[tuple[str, _Likely | str | None]] = []
    for each in _each(look.VehicleInfo):
        if each.Type and vehicle is None:
            vehicle = _likely(each.Type)
        said += ("vehicle", each.Type), ("brand", each.Brand), ("model", each.Model)
    for plate in _each(look.LicensePlateInfo):
        said += ("plate", plate.PlateNumber), ("plate type", plate.PlateType)
        said += ("country", plate.CountryCode), ("issuer", plate.IssuingEntity)
    found = [(name, *_likely(value)) for name, value in said if value]
    return vehicle, [*found, *speed_attribute(speed)]


def _moving(status: _PtzStatus) -> bool | None:
    move = status.MoveStatus
    return is_moving(move.PanTilt, move.Zoom) if move else None


def _points(polygon: Any) -> Iterator[tuple[float, float]]:
    """``{"Point": [...]}``, an array of such, or (the specification's example) bare points."""
    for node in _each(polygon):
        if not isinstance(node, dict):
            return
        if "Point" in node:
            yield from _points(node["Point"])
        elif "@x" in node and "@y" in node:
            yield float(node["@x"]), float(node["@y"])
