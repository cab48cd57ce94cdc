"""Hours in small: sixteen tiles, two cameras that come and go, and what the program holds on to."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks import nigehban
from tests.benchmarks.nigehban import Installation, Nigehban, ProgramFailedError
from tests.benchmarks.parts import Options, part, say
from tests.benchmarks.processes import Footprint, cpu_seconds, footprint
from tests.benchmarks.results import Result, at_most, for_comparison, not_measured
from tests.fakes.gst_server import GstServer, missing_reason
from tests.fakes.xvfb import VirtualScreen

TILES, FLAPPING = 16, 2
FLAP_EVERY_S, DOWN_S = 20.0, 5.0
SAMPLE_EVERY_S = 5.0
WARM_UP_S = 300.0
Sample = tuple[float, Footprint]


class Flapper:
    """A camera on a server of its own that is killed every twenty seconds and comes back."""

    def __init__(self, server: GstServer, first_at: float) -> None:
        self._server = server
        self._next = first_at
        self._is_up = True
        self.times = 0

    def step(self, now: float) -> None:
        """Do what is due at ``now`` (seconds of the monotonic clock)."""
        if now < self._next:
            return
        if self._is_up:
            self._server.kill()
            self.times += 1
            self._next = now + DOWN_S
        else:
            self._server.start()
            self._next = now + FLAP_EVERY_S - DOWN_S
        self._is_up = not self._is_up


def observe(player: Nigehban, flappers: Sequence[Flapper], seconds: float) -> list[Sample]:
    """Sample the program's holdings for so long while cameras come and go."""
    samples: list[Sample] = []
    begun = time.monotonic()
    due = begun + SAMPLE_EVERY_S
    while time.monotonic() < begun + seconds:
        now = time.monotonic()
        for flapper in flappers:
            flapper.step(now)
        if now >= due:
            due += SAMPLE_EVERY_S
            samples.append((now - begun, footprint(player.roots())))
            if len(samples) % 24 == 0:
                held = samples[-1][1]
                say(f"{now - begun:5.0f} s: {held.pss_mb:.1f} MB, {held.descriptors} descriptors")
        if not player.is_running():
            raise ProgramFailedError(f"it left early: {player.last_words()}")
        time.sleep(0.1)
    return samples


def second_half(samples: Sequence[Sample]) -> Sequence[Sample]:
    """The samples after warm-up."""
    return samples[len(samples) // 2 :]


def slope_per_hour(samples: Sequence[Sample], pick: Callable[[Footprint], float]) -> float:
    """Growth an hour by a straight line through the samples."""
    if len(samples) < 2:
        return float("inf")
    moments = [moment for moment, _ in samples]
    line = np.polyfit(moments, [pick(held) for _, held in samples], 1)
    return float(line[0]) * 3600


def growth(samples: Sequence[Sample], pick: Callable[[Footprint], float]) -> float:
    """Median of the last third minus that of the first: coming and going cancels out."""
    third = max(1, len(samples) // 3)
    early = np.median([pick(held) for _, held in samples[:third]])
    late = np.median([pick(held) for _, held in samples[-third:]])
    return float(late - early)


def _shared_memory_names() -> set[str]:
    return {entry.name for entry in Path("/dev/shm").iterdir()}


def _report(samples: Sequence[Sample], flaps: int) -> Iterator[Result]:
    later = second_half(samples)
    first, last = later[0][1], later[-1][1]
    spread = np.ptp([held.pss_mb for _, held in later])
    detail = f"second half of {samples[-1][0] / 60:.0f} min, {flaps} interruptions; "
    detail += f"{first.pss_mb:.1f} to {last.pss_mb:.1f} MB, spread {spread:.1f} MB"
    if samples[-1][0] < WARM_UP_S * 2:
        detail += "; too short: the program still fills its rings"
    slope = slope_per_hour(later, lambda held: held.pss_mb)
    yield at_most("soak: slope of memory", slope, 5.0, "MB/h", detail)
    counts: tuple[tuple[str, Callable[[Footprint], float]], ...] = (
        ("descriptors", lambda held: held.descriptors),
        ("threads", lambda held: held.threads),
        ("shared memory", lambda held: held.shared_memory),
        ("processes", lambda held: held.processes),
    )
    for name, pick in counts:
        detail = f"{pick(first):.0f} to {pick(last):.0f}, at most {max(pick(h) for _, h in later)}"
        yield at_most(f"soak: growth of {name}", growth(later, pick), 0.5, "", detail)


def _from_report(report: dict[str, Any], cpu_percent: float) -> Iterator[Result]:
    tiles = report["tiles"]
    states = [tile["state"] for tile in tiles]
    detail = ", ".join(f"{states.count(state)} {state}" for state in sorted(set(states)))
    tick = float(report["ui"]["tick_ms"]["p99"])
    yield for_comparison("soak: CPU of the client", cpu_percent, "%", f"tiles at the end: {detail}")
    yield for_comparison("soak: GUI tick, p99", tick, "ms", "")
    restarts = float(report["process"]["restarts"])
    yield at_most("soak: workers restarted", restarts, 0, "", "no worker is touched")


def _install(stack: ExitStack, urls: Sequence[str], screen: VirtualScreen) -> Installation:
    installation = nigehban.empty_installation()
    stack.callback(installation.remove)
    installation.add_cameras(urls, screen.environment())
    return installation


@part("soak", "memory, descriptors, threads and shared memory over time", is_routine=False)
def run(options: Options) -> Iterator[Result]:
    """Run the wall for ``--minutes`` (30, or 2 with ``--quick``)."""
    reason = missing_reason()
    if reason is not None:
        raise SystemExit(f"the RTSP server of the benchmark cannot run: {reason}")
    seconds = 60 * (options.minutes or (2 if options.quick else 30))
    shared_before = _shared_memory_names()
    with ExitStack() as stack:
        screen = stack.enter_context(VirtualScreen())
        steady = stack.enter_context(GstServer(TILES - FLAPPING))
        fickle = [stack.enter_context(GstServer(1)) for _ in range(FLAPPING)]
        urls = [steady.url(n) for n in range(steady.cameras)] + [one.url(0) for one in fickle]
        player = Nigehban(_install(stack, urls, screen), screen, TILES)
        stack.callback(player.stop)
        start = time.monotonic() + FLAP_EVERY_S
        flappers = [Flapper(one, start + 10 * n) for n, one in enumerate(fickle)]
        player.start(seconds + 5)
        try:
            samples = observe(player, flappers, seconds)
            cpu_percent = 100 * cpu_seconds(player.roots()) / seconds
            report = player.finish(60)
        except ProgramFailedError as failure:
            yield not_measured("soak: slope of memory", "≤ 5", str(failure)[-300:])
            return
        yield from _report(samples, sum(flapper.times for flapper in flappers))
        yield from _from_report(report, cpu_percent)
        left = sorted(_shared_memory_names() - shared_before)
        detail = ", ".join(left)[:200]
        yield at_most("soak: shared memory left behind", len(left), 0, "", detail)
