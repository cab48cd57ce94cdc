"""Out of focus or covered: the picture's fine detail is gone where it used to be.

Fine detail is what a small blur takes away, summed over cells of the picture. It is compared, cell
by cell, with what this camera showed in the last minutes, so that neither a plain wall nor dusk nor
rain is a fault; and it is measured against the brightness, so that lamps going out are none.
A camera that is out of focus from the beginning is not found: nothing is known of it.
"""

import cv2
import numpy as np
import numpy.typing as npt

from app.video.worker.health.hysteresis import Hysteresis
from app.video.worker.health.luma import Grey

Cells = npt.NDArray[np.float32]

_CELLS = (16, 9)
_GAIN = 8
"""Detail is kept in eighths of a grey level; single edges count no more than 32 levels."""
_DETAILED = 4.0
"""Cells with less than half a grey level of detail have none to lose."""
_LEAST_CELLS = 12
_LOST = 0.5
"""A blur of 2 pixels in 640 leaves 0.43 of a cell's detail, of 3 pixels 0.3; rain, noise and a
third of the usual bit rate leave 0.9."""
_LOST_SHARE = 0.5
"""So many of the cells without their detail are a fault: all of a blurred picture, and the part of
a covered one. Traffic takes at most a tenth."""
_MUCH = 0.85
"""While so much of all detail is there, it is not gone from half of the cells."""
_KNOWN_AFTER = 30
_MEMORY = 40
"""Looks over which the reference is averaged; each eighth picture is looked at, so five minutes:
dusk, which halves the contrast within twenty, stays within a fifth of it."""
_ACCEPTED_AFTER = 8 * 3600 // 8
"""After a shift of eight hours the reference follows in spite of the fault: fog may stay."""
_VIDEO_BLACK = 16.0
_LEAST_BRIGHTNESS = 0.2


class DetailDetector:
    """Judges the middle picture of some looks."""

    def __init__(self, middle: Grey) -> None:
        """``middle`` is a picture of the shape that all will have."""
        height, width = middle.shape
        self._smooth = np.empty_like(middle)
        self._detail = np.empty_like(middle)
        self._half: Grey = np.empty((height // 2, width // 2), np.uint8)
        self._reference: Cells = np.zeros(_CELLS[::-1], np.float32)
        self._total = 0.0
        self._brightness = 0.0
        self._learnt = 0
        self._lasts = 0
        self._state = Hysteresis(enter=3, leave=2)

    @property
    def is_eager(self) -> bool:
        """Whether the next look is wanted soon: to learn, or because something begins or ends."""
        return self._learnt < _KNOWN_AFTER or self._state.is_undecided

    def look(self, middle: Grey, brightness: float) -> bool:
        """Take a picture and its mean luma into account; whether its detail is gone."""
        cells = self._cells(middle)
        total = cv2.sumElems(cells)[0]
        above_black = max(1.0, brightness - _VIDEO_BLACK)
        if self._learnt < _KNOWN_AFTER:
            self._learn(cells, above_black)
            return False
        if total > _MUCH * self._total and not self._state.is_present:
            share = 0.0
        else:
            share = self._lost_share(cells, above_black)
        is_bad = share >= _LOST_SHARE
        present = self._state.see(is_bad=is_bad, is_good=share < 0.7 * _LOST_SHARE)
        self._lasts = self._lasts + 1 if present else 0
        if not (present or is_bad) or self._lasts > _ACCEPTED_AFTER:
            self._learn(cells, above_black)
        return present

    def _cells(self, middle: Grey) -> Cells:
        smooth, detail, half = self._smooth, self._detail, self._half
        cv2.blur(middle, (3, 3), dst=smooth)
        cv2.absdiff(middle, smooth, dst=detail)
        cv2.convertScaleAbs(detail, dst=detail, alpha=_GAIN)
        # Halving first: OpenCV's general area averaging is the dearest step.
        high, wide = half.shape
        even = detail[: high * 2, : wide * 2]
        cv2.resize(even, (wide, high), dst=half, interpolation=cv2.INTER_AREA)
        cells: Cells = cv2.resize(half, _CELLS, interpolation=cv2.INTER_AREA).astype(np.float32)
        # The flattest cell shows nothing but noise.
        cells -= cv2.minMaxLoc(cells)[0]
        return cells

    def _lost_share(self, cells: Cells, brightness: float) -> float:
        darker = min(1.0, max(_LEAST_BRIGHTNESS, brightness / self._brightness))
        detailed = self._reference > _DETAILED
        count = np.count_nonzero(detailed)
        if count < _LEAST_CELLS:
            return 0.0
        lost = detailed & (cells < self._reference * (_LOST * darker))
        return float(np.count_nonzero(lost) / count)

    def _learn(self, cells: Cells, brightness: float) -> None:
        self._learnt = min(self._learnt + 1, _MEMORY)
        share = 1 / self._learnt
        cv2.accumulateWeighted(cells, self._reference, share)
        self._total = cv2.sumElems(self._reference)[0]
        self._brightness += (brightness - self._brightness) * share
