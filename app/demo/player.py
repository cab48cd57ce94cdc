"""A playing session: which picture is sent when, with which timestamp, and the sender reports.

Pictures are numbered on the camera's own time line: number ``n`` is taken at ``(n + phase) / fps``
seconds of Unix time. A clip of 60 seconds thus shows the same picture at the same second of every
minute, and a client that knows the sender report knows the true time of every picture.
"""

import asyncio
import math
import secrets
import time
from collections.abc import Callable
from enum import Enum
from fractions import Fraction

from app.demo.cameras import CameraPath
from app.demo.clips import Clip
from app.demo.rtp import CLOCK_RATE, goodbye, sender_report
from app.demo.sinks import Sink

_MOST_FRAMES_LATE = 30


class Start(Enum):
    """What a client gets first."""

    KEYFRAME_NOW = "keyframe-now"
    """The newest key frame at once, and the pictures since then with their true times."""
    NEXT_KEYFRAME = "next-keyframe"
    """Nothing until the next key frame is taken."""


class Player:
    """Sends the pictures of one session. Event loop thread only."""

    def __init__(
        self, camera: CameraPath, clip: Clip, sink: Sink, newer: Callable[[], Clip | None]
    ) -> None:
        """Play `clip`; `newer` is asked at key frames whether another one is to be shown."""
        self.camera = camera
        self._clip = clip
        self._sink = sink
        self._newer = newer
        self._ssrc = secrets.randbits(32)
        self._base_timestamp = secrets.randbits(32)
        self.sequence = secrets.randbits(16)
        self._packets = 0
        self._octets = 0
        self._next_report_at = 0.0
        self._needs_key = True
        self._following: int | None = None

    @property
    def fps(self) -> Fraction:
        """Pictures a second."""
        return self._clip.format.fps

    @property
    def ssrc(self) -> int:
        """The RTP source identifier of the session."""
        return self._ssrc

    def timestamp(self, frame: int) -> int:
        """Return the RTP timestamp of a picture."""
        return (self._base_timestamp + round(frame * CLOCK_RATE / self.fps)) & 0xFFFFFFFF

    def first_frame(self, start: Start, newest: int) -> int:
        """Return the picture to begin with when `newest` is the last one taken."""
        if start is Start.KEYFRAME_NOW:
            return self._clip.key_at_or_before(newest)
        following = newest + 1
        while not self._clip.is_key(following):
            following += 1
        return following

    def begin_with(self, frame: int) -> None:
        """Send `frame` first."""
        self._following = frame

    def send_until(self, newest: int, taken_at: Callable[[int], float]) -> None:
        """Send every picture up to `newest` that was not yet sent; `taken_at` gives their Unix
        times."""
        if self._following is None or newest < self._following:
            return
        faults = self.camera.faults
        if faults.stall or newest - self._following > max(_MOST_FRAMES_LATE, len(self._clip)):
            self._following = newest + 1
            self._needs_key = True
            return
        for frame in range(self._following, newest + 1):
            self._send(frame, taken_at(frame))
        self._following = newest + 1

    def end(self) -> None:
        """Say goodbye and stop."""
        self._following = None
        self._sink.close()

    def say_goodbye(self) -> None:
        """Tell the client that no more pictures follow."""
        self._sink.send_report(goodbye(self._ssrc))

    def _send(self, frame: int, taken_at: float) -> None:
        if self._needs_key or self._clip.is_key(frame):
            self._change_clip(frame)
        if self._needs_key and not self._clip.is_key(frame):
            return
        self._needs_key = False
        if taken_at >= self._next_report_at:
            self._report(frame, taken_at)
        template = self._clip.packets(frame)
        self._sink.send_media(
            template, sequence=self.sequence, timestamp=self.timestamp(frame), ssrc=self._ssrc
        )
        count = len(template.offsets)
        self.sequence = (self.sequence + count) & 0xFFFF
        self._packets += count
        self._octets += template.payload_octets
        self.camera.counts.frames += 1

    def _change_clip(self, frame: int) -> None:
        newer = self._newer()
        if newer is None or newer.format.fps != self.fps:
            return
        if newer.is_key(frame):
            self._clip = newer

    def _report(self, frame: int, taken_at: float) -> None:
        faults = self.camera.faults
        self._next_report_at = taken_at + faults.report_interval_s
        if not faults.sender_reports:
            return
        if faults.report_loss and self.camera.random.random() < faults.report_loss:
            return
        self.camera.counts.reports += 1
        self._sink.send_report(
            sender_report(
                ssrc=self._ssrc,
                unix_time=self.camera.clock(taken_at),
                timestamp=self.timestamp(frame),
                packets=self._packets,
                octets=self._octets,
            )
        )


class FrameClock:
    """Wakes all players whose cameras take their pictures at the same moments. Event loop thread
    only."""

    def __init__(self, fps: Fraction, phase: float) -> None:
        """Tick `fps` times a second, `phase` of an interval after the whole ones."""
        self._fps = float(fps)
        self._phase = phase
        self._players: set[Player] = set()
        self._timer: asyncio.TimerHandle | None = None

    def newest(self, unix_time: float) -> int:
        """Return the number of the last picture taken at or before a Unix time."""
        return math.floor(unix_time * self._fps - self._phase + 1e-6)

    def taken_at(self, frame: int) -> float:
        """Return the Unix time of a picture."""
        return (frame + self._phase) / self._fps

    def add(self, player: Player) -> None:
        """Wake the player from now on."""
        self._players.add(player)
        self._wake(player, time.time())
        if self._timer is None:
            self._schedule()

    def remove(self, player: Player) -> None:
        """Wake the player no more."""
        self._players.discard(player)
        if not self._players and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _schedule(self) -> None:
        now = time.time()
        wait = self.taken_at(self.newest(now) + 1) - now
        self._timer = asyncio.get_running_loop().call_later(max(0.0, wait), self._tick)

    def _tick(self) -> None:
        now = time.time()
        for player in tuple(self._players):
            self._wake(player, now)
        self._timer = None
        if self._players:
            self._schedule()

    def _wake(self, player: Player, now: float) -> None:
        player.send_until(self.newest(now - player.camera.faults.delay_s), self.taken_at)
