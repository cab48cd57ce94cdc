"""When the frames of one source come: its rhythm, its lateness, and times that cannot be."""

from collections import deque

from app.domain.detection import DetectionFrame, SourceClock

_STRAY_US = 5_000_000
"""A frame whose time is off by more, against what came before it, is not believed at once."""
_STRAYS = 3
"""So many in a row that agree with each other are: the source's clock was set."""
_BACK_US = 500_000
"""Frames that lie further back, one after the other at the pace at which they come, were not
merely overtaken: the clock was set back a little."""
_PACE_US = 150_000
"""How exactly the pace must fit."""
_KEPT = 64
_LONGEST_INTERVAL_US = 2_000_000
"""A longer silence says nothing about the rhythm: nothing was to be seen."""
_USUAL_INTERVAL_US = 200_000.0


class Arrivals:
    """Fed and read under the timeline's lock, or read where a value may be a little old."""

    def __init__(self) -> None:
        self.clock = SourceClock.CAMERA
        self.newest_us: int | None = None
        """The time of the newest frame, on the source's clock."""
        self.received_us = 0
        """When the newest one came, on this workstation's clock."""
        self.heard_us = 0
        """When anything that could be believed came, newest or not."""
        self.least_delay_us: int | None = None
        """The least delay among the newest frames, for telling clocks that cannot agree."""
        self.refused = 0
        """Frames whose time could not be."""
        self.refused_us = 0
        """When the last of them came."""
        self._interval_us: float | None = None
        self._delays: deque[int] = deque(maxlen=_KEPT)
        self._strays = _Strays(_STRAY_US)
        self._returns = _Strays(_PACE_US)

    @property
    def interval_us(self) -> float:
        """The time between two frames, averaged; a fifth of a second until known."""
        return _USUAL_INTERVAL_US if self._interval_us is None else self._interval_us

    @property
    def count(self) -> int:
        """How many delays are known, at most 64."""
        return len(self._delays)

    def assume(self, interval_us: float) -> None:
        self._interval_us = interval_us

    def delay_us(self, share: float) -> int | None:
        """Arrival on this workstation's clock less the frame's own time, not exceeded by that
        share of the newest frames. It holds the difference of the two clocks too."""
        delays = sorted(self._delays.copy())
        if not delays:
            return None
        return delays[min(len(delays) - 1, int(share * len(delays)))]

    def add(self, frame: DetectionFrame) -> bool | None:
        """``True``: it follows what came before. ``False``: the clock was set, all begins anew.
        ``None``: not to be believed."""
        time_us, received_us = frame.time_us, frame.received_us
        newest = self.newest_us
        if newest is None:
            self._begin(frame)
            return True
        ahead = time_us - newest
        expected = max(0, received_us - self.received_us)
        if not -_STRAY_US < ahead - expected < _STRAY_US:
            if self._strays.add(time_us, received_us) < _STRAYS:
                self.refused += 1
                self.refused_us = received_us
                return None
            self._begin(frame)
            return False
        self._strays.clear()
        self.heard_us = max(self.heard_us, received_us)
        if ahead < -_BACK_US and self._returns.add(time_us, received_us) >= _STRAYS:
            self._begin(frame)
            return False
        self._note_delay(received_us - time_us)
        if ahead > 0:
            self._returns.clear()
            if ahead <= _LONGEST_INTERVAL_US:
                known = self._interval_us
                self._interval_us = float(ahead) if known is None else known + 0.1 * (ahead - known)
            self.newest_us, self.received_us = time_us, received_us
            self.clock = frame.clock
        return True

    def _begin(self, frame: DetectionFrame) -> None:
        self.newest_us, self.received_us = frame.time_us, frame.received_us
        self.heard_us = frame.received_us
        self.clock = frame.clock
        self._strays.clear()
        self._returns.clear()
        self._delays.clear()
        self.least_delay_us = None
        self._note_delay(frame.received_us - frame.time_us)

    def _note_delay(self, delay_us: int) -> None:
        delays, least = self._delays, self.least_delay_us
        leaves = delays[0] if len(delays) == _KEPT else None
        delays.append(delay_us)
        if least is None or delay_us <= least:
            self.least_delay_us = delay_us
        elif leaves == least:
            self.least_delay_us = min(delays)


class _Strays:
    """Counts frames that do not fit what came before but go on from each other."""

    def __init__(self, tolerance_us: int) -> None:
        self._tolerance_us = tolerance_us
        self._last: tuple[int, int] | None = None
        self._count = 0

    def add(self, time_us: int, received_us: int) -> int:
        """How many in a row agree now: their times went on by what passed between them."""
        agrees = False
        if self._last is not None:
            went, passed = time_us - self._last[0], max(0, received_us - self._last[1])
            agrees = abs(went - passed) < self._tolerance_us and 0 < went < 2 * passed
        self._count = self._count + 1 if agrees else 1
        self._last = (time_us, received_us)
        return self._count

    def clear(self) -> None:
        self._last = None
        self._count = 0
