"""The rules of the scene description that the examples do not show."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analytics.adapters.adapter import make_adapter
from app.analytics.adapters.errors import BadMessage
from app.analytics.adapters.onvif_scene import NORMALISED, box_of, nested, to_fractions
from app.analytics.messages import SourceConfig
from app.domain.detection import Box, DetectionFrame, SourceClock
from tests.unit.analytics.adapters.golden_cases import CAMERA, RECEIVED_US, SOURCE

_UTC = "2023-11-14T22:13:20Z"
_TOPIC = "prefix/onvif-mj/VideoAnalytics/profile/module"


def _config(**changes: Any) -> SourceConfig:
    return SourceConfig(SOURCE, "onvif-json", **changes)


def _frame(content: dict[str, Any], config: SourceConfig | None = None) -> DetectionFrame:
    payload = json.dumps({"Frame": {"@UtcTime": _UTC, **content}}).encode()
    subject = make_adapter(config or _config())
    (frame,) = subject.read(_TOPIC, payload, RECEIVED_US, CAMERA).frames
    return frame


def _object(
    left: Any = -0.5, top: Any = 0.5, right: Any = 0.5, bottom: Any = -0.5, **more: Any
) -> dict[str, Any]:
    box = {"@left": left, "@top": top, "@right": right, "@bottom": bottom}
    look = {"Shape": {"BoundingBox": box}, **more.pop("look", {})}
    return {"@ObjectId": 1, "Appearance": look, **more}


_coordinate = st.floats(-0.99, 0.99)
_scale = st.floats(0.01, 100.0) | st.floats(-100.0, -0.01)
_transform = st.tuples(st.floats(-2, 2), st.floats(-2, 2), _scale, _scale)


@given(_coordinate, _coordinate, _coordinate, _coordinate, _transform, _transform)
def test_coordinates_come_back_through_any_chain_of_transformations(
    left: float,
    top: float,
    right: float,
    bottom: float,
    outer: tuple[float, float, float, float],
    inner: tuple[float, float, float, float],
) -> None:
    chain = nested(outer, inner)

    def written(value: float, axis: int) -> float:
        return (value - chain[axis]) / chain[axis + 2]

    box = box_of(chain, written(left, 0), written(top, 1), written(right, 0), written(bottom, 1))
    assert box is not None
    expected = (
        (min(left, right) + 1) / 2,
        (1 - max(top, bottom)) / 2,
        (max(left, right) + 1) / 2,
        (1 - min(top, bottom)) / 2,
    )
    assert (box.x1, box.y1, box.x2, box.y2) == pytest.approx(expected, abs=1e-9)


@given(_coordinate, _coordinate, _transform, _transform)
def test_a_chain_is_one_transformation_after_the_other(
    x: float,
    y: float,
    outer: tuple[float, float, float, float],
    inner: tuple[float, float, float, float],
) -> None:
    inside = (x * inner[2] + inner[0], y * inner[3] + inner[1])
    at_once = to_fractions(nested(outer, inner), x, y)
    assert at_once == pytest.approx(to_fractions(outer, *inside), abs=1e-6)


def test_the_corners_of_the_picture() -> None:
    assert to_fractions(NORMALISED, -1.0, 1.0) == (0.0, 0.0)
    assert to_fractions(NORMALISED, 1.0, -1.0) == (1.0, 1.0)


def test_edges_are_put_in_order() -> None:
    frame = _frame({"Object": _object(left=0.5, top=-0.5, right=-0.5, bottom=0.5)})
    assert frame.objects[0].box == Box(0.25, 0.25, 0.75, 0.75)


@pytest.mark.parametrize("edge", ["NaN", "Infinity", "-inf", "1e30", 9.0, -9.5])
def test_an_absurd_box_is_left_out_and_the_others_stay(edge: Any) -> None:
    frame = _frame({"Object": [_object(left=edge), _object()]})
    assert [each.box for each in frame.objects] == [Box(0.25, 0.25, 0.75, 0.75)]


def test_a_box_that_reaches_out_of_the_picture_is_kept_whole() -> None:
    assert _frame({"Object": _object(left=-1.5)}).objects[0].box.x1 == -0.25


def test_an_object_without_a_shape_is_known_but_not_seen() -> None:
    assert _frame({"Object": [{"@ObjectId": 3}, {"@ObjectId": 4, "Appearance": {}}]}).objects == ()


def test_an_empty_frame_is_complete() -> None:
    frame = _frame({})
    assert frame.objects == ()
    assert frame.is_complete
    assert frame.module == "module"


def test_numbers_may_be_larger_than_any_register() -> None:
    frame = _frame({"Object": _object() | {"@ObjectId": 2**70}})
    assert frame.objects[0].track_id == str(2**70)


def test_a_uuid_is_the_better_identity_in_the_object_tree_too() -> None:
    subject = make_adapter(_config())
    plate = _object() | {"@ObjectId": 2, "@Parent": 1}
    car = _object() | {"@UUID": "5f1c", "@ObjectId": 1}
    first = {"Frame": {"@UtcTime": _UTC, "Object": [car, plate]}}
    second = {"Frame": {"@UtcTime": _UTC, "ObjectTree": {"Delete": {"@ObjectId": 1}}}}
    (frame,) = subject.read(_TOPIC, json.dumps(first).encode(), RECEIVED_US, CAMERA).frames
    assert [each.track_id for each in frame.objects] == ["5f1c", "2"]
    assert frame.objects[1].parent_id == "5f1c"
    (frame,) = subject.read(_TOPIC, json.dumps(second).encode(), RECEIVED_US, CAMERA).frames
    assert frame.ended == ("5f1c",)


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ({"Class": {"Type": "Human"}}, ("person", "Human", None)),
        ({"Class": "Animal"}, ("animal", "Animal", None)),
        ({"Class": {"Type": [{"#text": "Face", "@Likelihood": "0.3"}]}}, ("face", "Face", 0.3)),
        (
            {
                "Class": {
                    "Type": [
                        {"#text": "Vehicle", "@Likelihood": 0.8},
                        {"#text": "Car", "@Likelihood": 0.75},
                        {"#text": "Truck", "@Likelihood": 0.3},
                    ]
                }
            },
            ("car", "Car", 0.75),
        ),
        (
            {
                "Class": {
                    "Type": [
                        {"#text": "Truck", "@Likelihood": 0.3},
                        {"#text": "Vehicle", "@Likelihood": 0.8},
                    ]
                }
            },
            ("vehicle", "Vehicle", 0.8),
        ),
        ({"VehicleInfo": {"Type": "Bus"}}, ("bus", "Bus", None)),
        ({"Class": {"Type": {"#text": "Tuk-Tuk", "@Likelihood": 2}}}, ("unknown", "Tuk-Tuk", None)),
        ({}, ("unknown", "", None)),
    ],
)
def test_which_class_is_taken(
    classes: dict[str, Any], expected: tuple[str, str, float | None]
) -> None:
    found = _frame({"Object": _object(look=classes)}).objects[0]
    assert (found.label, found.raw_label, found.confidence) == expected


def test_the_map_of_the_source_wins() -> None:
    config = _config(classes={"TUK-TUK": "car", "Human": "animal", "Face": "no such class"})
    labels = [
        _frame({"Object": _object(look={"Class": name})}, config).objects[0].label
        for name in ("tuk-tuk", "human", "Face")
    ]
    assert labels == ["car", "animal", "face"]


def test_objects_that_are_not_sure_enough_are_left_out() -> None:
    def likely(value: float | None) -> dict[str, Any]:
        return _object(look={"Class": {"Type": {"#text": "Human", "@Likelihood": value}}})

    frame = _frame(
        {"Object": [likely(0.4), likely(0.6), likely(None)]}, _config(minimum_confidence=0.5)
    )
    assert [each.confidence for each in frame.objects] == [0.6, None]
    assert frame.is_complete


def test_the_transformation_for_the_shown_shape_of_picture_is_applied() -> None:
    """A 4:3 analysis of a 16:9 picture sees its middle, three quarters of its width."""
    ratios = [
        {"@ratio": "1.3333", "Scale": {"@x": 1.0, "@y": 1.0}},
        {"@ratio": "1.7778", "Scale": {"@x": 0.75, "@y": 1.0}},
    ]
    content = {"Object": _object(), "AspectRatioTransformation": ratios}
    assert _frame(content).objects[0].box == Box(0.25, 0.25, 0.75, 0.75)
    wide = _frame(content, _config(reference=(1920, 1080))).objects[0].box
    assert (wide.x1, wide.x2) == (0.3125, 0.6875)


def test_the_configured_clock_is_used() -> None:
    assert _frame({}).clock is SourceClock.CAMERA
    emitted = _frame({}, _config(clock=SourceClock.BACKEND_EMIT))
    assert emitted.clock is SourceClock.BACKEND_EMIT


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ({"PanTilt": "MOVING", "Zoom": "IDLE"}, True),
        ({"PanTilt": "IDLE", "Zoom": "IDLE"}, False),
        ({"PanTilt": "idle"}, False),
        ({"PanTilt": "UNKNOWN"}, None),
        ({"PanTilt": "IDLE", "Zoom": "UNKNOWN"}, None),
        ({}, None),
    ],
)
def test_whether_the_camera_moves(status: dict[str, str], expected: bool | None) -> None:
    assert _frame({"PTZStatus": {"MoveStatus": status}}).ptz_moving is expected


@pytest.mark.parametrize(
    ("topic", "cameras", "expected"),
    [
        ("city/BNU-1/onvif-mj/VideoAnalytics/main/m", {"city/BNU-1": "A"}, "A"),
        ("city/BNU-1/onvif-mj/VideoAnalytics/main/m", {"BNU-1": "A"}, "A"),
        ("dev/onvif-mj/VideoAnalytics/main/m", {"dev/main": "A", "dev": "B"}, "A"),
        ("dev/onvif-mj/VideoAnalytics/main/m", {"main": "A"}, "A"),
        ("dev/onvif-mj/VideoAnalytics/main/m", {"other": "A"}, None),
    ],
)
def test_the_camera_can_be_told_by_the_topic(
    topic: str, cameras: dict[str, str], expected: str | None
) -> None:
    subject = make_adapter(_config(cameras=cameras))
    payload = json.dumps({"Frame": {"@UtcTime": _UTC}}).encode()
    reading = subject.read(topic, payload, RECEIVED_US, None)
    assert [frame.camera for frame in reading.frames] == ([expected] if expected else [])
    assert bool(reading.unknown) is (expected is None)


def test_a_frame_with_a_wrong_time_takes_no_other_with_it() -> None:
    frames = [{"@UtcTime": "1970-01-01T00:00:00Z"}, {"@UtcTime": _UTC}]
    subject = make_adapter(_config())
    reading = subject.read(_TOPIC, json.dumps({"Frame": frames}).encode(), RECEIVED_US, CAMERA)
    assert len(reading.frames) == 1
    assert "before the year 2000" in reading.faults[0]


def test_the_ptz_part_of_a_stream_says_only_whether_the_camera_moves() -> None:
    status = {"MoveStatus": {"PanTilt": "MOVING"}, "UtcTime": _UTC}
    topic = "prefix/onvif-mj/PTZ/profile/ptz"
    payload = json.dumps({"PTZStatus": status}).encode()
    (frame,) = make_adapter(_config()).read(topic, payload, RECEIVED_US, CAMERA).frames
    assert frame.ptz_moving
    assert not frame.is_complete


def test_the_outer_elements_may_be_kept() -> None:
    inner = {"Frame": [{"@UtcTime": _UTC}]}
    subject = make_adapter(_config())
    for payload in ({"VideoAnalytics": inner}, {"MetadataStream": {"VideoAnalytics": [inner]}}):
        reading = subject.read(_TOPIC, json.dumps(payload).encode(), RECEIVED_US, CAMERA)
        assert len(reading.frames) == 1


def test_an_unknown_adapter_has_a_sentence() -> None:
    with pytest.raises(BadMessage, match="no adapter 'smoke-signals'"):
        make_adapter(SourceConfig(SOURCE, "smoke-signals"))
