"""Starts the demo city beside the program and brings its cameras in when it is ready."""

import logging
from collections.abc import Callable
from pathlib import Path

import platformdirs
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.bootstrap import import_registry
from app.core.tasks import Tasks
from app.demo.process import DemoCity, DemoCityError
from app.services.credentials import Credentials
from app.services.notices import Notice, NoticeBoard, Severity
from app.settings.command_line import Options

_POLL_MS = 100
_NOTICE = "demo-city"
_log = logging.getLogger(__name__)


class DemoStart(QObject):
    """Watches the demo city come up without ever waiting for it. GUI thread.

    Signals:
        progressed: What it does now, as a sentence.
        failed: It did not come up; a notice says why.
    """

    progressed = Signal(str)
    failed = Signal()

    def __init__(
        self,
        data_dir: Path,
        credentials: Credentials,
        tasks: Tasks,
        notices: NoticeBoard,
        imported: Callable[[], None],
    ) -> None:
        super().__init__()
        self._data_dir = data_dir
        self._credentials = credentials
        self._tasks = tasks
        self._notices = notices
        self._imported = imported
        self._city: DemoCity | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Start the demo city's process; the rest follows by itself."""
        cache = Path(platformdirs.user_cache_dir("nigehban", appauthor=False)) / "demo"
        self._city = DemoCity.start(cache, self._data_dir)
        self._timer.start()
        self._look()

    def close(self) -> None:
        """End the demo city. Blocks for at most some seconds."""
        self._timer.stop()
        if self._city is not None:
            self._city.close()

    @Slot()
    def _look(self) -> None:
        city = self._city
        if city is None:
            return
        try:
            is_ready = city.poll_ready()
        except DemoCityError as error:
            self._fail(str(error))
            return
        if not is_ready:
            self.progressed.emit(city.progress.sentence)
            return
        self._timer.stop()
        options = Options(data_dir=self._data_dir, import_cameras=city.csv_path)
        self._tasks.run(
            lambda: import_registry(options, self._credentials),
            done=self._on_imported,
            failed=lambda error: self._fail(str(error)),
        )

    def _on_imported(self, outcome: tuple[int, str]) -> None:
        status, text = outcome
        if status:
            _log.warning("The demo city's registry: %s", text)
        self._imported()

    def _fail(self, sentence: str) -> None:
        self._timer.stop()
        self._notices.post(
            Notice(_NOTICE, Severity.ERROR, sentence, "The log in the data folder says more.")
        )
        self.failed.emit()
