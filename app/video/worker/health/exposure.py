"""Black and white-out: pictures in which next to nothing has a brightness between."""

import cv2
import numpy as np

from app.video.worker.health.hysteresis import Hysteresis
from app.video.worker.health.luma import Grey

_BLACK = 32
"""Luma of a black picture with its noise; video black is 16, or 0 in full range."""
_BRIGHT_SHARE = 0.04
"""What camera title and clock may cover of a black picture. The darkest of the drawn nights has
nine tenths of its picture above ``_BLACK``."""
_WHITE = 225
_WHITE_SHARE = 0.75
"""Sun or a lamp in the lens leaves a rim; a bright sky alone covers half a picture at most."""


class ExposureDetector:
    """Judges the low picture of each look."""

    def __init__(self) -> None:
        # Headlights blind a camera for a second or two: not five.
        self._black = Hysteresis(enter=4, leave=3)
        self._white = Hysteresis(enter=5, leave=3)
        self._work: Grey = np.empty((0, 0), np.uint8)

    def look(self, low: Grey) -> tuple[bool, bool]:
        """Whether the picture is black, and whether it is white."""
        if self._work.shape != low.shape:
            self._work = np.empty_like(low)
        above_black = self._share_above(low, _BLACK)
        black = self._black.see(
            is_bad=above_black <= _BRIGHT_SHARE, is_good=above_black > 2 * _BRIGHT_SHARE
        )
        white_share = self._share_above(low, _WHITE) if above_black > _WHITE_SHARE else 0.0
        white = self._white.see(
            is_bad=white_share >= _WHITE_SHARE, is_good=white_share < 0.8 * _WHITE_SHARE
        )
        return black, white

    def _share_above(self, low: Grey, level: int) -> float:
        cv2.threshold(low, level, 1, cv2.THRESH_BINARY, dst=self._work)
        return cv2.countNonZero(self._work) / low.size
