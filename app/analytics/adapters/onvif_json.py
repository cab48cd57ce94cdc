"""ONVIF scene descriptions and events as JSON over MQTT (``onvif-mj`` and ``onvif-ej``).

ONVIF Analytics Service Specification, "ONVIF Metadata in JSON over MQTT"; ONVIF Core
Specification, "Event Broker". Attributes become ``@name``, text beside attributes ``#text``; what
may be repeated comes as an object or as an array; numbers come as numbers or in quotes.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from app.analytics.adapters.adapter import NOTHING, Reading
from app.analytics.adapters.errors import BadMessage
from app.analytics.adapters.onvif_events import Notification, PropertyEvents
from app.analytics.adapters.onvif_json_types import (
    Appearance,
    Behaviour,
    Frame,
    Likely,
    Message,
    ObjectClass,
    PtzStatus,
    SceneObject,
    Transformation,
    each,
)
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


class OnvifJson:
    """Reads both topics; what a message is shows in its content."""

    def __init__(self, config: SourceConfig) -> None:
        self._cameras = config.cameras
        self._scene = Scene(config)
        self._events = PropertyEvents(config.name, self._scene.clock, self._scene.classes)
        self._decoder = msgspec.json.Decoder(Message, strict=False)

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
            if message.utc_time is not None:
                return self._event(topic, message, received_us, camera)
            return self._metadata(topic, message, received_us, camera)
        except BadMessage:
            raise
        except (msgspec.MsgspecError, ValueError, TypeError, RecursionError, OverflowError):
            raise BadMessage("The message is not ONVIF JSON") from None

    def _camera_of(self, topic: str) -> tuple[str | None, str]:
        """The camera by the device's prefix, by its profile, or by both."""
        for mark in (f"/{_METADATA}/", f"/{_EVENTS}/"):
            prefix, found, rest = topic.partition(mark)
            if found:
                parts = rest.split("/")
                profile = parts[1] if mark[1:-1] == _METADATA and len(parts) > 1 else ""
                for name in (f"{prefix}/{profile}", prefix, prefix.rpartition("/")[2], profile):
                    if name in self._cameras:
                        return self._cameras[name], name
                return None, prefix
        return None, topic

    def _event(self, topic: str, message: Message, received_us: int, camera: str) -> Reading:
        data = message.data or {}
        event = self._events.read(
            Notification(
                camera,
                topic,
                _local_topic(topic),
                topic,  # It ends with the values of the source.
                from_iso(message.utc_time or ""),
                received_us,
                {**(message.source or {}), **(message.key or {})},
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
        return self._sample(camera, msgspec.convert(found, SceneObject, strict=False), NORMALISED)

    def _metadata(self, topic: str, message: Message, received_us: int, camera: str) -> Reading:
        module = _module(topic)
        frames: list[DetectionFrame] = []
        faults: list[str] = []
        for frame in message.frames():
            try:
                if read := self._frame(frame, received_us, camera, module):
                    frames.append(read)
            except BadMessage as error:
                faults.append(str(error))
        if faults and not frames:
            raise BadMessage(faults[0])
        for status in each(message.ptz_status):
            moving = _moving(status)
            if moving is not None and status.utc_time:
                time_us = from_iso(status.utc_time)
                frames.append(
                    self._scene.frame(
                        camera, time_us, received_us, (), ptz_moving=moving, is_complete=False
                    )
                )
        return Reading(tuple(frames), faults=tuple(faults))

    def _frame(
        self, frame: Frame, received_us: int, camera: str, module: str
    ) -> DetectionFrame | None:
        objects = each(frame.object)
        if not objects and isinstance(frame.extension, dict) and "MotionInCells" in frame.extension:
            return None  # Moved cells are no objects, and say nothing about any.
        transform = _transform(frame.transformation)
        if frame.aspect_ratio_transformation is not None:
            by_ratio = each(frame.aspect_ratio_transformation)
            transform = self._scene.begin(
                transform, [(node.ratio or 0.0, _transform(node)) for node in by_ratio]
            )
        samples = [
            sample
            for node in objects[:MOST_OBJECTS]
            if (sample := self._sample(camera, node, transform)) is not None
        ]
        ended: tuple[str, ...] = ()
        renamed: tuple[tuple[str, str], ...] = ()
        if frame.object_tree is not None:
            ended, renamed = self._scene.follow(camera, operations_in_json(frame.object_tree))
        return self._scene.frame(
            camera,
            from_iso(frame.utc),
            received_us,
            samples,
            ended=ended,
            renamed=renamed,
            ptz_moving=_moving(frame.ptz_status) if frame.ptz_status else None,
            module=frame.source or module,
        )

    def _sample(self, camera: str, node: SceneObject, transform: Transform) -> ObjectSample | None:
        look = node.appearance
        track = self._scene.track_id(camera, node.number, node.uuid)
        if look is None or look.shape is None or look.shape.bounding_box is None:
            return None  # Known to be somewhere, but not seen.
        if look.transformation is not None:
            transform = nested(transform, _transform(look.transformation))
        edges = look.shape.bounding_box
        box = box_of(transform, edges.left, edges.top, edges.right, edges.bottom)
        if box is None:
            return None
        state, speed = ObjectState.ACTIVE, None
        if node.behaviour is not None:
            state, speed = _behaviour(node.behaviour)
        vehicle: Candidate | None = None
        attributes: Sequence[Attribute] = ()
        if look.vehicle_info or look.license_plate_info or speed is not None:
            vehicle, attributes = _details(look, speed)
        parent = None
        if node.parent is not None or node.parent_uuid:
            parent = node.parent_uuid or self._scene.track_id(camera, node.parent, None)
        polygon = look.shape.polygon
        return self._scene.sample(
            track,
            box,
            _candidates(look.object_class) if look.object_class is not None else (),
            vehicle,
            state,
            parent,
            polygon_of(transform, _points(polygon)) if polygon else (),
            attributes,
        )


def _module(topic: str) -> str:
    """The analytics module: ``…/onvif-mj/VideoAnalytics/<profile>/<module>``."""
    _, found, rest = topic.partition(f"{_METADATA}/")
    parts = rest.split("/")
    return parts[2] if found and len(parts) > 2 else ""


def _local_topic(topic: str) -> str:
    """ONVIF's own topic: ``…/onvif-ej/<topic>/&<values of the source>``."""
    _, found, rest = topic.partition(f"{_EVENTS}/")
    return (rest if found else topic).partition("/&")[0]


def _transform(node: Transformation | None) -> Transform:
    if node is None:
        return NORMALISED
    move, scale = node.translate, node.scale
    return (
        0.0 if move is None or move.x is None else move.x,
        0.0 if move is None or move.y is None else move.y,
        1.0 if scale is None or scale.x is None else scale.x,
        1.0 if scale is None or scale.y is None else scale.y,
    )


def _likely(value: Likely | str) -> Candidate:
    return (value, None) if isinstance(value, str) else (value.text, value.likelihood)


def _candidates(node: ObjectClass | str) -> Sequence[Candidate]:
    """All classes of an object; the older form only where the newer one is missing."""
    if isinstance(node, str):
        return ((node, None),)
    if node.type is not None:
        kinds: list[Likely | str] = each(node.type)
        return [_likely(kind) for kind in kinds]
    if node.class_candidate is not None:
        return [(_likely(old.type)[0], old.likelihood) for old in each(node.class_candidate)]
    return ((node.text, node.likelihood),) if node.text else ()


def _behaviour(node: Behaviour) -> tuple[ObjectState, float | None]:
    if node.removed is not msgspec.UNSET:
        return ObjectState.REMOVED, node.speed
    if node.idle is not msgspec.UNSET:
        return ObjectState.IDLE, node.speed
    return ObjectState.ACTIVE, node.speed


def _details(look: Appearance, speed: float | None) -> tuple[Candidate | None, list[Attribute]]:
    vehicle: Candidate | None = None
    said: list[tuple[str, Likely | str | None]] = []
    for info in each(look.vehicle_info):
        if info.type and vehicle is None:
            vehicle = _likely(info.type)
        said += ("vehicle", info.type), ("brand", info.brand), ("model", info.model)
    for plate in each(look.license_plate_info):
        said += ("plate", plate.plate_number), ("plate type", plate.plate_type)
        said += ("country", plate.country_code), ("issuer", plate.issuing_entity)
    found = [(name, *_likely(value)) for name, value in said if value]
    return vehicle, [*found, *speed_attribute(speed)]


def _moving(status: PtzStatus) -> bool | None:
    move = status.move_status
    return is_moving(move.pan_tilt, move.zoom) if move else None


def _points(polygon: Any) -> Iterator[tuple[float, float]]:
    """``{"Point": [...]}``, an array of such, or (the specification's example) bare points."""
    for node in each(polygon):
        if not isinstance(node, dict):
            return
        if "Point" in node:
            yield from _points(node["Point"])
        elif "@x" in node and "@y" in node:
            yield float(node["@x"]), float(node["@y"])
