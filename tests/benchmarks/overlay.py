"""Boxes over pictures: in step, in time, and what they cost."""

import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator

from tests.benchmarks.nigehban import ProgramFailedError
from tests.benchmarks.overlay_cost import cost_results, measure_cost
from tests.benchmarks.overlay_load import load_results, measure_load
from tests.benchmarks.overlay_step import (
    delay_results,
    measure_delay,
    measure_step,
    step_results,
)
from tests.benchmarks.overlay_time import measure_time, time_results
from tests.benchmarks.overlay_traffic import traffic_results
from tests.benchmarks.parts import Options, part, say
from tests.benchmarks.peers import REPOSITORY
from tests.benchmarks.results import Result, not_measured


@part("overlay", "boxes in step with the picture, the time of pictures, what boxes cost")
def run(options: Options) -> Iterator[Result]:
    """Measure the overlay; about nine minutes, or four with ``--quick``."""
    # Encoded by another process, so that this one stays without a codec.
    subprocess.run([sys.executable, "-m", "tests.fakes.crossing_clip"], cwd=REPOSITORY, check=True)
    quick = options.quick
    yield from _try("IoU in step", lambda: step_results(measure_step(20 if quick else 60)))
    yield from _try("box to screen", lambda: delay_results(measure_delay(15 if quick else 40)))
    yield from _try("messages", lambda: traffic_results(quick=quick))
    yield from _try("UTC of pictures", lambda: time_results(measure_time(60)))
    yield from _try(
        "CPU for boxes", lambda: cost_results(measure_cost(1 if quick else 3, 8 if quick else 12))
    )
    yield from _try("load of boxes", lambda: load_results(measure_load(15 if quick else 60)))


def _try(what: str, measure: Callable[[], Iterable[Result]]) -> list[Result]:
    say(what)
    try:
        return list(measure())
    except ProgramFailedError as failure:
        say(f"{what} failed: {failure}")
        return [not_measured(what, "", str(failure)[-200:])]
