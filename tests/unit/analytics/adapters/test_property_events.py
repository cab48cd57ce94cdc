"""Events that last: when they begin, go on and end, and that their id stays."""

import json
from typing import Any

import pytest

from app.analytics.adapters.adapter import make_adapter
from app.analytics.adapters.onvif_events import kind_of
from app.analytics.adapters.onvif_xml import OnvifXml
from app.analytics.messages import SourceConfig
from app.domain.analytics_event import AnalyticsEvent, EventPhase
from app.domain.detection import Box
from tests.unit.analytics.adapters.golden_cases import CAMERA, GOLDEN, RECEIVED_US, SOURCE

_INSIDE = "dev/onvif-ej/RuleEngine/FieldDetector/ObjectsInside/&1/2/Market"
_BEGAN = 1_700_000_000_000_000
_PULSE, _START, _UPDATE, _END = (
    EventPhase.PULSE,
    EventPhase.START,
    EventPhase.UPDATE,
    EventPhase.END,
)


class _Source:
    """An adapter and the messages that it is given."""

    def __init__(self) -> None:
        self._adapter = make_adapter(SourceConfig(SOURCE, "onvif-json"))

    def say(
        self, data: dict[str, Any] | None, second: int = 0, topic: str = _INSIDE, late_s: int = 0
    ) -> AnalyticsEvent | None:
        utc = f"2023-11-14T22:13:{20 + second}Z"
        message = {"UtcTime": utc, "Source": {"VideoSource": "1", "Rule": "Market"}, "Data": data}
        payload = b"" if data is None else json.dumps(message).encode()
        received_us = RECEIVED_US + late_s * 1_000_000
        events = self._adapter.read(topic, payload, received_us, CAMERA).events
        return events[0] if events else None


@pytest.mark.parametrize("true", [True, "true", "1", 1])
@pytest.mark.parametrize("false", [False, "false", "0"])
def test_a_state_begins_and_ends_as_one_event(true: Any, false: Any) -> None:
    source = _Source()
    began = source.say({"State": true})
    ended = source.say({"State": false}, 8)
    assert began is not None
    assert ended is not None
    assert (began.phase, began.kind, began.rule) == (_START, "zone_entered", "Market")
    assert (began.time_us, began.end_us) == (_BEGAN, None)
    assert (ended.phase, ended.event_id) == (_END, began.event_id)
    assert (ended.time_us, ended.end_us) == (_BEGAN, _BEGAN + 8_000_000)


def test_the_same_message_twice_is_the_same_event() -> None:
    source = _Source()
    assert source.say({"IsInside": True}) == source.say({"IsInside": True})
    # And in another process, which remembers nothing.
    assert source.say({"IsInside": True}) == _Source().say({"IsInside": True})


def test_a_state_that_is_told_again_goes_on() -> None:
    source = _Source()
    began = source.say({"IsInside": True, "ObjectId": 4})
    again = source.say({"IsInside": True, "ObjectId": 5}, 3)
    assert began is not None
    assert again is not None
    assert (again.phase, again.event_id) == (_UPDATE, began.event_id)
    assert (again.time_us, again.track_id) == (_BEGAN, "5")


def test_a_second_beginning_is_another_event() -> None:
    source = _Source()
    first = source.say({"IsInside": True})
    source.say({"IsInside": False}, 2)
    second = source.say({"IsInside": True}, 4)
    assert first is not None
    assert second is not None
    assert first.event_id != second.event_id


def test_a_message_without_content_ends_the_state_of_its_topic() -> None:
    source = _Source()
    began = source.say({"IsInside": True})
    ended = source.say(None, late_s=5)
    assert began is not None
    assert ended is not None
    assert (ended.phase, ended.event_id) == (_END, began.event_id)
    assert ended.end_us == _BEGAN + 5_000_000


def test_an_end_that_comes_twice_is_the_same_end() -> None:
    source = _Source()
    source.say({"IsInside": True})
    assert source.say({"IsInside": False}, 2) == source.say({"IsInside": False}, 2)
    assert source.say({"IsInside": False}, 3) is None
    source.say({"IsInside": True}, 4)
    assert source.say(None, late_s=6) == source.say(None, late_s=7)


def test_a_beginning_that_comes_again_after_its_end_begins_nothing() -> None:
    source = _Source()
    began = source.say({"IsInside": True})
    source.say({"IsInside": False}, 2)
    assert source.say({"IsInside": True}) == began
    assert source.say({"IsInside": False}, 9) is None


def test_what_was_never_true_does_not_end() -> None:
    assert _Source().say({"IsInside": False}) is None
    assert _Source().say(None) is None


def test_rules_do_not_end_each_other() -> None:
    source = _Source()
    source.say({"IsInside": True})
    assert source.say({"IsInside": False}, topic=_INSIDE + "2") is None
    assert source.say({"IsInside": False}) is not None


def test_what_has_no_duration_is_a_pulse_of_its_own_each_time() -> None:
    topic = "dev/onvif-ej/RuleEngine/LineDetector/Crossed/&1/2/Gate"
    source = _Source()
    first, second = (
        source.say({"ObjectId": "15"}, topic=topic),
        source.say({"ObjectId": "16"}, topic=topic),
    )
    assert first is not None
    assert second is not None
    assert first.phase is second.phase is _PULSE
    assert first.event_id != second.event_id


def test_an_object_in_the_event_gives_its_box_and_class() -> None:
    box = {"@left": -0.5, "@top": 0.5, "@right": 0.5, "@bottom": -0.5}
    look = {
        "Shape": {"BoundingBox": box},
        "Class": {"Type": [{"#text": "Vehicle", "@Likelihood": 0.91}]},
    }
    event = _Source().say({"Object": {"Object": [{"@ObjectId": 9, "Appearance": look}]}})
    assert event is not None
    assert event.box == Box(0.25, 0.25, 0.75, 0.75)
    assert (event.label, event.confidence, event.track_id) == ("vehicle", 0.91, "9")


def test_a_class_by_name_is_the_label() -> None:
    event = _Source().say({"ClassTypes": "Human", "Count": 3})
    assert event is not None
    assert event.label == "person"
    assert ("Count", "3", None) in event.attributes


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        ("RuleEngine/LineDetector/Crossed", "line_crossed"),
        ("RuleEngine/LoiteringDetector/ObjectIsLoitering", "loitering"),
        ("VideoSource/GlobalSceneChange/AnalyticsService", "tampering"),
        ("Device/HardwareFailure/StorageFailure", "hardwarefailure_storagefailure"),
        ("Odd Rule", "odd_rule"),
        ("", ""),
    ],
)
def test_kinds_are_our_words(topic: str, kind: str) -> None:
    assert kind_of(topic) == kind


def _xml(operation: str, value: str, second: int) -> bytes:
    example = (GOLDEN / "onvif_cells.xml").read_bytes()
    return (
        example.replace(b'"Changed"', f'"{operation}"'.encode())
        .replace(b'"true"', f'"{value}"'.encode())
        .replace(b"12:24:57.628", f"12:24:{second}.000".encode())
    )


def test_xml_says_itself_what_happens_to_a_property() -> None:
    adapter = OnvifXml(SourceConfig(SOURCE, "onvif-xml"))

    def say(operation: str, value: str, second: int) -> list[tuple[EventPhase, str]]:
        # A new connection each time: what is open is remembered beyond it.
        read = adapter.stream(CAMERA).feed(_xml(operation, value, second), RECEIVED_US)
        return [(event.phase, event.event_id) for event in read.events]

    assert say("Initialized", "false", 10) == []
    ((phase, began),) = say("Initialized", "true", 11)
    assert phase is EventPhase.STATE
    assert say("Changed", "false", 12) == [(_END, began)]
    ((phase, again),) = say("Changed", "true", 13)
    assert phase is _START
    assert again != began
    assert say("Deleted", "true", 14) == [(_END, again)]


def test_two_cameras_with_the_same_rule_have_events_of_their_own() -> None:
    adapter = OnvifXml(SourceConfig(SOURCE, "onvif-xml"))
    payload = _xml("Changed", "true", 10)
    first = adapter.stream("BNU-1").feed(payload, RECEIVED_US).events[0]
    second = adapter.stream("BNU-2").feed(payload, RECEIVED_US).events[0]
    assert first.event_id != second.event_id
