"""Sends the boxes of the cameras that somebody has subscribed to, each in time with its pictures.

Event loop thread only.
"""

import asyncio
import math
import random
import time
from collections import Counter
from zlib import crc32

from app.demo.backend import onvif_json
from app.demo.backend.broker import DemoBroker
from app.demo.backend.onvif_scene import space_of
from app.demo.backend.scene_tracker import SceneTracker
from app.demo.backend.switches import SwitchTable, spoiled
from app.demo.cameras import phase

_LONGEST_SLEEP_S = 2.0
_SLOT_S = 0.01
"""Messages that are due within this leave together."""
_APART_S = 1.1 * _SLOT_S
"""Timers that are due at the same moment fire in any order: not two of one camera."""


class BoxPublisher:
    """The analytics of all cameras."""

    def __init__(self, scenes: dict[str, str], broker: DemoBroker, switches: SwitchTable) -> None:
        """Publish what the cameras' scenes show; `scenes` by the camera's code."""
        self._broker = broker
        self._switches = switches
        self._scenes = scenes
        self._trackers: dict[tuple[str, float], SceneTracker] = {}
        self._groups: dict[tuple[float, float], _Group] = {}
        self._cameras: dict[str, _CameraFeed] = {}
        self.counts: Counter[str] = Counter()

    def follow(self) -> None:
        """Take note of who is listened to now and of changed switches."""
        wanted = set(self._broker.wanted)
        for code in self._cameras.keys() - wanted:
            self._cameras.pop(code).group.cameras.pop(code, None)
        for code in wanted:
            rate = self._switches.of(code).rate
            feed = self._cameras.get(code)
            if feed is not None and feed.rate != rate:
                feed.group.cameras.pop(code, None)
                feed = None
            if feed is None:
                group = self._group(rate, phase(f"{code}/sub"))
                feed = _CameraFeed(self, code, rate, group)
                self._cameras[code] = group.cameras[code] = feed
            feed.switches = self._switches.of(code)
        for key, group in tuple(self._groups.items()):
            if not group.cameras:
                group.stop()
                del self._groups[key]

    def close(self) -> None:
        """Send nothing any more."""
        for group in self._groups.values():
            group.stop()
        self._groups.clear()
        self._cameras.clear()

    def object_id(self, code: str, track_id: str) -> int:
        """Return the number under which boxes of the camera list an object."""
        feed = self._cameras.get(code)
        tracker = self.tracker(self._scenes[code], feed.rate) if feed else None
        found = tracker.object_id(track_id) if tracker else None
        return found if found is not None else crc32(track_id.encode()) & 0x7FFFFFFF

    @property
    def wanted(self) -> list[str]:
        """The cameras whose boxes are being sent."""
        return list(self._cameras)

    def tracker(self, scene: str, rate: float) -> SceneTracker:
        """Return what follows a scene at a rate."""
        key = (scene, rate)
        if key not in self._trackers:
            # After a new start of the backend no number means an object of the time before.
            first = int(time.time()) % 1_000_000 * 1000 + 1
            self._trackers[key] = SceneTracker(scene, rate, first)
        return self._trackers[key]

    def tracker_of(self, code: str, rate: float) -> SceneTracker:
        """Return what follows the scene of a camera."""
        return self.tracker(self._scenes[code], rate)

    def offer(self, code: str, topic: str, payload: bytes) -> None:
        """Send one message now."""
        self.counts["messages"] += self._broker.offer(code, topic, payload)

    def _group(self, rate: float, at: float) -> "_Group":
        key = (rate, at)
        if key not in self._groups:
            self._groups[key] = _Group(rate, at)
        return self._groups[key]


class _CameraFeed:
    """What is sent about one camera."""

    def __init__(self, publisher: BoxPublisher, code: str, rate: float, group: "_Group") -> None:
        self.rate = rate
        self.group = group
        self.switches = publisher._switches.of(code)
        self.tracker = publisher.tracker_of(code, rate)
        self._publisher = publisher
        self._code = code
        self._space = space_of(code)
        self._topic = onvif_json.boxes_topic(code)
        self._random = random.Random(code)
        self._due = 0.0
        self._held: bytes | None = None

    def send(self, message: int, taken_at: float) -> None:
        """Send, or schedule, what is to be said about one picture."""
        switches, source = self.switches, self._random
        if switches.silent or (switches.loss and source.random() < switches.loss):
            return
        payload = onvif_json.frame_message(
            self.tracker.at(message), self._space, switches.stamp(taken_at)
        )
        if switches.garbage and source.random() < switches.garbage:
            payload = spoiled(payload, source)
        payloads = [payload] * max(1, switches.burst)
        if self._held is not None:
            payloads.append(self._held)
            self._held = None
        elif switches.reorder and source.random() < switches.reorder:
            self._held = payload
            return
        self._due = max(self._due + _APART_S, taken_at + switches.delay(source))
        wait = self._due - time.time()
        if wait <= 0:
            self._send_now(payloads)
        else:
            loop = asyncio.get_running_loop()
            slot = math.ceil((loop.time() + wait) / _SLOT_S)
            loop.call_at(slot * _SLOT_S, self._send_now, payloads)

    def _send_now(self, payloads: list[bytes]) -> None:
        for payload in payloads:
            self._publisher.offer(self._code, self._topic, payload)


class _Group:
    """Cameras whose pictures are analysed at the same moments."""

    def __init__(self, rate: float, at: float) -> None:
        self.cameras: dict[str, _CameraFeed] = {}
        self._grid = SceneTracker("", rate)
        self._phase = at
        self._last = self._grid.newest(time.time(), at)
        self._timer: asyncio.TimerHandle | None = None
        self._schedule()

    def stop(self) -> None:
        """Send nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _schedule(self) -> None:
        wait = self._grid.taken_at(self._last + 1, self._phase) - time.time()
        wait = min(max(0.0, wait), _LONGEST_SLEEP_S)
        self._timer = asyncio.get_running_loop().call_later(wait, self._tick)

    def _tick(self) -> None:
        newest = self._grid.newest(time.time(), self._phase)
        if newest > self._last or newest < self._last - 1:  # the system's clock was set back
            self._last = newest
            taken_at = self._grid.taken_at(newest, self._phase)
            for camera in tuple(self.cameras.values()):
                camera.send(newest, taken_at)
        self._schedule()
