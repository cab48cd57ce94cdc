"""The demo city's backend over real sockets: true boxes, only for who asks, every switch."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psutil
import pytest
from paho.mqtt.enums import MQTTProtocolVersion

from app.demo.backend.process import DemoBackend, DemoBackendError
from app.demo.backend.rules import happenings
from app.demo.city import build_city
from app.demo.control import ControlError
from tests.fakes.demo_backend import (
    SCENES,
    Message,
    demo_backend,
    overlap,
    subscriber,
    told_boxes,
    true_boxes,
)

CAMERAS = [one.code for one in build_city().cameras]
CAMERA = CAMERAS[0]
BOXES = f"city/{CAMERA}/onvif-mj/VideoAnalytics/+/+"


@pytest.fixture(scope="module")
def shared_backend() -> Iterator[DemoBackend]:
    with demo_backend("--events-per-minute", "0") as backend:
        yield backend


@pytest.fixture
def backend(shared_backend: DemoBackend) -> Iterator[DemoBackend]:
    shared_backend.clear()
    yield shared_backend
    shared_backend.clear()


def _wait_until(holds: Callable[[], bool], timeout: float = 10.0) -> None:
    deadline = time.monotonic() + timeout
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"


def _boxes(backend: DemoBackend, count: int, topic: str = BOXES) -> list[Message]:
    with subscriber(backend.port) as client:
        return client.wait_connected().subscribe(topic).take(count)


def test_boxes_are_those_of_the_picture_with_their_time(backend: DemoBackend) -> None:
    codes = [CAMERAS[0], *(code for code in CAMERAS if SCENES[code] == "bazaar-day")][:6]
    with subscriber(backend.port) as client:
        topics = [f"city/{code}/onvif-mj/VideoAnalytics/+/+" for code in codes]
        messages = client.wait_connected().subscribe(*topics).take(60)
    compared = 0
    for message in messages:
        code = message.topic.split("/")[1]
        true = true_boxes(code, message.stamped_at + 1e-4)
        for box in told_boxes(code, message.frame):
            assert max(overlap(box, other) for other in true) > 0.999
            compared += 1
    assert compared > 200
    assert {message.topic.split("/")[1] for message in messages} == set(codes)


def test_five_messages_a_second_leave_as_soon_as_their_picture_is_taken(
    backend: DemoBackend,
) -> None:
    messages = _boxes(backend, 25)
    stamps = [message.stamped_at for message in messages]
    assert stamps == sorted(stamps)
    assert stamps[-1] - stamps[0] == pytest.approx(24 / 5, abs=0.001)
    late = sorted(message.arrived_at - message.stamped_at for message in messages)
    assert late[0] >= 0
    assert late[12] < 0.05


def test_only_what_somebody_wants_is_analysed(backend: DemoBackend) -> None:
    with subscriber(backend.port) as client:
        client.wait_connected().subscribe(BOXES, f"city/{CAMERAS[1]}/onvif-mj/#")
        _wait_until(lambda: set(backend.stats()["cameras"]) == {CAMERA, CAMERAS[1]})
        client.unsubscribe(BOXES)
        _wait_until(lambda: backend.stats()["cameras"] == [CAMERAS[1]])
    _wait_until(lambda: backend.stats()["cameras"] == [])


def test_overlapping_filters_bring_each_message_once(backend: DemoBackend) -> None:
    with subscriber(backend.port) as client:
        client.wait_connected().subscribe(BOXES, f"city/{CAMERA}/#")
        stamps = [message.stamped_at for message in client.take(10)]
    assert len(set(stamps)) == 10


def test_version_5_is_refused_in_words(backend: DemoBackend) -> None:
    with subscriber(backend.port, protocol=MQTTProtocolVersion.MQTTv5) as client:
        assert "protocol version" in client.refusals.get(timeout=10).lower()


# --- switches ---


def test_lateness_and_jitter(backend: DemoBackend) -> None:
    backend.set(CAMERA, lateness_s=0.6, jitter_s=0.1)
    messages = _boxes(backend, 25)
    late = sorted(message.arrived_at - message.stamped_at for message in messages)
    assert late[len(late) // 2] == pytest.approx(0.6, abs=0.12)
    assert late[-1] - late[0] > 0.1
    stamps = [message.stamped_at for message in messages]
    assert stamps == sorted(stamps)


def test_loss(backend: DemoBackend) -> None:
    backend.set("*", loss=0.5)
    stamps = [message.stamped_at for message in _boxes(backend, 15)]
    assert stamps[-1] - stamps[0] > 1.3 * 14 / 5


def test_reordering(backend: DemoBackend) -> None:
    backend.set("*", reorder=0.5)
    stamps = [message.stamped_at for message in _boxes(backend, 25)]
    assert stamps != sorted(stamps)
    assert len(set(stamps)) == 25


def test_a_clock_that_is_wrong(backend: DemoBackend) -> None:
    backend.set(CAMERA, clock_offset_s=-3600.0)
    for message in _boxes(backend, 5):
        assert message.arrived_at - message.stamped_at == pytest.approx(3600, abs=0.5)
        true = true_boxes(CAMERA, message.stamped_at + 3600 + 1e-4)
        for box in told_boxes(CAMERA, message.frame):
            assert max(overlap(box, other) for other in true) > 0.999


def test_silence_ends_when_it_is_over(backend: DemoBackend) -> None:
    with subscriber(backend.port) as client:
        client.wait_connected().subscribe(BOXES).take(2)
        backend.set(CAMERA, silent=True)
        client.take_for(0.4)  # what was under way
        assert client.take_for(0.8) == []
        backend.clear(CAMERA)
        client.take(2)


def test_garbage(backend: DemoBackend) -> None:
    backend.set(CAMERA, garbage=1.0)
    good = 0
    for message in _boxes(backend, 15):
        try:
            good += bool(json.loads(message.payload)["Frame"][0].get("@Source"))
        except (ValueError, KeyError, AttributeError, TypeError):
            continue
    assert good < 5


def test_a_burst_and_another_rate(backend: DemoBackend) -> None:
    backend.set(CAMERA, rate=10.0, burst=10)
    stamps = [message.stamped_at for message in _boxes(backend, 200)]
    assert len(set(stamps)) in (20, 21)
    assert stamps[-1] - stamps[0] == pytest.approx(19 / 10, abs=0.12)


def test_what_is_no_switch_is_refused_in_words(backend: DemoBackend) -> None:
    with pytest.raises(ControlError, match="lateness is no"):
        backend.set(CAMERA, lateness=0.3)


# --- events ---


def test_a_crossed_line_is_told_at_its_moment(backend: DemoBackend) -> None:
    code = next(code for code in CAMERAS if SCENES[code] == "avenue-rain")
    with subscriber(backend.port) as client:
        client.wait_connected().subscribe("city/+/onvif-ej/#", qos=1)
        backend.raise_event(code)
        (message,) = client.take(1, timeout=40)
    assert message.topic.startswith(f"city/{code}/onvif-ej/RuleEngine/")
    told = json.loads(message.payload)
    assert told["Source"]["Rule"] == message.topic.rpartition("/")[2]
    assert isinstance(told["Data"]["ObjectId"], int)
    assert told["Data"]["ClassTypes"] in ("Human", "Vehicle")
    assert not message.is_retained


def test_loitering_is_retained_until_it_ends(backend: DemoBackend) -> None:
    # Where nothing else breaks a rule for a while, the next event is the loitering.
    code, wait = min(
        (
            (code, (found.second - time.time() % 60 + 0.2) % 60)
            for code in CAMERAS[:300]
            for before, found in zip(
                happenings(SCENES[code]), happenings(SCENES[code])[1:], strict=False
            )
            if "Footpath" in found.rule and found.second - before.second > 1.0
        ),
        key=lambda pair: pair[1] if pair[1] > 1.5 else 100.0,
    )
    with subscriber(backend.port) as client:
        client.wait_connected().subscribe(f"city/{code}/onvif-ej/#", qos=1)
        deadline = time.monotonic() + wait - 0.6
        _wait_until(lambda: time.monotonic() > deadline, timeout=61)
        backend.raise_event(code)
        (begin,) = client.take(1, timeout=30)
        assert "ObjectIsLoitering" in begin.topic
        with subscriber(backend.port) as later:
            later.wait_connected().subscribe(f"city/{code}/onvif-ej/#", qos=1)
            (state,) = later.take(1)
            assert state.is_retained
            assert state.payload == begin.payload
        (end,) = client.take(1, timeout=40)
    assert end.topic == begin.topic
    assert end.payload == b""
    with subscriber(backend.port) as after:
        after.wait_connected().subscribe(f"city/{code}/onvif-ej/#", qos=1)
        assert after.take_for(0.5) == []


def test_some_events_come_by_themselves() -> None:
    with demo_backend("--events-per-minute", "120") as own, subscriber(own.port) as client:
        client.wait_connected().subscribe("city/+/onvif-ej/#", qos=1)
        cameras = {message.topic.split("/")[1] for message in client.take(5, timeout=60)}
        assert len(cameras) > 1


def test_events_wait_for_a_client_that_comes_back(backend: DemoBackend) -> None:
    code = next(code for code in CAMERAS if SCENES[code] == "avenue-rain")
    with subscriber(backend.port, client_id="station", is_clean=False) as client:
        client.wait_connected().subscribe("city/+/onvif-ej/#", qos=1)
    sent = backend.stats()["events"]
    backend.raise_event(code)
    _wait_until(lambda: backend.stats()["events"] > sent, timeout=40)
    with subscriber(backend.port, client_id="station", is_clean=False) as client:
        (message,) = client.take(1)
    assert f"city/{code}/" in message.topic


# --- the process ---


def test_the_backend_ends_with_its_parent() -> None:
    script = (
        "import sys\n"
        "from app.demo.backend.process import DemoBackend\n"
        "backend = DemoBackend.start()\n"
        "backend.wait_ready(30)\n"
        "print(backend.pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    assert parent.stdin is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    parent.stdout.close()
    parent.stdin.close()
    child.wait(timeout=10)


def test_a_port_that_is_taken_is_a_failure_in_words(backend: DemoBackend) -> None:
    with (
        pytest.raises(DemoBackendError, match="ended with status"),
        demo_backend("--port", str(backend.port)),
    ):
        pass
