"""How soon a clip of a minute is whole on the disk: written, synced, read back and compared."""

import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from app.video.messages import ClipReport, CutClip
from tests.benchmarks.parts import Options
from tests.benchmarks.results import Result, at_most, for_comparison
from tests.integration.worker.driver import Driver
from tests.integration.worker.media import Recipe, encode
from tests.integration.worker.servers import Camera, Server

MINUTE_S = 60
QUICK_S = 12
MOST_S = 1.5
TIMES = 5
_FILLER = b"\x00\x00\x00\x01\x0c"
"""A NAL unit of filler data (H.264, 7.4.1): counts in the size, not in the picture."""
STREAMS = (
    ("a sub stream of 512 kbit/s", Recipe(width=640, height=360, fps=15, gop=30), 512_000),
    ("a main stream of 4 Mbit/s", Recipe(width=1920, height=1080, fps=25, gop=50), 4_000_000),
)


def records_clips(options: Options) -> Iterable[Result]:
    """One worker, both streams shown in a tile while their minute is cut."""
    seconds = QUICK_S if options.quick else MINUTE_S
    cameras = [Camera(_filled(recipe, rate), fps=recipe.fps) for _, recipe, rate in STREAMS]
    with (
        tempfile.TemporaryDirectory(prefix="nigehban-clips-") as folder,
        Server(cameras[0]) as first,
        Server(cameras[1]) as second,
        Driver() as worker,
    ):
        for number, server in enumerate((first, second), start=1):
            worker.open(
                number,
                f"rtsp://127.0.0.1:{server.port}/cam",
                ring_seconds=seconds + 10.0,
                ring_bytes=64_000_000,
            )
            worker.opened(number)
            worker.show(number, worker.view(number))
        for number in (1, 2):
            while worker.figures(number).ring_seconds < seconds + 2:
                pass
        for number, (name, _recipe, _rate) in enumerate(STREAMS, start=1):
            files = [Path(folder) / f"{number}-{turn}.mp4" for turn in range(TIMES)]
            worst = max(
                _cut(worker, number, 10 * number + turn, file, seconds)
                for turn, file in enumerate(files)
            )
            size_mb = files[-1].stat().st_size / 1e6
            words = f"{seconds} s of {name}, {size_mb:.1f} MB, the slowest of {TIMES}"
            made = f"records: clip of {seconds} s, {name}"
            if options.quick:
                yield for_comparison(made, worst, "s", words)
            else:
                yield at_most(made, worst, MOST_S, "s", words)
        for number in (1, 2):
            worker.close_stream(number)


def _filled(recipe: Recipe, rate: int) -> list[bytes]:
    """The pictures of a recipe, filled up to so many bits a second."""
    wanted = rate // 8 // recipe.fps
    return [
        unit + _FILLER + b"\xff" * max(1, wanted - len(unit) - len(_FILLER)) + b"\x80"
        for unit in encode(recipe)
    ]


def _cut(worker: Driver, stream: int, job: int, file: Path, seconds: int) -> float:
    """From the order to the last report; what lies in the past only, so nothing is waited for."""
    now_us = time.time_ns() // 1000 - 200_000
    began = time.perf_counter()
    worker.send(CutClip(stream, job, now_us - seconds * 1_000_000, now_us, False, str(file)))

    def over() -> ClipReport | None:
        told = [r for r in worker.said if isinstance(r, ClipReport) and r.job == job]
        return next((r for r in told if r.phase not in ("writing", "checking")), None)

    done = worker.wait(over)
    took = time.perf_counter() - began
    if done.phase != "complete" or done.end_us - done.start_us < (seconds - 1) * 1_000_000:
        raise AssertionError(f"The clip is not what was asked for: {done}")
    return took
