"""The ONVIF metadata track of a camera: the drawn objects as XML over RTP (ONVIF Streaming
Specification, "RTP usage for metadata").

A plain document gets one frame after the other and is closed within a second, its last packet
marked. A gzip track sends one whole compressed document per frame.
"""

import asyncio
import gzip
import math
import random
import secrets
import time
from collections import Counter

from app.demo.backend import onvif_xml
from app.demo.backend.onvif_scene import space_of
from app.demo.backend.scene_tracker import SceneTracker
from app.demo.backend.switches import Switches, SwitchTable, spoiled
from app.demo.cameras import CameraPath, phase
from app.demo.city import City
from app.demo.rtp import CLOCK_RATE, goodbye, packetise_text, sender_report
from app.demo.sdp import METADATA_TYPE
from app.demo.sinks import Sink

_IDLE_S = 0.5
_APART_S = 0.001
"""Timers that are due at the same moment fire in any order."""


class MetadataTracks:
    """Which cameras have a metadata track, and what they see. Event loop thread only."""

    def __init__(self, city: City) -> None:
        """Know the cameras of `city`."""
        self._cameras = {camera.code: camera for camera in city.cameras}
        self._trackers: dict[tuple[str, float], SceneTracker] = {}
        self.switches = SwitchTable()
        self.counts: Counter[str] = Counter()

    def encoding(self, path: str) -> str:
        """Return the RTP encoding name of a path's metadata track, or nothing."""
        camera = self._cameras.get(path.rpartition("/")[0])
        return camera.metadata_encoding if camera else ""

    def tracker(self, path: str, rate: float) -> SceneTracker:
        """Return what follows the scene of a path at a rate."""
        scene = self._cameras[path.rpartition("/")[0]].scene
        key = (scene, rate)
        if key not in self._trackers:
            first = int(time.time()) % 1_000_000 * 1000 + 1
            self._trackers[key] = SceneTracker(scene, rate, first)
        return self._trackers[key]


class MetadataPlayer:
    """Sends the metadata of one session. Event loop thread only."""

    def __init__(self, camera: CameraPath, tracks: MetadataTracks, sink: Sink) -> None:
        """Play the metadata of `camera`."""
        self._camera = camera
        self._tracks = tracks
        self._sink = sink
        self._is_gzip = tracks.encoding(camera.path).endswith("+gzip")
        self._code = camera.path.rpartition("/")[0]
        self._space = space_of(self._code)
        self._phase = phase(camera.path)
        self._random = random.Random(self._code)
        self._ssrc = secrets.randbits(32)
        self._base_timestamp = secrets.randbits(32)
        self.sequence = secrets.randbits(16)
        self._packets = 0
        self._octets = 0
        self._next_report_at = 0.0
        self._in_document = 0
        self._due = 0.0
        self._held: bytes | None = None
        self._rate = 0.0
        self._last = 0
        self._timers: set[asyncio.TimerHandle] = set()
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Send what is seen from now on."""
        self._take_rate()
        self._schedule()

    def timestamp(self, unix_time: float) -> int:
        """Return the RTP timestamp of a time; on this track it means nothing to clients."""
        return (self._base_timestamp + round(unix_time * CLOCK_RATE)) & 0xFFFFFFFF

    def end(self) -> None:
        """Send nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self._sink.send_report(goodbye(self._ssrc))
        self._sink.close()

    @property
    def _switches(self) -> Switches:
        return self._tracks.switches.of(self._code)

    def _take_rate(self) -> None:
        self._rate = self._switches.rate
        self._last = self._tracker.newest(time.time(), self._phase)

    @property
    def _tracker(self) -> SceneTracker:
        return self._tracks.tracker(self._camera.path, self._rate)

    def _schedule(self) -> None:
        wait = self._tracker.taken_at(self._last + 1, self._phase) - time.time()
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(min(max(0.0, wait), _IDLE_S), self._tick)

    def _tick(self) -> None:
        if self._switches.rate != self._rate:
            self._take_rate()
        newest = self._tracker.newest(time.time(), self._phase)
        if newest > self._last or newest < self._last - 1:  # the system's clock was set back
            self._last = newest
            self._look(newest)
        self._schedule()

    def _look(self, message: int) -> None:
        """Send, or schedule, what is to be said about one picture."""
        switches, source = self._switches, self._random
        if self._camera.faults.stall or switches.silent:
            return
        if switches.loss and source.random() < switches.loss:
            return
        taken_at = self._tracker.taken_at(message, self._phase)
        clock_error = switches.stamp(taken_at) - taken_at
        element = onvif_xml.frame_element(
            self._tracker.at(message), self._space, self._camera.clock(taken_at) + clock_error
        )
        if switches.garbage and source.random() < switches.garbage:
            element = spoiled(element, source)
        elements = [element] * max(1, switches.burst)
        if self._held is not None:
            elements.append(self._held)
            self._held = None
        elif switches.reorder and source.random() < switches.reorder:
            self._held = element
            return
        self._due = max(self._due + _APART_S, taken_at + switches.delay(source))
        wait = self._due - time.time()
        if wait <= 0:
            self._send(elements, taken_at)
            return

        def send_now() -> None:
            self._timers.discard(timer)
            self._send(elements, taken_at)

        timer = asyncio.get_running_loop().call_later(wait, send_now)
        self._timers.add(timer)

    def _send(self, elements: list[bytes], taken_at: float) -> None:
        if taken_at >= self._next_report_at:
            self._report(taken_at)
        for element in elements:
            self._tracks.counts["messages"] += 1
            if self._is_gzip:
                whole = onvif_xml.OPENING + element + onvif_xml.CLOSING
                self._transmit(gzip.compress(whole, 1, mtime=0), taken_at, is_end=True)
                continue
            is_end = self._in_document + 1 >= max(1, math.floor(self._rate))
            opening = b"" if self._in_document else onvif_xml.OPENING
            closing = onvif_xml.CLOSING if is_end else b""
            self._in_document = 0 if is_end else self._in_document + 1
            self._transmit(opening + element + closing, taken_at, is_end=is_end)

    def _transmit(self, data: bytes, taken_at: float, *, is_end: bool) -> None:
        template = packetise_text(data, METADATA_TYPE, is_end=is_end)
        self._sink.send_media(
            template,
            sequence=self.sequence,
            timestamp=self.timestamp(taken_at),
            ssrc=self._ssrc,
        )
        count = len(template.offsets)
        self.sequence = (self.sequence + count) & 0xFFFF
        self._packets += count
        self._octets += template.payload_octets

    def _report(self, taken_at: float) -> None:
        faults = self._camera.faults
        self._next_report_at = taken_at + faults.report_interval_s
        if not faults.sender_reports:
            return
        self._sink.send_report(
            sender_report(
                ssrc=self._ssrc,
                unix_time=self._camera.clock(taken_at),
                timestamp=self.timestamp(taken_at),
                packets=self._packets,
                octets=self._octets,
            )
        )
