"""What it costs to understand one message of five objects, adapter by adapter, without a network.

For the part "overlay". Times are CPU times of the calling thread.
"""

import json
import statistics
import time
from dataclasses import dataclass
from typing import Any

from app.analytics.adapters.adapter import Adapter, make_adapter
from app.analytics.adapters.onvif_xml import OnvifXml
from app.analytics.messages import SourceConfig

OBJECTS = 5
_ROUNDS = 9
_MESSAGES = 400
_CAMERA = "BNU-41-3"
_TIME = "2026-11-22T10:00:00.125Z"
_RECEIVED_US = 1_795_000_000_000_000


@dataclass(frozen=True)
class ParsingCost:
    """Microseconds of CPU time a message: the median of several rounds, and their best."""

    name: str
    size: int
    median_us: float
    best_us: float


def onvif_json_message(objects: int = OBJECTS) -> bytes:
    """A frame as ``onvif-mj``, as a camera would send it."""
    return _dumps({"Frame": [{"@UtcTime": _TIME, "@Source": "m", "Object": _objects(objects)}]})


def onvif_xml_message(objects: int = OBJECTS) -> bytes:
    """The same frame as a document of its own."""
    inside = "".join(
        f'<tt:Object ObjectId="{one["@ObjectId"]}"><tt:Appearance><tt:Shape>'
        f"<tt:BoundingBox {_attributes(one['Appearance']['Shape']['BoundingBox'])}/>"
        f"<tt:CenterOfGravity {_attributes(one['Appearance']['Shape']['CenterOfGravity'])}/>"
        '</tt:Shape><tt:Class><tt:Type Likelihood="0.9">Human</tt:Type></tt:Class>'
        "</tt:Appearance></tt:Object>"
        for one in _objects(objects)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema"><tt:VideoAnalytics>'
        f'<tt:Frame UtcTime="{_TIME}" Source="m">{inside}</tt:Frame>'
        "</tt:VideoAnalytics></tt:MetadataStream>"
    ).encode()


def deepstream_message(objects: int = OBJECTS) -> bytes:
    """A frame as DeepStream's minimal JSON."""
    lines = [
        f"{number}|{100 + number}|{200}|{300 + number}|{400}|Person" for number in range(objects)
    ]
    head = {"version": "4.0", "id": "7", "@timestamp": _TIME, "sensorId": "1"}
    return _dumps({**head, "objects": lines})


def axis_message(objects: int = OBJECTS) -> bytes:
    """A frame of Axis scene metadata, version 1."""
    detections = [
        {
            "object_track_id": f"{number}",
            "bounding_box": {"left": 0.1, "top": 0.2, "right": 0.3, "bottom": 0.4},
            "class": {"type": "Human", "score": 0.9},
        }
        for number in range(objects)
    ]
    return _dumps({"channel_id": 1, "timestamp": _TIME, "detections": detections})


def frigate_message() -> bytes:
    """An event of Frigate: one object, twice."""
    tracked = {
        "id": "1607123955.475377-mxklsc", "camera": "gate", "frame_time": 1795000000.1,
        "label": "person", "sub_label": None, "top_score": 0.95, "false_positive": False,
        "start_time": 1795000000.0, "end_time": None, "score": 0.9, "box": [424, 500, 536, 712],
        "region": [264, 450, 667, 853], "current_zones": ["yard"], "entered_zones": ["yard"],
        "has_snapshot": False, "has_clip": False, "stationary": False, "current_attributes": [],
    }  # fmt: skip
    return _dumps({"type": "update", "before": tracked, "after": tracked})


def parsing_costs() -> list[ParsingCost]:
    """Measure all of them; some seconds."""

    def adapter(name: str) -> Adapter:
        return make_adapter(SourceConfig("bench", name, reference=(1920, 1080)))

    costs = [
        _cost("ONVIF JSON", adapter("onvif-json"), onvif_json_message()),
        _cost("DeepStream minimal", adapter("deepstream"), deepstream_message()),
        _cost("Axis", adapter("axis"), axis_message()),
        _cost("Frigate event", adapter("frigate"), frigate_message()),
    ]
    stream = OnvifXml(SourceConfig("bench", "onvif-xml")).stream(_CAMERA)
    document = onvif_xml_message()
    rounds = []
    for _ in range(_ROUNDS):
        began = time.thread_time()
        for _ in range(_MESSAGES):
            stream.feed(document, _RECEIVED_US)
        rounds.append((time.thread_time() - began) / _MESSAGES * 1e6)
    costs.append(_summary("ONVIF XML", len(document), rounds))
    return costs


def _cost(name: str, subject: Adapter, payload: bytes) -> ParsingCost:
    topic = "x/events"
    rounds = []
    for _ in range(_ROUNDS):
        began = time.thread_time()
        for _ in range(_MESSAGES):
            subject.read(topic, payload, _RECEIVED_US, _CAMERA)
        rounds.append((time.thread_time() - began) / _MESSAGES * 1e6)
    return _summary(name, len(payload), rounds)


def _summary(name: str, size: int, rounds: list[float]) -> ParsingCost:
    return ParsingCost(name, size, statistics.median(rounds), min(rounds))


def _objects(count: int) -> list[dict[str, Any]]:
    return [
        {
            "@ObjectId": number + 1,
            "Appearance": {
                "Shape": {
                    "BoundingBox": {
                        "@left": -0.5 + number / 10,
                        "@top": 0.5,
                        "@right": -0.4 + number / 10,
                        "@bottom": -0.25,
                    },
                    "CenterOfGravity": {"@x": -0.45 + number / 10, "@y": 0.125},
                },
                "Class": {"Type": [{"@Likelihood": 0.9, "#text": "Human"}]},
            },
        }
        for number in range(count)
    ]


def _attributes(node: dict[str, Any]) -> str:
    return " ".join(f'{name[1:]}="{value}"' for name, value in node.items())


def _dumps(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


if __name__ == "__main__":
    for cost in parsing_costs():
        print(f"{cost.name:20} {cost.size:5} B  {cost.median_us:6.1f} us  best {cost.best_us:6.1f}")
