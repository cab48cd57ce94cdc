"""From a decoded frame to the BGRA pixels of one tile.

Two roads, chosen by measurement (``tests/benchmarks/scaling.py``). Planar 8-bit pictures: OpenCV
on the planes, halved by averaging as often as that goes, the rest linear (a plane can also be cut
without copying, a frame cannot), then swscale for the colours of the small picture. On frames that
are not in the cache any more, as on a wall, that costs half of what swscale's area averaging does.
Everything else, and pictures that keep their size: swscale alone. All colour arithmetic is
swscale's, so every colour space and range comes out right on both.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from app.domain.geometry import Crop, Size, fit

Pixels = npt.NDArray[np.uint8]

_MATRIX_709 = 1
_MATRIX_UNSPECIFIED = (2, 0)
_HD_HEIGHT = 720
_AREA = int(Interpolation.AREA)
_POINT = int(Interpolation.POINT)
_BICUBIC = int(Interpolation.BICUBIC)
_MUCH = 2.0
"""From this factor of shrinking on, sampling without averaging would alias."""

# 8-bit planar formats: how much smaller the chroma planes are, as powers of two.
_CHROMA_SHIFTS: dict[str, tuple[int, int]] = {
    "yuv420p": (1, 1),
    "yuvj420p": (1, 1),
    "yuv422p": (1, 0),
    "yuvj422p": (1, 0),
    "yuv444p": (0, 0),
    "yuvj444p": (0, 0),
}
_FULL_RANGE = int(ColorRange.JPEG)


@dataclass(frozen=True, slots=True)
class _PlaneRoad:
    """How one plane shrinks: the part that is cut out, the halves on the way, the end.

    The arrays are made once and written anew for each frame; ``end`` lies in the small frame.
    """

    rows: slice
    columns: slice
    halves: tuple[Pixels, ...]
    end: Pixels

    def travel(self, plane: Any) -> None:
        source: Pixels = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        source = source[self.rows, self.columns]
        for half in self.halves:
            # Averaging 2x2 is many times cheaper than OpenCV's general area averaging. Exactly
            # half, so an odd last row or column is left out.
            height, width = half.shape
            cut = source[: height * 2, : width * 2]
            cv2.resize(cut, (width, height), dst=half, interpolation=cv2.INTER_AREA)
            source = half
        height, width = self.end.shape
        if source.shape == self.end.shape:
            np.copyto(self.end, source)
        else:
            cv2.resize(source, (width, height), dst=self.end, interpolation=cv2.INTER_LINEAR)


def _plane_road(rows: slice, columns: slice, end: Pixels) -> _PlaneRoad:
    height, width = end.shape
    source_height, source_width = rows.stop - rows.start, columns.stop - columns.start
    halves: list[Pixels] = []
    while source_width >= _MUCH * width and source_height >= _MUCH * height:
        source_width, source_height = source_width // 2, source_height // 2
        halves.append(np.empty((source_height, source_width), np.uint8))
    return _PlaneRoad(rows, columns, tuple(halves), end)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What was worked out for one kind of frame; holds while the frames look alike."""

    width: int
    height: int
    scaled: Size
    crop: Crop
    matrix: int | None
    planes_of: str | None
    small: VideoFrame | None
    roads: tuple[_PlaneRoad, ...]


class ViewScaler:
    """Scales the frames of one stream for one view. One thread at a time."""

    def __init__(self, box: Size, crop: Crop, capacity: int) -> None:
        self._box = box
        self._crop = crop
        self._capacity = capacity
        self._reformatter = VideoReformatter()
        self._convert = VideoReformatter()
        self._key: tuple[object, ...] = ()
        self._plan: _Plan | None = None

    def plan(self, frame: VideoFrame, aspect: float) -> _Plan:
        """Work out size, crop and road for frames that look like this one.

        ``aspect`` is the width of a pixel divided by its height.
        """
        key = (frame.width, frame.height, frame.format.name, frame.colorspace, aspect)
        if key == self._key and self._plan is not None:
            return self._plan
        self._key = key
        self._plan = self._work_out(frame, aspect)
        return self._plan

    def _work_out(self, frame: VideoFrame, aspect: float) -> _Plan:
        width, height, name = frame.width, frame.height, frame.format.name
        matrix = matrix_of(frame)
        left, top, cut_width, cut_height = _cut(self._crop, width, height)
        crop = Crop(left / width, top / height, cut_width / width, cut_height / height)
        scaled = fit(round(cut_width * aspect * 64), cut_height * 64, self._box)
        scaled = _within(scaled, self._capacity)
        whole = (cut_width, cut_height) == (width, height)
        shrink = max(cut_width / scaled.width, cut_height / scaled.height)
        planes_of: str | None = None
        small: VideoFrame | None = None
        roads: tuple[_PlaneRoad, ...] = ()
        if not whole or (name in _CHROMA_SHIFTS and shrink != 1.0):
            planes_of = name if name in _CHROMA_SHIFTS else _planar(frame)
            even = (scaled.width + scaled.width % 2, scaled.height + scaled.height % 2)
            small = VideoFrame(*even, planes_of)
            small.color_range = frame.color_range
            small.colorspace = frame.colorspace
            roads = _roads(planes_of, (left, top, cut_width, cut_height), small)
        return _Plan(
            width,
            height,
            scaled,
            crop,
            matrix,
            planes_of,
            small,
            roads,
        )

    def scale_into(self, frame: VideoFrame, plan: _Plan, target: memoryview) -> None:
        """Write the tile's pixels, without padding, to the start of ``target``."""
        if plan.small is None:
            source, interpolation = frame, _AREA
        else:
            source, interpolation = self._shrink_planes(frame, plan, plan.small), _POINT
        picture = self._reformatter.reformat(
            source,
            plan.scaled.width if plan.small is None else None,
            plan.scaled.height if plan.small is None else None,
            "bgra",
            src_colorspace=plan.matrix,
            interpolation=interpolation,
            threads=1,
        )
        _copy_rows(picture, plan.scaled, target)

    def _shrink_planes(self, frame: VideoFrame, plan: _Plan, small: VideoFrame) -> VideoFrame:
        if plan.planes_of != frame.format.name:
            frame = self._convert.reformat(
                frame, format=plan.planes_of, interpolation=_BICUBIC, threads=1
            )
        for road, plane in zip(plan.roads, frame.planes, strict=True):
            road.travel(plane)
        return small


def _roads(
    planes_of: str, box: tuple[int, int, int, int], small: VideoFrame
) -> tuple[_PlaneRoad, ...]:
    """``box`` is what is cut out of the full picture: left, top, width, height."""
    left, top, width, height = box
    roads = []
    for index, plane in enumerate(small.planes):
        by_x, by_y = _CHROMA_SHIFTS[planes_of] if index else (0, 0)
        rows = slice(top >> by_y, -(-(top + height) >> by_y))
        columns = slice(left >> by_x, -(-(left + width) >> by_x))
        roads.append(_plane_road(rows, columns, _rows(plane)[: plane.height, : plane.width]))
    return tuple(roads)


def matrix_of(frame: VideoFrame) -> int | None:
    """What swscale must be told where the camera does not say it: BT.709 from 720 lines on."""
    if frame.colorspace not in _MATRIX_UNSPECIFIED:
        return None
    if frame.height >= _HD_HEIGHT:
        return int(Colorspace.ITU709)
    return int(Colorspace.ITU601)


def _cut(crop: Crop, width: int, height: int) -> tuple[int, int, int, int]:
    """The crop in whole pixels: left, top, width, height; even, so that chroma can be cut too."""
    if crop.is_whole:
        return 0, 0, width, height
    left = min(max(0, round(crop.x * width)), max(0, width - 2)) & ~1
    top = min(max(0, round(crop.y * height)), max(0, height - 2)) & ~1
    cut_width = min(max(2, round(crop.width * width) & ~1), width - left)
    cut_height = min(max(2, round(crop.height * height) & ~1), height - top)
    return left, top, cut_width, cut_height


def _within(size: Size, capacity: int) -> Size:
    """``size``, made smaller in the same shape where its pixels would not fit the slot."""
    pixels = max(1, capacity // 4)
    if size.width * size.height <= pixels:
        return size
    factor = (pixels / (size.width * size.height)) ** 0.5
    return Size(max(1, int(size.width * factor)), max(1, int(size.height * factor)))


def _planar(frame: VideoFrame) -> str:
    """The 8-bit planar format that a rare one is turned into before it is cut."""
    full = frame.color_range == _FULL_RANGE or not frame.format.name.startswith(("yuv", "nv", "p0"))
    return "yuvj420p" if full else "yuv420p"


def _rows(plane: Any) -> Pixels:
    """The bytes of a plane, a row of the picture each; valid as long as its frame."""
    rows: Pixels = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    return rows


def _copy_rows(picture: VideoFrame, size: Size, target: memoryview) -> None:
    plane: Any = picture.planes[0]
    length = size.width * 4
    if plane.line_size == length:
        target[: length * size.height] = memoryview(plane)[: length * size.height]
        return
    out = np.frombuffer(target, np.uint8, length * size.height).reshape(size.height, length)
    np.copyto(out, _rows(plane)[: size.height, :length])
