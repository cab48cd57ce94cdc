"""The examples of the public specifications, re-typed as data, and what they mean.

Where an example is incomplete or misprinted it was completed from its neighbour: the JSON twin of
the classifier has "@top" 20 in print where the XML has 80; the vehicle, the plate and the speed
have no shape; the comments of Frigate's JSON are left out.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from app.analytics.adapters.adapter import Adapter, Reading, make_adapter
from app.analytics.messages import SourceConfig
from app.domain.analytics_event import AnalyticsEvent, EventPhase
from app.domain.detection import Box, DetectionFrame, ObjectSample, ObjectState, SourceClock

GOLDEN = Path(__file__).parent.parent / "golden"
_DIGEST = re.compile(r"bannu/[0-9a-f]{24}")
RECEIVED_US = 1_700_000_000_000_000
CAMERA = "BNU-41-3"
SOURCE = "bannu"
TOPIC = "MyDevice/onvif-mj/VideoAnalytics/1/MyClassifier"
CROSSED = "MyDevice/onvif-ej/RuleEngine/LineDetector/Crossed/&1/2/MyImportantFence1"


@dataclass(frozen=True)
class Case:
    """One file, who reads it, and what it must give, coordinates rounded to five places."""

    file: str
    adapter: str
    topic: str = TOPIC
    reference: tuple[int, int] | None = None
    frames: tuple[DetectionFrame, ...] = ()
    events: tuple[AnalyticsEvent, ...] = ()

    @property
    def payload(self) -> bytes:
        return (GOLDEN / self.file).read_bytes()

    def make_adapter(self) -> Adapter:
        return make_adapter(SourceConfig(SOURCE, self.adapter, reference=self.reference))

    def read(self) -> Reading:
        return rounded(self.make_adapter().read(self.topic, self.payload, RECEIVED_US, CAMERA))


def rounded(reading: Reading) -> Reading:
    """The reading with coordinates of five places, and events without their digests."""
    return Reading(
        tuple(_rounded_frame(frame) for frame in reading.frames),
        tuple(_rounded_event(event) for event in reading.events),
        reading.zones,
        reading.unknown,
        reading.faults,
        reading.is_available,
    )


def _rounded_frame(frame: DetectionFrame) -> DetectionFrame:
    objects = tuple(
        msgspec.structs.replace(
            each,
            box=_rounded_box(each.box),
            polygon=tuple((round(x, 5), round(y, 5)) for x, y in each.polygon),
        )
        for each in frame.objects
    )
    return msgspec.structs.replace(frame, objects=objects)


def _rounded_event(event: AnalyticsEvent) -> AnalyticsEvent:
    box = _rounded_box(event.box) if event.box is not None else None
    identity = "digest" if _DIGEST.fullmatch(event.event_id) else event.event_id
    return msgspec.structs.replace(event, box=box, event_id=identity)


def _rounded_box(box: Box) -> Box:
    return Box(round(box.x1, 5), round(box.y1, 5), round(box.x2, 5), round(box.y2, 5))


def utc(*when: int) -> int:
    """Year, month, day, hour, minute, second and microsecond as microseconds of Unix time."""
    moment = datetime(*when, tzinfo=UTC)  # type: ignore[misc,arg-type]  # seven integers
    return round((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1e6)


def frame(
    time_us: int,
    *objects: ObjectSample,
    clock: SourceClock = SourceClock.CAMERA,
    module: str = "",
    is_complete: bool = True,
    ended: tuple[str, ...] = (),
    renamed: tuple[tuple[str, str], ...] = (),
    ptz_moving: bool | None = None,
) -> DetectionFrame:
    """A frame of the golden camera."""
    return DetectionFrame(
        CAMERA,
        SOURCE,
        time_us,
        clock,
        RECEIVED_US,
        objects,
        is_complete,
        ended,
        renamed,
        ptz_moving,
        module,
    )


_EXAMPLE_BOX = Box(0.03125, 0.83333, 0.15625, 0.9375)
"""20..100 of 640 and, from below, 30..80 of 480."""
_CLASSIFIED = frame(
    utc(2021, 10, 5, 15, 13, 27, 321_000),
    ObjectSample(
        "15",
        _EXAMPLE_BOX,
        "person",
        "Human",
        0.8,
        polygon=((0.03125, 0.9375), (0.15625, 0.9375), (0.15625, 0.83333), (0.03125, 0.83333)),
    ),
    module="MyClassifier",
)


def _idle(module: str) -> tuple[DetectionFrame, ...]:
    def at(millisecond: int) -> int:
        return utc(2008, 10, 10, 12, 24, 57, millisecond * 1000)

    moving = ObjectSample("12", _EXAMPLE_BOX, "unknown")
    still = ObjectSample("12", _EXAMPLE_BOX, "unknown", state=ObjectState.IDLE)
    taken = ObjectSample("19", _EXAMPLE_BOX, "unknown", state=ObjectState.REMOVED)
    return (
        frame(at(321), moving, module=module),
        frame(at(421), still, module=module),
        frame(at(521), module=module),
        frame(at(721), taken, module=module),
    )


def _tree(module: str) -> DetectionFrame:
    return frame(
        utc(2019, 6, 10, 12, 24, 57, 321_000),
        ObjectSample(
            "14",
            # Its own transformation: 40..70 of 640 and, from below, 100..150 of 480.
            Box(0.0625, 0.6875, 0.10938, 0.79167),
            "plate",
            "LicensePlate",
            0.6,
            parent_id="12",
            attributes=(
                ("plate", "6DZG261", 0.9),
                ("plate type", "Normal", 0.8),
                ("country", "US", 0.7),
                ("issuer", "California", 0.6),
            ),
        ),
        ObjectSample(
            "45",
            _EXAMPLE_BOX,
            "car",
            "Car",
            0.75,
            attributes=(
                ("vehicle", "Car", 0.9),
                ("brand", "Volvo", 0.7),
                ("model", "XC60", 0.6),
                ("speed", "12.5 m/s", None),
            ),
        ),
        ended=("17", "9"),
        renamed=(("3", "45"),),
        module=module,
    )


def _crossed(topic: str) -> AnalyticsEvent:
    return AnalyticsEvent(
        "digest",
        CAMERA,
        SOURCE,
        "line_crossed",
        EventPhase.PULSE,
        utc(2008, 10, 10, 12, 24, 57, 321_000),
        SourceClock.CAMERA,
        RECEIVED_US,
        track_id="15",
        rule="MyImportantFence1",
        raw_topic=topic,
    )


_TRACKED_ATTRIBUTES = (
    ("sub_label", "John Smith", 0.79),
    ("plate", "ABC12345", 0.933451),
    ("speed", "0.77", None),
    ("attribute", "face", 0.86),
)
_AXIS = frame(
    utc(2023, 3, 8, 9, 0, 19, 320_111),
    ObjectSample(
        "1",
        Box(0.13332, 0.59942, 0.80004, 0.89332),
        "person",
        "Human",
        0.6,
        attributes=(("upper clothing", "White", 0.78), ("lower clothing", "Blue", 0.59)),
    ),
    ObjectSample(
        "2",
        Box(0.23135, 0.19399, 0.55192, 0.49932),
        "bus",
        "Bus",
        0.7,
        attributes=(("color", "Yellow", 0.78),),
    ),
    ended=("3",),
    renamed=(("4", "2"),),
)

TWINS = ("onvif_classifier", "onvif_idle", "onvif_tree")
"""Files that exist as XML and as JSON and mean the same."""

CASES = (
    Case("onvif_classifier.xml", "onvif-xml", frames=(_CLASSIFIED,)),
    Case("onvif_classifier.json", "onvif-json", frames=(_CLASSIFIED,)),
    Case("onvif_idle.xml", "onvif-xml", frames=_idle("")),
    Case("onvif_idle.json", "onvif-json", frames=_idle("MyClassifier")),
    Case("onvif_tree.xml", "onvif-xml", frames=(_tree(""),)),
    Case("onvif_tree.json", "onvif-json", frames=(_tree("MyClassifier"),)),
    Case(
        "onvif_cells.xml",
        "onvif-xml",
        frames=(frame(utc(2010, 10, 20, 12, 24, 58), is_complete=False, ptz_moving=True),),
        events=(
            AnalyticsEvent(
                "digest",
                CAMERA,
                SOURCE,
                "motion",
                EventPhase.START,
                utc(2010, 10, 20, 12, 24, 57, 628_000),
                SourceClock.CAMERA,
                RECEIVED_US,
                rule="MotionInDefinedCells",
                attributes=(("IsMotion", "true", None),),
                raw_topic="tns1:RuleEngine/CellMotionDetector/Motion",
            ),
        ),
    ),
    Case(
        "onvif_line_crossed.xml",
        "onvif-xml",
        events=(_crossed("tns1:RuleEngine/LineDetector/Crossed"),),
    ),
    Case("onvif_line_crossed.json", "onvif-json", CROSSED, events=(_crossed(CROSSED),)),
    Case(
        "onvif_line_info.json",
        "onvif-json",
        "MyDevice/onvif-ej/RuleEngine/LineDetector/Info/&1/MyLineInfo",
        events=(
            AnalyticsEvent(
                "digest",
                CAMERA,
                SOURCE,
                "linedetector_info",
                EventPhase.PULSE,
                utc(2008, 10, 10, 12, 24, 57, 789_000),
                SourceClock.CAMERA,
                RECEIVED_US,
                rule="MyLineInfo",
                raw_topic="MyDevice/onvif-ej/RuleEngine/LineDetector/Info/&1/MyLineInfo",
            ),
        ),
    ),
    Case(
        "deepstream_minimal.json",
        "deepstream",
        "deepstream/boxes",
        (1920, 1080),
        frames=(
            frame(
                utc(2018, 4, 11, 4, 59, 59, 828_000),
                ObjectSample(
                    "957",
                    Box(0.95521, 0.13889, 0.99896, 0.19907),
                    "car",
                    "Vehicle",
                    0.8,
                    attributes=(
                        ("type", "sedan", None),
                        ("make", "Bugatti", None),
                        ("model", "M", None),
                        ("color", "blue", None),
                        ("license", "CA 444", None),
                        ("region", "California", None),
                    ),
                ),
                ObjectSample(
                    None,
                    Box(0.05208, 0.18519, 0.07812, 0.2963),
                    "person",
                    "Person",
                    0.7,
                    attributes=(
                        ("gender", "male", None),
                        ("age", "45", None),
                        ("hair", "black", None),
                        ("cap", "none", None),
                        ("apparel", "formal", None),
                    ),
                ),
                ObjectSample("12", Box(0.0, 0.0, 0.05, 0.05), "unknown", "RoadSign"),
                clock=SourceClock.BACKEND_EMIT,
            ),
        ),
    ),
    Case(
        "deepstream_full.json",
        "deepstream",
        "deepstream/objects",
        (1920, 1080),
        frames=(
            frame(
                utc(2018, 4, 11, 4, 59, 59, 828_000),
                ObjectSample(
                    "42",
                    _PARKED_BOX := Box(0.30469, 0.43704, 0.33437, 0.47963),
                    "car",
                    "vehicle",
                    0.61,
                    attributes=(
                        _PARKED_ATTRIBUTES := (
                            ("type", "sedan", None),
                            ("make", "Bugatti", None),
                            ("model", "M", None),
                            ("color", "blue", None),
                            ("licenseState", "CA", None),
                            ("license", "XX1234", None),
                        )
                    ),
                ),
                clock=SourceClock.BACKEND_EMIT,
                is_complete=False,
            ),
        ),
        events=(
            AnalyticsEvent(
                "bannu/4f8436ab-c611-4257-8b83-b9134c6cab0d",
                CAMERA,
                SOURCE,
                "zone_entered",
                EventPhase.PULSE,
                utc(2018, 4, 11, 4, 59, 59, 828_000),
                SourceClock.BACKEND_EMIT,
                RECEIVED_US,
                label="car",
                confidence=0.61,
                box=_PARKED_BOX,
                track_id="42",
                attributes=_PARKED_ATTRIBUTES,
                raw_topic="deepstream/objects",
            ),
        ),
    ),
    Case(
        "frigate_event.json",
        "frigate",
        "frigate/events",
        (1280, 1024),
        frames=(
            frame(
                1_607_123_962_082_975,
                ObjectSample(
                    "1607123955.475377-mxklsc",
                    _WALKING_BOX := Box(0.3375, 0.48438, 0.425, 0.83398),
                    "person",
                    "person",
                    0.87890625,
                    attributes=_TRACKED_ATTRIBUTES,
                    zones=("yard", "driveway"),
                ),
                clock=SourceClock.BACKEND_CAPTURE,
                is_complete=False,
            ),
        ),
        events=(
            AnalyticsEvent(
                "bannu/1607123955.475377-mxklsc",
                CAMERA,
                SOURCE,
                "object_detected",
                EventPhase.UPDATE,
                1_607_123_955_475_377,
                SourceClock.BACKEND_CAPTURE,
                RECEIVED_US,
                label="person",
                confidence=0.958984375,
                box=_WALKING_BOX,
                track_id="1607123955.475377-mxklsc",
                zones=("yard", "driveway"),
                snapshot_ref="1607123955.475377-mxklsc",
                attributes=_TRACKED_ATTRIBUTES,
                raw_topic="frigate/events",
            ),
        ),
    ),
    Case(
        "frigate_review.json",
        "frigate",
        "frigate/reviews",
        events=(
            AnalyticsEvent(
                "bannu/1718987129.308396-fqk5ka",
                CAMERA,
                SOURCE,
                "review_alert",
                EventPhase.UPDATE,
                1_718_987_129_308_396,
                SourceClock.BACKEND_CAPTURE,
                RECEIVED_US,
                label="person",
                track_id="1718987128.947436-g92ztx",
                zones=("front_yard",),
                snapshot_ref="1718987128.947436-g92ztx",
                attributes=(("object", "person", None), ("object", "car", None)),
                raw_topic="frigate/reviews",
            ),
        ),
    ),
    Case(
        "frigate_plate.json",
        "frigate",
        "frigate/tracked_object_update",
        events=(
            AnalyticsEvent(
                "bannu/1607123955.475377-mxklsc/lpr/123ABC",
                CAMERA,
                SOURCE,
                "plate_read",
                EventPhase.PULSE,
                1_607_123_958_748_393,
                SourceClock.BACKEND_CAPTURE,
                RECEIVED_US,
                label="plate",
                confidence=0.95,
                track_id="1607123955.475377-mxklsc",
                snapshot_ref="1607123955.475377-mxklsc",
                attributes=(("plate", "123ABC", 0.95), ("name", "John's Car", 0.95)),
                raw_topic="frigate/tracked_object_update",
            ),
        ),
    ),
    Case(
        "frigate_face.json",
        "frigate",
        "frigate/tracked_object_update",
        events=(
            AnalyticsEvent(
                "bannu/1607123955.475377-mxklsc/face/John",
                CAMERA,
                SOURCE,
                "face_recognised",
                EventPhase.PULSE,
                1_607_123_958_748_393,
                SourceClock.BACKEND_CAPTURE,
                RECEIVED_US,
                label="face",
                confidence=0.95,
                track_id="1607123955.475377-mxklsc",
                snapshot_ref="1607123955.475377-mxklsc",
                attributes=(("name", "John", 0.95),),
                raw_topic="frigate/tracked_object_update",
            ),
        ),
    ),
    Case("axis_beta.json", "axis", "axis/frames", frames=(_AXIS,)),
    Case("axis_v1.json", "axis", "axis/frames", frames=(_AXIS,)),
)
