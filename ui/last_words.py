"""What the command line wants to be left behind: screenshots and the run report."""

import logging
import time
from pathlib import Path

from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QWidget

from app.settings.command_line import Options
from app.video.engine import VideoEngine
from ui.render_clock import RenderClock
from ui.wall_windows import ProgramWindows

_log = logging.getLogger(__name__)


class LastWords:
    """Said once, just before leaving, while every window still stands. GUI thread."""

    def __init__(
        self,
        options: Options,
        windows: ProgramWindows,
        engine: VideoEngine,
        clock: RenderClock,
        started_at: float,
    ) -> None:
        self._options = options
        self._windows = windows
        self._engine = engine
        self._clock = clock
        self._started_at = started_at

    def say(self) -> None:
        """Write what was asked for; what cannot be written is logged and keeps nobody here."""
        # The report first: taking pictures of windows would count as slow ticks.
        if self._options.report is not None:
            self._report(self._options.report)
        if self._options.screenshot is not None:
            self._screenshots(self._options.screenshot)

    def _report(self, path: Path) -> None:
        from app.services.run_report import run_report, write_report
        from ui.report import run_figures

        duration_s = time.monotonic() - self._started_at
        events = self._windows.events  # made once the wall stands
        figures = run_figures(
            duration_s,
            self._windows.walls,
            self._engine,
            self._clock,
            events_dropped=0 if events is None else events.dropped,
        )
        try:
            write_report(run_report(figures), path)
        except OSError as error:
            _log.error("The run report cannot be written: %s", error)

    def _screenshots(self, path: Path) -> None:
        for window in self._windows.walls:
            _save(_picture(window), path.with_stem(f"{path.stem}-{window.index + 1}"))
        if self._windows.console is not None:
            console = _picture(self._windows.console)
            _save(console, path.with_stem(f"{path.stem}-console"))


def _picture(window: QWidget) -> QImage:
    """What the window shows, in device pixels: painted anew, so it needs no help of the screen."""
    return window.grab().toImage()


def _save(image: QImage, path: Path) -> None:
    writer = QImageWriter(str(path))
    if not writer.write(image):
        _log.error("The screenshot %s cannot be written: %s", path, writer.errorString())
