"""Which stream may knock at its camera, and when: pure, no threads, no clock of its own.

Rules: at most ``at_a_time`` opens are under way; a host hears at most its rate of them in any
second; a failed stream waits with full jitter; a camera that refused the password waits minutes,
because cameras lock accounts; when one camera of a host comes back its neighbours go next, those
too whose attempt failed in that moment; and a host with several cameras down is knocked at by one
of them every two seconds, so that a whole site does not sit out its longest delay. Retry never
ends. Attempts at hosts that let them run into their time-out never take all the room.
"""

import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.core.backoff import Backoff
from app.domain.stream import Reason

SLOW_RETRY_S = 300.0
SCOUT_EVERY_S = 2.0
SCOUT_FROM = 4
RETURN_S = 10.0
"""For so long after one of its cameras came back, a host that refuses is about to answer."""
_SWALLOWED = frozenset({Reason.TIMED_OUT, Reason.SILENT})
"""An attempt that ended so took seconds, and so will the next."""
_SLOW = frozenset(
    {Reason.WRONG_PASSWORD, Reason.NO_CREDENTIAL, Reason.CRASHES_DECODER, Reason.BAD_URL}
)


@dataclass(slots=True)
class _Waiting:
    host: str
    due: float
    attempts: int = 0
    reason: Reason = Reason.NONE
    hurried_at: float = field(default=float("-inf"))

    @property
    def may_hurry(self) -> bool:
        return self.attempts > 0 and self.reason not in _SLOW

    @property
    def may_take_long(self) -> bool:
        return self.reason in _SWALLOWED


class OpenGate:
    """Keeps the streams that want to open; streams are numbers that stay the same over retries."""

    def __init__(
        self,
        *,
        at_a_time: int = 8,
        per_second: float = 16,
        host_rates: Mapping[str, float] | None = None,
        backoff: Backoff | None = None,
        dice: random.Random | None = None,
    ) -> None:
        self._at_a_time = at_a_time
        self._per_second = per_second
        self._host_rates = dict(host_rates or {})
        self._backoff = backoff or Backoff()
        self._dice = dice or random.Random()
        self._waiting: dict[int, _Waiting] = {}
        self._opening: dict[int, _Waiting] = {}
        self._knocks: dict[str, deque[float]] = {}
        self._returned_at: dict[str, float] = {}

    @property
    def opening(self) -> int:
        """How many opens are under way."""
        return len(self._opening)

    def want(self, stream: int, host: str, now: float) -> None:
        """A new stream: due at once. Does nothing for one that is known."""
        if stream not in self._waiting and stream not in self._opening:
            self._waiting[stream] = _Waiting(host, now)

    def forget(self, stream: int) -> None:
        """The stream is no longer wanted, or is open and none of the gate's business."""
        self._waiting.pop(stream, None)
        self._opening.pop(stream, None)

    def due(self, now: float, rank: Callable[[int], int] = lambda _stream: 0) -> list[int]:
        """The streams to open now, in order; they count as opening from here on.

        Lower ``rank`` goes first, then those that failed less often.
        """
        self._send_scouts(now)
        ready = [s for s, waiting in self._waiting.items() if waiting.due <= now]
        ready.sort(key=lambda s: (rank(s), self._waiting[s].attempts, self._waiting[s].due))
        started = []
        for stream in ready:
            if len(self._opening) >= self._at_a_time:
                break
            waiting = self._waiting[stream]
            if self._has_place(waiting) and self._has_room(waiting.host, now):
                self._knocks.setdefault(waiting.host, deque()).append(now)
                self._opening[stream] = self._waiting.pop(stream)
                started.append(stream)
        return started

    def opened(self, stream: int, now: float) -> None:
        """The camera answered. If it had been away, its neighbours on the host go next."""
        mine = self._opening.pop(stream, None)
        if mine is None or mine.attempts == 0:
            return
        self._returned_at[mine.host] = now
        for other in self._waiting.values():
            waited = now - other.hurried_at
            if other.host == mine.host and other.may_hurry and waited >= SCOUT_EVERY_S:
                other.due = min(other.due, now)
                other.hurried_at = now

    def failed(self, stream: int, host: str, now: float, reason: Reason, attempts: int) -> float:
        """An open failed or an open stream was lost for the ``attempts``-th time in a row.

        Returns when it will be tried again (monotonic).
        """
        known = self._opening.pop(stream, None) or self._waiting.pop(stream, None)
        if reason in _SLOW:
            delay = SLOW_RETRY_S * self._dice.uniform(0.9, 1.1)
        else:
            is_back = now - self._returned_at.get(host, float("-inf")) < RETURN_S
            delay = self._backoff.delay(1 if is_back else attempts, self._dice)
        waiting = known or _Waiting(host, now)
        waiting.due = now + delay
        waiting.attempts = attempts
        waiting.reason = reason
        self._waiting[stream] = waiting
        return waiting.due

    def retry_at(self, stream: int) -> float | None:
        """When the stream will be tried again; ``None`` while it is being opened."""
        waiting = self._waiting.get(stream)
        return waiting.due if waiting else None

    def hurry(self, stream: int, now: float) -> None:
        """An operator looks at it or asked for it: try at once."""
        waiting = self._waiting.get(stream)
        if waiting is not None:
            waiting.due = min(waiting.due, now)

    def _has_place(self, waiting: _Waiting) -> bool:
        """A quarter of the places is kept for those that will not hold them for seconds."""
        if not waiting.may_take_long:
            return True
        long = sum(one.may_take_long for one in self._opening.values())
        return long < self._at_a_time - self._at_a_time // 4

    def _has_room(self, host: str, now: float) -> bool:
        knocks = self._knocks.get(host)
        if knocks is None:
            return True
        rate = self._rate(host)
        # Below one a second: one in a longer while.
        while knocks and knocks[0] <= now - max(1.0, 1.0 / rate):
            knocks.popleft()
        return len(knocks) < max(1, int(rate))

    def _rate(self, host: str) -> float:
        """Rates are set for ``name:port`` or for the whole name."""
        name = host.rpartition(":")[0] or host
        return self._host_rates.get(host, self._host_rates.get(name, self._per_second))

    def _send_scouts(self, now: float) -> None:
        down: dict[str, list[_Waiting]] = {}
        for waiting in self._waiting.values():
            if waiting.may_hurry:
                down.setdefault(waiting.host, []).append(waiting)
        knocking = {waiting.host for waiting in self._opening.values()}
        for host, group in down.items():
            if len(group) < SCOUT_FROM or host in knocking:
                continue
            knocks = self._knocks.get(host)
            if not knocks or now - knocks[-1] >= SCOUT_EVERY_S:
                scout = min(group, key=lambda waiting: waiting.due)
                scout.due = min(scout.due, now)
