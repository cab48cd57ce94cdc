"""What an ideal analysis sees in a drawn scene: the known objects with numbers, message by message.

Pictures are counted as in `app.demo.player`: number ``n`` is taken at ``(n + phase) / FPS`` seconds
of Unix time. A message is about one picture, and cameras that show the same scene share the
objects of each picture, whatever their phase.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache

from app.demo.scenes.catalogue import FPS, LOOP_S, variant
from app.demo.scenes.motion import Box, KnownObject, objects_at

_FRAMES_KEPT = 64
_GAP_S = 3.0
"""After a pause of so many seconds nothing is taken for what was there before."""
_STILL = 1e-4


@dataclass(frozen=True, slots=True)
class TrackedObject:
    """An object of one message. `object_id` is never used again once the object has gone."""

    object_id: int
    label: str
    box: Box
    likelihood: float
    is_idle: bool


@dataclass(frozen=True, slots=True, eq=False)
class TrackedFrame:
    """The objects of one picture; what stands still is listed about once a second only."""

    picture: int
    objects: tuple[TrackedObject, ...]
    deleted: tuple[int, ...]
    """What was there in the message before and is gone."""


class SceneTracker:
    """Follows the objects of a scene through the messages of one rate. Not for several threads."""

    def __init__(self, scene: str, rate: float, first_id: int = 1) -> None:
        """Look at a scene of the catalogue `rate` times a second."""
        self._scene = scene
        self._rate = min(rate, float(FPS))
        self._next_id = first_id
        self._ids: dict[str, int] = {}
        self._before: dict[str, Box] = {}
        self._idle: set[str] = set()
        self._last: int | None = None
        self._frames: OrderedDict[int, TrackedFrame] = OrderedDict()

    def picture_of(self, message: int) -> int:
        """Return the number of the picture that a message is about."""
        return math.floor(message * FPS / self._rate + 1e-6)

    def newest(self, unix_time: float, phase: float) -> int:
        """Return the number of the last message whose picture is taken by then."""
        picture = math.floor(unix_time * FPS - phase + 1e-6)
        message = math.ceil(picture * self._rate / FPS) + 1
        while self.picture_of(message) > picture:
            message -= 1
        return message

    def taken_at(self, message: int, phase: float) -> float:
        """Return the Unix time at which the picture of a message is taken."""
        return (self.picture_of(message) + phase) / FPS

    def at(self, message: int) -> TrackedFrame:
        """Return what a message says; the newest some dozen can be asked for again."""
        frame = self._frames.get(message)
        if frame is None:
            frame = self._follow(message)
            self._frames[message] = frame
            if len(self._frames) > _FRAMES_KEPT:
                self._frames.popitem(last=False)
        return frame

    def object_id(self, track_id: str) -> int | None:
        """Return the number of an object that is in the newest message."""
        return self._ids.get(track_id)

    def _follow(self, message: int) -> TrackedFrame:
        picture = self.picture_of(message)
        known = known_objects(self._scene, picture % (FPS * LOOP_S))
        if self._last is not None and abs(message - self._last) > _GAP_S * self._rate:
            self._ids.clear()
            self._before.clear()
            self._idle = set()
        boxes = {one.track_id: one.box for one in known}
        gone = tuple(number for track, number in self._ids.items() if track not in boxes)
        self._ids = {track: self._ids.get(track) or self._new_id() for track in boxes}
        lists_idle = picture // FPS != (picture - round(FPS / self._rate)) // FPS
        idle = {track for track, box in boxes.items() if self._is_still(track, box)}
        objects = [
            self._tracked(one, is_idle=one.track_id in idle)
            for one in known
            if lists_idle or one.track_id not in idle & self._idle
        ]
        self._idle = idle
        self._before = boxes
        self._last = message
        return TrackedFrame(picture, tuple(objects), gone)

    def _is_still(self, track_id: str, box: Box) -> bool:
        before = self._before.get(track_id)
        return before is not None and all(
            abs(a - b) < _STILL for a, b in zip(before, box, strict=True)
        )

    def _tracked(self, known: KnownObject, *, is_idle: bool) -> TrackedObject:
        height = known.box[3] - known.box[1]
        likelihood = round(min(0.98, 0.6 + 2.0 * height), 2)
        return TrackedObject(self._ids[known.track_id], known.label, known.box, likelihood, is_idle)

    def _new_id(self) -> int:
        number = self._next_id
        self._next_id = number + 1 if number < 2**31 - 1 else 1
        return number


@cache
def known_objects(scene: str, picture: int) -> tuple[KnownObject, ...]:
    """Return the true objects of a picture of the loop, counted from its first."""
    return tuple(objects_at(variant(scene), picture / FPS))
