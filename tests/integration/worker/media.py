"""Encoded pictures for the tests, made by PyAV: each frame has one flat, known colour."""

import io
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np


@dataclass(frozen=True)
class Recipe:
    """What to encode. ``slices`` above 1 makes several slices a frame."""

    codec: str = "libx264"
    width: int = 320
    height: int = 180
    frames: int = 60
    gop: int = 15
    pix_fmt: str = "yuv420p"
    b_frames: int = 0
    slices: int = 1
    fps: int = 15


def level_of(frame: int) -> int:
    """The grey level of a frame: tells neighbours apart, repeats after 20."""
    return 30 + 10 * (frame % 20)


def options(recipe: Recipe) -> dict[str, str]:
    """The encoder's options for a recipe."""
    if recipe.codec == "libx264":
        return {
            "preset": "veryfast",
            "x264-params": (
                f"keyint={recipe.gop}:min-keyint={recipe.gop}:scenecut=0:bframes={recipe.b_frames}"
                f":b-adapt=0:rc-lookahead=0:sync-lookahead=0:sliced-threads=0:threads=1"
                f":slices={recipe.slices}:qp=14"
            ),
        }
    if recipe.codec == "libx265":
        return {
            "preset": "ultrafast",
            "x265-params": (
                f"keyint={recipe.gop}:min-keyint={recipe.gop}:scenecut=0:bframes={recipe.b_frames}"
                ":log-level=none:pools=none:frame-threads=1"
            ),
        }
    return {}


def encode(recipe: Recipe) -> list[bytes]:
    """The access units (for H.264 and HEVC in Annex B form), in the order of decoding."""
    context: Any = av.CodecContext.create(recipe.codec, "w")
    context.width, context.height = recipe.width, recipe.height
    context.pix_fmt = recipe.pix_fmt
    context.time_base = Fraction(1, recipe.fps)
    context.framerate = Fraction(recipe.fps)
    context.options = options(recipe)
    units: list[bytes] = []
    for index in range(recipe.frames):
        units += [bytes(packet) for packet in context.encode(_frame(recipe, index))]
    units += [bytes(packet) for packet in context.encode(None)]
    return units


def container(recipe: Recipe, form: str, *, audio: bool = False) -> bytes:
    """A file of the recipe: ``mpegts``, ``mp4``, ``mpjpeg``, …, perhaps with silence beside it."""
    target = io.BytesIO()
    with av.open(target, "w", format=form) as output:
        video: Any = output.add_stream(recipe.codec, rate=recipe.fps)
        video.width, video.height = recipe.width, recipe.height
        video.pix_fmt = recipe.pix_fmt
        video.codec_context.options = options(recipe)
        sound: Any = output.add_stream("aac", rate=8000, layout="mono") if audio else None
        for index in range(recipe.frames):
            output.mux(video.encode(_frame(recipe, index)))
            if sound is not None:
                output.mux(sound.encode(_silence(recipe, index)))
        output.mux(video.encode(None))
        if sound is not None:
            output.mux(sound.encode(None))
    return target.getvalue()


def display_order(recipe: Recipe) -> list[int]:
    """When each unit is shown, counted in frames, from what the encoder says."""
    with av.open(io.BytesIO(container(recipe, "mp4")), "r") as source:
        video = source.streams.video[0]
        times = [
            float((packet.pts or 0) * packet.time_base) * recipe.fps
            for packet in source.demux(video)
            if packet.size
        ]
    return [round(shown - min(times)) for shown in times]


def _frame(recipe: Recipe, index: int) -> av.VideoFrame:
    grey = np.full((recipe.height, recipe.width, 3), level_of(index), np.uint8)
    frame = av.VideoFrame.from_ndarray(grey, format="bgr24").reformat(format=recipe.pix_fmt)
    frame.pts = index
    frame.time_base = Fraction(1, recipe.fps)
    return frame


def _silence(recipe: Recipe, index: int) -> av.AudioFrame:
    samples = 8000 // recipe.fps
    silence = av.AudioFrame.from_ndarray(
        np.zeros((1, samples), np.float32), format="fltp", layout="mono"
    )
    silence.sample_rate = 8000
    silence.pts = index * samples
    return silence
