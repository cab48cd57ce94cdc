"""Measures one player over one window of time: CPU, memory, pictures shown and their age."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from tests.benchmarks.peers import Player
from tests.benchmarks.processes import Footprint, cpu_by_process, cpu_seconds, footprint
from tests.benchmarks.screen_reader import ScreenReader, Seen, Watch
from tests.fakes.gst_server import PAGE, GstServer, SendTimes
from tests.fakes.xvfb import VirtualScreen

SETTLE_S = 3.0
_TAIL_S = 1.0  # pictures sent at the end of the window may be seen this much later
_OLDEST_S = 10.0  # an age beyond this is another camera's picture, not an old one


@dataclass
class WindowResult:
    """What one window showed."""

    seconds: float
    client_cpu_s: float
    server_cpu_s: float  # of the X server
    cpu_parts: list[float]  # of each process of the client, most first
    sent: int
    shown: int
    live_tiles: int
    ages_ms: list[float]
    first_pictures_ms: list[float]
    memory: Footprint
    longest_gap_ms: float
    extra: dict[str, float] = field(default_factory=dict)

    @property
    def cpu_s(self) -> float:
        """CPU of the client and the X server together."""
        return self.client_cpu_s + self.server_cpu_s

    @property
    def cpu_percent(self) -> float:
        """The same as a share of one core."""
        return 100 * self.cpu_s / self.seconds

    @property
    def shown_percent(self) -> float:
        """Pictures seen on the screen, of those sent."""
        return 100 * self.shown / max(1, self.sent)


def clip_of(camera: int, clips: int) -> int:
    """Which clip a camera of the test server plays."""
    return camera // PAGE % clips


def age_ms(times: SendTimes, camera: int, seen: Seen) -> float | None:
    """From the send to the first look that found the picture; None if it is not this camera's."""
    sent = times.sent_ns(camera, seen.index)
    age = (seen.at_ns - sent) / 1e6
    return age if 0 <= age < _OLDEST_S * 1000 else None


class WallWindow:
    """Watches a player from its start on."""

    def __init__(self, player: Player, screen: VirtualScreen, server: GstServer) -> None:
        self._player = player
        self._screen = screen
        self._times = server.send_times()
        self._clips = len(server.clips)
        self._reader = ScreenReader(screen.pixels(), player.rects)
        self._first: dict[int, Seen] = {}
        self._started_ns = time.time_ns()

    def _is_right(self, seen: Seen) -> bool:
        return seen.clip == clip_of(self._player.cameras[seen.tile], self._clips)

    def wait_live(self, seconds: float) -> int:
        """Watch until every tile shows its camera, or so long; the number that do."""

        def all_live(watch: Watch) -> bool:
            seen = watch.seen[-1]
            if len(self._first) < len(self._player.rects):
                for seen in watch.seen:
                    if self._is_right(seen):
                        self._first.setdefault(seen.tile, seen)
            return len(self._first) == len(self._player.rects)

        self._reader.watch(seconds, until=all_live)
        return len(self._first)

    def first_pictures_ms(self) -> list[float]:
        """For each tile, from the first key frame sent to it to its first picture on the screen."""
        delays = []
        for tile, seen in self._first.items():
            key = self._times.first_key_after(self._player.cameras[tile], self._started_ns)
            if key:
                delays.append((seen.at_ns - key) / 1e6)
        return delays

    def measure(self, seconds: float, *, settle_s: float = SETTLE_S) -> WindowResult:
        """Let it settle, then measure for ``seconds``."""
        self._reader.watch(settle_s)
        roots, server = self._player.roots(), [self._screen.pid]
        parts = cpu_by_process(roots)
        x_begun, begun, begun_ns = cpu_seconds(server), time.monotonic(), time.time_ns()
        watch = self._reader.watch(seconds)
        ended_ns, spent = time.time_ns(), time.monotonic() - begun
        x_spent = cpu_seconds(server) - x_begun
        now = cpu_by_process(roots)
        each = sorted((used - parts.get(pid, 0.0) for pid, used in now.items()), reverse=True)
        memory = footprint(roots)
        tail = self._reader.watch(_TAIL_S)
        seen = [one for one in watch.seen + tail.seen if self._is_right(one)]
        sent, shown = self._count(seen, begun_ns, ended_ns)
        return WindowResult(
            seconds=spent,
            client_cpu_s=sum(each),
            server_cpu_s=x_spent,
            cpu_parts=each,
            sent=sent,
            shown=shown,
            live_tiles=len({one.tile for one in seen}),
            ages_ms=self._ages(seen, ended_ns),
            first_pictures_ms=self.first_pictures_ms(),
            memory=memory,
            longest_gap_ms=watch.longest_gap_ms,
        )

    def _count(self, seen: Sequence[Seen], begun_ns: int, ended_ns: int) -> tuple[int, int]:
        on_screen = {(one.tile, one.index) for one in seen}
        sent = shown = 0
        for tile, camera in enumerate(self._player.cameras):
            indexes = self._times.sent_between(camera, begun_ns, ended_ns)
            sent += len(indexes)
            shown += sum((tile, index) in on_screen for index in indexes)
        return sent, shown

    def _ages(self, seen: Sequence[Seen], ended_ns: int) -> list[float]:
        ages = (
            age_ms(self._times, self._player.cameras[one.tile], one)
            for one in seen
            if one.at_ns < ended_ns
        )
        return [age for age in ages if age is not None]


def percentile(values: Sequence[float], percent: float) -> float:
    """A percentile; infinite where there is nothing to take it of, so that no bar is met."""
    return float(np.percentile(values, percent)) if len(values) else float("inf")
