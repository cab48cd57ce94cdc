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
_WHITE = 210
_WHITE_SHARE = 0.75
"""Sun or a lamp in the lens leaves a rim; a bright sky alone covers half a picture at most."""
_MAY_BE_BLACK = 1.1 * (_BLACK + 2 * _BRIGHT_SHARE * 255)
_MAY_BE_WHITE = 0.6 * _WHITE
"""Between these means neither question arises, which saves looking closer."""


class ExposureDetector:
    """Judges the low picture of some looks."""

    def __init__(self, low: Grey) -> None:
        """``low`` is a picture of the shape that all will have."""
        # Headlights blind a camera for a second or two.
        self._black = Hysteresis(enter=3, leave=2)
        self._white = Hysteresis(enter=3, leave=2)
        self._work = np.empty_like(low)

    @property
    def is_eager(self) -> bool:
        """Whether the next look is wanted soon, because something begins or ends."""
        return self._black.is_undecided or self._white.is_undecided

    def look(self, low: Grey, mean: float) -> tuple[bool, bool]:
        """Take a picture and its mean into account; whether it is black, and whether white."""
        if mean < _MAY_BE_BLACK:
            bright = self._share_above(low, _BLACK)
            dazzled = 0.0
        else:
            bright = 1.0
            dazzled = self._share_above(low, _WHITE) if mean > _MAY_BE_WHITE else 0.0
        black = self._black.see(is_bad=bright <= _BRIGHT_SHARE, is_good=bright > 2 * _BRIGHT_SHARE)
        white = self._white.see(
            is_bad=dazzled >= _WHITE_SHARE, is_good=dazzled < 0.8 * _WHITE_SHARE
        )
        return black, white

    def _share_above(self, low: Grey, level: int) -> float:
        cv2.threshold(low, level, 1, cv2.THRESH_BINARY, dst=self._work)
        return cv2.countNonZero(self._work) / low.size
