"""The microphones of the demo city: a drawn street heard, as G.711 over RTP (RFC 3551, 4.5.14).

What is heard follows the clock: a loop of ten seconds, the same at the same second of every ten, so
that a recording can be held against the time it claims.
"""

import asyncio
import secrets
import time
from functools import cache
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from app.demo.cameras import CameraPath
from app.demo.city import City
from app.demo.rtp import goodbye, packetise_text, sender_report
from app.demo.sdp import SOUND_RATE, SOUND_TYPE
from app.demo.sinks import Sink

LOOP_S = 10
PACKET_S = 0.04
_SAMPLES = round(SOUND_RATE * PACKET_S)
_HORNS = ((2.0, 440.0), (2.5, 440.0), (6.2, 330.0))
"""When in the loop somebody sounds a horn, and how high it is."""
_HORN_S = 0.25


@cache
def street() -> bytes:
    """The loop in mu-law: traffic far away, an engine that passes, horns."""
    dice = np.random.default_rng(20)
    count = LOOP_S * SOUND_RATE
    at = np.arange(count) / SOUND_RATE
    far = _smoothed(dice.normal(size=count), 24)
    near = _smoothed(dice.normal(size=count), 6) * np.exp(-(((at - 4.5) / 0.9) ** 2))
    hum = np.sin(2 * np.pi * 55 * at) * np.exp(-(((at - 4.5) / 1.2) ** 2))
    wave = 2_500 * far + 9_000 * near + 2_500 * hum
    for begins, hertz in _HORNS:
        sounds = (at >= begins) & (at < begins + _HORN_S)
        tone = sum(np.sin(2 * np.pi * hertz * k * at) / k for k in (1, 2, 3))
        wave += np.where(sounds, 7_000 * tone, 0)
    return _coded(np.clip(wave, -32_000, 32_000).astype(np.int16))


def _smoothed(noise: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    return np.convolve(noise, np.ones(width) / np.sqrt(width), "same")


def _coded(wave: NDArray[np.int16]) -> bytes:
    encoder: Any = av.CodecContext.create("pcm_mulaw", "w")
    encoder.sample_rate, encoder.layout, encoder.format = SOUND_RATE, "mono", "s16"
    frame = av.AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = SOUND_RATE
    return b"".join(bytes(packet) for packet in encoder.encode(frame))


class Microphones:
    """Which cameras have one. Event loop thread only."""

    def __init__(self, city: City) -> None:
        """Know the cameras of `city`."""
        self._codes = {camera.code for camera in city.cameras if camera.has_microphone}

    def hears(self, path: str) -> bool:
        """Tell whether the streams of a path carry sound."""
        return path.rpartition("/")[0] in self._codes


class MicrophonePlayer:
    """Sends the sound of one session. Event loop thread only."""

    def __init__(self, camera: CameraPath, sink: Sink) -> None:
        """Play what `camera` hears."""
        self._camera = camera
        self._sink = sink
        self._ssrc = secrets.randbits(32)
        self._base_timestamp = secrets.randbits(32)
        self.sequence = secrets.randbits(16)
        self._packets = 0
        self._next_report_at = 0.0
        self._following = 0
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Send what is heard from now on."""
        self._following = int(time.time() / PACKET_S)
        self._schedule()

    def end(self) -> None:
        """Send nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._sink.send_report(goodbye(self._ssrc))
        self._sink.close()

    def _schedule(self) -> None:
        # A packet is full, and is sent, when its last sample was heard.
        wait = (self._following + 1) * PACKET_S - time.time()
        self._timer = asyncio.get_running_loop().call_later(max(0.0, wait), self._tick)

    def _tick(self) -> None:
        newest = int(time.time() / PACKET_S)
        if not self._following < newest < self._following + LOOP_S / PACKET_S:
            self._following = newest - 1  # the system's clock was set
        for number in range(self._following, newest):
            if not self._camera.faults.stall:
                self._send(number)
        self._following = newest
        self._schedule()

    def _send(self, number: int) -> None:
        heard_at = number * PACKET_S
        timestamp = (self._base_timestamp + number * _SAMPLES) & 0xFFFFFFFF
        if heard_at >= self._next_report_at:
            self._report(heard_at, timestamp)
        loop = street()
        at = number * _SAMPLES % len(loop)
        template = packetise_text(loop[at : at + _SAMPLES], SOUND_TYPE, is_end=False)
        self._sink.send_media(
            template, sequence=self.sequence, timestamp=timestamp, ssrc=self._ssrc
        )
        self.sequence = (self.sequence + 1) & 0xFFFF
        self._packets += 1

    def _report(self, heard_at: float, timestamp: int) -> None:
        faults = self._camera.faults
        self._next_report_at = heard_at + faults.report_interval_s
        if faults.sender_reports:
            report = sender_report(
                ssrc=self._ssrc,
                unix_time=self._camera.clock(heard_at),
                timestamp=timestamp,
                packets=self._packets,
                octets=self._packets * _SAMPLES,
            )
            self._sink.send_report(report)
