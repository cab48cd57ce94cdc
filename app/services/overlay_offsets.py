"""By how much the boxes of a camera were set right by hand: tried out, then kept."""

from collections.abc import Callable

from app.core.clock import Clock
from app.core.tasks import Tasks
from app.domain.camera import CameraCode
from app.storage.database import Database
from app.storage.overlay_settings import OverlaySettingsRepository

LARGEST_MS = 10_000


class OverlayOffsets:
    """Milliseconds added to the time of a camera's boxes. Owner thread; the database is not.

    ``tasks`` should be those of the database. A database that refuses is told by them; the
    offset holds until the program ends.
    """

    def __init__(self, database: Database, tasks: Tasks, clock: Clock, workstation: str) -> None:
        self._database = database
        self._tasks = tasks
        self._clock = clock
        self._workstation = workstation
        self._stored: dict[CameraCode, int] = {}
        self._tried: dict[CameraCode, int] = {}

    def load(self) -> None:
        """Read all of them now. Blocking: at the start only; raises ``StorageUnavailable``."""
        with self._database.reading() as session:
            self._stored = dict(OverlaySettingsRepository(session).offsets())

    def offset_ms(self, camera: CameraCode) -> int:
        """The one that is tried out, else the stored one, else 0."""
        tried = self._tried.get(camera)
        return self._stored.get(camera, 0) if tried is None else tried

    def try_out(self, camera: CameraCode, offset_ms: int | None) -> None:
        """Use an offset without storing it; ``None``: the stored one again."""
        if offset_ms is None:
            self._tried.pop(camera, None)
        else:
            self._tried[camera] = _bounded(offset_ms)

    def store(self, camera: CameraCode, offset_ms: int) -> None:
        """Use it from now on, and keep it."""
        self._tried.pop(camera, None)
        offset_ms = _bounded(offset_ms)
        if self._stored.get(camera, 0) == offset_ms:
            return
        self._stored[camera] = offset_ms
        self._tasks.run(self._writing(camera, offset_ms, self._clock.utc_us()))

    def _writing(self, camera: CameraCode, offset_ms: int, now_us: int) -> Callable[[], None]:
        def write() -> None:
            with self._database.transaction() as session:
                OverlaySettingsRepository(session).set_offset(
                    camera, offset_ms, updated_us=now_us, workstation=self._workstation
                )

        return write


def _bounded(offset_ms: int) -> int:
    return min(max(offset_ms, -LARGEST_MS), LARGEST_MS)
