"""How a camera's time stamps run against its clock, learnt from its sender reports.

Two oscillators meet in a camera: the one that counts its RTP time stamps and the one of its clock,
which somebody may discipline. FFmpeg counts on from the last report at the nominal rate, so
between reports, and much more when reports are lost, the drift between the two is an error.
Pure arithmetic on microseconds.
"""

from collections import deque
from typing import NamedTuple

import numpy as np

EXACT_US = 5_000
"""What an exact time may be off by."""
_WINDOW_US = 60_000_000
_MOST_REPORTS = 64
_ENOUGH = 3
_SPAN_US = 5_000_000
_UNKNOWN_PPM = 200.0
"""Two ordinary crystals against each other, at the worst."""
_LEAST_PPM = 5.0
"""Temperature changes a known drift by less than this within a minute or two."""


class _Report(NamedTuple):
    """Where a report put the zero of the time stamps, when it came."""

    pts_us: float
    zero_us: float


class ClockDrift:
    """The Unix time of time stamp zero, as it moves. ``pts_us`` are time stamps in microseconds."""

    def __init__(self) -> None:
        self._reports: deque[_Report] = deque(maxlen=_MOST_REPORTS)
        self._drift = 0.0
        self._noise_us = 0.0
        self._drift_error = _UNKNOWN_PPM * 1e-6

    def __bool__(self) -> bool:
        """Whether any report is known."""
        return bool(self._reports)

    @property
    def drift_ppm(self) -> float:
        """How much faster the camera's clock runs than its time stamps, as far as that is known."""
        return self._drift * 1e6

    def reset(self) -> None:
        """Forget everything: the clock was set, or nobody vouches for it any more."""
        self._reports.clear()
        self._fit()

    def add(self, pts_us: float, zero_us: float) -> None:
        """A report came."""
        reports = self._reports
        while reports and not 0 <= pts_us - reports[0].pts_us <= _WINDOW_US:
            reports.popleft()
        reports.append(_Report(pts_us, zero_us))
        self._fit()

    def zero_us(self, pts_us: float) -> float:
        """The Unix time of time stamp zero as of ``pts_us``; there must be a report."""
        last = self._reports[-1]
        return last.zero_us + self._drift * (pts_us - last.pts_us)

    def error_us(self, pts_us: float) -> float:
        """By how much ``zero_us`` may be off."""
        last = self._reports[-1]
        return self._noise_us + self._drift_error * abs(pts_us - last.pts_us)

    def _fit(self) -> None:
        """A straight line through the reports; what they are off it is the camera's own noise."""
        self._drift, self._noise_us = 0.0, 0.0
        self._drift_error = _UNKNOWN_PPM * 1e-6
        reports = self._reports
        span_us = reports[-1].pts_us - reports[0].pts_us if reports else 0.0
        if len(reports) < _ENOUGH or span_us < _SPAN_US:
            return
        table = np.array(reports) - np.array(reports[-1])
        times, zeros = table[:, 0], table[:, 1]
        slope, base = np.polyfit(times, zeros, 1)
        self._drift = float(slope)
        self._noise_us = float(np.abs(zeros - (slope * times + base)).max())
        self._drift_error = max(_LEAST_PPM * 1e-6, 2 * self._noise_us / span_us)
