"""Clips with numbers in their pictures and a tone in their sound that tells the second."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from tests.fakes.code_clip import FPS, code_clip

SECONDS = 20
LOUD = 0.5
_BLOCK = 1024


def tone_of(second: int) -> float:
    """The frequency, in hertz, that is heard in a second of a clip."""
    return 400.0 + 100.0 * second


def make_sound_clip(
    file: Path,
    codec: str = "aac",
    *,
    rate: int = 48_000,
    layout: str = "mono",
    seconds: int = SECONDS,
    pictures: int = SECONDS * FPS,
    options: dict[str, str] | None = None,
) -> Path:
    """Write such a clip; the codec and the name's ending must fit each other. Without pictures
    there is only sound."""
    street = av.open(str(code_clip(3, frames=SECONDS * FPS).path))
    with street as source, av.open(str(file), "w", options=options or {}) as out:
        packets = [packet for packet in source.demux(video=0) if packet.size][:pictures]
        if packets:
            video = out.add_stream_from_template(source.streams.video[0])
            for packet in packets:
                packet.stream = video
        sound = out.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(sound, av.AudioStream)
        for number in range(seconds * rate // _BLOCK + 1):
            while packets and _begins(packets[0]) <= number * _BLOCK / rate:
                out.mux(packets.pop(0))
            out.mux(sound.encode(_frame(number * _BLOCK, rate, layout, sound)))
        out.mux(packets + sound.encode(None))
    return file


def _begins(packet: "av.Packet[Any]") -> float:
    """In seconds."""
    return float((packet.pts or 0) * (packet.time_base or 0))


def _frame(first: int, rate: int, layout: str, sound: av.AudioStream) -> av.AudioFrame:
    times = (first + np.arange(_BLOCK)) / rate
    tones = np.array([tone_of(int(second)) for second in times])
    wave = (LOUD * np.sin(2 * np.pi * tones * times)).astype(np.float32)
    sides = 2 if layout == "stereo" else 1
    frame = av.AudioFrame.from_ndarray(
        np.repeat(wave[None, :], sides, axis=0), format="fltp", layout=layout
    )
    frame.sample_rate, frame.pts, frame.time_base = rate, first, Fraction(1, rate)
    resampler = av.AudioResampler(format=sound.format, layout=layout, rate=rate)
    return resampler.resample(frame)[0]
