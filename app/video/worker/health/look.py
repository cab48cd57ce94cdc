"""One look a second at the pictures of a hot stream: what is wrong with them.

Everything is judged on the luma plane, which planar pictures give without a conversion; of rare
formats a small grey copy is made.
"""

from typing import Protocol

import cv2
from av.video.frame import VideoFrame

from app.domain.picture_health import PictureFault
from app.video.worker.clock import Stamp
from app.video.worker.health.blocks import BlockDetector
from app.video.worker.health.detail import DetailDetector
from app.video.worker.health.exposure import ExposureDetector
from app.video.worker.health.freezing import FreezeDetector
from app.video.worker.health.luma import LumaLevels
from app.video.worker.health.view import ViewDetector

_TOO_SOON_US = 500_000
"""Within half a second a camera's own clock may not have moved on."""
_STILL_EACH = 2
_ALL_EACH = 8
"""While all is well, whether the picture stands still is asked in each second look and everything
else in each eighth; in each look from the first doubt on. So every fault is found within ten looks,
and looking costs next to nothing: between two looks a stream decodes so much that code and data are
in no cache any more, and what costs is not the arithmetic but to begin with it."""


class Look(Protocol):
    """What the pipeline asks of picture health. One thread at a time."""

    def look(self, frame: VideoFrame, stamp: Stamp) -> tuple[PictureFault, ...] | None:
        """Judge a decoded picture, once a second; all present faults, ``None``: as before."""

    def reset(self) -> None:
        """Forget everything learnt: the camera was moved on purpose, or is another one."""


class HealthLook:
    """Watches one stream, through reconnects and pauses; one thread at a time.

    What is learnt about the camera (its clock, its detail, its view) belongs to one picture size
    and is learnt anew with another.
    """

    def __init__(self) -> None:
        self._levels = LumaLevels()
        self._detectors: _Detectors | None = None
        self._looked_us: int | None = None
        self._faults: tuple[PictureFault, ...] = ()

    @property
    def faults(self) -> tuple[PictureFault, ...]:
        """What is wrong as of the last look."""
        return self._faults

    def reset(self) -> None:
        """Forget everything learnt: the camera was moved on purpose, or is another one."""
        self._detectors = None
        self._looked_us = None
        self._faults = ()

    def look(self, frame: VideoFrame, stamp: Stamp) -> tuple[PictureFault, ...] | None:
        """Judge a decoded picture, once a second; all present faults, ``None``: as before."""
        before = self._looked_us
        if before is not None and 0 <= stamp.arrival_us - before < _TOO_SOON_US:
            return None
        self._looked_us = stamp.arrival_us
        detectors = self._detectors
        if detectors is not None and not detectors.are_due():
            return None
        is_other = self._levels.take(frame)
        if detectors is None or is_other:
            detectors = self._detectors = _Detectors(self._levels)
        faults = detectors.look() if self._levels.is_usable else ()
        if faults == self._faults:
            return None
        self._faults = faults
        return faults


class _Detectors:
    """All there is for pictures of one size."""

    def __init__(self, levels: LumaLevels) -> None:
        self._levels = levels
        self._looks = 0
        self._seen = 0
        self._is_eager = True
        self._exposure = ExposureDetector(levels.low)
        self._freezing = FreezeDetector(levels.low)
        self._detail = DetailDetector(levels.middle)
        self._view = ViewDetector(levels.low)
        self._blocks = BlockDetector()
        self._is_frozen = self._is_black = self._is_white = False
        self._is_blurred = self._is_turned = self._is_blocky = False

    def are_due(self) -> bool:
        """Count a look; whether something is asked in it."""
        self._looks += 1
        return self._is_eager or self._looks % _STILL_EACH == 0

    def look(self) -> tuple[PictureFault, ...]:
        """Ask what is due; all faults as of now."""
        levels = self._levels
        is_due = self._looks % _ALL_EACH == 0
        seconds, self._seen = self._looks - self._seen, self._looks
        self._is_frozen = self._freezing.look(levels.low, levels.before, seconds)
        if is_due or self._is_eager:
            self._look_closer(is_due, cv2.mean(levels.low)[0])
        self._is_eager = (
            self._freezing.is_eager
            or self._exposure.is_eager
            or self._detail.is_eager
            or self._view.is_eager
            or self._blocks.is_eager
        )
        return self._faults()

    def _look_closer(self, is_due: bool, mean: float) -> None:
        levels = self._levels
        if is_due or self._exposure.is_eager:
            self._is_black, self._is_white = self._exposure.look(levels.low, mean)
        if self._is_black or self._is_white:
            return
        if is_due or self._detail.is_eager:
            self._is_blurred = self._detail.look(levels.middle, mean)
        # Without detail there are no edges to compare.
        if (is_due or self._view.is_eager) and not self._is_blurred:
            self._is_turned = self._view.look(levels.low)
        if (is_due or self._blocks.is_eager) and levels.full is not None:
            self._is_blocky = self._blocks.look(levels.full)

    def _faults(self) -> tuple[PictureFault, ...]:
        if self._is_black:
            # A picture of one brightness has no detail and no view, and nothing moves in it.
            return (PictureFault.BLACK,)
        if self._is_white:
            return (PictureFault.WHITE,)
        faults = []
        if self._is_frozen:
            faults.append(PictureFault.FROZEN)
        if self._is_blocky:
            faults.append(PictureFault.BLOCKY)
        elif self._is_blurred:
            faults.append(PictureFault.BLURRED)
        if self._is_turned and not self._is_blurred:
            faults.append(PictureFault.TURNED)
        return tuple(faults)
