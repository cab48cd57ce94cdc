"""What a message costs from the broker's socket to the timeline, and what a burst does."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import psutil

from app.analytics.messages import SourceState
from app.analytics.timelines import Timelines
from app.domain.detection import DetectionFrame
from tests.fakes.mosquitto import BACKEND, Mosquitto
from tests.fakes.mqtt_flood import Flood
from tests.integration.analytics.listening import BOXES, Listening, boxes, broker, source

CAMERAS = 200
RATE = 10.0
OBJECTS = 5
_SETTLE_S = 2.0
XML = (
    '<?xml version="1.0"?><tt:MetadataStream xmlns:tt="http://www.onvif.org/ver10/schema">'
    '<tt:VideoAnalytics><tt:Frame UtcTime="{{now}}">{objects}</tt:Frame></tt:VideoAnalytics>'
    "</tt:MetadataStream>"
)
_XML_OBJECT = (
    '<tt:Object ObjectId="{number}"><tt:Appearance><tt:Shape>'
    '<tt:BoundingBox left="-0.5{number}" top="0.5" right="0.1" bottom="-0.2"/>'
    '<tt:CenterOfGravity x="-0.2" y="0.1"/></tt:Shape><tt:Class>'
    '<tt:Type Likelihood="0.9">Human</tt:Type></tt:Class></tt:Appearance></tt:Object>'
)


@dataclass(frozen=True)
class MessageCost:
    """Microseconds of CPU a message, and of which process; ``frames`` reached the timelines."""

    process_us: float
    link_us: float
    messages: int
    frames: int
    dropped: int

    @property
    def total_us(self) -> float:
        return self.process_us + self.link_us


@dataclass(frozen=True)
class Burst:
    """A burst of ten times the usual rate: what came of it, in messages and megabytes."""

    offered: int
    messages: int
    dropped: int
    growth_mb: float
    recovered_s: float
    """From the burst's end until a box is less than 0.2 s old on its arrival again."""


class Receiver(Listening):
    """Listens for the boxes of many cameras, into real timelines."""

    def __init__(self) -> None:
        super().__init__()
        self.timelines = Timelines()
        self.received = 0
        self.newest_age_s = 0.0

    def _on_frames(self, frames: Sequence[DetectionFrame]) -> None:
        self.timelines.add(frames)
        self.received += len(frames)
        self.newest_age_s = time.time() - frames[-1].time_us / 1e6

    def __enter__(self) -> Self:
        super().__enter__()
        return self

    @property
    def process_s(self) -> float:
        """Processor time of the analytics process."""
        times = psutil.Process(self.pid).cpu_times()
        return times.user + times.system

    @property
    def link_s(self) -> float:
        """Processor time of the thread in this process that reads the pipe."""
        return self.link.cpu_s()

    def state_now(self) -> SourceState:
        """The next report."""
        told = self.told
        self.wait(lambda: self.told > told + 1)
        return self.states["city"]


def json_messages(cameras: int, objects: int) -> list[tuple[str, str]]:
    """Topics and payloads of ``onvif-mj``."""
    message = boxes(objects)
    message["Frame"][0]["@UtcTime"] = "{now}"
    payload = json.dumps(message)
    return [(_topic(number), payload) for number in range(cameras)]


def xml_messages(cameras: int, objects: int) -> list[tuple[str, str]]:
    """The same as XML documents, as a camera sends them."""
    inside = "".join(_XML_OBJECT.format(number=number + 1) for number in range(objects))
    return [(_topic(number), XML.format(objects=inside)) for number in range(cameras)]


def message_cost(
    adapter: str = "onvif-json", seconds: float = 5.0, repeats: int = 3
) -> MessageCost:
    """200 cameras x 10 messages/s x 5 objects over MQTT 5 and TLS; ``onvif-xml`` as payload.

    The middle one of ``repeats`` stretches.
    """
    is_json = adapter == "onvif-json"
    messages = (json_messages if is_json else xml_messages)(CAMERAS, OBJECTS)
    with Mosquitto() as server, Receiver() as wall:
        _listen(wall, server, adapter)
        with Flood(server.port, BACKEND, messages) as flood:
            flood.run(CAMERAS * RATE, _SETTLE_S)
            idle = sorted(_spent(wall, lambda: time.sleep(seconds)) for _ in range(repeats))
            middle = idle[repeats // 2]
            costs = [_stretch(wall, flood, seconds, middle) for _ in range(repeats)]
    return sorted(costs, key=lambda cost: cost.total_us)[repeats // 2]


def _stretch(
    wall: Receiver, flood: Flood, seconds: float, idle: tuple[float, float]
) -> MessageCost:
    received, before = wall.received, wall.state_now()
    spent = _spent(wall, lambda: flood.run(CAMERAS * RATE, seconds))
    after = wall.state_now()
    count = after.messages - before.messages
    return MessageCost(
        process_us=(spent[0] - idle[0]) / count * 1e6,
        link_us=(spent[1] - idle[1]) / count * 1e6,
        messages=count,
        frames=wall.received - received,
        dropped=after.dropped - before.dropped,
    )


def burst(seconds: float = 10.0) -> Burst:
    """Ten times the usual rate for a while."""
    with Mosquitto() as server, Receiver() as wall:
        _listen(wall, server, "onvif-json")
        with Flood(server.port, BACKEND, json_messages(CAMERAS, OBJECTS)) as flood:
            flood.run(CAMERAS * RATE, _SETTLE_S * 2)
            before, rss = wall.state_now(), psutil.Process(wall.pid).memory_info().rss
            offered = flood.run(CAMERAS * RATE * 10, seconds)
            calm = flood.begin(CAMERAS * RATE, _SETTLE_S * 2)
            over = time.monotonic()
            wall.wait(lambda: wall.newest_age_s < 0.2)
            recovered = time.monotonic() - over
            calm.join()
            after = wall.state_now()
            growth = psutil.Process(wall.pid).memory_info().rss - rss
    return Burst(
        offered,
        after.messages - before.messages,
        after.dropped - before.dropped,
        growth / 1e6,
        recovered,
    )


def _topic(number: int) -> str:
    return f"city/cam{number}/onvif-mj/VideoAnalytics/profile/module"


def _listen(wall: Receiver, server: Mosquitto, adapter: str) -> None:
    cameras = {f"cam{number}": f"BNU-{number}-1" for number in range(CAMERAS)}
    wall.link.want_boxes(list(cameras.values()))
    config = source(adapter=adapter, boxes_topic=BOXES, events_topic="", cameras=cameras)
    wall.listen([broker(server)], [config])
    wall.connected()
    wall.state_now()


def _spent(wall: Receiver, work: Callable[[], object]) -> tuple[float, float]:
    process, link = wall.process_s, wall.link_s
    work()
    return wall.process_s - process, wall.link_s - link


if __name__ == "__main__":
    for kind in ("onvif-json", "onvif-xml"):
        cost = message_cost(kind)
        print(kind, f"{cost.total_us:.1f} us", cost)
    print(burst())
