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
_KNOWN_AFTER = 15
_MEMORY = 150
"""Looks over which the reference is averaged; each second picture is looked at, so five minutes:
dusk, which halves the contrast within twenty, stays within a fifth of it."""
_ACCEPTED_AFTER = 4 * 3600
"""After a shift the reference follows in spite of the fault: fog may stay for a night."""
_VIDEO_BLACK = 16.0
_LEAST_BRIGHTNESS = 0.2


class DetailDetector:
    """Judges the middle picture of each second look."""

    def __init__(self) -> None:
        self._work: tuple[Grey, Grey] | None = None
        self._reference: Cells = np.zeros(_CELLS[::-1], np.float32)
        self._brightness = 0.0
        self._learnt = 0
        self._bad_for = 0
        self._state = Hysteresis(enter=3, leave=2)

    def look(self, middle: Grey, brightness: float) -> bool:
        """Take a picture and its mean luma into account; whether its detail is gone."""
        cells = self._cells(middle)
        above_black = max(1.0, brightness - _VIDEO_BLACK)
        if self._learnt < _KNOWN_AFTER:
            self._learn(cells, above_black)
            return False
        share = self._lost_share(cells, above_black)
        self._bad_for = self._bad_for + 1 if share >= _LOST_SHARE else 0
        present = self._state.see(is_bad=share >= _LOST_SHARE, is_good=share < 0.7 * _LOST_SHARE)
        if not (present or self._bad_for) or self._bad_for > _ACCEPTED_AFTER:
            self._learn(cells, above_black)
        return present

    def _cells(self, middle: Grey) -> Cells:
        if self._work is None or self._work[0].shape != middle.shape:
            self._work = np.empty_like(middle), np.empty_like(middle)
        smooth, detail = self._work
        cv2.blur(middle, (3, 3), dst=smooth)
        cv2.absdiff(middle, smooth, dst=detail)
        cv2.convertScaleAbs(detail, dst=detail, alpha=_GAIN)
        return cv2.resize(detail, _CELLS, interpolation=cv2.INTER_AREA).astype(np.float32)

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
        self._reference += (cells - self._reference) / self._learnt
        self._brightness += (brightness - self._brightness) / self._learnt
