"""Watches tiles that must not blink while others fail."""

import time
from collections.abc import Collection

from app.domain.stream import StreamState
from tests.e2e.wall_reader import WallReader


class BlinkWatch:
    """Looks at the screen as often as it is asked to and keeps which tiles were not live.

    A tile counts from the second look in a row at which it is not: the screen may be read in the
    middle of a repaint.
    """

    def __init__(self, reader: WallReader) -> None:
        self._reader = reader
        self._suspects: set[int] = set()
        self.blinked: set[int] = set()
        self.since: dict[int, float] = {}
        """When a tile was first seen not to be live (monotonic)."""
        self.seen: dict[int, set[StreamState]] = {}

    def look(self) -> list[StreamState | None]:
        states = list(self._reader.states())
        doubtful = set()
        for tile, state in enumerate(states):
            if state is None or state is StreamState.LIVE:
                continue
            doubtful.add(tile)
            self.since.setdefault(tile, time.monotonic())
            self.seen.setdefault(tile, set()).add(state)
        self.blinked |= doubtful & self._suspects
        self._suspects = doubtful
        return states

    def are_live(self, tiles: Collection[int]) -> bool:
        """Look, and tell whether these tiles are live."""
        states = self.look()
        return all(states[tile] is StreamState.LIVE for tile in tiles)

    def are_down(self, tiles: Collection[int]) -> bool:
        """Look, and tell whether none of these tiles is live."""
        states = self.look()
        return all(states[tile] not in (None, StreamState.LIVE) for tile in tiles)
