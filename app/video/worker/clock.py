"""The time of a picture on the camera's clock, and that clock against this workstation's.

Pure arithmetic on microseconds. Three clocks meet: the camera's UTC (RTCP sender reports, given
by FFmpeg as ``prft`` on every packet after the first report), the stream's presentation time
stamps, and the arrival on this workstation.
"""

from dataclasses import dataclass

from app.video.worker.clock_drift import EXACT_US, ClockDrift

_RISE_PPM = 100
"""How fast the estimate may follow upwards: a crystal's drift, not a growing queue's."""
_STEP_US = 200_000
"""A jump of UTC against the presentation time stamps beyond this: the camera's clock was set."""
_REPORTS_LOST_US = 60_000_000
"""Without a sender report for this long the camera's time is no longer vouched for."""


class ClockOffset:
    """What to add to the camera's clock to get this workstation's, transport delay excluded.

    The lower envelope of (arrival - taken): the packet that was delayed least says most. It falls
    at once and rises slowly, so a delay that builds up shows as age instead of being absorbed.
    """

    def __init__(self) -> None:
        self._floor_us: float | None = None
        self._last_us = 0

    @property
    def offset_us(self) -> int:
        """The estimate; 0 before the first sample."""
        return 0 if self._floor_us is None else int(self._floor_us)

    def add(self, utc_us: int, arrival_us: int) -> int:
        """Take one packet into account; returns the estimate."""
        sample = arrival_us - utc_us
        if self._floor_us is None:
            self._floor_us = float(sample)
        else:
            elapsed = max(0, arrival_us - self._last_us)
            self._floor_us = min(float(sample), self._floor_us + elapsed * _RISE_PPM / 1e6)
        self._last_us = arrival_us
        return int(self._floor_us)

    def shift(self, step_us: int) -> None:
        """The camera's clock was set forward by ``step_us``: the offset moves the other way."""
        if self._floor_us is not None:
            self._floor_us -= step_us


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a picture was taken. ``utc_us`` is ``None`` when only the arrival is known;
    ``is_approximate`` when the camera's time may be off by more than a few milliseconds."""

    utc_us: int | None
    offset_us: int
    arrival_us: int
    is_approximate: bool = False

    @property
    def local_us(self) -> int:
        """When it was taken on this workstation's clock, or arrived where that is not known."""
        if self.utc_us is None:
            return self.arrival_us
        return min(self.utc_us + self.offset_us, self.arrival_us)

    def at(self, *, by_camera: bool) -> int:
        """When it was taken, on the camera's clock if that is asked for and known."""
        return self.utc_us if by_camera and self.utc_us is not None else self.local_us


class PictureTime:
    """Stamps the packets of one connection, in the order in which they come."""

    def __init__(self, ticks_per_second: float) -> None:
        """``ticks_per_second`` is the rate of the stream's presentation time stamps."""
        self._us_per_tick = 1e6 / ticks_per_second
        self.offset = ClockOffset()
        self.drift = ClockDrift()
        self._reports = 0
        self._reported_us = 0
        self._has_clock = False

    @property
    def has_camera_clock(self) -> bool:
        """Whether pictures are stamped by the camera's clock now."""
        return self._has_clock

    def stamp(
        self, utc_us: int | None, pts: int | None, arrival_us: int, *, is_new_report: bool
    ) -> Stamp:
        """The time of a packet that carried ``utc_us`` (``None``: no report has come yet).

        ``is_new_report`` marks the first packet after a sender report. The very first one is
        discarded: FFmpeg's parser gives it the time of the frame after it.
        """
        if is_new_report:
            self._reports += 1
            self._reported_us = arrival_us
        if utc_us is None or (is_new_report and self._reports == 1):
            return Stamp(None, 0, arrival_us)
        if arrival_us - self._reported_us > _REPORTS_LOST_US:
            self._has_clock = False
            self.drift.reset()
            return Stamp(None, 0, arrival_us)
        self._has_clock = True
        is_approximate = False
        if pts is not None:
            utc_us, is_approximate = self._correct(utc_us, pts * self._us_per_tick, is_new_report)
        return Stamp(utc_us, self.offset.add(utc_us, arrival_us), arrival_us, is_approximate)

    def _correct(self, utc_us: int, pts_us: float, is_new_report: bool) -> tuple[int, bool]:
        """The time without the drift since the last report, and whether it is a guess."""
        drift = self.drift
        zero_us = utc_us - pts_us
        if drift:
            step_us = zero_us - drift.zero_us(pts_us)
            if abs(step_us) > _STEP_US:
                self.offset.shift(round(step_us))
                drift.reset()
        if is_new_report or not drift:
            drift.add(pts_us, zero_us)
        return round(pts_us + drift.zero_us(pts_us)), drift.error_us(pts_us) > EXACT_US
