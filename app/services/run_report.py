"""The run report: what was on the screens, how fresh it was and what it cost."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app.core.redaction import redact
from app.domain.camera import CameraCode
from app.domain.geometry import Rect
from app.domain.stream import PictureClock
from app.settings.files import write_atomically
from app.version import __version__
from app.video.engine_types import TileStatus, ViewFigures

Json = Mapping[str, object]
_CLOCKS = {
    PictureClock.ARRIVAL: "arrival",
    PictureClock.CAMERA: "camera",
    PictureClock.CAMERA_APPROXIMATE: "camera-approximate",
}


@dataclass(frozen=True, slots=True)
class ScreenFigures:
    """One screen; sizes in device pixels."""

    index: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class TileFigures:
    """One visible tile; ``rect`` is where its picture is, in pixels of the screen.

    ``presented`` counts pictures that were painted; ``figures`` are the engine's counters.
    """

    camera: CameraCode
    screen: int
    rect: Rect
    status: TileStatus
    presented: int
    figures: ViewFigures | None


@dataclass(frozen=True, slots=True)
class ProcessFigures:
    """What our processes used; ``rss_mb`` is all of them together."""

    gui_cpu_s: float
    worker_cpu_s: Sequence[float]
    rss_mb: float
    workers: int
    restarts: int


@dataclass(frozen=True, slots=True)
class RunFigures:
    """Everything the report is made of; ``tick_ms`` are the painting ticks of all screens."""

    duration_s: float
    screens: Sequence[ScreenFigures]
    tiles: Sequence[TileFigures]
    tick_ms: Sequence[float]
    events_dropped: int
    process: ProcessFigures


def run_report(run: RunFigures) -> Json:
    """The report as the contract has it, ready for JSON."""
    return {
        "version": __version__,
        "duration_s": round(run.duration_s, 3),
        "screens": [
            {"index": screen.index, "width": screen.width, "height": screen.height}
            for screen in run.screens
        ],
        "tiles": [_tile(tile) for tile in run.tiles],
        "ui": {
            "tick_ms": _spread(run.tick_ms, {"p50": 0.5, "p95": 0.95, "p99": 0.99}),
            "events_dropped": run.events_dropped,
        },
        "process": {
            "gui_cpu_s": round(run.process.gui_cpu_s, 3),
            "worker_cpu_s": [round(seconds, 3) for seconds in run.process.worker_cpu_s],
            "rss_mb": round(run.process.rss_mb, 1),
            "workers": run.process.workers,
            "restarts": run.process.restarts,
        },
    }


def write_report(report: Json, path: Path) -> None:
    """Write ``report``; the file is either the old one or the whole new one.

    Raises:
        OSError: The file cannot be written.
    """
    text = redact(json.dumps(report, indent=2, ensure_ascii=False))
    write_atomically(path, f"{text}\n".encode())


def quantile(ordered: Sequence[float], share: float) -> float:
    """The nearest-rank quantile of ascending values; at least one is needed."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def _tile(tile: TileFigures) -> Json:
    figures, status = tile.figures, tile.status
    ages_ms = [age * 1000 for age in figures.ages_s] if figures else []
    rect = tile.rect
    return {
        "camera": tile.camera,
        "screen": tile.screen,
        "rect": [rect.x, rect.y, rect.width, rect.height],
        "stream": status.kind.value if status.kind else None,
        "state": status.state.value,
        "presented": tile.presented,
        "superseded": figures.superseded if figures else 0,
        "reconnects": figures.reconnects if figures else 0,
        "first_picture_ms": _rounded(figures.first_picture_ms) if figures else None,
        "picture_age_ms": _spread(ages_ms, {"p50": 0.5, "p95": 0.95}),
        "clock": _CLOCKS[status.clock],
    }


def _spread(values: Sequence[float], shares: Mapping[str, float]) -> Json:
    if not values:
        return {**dict.fromkeys(shares), "max": None}
    ordered = sorted(values)
    marks = {name: _rounded(quantile(ordered, share)) for name, share in shares.items()}
    return {**marks, "max": _rounded(ordered[-1])}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
