"""Shows the camera of an event in the selected tile: at that moment, or live."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from app.core.clock import Clock
from app.domain.camera import CameraCode
from app.domain.event_record import EventGroup
from app.services.event_marks import Marks
from app.services.event_moment import age_us, moment_of
from app.services.events import Directory
from app.services.notices import Notice, NoticeBoard, Severity
from app.services.wall import WallService
from app.services.wall_screen import view_key
from app.settings.schema import SourceSettings
from app.video.engine_types import Engine, Moment, ViewKey

NOT_SHOWN = "event-not-shown"
_ANSWER_AFTER_S = 4.0
"""By then the first replayed picture is on the tile."""
_STAYS_S = 20.0
_CREDIBLE_S = 4.0
_US = 1_000_000


@dataclass(slots=True)
class _Look:
    key: ViewKey
    words: str
    age_s: float
    due_at: float


class EventShowing:
    """Owner thread; ``tick`` is called some times a second.

    Where this workstation has no picture of the moment, the tile stays live and a notice says so:
    nobody may take a live picture for that of the event.
    """

    def __init__(
        self,
        wall: WallService,
        engine: Engine,
        directory: Directory,
        sources: Callable[[], Mapping[str, SourceSettings]],
        marks: Marks,
        notices: NoticeBoard,
        clock: Clock,
        *,
        ring_seconds: float,
    ) -> None:
        self._wall = wall
        self._engine = engine
        self._directory = directory
        self._sources = sources
        self._marks = marks
        self._notices = notices
        self._clock = clock
        self._ring_s = ring_seconds
        self._look: _Look | None = None
        self._told_at: float | None = None

    def show_moment(self, group: EventGroup) -> None:
        """Show the event's camera in the selected tile as it was then, from the ring."""
        self._marks.seen(group.camera)
        self.show_at(
            group.camera,
            moment_of(group.first, self._sources()),
            age_us(group.first, self._clock.utc_us()) / _US,
            f"{group.camera} at {_local_time(group)}",
        )

    def show_at(self, camera: CameraCode, moment: Moment, age_s: float, words: str) -> None:
        """Show a camera in the selected tile as it was at a moment that is so long ago; ``words``
        name both."""
        if not self._place(camera):
            return
        screen = self._wall.focused
        cell = self._wall.screen(screen).selected
        if age_s > self._ring_s:
            self._wall.look_back(screen, cell, None)
            self._tell(
                f"{words}: this workstation keeps the last {self._ring_s:.0f} seconds only; "
                "the tile shows the live picture"
            )
            return
        self._wall.look_back(screen, cell, moment)
        due_at = self._clock.monotonic() + _ANSWER_AFTER_S
        self._look = _Look(view_key(screen, cell), words, age_s, due_at)

    def show_live(self, group: EventGroup) -> None:
        """Show the event's camera in the selected tile as it is now."""
        self._marks.seen(group.camera)
        if self._place(group.camera):
            screen = self._wall.focused
            self._wall.look_back(screen, self._wall.screen(screen).selected, None)

    def tick(self) -> None:
        """See whether the moment was found, and let an old answer go."""
        now = self._clock.monotonic()
        look = self._look
        if look is not None and now >= look.due_at:
            self._look = None
            self._judge(look)
        if self._told_at is not None and now - self._told_at >= _STAYS_S:
            self._told_at = None
            self._notices.clear(NOT_SHOWN)

    def _place(self, camera: CameraCode) -> bool:
        self._look, self._told_at = None, None
        self._notices.clear(NOT_SHOWN)
        if self._directory.camera(camera) is None:
            self._tell(f"{camera} is no longer in the registry of cameras")
            return False
        if not self._wall.screens:
            return False
        self._wall.place(camera, self._wall.focused)
        return True

    def _judge(self, look: _Look) -> None:
        behind_s = self._engine.status(look.key).replay_s
        if behind_s is None:
            self._tell(
                f"{look.words}: this workstation has no picture of that moment, because nobody "
                "watched the camera then; the tile shows the live picture"
            )
        elif behind_s < look.age_s - _CREDIBLE_S:
            later_s = look.age_s - behind_s
            self._tell(
                f"{look.words}: the memory of this camera begins {later_s:.0f} seconds later; "
                "the replay starts there"
            )

    def _tell(self, sentence: str) -> None:
        self._told_at = self._clock.monotonic()
        self._notices.post(Notice(NOT_SHOWN, Severity.WARNING, sentence))


def _local_time(group: EventGroup) -> str:
    event = group.first.event
    return f"{datetime.fromtimestamp(event.time_us / _US, UTC).astimezone():%H:%M:%S}"
