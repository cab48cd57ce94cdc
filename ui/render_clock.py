"""One timer that paints the new pictures of all screens, and remembers how well it kept time."""

import time
from collections import deque
from collections.abc import Collection, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Slot

from app.video.engine_types import Engine, ViewKey

_KEPT = 36_000
"""Ten minutes of ticks at 60 Hz."""
_REST_MS = 250
"""How often it looks, while no screen is seen, whether one is: a window system that forgets to
announce it must not leave a wall standing still."""


class Refreshable(Protocol):
    """A screen's canvas."""

    @property
    def is_seen(self) -> bool:
        """Whether painting would reach a screen."""

    def refresh(self, fresh: Collection[ViewKey]) -> None:
        """Paint the views that have a new picture."""


class RenderClock(QObject):
    """Replaces a signal a picture by one tick a screen refresh. GUI thread.

    A tick asks the engine once what is new and lets every screen that can be seen paint. While
    none can, it rests: it only looks, some times a second, whether one can again.
    """

    def __init__(self, engine: Engine, refresh_hz: int = 60, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._period_ms = max(1, 1000 // refresh_hz)  # Qt counts whole milliseconds
        self._period_s = self._period_ms / 1000
        self._targets: list[Refreshable] = []
        self._due: float | None = None
        self._took_ms: deque[float] = deque(maxlen=_KEPT)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(self._period_ms)
        self._timer.timeout.connect(self.tick)

    @property
    def tick_ms(self) -> Sequence[float]:
        """For each of the last ticks, milliseconds from when it was due until it had painted.

        So it holds both what the tick waited for (another event being handled) and its own work.
        A tick is due one period after the one before was due; ticks that Qt left out because the
        one before took too long are counted through that one's figure.
        """
        return tuple(self._took_ms)

    @property
    def is_running(self) -> bool:
        return self._timer.isActive()

    @property
    def is_resting(self) -> bool:
        """Whether it only waits for a screen to be seen."""
        return self._timer.isActive() and self._timer.interval() != self._period_ms

    def add(self, target: Refreshable) -> None:
        self._targets.append(target)
        self.wake()

    def remove(self, target: Refreshable) -> None:
        if target in self._targets:
            self._targets.remove(target)
        if not self._targets:
            self._timer.stop()
            self._due = None

    def wake(self) -> None:
        """Tick at full rate; a window says so when it can be seen once more."""
        if self._targets and (self.is_resting or not self._timer.isActive()):
            self._due = None
            self._timer.start(self._period_ms)

    @Slot()
    def tick(self) -> None:
        began = time.perf_counter()
        due = self._due_at(began)
        seen = [target for target in self._targets if target.is_seen]
        if seen:
            self.wake()
            fresh = self._engine.fresh()
            for target in seen:
                target.refresh(fresh)
            self._took_ms.append((time.perf_counter() - due) * 1000)
        elif not self.is_resting:
            self._timer.start(_REST_MS)

    def _due_at(self, now: float) -> float:
        """When this tick should have come; the next is due a period later.

        Once a tick was left out, Qt counts on from the one that came: so does this, else every
        later tick would seem late by what is left of a period.
        """
        due = now if self._due is None else min(now, self._due)
        was_missed = now - due >= self._period_s
        self._due = (now if was_missed else due) + self._period_s
        return due
