"""Whose boxes are wanted: what is asked for now, and what was asked for a moment ago."""

from collections.abc import Collection

LINGER_S = 8.0
"""An operator who turns pages back and forth does not make the broker subscribe each time."""


class WantedCameras:
    """One thread; ``current`` may be read from any."""

    def __init__(self, linger_s: float = LINGER_S) -> None:
        self._linger_s = linger_s
        self._asked: frozenset[str] = frozenset()
        self._leaving: dict[str, float] = {}
        self.current: frozenset[str] = frozenset()

    def ask(self, cameras: Collection[str], now: float) -> bool:
        """Take over what is asked for; true when ``current`` became another."""
        asked = frozenset(cameras)
        for code in self._asked - asked:
            self._leaving[code] = now + self._linger_s
        for code in asked & self._leaving.keys():
            del self._leaving[code]
        self._asked = asked
        return self.expire(now)

    def expire(self, now: float) -> bool:
        """Let go of those whose time is over; true when ``current`` became another."""
        self._leaving = {code: until for code, until in self._leaving.items() if until > now}
        current = self._asked | self._leaving.keys()
        if current == self.current:
            return False
        self.current = current
        return True
