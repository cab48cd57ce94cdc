"""Frozen: pictures keep coming, and the same one each time.

An encoder that is fed the same picture again and again does not send it bit by bit the same: every
key frame quantises it anew, and rate control refines it in between. By the differences alone a
frozen picture therefore cannot be told from an empty alley at night, whose little noise a camera
smooths away. What can be told is whether anything moves that always moved before, and that is what
is decided here:

* Cameras write their clock into the picture, and so nearly all have a place that changes in each
  second. Once such a place is known, eight looks without any change beyond codec noise are frozen.
* Where no place always moves, only a picture that stays the same to the bit for half a minute is
  called frozen, and for three times as long as this camera has been still by itself before. A
  drawn picture without any noise that is meant to stand still looks exactly like that and is
  called frozen too; a still scene with as much noise as survives the encoder never is.
"""

import cv2
import numpy as np
import numpy.typing as npt

from app.video.worker.health.luma import Grey

_MOVED = 12
"""Grey levels by which the low picture changes where something moves. Codec noise of a frozen
picture stays below 10 even at a tenth of the usual rate; a digit of the clock changes by 60."""
_CELLS = (32, 18)
_ALWAYS = 0.95
"""A place that changed in so many of the looks always moves: a clock, not traffic."""
_KNOWN_AFTER = 30
_MEMORY = 100
"""Looks over which the shares are averaged, so that a clock that was switched off is forgotten
after a few."""
_EAGER, _PACE = 1, 6
"""Each so manyth look teaches, in the beginning and once enough is known."""
_STILL_LOOKS = 8
_MOST_MISSED = 3
"""So many still looks in a row count against a place that always moves. They count once something
moves again, for until then they may be the beginning of a freeze."""
_IDENTICAL = 0.97
"""Share of the low picture that is the same to the bit; with noise it stays below 0.9."""
_LONG_STILL = 30
_LONGEST = 200
_FORGET = 1 - 1 / 20_000
_LEAVE = 2


class FreezeDetector:
    """Judges the low picture of each look."""

    def __init__(self, low: Grey) -> None:
        """``low`` is a picture of the shape that all will have."""
        self._work = np.empty_like(low)
        self._moves: npt.NDArray[np.float32] = np.zeros(_CELLS[::-1], np.float32)
        self._looks = 0
        self._learnt = 0
        self._has_clock = False
        self._still = 0
        self._identical = 0
        self._moved = 0
        self._longest = 0.0
        self.is_frozen = False

    @property
    def is_eager(self) -> bool:
        """Whether the next look is wanted soon, because the picture stands still."""
        return self._still > 0

    def look(self, low: Grey, before: Grey, seconds: int = 1) -> bool:
        """Compare a picture with the one so many seconds before; whether the camera's is frozen."""
        has_moved = cv2.norm(low, before, cv2.NORM_INF) > _MOVED
        self._longest *= _FORGET
        if has_moved:
            self._end_stillness()
        else:
            self._moved = 0
            self._still += seconds
            self._identical += seconds * self._is_identical(low, before)
        self._looks += 1
        if has_moved and not self.is_frozen and self._looks % self._pace == 0:
            self._learn(low, before)
        if not self.is_frozen:
            self.is_frozen = self._has_stood()
        return self.is_frozen

    def _has_stood(self) -> bool:
        if self._still < _STILL_LOOKS:
            return False
        if self._has_clock:
            return True
        return self._still >= self._patience and 2 * self._identical >= self._still

    @property
    def _pace(self) -> int:
        return _EAGER if self._learnt < 2 * _KNOWN_AFTER else _PACE

    @property
    def _patience(self) -> float:
        return max(_LONG_STILL, 3 * self._longest)

    def _end_stillness(self) -> None:
        self._moved += 1
        if self.is_frozen:
            if self._moved < _LEAVE:
                return
            # It may have been a false alarm: twice the patience next time, but not more, for it may
            # just as well have been a freeze of hours.
            self._longest = max(self._longest, min(self._still, 2 * self._patience / 3))
            self.is_frozen = False
        elif self._still:
            self._miss(min(self._still, _MOST_MISSED))
            if not self._has_clock:
                self._longest = max(self._longest, self._still)
        self._longest = min(self._longest, _LONGEST)
        self._still = self._identical = 0

    def _is_identical(self, low: Grey, before: Grey) -> bool:
        cv2.absdiff(low, before, dst=self._work)
        return cv2.countNonZero(self._work) <= (1 - _IDENTICAL) * low.size

    def _learn(self, low: Grey, before: Grey) -> None:
        """Note which places changed since the last look."""
        work = self._work
        cv2.absdiff(low, before, dst=work)
        cv2.threshold(work, _MOVED, 255, cv2.THRESH_BINARY, dst=work)
        moved = cv2.resize(work, _CELLS, interpolation=cv2.INTER_AREA) > 0
        self._learnt += 1
        self._moves += (moved - self._moves) / min(self._learnt, _MEMORY)
        self._look_for_clock()

    def _miss(self, looks: int) -> None:
        """Note that nothing changed in so many looks."""
        for _ in range(looks):
            self._learnt += 1
            self._moves *= 1 - 1 / min(self._learnt, _MEMORY)
        self._look_for_clock()

    def _look_for_clock(self) -> None:
        self._has_clock = self._learnt >= _KNOWN_AFTER and float(self._moves.max()) >= _ALWAYS
