"""One look a second at the pictures of a hot stream: what is wrong with them.

Everything is judged on the luma plane, which planar pictures give without a conversion; of rare
formats a small grey copy is made. Black, white and frozen are judged in each look, the dearer
questions in turn.
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
from app.video.worker.health.luma import Grey, LumaLevels
from app.video.worker.health.view import ViewDetector

_TOO_SOON_US = 500_000
"""Within half a second a camera's own clock may not have moved on."""
_BLOCKS_EVERY = 3


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
        self._faults: tuple[PictureFault, ...] = ()
        self._start()

    def _start(self) -> None:
        self._looked_us: int | None = None
        self._looks = 0
        self._freezing: FreezeDetector | None = None
        self._exposure = ExposureDetector()
        self._detail = DetailDetector()
        self._view = ViewDetector()
        self._blocks = BlockDetector()
        self._is_blurred = self._is_turned = self._is_blocky = False

    @property
    def faults(self) -> tuple[PictureFault, ...]:
        """What is wrong as of the last look."""
        return self._faults

    def reset(self) -> None:
        """Forget everything learnt: the camera was moved on purpose, or is another one."""
        self._start()
        self._faults = ()

    def look(self, frame: VideoFrame, stamp: Stamp) -> tuple[PictureFault, ...] | None:
        """Judge a decoded picture, once a second; all present faults, ``None``: as before."""
        before = self._looked_us
        if before is not None and 0 <= stamp.arrival_us - before < _TOO_SOON_US:
            return None
        levels = self._levels
        if levels.take(frame):
            self._start()
        self._looked_us = stamp.arrival_us
        if not levels.is_usable:
            return self._now(())
        return self._now(self._judge(levels))

    def _now(self, faults: tuple[PictureFault, ...]) -> tuple[PictureFault, ...] | None:
        if faults == self._faults:
            return None
        self._faults = faults
        return faults

    def _judge(self, levels: LumaLevels) -> tuple[PictureFault, ...]:
        low = levels.low
        is_frozen = self._look_for_freezing(low)
        is_black, is_white = self._exposure.look(low)
        # A picture of one brightness has no detail and no view, and nothing moves in it.
        if is_black:
            return (PictureFault.BLACK,)
        if is_white:
            return (PictureFault.WHITE,)
        self._take_turns(levels)
        present = (
            (PictureFault.FROZEN, is_frozen),
            (PictureFault.BLURRED, self._is_blurred and not self._is_blocky),
            # Without detail there are no edges to compare.
            (PictureFault.TURNED, self._is_turned and not self._is_blurred),
            (PictureFault.BLOCKY, self._is_blocky),
        )
        return tuple(fault for fault, is_there in present if is_there)

    def _look_for_freezing(self, low: Grey) -> bool:
        if self._freezing is None:
            self._freezing = FreezeDetector(low)
            return False
        return self._freezing.look(low)

    def _take_turns(self, levels: LumaLevels) -> None:
        turn = self._looks
        self._looks += 1
        if turn % 2 == 0:
            self._is_blurred = self._detail.look(levels.middle, cv2.mean(levels.low)[0])
        elif not self._is_blurred:
            self._is_turned = self._view.look(levels.low)
        if turn % _BLOCKS_EVERY == 0 and levels.full is not None:
            self._is_blocky = self._blocks.look(levels.full)
