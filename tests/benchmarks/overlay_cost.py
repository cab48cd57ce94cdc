"""What boxes cost on a large wall, and whether two thousand messages a second disturb it."""

import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from tests.benchmarks.keyboard import Keyboard
from tests.benchmarks.overlay_reader import painted_box
from tests.benchmarks.overlay_stage import Backend, Stage
from tests.benchmarks.parts import say
from tests.benchmarks.processes import cpu_by_process, cpu_seconds
from tests.benchmarks.results import Result, at_least, at_most

_TILES = 64
_OBJECTS = 10
_RATE_HZ = 10.0
_LINGER_S = 10.0
"""The program listens to a camera's boxes for some seconds after the last tile let go of it."""
_SETTLE_S = 3.0


@dataclass(frozen=True)
class CostFindings:
    """Shares of one core, one value for each round."""

    without: list[float]
    with_boxes: list[float]
    parts: list[float]
    tiles_with_boxes: int
    tick_p99_ms: float


def measure_cost(rounds: int, window_s: float) -> CostFindings:
    """64 tiles, boxes on and off in turn within one run of the program."""
    without: list[float] = []
    with_boxes: list[float] = []
    parts: list[float] = []
    with Stage(_TILES, (1920, 1080), in_step=True, by_peer=True) as stage:
        plan = stage.plan(
            [0.1] * _TILES, motion="milling", objects=_OBJECTS, rate_hz=_RATE_HZ, jitter_s=0.02
        )
        player, reader = stage.program(), stage.reader()
        run_s = 20 + rounds * (2 * window_s + 2 * _SETTLE_S + _LINGER_S)
        with Backend(plan), closing(Keyboard(stage.screen.display)) as keyboard:
            player.start(seconds=run_s + 10)
            begun = time.monotonic()
            try:
                stage.wait_live(reader, 40)
                keyboard.point(960, 540)
                reader.watch(6)
                shown = _tiles_with_boxes(stage)
                for _ in range(rounds):
                    used = _window(stage, player.roots(), window_s)
                    with_boxes.append(sum(used))
                    parts = used
                    keyboard.chord("Control_L", "o")
                    time.sleep(_LINGER_S)
                    without.append(sum(_window(stage, player.roots(), window_s)))
                    say(f"boxes {with_boxes[-1]:.0f} %, without {without[-1]:.0f} % of a core")
                    keyboard.chord("Control_L", "o")
                    time.sleep(_SETTLE_S)
                report = player.finish(run_s + 30 - (time.monotonic() - begun))
            finally:
                player.stop()
    tick = float(report["ui"]["tick_ms"]["p99"])
    return CostFindings(without, with_boxes, parts, shown, tick)


def _tiles_with_boxes(stage: Stage) -> int:
    pixels = stage.screen.pixels()
    return sum(painted_box(pixels, rect) is not None for rect in stage.rects)


def _window(stage: Stage, roots: list[int], seconds: float) -> list[float]:
    """Percent of a core used meanwhile: the X server, then the program's processes."""
    time.sleep(_SETTLE_S)
    before, x_before, begun = cpu_by_process(roots), cpu_seconds([stage.screen.pid]), time.time()
    time.sleep(seconds)
    spent = time.time() - begun
    x_used = cpu_seconds([stage.screen.pid]) - x_before
    after = cpu_by_process(roots)
    used = sorted((cpu - before.get(pid, 0.0) for pid, cpu in after.items()), reverse=True)
    return [100 * part / spent for part in [x_used, *used]]


def cost_results(found: CostFindings) -> Iterator[Result]:
    extra = statistics.median(
        [with_ - without for with_, without in zip(found.with_boxes, found.without, strict=True)]
    )
    parts = " + ".join(f"{part:.0f}" for part in found.parts)
    about = (
        f"{statistics.median(found.with_boxes):.0f} % with boxes (X server + processes: {parts}),"
    )
    about += f" {statistics.median(found.without):.0f} % without; medians of {len(found.without)}"
    yield at_most("CPU for boxes, 64 tiles x 10 objects x 10/s", extra, 25, "% of a core", about)
    yield at_least("tiles with boxes", found.tiles_with_boxes, _TILES, "", "seen on the screen")
    yield at_most("GUI tick p99, 64 tiles with boxes", found.tick_p99_ms, 20, "ms", "")
