"""The brightness of a picture in three sizes: as decoded, halved to a middle and a low one."""

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter

Grey = npt.NDArray[np.uint8]

_LOW_WIDTH = 160
"""The low picture is at least this wide and less than twice that."""
_LEAST = (64, 36)
"""Smaller pictures say nothing about a camera's health."""
_LUMA_FIRST = frozenset(
    {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "nv21", "gray"}
)
"""Formats whose first plane is 8-bit luma."""


class LumaLevels:
    """Cuts the luma of one stream's pictures down; the arrays are made once a picture size.

    ``middle`` and ``low`` are written anew by each ``take``; ``full`` is ``None`` for formats that
    had to be converted, else valid as long as its frame.
    """

    def __init__(self) -> None:
        self._key: tuple[int, int, str] | None = None
        self._halves: list[Grey] = []
        self._reformatter = VideoReformatter()
        self._converted: tuple[int, int] | None = None
        self.full: Grey | None = None
        self.middle: Grey = np.empty((0, 0), np.uint8)
        self.low: Grey = np.empty((0, 0), np.uint8)

    def take(self, frame: VideoFrame) -> bool:
        """Halve the picture's luma; whether it is of another kind than the one before it."""
        key = (frame.width, frame.height, frame.format.name)
        is_other = key != self._key
        if is_other:
            self._prepare(*key)
        if self._converted is None:
            source = self.full = _plane(frame)
        else:
            self.full = None
            source = _plane(self._reformatter.reformat(frame, *self._converted, "gray"))
        self.middle = self.low = source
        for half in self._halves:
            height, width = half.shape
            cut = self.low[: height * 2, : width * 2]
            self.middle = self.low
            # Averaging 2x2 is OpenCV's fast case of area averaging.
            cv2.resize(cut, (width, height), dst=half, interpolation=cv2.INTER_AREA)
            self.low = half
        return is_other

    @property
    def is_usable(self) -> bool:
        """Whether the last picture was large enough to be judged."""
        height: int
        width: int
        height, width = self.low.shape
        return width >= _LEAST[0] and height >= _LEAST[1]

    def _prepare(self, width: int, height: int, name: str) -> None:
        self._key = (width, height, name)
        self._converted = None
        if name not in _LUMA_FIRST:
            while width >= 4 * _LOW_WIDTH:
                width, height = width // 2, height // 2
            self._converted = (width, height)
        self._halves = []
        while width >= 2 * _LOW_WIDTH and height >= 2:
            width, height = width // 2, height // 2
            self._halves.append(np.empty((height, width), np.uint8))


def _plane(frame: VideoFrame) -> Grey:
    plane: Any = frame.planes[0]
    rows: Grey = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: frame.height, : frame.width]
