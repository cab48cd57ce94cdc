"""Against others: an independent producer of ONVIF metadata, the schema, and our own demo."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree
from onvif_m.metadata import build_frame, build_payload
from onvif_m.model import ClassCandidate, DetectedObject, from_pixel_bbox
from onvif_m.onvif_xml import to_xml_string

from app.analytics.adapters.adapter import make_adapter
from app.analytics.messages import SourceConfig
from app.demo.backend.onvif_json import event_message, event_topic, frame_message
from app.demo.backend.onvif_scene import ONVIF_SPACE, PIXEL_SPACE, Space
from app.demo.backend.onvif_xml import CLOSING, OPENING, frame_element
from app.demo.backend.scene_tracker import TrackedFrame, TrackedObject
from app.domain.analytics_event import EventPhase
from app.domain.detection import Box, DetectionFrame, ObjectState
from tests.unit.analytics.adapters.golden_cases import CAMERA, GOLDEN, RECEIVED_US, SOURCE, utc

_TOPIC = "MyDevice/onvif-mj/VideoAnalytics/1"
_TIME = 1_700_000_000.125
_DEMO = TrackedFrame(
    25,
    (
        TrackedObject(7, "person", (0.125, 0.25, 0.25, 0.75), 0.91, is_idle=False),
        TrackedObject(8, "car", (0.5, 0.5, 0.75, 0.625), 0.8, is_idle=True),
        TrackedObject(9, "rickshaw", (-0.0625, 0.5, 0.0625, 0.75), 0.7, is_idle=False),
    ),
    (5, 6),
)


def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(GOLDEN / "metadata_subset.xsd")))


def _read(adapter: str, payload: bytes, topic: str = _TOPIC) -> DetectionFrame:
    subject = make_adapter(SourceConfig(SOURCE, adapter))
    (frame,) = subject.read(topic, payload, RECEIVED_US, CAMERA).frames
    return frame


def test_an_independent_producer_is_understood_in_both_encodings() -> None:
    objects = [
        DetectedObject(
            number,
            from_pixel_bbox(64 * number, 36, 64 * number + 32, 180, 640, 360),
            [ClassCandidate("Human", 0.9), ClassCandidate("Vehicle", 0.2)],
        )
        for number in range(6)
    ]
    moment = datetime(2023, 11, 14, 22, 13, 20, 125_000, tzinfo=UTC)
    payload = build_payload([build_frame(moment, "yolo", objects)])
    xml = to_xml_string(payload).encode()
    frame = _read("onvif-json", json.dumps(payload).encode())
    assert frame == _read("onvif-xml", xml)
    assert frame.time_us == utc(2023, 11, 14, 22, 13, 20, 125_000)
    assert frame.module == "yolo"
    assert [each.track_id for each in frame.objects] == ["0", "1", "2", "3", "4", "5"]
    for number, each in enumerate(frame.objects):
        assert _edges(each.box) == pytest.approx((0.1 * number, 0.1, 0.1 * number + 0.05, 0.5))
        assert (each.label, each.confidence) == ("person", 0.9)
    _schema().assertValid(etree.fromstring(xml))


def test_an_independent_producer_that_sees_nothing_sends_an_empty_frame() -> None:
    payload = build_payload([build_frame(datetime(2023, 1, 1, tzinfo=UTC), "yolo", [])])
    frame = _read("onvif-json", json.dumps(payload).encode())
    assert frame == _read("onvif-xml", to_xml_string(payload).encode())
    assert frame.objects == ()
    assert frame.is_complete


@pytest.mark.parametrize("space", [ONVIF_SPACE, PIXEL_SPACE], ids=["normalised", "pixels"])
def test_the_demo_sends_the_same_in_both_encodings(space: Space) -> None:
    xml = OPENING + frame_element(_DEMO, space, _TIME) + CLOSING
    frame = _read("onvif-json", frame_message(_DEMO, space, _TIME))
    assert frame == _read("onvif-xml", xml)
    assert frame.time_us == 1_700_000_000_125_000
    assert frame.ended == ("5", "6")
    assert [each.label for each in frame.objects] == ["person", "car", "vehicle"]
    assert [each.state for each in frame.objects][1] is ObjectState.IDLE
    for each, truth in zip(frame.objects, _DEMO.objects, strict=True):
        assert _edges(each.box) == pytest.approx(truth.box, abs=1e-5)


@pytest.mark.parametrize("space", [ONVIF_SPACE, PIXEL_SPACE], ids=["normalised", "pixels"])
@pytest.mark.parametrize("frame", [_DEMO, TrackedFrame(1, (), ())], ids=["full", "empty"])
def test_what_the_demo_sends_is_valid(space: Space, frame: TrackedFrame) -> None:
    xml = OPENING + frame_element(frame, space, _TIME) * 3 + CLOSING
    _schema().assertValid(etree.fromstring(xml))


def test_what_the_demo_says_of_an_event_is_understood() -> None:
    topic = event_topic(CAMERA, "RuleEngine/LineDetector/Crossed", "1", "2", "Gate")
    source = {"VideoSource": "1", "AnalyticsConfiguration": "2", "Rule": "Gate"}
    payload = event_message(_TIME, source, {"ObjectId": 7})
    subject = make_adapter(SourceConfig(SOURCE, "onvif-json"))
    (event,) = subject.read(topic, payload, RECEIVED_US, CAMERA).events
    assert (event.kind, event.rule, event.track_id) == ("line_crossed", "Gate", "7")
    assert (event.phase, event.time_us) == (EventPhase.PULSE, 1_700_000_000_125_000)


_FOLLOWS_THE_TEXT = ("onvif_classifier.xml", "onvif_idle.xml", "onvif_line_crossed.xml")


@pytest.mark.parametrize("file", _FOLLOWS_THE_TEXT)
def test_the_schema_accepts_the_examples_of_the_specification(file: str) -> None:
    _schema().assertValid(etree.parse(str(GOLDEN / file)))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b'UtcTime="', b'Time="'),
        (b'bottom="30.0"', b""),
        (b"<tt:CenterOfGravity", b"<tt:CentreOfGravity"),
        (b'left="20.0"', b'left="left"'),
        (b"<tt:Class>", b"<tt:Shape/><tt:Class>"),
    ],
)
def test_the_schema_refuses_what_is_wrong(right: bytes, wrong: bytes) -> None:
    example = Path(GOLDEN / "onvif_classifier.xml").read_bytes()
    assert right in example
    assert not _schema().validate(etree.fromstring(example.replace(right, wrong, 1)))


def _edges(box: Box) -> tuple[float, float, float, float]:
    return box.x1, box.y1, box.x2, box.y2
