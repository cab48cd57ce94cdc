"""What comes through a real broker: each event once, the newest boxes, nothing too large."""

from __future__ import annotations

import json
import os
import signal
import time
from collections import Counter
from functools import partial

import psutil
import pytest

from app.domain.analytics_event import EventPhase
from tests.fakes.mosquitto import BACKEND, Mosquitto
from tests.fakes.mqtt_flood import Flood
from tests.integration.analytics.listening import (
    Listening,
    boxes,
    boxes_topic,
    broker,
    crossing,
    events_topic,
    source,
)

_PROTOCOLS = pytest.mark.parametrize("protocol", ["5", "3.1.1"])


def _listens_to_events(wall: Listening, server: Mosquitto) -> None:
    """What is published from here on is kept for it."""
    wall.connected()
    wall.wait(lambda: "Sending SUBACK to nigehban-0a1b2c3d-events" in server.log())


def _objects(wall: Listening) -> Counter[str | None]:
    return Counter(event.track_id for event in wall.events)


def _was_replaced(wall: Listening, times: int) -> bool:
    return wall.link.restarts == times


@pytest.mark.logs_errors
@_PROTOCOLS
def test_no_event_is_lost_nor_comes_twice_when_the_process_is_killed(protocol: str) -> None:
    events, kills = 600, (200, 400)
    with Mosquitto(options=["max_queued_messages 5000"]) as server, Listening() as wall:
        wall.listen([broker(server, protocol=protocol)], [source()])
        _listens_to_events(wall, server)
        began = time.time()
        for number in range(events):
            server.publish(events_topic(), crossing(number, began + number), qos=1)
            if number in kills:
                os.kill(wall.pid, signal.SIGKILL)
                wall.wait(partial(_was_replaced, wall, kills.index(number) + 1))
        wall.wait(lambda: len(wall.events) >= events, seconds=40)
        server.publish(events_topic("market"), crossing(events, began + events))
        wall.wait(lambda: len(wall.events) >= events + 1)
        assert _objects(wall) == Counter(str(number) for number in range(events + 1))
        assert wall.link.restarts == 2


@_PROTOCOLS
def test_events_wait_at_the_broker_while_the_program_is_away(protocol: str) -> None:
    with Mosquitto() as server:
        with Listening() as wall:
            wall.listen([broker(server, protocol=protocol)], [source()])
            _listens_to_events(wall, server)
        for number in range(50):
            server.publish(events_topic(), crossing(number, 1_700_000_000.0 + number))
        with Listening() as wall:
            wall.listen([broker(server, protocol=protocol)], [source()])
            wall.wait(lambda: len(wall.events) >= 50)
            assert _objects(wall) == Counter(str(number) for number in range(50))


@_PROTOCOLS
def test_a_retained_event_is_a_state_and_told_once(protocol: str) -> None:
    with Mosquitto() as server, Listening() as wall:
        server.publish(events_topic(), crossing(7, 1_700_000_000.0), retain=True)
        wall.listen([broker(server, protocol=protocol)], [source()])
        wall.wait(lambda: wall.events)
        (event,) = wall.events
        assert (event.phase, event.is_retained) == (EventPhase.STATE, True)
        server.forget_publisher()
        server.stop()
        server.start()
        wall.connected()

        def came() -> bool:
            server.publish(events_topic("market"), crossing(8))
            return len(wall.events) > 1

        wall.wait(came)
        assert sum(event.is_retained for event in wall.events) == 1


@_PROTOCOLS
def test_a_huge_message_never_gets_in(protocol: str) -> None:
    """MQTT allows 268,435,455 bytes at most (2.1.4), which is what "1 GB" comes to."""
    with Mosquitto() as server, Listening() as wall:
        wall.link.want_boxes(["BNU-1-1"])
        wall.listen([broker(server, protocol=protocol, tls=False)], [source()])
        _listens_to_events(wall, server)
        server.publish(events_topic(), crossing(1))
        wall.wait(lambda: wall.events)
        before = psutil.Process(wall.pid).memory_info().rss
        server.publish(boxes_topic(), bytes(200_000_000), qos=0)
        server.publish(events_topic(), bytes(100_000_000), qos=1)
        server.publish(events_topic(), bytes(300_000), qos=1)
        server.publish(events_topic(), crossing(2))

        def came() -> bool:
            server.publish(boxes_topic(), boxes(), qos=0)
            return bool(wall.frames) and len(wall.events) == 2

        wall.wait(came, seconds=60)
        assert psutil.Process(wall.pid).memory_info().rss - before < 20_000_000
        assert wall.link.restarts == 0
        # The broker is told with MQTT 5 and keeps the two largest; the third is refused here.
        wall.counted(lambda state: state.bad == (1 if protocol == "5" else 3))


@pytest.mark.logs_errors
def test_bad_messages_are_counted_and_the_good_ones_go_on() -> None:
    bad = [b"", b"\xff\xfe", b"[]", b"{" * 5000, b'{"Frame":[{"@UtcTime":"1970-01-01T00:00:00Z"}]}']
    bad.append(json.dumps(boxes()).encode().replace(b"-0.5", b"NaN"))
    with Mosquitto() as server, Listening() as wall:
        wall.link.want_boxes(["BNU-1-1"])
        wall.listen([broker(server)], [source()])
        wall.connected()

        def came() -> bool:
            server.publish(boxes_topic(), boxes(), qos=0)
            return bool(wall.frames)

        wall.wait(came)
        for payload in bad:
            server.publish(boxes_topic(), payload, qos=0)
        wall.counted(lambda state: state.bad >= len(bad) - 1)
        known = len(wall.frames)
        server.publish(boxes_topic(), boxes(3), qos=0)
        wall.wait(lambda: len(wall.frames) > known)
        assert wall.link.restarts == 0


def test_cameras_that_nobody_knows_are_counted() -> None:
    with Mosquitto() as server, Listening() as wall:
        wall.listen([broker(server)], [source()])
        wall.connected()

        def counted() -> bool:
            server.publish(events_topic("somewhere"), crossing())
            return wall.states["city"].unknown > 0

        wall.wait(counted)
        assert not wall.events


def test_only_wanted_cameras_are_subscribed_and_let_go_after_a_while() -> None:
    with Mosquitto() as server, Listening() as wall:
        wall.link.want_boxes(["BNU-1-1", "BNU-1-2"])
        wall.listen([broker(server)], [source()])
        wall.wait(lambda: "city/market/onvif-mj/#" in server.log())
        assert "city/gate/onvif-mj/#" in server.log()
        assert "city/bridge/onvif-mj" not in server.log()
        wall.link.want_boxes(["BNU-1-1"])
        began = time.monotonic()
        wall.wait(lambda: "Received UNSUBSCRIBE" in server.log())
        assert time.monotonic() - began > 6.0
        server.publish(boxes_topic("market"), boxes(), qos=0)
        server.publish(boxes_topic("gate"), boxes(), qos=0)
        wall.wait(lambda: wall.frames)
        assert {frame.camera for frame in wall.frames} == {"BNU-1-1"}


def test_a_burst_drops_the_oldest_counts_them_and_grows_nothing() -> None:
    cameras = {f"cam{number}": f"BNU-{number}-1" for number in range(200)}
    message = boxes(5)
    message["Frame"][0]["@UtcTime"] = "{now}"
    payload = json.dumps(message)
    messages = [(boxes_topic(name), payload) for name in cameras]
    with Mosquitto() as server, Listening() as wall:
        wall.link.want_boxes(list(cameras.values()))
        wall.listen([broker(server)], [source(cameras=cameras, events_topic="")])
        wall.connected()
        with Flood(server.port, BACKEND, messages) as flood:
            flood.run(2000, 2)
            wall.wait(lambda: wall.frames)
            before = psutil.Process(wall.pid).memory_info().rss
            flood.run(20_000, 10)
            sent_at = time.time()
            flood.run(200, 1)
        grown = psutil.Process(wall.pid).memory_info().rss - before
        wall.wait(lambda: wall.frames[-1].time_us / 1e6 > sent_at)
        assert grown < 20_000_000
        assert wall.link.restarts == 0


def test_a_program_that_does_not_read_stops_nothing() -> None:
    """The process keeps the newest boxes, and the broker keeps the events."""
    with Mosquitto() as server, Listening() as wall:
        wall.link.want_boxes(["BNU-1-1"])
        wall.listen([broker(server)], [source()])
        _listens_to_events(wall, server)
        with wall.deaf():
            before = psutil.Process(wall.pid).memory_info().rss
            payload = json.dumps(boxes(5))
            with Flood(server.port, BACKEND, [(boxes_topic(), payload)]) as flood:
                flood.run(1000, 3)
            for number in range(300):
                server.publish(events_topic(), crossing(number, 1_700_000_000.0 + number))
            assert psutil.Process(wall.pid).memory_info().rss - before < 20_000_000
        wall.wait(lambda: len(wall.events) >= 300)
        assert _objects(wall) == Counter(str(number) for number in range(300))
        wall.counted(lambda state: state.dropped > 0)
