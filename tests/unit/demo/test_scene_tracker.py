"""What the demo backend sees: numbers that stay with their object, and the objects as drawn."""

import json
from itertools import pairwise

import pytest

from app.analytics.adapters.adapter import make_adapter
from app.analytics.messages import SourceConfig
from app.demo.backend import onvif_json, onvif_xml
from app.demo.backend.onvif_scene import ONVIF_SPACE, PIXEL_SPACE, Space, space_of, utc_text
from app.demo.backend.rules import LINE_RULE, LOITERING_S, ZONE_RULE, happenings, shapes
from app.demo.backend.scene_tracker import SceneTracker, known_objects
from app.demo.city import build_city
from app.demo.scenes.catalogue import FPS, LOOP_S, VARIANTS
from app.demo.scenes.motion import objects_at

SCENE = "crossroad-day"
START = 1_795_345_200 * 5  # a whole minute, counted in messages of 5 a second


def test_messages_are_about_pictures_and_never_ahead_of_them() -> None:
    for rate in (1.0, 4.0, 5.0, 10.0, 15.0):
        tracker = SceneTracker(SCENE, rate)
        for phase in (0.0, 0.5, 15 / 16):
            for step in range(200):
                now = 1_795_345_200 + step / 37
                message = tracker.newest(now, phase)
                assert tracker.taken_at(message, phase) <= now + 1e-3
                assert tracker.taken_at(message + 1, phase) > now - 1e-3
        pictures = [tracker.picture_of(message) for message in range(60)]
        assert pictures[-1] == pytest.approx(59 * FPS / rate, abs=1)
        assert all(after > before for before, after in pairwise(pictures))


def test_a_number_stays_with_its_object_and_never_comes_again() -> None:
    tracker = SceneTracker(SCENE, 5.0)
    gone: set[int] = set()
    present: set[int] = set()
    for message in range(START, START + 5 * LOOP_S * 2):
        frame = tracker.at(message)
        numbers = {one.object_id for one in frame.objects}
        assert not numbers & gone
        assert set(frame.deleted) <= present
        gone |= set(frame.deleted)
        present = (present | numbers) - gone
    assert len(gone) > 50


def test_everything_that_moves_is_in_every_message_where_it_is_drawn() -> None:
    tracker = SceneTracker(SCENE, 5.0)
    idle = 0
    for message in range(START, START + 5 * LOOP_S):
        frame = tracker.at(message)
        true = {one.box: one.label for one in known_objects(SCENE, frame.picture % (FPS * LOOP_S))}
        told = {one.box: one.label for one in frame.objects}
        assert told.items() <= true.items()
        idle += len(true) - len(told)
    assert idle > 100  # cars at the signals


def test_what_stands_is_listed_as_idle_about_once_a_second() -> None:
    tracker = SceneTracker(SCENE, 5.0)
    listed: dict[int, list[int]] = {}
    for message in range(START, START + 5 * LOOP_S):
        for one in tracker.at(message).objects:
            if one.is_idle:
                listed.setdefault(one.object_id, []).append(message)
    waits = [after - before for found in listed.values() for before, after in pairwise(found)]
    assert waits.count(5) > 20
    assert min(waits) >= 1
    assert sorted(waits)[len(waits) // 2] == 5


def test_after_a_pause_nothing_is_taken_for_what_was_there_before() -> None:
    tracker = SceneTracker(SCENE, 5.0)
    before = {one.object_id for one in tracker.at(START).objects}
    after = tracker.at(START + 5 * LOOP_S)
    assert not before & {one.object_id for one in after.objects}
    assert after.deleted == ()


@pytest.mark.parametrize("space", [ONVIF_SPACE, PIXEL_SPACE], ids=["onvif", "pixels"])
def test_json_and_xml_say_the_same_and_what_was_drawn(space: Space) -> None:
    tracker = SceneTracker(SCENE, 5.0)
    read_json = make_adapter(SourceConfig("j", "onvif-json", cameras={"A-1-1": "A-1-1"}))
    read_xml = make_adapter(SourceConfig("x", "onvif-xml", cameras={"A-1-1": "A-1-1"}))
    for message in range(START, START + 25):
        frame = tracker.at(message)
        at = tracker.taken_at(message, 0.25)
        text = onvif_json.frame_message(frame, space, at)
        document = onvif_xml.OPENING + onvif_xml.frame_element(frame, space, at) + onvif_xml.CLOSING
        topic = onvif_json.boxes_topic("A-1-1")
        (one,) = read_json.read(topic, text, 0, "A-1-1").frames
        (other,) = read_xml.read("", document, 0, "A-1-1").frames
        assert one.time_us == other.time_us == round(at * 1e6)
        assert one.objects == other.objects
        assert one.ended == other.ended
        drawn = {found.box for found in objects_at(VARIANTS[1], frame.picture / FPS)}
        for seen in one.objects:
            box = (seen.box.x1, seen.box.y1, seen.box.x2, seen.box.y2)
            assert min(max(map(_gap, box, true)) for true in drawn) < 1e-5


def _gap(one: float, other: float) -> float:
    return abs(one - other)


def test_times_are_exact_to_the_microsecond() -> None:
    assert utc_text(1_795_345_205.129166) == "2026-11-22T11:00:05.129166Z"
    assert utc_text(1_795_345_205.9999999) == "2026-11-22T11:00:06.000000Z"


def test_some_cameras_speak_in_pixels() -> None:
    spaces = [space_of(camera.code) for camera in build_city().cameras]
    assert 200 < spaces.count(PIXEL_SPACE) < 450


def test_an_event_is_what_onvif_says_it_is() -> None:
    topic = onvif_json.event_topic("A-1-1", "RuleEngine/LineDetector/Crossed", "1", "2", "Fence1")
    assert topic == "city/A-1-1/onvif-ej/RuleEngine/LineDetector/Crossed/&1/2/Fence1"
    payload = json.loads(onvif_json.event_message(0.5, {"Rule": "Fence1"}, {"ObjectId": 12}))
    assert payload == {
        "UtcTime": "1970-01-01T00:00:00.500000Z",
        "Source": {"Rule": "Fence1"},
        "Data": {"ObjectId": 12},
    }


@pytest.mark.parametrize("scene", [variant.name for variant in VARIANTS])
def test_rules_lie_in_the_picture_and_are_broken_by_what_is_there(scene: str) -> None:
    for shape in shapes(scene):
        assert any(0 < x < 1 and 0 < y < 1 for x, y in shape.points), shape
        assert len(shape.points) == (2 if shape.is_line else 4)
    found = happenings(scene)
    assert any(one.rule == LINE_RULE for one in found)
    for one in found:
        if one.rule == ZONE_RULE:
            assert one.label == "person"
            assert one.until is not None
            assert 0 <= one.second < LOOP_S
            assert 0 < one.until - one.second < LOOP_S - LOITERING_S
        else:
            assert one.label != "person"


def test_loitering_can_be_seen_in_most_places() -> None:
    places = [v.name for v in VARIANTS if any(h.rule == ZONE_RULE for h in happenings(v.name))]
    assert len(places) >= 14


def test_a_line_is_crossed_when_the_drawn_vehicle_is_on_it() -> None:
    (line,) = (shape for shape in shapes(SCENE) if shape.is_line)
    (x0, y0), (x1, y1) = line.points
    crossings = [one for one in happenings(SCENE) if one.rule == LINE_RULE]
    assert len(crossings) > 10
    for one in crossings:
        boxes = {found.track_id: found.box for found in objects_at(VARIANTS[1], one.second)}
        left, top, right, bottom = boxes[one.track_id]
        middle = (left + right) / 2
        on_line = y0 + (y1 - y0) * (middle - x0) / (x1 - x0)
        assert top + (bottom - top) / 2 < on_line < bottom + 0.01, one
