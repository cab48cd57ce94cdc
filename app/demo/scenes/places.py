"""What each place is made of: the camera, the ground, what stands there, and who moves through it."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.demo.scenes.catalogue import Place, Variant
from app.demo.scenes.geometry import View
from app.demo.scenes.motion import Mover, Path

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Road:
    """A straight road along z (or x), or a ring; `middle` is where its axis lies."""

    middle: float
    width: float
    along: str = "z"
    median: float = 0.0
    ring: tuple[float, float, float] | None = None
    """Centre x, centre z and middle radius of a ring road."""


@dataclass(frozen=True, slots=True)
class Building:
    """A block with facades."""

    x: Point
    z: Point
    height: float
    style: str
    seed: int


@dataclass(frozen=True, slots=True)
class Prop:
    """Something small: a tree, palm, lamp, pole, stall, sign, barrier, planter, signal or parked vehicle."""

    kind: str
    x: float
    z: float
    size: float = 1.0
    seed: int = 0
    heading: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenery:
    """Everything of a place that does not move."""

    view: View
    roads: tuple[Road, ...]
    base: str
    """What the ground beside the pavement is: ``earth``, ``grass``, ``tiles``, ``water``."""
    buildings: tuple[Building, ...] = ()
    props: tuple[Prop, ...] = ()
    zebras: tuple[tuple[float, float, float, float], ...] = ()
    """Zebra crossings as x0, x1, z0, z1."""
    water: tuple[Point, ...] = ()
    """Bands of water as x0, x1."""
    pavement: float = 3.0
    wires: tuple[tuple[float, float, float], ...] = ()
    """Overhead wires along z: x, height, first z."""
    bunting: tuple[float, ...] = ()
    """Strings of flags across the road at these z."""
    title: str = ""


def scenery(variant: Variant) -> Scenery:
    """Return what stands at the variant's place, seen through its camera."""
    made = _PLACES[variant.place][0]()
    if not variant.is_across:
        return made
    view = made.view
    across = replace(view, x=-view.x * 1.3 - 0.8, yaw=-view.yaw, height=view.height + 0.7)
    return replace(made, view=across)


def stage(variant: Variant) -> tuple[View, tuple[Mover, ...]]:
    """Return the camera and all that moves at the variant's place."""
    traffic = _PLACES[variant.place][1]
    return scenery(variant).view, tuple(traffic(random.Random(variant.name)))


def _row(x: Point, z: Point, style: str, seed: int, heights: Point = (5, 10)) -> list[Building]:
    """A row of houses along z, wall to wall."""
    source = random.Random(seed)
    houses = []
    at = z[0]
    while at < z[1]:
        length = source.uniform(6, 11)
        step = source.uniform(-0.5, 0.5)
        outer, inner = (x[0], x[1] + step) if x[1] < 0 else (x[0] + step, x[1])
        houses.append(
            Building((outer, inner), (at, at + length), source.uniform(*heights), style, source.randrange(1 << 20))
        )
        at += length + (0 if source.random() < 0.7 else source.uniform(0.8, 2.5))
    return houses


def _line(kind: str, x: float, zs: Sequence[float], seed: int, size: float = 1.0) -> list[Prop]:
    source = random.Random(seed)
    return [
        Prop(kind, x + source.uniform(-0.3, 0.3), z, size * source.uniform(0.85, 1.2), source.randrange(999))
        for z in zs
    ]


def _traffic(
    source: random.Random,
    ways: Sequence[tuple[str, Path, float]],
    mix: dict[str, float],
    gap: Point,
    period: float = 60.0,
) -> list[Mover]:
    """Vehicles that enter each way one after the other, so far apart that none runs into the next."""
    movers = []
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


def _people(
    source: random.Random, paths: Sequence[Path], count: int, speed: Point = (1.0, 1.5)
) -> list[Mover]:
    movers = []
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


_TOWN = {"car": 4.0, "motorcycle": 4.0, "rickshaw": 3.0, "bus": 0.5, "truck": 0.5}
_OPEN = {"car": 5.0, "truck": 3.0, "bus": 1.5, "motorcycle": 1.5}
_FAR = 150.0


def _both_ways(left: float, right: float, speed: float, near: float = 2.0) -> list[tuple[str, Path, float]]:
    """Left-hand traffic: away on the left lane, towards the camera on the right one."""
    return [
        ("a", Path([(left, near), (left, _FAR)]), speed),
        ("b", Path([(right, _FAR), (right, near)]), speed),
    ]


def _bazaar() -> Scenery:
    props = [
        *_line("stall", -6.2, (13, 19, 26, 33, 41), 3),
        *_line("stall", 6.3, (16, 23, 30, 38), 4),
        *_line("pole", -5.3, (10, 36, 62, 88), 5),
        *_line("parked", 5.0, (12, 14.4, 20.5, 27.6, 44), 6),
        *_line("lamp", 5.4, (24, 52, 80), 7),
    ]
    return Scenery(
        View(-0.6, 6.4, 0, yaw=2, pitch=13, focal=0.86),
        (Road(0, 8.4),), "tiles",
        (*_row((-17, -8.6), (6, 130), "shop", 11, (6, 12)), *_row((8.6, 17), (8, 130), "shop", 12, (6, 13))),
        tuple(props), pavement=4.2, wires=((-5.3, 7.4, 10), (-5.3, 6.9, 10)), bunting=(17, 30, 48),
        title="BAZAAR",
    )  # fmt: skip


def _bazaar_traffic(source: random.Random) -> list[Mover]:
    mix = {"motorcycle": 5.0, "rickshaw": 4.0, "car": 2.5}
    walks = [
        Path([(-5.2, 4), (-5.0, 30), (-5.6, 80)]), Path([(-4.8, 80), (-5.4, 40), (-4.9, 4)]),
        Path([(5.6, 80), (5.8, 35), (5.2, 4)]), Path([(7.2, 18), (0, 19.5), (-7.4, 18.5)]),
        Path([(-7.4, 31), (0, 30), (7.4, 31)]), Path([(7.4, 24.5), (7.0, 45), (5.6, 80)]),
    ]  # fmt: skip
    return [*_traffic(source, _both_ways(-2.1, 2.1, 5.2), mix, (3.2, 6)), *_people(source, walks, 4)]


def _avenue() -> Scenery:
    props = [
        *_line("palm", 0, (18, 32, 46, 60, 74, 88, 102), 3),
        *_line("tree", -11.5, (16, 27, 41, 56, 70, 90), 4, 1.1),
        *_line("tree", 11.8, (21, 35, 50, 66, 84), 5, 1.1),
        *_line("lamp", -9.2, (22, 48, 74, 100), 6),
        *_line("lamp", 9.2, (14, 40, 66, 92), 7),
        Prop("sign", 9.8, 30, 1.0, 2),
    ]
    return Scenery(
        View(1.5, 7.2, 0, yaw=-3, pitch=12, focal=0.9),
        (Road(0, 17.0, median=2.2),), "grass",
        (*_row((-32, -16), (10, 130), "office", 21, (7, 15)), *_row((16, 32), (6, 130), "office", 22, (7, 17))),
        tuple(props), zebras=((-8.2, 8.2, 24, 27.4),), title="AVENUE",
    )  # fmt: skip


def _avenue_traffic(source: random.Random) -> list[Mover]:
    ways = [*_both_ways(-3.0, 3.0, 13), *_both_ways(-6.4, 6.4, 10.5)]
    walks = [Path([(-9.6, 4), (-9.8, 70)]), Path([(9.8, 75), (9.6, 5)]), Path([(-10.5, 25.7), (10.5, 25.7)])]
    walkers = _people(source, walks[:2], 4) + _people(source, walks[2:], 1)
    return [*_traffic(source, ways, _TOWN, (3.5, 8)), *walkers]


def _highway() -> Scenery:
    booths = tuple(Prop("booth", x, 44, 1.0, i) for i, x in enumerate((-10.4, -5.2, 0, 5.2, 10.4)))
    props = [
        *booths, Prop("canopy", 0, 44, 1.0), *_line("cone", 2.6, (22, 26, 30, 34), 2),
        *_line("palm", -19, (20, 38, 60, 85), 3), *_line("tree", 20, (26, 50, 70, 95), 4),
        *_line("lamp", -15, (24, 70, 100), 5), *_line("lamp", 15, (24, 70, 100), 6),
    ]  # fmt: skip
    return Scenery(
        View(-1.0, 8.6, 0, yaw=1, pitch=13.5, focal=0.92),
        (Road(0, 27.0, median=0.6),), "earth",
        (Building((-34, -22), (34, 48), 5.5, "office", 5), Building((22, 36), (58, 72), 4.5, "mud", 6)),
        tuple(props), title="TOLL PLAZA",
    )  # fmt: skip


def _highway_traffic(source: random.Random) -> list[Mover]:
    movers: list[Mover] = []
    for name, x, is_away in (("a", -7.8, True), ("b", -2.6, True), ("c", 2.6, False), ("d", 7.8, False)):
        points = [(x, 3.0), (x, _FAR)] if is_away else [(x, _FAR), (x, 3.0)]
        path = Path(points)
        stop = 37.0 if is_away else _FAR - 50.5
        for index in range(5):
            label = source.choices(list(_OPEN), list(_OPEN.values()))[0]
            movers.append(
                Mover(
                    f"{name}{index + 1}", label, path, 11.0, (index * 12 + source.uniform(0, 3)) % 60,
                    60.0, source.randrange(6), source.randrange(1 << 16), stop, source.uniform(2.5, 4.0),
                )
            )  # fmt: skip
    guards = [Path([(-4.4, 38), (-4.6, 41), (-4.3, 38)]), Path([(4.6, 47.5), (4.4, 40), (4.6, 36)])]
    return [*movers, *_people(source, guards, 2, (0.3, 0.5))]


def _bridge() -> Scenery:
    props = [
        *(Prop("rail", side * 6.9, z, 1.0) for side in (-1, 1) for z in range(4, 120, 4)),
        *_line("lamp", -6.4, (18, 42, 66, 90), 6), *_line("lamp", 6.4, (30, 54, 78, 102), 7),
    ]  # fmt: skip
    return Scenery(
        View(-3.4, 7.4, 0, yaw=6, pitch=11, focal=0.88),
        (Road(0, 10.4),), "water", (), tuple(props), pavement=1.6, title="RIVER BRIDGE",
    )  # fmt: skip


def _bridge_traffic(source: random.Random) -> list[Mover]:
    walks = [Path([(-6.0, 4), (-6.0, 70)]), Path([(6.0, 74), (6.0, 4)])]
    return [*_traffic(source, _both_ways(-2.6, 2.6, 12), _OPEN, (4, 8)), *_people(source, walks, 3)]


def _gate() -> Scenery:
    props = [
        Prop("gate", 0, 31, 1.0), *_line("tree", -13, (14, 22, 38, 46), 3, 1.15), *_line("palm", 13, (15, 25, 38, 46), 4),
        *_line("planter", -4.8, (14, 18, 22, 26), 5), *_line("planter", 4.8, (14, 18, 22, 26), 6),
        *_line("lamp", -6.0, (20, 42), 7), *_line("lamp", 6.0, (20, 42), 8), Prop("flag", -8.4, 33, 1.0),
        *_line("cone", 1.8, (24, 26.5), 9),
    ]  # fmt: skip
    return Scenery(
        View(3.5, 6.8, 0, yaw=-6, pitch=13, focal=0.88),
        (Road(0, 7.6), Road(8.0, 6.0, "x")), "grass",
        (
            Building((-17, 17), (52, 66), 11.5, "civic", 31),
            Building((-40, -3.9), (31, 31.6), 2.8, "wall", 1), Building((3.9, 40), (31, 31.6), 2.8, "wall", 2),
            Building((-36, -22), (56, 70), 7, "office", 8), Building((22, 36), (56, 70), 8, "office", 9),
        ),
        tuple(props), title="DISTRICT OFFICES",
    )  # fmt: skip


def _gate_traffic(source: random.Random) -> list[Mover]:
    inward = Path([(-34, 6.6), (-8, 6.6), (-2.4, 9.5), (-1.8, 16), (-1.8, 48)])
    outward = Path([(1.8, 48), (1.8, 17), (3.0, 12), (8, 9.4), (34, 9.4)])
    ways = [("a", inward, 5.0), ("b", outward, 5.0)]
    across = [("c", Path([(-40, 6.6), (40, 6.6)]), 9.0)]
    walks = [
        Path([(-4.4, 4), (-3.2, 29), (-2.6, 34), (-6, 50)]), Path([(6, 50), (2.9, 34), (4.2, 12), (5, 4)]),
        Path([(-24, 12.5), (-6, 12.4), (24, 12.6)]),
    ]  # fmt: skip
    mix = {"car": 5.0, "motorcycle": 3.0, "rickshaw": 1.0}
    return [
        *_traffic(source, ways, mix, (8, 13)), *_traffic(source, across, _TOWN, (9, 16)),
        *_people(source, walks, 3),
    ]  # fmt: skip


def _bus_stand() -> Scenery:
    props = [
        Prop("shelter", 9.5, 27, 1.2), *(Prop("parked-bus", -9.5, z, 1.0, i) for i, z in enumerate((20, 33, 46))),
        *_line("lamp", 6.6, (18, 46, 74), 3), *_line("tree", 13, (18, 44, 60), 4), *_line("pole", -15, (16, 42, 68), 5),
        *_line("stall", 10.5, (14, 38), 6), *_line("parked", 8.0, (52, 54.2, 56.4), 7),
    ]  # fmt: skip
    return Scenery(
        View(2.4, 7.6, 0, yaw=-5, pitch=14, focal=0.86),
        (Road(-3.5, 19.0),), "tiles",
        (*_row((-32, -18.5), (6, 120), "shop", 41, (5, 9)), *_row((15.5, 28), (6, 120), "shop", 42, (5, 10))),
        tuple(props), pavement=5.0, wires=((-15, 7.5, 10),), title="BUS STAND",
    )  # fmt: skip


def _bus_stand_traffic(source: random.Random) -> list[Mover]:
    mix = {"bus": 3.0, "rickshaw": 3.0, "car": 2.0, "motorcycle": 2.0}
    ways = [
        ("a", Path([(-4.8, 2), (-4.8, _FAR)]), 7.5),
        ("b", Path([(0.4, _FAR), (0.4, 2)]), 7.5),
    ]
    halt = Path([(3.6, 130), (3.9, 60), (4.4, 36), (4.4, 20), (3.4, 3)])
    buses = [
        Mover(f"h{i}", "bus", halt, 9.0, 30.0 * i + 4, 60.0, 0, 77 * i + 5, 104.0, 9.0) for i in range(2)
    ]
    walks = [
        Path([(8.4, 4), (8.2, 24), (8.0, 60)]), Path([(7.4, 60), (7.6, 26), (7.4, 4)]), Path([(14, 30), (8.6, 29), (6.9, 26.5)]),
        Path([(-12.6, 5), (-13, 60)]),
    ]  # fmt: skip
    return [*buses, *_traffic(source, ways, mix, (5, 9)), *_people(source, walks, 4)]


def _residential() -> Scenery:
    props = [
        *_line("tree", -4.6, (17, 33, 52, 75), 3, 0.9), *_line("tree", 4.7, (24, 43, 64), 4, 0.85),
        *_line("pole", 4.4, (12, 36, 60, 84), 5), *_line("parked-car", -3.9, (22, 40), 6), *_line("lamp", -4.5, (27, 62), 7),
    ]  # fmt: skip
    return Scenery(
        View(1.2, 6.0, 0, yaw=-2.5, pitch=12.5, focal=0.86),
        (Road(0, 6.4),), "tiles",
        (*_row((-18, -6.4), (5, 130), "house", 51, (3.8, 8)), *_row((6.4, 18), (7, 130), "house", 52, (3.8, 8.5))),
        tuple(props), pavement=2.6, wires=((4.4, 7.2, 10), (4.4, 6.8, 10), (4.4, 6.4, 10)), title="STREET 7",
    )  # fmt: skip


def _residential_traffic(source: random.Random) -> list[Mover]:
    mix = {"motorcycle": 4.0, "car": 3.0, "rickshaw": 2.0}
    walks = [
        Path([(-5.0, 4), (-4.9, 60)]), Path([(5.1, 62), (5.0, 4)]), Path([(-6.0, 29), (0.5, 28), (5.6, 30)]),
        Path([(4.9, 4), (3.0, 25), (-4.8, 55)]),
    ]  # fmt: skip
    return [*_traffic(source, _both_ways(-1.6, 1.6, 6.5), mix, (7, 13)), *_people(source, walks, 3)]


def _crossroad() -> Scenery:
    props = [
        *(Prop("signal", x, z, 1.0, i, h) for i, (x, z, h) in enumerate(((-9.4, 21.5, 0), (9.4, 43.5, 3.14), (-9.4, 43.5, 1.57), (9.4, 21.5, -1.57)))),
        *_line("lamp", -9.8, (14, 54, 80), 3), *_line("lamp", 9.8, (14, 54, 80), 4), *_line("tree", -14.5, (50, 64, 82), 5),
        *_line("tree", 14.5, (12, 58, 74), 6), *_line("palm", 0, (58, 70, 82), 7),
    ]  # fmt: skip
    return Scenery(
        View(-4.5, 9.4, -2, yaw=7, pitch=16, focal=0.84),
        (Road(0, 14.6), Road(32.5, 14.0, "x")), "tiles",
        (
            *_row((-34, -17), (46, 130), "office", 61, (8, 16)), *_row((17, 34), (46, 130), "shop", 62, (8, 15)),
            Building((17, 30), (4, 20), 9, "shop", 63), Building((-30, -17), (2, 19), 10, "office", 64),
            Building((-60, -36), (44, 60), 11, "shop", 66), Building((36, 60), (44, 60), 10, "office", 67),
        ),
        tuple(props), zebras=((-7, 7, 20.6, 23.8), (-7, 7, 41.2, 44.4)), pavement=4.0, title="MAIN CHOWK",
    )  # fmt: skip


def _crossroad_traffic(source: random.Random) -> list[Mover]:
    """Thirty seconds of green for one road, then for the other; each mover waits at its line if it must."""
    movers = []
    along = {"a": Path([(-3.4, 0), (-3.4, 140)]), "b": Path([(3.4, 140), (3.4, 0)])}
    turns = {"l": Path([(-5.4, 0), (-5.4, 22), (-8, 28), (-16, 29.2), (-80, 29.2)])}
    across = {"c": Path([(-80, 35.8), (80, 35.8)]), "d": Path([(80, 29.2), (-80, 29.2)])}
    labels, weights = list(_TOWN), list(_TOWN.values())
    plans = [(name, path, 2.0) for name, path in along.items()]
    plans += [(name, path, 32.0) for name, path in across.items()]
    for name, path, green in plans:
        line = {"a": 15.5, "b": 92.5, "c": 66.0, "d": 66.0}[name]
        speed = 9.0
        waiting = 3
        for index in range(7):
            label = source.choices(labels, weights)[0]
            paint, style = source.randrange(1 << 16), source.randrange(6)
            if index < waiting:
                stop = line - index * 8.5
                wait = 8.0 - index * 1.4
                start = green + index * 1.9 - wait - stop / speed - 2.0
                movers.append(Mover(f"{name}{index}", label, path, speed, start % 60, 60.0, style, paint, stop, wait))
            else:
                start = green + 5.0 + (index - waiting) * 3.4 + source.uniform(0, 0.8) - line / speed
                movers.append(Mover(f"{name}{index}", label, path, speed, start % 60, 60.0, style, paint))
    movers += [
        Mover(f"l{i}", source.choice(("car", "rickshaw", "motorcycle")), turns["l"], 7.0, (6.0 + 9 * i) % 60, 60.0, i, 31 * i)
        for i in range(2)
    ]
    walks = [Path([(-12, 42.8), (12, 42.8)]), Path([(11, 22.2), (-11, 22.2)])]
    movers += [
        Mover(f"w{k}{i}", "person", path, 1.35, (34.0 + 4 * k + 1.1 * i) % 60, 60.0, i, 17 * i + k)
        for k, path in enumerate(walks)
        for i in range(4)
    ]
    return movers + _people(source, [Path([(-11.2, 44), (-11, 100)]), Path([(11.2, 100), (11.4, 45)])], 3)


def _roundabout() -> Scenery:
    props = [
        Prop("monument", 0, 37, 1.0), *(Prop("flowers", x, z, 1.0, i) for i, (x, z) in enumerate(((-4, 34), (4, 34), (-4, 40), (4, 40), (0, 32), (0, 42)))),
        *_line("lamp", -21, (22, 56), 3), *_line("lamp", 21, (22, 56), 4), *_line("palm", -25, (20, 30, 62), 5),
        *_line("tree", 26, (24, 60, 70), 6), *_line("tree", -26, (54, 70), 7),
    ]  # fmt: skip
    return Scenery(
        View(-7.0, 11.5, -3, yaw=9, pitch=18, focal=0.82),
        (Road(0, 12.0), Road(37, 12.0, "x"), Road(0, 9.5, ring=(0, 37, 14.5))), "grass",
        (
            *_row((-46, -28), (62, 130), "shop", 71, (7, 14)), *_row((28, 46), (62, 130), "office", 72, (7, 14)),
            Building((28, 44), (4, 22), 9, "shop", 73), Building((-44, -28), (6, 22), 10, "office", 74),
            Building((-80, -46), (50, 66), 10, "shop", 75), Building((46, 80), (50, 66), 12, "office", 76),
        ),
        tuple(props), pavement=3.0, title="CHOWK",
    )  # fmt: skip


def _roundabout_traffic(source: random.Random) -> list[Mover]:
    """Keep left: clockwise around the island."""
    def ring(*degrees: float) -> list[Point]:
        from math import cos, radians, sin

        return [(14.5 * sin(radians(d)), 37 + 14.5 * cos(radians(d))) for d in degrees]

    north = Path([(-3, -2), (-3, 12), (-5.0, 21), *ring(225, 255, 285, 315), (-4.2, 53), (-3, 62), (-3, 140)])
    south = Path([(3, 140), (3, 64), (4.6, 53), *ring(45, 75, 105, 135), (4.6, 21), (3, 12), (3, -2)])
    west = Path([(90, 34), (30, 34), (19, 32.6), *ring(140, 170, 200, 225), (-18, 32), (-30, 34), (-90, 34)])
    east = Path([(-90, 40), (-30, 40), (-18, 41.5), *ring(-40, -10, 20, 45), (18, 42), (30, 40), (90, 40)])
    ways = [("a", north, 8.0), ("b", south, 8.0)]
    sides = [("c", west, 8.5), ("d", east, 8.5)]
    walks = [Path([(-24, 6), (-23.5, 20), (-40, 28)]), Path([(24, 66), (23, 100)]), Path([(9, -1), (10, 14), (26, 26)])]
    return [
        *_traffic(source, ways, _TOWN, (7.5, 9)), *_traffic(source, sides, _TOWN, (8, 11)),
        *_people(source, walks, 2),
    ]  # fmt: skip


def _canal() -> Scenery:
    props = [
        *_line("tree", 4.6, (14, 23, 33, 45, 58, 72, 90), 3, 1.0), *_line("tree", -21.5, (16, 26, 38, 50, 64, 80, 100), 4, 1.2),
        *_line("pole", -7.2, (12, 38, 64, 90), 5), *(Prop("rail", 5.6, z, 1.0) for z in range(4, 110, 4)),
    ]  # fmt: skip
    return Scenery(
        View(2.2, 6.8, 0, yaw=3, pitch=12, focal=0.88),
        (Road(-1.0, 7.4),), "grass",
        (*_row((-34, -24), (12, 120), "mud", 81, (3.2, 5)),), tuple(props), water=((6.6, 15.5),),
        pavement=1.2, wires=((-7.2, 7.2, 10), (-7.2, 6.8, 10)), title="CANAL ROAD",
    )  # fmt: skip


def _canal_traffic(source: random.Random) -> list[Mover]:
    mix = {"motorcycle": 4.0, "car": 3.0, "truck": 1.5, "rickshaw": 2.0}
    walks = [Path([(-6.0, 4), (-6.2, 70)]), Path([(3.6, 60), (3.5, 5)])]
    return [*_traffic(source, _both_ways(-2.8, 0.8, 9.5), mix, (5, 9)), *_people(source, walks, 3)]


_PLACES: dict[Place, tuple[Callable[[], Scenery], Callable[[random.Random], list[Mover]]]] = {
    Place.BAZAAR: (_bazaar, _bazaar_traffic),
    Place.AVENUE: (_avenue, _avenue_traffic),
    Place.HIGHWAY: (_highway, _highway_traffic),
    Place.BRIDGE: (_bridge, _bridge_traffic),
    Place.GATE: (_gate, _gate_traffic),
    Place.BUS_STAND: (_bus_stand, _bus_stand_traffic),
    Place.RESIDENTIAL: (_residential, _residential_traffic),
    Place.CROSSROAD: (_crossroad, _crossroad_traffic),
    Place.ROUNDABOUT: (_roundabout, _roundabout_traffic),
    Place.CANAL: (_canal, _canal_traffic),
}
