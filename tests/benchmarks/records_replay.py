"""Looking back: from the key to the replayed picture, each picture once, and what rings cost."""

import gc
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import cast

import av
import psutil
from av.packet import Packet
from av.stream import Stream

from app.video.worker.clock import Stamp
from app.video.worker.ring import PacketRing, RingBudget
from app.video.worker.ring_entry import RingEntry
from tests.benchmarks.live_wall import LiveWall, live_wall
from tests.benchmarks.nigehban import ProgramFailedError
from tests.benchmarks.parts import Options, say
from tests.benchmarks.results import Result, at_least, at_most, for_comparison, not_measured
from tests.benchmarks.screen_reader import ScreenReader, Seen, Watch
from tests.benchmarks.wall_window import percentile
from tests.fakes.code_clip import FPS, FRAMES, code_clip
from tests.fakes.gst_server import missing_reason

TILES = 16
RING_TILES, RING_S = 36, 60
MOST_FIRST_MS, MOST_IN_STEP_MS, MOST_RINGS_MB = 150.0, 400.0, 160.0
_FILLS_S = 12.0
_RESTS_S = 1.5
_PATIENCE_S = 5.0
_LEAST_BACK = 3 * FPS
_PLAYS_S = 4.0


def records_replay(options: Options) -> Iterable[Result]:
    """Keys against a screen of sixteen cameras with burnt-in frame numbers, and rings alone."""
    yield _rings()
    reason = missing_reason()
    if reason is not None:
        yield not_measured("records: replay", f"≤ {MOST_FIRST_MS:g}", reason)
        return
    try:
        findings = _measure(5 if options.quick else 30)
    except ProgramFailedError as failure:
        yield not_measured("records: replay", f"≤ {MOST_FIRST_MS:g}", str(failure))
        return
    yield from _results(findings)


@dataclass
class _Findings:
    first_ms: list[float] = field(default_factory=list)
    all_ms: list[float] = field(default_factory=list)
    steps: list[int] = field(default_factory=list)
    others: int = 0
    """Steps of the tiles that stayed live meanwhile that were none of one picture."""
    live_steps: int = 0


def _results(found: _Findings) -> Iterator[Result]:
    for name, values, most in (
        ("records: replay key to first replayed picture, p95", found.first_ms, MOST_FIRST_MS),
        ("records: 16 tiles in step after the key, p95", found.all_ms, MOST_IN_STEP_MS),
    ):
        median = f"median {percentile(values, 50):.0f} ms of {len(values)}"
        yield at_most(name, percentile(values, 95), most, "ms", median)
    once = 100 * found.steps.count(1) / max(1, len(found.steps))
    words = f"{len(found.steps)} pictures on the screen, read from it"
    yield at_least("records: replayed pictures shown once at 1×", once, 100.0, "%", words)
    live = 100 * (1 - found.others / max(1, found.live_steps))
    words = "of the other fifteen tiles while one replays"
    yield for_comparison("records: live pictures shown meanwhile", live, "%", words)


# --- on the screen -------------------------------------------------------------------------------


def _measure(count: int) -> _Findings:
    with live_wall(TILES) as wall:
        return _Bench(wall).run(count)


class _Bench:
    """Presses keys and reads the numbers of the pictures."""

    def __init__(self, wall: LiveWall) -> None:
        screen, rects = wall.screen, wall.rects
        self._screen = screen
        self._keyboard = wall.keyboard
        self._reader = ScreenReader(screen.pixels(), rects)
        self._newest: dict[int, int] = {}

    def run(self, count: int) -> _Findings:
        found = _Findings()
        live = self._rest(30, all_tiles=True)
        if len(live) < TILES:
            raise ProgramFailedError(f"{len(live)} of {TILES} tiles came up")
        self._keyboard.point(self._screen.width - 2, self._screen.height - 2)
        say("filling the rings")
        self._rest(_FILLS_S)
        for number in range(count):
            say(f"replay {number + 1} of {count}")
            found.first_ms.append(self._jump(1))
            if number < 5:
                self._count(found)
            self._live_again()
        self._keyboard.press("r")
        for number in range(count):
            say(f"in step {number + 1} of {count}")
            found.all_ms.append(self._jump(TILES))
            self._live_again()
        return found

    def _jump(self, tiles: int) -> float:
        """Milliseconds from the key until so many tiles show a picture of the past."""
        codes = self._reader.codes()[1].tolist()
        before = dict(enumerate(codes))
        replayed: dict[int, Seen] = {}
        done = 0

        def is_there(watch: Watch) -> bool:
            nonlocal done
            for seen in watch.seen[done:]:
                back = (before[seen.tile] - seen.index) % FRAMES
                if _LEAST_BACK <= back <= FRAMES // 2:
                    replayed.setdefault(seen.tile, seen)
            done = len(watch.seen)
            return len(replayed) >= tiles

        pressed_ns = time.time_ns()
        self._keyboard.chord("Control_L", "Left")
        self._reader.watch(_PATIENCE_S, until=is_there)
        if len(replayed) < tiles:
            return _PATIENCE_S * 1000
        return (max(seen.at_ns for seen in replayed.values()) - pressed_ns) / 1e6

    def _count(self, found: _Findings) -> None:
        """What comes after each picture, on the tile that replays and on the others."""
        self._rest(0.3)
        newest = dict(enumerate(self._reader.codes()[1].tolist()))
        for seen in self._reader.watch(_PLAYS_S).seen:
            step = (seen.index - newest[seen.tile]) % FRAMES
            newest[seen.tile] = seen.index
            if not step:
                continue
            if seen.tile == 0:
                found.steps.append(step)
            else:
                found.live_steps += 1
                found.others += step != 1

    def _live_again(self) -> None:
        self._keyboard.press("End")
        self._rest(_RESTS_S)

    def _rest(self, seconds: float, *, all_tiles: bool = False) -> set[int]:
        """Go on looking; returns the tiles that showed something."""
        shown: set[int] = set()

        def is_enough(watch: Watch) -> bool:
            shown.update(seen.tile for seen in watch.seen)
            return all_tiles and len(shown) == TILES

        self._reader.watch(seconds, until=is_enough)
        return shown


# --- memory --------------------------------------------------------------------------------------


def _rings() -> Result:
    """What the packets of a minute of 36 cameras take of the memory of this process."""
    file = code_clip(bit_rate=512_000).path
    process = psutil.Process()
    budget = RingBudget(10**9)
    _filled(str(file), budget).clear()  # what FFmpeg needs once is no matter of rings
    gc.collect()
    before = process.memory_info().rss
    rings = [_filled(str(file), budget) for _ in range(RING_TILES)]
    taken_mb = (process.memory_info().rss - before) / 1e6
    packets_mb = sum(ring.size for ring in rings) / 1e6
    seconds = min(ring.seconds for ring in rings)
    words = f"{packets_mb:.0f} MB of packets, at least {seconds:.0f} s in each"
    return at_most("records: rings of 36 tiles", taken_mb, MOST_RINGS_MB, "MB", words)


def _filled(file: str, budget: RingBudget) -> PacketRing:
    ring = PacketRing(RING_S, 16_000_000, budget)
    with av.open(file) as container:
        for number, packet in enumerate(container.demux(container.streams.video[0])):
            if not packet.size:
                continue
            moment_us = number * 1_000_000 // FPS
            stamp = Stamp(moment_us, 0, moment_us)
            packet.opaque = stamp
            key, pts, size = packet.is_keyframe, packet.pts or 0, packet.size
            kept = cast("Packet[Stream]", packet)
            ring.append(RingEntry(kept, key, stamp, moment_us, pts, size))
    return ring
