"""What the boxes of an hour-long clip cost: written as they come, read, and for each picture."""

import random
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from uuid import UUID

import msgspec

from app.analytics.boxes_file import BoxesHeader, KeptSource, append, compose, parse
from app.analytics.kept_boxes import KeptBoxes, read_boxes
from app.domain.detection import Box, DetectionFrame, ObjectSample, SourceClock
from app.services.clip_boxes import WRITE_EVERY_S
from app.services.overlay_drawing import TRAIL_US
from tests.benchmarks.parts import Options
from tests.benchmarks.results import Result, at_most, for_comparison

OBJECTS, RATE_HZ = 10, 10
HOUR_S, QUICK_S = 3600, 300
TICK_MS = 8.0
_LOOKS = 1000
_START_US = 1_800_000_000_000_000
_encode = msgspec.msgpack.Encoder().encode


def records_boxes(options: Options) -> Iterable[Result]:
    """Ten objects ten times a second; processor time of the thread that does it."""
    seconds = QUICK_S if options.quick else HOUR_S
    with tempfile.TemporaryDirectory(prefix="nigehban-boxes-") as folder:
        part = Path(folder) / "one.boxes.part"
        worst = _write(part, seconds)
        began = time.thread_time()
        data = compose(parse(part.read_bytes()))
        composed = time.thread_time() - began
    words = f"the worst of {seconds} s in portions of {WRITE_EVERY_S:g} s, in the background"
    yield for_comparison("records: boxes of a clip written", worst * 1e3, "ms", words)
    words = f"{len(data) / 1e6:.1f} MB, in the background"
    yield for_comparison("records: boxes of a clip finished", composed * 1e3, "ms", words)
    began = time.thread_time()
    kept = read_boxes(data, [(0, _START_US)], _START_US)
    took = time.thread_time() - began
    yield for_comparison("records: boxes of a clip read", took * 1e3, "ms", words)
    for name, places in _ways(seconds):
        spent = sorted(_looks(kept, places))
        p99 = spent[len(spent) * 99 // 100]
        words = f"{len(spent)} pictures, median {spent[len(spent) // 2] * 1e3:.2f} ms, trails drawn"
        yield at_most(f"records: boxes of a picture, {name}, p99", p99 * 1e3, TICK_MS, "ms", words)


def _write(part: Path, seconds: int) -> float:
    header = BoxesHeader(
        clip=UUID(int=1),
        camera="BNU-1-1",
        clock="camera",
        start_us=_START_US,
        end_us=_START_US + seconds * 1_000_000,
        sources=[KeptSource(source="one", module="", interval_us=1e6 / RATE_HZ, is_exact=True)],
    )
    chance = random.Random(5)
    ways = [(chance.random(), chance.random(), chance.uniform(-0.02, 0.02)) for _ in range(OBJECTS)]
    worst = 0.0
    portion = round(WRITE_EVERY_S * RATE_HZ)
    for first in range(0, seconds * RATE_HZ, portion):
        frames = [_frame(number, ways, chance) for number in range(first, first + portion)]
        began = time.thread_time()
        append(part, header, {0: frames})
        worst = max(worst, time.thread_time() - began)
    return worst


def _frame(number: int, ways: Sequence[tuple[float, float, float]], chance: random.Random) -> bytes:
    """Objects that go across the picture, as exactly as a backend tells them."""
    time_us = _START_US + number * 1_000_000 // RATE_HZ
    objects = []
    for track, (x, y, speed) in enumerate(ways):
        left = (x + speed * number / RATE_HZ) % 0.9
        box = Box(left, y * 0.8, left + 0.06 + chance.random() / 100, y * 0.8 + 0.17)
        objects.append(ObjectSample(str(track), box, "person", "Human", chance.random()))
    return _encode(
        DetectionFrame(
            "BNU-1-1", "one", time_us, SourceClock.CAMERA, time_us + 100_000, tuple(objects)
        )
    )


def _ways(seconds: int) -> Iterator[tuple[str, list[int]]]:
    """Places in the clip, microseconds, as pictures are painted 25 times a second."""
    half, chance = seconds * 500_000, random.Random(6)
    for name, speed in (("1×", 1), ("8×", 8), ("backwards", -1)):
        yield name, [half + speed * n * 40_000 % half for n in range(_LOOKS)]
    yield "sought", [chance.randrange(seconds * 1_000_000) for _ in range(_LOOKS)]


def _looks(kept: KeptBoxes, places: Sequence[int]) -> Iterator[float]:
    for position in places:
        began = time.thread_time()
        found, _is_moving = kept.boxes_at(position, TRAIL_US, lambda _source: True)
        yield time.thread_time() - began
        if len(found) != OBJECTS:
            raise ValueError(f"{len(found)} objects were found instead of {OBJECTS}")
