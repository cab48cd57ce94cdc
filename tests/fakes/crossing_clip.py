"""A grey clip in which a block crosses the picture in three seconds, to and fro.

Every frame carries its number (``code_clip``), so whoever reads the screen knows where the block
truly is in the picture that is shown. Nothing in it has a colour: what is coloured on the screen
was drawn by the program.
"""

import os
import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np

from tests.fakes.code_clip import (
    FPS,
    HEIGHT,
    WIDTH,
    CodeClip,
    burn,
    encoder_options,
    index_clip,
)

FRAMES = 900
CROSSING = 3 * FPS
"""Frames from one edge to the other; a whole number of turns fits into the clip."""
BLOCK_WIDTH, BLOCK_HEIGHT = 96, 88
BLOCK_TOP = 240
SLOW_FPS = 2
_VERSION = 2
_GREY, _BLOCK = 110, 200


def block_left(index: float) -> float:
    """The block's left edge in pixels at a frame number, whole or between two."""
    place = index % (2 * CROSSING) / CROSSING
    way = place if place <= 1 else 2 - place
    return way * (WIDTH - BLOCK_WIDTH)


def block_box(index: float) -> tuple[float, float, float, float]:
    """Left, top, right, bottom in fractions of the picture."""
    left = block_left(index)
    return (
        left / WIDTH,
        BLOCK_TOP / HEIGHT,
        (left + BLOCK_WIDTH) / WIDTH,
        (BLOCK_TOP + BLOCK_HEIGHT) / HEIGHT,
    )


def crossing_clip(fps: int = FPS) -> CodeClip:
    """The clip from the machine's temporary folder, encoded first where it is missing.

    ``fps`` is the rate at which a server plays it: slowly for walls whose pictures shall cost
    little. The MP4 file plays at its own rate.
    """
    folder = Path(tempfile.gettempdir()) / f"nigehban-clips-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    clip = CodeClip(1, "h264", folder / f"crossing-{FRAMES}-{fps}-v{_VERSION}.mp4")
    if not clip.index_path.exists():
        _encode(clip.path)
        index_clip(clip, clip.path, fps=fps)
    return clip


def _encode(path: Path) -> None:
    import av

    encoder, options = encoder_options("h264")
    work = path.with_suffix(f".{os.getpid()}.mp4")
    grain = np.random.default_rng(7).integers(-6, 7, (HEIGHT, WIDTH))
    chroma = np.full((2, HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    with av.open(str(work), "w") as container:
        stream = container.add_stream(encoder, rate=FPS, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.bit_rate = 512_000
        stream.codec_context.time_base = Fraction(1, FPS)
        for index in range(FRAMES):
            luma = np.clip(_GREY + grain, 16, 235).astype(np.uint8)
            left = round(block_left(index))
            luma[BLOCK_TOP : BLOCK_TOP + BLOCK_HEIGHT, left : left + BLOCK_WIDTH] = _BLOCK
            burn((luma, chroma[0], chroma[1]), 1, index)
            packed = np.concatenate([luma.reshape(-1), chroma.reshape(-1)])
            frame = av.VideoFrame.from_ndarray(packed.reshape(-1, WIDTH), format="yuv420p")
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    work.replace(path)


if __name__ == "__main__":
    for rate in (FPS, SLOW_FPS):
        crossing_clip(rate)
