"""The shape of ONVIF's JSON: what is decoded, and how it may be written.

Only what is used is named; everything else is skipped while decoding. ONVIF Analytics Service
Specification, "JSON Payload Structure".
"""

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

Part = TypeVar("Part")


class Vector(msgspec.Struct, gc=False):
    x: float | None = msgspec.field(default=None, name="@x")
    y: float | None = msgspec.field(default=None, name="@y")


class Transformation(msgspec.Struct, gc=False, rename="pascal"):
    translate: Vector | None = None
    scale: Vector | None = None
    ratio: float | None = msgspec.field(default=None, name="@ratio")


class BoundingBox(msgspec.Struct, gc=False):
    left: float = msgspec.field(name="@left")
    top: float = msgspec.field(name="@top")
    right: float = msgspec.field(name="@right")
    bottom: float = msgspec.field(name="@bottom")


class Shape(msgspec.Struct, gc=False, rename="pascal"):
    bounding_box: BoundingBox | None = None
    polygon: Any = None


class Likely(msgspec.Struct, gc=False):
    """A text with its likelihood; a bare string where it has none."""

    text: str = msgspec.field(default="", name="#text")
    likelihood: float | None = msgspec.field(default=None, name="@Likelihood")


class OldCandidate(msgspec.Struct, gc=False, rename="pascal"):
    type: Likely | str = ""
    likelihood: float | None = None


class ObjectClass(msgspec.Struct, gc=False, rename="pascal"):
    """The specification's own example leaves ``Type`` out and writes the class where it stood."""

    type: list[Likely | str] | Likely | str | None = None
    class_candidate: list[OldCandidate] | OldCandidate | None = None
    text: str = msgspec.field(default="", name="#text")
    likelihood: float | None = msgspec.field(default=None, name="@Likelihood")


class VehicleInfo(msgspec.Struct, gc=False, rename="pascal"):
    type: Likely | str | None = None
    brand: Likely | str | None = None
    model: Likely | str | None = None


class LicensePlateInfo(msgspec.Struct, gc=False, rename="pascal"):
    plate_number: Likely | str | None = None
    plate_type: Likely | str | None = None
    country_code: Likely | str | None = None
    issuing_entity: Likely | str | None = None


class Appearance(msgspec.Struct, gc=False, rename="pascal"):
    transformation: Transformation | None = None
    shape: Shape | None = None
    object_class: ObjectClass | str | None = msgspec.field(default=None, name="Class")
    vehicle_info: list[VehicleInfo] | VehicleInfo | None = None
    license_plate_info: list[LicensePlateInfo] | LicensePlateInfo | None = None


class Behaviour(msgspec.Struct, gc=False, rename="pascal"):
    """An empty element is ``null`` in JSON: that it is there is what counts."""

    idle: Any = msgspec.UNSET
    removed: Any = msgspec.UNSET
    speed: float | None = None


class SceneObject(msgspec.Struct, gc=False, rename="pascal"):
    number: int | str | None = msgspec.field(default=None, name="@ObjectId")
    uuid: str | None = msgspec.field(default=None, name="@UUID")
    parent: int | str | None = msgspec.field(default=None, name="@Parent")
    parent_uuid: str | None = msgspec.field(default=None, name="@ParentUUID")
    appearance: Appearance | None = None
    behaviour: Behaviour | None = None


class MoveStatus(msgspec.Struct, gc=False, rename="pascal"):
    pan_tilt: str | None = None
    zoom: str | None = None


class PtzStatus(msgspec.Struct, gc=False, rename="pascal"):
    move_status: MoveStatus | None = None
    utc_time: str | None = None


class Frame(msgspec.Struct, gc=False, rename="pascal"):
    utc: str = msgspec.field(name="@UtcTime")
    source: str = msgspec.field(default="", name="@Source")
    transformation: Transformation | None = None
    aspect_ratio_transformation: list[Transformation] | Transformation | None = None
    ptz_status: PtzStatus | None = msgspec.field(default=None, name="PTZStatus")
    object: list[SceneObject] | SceneObject | None = None
    object_tree: Any = None
    extension: Any = None


class Analytics(msgspec.Struct, gc=False, rename="pascal"):
    frame: list[Frame] | Frame | None = None


class Stream(msgspec.Struct, gc=False, rename="pascal"):
    video_analytics: list[Analytics] | Analytics | None = None


class Message(msgspec.Struct, gc=False, rename="pascal"):
    """Metadata or an event; some producers keep the outer elements of the XML."""

    frame: list[Frame] | Frame | None = None
    ptz_status: list[PtzStatus] | PtzStatus | None = msgspec.field(default=None, name="PTZStatus")
    video_analytics: list[Analytics] | Analytics | None = None
    metadata_stream: Stream | None = None
    utc_time: str | None = None
    source: dict[str, Any] | None = None
    key: dict[str, Any] | None = None
    data: dict[str, Any] | None = None

    def frames(self) -> Sequence[Frame]:
        """All frames, wherever they stand."""
        if self.frame is not None:
            return each(self.frame)
        outer = self.metadata_stream.video_analytics if self.metadata_stream else None
        return [
            frame
            for part in each(self.video_analytics) or each(outer)
            for frame in each(part.frame)
        ]


def each(value: list[Part] | Part | None) -> list[Part]:
    """What may be repeated, as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
