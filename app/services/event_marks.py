"""Which tiles are marked because something happened there, and for how long."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Protocol

from app.core.clock import Clock
from app.core.events import Event
from app.domain.analytics_event import EventSeverity
from app.domain.camera import CameraCode

LASTS_S = 30.0
"""A mark below a warning goes so long after its last event, and any mark on a watched tile."""


@dataclass(frozen=True, slots=True)
class TileMark:
    """The mark of one camera's tiles: the worst severity and how many events stand behind it.

    ``kind`` and ``rule`` are those of the worst event, the newest of them where several are
    equally bad; ``words`` is what to call it until it is translated (``ui.events.wording``).
    """

    severity: EventSeverity
    count: int = 1
    kind: str = ""
    rule: str = ""
    label: str = ""

    @property
    def words(self) -> str:
        """The rule's name as the backend gives it, else the kind of event."""
        return self.rule or self.kind.replace("_", " ")


class Marks(Protocol):
    """What a canvas asks. GUI thread; from memory."""

    changed: Event[frozenset[CameraCode]]
    """The marks of these cameras are others than before, or gone."""

    def mark(self, camera: CameraCode) -> TileMark | None: ...

    def seen(self, camera: CameraCode) -> None:
        """The operator has looked: the mark goes, whatever its severity."""


@dataclass(slots=True)
class _Standing:
    mark: TileMark
    newest_at: float


class EventMarks:
    """Implements ``Marks``. Owner thread; ``expire`` is called some times a second.

    From a warning on, a mark stays until it is seen: until the operator selects the tile or opens
    the event. On the tile that is selected already it goes by itself.
    """

    def __init__(self, clock: Clock) -> None:
        self.changed: Event[frozenset[CameraCode]] = Event("event_marks.changed")
        self._clock = clock
        self._standing: dict[CameraCode, _Standing] = {}
        self._watched: CameraCode | None = None
        self._touched: set[CameraCode] = set()

    @property
    def marked(self) -> frozenset[CameraCode]:
        return frozenset(self._standing)

    def mark(self, camera: CameraCode) -> TileMark | None:
        standing = self._standing.get(camera)
        return None if standing is None else standing.mark

    def add(self, camera: CameraCode, mark: TileMark) -> None:
        """Something happened at ``camera``; told to listeners with the next ``expire``."""
        now = self._clock.monotonic()
        before = self._standing.get(camera)
        if before is None:
            self._standing[camera] = _Standing(mark, now)
        else:
            worst = mark if mark.severity >= before.mark.severity else before.mark
            before.mark = replace(worst, count=before.mark.count + mark.count)
            before.newest_at = now
        self._touched.add(camera)

    def raise_to(self, camera: CameraCode, mark: TileMark) -> None:
        """An event that was counted already turned out to be worse."""
        before = self._standing.get(camera)
        if before is None:
            self.add(camera, mark)
        elif mark.severity > before.mark.severity:
            before.mark = replace(mark, count=before.mark.count)
            before.newest_at = self._clock.monotonic()
            self._touched.add(camera)

    def watch(self, camera: CameraCode | None) -> None:
        """The operator has selected the tile of ``camera``: what it says now is seen."""
        if camera == self._watched:
            return
        self._watched = camera
        if camera is not None:
            self.seen(camera)

    def seen(self, camera: CameraCode) -> None:
        if self._standing.pop(camera, None) is not None:
            self._tell({camera})

    def expire(self) -> None:
        """Let go what has stood long enough, and tell what changed since the last call."""
        now = self._clock.monotonic()
        over = [
            camera
            for camera, standing in self._standing.items()
            if now - standing.newest_at >= LASTS_S
            and (standing.mark.severity < EventSeverity.WARNING or camera == self._watched)
        ]
        for camera in over:
            del self._standing[camera]
        touched = self._touched | set(over)
        if touched:
            self._tell(touched)

    def _tell(self, cameras: Iterable[CameraCode]) -> None:
        told = frozenset(cameras)
        self._touched -= told
        self.changed.emit(told)
