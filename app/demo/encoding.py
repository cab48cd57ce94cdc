"""Encodes one drawn scene as a clip. Runs in an encoding process: it imports PyAV and OpenCV."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from app.demo.bitstream import Codec
from app.demo.clip_store import ClipKey
from app.demo.clips import ClipFormat, write_clip
from app.demo.scenes.catalogue import FPS, LOOP_S, variant
from app.demo.scenes.geometry import Picture
from app.demo.scenes.render import SceneRenderer

SIZES = {"sub": (640, 360), "main": (1280, 720)}
_RATES = {"sub": 450_000, "main": 1_800_000}


def encode_clip(key: ClipKey, path: Path) -> None:
    """Draw and encode a whole loop and write it to `path`."""
    cv2.setNumThreads(1)  # the processes share the cores among themselves
    width, height = SIZES[key.encoding]
    renderer = SceneRenderer(variant(key.scene), width, height)
    frames = (renderer.frame(index) for index in range(FPS * LOOP_S))
    form = ClipFormat(Codec.H264, Fraction(FPS), width, height)
    units = list(
        encode_h264(
            frames,
            form,
            gop=max(1, round(key.gop_s * FPS)),
            bit_rate=_RATES[key.encoding],
        )
    )
    write_clip(path, form, units)


def encode_h264(
    frames: Iterator[Picture],
    form: ClipFormat,
    *,
    gop: int,
    bit_rate: int,
    preset: str = "ultrafast",
) -> Iterator[bytes]:
    """Yield the Annex B access units of BGR pictures, as a camera encodes: no B-frames, one
    slice."""
    context = av.CodecContext.create("libx264", "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height = form.width, form.height
    context.pix_fmt = "yuv420p"
    context.time_base = 1 / form.fps
    context.framerate = form.fps
    context.bit_rate = bit_rate
    context.gop_size = gop
    context.max_b_frames = 0
    rate = bit_rate // 1000
    context.options = {
        "preset": preset,
        "x264-params": (
            f"keyint={gop}:min-keyint={gop}:scenecut=0:bframes=0:repeat-headers=1:aud=0"
            f":cabac=1:deblock=0,0:sliced-threads=0:threads=1:rc-lookahead=0:sync-lookahead=0:mbtree=0"
            f":vbv-maxrate={rate * 3 // 2}:vbv-bufsize={rate * 2}"
        ),
    }
    for index, picture in enumerate(frames):
        planes = cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420).astype(np.uint8, copy=False)
        frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
        frame.pts = index
        frame.time_base = context.time_base
        for packet in context.encode(frame):
            yield bytes(packet)
    for packet in context.encode(None):
        yield bytes(packet)
