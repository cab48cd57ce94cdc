"""DeepStream, Frigate and Axis beyond their own examples."""

import json
from typing import Any

import pytest

from app.analytics.adapters.adapter import Adapter, Reading, make_adapter
from app.analytics.adapters.errors import BadMessage
from app.analytics.adapters.frigate import Frigate
from app.analytics.messages import SourceConfig
from app.domain.analytics_event import EventPhase
from app.domain.detection import Box, ObjectState
from tests.unit.analytics.adapters.golden_cases import CAMERA, GOLDEN, RECEIVED_US, SOURCE


def _golden(file: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((GOLDEN / file).read_text())
    return content


def _read(subject: Adapter, content: dict[str, Any], topic: str, camera: str | None) -> Reading:
    return subject.read(topic, json.dumps(content).encode(), RECEIVED_US, camera)


def test_deepstream_without_a_reference_says_what_is_missing() -> None:
    subject = make_adapter(SourceConfig(SOURCE, "deepstream"))
    with pytest.raises(BadMessage, match="set 'reference' of the source"):
        _read(subject, _golden("deepstream_minimal.json"), "x", CAMERA)


def test_deepstream_finds_the_camera_by_its_sensor() -> None:
    full = _golden("deepstream_full.json")
    known = {"CAMERA_ID": CAMERA}
    subject = make_adapter(SourceConfig(SOURCE, "deepstream", cameras=known, reference=(640, 480)))
    assert [frame.camera for frame in _read(subject, full, "x", None).frames] == [CAMERA]
    full["sensor"]["id"] = "another"
    assert _read(subject, full, "x", None).unknown == ("another",)


def test_deepstream_tells_of_each_moving_object_without_an_event() -> None:
    full = _golden("deepstream_full.json")
    full["event"]["type"] = "moving"
    subject = make_adapter(SourceConfig(SOURCE, "deepstream", reference=(1920, 1080)))
    reading = _read(subject, full, "x", CAMERA)
    assert reading.frames
    assert not reading.events


def _tracked(**changes: Any) -> dict[str, Any]:
    event = _golden("frigate_event.json")
    event["after"] |= changes
    return event


def _frigate(**more: Any) -> Frigate:
    return Frigate(SourceConfig(SOURCE, "frigate", cameras={"front_door": CAMERA}, **more))


def test_frigate_has_no_boxes_until_the_size_is_known() -> None:
    subject = _frigate()
    reading = _read(subject, _tracked(), "frigate/events", None)
    assert not reading.frames
    assert reading.events[0].box is None
    subject.use_sizes({"front_door": (640, 1024)})
    reading = _read(subject, _tracked(), "frigate/events", None)
    assert reading.frames[0].objects[0].box == Box(0.675, 496 / 1024, 0.85, 854 / 1024)


def test_frigate_sizes_go_before_the_reference() -> None:
    subject = _frigate(reference=(1, 1))
    subject.use_sizes({"front_door": (1280, 1024)})
    box = _read(subject, _tracked(), "frigate/events", None).frames[0].objects[0].box
    assert box.x1 == 0.3375


def test_frigate_frames_never_say_what_is_not_there() -> None:
    frame = _read(_frigate(reference=(1280, 720)), _tracked(), "f/events", None).frames[0]
    assert not frame.is_complete


def test_frigate_objects_that_stand_stay() -> None:
    subject = _frigate(reference=(1280, 720))
    frame = _read(subject, _tracked(stationary=True), "f/events", None).frames[0]
    assert frame.objects[0].state is ObjectState.IDLE


def test_frigate_ends_track_and_event_together() -> None:
    event = _tracked(end_time=1607123970.5, has_clip=True)
    event["type"] = "end"
    reading = _read(_frigate(reference=(1280, 720)), event, "frigate/events", None)
    identity = "1607123955.475377-mxklsc"
    assert (reading.frames[0].objects, reading.frames[0].ended) == ((), (identity,))
    ended = reading.events[0]
    assert (ended.phase, ended.end_us) == (EventPhase.END, 1_607_123_970_500_000)
    assert ended.clip_ref == identity


def test_frigate_false_alarms_are_passed_over() -> None:
    reading = _read(_frigate(), _tracked(false_positive=True), "frigate/events", None)
    assert not reading.events


def test_frigate_cameras_that_nobody_knows_are_named() -> None:
    reading = _read(_frigate(), _tracked(camera="garage"), "frigate/events", None)
    assert reading.unknown == ("garage",)


@pytest.mark.parametrize(
    ("payload", "expected"), [(b"online", True), (b"offline", False), (b"stopped", False)]
)
def test_frigate_says_whether_it_works(payload: bytes, expected: bool) -> None:
    reading = _frigate().read("frigate/available", payload, RECEIVED_US, None)
    assert reading.is_available is expected


def test_frigate_attempts_that_recognised_nobody_are_no_events() -> None:
    face = _golden("frigate_face.json") | {"name": None}
    assert _read(_frigate(), face, "frigate/tracked_object_update", None) == Reading()


def test_frigate_updates_without_a_camera_are_those_of_their_object() -> None:
    subject = _frigate()
    plate = _golden("frigate_plate.json")
    del plate["camera"]
    assert _read(subject, plate, "f/tracked_object_update", None).unknown == ("unnamed camera",)
    _read(subject, _tracked(), "f/events", None)
    assert _read(subject, plate, "f/tracked_object_update", None).events[0].camera == CAMERA


def test_frigate_other_topics_are_passed_over() -> None:
    assert _frigate().read("frigate/front_door/person", b"2", RECEIVED_US, None) == Reading()


def _axis(**cameras: str) -> Adapter:
    return make_adapter(SourceConfig(SOURCE, "axis", cameras=cameras))


@pytest.mark.parametrize("name", ["axis/ACCC8E/frame#1", "ACCC8E#1", "ACCC8E", "1"])
def test_axis_finds_the_camera_by_topic_and_channel(name: str) -> None:
    subject = _axis(**{name: CAMERA})
    reading = _read(subject, _golden("axis_v1.json"), "axis/ACCC8E/frame", None)
    assert [frame.camera for frame in reading.frames] == [CAMERA]


def test_axis_channels_that_nobody_knows_are_named() -> None:
    reading = _read(_axis(other=CAMERA), _golden("axis_v1.json"), "axis/ACCC8E", None)
    assert reading.unknown == ("axis/ACCC8E#1",)


def test_axis_wraps_the_beta_once_more_on_the_device() -> None:
    wrapped = _read(_axis(), {"data": _golden("axis_beta.json")}, "x", CAMERA)
    assert wrapped == _read(_axis(), _golden("axis_beta.json"), "x", CAMERA)


def test_axis_frames_without_objects_clear() -> None:
    content = {"channel_id": 1, "timestamp": "2023-03-08T09:00:19Z"}
    frame = _read(_axis(), content, "x", CAMERA).frames[0]
    assert frame.objects == ()
    assert frame.is_complete


def test_axis_whole_tracks_are_passed_over() -> None:
    track = {"id": "1", "channel_id": 1, "start_time": "2023-03-08T09:00:19Z"}
    assert _read(_axis(), track, "x", CAMERA) == Reading()


def test_axis_observations_of_a_radar_have_no_box() -> None:
    content = _golden("axis_v1.json")
    del content["detections"][0]["bounding_box"]
    frame = _read(_axis(), content, "x", CAMERA).frames[0]
    assert [each.track_id for each in frame.objects] == ["2"]
