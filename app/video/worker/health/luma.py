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
_NONE: Grey = np.empty((0, 0), np.uint8)


class LumaLevels:
    """Cuts the luma of one stream's pictures down; the arrays are made once a picture size.

    ``middle`` is written anew by each ``take``; ``low`` is too, but the one before it stays in
    ``before``. ``full`` is ``None`` for formats that had to be converted; otherwise it is valid as
    long as its frame.
    """

    def __init__(self) -> None:
        self._key: tuple[int, int, str] | None = None
        self._halves: list[Grey] = []
        self._reformatter = VideoReformatter()
        self._converted: tuple[int, int] | None = None
        self.full: Grey | None = None
        self.middle = self.low = self.before = _NONE

    def take(self, frame: VideoFrame) -> bool:
        """Halve the picture's luma; whether it is of another kind than the one before it.

        After a change of kind ``before`` is the picture itself.
        """
        key = (frame.width, frame.height, frame.format.name)
        is_other = key != self._key
        if self._converted is None and not is_other:
            source = self.full = _plane(frame)
        else:
            source = self._start(frame, key) if is_other else self._convert(frame)
        self.low, self.before = self.before, self.low
        for half in self._halves:
            source = _halve(source, half)
        self.middle = source
        _halve_or_copy(source, self.low)
        if is_other:
            np.copyto(self.before, self.low)
        return is_other

    @property
    def is_usable(self) -> bool:
        """Whether the last picture was large enough to be judged."""
        height, width = self.low.shape
        return bool(width >= _LEAST[0] and height >= _LEAST[1])

    def _start(self, frame: VideoFrame, key: tuple[int, int, str]) -> Grey:
        """Make the arrays for pictures like this one; returns its luma."""
        self._key = key
        width, height, name = key
        self._converted = None
        self.full = None
        if name in _LUMA_FIRST:
            source = self.full = _plane(frame)
        else:
            while width >= 4 * _LOW_WIDTH:
                width, height = width // 2, height // 2
            self._converted = (width, height)
            source = self._convert(frame)
        self._halves = []
        while width >= 4 * _LOW_WIDTH and height >= 4:
            width, height = width // 2, height // 2
            self._halves.append(np.empty((height, width), np.uint8))
        if width >= 2 * _LOW_WIDTH and height >= 2:
            width, height = width // 2, height // 2
        self.low, self.before = np.empty((2, height, width), np.uint8)
        return source

    def _convert(self, frame: VideoFrame) -> Grey:
        assert self._converted is not None
        return _plane(self._reformatter.reformat(frame, *self._converted, "gray"))


def _plane(frame: VideoFrame) -> Grey:
    plane: Any = frame.planes[0]
    rows: Grey = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows[: frame.height, : frame.width]


def _halve(source: Grey, half: Grey) -> Grey:
    height, width = half.shape
    cut = source[: height * 2, : width * 2]
    # Averaging 2x2 is OpenCV's fast case of area averaging.
    cv2.resize(cut, (width, height), dst=half, interpolation=cv2.INTER_AREA)
    return half


def _halve_or_copy(source: Grey, low: Grey) -> None:
    if source.shape == low.shape:
        np.copyto(low, source)
    else:
        _halve(source, low)
