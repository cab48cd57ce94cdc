"""Retry delays: exponential with full jitter."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Delays drawn evenly between ``shortest`` and a ceiling that doubles up to ``longest``.

    "Full jitter": after an outage of a whole site its cameras come back spread over time.
    """

    shortest: float = 1.0
    longest: float = 30.0

    def delay(self, attempt: int, dice: random.Random) -> float:
        """Seconds to wait before attempt number ``attempt`` (1 = first retry)."""
        ceiling = min(self.longest, self.shortest * 2 ** min(max(attempt, 1), 16))
        return dice.uniform(self.shortest, max(self.shortest, ceiling))
