"""The analytics rules of the drawn places, and what breaks them in the course of the minute.

A line lies across the road, a zone on the footpath, both on the ground; so it is known to the
millisecond when a vehicle crosses the one and how long a person is in the other.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from app.demo.scenes.catalogue import LOOP_S, Place, variant
from app.demo.scenes.geometry import Floats
from app.demo.scenes.motion import Mover
from app.demo.scenes.places import stage

Point = tuple[float, float]

LINE_RULE = "Line1"
ZONE_RULE = "Footpath"
LOITERING_S = 8.0
"""A person who is in the zone for so long loiters."""
_STEP_S = 0.1


@dataclass(frozen=True, slots=True)
class _Ground:
    """The rules of a place in metres: the line ``z`` from ``x0`` to ``x1``, the zone's sides."""

    line: tuple[float, float, float]
    zone: tuple[float, float, float, float]
    """x0, x1, z0, z1."""


_GROUND = {
    Place.BAZAAR: _Ground((-4.2, 4.2, 22.0), (-7.8, -4.4, 16.0, 32.0)),
    Place.ROUNDABOUT: _Ground((-6.0, 6.0, 14.0), (9.0, 24.0, 13.0, 25.0)),
    Place.HIGHWAY: _Ground((-13.0, 13.0, 30.0), (11.0, 15.5, 14.0, 30.0)),
    Place.BRIDGE: _Ground((-5.2, 5.2, 26.0), (-6.8, -5.3, 14.0, 32.0)),
    Place.GATE: _Ground((-3.8, 3.8, 24.0), (-5.6, -2.9, 8.0, 29.0)),
    Place.BUS_STAND: _Ground((-10.0, 6.0, 24.0), (6.4, 10.4, 14.0, 30.0)),
    Place.RESIDENTIAL: _Ground((-3.2, 3.2, 20.0), (-6.2, -3.6, 12.0, 28.0)),
    Place.CROSSROAD: _Ground((-7.0, 7.0, 19.0), (-12.5, 12.5, 41.0, 45.0)),
    Place.CANAL: _Ground((-4.6, 2.6, 22.0), (2.8, 4.8, 14.0, 32.0)),
    Place.AVENUE: _Ground((-8.4, 8.4, 22.0), (8.8, 10.8, 14.0, 32.0)),
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A rule as it lies in the picture, in fractions from its upper left corner."""

    rule: str
    points: tuple[Point, ...]
    is_line: bool


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that breaks a rule in each minute; `second` within the minute."""

    second: float
    rule: str
    track_id: str
    label: str
    until: float | None = None
    """The end of what lasts; it may lie in the next minute."""


@cache
def shapes(scene: str) -> tuple[Shape, ...]:
    """Return the line and the zone of a scene as its camera sees them."""
    view, _ = stage(variant(scene))
    ground = _GROUND[variant(scene).place]
    x0, x1, z = ground.line
    a0, a1, b0, b1 = ground.zone
    outlines = (
        (LINE_RULE, ((x0, z), (x1, z)), True),
        (ZONE_RULE, ((a0, b0), (a1, b0), (a1, b1), (a0, b1)), False),
    )
    return tuple(
        Shape(rule, _seen(view.to_picture(view.to_camera(_on_ground(points)))), is_line)
        for rule, points, is_line in outlines
    )


def _on_ground(points: tuple[Point, ...]) -> Floats:
    return np.array([(x, 0.0, z) for x, z in points])


def _seen(places: Floats) -> tuple[Point, ...]:
    return tuple((round(float(x), 4), round(float(y), 4)) for x, y in places)


@cache
def happenings(scene: str) -> tuple[Happening, ...]:
    """Return what breaks the rules of a scene in each minute, in order."""
    ground = _GROUND[variant(scene).place]
    _, movers = stage(variant(scene))
    found: list[Happening] = []
    for mover in movers:
        found += _crossings(mover, ground.line) if mover.label != "person" else []
        found += _loitering(mover, ground.zone) if mover.label == "person" else []
    return tuple(sorted(found, key=lambda one: one.second))


def _crossings(mover: Mover, line: tuple[float, float, float]) -> list[Happening]:
    x0, x1, z = line
    found = []
    for second, (_, before), (x, after) in _steps(mover):
        if (before - z) * (after - z) < 0 and x0 <= x <= x1:
            found.append(Happening(second % LOOP_S, LINE_RULE, mover.track_id, mover.label))
    return found


def _loitering(mover: Mover, zone: tuple[float, float, float, float]) -> list[Happening]:
    x0, x1, z0, z1 = zone
    inside = [second for second, _, (x, z) in _steps(mover) if x0 <= x <= x1 and z0 <= z <= z1]
    found = []
    since = 0
    for index in range(1, len(inside) + 1):
        if index < len(inside) and 0 < inside[index] - inside[index - 1] < 2 * _STEP_S:
            continue
        start, end = inside[since] + LOITERING_S, inside[index - 1]
        if start < end:
            early = start - start % LOOP_S
            found.append(
                Happening(start - early, ZONE_RULE, mover.track_id, mover.label, until=end - early)
            )
        since = index
    return found


def _steps(mover: Mover) -> Iterator[tuple[float, Point, Point]]:
    """Yield the moments at which the mover is there, with where it was and is.

    Each way through the picture that begins in the minute is followed to its end, also where that
    lies in the next minute.
    """
    for turn in range(round(LOOP_S / mover.period)):
        begin = (mover.start + turn * mover.period) % LOOP_S
        before: Point | None = None
        for index in range(math.ceil(mover.period / _STEP_S)):
            second = begin + 1e-6 + index * _STEP_S  # not just before the begin
            distance = mover.distance(second)
            if distance is None:
                break
            x, z, _ = mover.path.place(distance)
            if before is not None:
                yield second, before, (x, z)
            before = (x, z)
