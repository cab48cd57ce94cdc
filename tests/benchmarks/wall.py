"""The wall beside its peers, in one run: CPU, memory, pictures shown, their age, turns, start.

Rounds go round the players, so that a machine that gets slower for a while slows all of them down.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial

from tests.benchmarks import nigehban
from tests.benchmarks.nigehban import Installation, Nigehban, ProgramFailedError
from tests.benchmarks.page_turns import measure_turns
from tests.benchmarks.parts import Options, part, say
from tests.benchmarks.peers import REPOSITORY, LibVlc, Mpv, Player
from tests.benchmarks.results import Result
from tests.benchmarks.screen_reader import Rect
from tests.benchmarks.start_up import measure_start
from tests.benchmarks.wall_report import LARGE, SMALL, Findings, results
from tests.benchmarks.wall_window import SETTLE_S, WallWindow, WindowResult
from tests.fakes.gst_server import GstServer, missing_reason
from tests.fakes.xvfb import VirtualScreen

REGISTRY = 950
RING_S = 65.0  # the program keeps 60 s of packets: memory counts once they are there


@dataclass
class Plan:
    """How much is measured."""

    rounds: int
    window_s: float
    turns: int
    starts: int
    waits_for_ring: bool

    @classmethod
    def from_options(cls, options: Options) -> "Plan":
        """Short or thorough."""
        if options.quick:
            return cls(rounds=1, window_s=8, turns=4, starts=2, waits_for_ring=False)
        return cls(rounds=3, window_s=20, turns=20, starts=5, waits_for_ring=True)


class WallBench:
    """Measures everything on one screen, with one server."""

    def __init__(self, screen: VirtualScreen, server: GstServer, plan: Plan) -> None:
        self._screen = screen
        self._server = server
        self._plan = plan
        self._installed: dict[int, Installation] = {}
        self._layouts: dict[int, tuple[list[Rect], list[int]]] = {}
        self.findings = Findings()

    def run(self) -> Findings:
        """Measure all; a failure of the program is noted and the rest goes on."""
        for number in range(self._plan.rounds):
            say(f"round {number + 1} of {self._plan.rounds}")
            self._decode()
            self._try("16 tiles", partial(self._ours, SMALL, with_ring=number == 0))
            self._peer(Mpv(self._screen, self._server, SMALL), self.findings.mpv[SMALL])
            self._try("64 tiles", partial(self._ours, LARGE, with_ring=number == 0))
        self._peer(Mpv(self._screen, self._server, LARGE), self.findings.mpv[LARGE])
        clips = [clip.path for clip in self._server.clips]
        for tiles in (SMALL, LARGE):
            self._peer(LibVlc(self._screen, clips, tiles), self.findings.vlc[tiles])
        self._try("page turns", self._turn_pages)
        self._try("start", self._start)
        return self.findings

    def _try(self, what: str, measure: Callable[[], None]) -> None:
        try:
            measure()
        except ProgramFailedError as failure:
            self.findings.failures[what] = str(failure)
            say(f"{what} failed: {failure}")

    def _decode(self) -> None:
        clip = str(self._server.clips[0].path)
        command = [sys.executable, "-m", "tests.benchmarks.pure_decoding", clip, "2"]
        done = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
        self.findings.decode_us.append(float(done.stdout))
        say(f"pure decoding: {float(done.stdout):.0f} us a frame")

    def _install(self, cameras: int) -> Installation:
        if cameras not in self._installed:
            self._installed[cameras] = nigehban.install(self._screen, self._server, cameras)
        return self._installed[cameras]

    def _layout(self, tiles: int) -> tuple[list[Rect], list[int]]:
        if tiles not in self._layouts:
            self._layouts[tiles] = self._learn(tiles)
        return self._layouts[tiles]

    def _learn(self, tiles: int) -> tuple[list[Rect], list[int]]:
        """Learn a layout; a start that fails is noted as a failed start and tried again."""
        for _ in range(2):
            try:
                return nigehban.learn_layout(self._install(tiles), self._screen, tiles)
            except ProgramFailedError as failure:
                self.findings.failed_starts.append(f"{tiles} tiles: {failure}")
                say(f"start failed: {failure}")
        return nigehban.learn_layout(self._install(tiles), self._screen, tiles)

    def _ours(self, tiles: int, *, with_ring: bool) -> None:
        rects, cameras = self._layout(tiles)
        player = Nigehban(self._install(tiles), self._screen, tiles, rects=rects, cameras=cameras)
        ring_s = RING_S if with_ring and self._plan.waits_for_ring else 0.0
        coming_up_s = 10.0 + tiles / 8
        stay_s = max(ring_s, coming_up_s + SETTLE_S) + self._plan.window_s + 3
        window = WallWindow(player, self._screen, self._server)
        begun = time.monotonic()
        player.start(seconds=stay_s)
        try:
            live = window.wait_live(coming_up_s)
            settle_s = max(SETTLE_S, ring_s - (time.monotonic() - begun))
            result = window.measure(self._plan.window_s, settle_s=settle_s)
            running_s = time.monotonic() - begun
            report = player.finish(stay_s + 20)
        finally:
            player.stop()
        result.extra["live_at_start"] = live
        result.extra["running_s"] = running_s
        result.extra["workers"] = float(report["process"]["workers"])
        self.findings.ours[tiles].append(result)
        if tiles == LARGE:
            self.findings.tick_p99_ms.append(float(report["ui"]["tick_ms"]["p99"]))
        self._tell("Nigehban", tiles, result)

    def _peer(self, player: Player, into: list[WindowResult]) -> None:
        tiles = len(player.rects)
        reason = Mpv.missing_reason() if isinstance(player, Mpv) else None
        if reason is not None:
            self.findings.failures["mpv"] = reason
            return
        window = WallWindow(player, self._screen, self._server)
        player.start()
        try:
            live = window.wait_live(10 + tiles / 4)
            result = window.measure(min(self._plan.window_s, 10 if tiles == LARGE else 60))
        finally:
            player.stop()
        result.extra["live_at_start"] = live
        into.append(result)
        self._tell(player.name, tiles, result)

    @staticmethod
    def _tell(name: str, tiles: int, result: WindowResult) -> None:
        memory = f"{result.memory.pss_mb:.0f} MB PSS"
        shown = f"{result.shown}/{result.sent} pictures" if result.sent else "pictures not counted"
        say(f"{name} {tiles}: {result.cpu_percent:.0f} % CPU, {memory}, {shown}")

    def _turn_pages(self) -> None:
        layout = self._layout(SMALL)
        installation = self._install(LARGE)
        self.findings.turns = measure_turns(
            installation, self._screen, self._server, layout=layout, turns=self._plan.turns
        )

    def _start(self) -> None:
        installation = self._install(REGISTRY)
        for _ in range(self._plan.starts):
            self.findings.starts.append(measure_start(installation, self._screen))

    def clean_up(self) -> None:
        """Remove the data folders."""
        for installation in self._installed.values():
            installation.remove()


@part("wall", "CPU, memory, pictures, age, page turns and start beside mpv and libVLC")
def run(options: Options) -> Iterator[Result]:
    """Measure the wall; about nine minutes, or two with ``--quick``."""
    reason = missing_reason()
    if reason is not None:
        raise SystemExit(f"the RTSP server of the benchmark cannot run: {reason}")
    subprocess.run([sys.executable, "-m", "tests.fakes.code_clip"], cwd=REPOSITORY, check=True)
    with ExitStack() as stack:
        screen = stack.enter_context(VirtualScreen())
        server = stack.enter_context(GstServer(LARGE))
        bench = WallBench(screen, server, Plan.from_options(options))
        stack.callback(bench.clean_up)
        findings = bench.run()
    yield from results(findings)
