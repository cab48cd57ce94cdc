"""Where everything is at any second of the loop, and the known boxes. Draws nothing.

All movement is a function of the second within the minute; a mover's period divides the minute, so
the last picture of the loop leads on to the first.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from app.demo.scenes.catalogue import FPS, LOOP_S, Variant
from app.demo.scenes.geometry import NEAR, Floats, View
from app.demo.scenes.models import Model, model, walking_person

Box = tuple[float, float, float, float]
"""Left, top, right, bottom; 0..1 from the top left."""

SMALLEST = 0.02
"""Objects lower than this share of the picture have no box."""


@dataclass(frozen=True, slots=True)
class KnownObject:
    """An object of a picture: which, what and where."""

    track_id: str
    label: str
    box: Box


class Path:
    """A way on the ground, smoothed through its points and measured in metres."""

    def __init__(self, points: Sequence[tuple[float, float]], *, is_smooth: bool = True) -> None:
        """Lead through (x, z) points."""
        given = np.array(points, float)
        self._points = _smoothed(given) if is_smooth and len(given) > 2 else given
        steps = np.hypot(*np.diff(self._points, axis=0).T)
        self._at = [0.0, *np.cumsum(steps).tolist()]
        self.length = self._at[-1]

    def place(self, distance: float) -> tuple[float, float, float]:
        """Return x, z and the heading in radians after so many metres."""
        index = min(max(bisect_right(self._at, distance) - 1, 0), len(self._at) - 2)
        a, b = self._points[index], self._points[index + 1]
        span = self._at[index + 1] - self._at[index]
        share = (distance - self._at[index]) / span if span else 0.0
        x, z = a + (b - a) * share
        return float(x), float(z), math.atan2(b[0] - a[0], b[1] - a[1])


def _smoothed(points: Floats) -> Floats:
    """A Catmull-Rom curve through the points."""
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    pieces = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        t = np.linspace(0, 1, 12, endpoint=False)[:, None]
        pieces.append(
            0.5
            * (
                2 * p1
                + (p2 - p0) * t
                + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
                + (3 * p1 - p0 - 3 * p2 + p3) * t**3
            )
        )
    return np.concatenate([*pieces, points[-1:]])


@dataclass(frozen=True, slots=True)
class Mover:
    """Something that moves along a path once in each period."""

    track_id: str
    label: str
    path: Path
    speed: float
    """Metres a second while it moves."""
    start: float
    """Second of the period at which it enters."""
    period: float
    style: int = 0
    paint: int = 0
    stop_at: float = 0.0
    """Metres along the path at which it waits."""
    stop_s: float = 0.0

    def distance(self, seconds: float) -> float | None:
        """Return the metres along its path at a second of the minute, or None when it is away."""
        local = (seconds - self.start) % self.period
        if self.stop_s:
            local = self._without_stop(local)
        metres = local * self.speed
        return metres if metres <= self.path.length else None

    def _without_stop(self, local: float) -> float:
        """Map time with braking, waiting and pulling away to time at full speed."""
        brake = 2.0
        reach = self.stop_at / self.speed
        if local < reach - brake / 2:
            return local
        since = local - (reach - brake / 2)
        if since < brake:
            return reach - brake / 2 + since - since * since / (2 * brake)
        since -= brake
        if since < self.stop_s:
            return reach
        since -= self.stop_s
        if since < brake:
            return reach + since * since / (2 * brake)
        return reach + brake / 2 + since - brake

    def shape(self, distance: float) -> Model:
        """Return the model, a person's legs according to the way it has gone."""
        if self.label == "person":
            return walking_person(self.style, int(distance / 0.19) % 8)
        return model(self.label, self.style)


@dataclass(frozen=True, slots=True)
class Placed:
    """A mover at one moment: its corners in camera coordinates and where they are in the
    picture."""

    mover: Mover
    shape: Model
    heading: float
    ground: tuple[float, float]
    camera_points: Floats
    points: Floats
    depth: float

    @property
    def box(self) -> Box | None:
        """The box clipped to the picture, or None when too little of the object is in it."""
        left, top = self.points.min(axis=0)
        right, bottom = self.points.max(axis=0)
        inside = (max(left, 0.0), max(top, 0.0), min(right, 1.0), min(bottom, 1.0))
        width, height = inside[2] - inside[0], inside[3] - inside[1]
        if width <= 0 or height < SMALLEST:
            return None
        if width * height < 0.3 * (right - left) * (bottom - top):
            return None
        return float(inside[0]), float(inside[1]), float(inside[2]), float(inside[3])


def placed_at(view: View, movers: Sequence[Mover], seconds: float) -> list[Placed]:
    """Return everything in front of the camera, the farthest first."""
    found = []
    for mover in movers:
        distance = mover.distance(seconds)
        if distance is None:
            continue
        x, z, heading = mover.path.place(distance)
        shape = mover.shape(distance)
        sine, cosine = math.sin(heading), math.cos(heading)
        turn = np.array([[cosine, 0, -sine], [0, 1, 0], [sine, 0, cosine]])
        world = shape.points @ turn + np.array([x, 0.0, z])
        camera_points = view.to_camera(world)
        if camera_points[:, 2].min() <= NEAR:
            continue
        points = view.to_picture(camera_points)
        if points[:, 0].max() < 0 or points[:, 0].min() > 1 or points[:, 1].min() > 1:
            continue
        depth = float(camera_points[:, 2].mean())
        found.append(Placed(mover, shape, heading, (x, z), camera_points, points, depth))
    return sorted(found, key=lambda placed: -placed.depth)


def objects_at(variant: Variant, seconds: float) -> list[KnownObject]:
    """Return the objects that the picture of this second shows, with their true boxes.

    `seconds` counts from any whole minute; between two pictures the place lies between theirs.
    """
    view, movers = _stage(variant)
    found = []
    for placed in placed_at(view, movers, seconds % LOOP_S):
        box = placed.box
        if box is not None:
            found.append(KnownObject(placed.mover.track_id, placed.mover.label, box))
    return found


def picture_second(unix_time: float, phase: float = 0.0) -> float:
    """Return the second of the minute that a camera's picture shows at a Unix time.

    `phase` is the camera's place within the frame interval (`app.demo.cameras.phase`).
    """
    frame = math.floor(unix_time * FPS - phase + 1e-6)
    return frame % (FPS * LOOP_S) / FPS


@cache
def _stage(variant: Variant) -> tuple[View, tuple[Mover, ...]]:
    from app.demo.scenes.places import stage  # here, since places are made of movers

    return stage(variant)
