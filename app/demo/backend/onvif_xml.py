"""Scene descriptions as ONVIF XML, valid by ``metadatastream.xsd``, in pieces as they are sent.

A document is opened, gets one ``tt:Frame`` after the other and is closed (ONVIF Streaming
Specification, metadata streaming): `OPENING`, any number of `frame_element`, `CLOSING`.
"""

from functools import lru_cache

from app.demo.backend.onvif_scene import CLASSES, MODULE, Space, centre, utc_text
from app.demo.backend.scene_tracker import TrackedFrame, TrackedObject

OPENING = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema"><tt:VideoAnalytics>\n'
)
CLOSING = b"</tt:VideoAnalytics></tt:MetadataStream>\n"


def frame_element(frame: TrackedFrame, space: Space, camera_time: float) -> bytes:
    """Return the element about one picture, taken when the camera's clock showed `camera_time`."""
    head = f'<tt:Frame UtcTime="{utc_text(camera_time)}" Source="{MODULE}">'
    return head.encode() + _inside(frame, space)


@lru_cache(maxsize=256)
def _inside(frame: TrackedFrame, space: Space) -> bytes:
    parts = []
    if not space.is_onvif:
        (tx, ty), (sx, sy) = space.translate, space.scale
        parts.append(
            f'<tt:Transformation><tt:Translate x="{tx}" y="{ty}"/>'
            f'<tt:Scale x="{sx}" y="{sy}"/></tt:Transformation>'
        )
    parts += [_object(one, space) for one in frame.objects]
    if frame.deleted:
        deleted = "".join(f'<tt:Delete ObjectId="{number}"/>' for number in frame.deleted)
        parts.append(f"<tt:ObjectTree>{deleted}</tt:ObjectTree>")
    return ("".join(parts) + "</tt:Frame>\n").encode()


def _object(one: TrackedObject, space: Space) -> str:
    edges = space.edges(one.box)
    left, top, right, bottom = edges
    x, y = centre(edges, space.digits)
    kind, vehicle = CLASSES[one.label]
    likelihood = f'Likelihood="{one.likelihood}"'
    extra = (
        f"<tt:VehicleInfo><tt:Type {likelihood}>{vehicle}</tt:Type></tt:VehicleInfo>"
        if vehicle
        else ""
    )
    behaviour = "<tt:Behaviour><tt:Idle/></tt:Behaviour>" if one.is_idle else ""
    return (
        f'<tt:Object ObjectId="{one.object_id}"><tt:Appearance><tt:Shape>'
        f'<tt:BoundingBox left="{left}" top="{top}" right="{right}" bottom="{bottom}"/>'
        f'<tt:CenterOfGravity x="{x}" y="{y}"/></tt:Shape>'
        f"<tt:Class><tt:Type {likelihood}>{kind}</tt:Type></tt:Class>{extra}"
        f"</tt:Appearance>{behaviour}</tt:Object>"
    )
