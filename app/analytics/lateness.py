"""How long a tile's pictures wait so that the boxes are there: just enough, and calmly."""

_SLEW_S = 0.020
"""By how much the wait may change in a second: no eye sees the picture run so little slower."""
_RISE_S = 0.015
_FALL_S = 0.060
"""The wait follows only what differs by more; sooner upwards, because missing boxes are seen."""


class StepHold:
    """The wait of one tile. The first one is set at once, later ones are approached slowly."""

    def __init__(self) -> None:
        self._held_s: float | None = None
        self._at_s = 0.0
        self._goal_s = 0.0

    @property
    def is_set(self) -> bool:
        """Whether the first wait was set."""
        return self._held_s is not None

    @property
    def seconds(self) -> float:
        return 0.0 if self._held_s is None else self._held_s

    def follow(self, wanted_s: float | None, limit_s: float, now_s: float) -> float:
        """The wait from now on. ``wanted_s``: lateness and one sample interval; ``None`` while
        nothing is known of them: then it stays as it is. ``now_s`` is monotonic."""
        elapsed = max(0.0, now_s - self._at_s)
        self._at_s = now_s
        if wanted_s is not None:
            wanted_s = min(max(wanted_s, 0.0), limit_s)
            if self._held_s is None:
                self._held_s = self._goal_s = wanted_s
            elif not -_FALL_S <= wanted_s - self._goal_s <= _RISE_S:
                self._goal_s = wanted_s
        if self._held_s is not None:
            step = min(elapsed, 2.0) * _SLEW_S
            self._held_s += min(max(self._goal_s - self._held_s, -step), step)
        return self.seconds
