"""Turns what the wall's benchmark measured into the lines of its table."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.benchmarks.page_turns import Turn
from tests.benchmarks.results import Result, at_least, at_most, for_comparison, not_measured
from tests.benchmarks.start_up import Start
from tests.benchmarks.wall_window import WindowResult, percentile
from tests.fakes.code_clip import FPS

SMALL, LARGE = 16, 64
FRAME_MS = 1000 / FPS


@dataclass
class Findings:
    """Everything measured, in the order of the rounds; what failed stands in ``failures``."""

    decode_us: list[float] = field(default_factory=list)
    ours: dict[int, list[WindowResult]] = field(default_factory=lambda: {SMALL: [], LARGE: []})
    mpv: dict[int, list[WindowResult]] = field(default_factory=lambda: {SMALL: [], LARGE: []})
    vlc: dict[int, list[WindowResult]] = field(default_factory=lambda: {SMALL: [], LARGE: []})
    tick_p99_ms: list[float] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)
    failed_starts: list[str] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)


def results(found: Findings) -> Iterator[Result]:
    """All lines of the part; a bar that could not be tried is there too, as not met."""
    yield from _cpu(found)
    yield from _memory(found)
    for tiles in (SMALL, LARGE):
        yield _shown(found, tiles)
    yield _coming_up(found)
    yield _tick(found)
    yield from _age(found)
    yield _cold_page(found)
    yield _page_turn(found)
    yield _start(found)
    yield from _peers(found)


def _missing(found: Findings, needs: str, name: str, bar: str) -> Result:
    """A bar that was not tried; ``needs`` names its measurements, with commas."""
    wanted = needs.split(",")
    reasons = [f"{what}: {text}" for what, text in found.failures.items() if what in wanted]
    said = " ".join(" ".join(reasons).split())
    return not_measured(name, bar, said[-300:] or "nothing was measured")


def _list(values: Sequence[float], digits: int = 2) -> str:
    return ", ".join(f"{value:.{digits}f}" for value in values)


def _split(result: WindowResult) -> str:
    parts = " + ".join(f"{100 * part / result.seconds:.0f}" for part in result.cpu_parts[:8])
    return f"processes {parts} %, X server {100 * result.server_cpu_s / result.seconds:.0f} %"


def _cpu(found: Findings) -> Iterator[Result]:
    name, bar = "CPU, 64 tiles, against pure decoding of the same frames", 1.8
    floor_us = median(found.decode_us) if found.decode_us else 0.0
    ratios = [one.cpu_s / (one.sent * floor_us / 1e6) for one in found.ours[LARGE] if one.sent]
    if ratios:
        last = found.ours[LARGE][-1]
        detail = f"rounds {_list(ratios)}; {last.cpu_percent:.0f} % of a core: {_split(last)}; "
        detail += f"decoding {floor_us:.0f} us a frame"
        yield at_most(name, median(ratios), bar, "x", detail)
    else:
        yield _missing(found, "64 tiles", name, f"≤ {bar}")
    name, bar = "CPU, 16 tiles, against mpv", 0.8
    pairs = list(zip(found.ours[SMALL], found.mpv[SMALL], strict=False))
    if pairs:
        ratios = [(us.cpu_s / us.seconds) / (mpv.cpu_s / mpv.seconds) for us, mpv in pairs]
        us, mpv = pairs[-1]
        detail = f"rounds {_list(ratios)}; {us.cpu_percent:.0f} % against {mpv.cpu_percent:.0f} %; "
        yield at_most(name, median(ratios), bar, "x", detail + _split(us))
    else:
        yield _missing(found, "16 tiles,mpv", name, f"≤ {bar}")


def _memory(found: Findings) -> Iterator[Result]:
    for tiles, bar in ((SMALL, 1.0), (LARGE, 0.5)):
        name = f"memory (PSS), {tiles} tiles, against mpv"
        if not found.ours[tiles] or not found.mpv[tiles]:
            yield _missing(found, f"{tiles} tiles,mpv", name, f"≤ {bar}")
            continue
        most = max(found.ours[tiles], key=lambda one: one.memory.pss_mb)
        peer = [one.memory.pss_mb for one in found.mpv[tiles]]
        mpv = found.mpv[tiles][-1]
        detail = f"{most.memory.pss_mb:.0f} MB in {most.memory.processes} processes"
        detail += f" after {most.extra['running_s']:.0f} s, mpv {median(peer):.0f} MB"
        detail += f" in {mpv.memory.processes}"
        if mpv.live_tiles < tiles:
            detail += f", {mpv.live_tiles} of them with a picture"
        yield at_most(name, most.memory.pss_mb / median(peer), bar, "x", detail)


def _shown(found: Findings, tiles: int) -> Result:
    name = f"pictures shown of pictures sent, {tiles} tiles"
    ours = found.ours[tiles]
    if not ours:
        return _missing(found, f"{tiles} tiles", name, "≥ 99")
    detail = f"rounds {_list([one.shown_percent for one in ours])}; "
    detail += f"{ours[-1].shown} of {ours[-1].sent}, {ours[-1].live_tiles} tiles live"
    if found.mpv[tiles]:
        detail += f"; mpv {median(one.shown_percent for one in found.mpv[tiles]):.1f} %"
    gap = max(one.longest_gap_ms for one in ours)
    detail += f"; longest gap between looks {gap:.0f} ms"
    return at_least(name, median(one.shown_percent for one in ours), 99, "%", detail)


def _coming_up(found: Findings) -> Result:
    name = "tiles that show pictures, every window of every round"
    windows = [(tiles, one) for tiles in (SMALL, LARGE) for one in found.ours[tiles]]
    if not windows:
        return _missing(found, "16 tiles,64 tiles", name, "≥ 100")
    live, wanted = sum(one.live_tiles for _, one in windows), sum(tiles for tiles, _ in windows)
    detail = ", ".join(f"{one.live_tiles} of {tiles}" for tiles, one in windows)
    for failure in found.failed_starts:
        wanted, detail = wanted + 1, f"{detail}; failed start: {failure}"
    return at_least(name, 100 * live / wanted, 100, "%", detail)


def _tick(found: Findings) -> Result:
    name = "GUI tick, 64 tiles, p99"
    if not found.tick_p99_ms:
        return _missing(found, "64 tiles", name, "≤ 20")
    detail = f"rounds {_list(found.tick_p99_ms)}; run report, coming up included"
    return at_most(name, median(found.tick_p99_ms), 20, "ms", detail)


def _age(found: Findings) -> Iterator[Result]:
    for percent, name, over in ((50, "median", 25), (95, "p95", 60)):
        what = f"picture age on the screen, 16 tiles, {name}"
        bar = round(FRAME_MS + over, 1)
        rounds = [percentile(one.ages_ms, percent) for one in found.ours[SMALL]]
        if not rounds:
            yield _missing(found, "16 tiles", what, f"≤ {bar}")
            continue
        detail = f"rounds {_list(rounds, 0)}; frame interval {FRAME_MS:.0f} ms"
        peer = [percentile(one.ages_ms, percent) for one in found.mpv[SMALL]]
        if peer:
            detail += f"; mpv {median(peer):.0f} ms"
        yield at_most(what, median(rounds), bar, "ms", detail)


def _cold_page(found: Findings) -> Result:
    name = "cold page of 16: first picture after the key frame is sent, median"
    delays = [delay for one in found.ours[SMALL] for delay in one.first_pictures_ms]
    if not delays:
        return _missing(found, "16 tiles", name, "≤ 0.35")
    tiles = sum(int(one.extra["live_at_start"]) for one in found.ours[SMALL])
    detail = f"p95 {percentile(delays, 95) / 1000:.2f} s, {tiles} tiles in all"
    peer = [delay for one in found.mpv[SMALL] for delay in one.first_pictures_ms]
    if peer:
        detail += f"; mpv {median(peer) / 1000:.2f} s"
    return at_most(name, median(delays) / 1000, 0.35, "s", detail)


def _page_turn(found: Findings) -> Result:
    name = "page turn to a warm page of 16: every tile live, p95"
    if not found.turns:
        return _missing(found, "page turns", name, "≤ 150")
    picks: tuple[tuple[str, Callable[[Turn], float]], ...] = (
        ("first tile", lambda turn: turn.first_ms),
        ("half", lambda turn: turn.median_ms),
        ("all", lambda turn: turn.all_ms),
    )
    medians = ", ".join(f"{what} {median(map(pick, found.turns)):.0f}" for what, pick in picks)
    short = sum(turn.live < SMALL for turn in found.turns)
    detail = f"{len(found.turns)} turns; medians in ms: {medians}"
    detail += f"; {short} turns never complete" if short else ""
    return at_most(name, percentile([t.all_ms for t in found.turns], 95), 150, "ms", detail)


def _start(found: Findings) -> Result:
    name = "start with a registry of 950 to the window with placeholders"
    if not found.starts:
        return _missing(found, "start", name, "≤ 2")
    took = [start.placeholders_s for start in found.starts]
    detail = f"starts {_list(took)}; window after {median(s.window_s for s in found.starts):.2f} s"
    return at_most(name, median(took), 2.0, "s", detail)


def _peers(found: Findings) -> Iterator[Result]:
    named = (("mpv", found.mpv), ("libVLC over HTTP", found.vlc))
    for peer, windows in named:
        for tiles in (SMALL, LARGE):
            for one in windows[tiles][-1:]:
                detail = (
                    f"{one.memory.pss_mb:.0f} MB PSS, {one.extra['live_at_start']:.0f} tiles up"
                )
                if one.sent:
                    detail += f", {one.shown_percent:.1f} % of the pictures shown"
                yield for_comparison(f"{peer}, {tiles} tiles: CPU", one.cpu_percent, "%", detail)
