"""One look a second at the pictures of a hot stream: what is wrong with them.

Everything is judged on the luma plane, which planar pictures give without a conversion; of rare
formats a small grey copy is made.
"""

from typing import Protocol

from av.video.frame import VideoFrame

from app.domain.picture_health import PictureFault
from app.video.worker.clock import Stamp


class Look(Protocol):
    """What the pipeline asks of picture health. One thread at a time."""

    def look(self, frame: VideoFrame, stamp: Stamp) -> tuple[PictureFault, ...] | None:
        """Judge a decoded picture, once a second; all present faults, ``None``: as before."""

    def reset(self) -> None:
        """Forget everything learnt: the camera was moved on purpose, or is another one."""


class HealthLook:
    """Watches one stream for as long as it is configured, through reconnects."""

    def __init__(self) -> None:
        self._faults: tuple[PictureFault, ...] = ()

    @property
    def faults(self) -> tuple[PictureFault, ...]:
        """What is wrong as of the last look."""
        return self._faults

    def look(self, frame: VideoFrame, stamp: Stamp) -> tuple[PictureFault, ...] | None:
        """Judge a decoded picture, once a second; all present faults, ``None``: as before."""
        return None

    def reset(self) -> None:
        """Forget everything learnt: the camera was moved on purpose, or is another one."""
        self._faults = ()
