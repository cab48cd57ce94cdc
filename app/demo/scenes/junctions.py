"""Where roads meet: the crossroad with signals, the roundabout, the avenue with its crossing."""

import random
from math import cos, radians, sin

from app.demo.scenes.geometry import View
from app.demo.scenes.motion import Mover, Path
from app.demo.scenes.scenery import Building, Point, Prop, Road, Scenery
from app.demo.scenes.traffic import TOWN, both_ways, line, people, row, traffic


def crossroad() -> Scenery:
    """What stands there."""
    props = [
        *(Prop("signal", x, z, 1.0, i, h) for i, (x, z, h) in enumerate(((-9.4, 21.5, 0), (9.4,
        43.5, 3.14), (-9.4, 43.5, 1.57), (9.4, 21.5, -1.57)))),
        *line("lamp", -9.8, (14, 54, 80), 3), *line("lamp", 9.8, (14, 54, 80), 4), *line("tree",
        -14.5, (50, 64, 82), 5),
        *line("tree", 14.5, (12, 58, 74), 6), *line("palm", 0, (58, 70, 82), 7),
    ]  # fmt: skip
    return Scenery(
        View(-4.5, 9.4, -2, yaw=7, pitch=16, focal=0.84),
        (Road(0, 14.6), Road(32.5, 14.0, "x")), "tiles",
        (
            *row((-34, -17), (46, 130), "office", 61, (8, 16)), *row((17, 34), (46, 130), "shop",
            62, (8, 15)),
            Building((17, 30), (4, 20), 9, "shop", 63), Building((-30, -17), (2, 19), 10, "office",
            64),
            Building((-60, -36), (44, 60), 11, "shop", 66), Building((36, 60), (44, 60), 10,
            "office", 67),
        ),
        tuple(props), zebras=((-7, 7, 20.6, 23.8), (-7, 7, 41.2, 44.4)), pavement=4.0,
        title="MAIN CHOWK",
    )  # fmt: skip


def crossroad_traffic(source: random.Random) -> list[Mover]:
    """Thirty seconds of green for one road, then for the other; each mover waits at its line if it
    must."""
    movers = []
    along = {"a": Path([(-3.4, 0), (-3.4, 140)]), "b": Path([(3.4, 140), (3.4, 0)])}
    turns = {"l": Path([(-5.4, 0), (-5.4, 22), (-8, 28), (-16, 29.2), (-80, 29.2)])}
    across = {"c": Path([(-80, 35.8), (80, 35.8)]), "d": Path([(80, 29.2), (-80, 29.2)])}
    labels, weights = list(TOWN), list(TOWN.values())
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
                movers.append(
                    Mover(
                        f"{name}{index}",
                        label,
                        path,
                        speed,
                        start % 60,
                        60.0,
                        style,
                        paint,
                        stop,
                        wait,
                    )
                )
            else:
                start = (
                    green + 5.0 + (index - waiting) * 3.4 + source.uniform(0, 0.8) - line / speed
                )
                movers.append(
                    Mover(f"{name}{index}", label, path, speed, start % 60, 60.0, style, paint)
                )
    movers += [
        Mover(
            f"l{i}",
            source.choice(("car", "rickshaw", "motorcycle")),
            turns["l"],
            7.0,
            (6.0 + 9 * i) % 60,
            60.0,
            i,
            31 * i,
        )
        for i in range(2)
    ]
    walks = [Path([(-12, 42.8), (12, 42.8)]), Path([(11, 22.2), (-11, 22.2)])]
    movers += [
        Mover(f"w{k}{i}", "person", path, 1.35, (34.0 + 4 * k + 1.1 * i) % 60, 60.0, i, 17 * i + k)
        for k, path in enumerate(walks)
        for i in range(4)
    ]
    return movers + people(
        source, [Path([(-11.2, 44), (-11, 100)]), Path([(11.2, 100), (11.4, 45)])], 3
    )


def roundabout() -> Scenery:
    """What stands there."""
    props = [
        Prop("monument", 0, 37, 1.0), *(Prop("flowers", x, z, 1.0, i) for i, (x,
        z) in enumerate(((-4, 34), (4, 34), (-4, 40), (4, 40), (0, 32), (0, 42)))),
        *line("lamp", -21, (22, 56), 3), *line("lamp", 21, (22, 56), 4), *line("palm", -25, (20,
        30, 62), 5),
        *line("tree", 26, (24, 60, 70), 6), *line("tree", -26, (54, 70), 7),
    ]  # fmt: skip
    return Scenery(
        View(-7.0, 11.5, -3, yaw=9, pitch=18, focal=0.82),
        (Road(0, 12.0), Road(37, 12.0, "x"), Road(0, 9.5, ring=(0, 37, 14.5))), "grass",
        (
            *row((-46, -28), (62, 130), "shop", 71, (7, 14)), *row((28, 46), (62, 130), "office",
            72, (7, 14)),
            Building((28, 44), (4, 22), 9, "shop", 73), Building((-44, -28), (6, 22), 10, "office",
            74),
            Building((-80, -46), (50, 66), 10, "shop", 75), Building((46, 80), (50, 66), 12,
            "office", 76),
        ),
        tuple(props), pavement=3.0, title="CHOWK",
    )  # fmt: skip


def roundabout_traffic(source: random.Random) -> list[Mover]:
    """Keep left: clockwise around the island."""

    def ring(*degrees: float) -> list[Point]:
        return [(14.5 * sin(radians(d)), 37 + 14.5 * cos(radians(d))) for d in degrees]

    north = Path(
        [(-3, -2), (-3, 12), (-5.0, 21), *ring(225, 255, 285, 315), (-4.2, 53), (-3, 62), (-3, 140)]
    )
    south = Path(
        [(3, 140), (3, 64), (4.6, 53), *ring(45, 75, 105, 135), (4.6, 21), (3, 12), (3, -2)]
    )
    west = Path(
        [(90, 34), (30, 34), (19, 32.6), *ring(140, 170, 200, 225), (-18, 32), (-30, 34), (-90, 34)]
    )
    east = Path(
        [(-90, 40), (-30, 40), (-18, 41.5), *ring(-40, -10, 20, 45), (18, 42), (30, 40), (90, 40)]
    )
    ways = [("a", north, 8.0), ("b", south, 8.0)]
    sides = [("c", west, 8.5), ("d", east, 8.5)]
    walks = [
        Path([(-24, 6), (-23.5, 20), (-40, 28)]),
        Path([(24, 66), (23, 100)]),
        Path([(9, -1), (10, 14), (26, 26)]),
    ]
    return [
        *traffic(source, ways, TOWN, (7.5, 9)), *traffic(source, sides, TOWN, (8, 11)),
        *people(source, walks, 2),
    ]  # fmt: skip


def avenue() -> Scenery:
    """What stands there."""
    props = [
        *line("palm", 0, (18, 32, 46, 60, 74, 88, 102), 3),
        *line("tree", -11.5, (16, 27, 41, 56, 70, 90), 4, 1.1),
        *line("tree", 11.8, (21, 35, 50, 66, 84), 5, 1.1),
        *line("lamp", -9.2, (22, 48, 74, 100), 6),
        *line("lamp", 9.2, (14, 40, 66, 92), 7),
        Prop("sign", 9.8, 30, 1.0, 2),
    ]
    return Scenery(
        View(1.5, 7.2, 0, yaw=-3, pitch=12, focal=0.9),
        (Road(0, 17.0, median=2.2),), "grass",
        (*row((-32, -16), (10, 130), "office", 21, (7, 15)), *row((16, 32), (6, 130), "office", 22,
        (7, 17))),
        tuple(props), zebras=((-8.2, 8.2, 24, 27.4),), title="AVENUE",
    )  # fmt: skip


def avenue_traffic(source: random.Random) -> list[Mover]:
    """What moves there."""
    ways = [*both_ways(-3.0, 3.0, 13), *both_ways(-6.4, 6.4, 10.5)]
    walks = [
        Path([(-9.6, 4), (-9.8, 70)]),
        Path([(9.8, 75), (9.6, 5)]),
        Path([(-10.5, 25.7), (10.5, 25.7)]),
    ]
    walkers = people(source, walks[:2], 4) + people(source, walks[2:], 1)
    return [*traffic(source, ways, TOWN, (3.5, 8)), *walkers]
