"""How well the program knows when a picture was taken, on clocks that are wrong."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from app.demo.process import DemoCity
from app.domain.stream import PictureClock
from app.video.board import BoardPicture
from tests.benchmarks.overlay_frames import frame_number, taken_at
from tests.benchmarks.parts import say
from tests.benchmarks.results import Result, at_most
from tests.fakes.code_clip import block_centres, decode_words
from tests.fakes.crossing_clip import crossing_clip
from tests.fakes.demo_city import demo_city
from tests.integration.video.rtsp_wall import HeadlessWall, camera, key

_DRIFT_PPM = 200.0
_HOUR_S = 3600.0
_LEARNING_S = 12.0
_BAR_MS = 5.0
_NAMES = ("right clock", "200 ppm drift", "one hour wrong, drifting", "reports lost, drifting")


@dataclass
class Errors:
    """Of one camera: errors of the pictures that were said to be exact, and how many were not."""

    exact_ms: list[float] = field(default_factory=list)
    approximate: int = 0

    @property
    def worst(self) -> float:
        return max(self.exact_ms, default=0.0)


def index_of(picture: BoardPicture) -> int:
    """The frame's number in the clip, read from the picture; -1 where it cannot be read."""
    facts = picture.facts
    pixels = np.frombuffer(picture.pixels, np.uint8).reshape(facts.height, facts.stride // 4, 4)
    centres = block_centres()
    x = (centres[:, 0] * facts.width).astype(int)
    y = (centres[:, 1] * facts.height).astype(int)
    return int(decode_words(pixels[y, x, 1][None, :])[1][0])


def measure_time(lost_s: float) -> dict[str, Errors]:
    """Four cameras; the last one sends no reports for ``lost_s`` once it is known well."""
    found = {name: Errors() for name in _NAMES}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="nigehban-time-")))
        city = stack.enter_context(demo_city(folder))
        drifting_since = [0.0] * len(_NAMES)
        cameras = []
        for number in range(len(_NAMES)):
            city.control.add_clip(f"clock-{number}", str(crossing_clip().path))
            cameras.append(camera(number, f"{city.base_url}/clip/clock-{number}"))
            drifting_since[number] = _set_clock(city, number)
        wall = stack.enter_context(HeadlessWall(cameras))
        wall.show_all()
        wall.until(wall.is_live)
        say(f"clocks: learning, then reports are lost for {lost_s:.0f} s")
        phases = (_LEARNING_S, lost_s, _LEARNING_S)
        for lost, seconds in zip((False, True, False), phases, strict=True):
            city.control.set_faults("clip/clock-3", sender_reports=not lost)
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                wall.dispatcher.wait(0.01)
                wall.dispatcher.drain()
                fresh = set(wall.engine.fresh())
                for number, name in enumerate(_NAMES):
                    view = key(cameras[number].code)
                    picture = wall.engine.picture(view) if view in fresh else None
                    if picture is not None:
                        _judge(found[name], picture, number, drifting_since[number])
    return found


def _set_clock(city: DemoCity, number: int) -> float:
    if number >= 1:
        offset = _HOUR_S if number == 2 else 0.0
        city.control.set_faults(f"clip/clock-{number}", drift_ppm=_DRIFT_PPM, clock_offset_s=offset)
    return time.time()


def _judge(errors: Errors, picture: BoardPicture, number: int, since: float) -> None:
    index = index_of(picture)
    if index < 0:
        return
    if picture.facts.clock is not PictureClock.CAMERA:
        errors.approximate += 1
        return
    taken = taken_at(frame_number(index, time.time_ns()))
    truth = taken
    if number >= 1:
        truth += _DRIFT_PPM * 1e-6 * (taken - since) + (_HOUR_S if number == 2 else 0.0)
    errors.exact_ms.append(abs(picture.facts.utc_us / 1e6 - truth) * 1e3)


def time_results(found: dict[str, Errors]) -> Iterator[Result]:
    for name, errors in found.items():
        total = len(errors.exact_ms) + errors.approximate
        about = f"{len(errors.exact_ms)} of {total} pictures said to be exact"
        if not errors.exact_ms:
            yield at_most(f"UTC error, {name}", 1e9, _BAR_MS, "ms", f"{about}: nothing measured")
            continue
        yield at_most(f"UTC error, {name}", errors.worst, _BAR_MS, "ms", about)
