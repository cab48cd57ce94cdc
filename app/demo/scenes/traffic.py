"""Streams of vehicles and people along given ways, and rows of houses and things beside them."""

import random
from collections.abc import Sequence

from app.demo.scenes.motion import Mover, Path
from app.demo.scenes.scenery import Building, Point, Prop

TOWN = {"car": 4.0, "motorcycle": 4.0, "rickshaw": 3.0, "bus": 0.5, "truck": 0.5}
"""How often each vehicle comes by in town."""
OPEN = {"car": 5.0, "truck": 3.0, "bus": 1.5, "motorcycle": 1.5}
"""The same on open roads."""
FAR = 150.0
"""Metres after which a road is lost in the haze."""


def row(x: Point, z: Point, style: str, seed: int, heights: Point = (5, 10)) -> list[Building]:
    """A row of houses along z, wall to wall."""
    source = random.Random(seed)
    houses = []
    at = z[0]
    while at < z[1]:
        length = source.uniform(6, 11)
        step = source.uniform(-0.5, 0.5)
        outer, inner = (x[0], x[1] + step) if x[1] < 0 else (x[0] + step, x[1])
        houses.append(
            Building(
                (outer, inner),
                (at, at + length),
                source.uniform(*heights),
                style,
                source.randrange(1 << 20),
            )
        )
        at += length + (0 if source.random() < 0.7 else source.uniform(0.8, 2.5))
    return houses


def line(kind: str, x: float, zs: Sequence[float], seed: int, size: float = 1.0) -> list[Prop]:
    """Props of one kind beside the road."""
    source = random.Random(seed)
    return [
        Prop(
            kind,
            x + source.uniform(-0.3, 0.3),
            z,
            size * source.uniform(0.85, 1.2),
            source.randrange(999),
        )
        for z in zs
    ]


def traffic(
    source: random.Random,
    ways: Sequence[tuple[str, Path, float]],
    mix: dict[str, float],
    gap: Point,
    period: float = 60.0,
) -> list[Mover]:
    """Vehicles that enter each way one after the other, so far apart that none runs into the
    next."""
    movers: list[Mover] = []
    labels, weights = list(mix), list(mix.values())
    for name, path, speed in ways:
        at = source.uniform(0, gap[0])
        first = at
        while at < first + period - gap[0]:
            label = source.choices(labels, weights)[0]
            extra = 1.2 if label in ("truck", "bus") else 0.0
            at += extra / 2
            movers.append(
                Mover(
                    f"{name}{len(movers) + 1}", label, path, speed, at % period, period,
                    source.randrange(6), source.randrange(1 << 16),
                )
            )  # fmt: skip
            at += source.uniform(*gap) + extra
    return movers


def people(
    source: random.Random, paths: Sequence[Path], count: int, speed: Point = (1.0, 1.5)
) -> list[Mover]:
    """Walkers, so many on each path."""
    movers: list[Mover] = []
    for path in paths:
        for index in range(count):
            pace = source.uniform(*speed)
            need = path.length / pace
            period = 60.0 if need <= 60 else need
            if period > 60:
                pace, period = path.length / 59.5, 60.0
            start = (index + source.uniform(0.1, 0.9)) * 60 / count
            movers.append(
                Mover(
                    f"p{len(movers) + 1}", "person", path, pace, start % 60, period,
                    source.randrange(6), source.randrange(1 << 16),
                )
            )  # fmt: skip
    return movers


def both_ways(
    left: float, right: float, speed: float, near: float = 2.0
) -> list[tuple[str, Path, float]]:
    """Left-hand traffic: away on the left lane, towards the camera on the right one."""
    return [
        ("a", Path([(left, near), (left, FAR)]), speed),
        ("b", Path([(right, FAR), (right, near)]), speed),
    ]
