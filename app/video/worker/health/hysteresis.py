"""A state that neither comes nor goes with a single look."""


class Hysteresis:
    """Comes after some bad looks without a good one between, goes after some good ones without a
    bad one; looks that are neither change nothing."""

    def __init__(self, enter: int, leave: int) -> None:
        """How many looks it takes to come and to go."""
        self._enter = enter
        self._leave = leave
        self._run = 0
        self.is_present = False

    @property
    def is_undecided(self) -> bool:
        """Whether the next look may change it, so that it is worth while to look again soon."""
        return self._run > 0

    def see(self, *, is_bad: bool, is_good: bool) -> bool:
        """Take one look into account; returns whether the state is present now."""
        against, stays = (is_good, is_bad) if self.is_present else (is_bad, is_good)
        if against:
            self._run += 1
        elif stays:
            self._run = 0
        if self._run >= (self._leave if self.is_present else self._enter):
            self.is_present = not self.is_present
            self._run = 0
        return self.is_present
