"""Collects the figures of the run report from the windows and the engine."""

from collections.abc import Mapping, Sequence

import psutil
from PySide6.QtCore import QPoint

from app.domain.geometry import Rect
from app.services.run_report import ProcessFigures, RunFigures, ScreenFigures, TileFigures
from app.video.engine import VideoEngine
from app.video.engine_types import ViewFigures, ViewKey
from ui.render_clock import RenderClock
from ui.wall.wall_window import WallWindow


def run_figures(
    duration_s: float,
    windows: Sequence[WallWindow],
    engine: VideoEngine,
    clock: RenderClock,
    *,
    events_dropped: int,
) -> RunFigures:
    """Everything the report says, as it is now."""
    figures = engine.figures()
    return RunFigures(
        duration_s=duration_s,
        screens=[
            ScreenFigures(window.index + 1, size.width(), size.height())
            for window in windows
            for size in [window.canvas.size_px]
        ],
        tiles=[tile for window in windows for tile in _tiles(window, engine, figures)],
        tick_ms=clock.tick_ms,
        events_dropped=events_dropped,
        process=_process_figures(engine),
    )


def _tiles(
    window: WallWindow, engine: VideoEngine, figures: Mapping[ViewKey, ViewFigures]
) -> Sequence[TileFigures]:
    snapshot = window.canvas.snapshot
    if snapshot is None:
        return []
    at = _place_on_monitor(window)
    presented = window.canvas.presented
    return [
        TileFigures(
            tile.camera.code,
            window.index + 1,
            _moved(window.canvas.picture_rect(tile.key) or tile.picture, at),
            engine.status(tile.key),
            presented.get(tile.key, 0),
            figures.get(tile.key),
        )
        for tile in snapshot.tiles
        if tile.camera is not None
    ]


def _place_on_monitor(window: WallWindow) -> QPoint:
    """Where the canvas begins, in device pixels of the monitor that the window is on."""
    logical = window.canvas.mapToGlobal(QPoint(0, 0)) - window.screen().geometry().topLeft()
    ratio = window.devicePixelRatioF()
    return QPoint(round(logical.x() * ratio), round(logical.y() * ratio))


def _moved(rect: Rect, by: QPoint) -> Rect:
    return Rect(rect.x + by.x(), rect.y + by.y(), rect.width, rect.height)


def _process_figures(engine: VideoEngine) -> ProcessFigures:
    own = psutil.Process()
    times = own.cpu_times()
    workers = [figures for pid in engine.worker_pids.values() if (figures := _worker(pid))]
    return ProcessFigures(
        gui_cpu_s=times.user + times.system,
        worker_cpu_s=[cpu_s for cpu_s, _ in workers],
        rss_mb=(own.memory_info().rss + sum(rss for _, rss in workers)) / 1e6,
        workers=len(workers),
        restarts=engine.restarts,
    )


def _worker(pid: int) -> tuple[float, int] | None:
    """CPU seconds and resident bytes; ``None`` for a process that has just ended."""
    try:
        process = psutil.Process(pid)
        times = process.cpu_times()
        return times.user + times.system, process.memory_info().rss
    except psutil.NoSuchProcess:
        return None
