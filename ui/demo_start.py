"""Starts the demo city beside the program and brings its cameras in when it is ready."""

import logging
from collections.abc import Callable, Mapping
from pathlib import Path

import platformdirs
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.bootstrap import import_registry
from app.core.tasks import Tasks
from app.demo.city import scenes_by_camera
from app.demo.process import DemoCity, DemoCityError, Progress, csv_of
from app.domain.camera import CameraCode
from app.services.credentials import Credentials
from app.services.notices import Notice, NoticeBoard, Severity
from app.settings.command_line import Options
from ui.demo_analytics import Analytics, DemoAnalytics

_POLL_MS = 100
_NOTICE = "demo-city"
_log = logging.getLogger(__name__)


class DemoStart(QObject):
    """Watches the demo city come up without ever waiting for it. GUI thread.

    The registry is imported as soon as the city has its port; the pictures of each camera come
    when its scene is encoded, which takes a minute on the first start and nothing later. The
    backend of boxes and events is started after the first page's pictures.

    Signals:
        progressed: What it does now, as a sentence; another each time a scene is there.
        ready: Every camera of the first page has its scene.
        failed: It did not come up; a notice says why.
    """

    progressed = Signal(str)
    ready = Signal()
    failed = Signal()

    def __init__(
        self,
        data_dir: Path,
        credentials: Credentials,
        tasks: Tasks,
        notices: NoticeBoard,
        imported: Callable[[], None],
        analytics: Analytics,
    ) -> None:
        super().__init__()
        self._data_dir = data_dir
        self._credentials = credentials
        self._tasks = tasks
        self._notices = notices
        self._imported = imported
        self._analytics = DemoAnalytics(analytics, tasks, notices)
        self._city: DemoCity | None = None
        self._is_imported = False
        self._is_ready = False
        self._is_released = False
        self._scene_of: Mapping[str, str] = {}
        self._told = ""
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Start the demo city's process; the rest follows by itself."""
        csv_of(self._data_dir).unlink(missing_ok=True)  # the last run's, with the last run's port
        cache = Path(platformdirs.user_cache_dir("nigehban", appauthor=False)) / "demo"
        self._city = DemoCity.start(cache, self._data_dir)
        self._timer.start()
        self._look()

    def may_open(self, camera: CameraCode) -> bool:
        """Whether the camera is served: its address is known and its scene encoded."""
        if self._city is None or not self._is_released:
            return False
        return self._is_ready or self._scene_of.get(camera) in self._city.scenes

    def release(self) -> None:
        """The registry that is shown now has the addresses of this city."""
        self._is_released = bool(self._scene_of)

    def close(self) -> None:
        """End the demo city. Blocks for at most some seconds."""
        self._timer.stop()
        self._analytics.close()
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
        if not self._is_imported and city.csv_path.exists():
            self._is_imported = True
            self._import(city.csv_path)
        if not is_ready:
            self._tell(city.progress)
            return
        self._timer.stop()
        self._is_ready = True
        self._tell(Progress(0, 0), is_ready=True)
        self.ready.emit()
        self._analytics.start(city.base_url)

    def _tell(self, progress: Progress, *, is_ready: bool = False) -> None:
        words = self.tr("Starting the demo city")
        if progress.total:
            number = min(progress.done + 1, progress.total)
            words = self.tr("Preparing the demo city: scene {0} of {1}").format(
                number, progress.total
            )
        words = "" if is_ready else words
        if words != self._told:
            self._told = words
            self.progressed.emit(words)

    def _import(self, csv_path: Path) -> None:
        options = Options(data_dir=self._data_dir, import_cameras=csv_path)
        self._tasks.run(
            lambda: (import_registry(options, self._credentials), scenes_by_camera()),
            done=self._on_imported,
            failed=lambda error: self._fail(str(error)),
        )

    def _on_imported(self, outcome: tuple[tuple[int, str], Mapping[str, str]]) -> None:
        (status, text), scenes = outcome
        if status:
            _log.warning("The demo city's registry: %s", text)
        self._scene_of = scenes
        self._imported()

    def _fail(self, sentence: str) -> None:
        self._timer.stop()
        self._tell(Progress(0, 0), is_ready=True)
        self._notices.post(
            Notice(_NOTICE, Severity.ERROR, sentence, "The log in the data folder says more.")
        )
        self.failed.emit()
