"""Picture health: how soon a fault is found, how often none is taken for one, what it costs.

An hour of each street is drawn, weathered, encoded and decoded at three pictures a second and
looked at once a second; the cost is measured among sixteen streams that are decoded in turn, as on
a wall, so that neither code nor pictures are in a cache when a look begins.
"""

import time
from collections.abc import Iterator
from fractions import Fraction

import av
import cv2
import numpy as np
from av.video.frame import VideoFrame

from app.demo.bitstream import Codec
from app.demo.clips import ClipFormat
from app.demo.encoding import encode_h264
from app.demo.scenes.catalogue import FPS, variant
from app.demo.scenes.render import SceneRenderer
from app.domain.geometry import WHOLE, Size
from app.video.worker.clock import Stamp
from app.video.worker.health.look import HealthLook
from app.video.worker.scaling import ViewScaler
from tests.benchmarks.parts import Options, part, say
from tests.benchmarks.results import Result, at_most, for_comparison
from tests.integration.worker import health_faults
from tests.integration.worker.street_hours import HEIGHT, STREETS, WIDTH, looked_at, sent

_STREAMS = 16
_SCENES = ("crossroad-day", "highway-night-b", "avenue-rain", "bazaar-night-b", "bus-stand-day")
_TILE = Size(240, 135)
_LEARNING = 110
"""Looks after which a camera is known; before, most of them ask everything."""
_LOOKS = 40
_BEGINS_S, _ENDS_S, _SECONDS = 82, 96, 110


@part(
    "health", "picture health: faults found, false alarms an hour, cost of a look", is_routine=False
)
def run(options: Options) -> Iterator[Result]:
    """The whole table; ``--quick`` takes ten minutes of each street instead of the hour."""
    cv2.setNumThreads(1)
    seconds = 600 if options.quick else 3600
    for name, make in STREETS.items():
        street = make()
        alarms = len(_changes(sent(street.pictures(seconds))))
        detail = f"{seconds} looks"
        yield at_most(f"health: false alarms, {name}", alarms, 0, "", detail)
        if name not in ("day", "night", "rain"):
            continue
        for make_fault in health_faults.ALL:
            fault = make_fault()
            say(f"{name}: {fault.name}")
            pictures = street.pictures(_SECONDS, fault.between(_BEGINS_S, _ENDS_S))
            changes = _changes(sent(pictures))
            seen = [second for second, faults in changes if fault.expected.value in faults]
            found = seen[0] - _BEGINS_S if seen else float(_SECONDS)
            yield at_most(
                f"health: {name}, {fault.name} found after", found, 10, "looks",
                f"gone after {changes[-1][0] - _ENDS_S}" if len(changes) > 1 else "stays",
            )  # fmt: skip
    yield from _cost()


def _changes(frames: Iterator[VideoFrame]) -> list[tuple[int, list[str]]]:
    health = HealthLook()
    changes = []
    for second, frame in enumerate(looked_at(frames)):
        faults = health.look(frame, Stamp(None, 0, second * 1_000_000))
        if faults is not None:
            changes.append((second, [fault.value for fault in faults]))
    return changes


def _units(scene: str) -> list[bytes]:
    """Four seconds of a scene as the demo sends it."""
    renderer = SceneRenderer(variant(scene), WIDTH, HEIGHT)
    form = ClipFormat(Codec.H264, Fraction(FPS), WIDTH, HEIGHT)
    pictures = (renderer.frame(index) for index in range(4 * FPS))
    return list(encode_h264(pictures, form, gop=2 * FPS, bit_rate=450_000))


def _learnt(units: list[bytes]) -> HealthLook:
    """One that knows the camera."""
    decoder = av.CodecContext.create("h264", "r")
    frames = [frame for unit in units for frame in decoder.decode(av.Packet(unit))][::FPS]
    health = HealthLook()
    for second in range(_LEARNING):
        health.look(frames[second % len(frames)], Stamp(None, 0, second * 1_000_000))
    return health


def _cost() -> Iterator[Result]:
    """Decode, scale and look as a worker does, the streams in turn; each look after 15 pictures."""
    streams = []
    units = [_units(scene) for scene in _SCENES]
    for index in range(_STREAMS):
        decoder = av.CodecContext.create("h264", "r")
        decoder.thread_count = 1
        tile = memoryview(bytearray(_TILE.width * _TILE.height * 4))
        scaler = ViewScaler(_TILE, WHOLE, len(tile))
        its_units = units[index % len(units)]
        streams.append((its_units, decoder, scaler, tile, _learnt(its_units)))
    decoding, looks, pictures = 0.0, list[float](), 0
    for turn in range(FPS * _LOOKS):
        for its_units, decoder, scaler, tile, health in streams:
            # The loop begins anew with a key frame.
            unit = its_units[turn % len(its_units)]
            begun = time.thread_time()
            frames = decoder.decode(av.Packet(unit))
            decoding += time.thread_time() - begun
            for frame in frames:
                pictures += 1
                scaler.scale_into(frame, scaler.plan(frame, 1.0), tile)
                if turn % FPS == 0:
                    begun = time.thread_time()
                    health.look(frame, Stamp(None, 0, (_LEARNING + turn) * 1_000_000))
                    looks.append(time.thread_time() - begun)
    known = np.array(looks) * 1e6
    second_us = decoding / pictures * FPS * 1e6
    yield at_most(
        "health: a look, share of decoding", float(known.mean()) / second_us * 100, 1, "%",
        f"16 streams of 360p15 in turn; decoding {second_us / FPS:.0f} us a picture",
    )  # fmt: skip
    yield for_comparison("health: a look", float(known.mean()), "us", "mean")
    yield for_comparison("health: a look", float(np.percentile(known, 99)), "us", "99th percentile")
