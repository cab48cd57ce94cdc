"""Frames, objects and notifications out of the elements of ONVIF's XML.

``metadatastream.xsd`` and, for notifications, OASIS WS-BaseNotification with ``tt:Message``.
"""

from collections.abc import Sequence

import msgspec
from lxml import etree

from app.analytics.adapters.onvif_events import Notification
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
from app.analytics.adapters.onvif_tree import operations_in_xml
from app.analytics.adapters.samples import MOST_OBJECTS, Attribute
from app.analytics.adapters.timestamps import from_iso
from app.domain.detection import DetectionFrame, ObjectSample, ObjectState

TT = "{http://www.onvif.org/ver10/schema}"
FRAME = TT + "Frame"
PTZ_STATUS = TT + "PTZStatus"
NOTIFICATION = "{http://docs.oasis-open.org/wsn/b-2}NotificationMessage"

# Made once: a message has some fifty elements.
_TOPIC = "{http://docs.oasis-open.org/wsn/b-2}Topic"
_OBJECT = TT + "Object"
_OBJECT_TREE = TT + "ObjectTree"
_TRANSFORMATION = TT + "Transformation"
_BY_RATIO = TT + "AspectRatioTransformation"
_TRANSLATE = TT + "Translate"
_SCALE = TT + "Scale"
_EXTENSION = TT + "Extension"
_CELLS = TT + "MotionInCells"
_APPEARANCE = TT + "Appearance"
_BEHAVIOUR = TT + "Behaviour"
_SHAPE = TT + "Shape"
_BOUNDING_BOX = TT + "BoundingBox"
_POLYGON = TT + "Polygon"
_POINT = TT + "Point"
_CLASS = TT + "Class"
_TYPE = TT + "Type"
_CANDIDATE = TT + "ClassCandidate"
_LIKELIHOOD = TT + "Likelihood"
_VEHICLE_INFO = TT + "VehicleInfo"
_PLATE_INFO = TT + "LicensePlateInfo"
_REMOVED = TT + "Removed"
_IDLE = TT + "Idle"
_SPEED = TT + "Speed"
_MESSAGE = TT + "Message"
_MOVE_STATUS = TT + "MoveStatus"

_VEHICLE = {TT + "Type": "vehicle", TT + "Brand": "brand", TT + "Model": "model"}
_PLATE = {
    TT + "PlateNumber": "plate",
    TT + "PlateType": "plate type",
    TT + "CountryCode": "country",
    TT + "IssuingEntity": "issuer",
}


class _Look(msgspec.Struct, gc=False):
    """What ``tt:Appearance`` says."""

    transform: Transform
    edges: dict[str, str] | None = None
    points: list[tuple[float, float]] | None = None
    candidates: Sequence[Candidate] = ()
    vehicle: Candidate | None = None
    attributes: list[Attribute] | None = None


def read_frame(
    scene: Scene, camera: str, frame: etree._Element, received_us: int
) -> DetectionFrame | None:
    """``tt:Frame``; ``None`` for one that tells of moved cells only."""
    transform = NORMALISED
    by_ratio: list[tuple[float, Transform]] = []
    objects: list[etree._Element] = []
    ended: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    moving: bool | None = None
    has_cells = False
    for node in frame:
        tag = node.tag
        if tag == _OBJECT:
            objects.append(node)
        elif tag == _TRANSFORMATION:
            transform = _transform(node)
        elif tag == _BY_RATIO:
            by_ratio.append((float(node.get("ratio") or 0.0), _transform(node)))
        elif tag == PTZ_STATUS:
            moving = _moving(node)
        elif tag == _OBJECT_TREE:
            ended, renamed = scene.follow(camera, operations_in_xml(node))
        elif tag == _EXTENSION:
            has_cells = node.find(_CELLS) is not None
    if has_cells and not objects:
        return None  # Moved cells are no objects, and say nothing about any.
    transform = scene.begin(transform, by_ratio)
    samples = [
        sample
        for node in objects[:MOST_OBJECTS]
        if (sample := _sample(scene, camera, node, transform)) is not None
    ]
    return scene.frame(
        camera,
        from_iso(frame.get("UtcTime") or ""),
        received_us,
        samples,
        ended=ended,
        renamed=renamed,
        ptz_moving=moving,
        module=frame.get("Source") or "",
    )


def read_ptz(
    scene: Scene, camera: str, status: etree._Element, received_us: int
) -> DetectionFrame | None:
    """``tt:PTZStatus`` of the PTZ part of a stream: a frame that says only whether it moves."""
    moving, time = _moving(status), status.findtext(TT + "UtcTime")
    if moving is None or not time:
        return None
    return scene.frame(
        camera, from_iso(time.strip()), received_us, (), ptz_moving=moving, is_complete=False
    )


def read_notification(camera: str, node: etree._Element, received_us: int) -> Notification | None:
    """``wsnt:NotificationMessage``; ``None`` without a topic or a message."""
    message = node.find(".//" + _MESSAGE)
    topic = (node.findtext(_TOPIC) or "").strip()
    if message is None or not topic:
        return None
    source = {**_items(message, "Source"), **_items(message, "Key")}
    values = "/".join(f"{name}={value}" for name, value in sorted(source.items()))
    return Notification(
        camera,
        topic,
        "/".join(part.rpartition(":")[2] for part in topic.split("/")),
        f"{camera}/{topic}/&{values}",
        from_iso(message.get("UtcTime") or ""),
        received_us,
        source,
        _items(message, "Data"),
        message.get("PropertyOperation") or "",
    )


def _sample(
    scene: Scene, camera: str, node: etree._Element, transform: Transform
) -> ObjectSample | None:
    named = dict(node.items())
    track = scene.track_id(camera, named.get("ObjectId"), named.get("UUID"))
    state, speed = ObjectState.ACTIVE, None
    look: _Look | None = None
    for child in node:
        tag = child.tag
        if tag == _APPEARANCE:
            look = _look(child, transform)
        elif tag == _BEHAVIOUR:
            state, speed = _behaviour(child)
    if look is None or look.edges is None:
        return None  # Known to be somewhere, but not seen.
    edges = look.edges
    box = box_of(
        look.transform,
        float(edges["left"]),
        float(edges["top"]),
        float(edges["right"]),
        float(edges["bottom"]),
    )
    if box is None:
        return None
    parent = named.get("ParentUUID")
    if parent is None and "Parent" in named:
        parent = scene.track_id(camera, named["Parent"], None)
    attributes = look.attributes or ()
    return scene.sample(
        track,
        box,
        look.candidates,
        look.vehicle,
        state,
        parent,
        polygon_of(look.transform, look.points) if look.points else (),
        attributes if speed is None else [*attributes, *speed_attribute(speed)],
    )


def _look(appearance: etree._Element, transform: Transform) -> _Look:
    look = _Look(transform)
    for child in appearance:
        tag = child.tag
        if tag == _SHAPE:
            _read_shape(child, look)
        elif tag == _CLASS:
            look.candidates = _candidates(child)
        elif tag == _TRANSFORMATION:
            look.transform = nested(transform, _transform(child))
        elif tag == _VEHICLE_INFO:
            look.attributes = (look.attributes or []) + _described(child, _VEHICLE)
            if look.vehicle is None and (kind := child.find(_TYPE)) is not None:
                look.vehicle = _likely(kind)
        elif tag == _PLATE_INFO:
            look.attributes = (look.attributes or []) + _described(child, _PLATE)
    return look


def _read_shape(shape: etree._Element, look: _Look) -> None:
    for child in shape:
        tag = child.tag
        if tag == _BOUNDING_BOX:
            look.edges = dict(child.items())
        elif tag == _POLYGON:
            corners = [dict(point.items()) for point in child.iterchildren(_POINT)]
            points = [(float(corner["x"]), float(corner["y"])) for corner in corners]
            look.points = (look.points or []) + points


def _transform(node: etree._Element) -> Transform:
    x, y, across, up = NORMALISED
    for child in node:
        if child.tag == _TRANSLATE:
            x, y = float(child.get("x") or 0.0), float(child.get("y") or 0.0)
        elif child.tag == _SCALE:
            across, up = float(child.get("x") or 1.0), float(child.get("y") or 1.0)
    return x, y, across, up


def _likely(node: etree._Element) -> Candidate:
    likelihood = node.get("Likelihood")
    return (node.text or "").strip(), float(likelihood) if likelihood is not None else None


def _candidates(node: etree._Element) -> list[Candidate]:
    """All classes of an object; the older form only where the newer one is missing."""
    older: list[Candidate] = []
    newer: list[Candidate] = []
    for child in node:
        if child.tag == _TYPE:
            newer.append(_likely(child))
        elif child.tag == _CANDIDATE:
            likelihood = child.findtext(_LIKELIHOOD)
            name = (child.findtext(_TYPE) or "").strip()
            older.append((name, float(likelihood) if likelihood is not None else None))
    return newer or older


def _described(node: etree._Element, names: dict[str, str]) -> list[Attribute]:
    return [
        (name, *_likely(child))
        for tag, name in names.items()
        if (child := node.find(tag)) is not None
    ]


def _behaviour(node: etree._Element) -> tuple[ObjectState, float | None]:
    state, speed = ObjectState.ACTIVE, None
    for child in node:
        if child.tag == _REMOVED:
            state = ObjectState.REMOVED
        elif child.tag == _IDLE and state is ObjectState.ACTIVE:
            state = ObjectState.IDLE
        elif child.tag == _SPEED and child.text:
            speed = float(child.text)
    return state, speed


def _moving(node: etree._Element) -> bool | None:
    move = node.find(_MOVE_STATUS)
    if move is None:
        return None
    return is_moving(move.findtext(TT + "PanTilt"), move.findtext(TT + "Zoom"))


def _items(message: etree._Element, name: str) -> dict[str, str]:
    return {
        item.get("Name") or "": item.get("Value") or ""
        for item in message.iterfind(f"{TT}{name}/{TT}SimpleItem")
    }
