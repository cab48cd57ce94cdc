"""Which camera is behind a worker's crashes. Pure.

When a worker dies the streams that were inside native code are suspects. One that is a suspect
three times in five minutes gets a worker of its own; if it crashes that one three times too, it is
given up for a while, with the reason on its tile.
"""

from collections import deque
from enum import Enum

CRASHES = 3
WITHIN_S = 300.0


class Verdict(Enum):
    FREE = "free"
    ISOLATE = "isolate"
    GIVE_UP = "give-up"


class CrashLedger:
    """Remembers suspects by the name of their stream."""

    def __init__(self) -> None:
        self._marks: dict[str, deque[float]] = {}
        self._isolated: set[str] = set()

    def suspect(self, stream: str, now: float) -> Verdict:
        """Note that ``stream`` was in native code when its worker died at ``now``."""
        marks = self._marks.setdefault(stream, deque())
        marks.append(now)
        while marks[0] < now - WITHIN_S:
            marks.popleft()
        if len(marks) < CRASHES:
            return self.verdict(stream)
        marks.clear()
        if stream in self._isolated:
            return Verdict.GIVE_UP
        self._isolated.add(stream)
        return Verdict.ISOLATE

    def verdict(self, stream: str) -> Verdict:
        """How the stream is to be opened now."""
        return Verdict.ISOLATE if stream in self._isolated else Verdict.FREE
