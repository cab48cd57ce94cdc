"""Scene descriptions as ``onvif-mj`` and events as ``onvif-ej`` (ONVIF Analytics, JSON over MQTT).

XML becomes JSON by the specification's rules: an attribute is ``@name``, text beside attributes is
``#text``, an element that may be repeated is an array.
"""

import json
from collections.abc import Mapping
from functools import lru_cache

from app.demo.backend.onvif_scene import CLASSES, MODULE, PROFILE, Space, centre, utc_text
from app.demo.backend.scene_tracker import TrackedFrame, TrackedObject

PREFIX = "city"
_HEAD = b'{"Frame":[{"@UtcTime":"'


def boxes_topic(code: str) -> str:
    """Return the topic of a camera's scene descriptions."""
    return f"{PREFIX}/{code}/onvif-mj/VideoAnalytics/{PROFILE}/{MODULE}"


def event_topic(code: str, topic: str, *source: str) -> str:
    """Return the topic of an event: its ONVIF topic without ``tns1:``, then its source values."""
    return f"{PREFIX}/{code}/onvif-ej/{topic}/&{'/'.join(source)}"


def frame_message(frame: TrackedFrame, space: Space, camera_time: float) -> bytes:
    """Return the payload about one picture, taken when the camera's clock showed `camera_time`."""
    return _HEAD + utc_text(camera_time).encode() + _tail(frame, space)


def event_message(
    camera_time: float, source: Mapping[str, str], data: Mapping[str, str | int | bool]
) -> bytes:
    """Return the payload of an event."""
    event = {"UtcTime": utc_text(camera_time), "Source": source, "Data": data}
    return json.dumps(event, separators=(",", ":")).encode()


@lru_cache(maxsize=512)
def _tail(frame: TrackedFrame, space: Space) -> bytes:
    """Everything after the time: it is the same for all cameras that show the scene."""
    parts = [f'","@Source":"{MODULE}"']
    if not space.is_onvif:
        (tx, ty), (sx, sy) = space.translate, space.scale
        parts.append(
            f',"Transformation":{{"Translate":{{"@x":{tx},"@y":{ty}}},'
            f'"Scale":{{"@x":{sx},"@y":{sy}}}}}'
        )
    if frame.objects:
        parts.append(f',"Object":[{",".join(_object(one, space) for one in frame.objects)}]')
    if frame.deleted:
        deleted = ",".join(f'{{"@ObjectId":{number}}}' for number in frame.deleted)
        parts.append(f',"ObjectTree":{{"Delete":[{deleted}]}}')
    parts.append("}]}")
    return "".join(parts).encode()


def _object(one: TrackedObject, space: Space) -> str:
    """One object; put together by hand, since `json` takes three times as long."""
    edges = space.edges(one.box)
    left, top, right, bottom = edges
    x, y = centre(edges, space.digits)
    kind, vehicle = CLASSES[one.label]
    likelihood = one.likelihood
    extra = (
        f',"VehicleInfo":[{{"Type":{{"#text":"{vehicle}","@Likelihood":{likelihood}}}}}]'
        if vehicle
        else ""
    )
    behaviour = ',"Behaviour":{"Idle":{}}' if one.is_idle else ""
    return (
        f'{{"@ObjectId":{one.object_id},"Appearance":{{"Shape":{{'
        f'"BoundingBox":{{"@left":{left},"@top":{top},"@right":{right},"@bottom":{bottom}}},'
        f'"CenterOfGravity":{{"@x":{x},"@y":{y}}}}},'
        f'"Class":{{"Type":[{{"#text":"{kind}","@Likelihood":{likelihood}}}]}}{extra}}}'
        f"{behaviour}}}"
    )
