"""A backend for the benchmark: publishes boxes as ``onvif-mj``, in a process of its own.

``python -m tests.benchmarks.overlay_backend PLAN.json`` runs until its standard input closes. What
was published when stands in the plan's log: camera, frame number, time in ns, one line each.
"""

import heapq
import json
import math
import random
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from tests.fakes.crossing_clip import block_box

Box = tuple[float, float, float, float]


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is published. ``lateness_s`` has an entry for each camera; frames are counted on the
    cameras' own time line: frame ``n`` is taken at ``(n + phase) / fps`` of Unix time."""

    port: int
    cameras: list[str]
    lateness_s: list[float]
    log: str
    jitter_s: float = 0.0
    rate_hz: float = 5.0
    objects: int = 1
    motion: Literal["crossing", "jumping", "milling"] = "crossing"
    fps: float = 15.0
    phase: float = 0.0
    user: str = ""
    password: str = ""
    ca_file: str = ""


def topic_of(camera: str) -> str:
    """Where the boxes of a camera are published; the program's setting has ``{camera}`` there."""
    return f"bench/{camera}/onvif-mj/VideoAnalytics/profile/detector"


def boxes_of(plan: Plan, camera: int, frame: int) -> Iterator[tuple[int, Box]]:
    """Track ids and boxes (fractions, origin top left) of a frame."""
    if plan.motion == "crossing":
        yield 1, block_box(frame)
        return
    if plan.motion == "jumping":
        # Too far to have moved there: the moment at which it is painted elsewhere can be seen.
        left = 0.1 + 0.5 * (round(frame * plan.rate_hz / plan.fps) % 2)
        yield 1, (left, 0.65, left + 0.15, 0.9)
        return
    for number in range(plan.objects):
        turn = frame / plan.fps * (0.3 + 0.05 * number) + camera + number
        # Below the number in the middle of the picture, which has to stay readable.
        x, y = 0.44 + 0.44 * math.sin(turn), 0.68 + 0.07 * math.cos(turn * 1.3)
        yield number + 1, (x, y, x + 0.12, y + 0.18)


def payload_of(plan: Plan, camera: int, frame: int) -> bytes:
    """One ``onvif-mj`` message (ONVIF Analytics, "JSON over MQTT")."""
    taken = datetime.fromtimestamp((frame + plan.phase) / plan.fps, UTC)
    objects = [
        {
            "@ObjectId": str(track),
            "Appearance": {
                "Shape": {
                    "BoundingBox": {
                        "@left": str(round(2 * x1 - 1, 5)),
                        "@top": str(round(1 - 2 * y1, 5)),
                        "@right": str(round(2 * x2 - 1, 5)),
                        "@bottom": str(round(1 - 2 * y2, 5)),
                    },
                    "CenterOfGravity": {"@x": str(round(x1 + x2 - 1, 5)), "@y": "0"},
                },
                "Class": {"Type": {"@Likelihood": "0.9", "#text": "Vehicle"}},
            },
        }
        for track, (x1, y1, x2, y2) in boxes_of(plan, camera, frame)
    ]
    stamp = taken.isoformat(timespec="microseconds").replace("+00:00", "Z")
    return json.dumps({"Frame": [{"@UtcTime": stamp, "Object": objects}]}).encode()


def publications(plan: Plan, start_s: float) -> Iterator[tuple[float, int, int]]:
    """When to publish which camera's which frame, in order, without end."""
    dice = random.Random(11)
    step = plan.fps / plan.rate_hz
    queue: list[tuple[float, int, int]] = []
    turn = math.ceil(start_s * plan.rate_hz)

    def push(camera: int, turn: int) -> None:
        frame = round(turn * step)
        taken = (frame + plan.phase) / plan.fps
        late = plan.lateness_s[camera] + dice.uniform(-plan.jitter_s, plan.jitter_s)
        heapq.heappush(queue, (taken + max(0.0, late), camera, turn))

    for camera in range(len(plan.cameras)):
        push(camera, turn + round(plan.rate_hz) + camera % max(1, round(plan.rate_hz)))
    while True:
        due, camera, turn = heapq.heappop(queue)
        push(camera, turn + 1)
        yield due, camera, round(turn * step)


def publish(plan: Plan, client: Any, is_over: threading.Event) -> None:
    """Publish in time until told to stop."""
    topics = [topic_of(camera) for camera in plan.cameras]
    with Path(plan.log).open("w", encoding="ascii") as log:
        for due, camera, frame in publications(plan, time.time()):
            payload = payload_of(plan, camera, frame)
            if is_over.wait(max(0.0, due - time.time())):
                return
            log.write(f"{camera} {frame} {time.time_ns()}\n")
            client.publish(topics[camera], payload, qos=0)


def main() -> int:
    """Run until standard input closes."""
    plan = msgspec.json.decode(Path(sys.argv[1]).read_bytes(), type=Plan)
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="bench-backend")
    if plan.user:
        client.username_pw_set(plan.user, plan.password)
    if plan.ca_file:
        client.tls_set(plan.ca_file)
    client.connect("localhost", plan.port)
    client.loop_start()
    is_over = threading.Event()

    def read() -> None:
        sys.stdin.buffer.read()
        is_over.set()

    threading.Thread(target=read, daemon=True).start()
    publish(plan, client, is_over)
    client.disconnect()
    client.loop_stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
