"""Compares ways to turn a decoded YUV 4:2:0 picture into a tile's BGRA pixels.

``python -m tests.benchmarks.scaling [--pictures DIR]`` prints CPU microseconds a frame for
PyAV's swscale with each interpolation, OpenCV on the planes, and mixtures of both. Every way
ends in a buffer that the caller owns, as a slot of the frame board is. CPU time of the process
is what counts, so work handed to threads is not hidden.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Convert = Callable[[av.VideoFrame, Pixels], None]


@dataclass(frozen=True)
class Way:
    """One way to scale and convert, bound to a source and a tile size."""

    name: str
    convert: Convert


def test_picture(width: int, height: int) -> av.VideoFrame:
    """A frame with fine text, thin lines, colour edges and texture, as swscale delivers it."""
    noise = np.random.default_rng(7).integers(90, 140, (height, width, 3), dtype=np.uint8)
    picture: Pixels = cv2.GaussianBlur(noise, (0, 0), 1.2).astype(np.uint8)
    unit = height / 360
    for row in range(8):
        size = (0.3 + 0.1 * row) * unit
        at = (int(10 * unit), int((30 + 38 * row) * unit))
        text = f"BNU-41-{row} Chowk Bazar 14:02:1{row}"
        cv2.putText(picture, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, (255, 255, 255), 1)
    for step in range(1, 24):
        end = (int((400 + 10 * step) * unit), int(340 * unit))
        cv2.line(picture, (int(520 * unit), int(60 * unit)), end, (20, 20, 20), 1, cv2.LINE_AA)
    colours = ((0, 0, 230), (0, 230, 0), (230, 0, 0), (0, 230, 230), (230, 0, 230))
    for step, colour in enumerate(colours):
        left = int((430 + 38 * step) * unit)
        box = (left, int(20 * unit)), (left + int(19 * unit), int(52 * unit))
        cv2.rectangle(picture, *box, colour, -1)
    return av.VideoFrame.from_ndarray(picture, format="bgr24").reformat(format="yuv420p")


def _rows_of(plane: Any) -> Pixels:  # PyAV's planes offer a buffer that their stubs do not declare
    rows: Pixels = np.frombuffer(plane, dtype=np.uint8)
    return rows.reshape(-1, plane.line_size)


def planes_of(frame: av.VideoFrame) -> tuple[Pixels, Pixels, Pixels]:
    """Views of Y, U and V without padding; valid as long as the frame."""
    views: list[Pixels] = []
    for plane in frame.planes:
        rows = _rows_of(plane)
        views.append(rows[: plane.height, : plane.width])
    return views[0], views[1], views[2]


def _copy_plane(frame: av.VideoFrame, out: Pixels) -> None:
    plane = frame.planes[0]
    rows = _rows_of(plane)
    height, width = out.shape[:2]
    out.reshape(height, width * 4)[:] = rows[:height, : width * 4]


def swscale(interpolation: Interpolation, threads: int = 1) -> Convert:
    """Scale and convert with one swscale context."""
    reformatter = VideoReformatter()

    def convert(frame: av.VideoFrame, out: Pixels) -> None:
        scaled = reformatter.reformat(
            frame,
            out.shape[1],
            out.shape[0],
            "bgra",
            interpolation=interpolation,
            threads=threads,
        )
        _copy_plane(scaled, out)

    return convert


def scale_plane(source: Pixels, target: Pixels, interpolation: int, halve: bool) -> None:
    """Scale one plane into another; ``halve`` averages 2x2 pixels first while that still fits."""
    height, width = target.shape
    while halve and source.shape[1] >= 2 * width and source.shape[0] >= 2 * height:
        half = (source.shape[1] // 2, source.shape[0] // 2)
        source = cv2.resize(source, half, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
    if source.shape == target.shape:
        np.copyto(target, source)
    else:
        cv2.resize(source, (width, height), dst=target, interpolation=interpolation)


def cv_planes(width: int, height: int, interpolation: int, *, halve: bool = False) -> Convert:
    """Scale Y, U and V with OpenCV, then I420 to BGRA straight into the buffer.

    I420 needs even sizes: an odd tile is made one pixel larger and cut. The conversion knows
    only BT.601 limited range.
    """
    even_w, even_h = width + width % 2, height + height % 2
    packed: Pixels = np.empty((even_h * 3 // 2, even_w), np.uint8)
    luma = packed[:even_h]
    chroma = packed[even_h:].reshape(2, even_h // 2, even_w // 2)
    exact = (even_w, even_h) == (width, height)
    spare: Pixels = np.empty((even_h, even_w, 4), np.uint8)

    def convert(frame: av.VideoFrame, out: Pixels) -> None:
        for source, target in zip(planes_of(frame), (luma, *chroma), strict=True):
            scale_plane(source, target, interpolation, halve)
        if exact:
            cv2.cvtColor(packed, cv2.COLOR_YUV2BGRA_I420, dst=out)
        else:
            cv2.cvtColor(packed, cv2.COLOR_YUV2BGRA_I420, dst=spare)
            np.copyto(out, spare[:height, :width])

    return convert


def cv_then_swscale(width: int, height: int, interpolation: int, *, halve: bool = False) -> Convert:
    """Scale the planes with OpenCV into a frame of libav, convert that with swscale 1:1."""
    even_w, even_h = width + width % 2, height + height % 2
    small = av.VideoFrame(even_w, even_h, "yuv420p")
    targets = planes_of(small)
    reformatter = VideoReformatter()

    def convert(frame: av.VideoFrame, out: Pixels) -> None:
        for source, target in zip(planes_of(frame), targets, strict=True):
            scale_plane(source, target, interpolation, halve)
        scaled = reformatter.reformat(
            small, format="bgra", interpolation=Interpolation.POINT, threads=1
        )
        _copy_plane(scaled, out)

    return convert


def swscale_then_cv(interpolation: int) -> Convert:
    """Convert 1:1 with swscale, scale the BGRA picture with OpenCV into the buffer."""
    reformatter = VideoReformatter()

    def convert(frame: av.VideoFrame, out: Pixels) -> None:
        full = reformatter.reformat(
            frame, format="bgra", interpolation=Interpolation.POINT, threads=1
        )
        plane = full.planes[0]
        rows = _rows_of(plane).reshape(-1, plane.line_size // 4, 4)
        source = rows[: full.height, : full.width]
        size = (out.shape[1], out.shape[0])
        cv2.resize(source, size, dst=out, interpolation=interpolation)

    return convert


def ways_for(source: tuple[int, int], tile: tuple[int, int]) -> Iterator[Way]:
    """Every way that makes sense between the two sizes."""
    width, height = tile
    for name in ("FAST_BILINEAR", "BILINEAR", "AREA", "POINT", "BICUBIC"):
        yield Way(f"swscale {name}", swscale(Interpolation[name]))
    yield Way("swscale BILINEAR threads=auto", swscale(Interpolation.BILINEAR, threads=0))
    accurate = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT
    yield Way("swscale BILINEAR accurate", swscale(accurate))
    if source == tile:
        yield Way("cv2 I420 to BGRA", cv_planes(width, height, cv2.INTER_LINEAR))
        return
    for label, flag in (("LINEAR", cv2.INTER_LINEAR), ("AREA", cv2.INTER_AREA)):
        yield Way(f"cv2 planes {label}", cv_planes(width, height, flag))
        yield Way(f"cv2 planes {label}, swscale 1:1", cv_then_swscale(width, height, flag))
        yield Way(f"swscale 1:1, cv2 BGRA {label}", swscale_then_cv(flag))
    if source[0] >= 2 * width:
        halved = cv_planes(width, height, cv2.INTER_LINEAR, halve=True)
        yield Way("cv2 planes halved, LINEAR", halved)
        converted = cv_then_swscale(width, height, cv2.INTER_LINEAR, halve=True)
        yield Way("cv2 planes halved, LINEAR, swscale 1:1", converted)


def cpu_us(way: Way, frame: av.VideoFrame, out: Pixels, seconds: float) -> float:
    """Median over five rounds of the process's CPU time a frame, in microseconds."""
    way.convert(frame, out)
    rounds = []
    for _ in range(5):
        count, begun = 0, time.process_time()
        until = time.perf_counter() + seconds / 5
        while time.perf_counter() < until:
            way.convert(frame, out)
            count += 1
        rounds.append((time.process_time() - begun) / count * 1e6)
    return float(np.median(rounds))


SIZES = (
    ((640, 360), (240, 135)),
    ((640, 360), (480, 270)),
    ((640, 360), (320, 180)),
    ((1280, 720), (240, 135)),
    ((640, 360), (640, 360)),
    ((1920, 1080), (1920, 1080)),
)


def main() -> None:
    """Print the table; with ``--pictures`` write what each way made of the test picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=Path, help="folder for PNG files to look at")
    parser.add_argument("--seconds", type=float, default=0.5, help="time for each way")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    for source, tile in SIZES:
        frame = test_picture(*source)
        out: Pixels = np.zeros((tile[1], tile[0], 4), np.uint8)
        print(f"{source[0]}x{source[1]} -> {tile[0]}x{tile[1]}")
        for way in ways_for(source, tile):
            spent = cpu_us(way, frame, out, options.seconds)
            print(f"  {spent:8.0f} us  {way.name}", flush=True)
            if options.pictures is not None and source != tile:
                name = way.name.replace(" ", "_").replace(",", "").replace(":", "")
                file = f"scaling-{source[0]}-{tile[0]}-{name}.png"
                cv2.imwrite(str(options.pictures / file), out)


if __name__ == "__main__":
    main()
