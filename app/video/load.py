"""What to shed when pictures cannot be decoded in time, and when to bring it back. Pure.

The order is fixed: first the loop filter, then main streams to sub, then key frames only; within
each step the smallest tiles go first. Coming back is the same ladder downwards, largest first,
more slowly, and the slower the more often it had to shed again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.stream import Effort

LATE_S = 0.5
BUSY = 0.88
CALM = 0.65
SHED_EVERY_S = 2.0
RESTORE_AFTER_S = 8.0
LONGEST_RESTORE_S = 120.0
_SHARE = 4


@dataclass(frozen=True, slots=True)
class TileLoad:
    """One hot stream: its largest tile in pixels, whether it is a main stream with a sub."""

    area: int
    can_change_to_sub: bool


@dataclass(frozen=True, slots=True)
class LoadSample:
    """One look: ``processor`` is the share of all cores in use (0..1), ``late_s`` how far the
    pictures are behind, median over the tiles."""

    processor: float
    late_s: float


class LoadShedder:
    """Decides the effort of each stream once a second. Streams are named by their caller."""

    def __init__(self) -> None:
        self._efforts: dict[str, Effort] = {}
        self._changed_at = float("-inf")
        self._calm_since: float | None = None
        self._restore_after = RESTORE_AFTER_S
        self._restored_at = float("-inf")

    def effort(self, stream: str) -> Effort:
        return self._efforts.get(stream, Effort.FULL)

    def look(self, sample: LoadSample, tiles: Mapping[str, TileLoad], now: float) -> bool:
        """Take one sample; true when an effort changed."""
        self._efforts = {name: e for name, e in self._efforts.items() if name in tiles}
        if sample.late_s > LATE_S and sample.processor > BUSY:
            self._calm_since = None
            if now - self._changed_at < SHED_EVERY_S or not self._shed(tiles):
                return False
            if now - self._restored_at < 2 * self._restore_after:
                self._restore_after = min(LONGEST_RESTORE_S, self._restore_after * 2)
            self._changed_at = now
            return True
        if sample.processor > CALM or sample.late_s > LATE_S / 2:
            self._calm_since = None
            return False
        if self._calm_since is None:
            self._calm_since = now
        if now - self._calm_since < self._restore_after or not self._restore(tiles):
            return False
        self._calm_since = self._restored_at = now
        return True

    def _shed(self, tiles: Mapping[str, TileLoad]) -> bool:
        for level in (Effort.NO_LOOP_FILTER, Effort.SUB_ONLY, Effort.KEY_FRAMES):
            candidates = [
                name
                for name, tile in tiles.items()
                if self.effort(name) < level
                and (level is not Effort.SUB_ONLY or tile.can_change_to_sub)
            ]
            if candidates:
                candidates.sort(key=lambda name: tiles[name].area)
                for name in candidates[: max(1, len(tiles) // _SHARE)]:
                    self._efforts[name] = level
                return True
        return False

    def _restore(self, tiles: Mapping[str, TileLoad]) -> bool:
        if not self._efforts:
            return False
        worst = max(self._efforts.values())
        if worst is Effort.FULL:
            return False
        candidates = [name for name, effort in self._efforts.items() if effort is worst]
        candidates.sort(key=lambda name: tiles[name].area, reverse=True)
        for name in candidates[: max(1, len(tiles) // _SHARE)]:
            self._efforts[name] = Effort(worst - 1)
        return True
