"""Which moment of a source belongs to a picture, whatever clocks stamped the two.

The camera's own clock stamps pictures (RTCP sender reports) and, with many sources, frames: then
they belong together exactly, however wrong that clock is. A backend's clock is taken for this
workstation's (both are to be set by NTP); the picture's time is brought to it by the offset that
the stream measures. Everything but the first pairing is approximate.
"""

from dataclasses import dataclass

from app.analytics.arrivals import Arrivals
from app.domain.detection import SourceClock
from app.domain.stream import PictureClock

_FUTURE_US = -250_000
"""A frame that comes so long before its own time: the two clocks do not agree."""
_PLAUSIBLE_US = 1_000_000
"""A camera's frames that come within this are taken for stamped by a clock that is set right."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """``shift_us``: add it to a picture's time to get the moment on the source's clock.

    ``is_exact``: both were stamped by the same clock. ``clock_ahead_us`` is by how much the
    source's clock seems to run ahead of this workstation's, where it must be right and is not.
    """

    shift_us: int
    is_exact: bool
    clock_ahead_us: int = 0


EXACT = Pairing(0, is_exact=True)


def paired(picture_clock: PictureClock, picture_offset_us: int, arrivals: Arrivals) -> Pairing:
    """``picture_offset_us`` brings the picture's time to this workstation's clock."""
    least = arrivals.least_delay_us
    if arrivals.clock is SourceClock.CAMERA:
        if picture_clock is PictureClock.CAMERA:
            return EXACT
        if picture_clock is PictureClock.CAMERA_APPROXIMATE:
            return Pairing(0, is_exact=False)
        # Only the arrival of the picture is known, and this camera's clock may be anything.
        agrees = least is None or _FUTURE_US <= least <= _PLAUSIBLE_US
        return Pairing(0 if agrees or least is None else -least, is_exact=False)
    if least is not None and least < _FUTURE_US:
        return Pairing(picture_offset_us - least, is_exact=False, clock_ahead_us=-least)
    return Pairing(picture_offset_us, is_exact=False)


def lateness_us(delay_us: int, shift_us: int, picture_offset_us: int) -> int:
    """By how much boxes come after their picture could be shown.

    ``delay_us`` is the boxes' arrival less their own time (see ``Arrivals.delay_us``),
    ``shift_us`` what was added to the picture's time to ask for them, offsets set by hand included.
    """
    return delay_us + shift_us - picture_offset_us
