"""The demo city's backend for tests: its process, a client, and what its messages say."""

from __future__ import annotations

import json
import queue
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from app.demo.backend.onvif_scene import space_of
from app.demo.backend.process import DemoBackend
from app.demo.cameras import phase
from app.demo.city import scenes_by_camera
from app.demo.scenes.catalogue import variant
from app.demo.scenes.motion import Box, objects_at, picture_second

SCENES = scenes_by_camera()


@contextmanager
def demo_backend(*extra: str) -> Iterator[DemoBackend]:
    """Run a demo backend."""
    backend = DemoBackend.start(extra=extra)
    try:
        backend.wait_ready(30)
        yield backend
    finally:
        backend.close()


@dataclass(frozen=True, slots=True)
class Message:
    """One message as a client got it; `arrived_at` is Unix time."""

    arrived_at: float
    topic: str
    payload: bytes
    is_retained: bool

    @property
    def frame(self) -> dict[str, Any]:
        """The frame of a scene description."""
        (frame,) = json.loads(self.payload)["Frame"]
        return dict(frame)

    @property
    def stamped_at(self) -> float:
        """The time in a scene description, as Unix time."""
        return datetime.fromisoformat(self.frame["@UtcTime"]).timestamp()


class Subscriber:
    """An MQTT client that keeps what it gets."""

    def __init__(
        self,
        port: int,
        *,
        client_id: str = "",
        is_clean: bool = True,
        protocol: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv311,
    ) -> None:
        self.messages: queue.Queue[Message] = queue.Queue()
        self.refusals: queue.Queue[str] = queue.Queue()
        self._connected: queue.Queue[bool] = queue.Queue()
        self._granted: queue.Queue[int] = queue.Queue()
        is_v5 = protocol is MQTTProtocolVersion.MQTTv5
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=None if is_v5 else is_clean,
            protocol=protocol,
            reconnect_on_failure=False,
        )
        self._client.on_message = self._keep
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = lambda *given: self._granted.put(given[2])
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def wait_connected(self) -> Subscriber:
        """Wait until the broker has accepted the client."""
        assert self._connected.get(timeout=10)
        return self

    def subscribe(self, *topics: str, qos: int = 0) -> Subscriber:
        """Subscribe and wait until that is granted."""
        self._client.subscribe([(topic, qos) for topic in topics])
        self._granted.get(timeout=10)
        return self

    def unsubscribe(self, topic: str) -> None:
        self._client.unsubscribe(topic)

    def take(self, count: int, timeout: float = 20.0) -> list[Message]:
        """Return the next messages; fails when they do not come."""
        deadline = time.monotonic() + timeout
        return [
            self.messages.get(timeout=max(0.01, deadline - time.monotonic())) for _ in range(count)
        ]

    def take_for(self, seconds: float) -> list[Message]:
        """Return what comes in the next seconds."""
        found = []
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            try:
                found.append(self.messages.get(timeout=left))
            except queue.Empty:
                break
        return found

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        # paho closes a pair of sockets when the client is freed: not in a ring of references.
        self._client.on_message = self._client.on_connect = self._client.on_subscribe = None
        del self._client

    def _on_connect(self, *given: Any) -> None:
        reason = given[3]
        if reason.is_failure:
            self.refusals.put(str(reason))
        self._connected.put(not reason.is_failure)

    def _keep(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        self.messages.put(
            Message(time.time(), message.topic, bytes(message.payload), message.retain)
        )


@contextmanager
def subscriber(port: int, **options: Any) -> Iterator[Subscriber]:
    """Run a client."""
    client = Subscriber(port, **options)
    try:
        yield client
    finally:
        client.close()


def true_boxes(code: str, unix_time: float) -> list[Box]:
    """The boxes of what the camera's picture of a true time shows."""
    second = picture_second(unix_time, phase(f"{code}/sub"))
    return [one.box for one in objects_at(variant(SCENES[code]), second)]


def told_boxes(code: str, frame: dict[str, Any]) -> list[Box]:
    """The boxes of a JSON frame, computed back by the specification's rule for coordinates."""
    space = space_of(code)
    transformation = frame.get("Transformation")
    assert (transformation is None) == space.is_onvif
    sx, sy, tx, ty = 1.0, 1.0, 0.0, 0.0
    if transformation:
        sx, sy = transformation["Scale"]["@x"], transformation["Scale"]["@y"]
        tx, ty = transformation["Translate"]["@x"], transformation["Translate"]["@y"]
    found = []
    for one in frame.get("Object", ()):
        edges = one["Appearance"]["Shape"]["BoundingBox"]
        left, right = edges["@left"] * sx + tx, edges["@right"] * sx + tx
        top, bottom = edges["@top"] * sy + ty, edges["@bottom"] * sy + ty
        found.append(((left + 1) / 2, (1 - top) / 2, (right + 1) / 2, (1 - bottom) / 2))
    return found


def overlap(one: Box, other: Box) -> float:
    """Intersection over union."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    both = max(0.0, width) * max(0.0, height)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return both / (areas - both)
