"""Whether boxes and pictures belong together on the screen, and how soon a box is there."""

import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from tests.benchmarks.overlay_backend import boxes_of
from tests.benchmarks.overlay_frames import frame_number, taken_at
from tests.benchmarks.overlay_reader import Box, Painted, overlap, painted_box
from tests.benchmarks.overlay_stage import Backend, Stage
from tests.benchmarks.parts import say
from tests.benchmarks.results import Result, at_least, at_most, for_comparison
from tests.benchmarks.screen_reader import RATE_HZ, ScreenReader
from tests.fakes.crossing_clip import block_box

TILES = 9
_SIZE = (930, 600)
"""Tiles below 320 pixels: frames without words, so that nothing else has a colour."""
_LATEST_S = 0.4
_JITTER_S = 0.05
_SETTLE_S = 20.0
_NAIVE_AGE_S = 0.09
"""How old the picture is that a client shows which waits for nothing (``bench --only wall``)."""


@dataclass(frozen=True)
class StepFindings:
    ours: list[float]
    naive: list[float]
    by_tile: list[float]
    boxes_missing: int


def watch_boxes(stage: Stage, reader: ScreenReader, seconds: float) -> list[Painted]:
    """Every picture that comes on the screen, with the box over it.

    A picture is read at the look after the one that found it: the first may catch the X server
    in the middle of copying.
    """
    pixels = stage.screen.pixels()
    found: list[Painted] = []
    done = np.full(len(stage.rects), -1, np.int64)
    before = done.copy()
    end = due = time.monotonic()
    end += seconds
    while due < end:
        _, indexes = reader.codes()
        for tile in np.flatnonzero((indexes >= 0) & (indexes == before) & (indexes != done)):
            box = painted_box(pixels, stage.rects[tile])
            index = int(indexes[tile])
            if int(reader.codes()[1][tile]) == index:
                found.append(Painted(int(tile), index, time.time_ns(), box))
                done[tile] = index
        before = indexes
        due = max(due + 1 / RATE_HZ, time.monotonic() - 1 / RATE_HZ)
        time.sleep(max(0.0, due - time.monotonic()))
    return found


def measure_step(seconds: float) -> StepFindings:
    """In step, nine cameras whose boxes come 0 to 400 ms late."""
    lateness = [_LATEST_S * number / (TILES - 1) for number in range(TILES)]
    with Stage(TILES, _SIZE, in_step=True) as stage:
        plan = stage.plan(lateness, jitter_s=_JITTER_S)
        player, reader = stage.program(), stage.reader()
        with Backend(plan) as backend:
            player.start()
            try:
                stage.wait_live(reader, 30)
                say("in step: settling")
                reader.watch(_SETTLE_S)
                seen = watch_boxes(stage, reader, seconds)
            finally:
                player.stop()
            backend.stop()
            published = backend.published()
        cameras = stage.cameras
    return _judge(seen, published, cameras)


def _judge(
    seen: Sequence[Painted], published: Sequence[tuple[int, int, int]], cameras: Sequence[int]
) -> StepFindings:
    came: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for camera, frame, at_ns in published:
        came[camera].append((at_ns, frame))
    ours: list[float] = []
    naive: list[float] = []
    tiles: dict[int, list[float]] = defaultdict(list)
    for one in seen:
        truth = block_box(one.index)
        ours.append(overlap(one.box, truth))
        tiles[one.tile].append(ours[-1])
        shown_at = taken_at(frame_number(one.index, one.at_ns)) + _NAIVE_AGE_S
        messages = came[cameras[one.tile]]
        newest = bisect_right(messages, (int(shown_at * 1e9), 1 << 62)) - 1
        held: Box | None = block_box(messages[newest][1]) if newest >= 0 else None
        naive.append(overlap(held, truth))
    by_tile = [float(np.median(tiles[tile])) if tiles[tile] else 0.0 for tile in sorted(tiles)]
    return StepFindings(ours, naive, by_tile, sum(one.box is None for one in seen))


def step_results(found: StepFindings) -> Iterator[Result]:
    about = f"{len(found.ours)} pictures, {found.boxes_missing} without a box; median by lateness: "
    about += " ".join(f"{value:.2f}" for value in found.by_tile)
    if not found.ours:
        yield at_least("IoU in step, median", 0.0, 0.9, "", "no picture was seen")
        return
    yield at_least("IoU in step, median", float(np.median(found.ours)), 0.90, "", about)
    fifth = float(np.percentile(found.ours, 5))
    yield at_least("IoU in step, 5th percentile", fifth, 0.75, "", "")
    naive = "newest box over a picture that waits for nothing, from the same messages"
    yield for_comparison("IoU held, median", float(np.median(found.naive)), "", naive)
    yield for_comparison("IoU held, 5th percentile", float(np.percentile(found.naive, 5)), "", "")


def measure_delay(seconds: float) -> list[float]:
    """Fastest picture: milliseconds from publishing a box to its being on the screen."""
    tiles = 4
    with Stage(tiles, (620, 400), in_step=False) as stage:
        plan = stage.plan([0.2] * tiles, motion="jumping", rate_hz=3.0, jitter_s=0.03)
        player, reader = stage.program(), stage.reader()
        with Backend(plan) as backend:
            player.start()
            try:
                stage.wait_live(reader, 30)
                reader.watch(5)
                seen = _watch_changes(stage, seconds)
            finally:
                player.stop()
            backend.stop()
            published = backend.published()
        cameras = stage.cameras
    delays = []
    for camera, frame, at_ns in published:
        wanted = next(boxes_of(plan, camera, frame))[1]
        tile = cameras.index(camera)
        for when, left in seen[tile]:
            if when >= at_ns and abs(left - wanted[0]) < 0.03:
                delay = (when - at_ns) / 1e6
                if seen[tile][0][0] <= at_ns and at_ns < seen[tile][-1][0] - 500_000_000:
                    delays.append(delay)
                break
    return delays


def _watch_changes(stage: Stage, seconds: float) -> list[list[tuple[int, float]]]:
    """For each tile, when the box on it was somewhere else than before: time in ns, left edge."""
    pixels = stage.screen.pixels()
    changes: list[list[tuple[int, float]]] = [[] for _ in stage.rects]
    end = due = time.monotonic()
    end += seconds
    while due < end:
        for tile, rect in enumerate(stage.rects):
            box = painted_box(pixels, rect)
            if box is not None and (not changes[tile] or abs(changes[tile][-1][1] - box[0]) > 0.05):
                changes[tile].append((time.time_ns(), box[0]))
        due = max(due + 1 / RATE_HZ, time.monotonic() - 1 / RATE_HZ)
        time.sleep(max(0.0, due - time.monotonic()))
    return changes


def delay_results(delays: Sequence[float]) -> Iterator[Result]:
    if not delays:
        yield at_most("box published to painted, p95", 1e9, 50, "ms", "no box was seen")
        return
    detail = f"{len(delays)} boxes, median {np.median(delays):.0f} ms, broker included"
    yield at_most(
        "box published to painted, p95", float(np.percentile(delays, 95)), 50, "ms", detail
    )
