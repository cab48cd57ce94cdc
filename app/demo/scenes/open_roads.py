"""Roads out of town: the toll plaza, the river bridge, the canal road."""

import random

from app.demo.scenes.geometry import View
from app.demo.scenes.motion import Mover, Path
from app.demo.scenes.scenery import Building, Prop, Road, Scenery
from app.demo.scenes.traffic import FAR, OPEN, both_ways, line, people, row, traffic


def highway() -> Scenery:
    """What stands there."""
    booths = tuple(Prop("booth", x, 44, 1.0, i) for i, x in enumerate((-10.4, -5.2, 0, 5.2, 10.4)))
    props = [
        *booths, Prop("canopy", 0, 44, 1.0), *line("cone", 2.6, (22, 26, 30, 34), 2),
        *line("palm", -19, (20, 38, 60, 85), 3), *line("tree", 20, (26, 50, 70, 95), 4),
        *line("lamp", -15, (24, 70, 100), 5), *line("lamp", 15, (24, 70, 100), 6),
    ]  # fmt: skip
    return Scenery(
        View(-1.0, 8.6, 0, yaw=1, pitch=13.5, focal=0.92),
        (Road(0, 27.0, median=0.6),), "earth",
        (Building((-34, -22), (34, 48), 5.5, "office", 5), Building((22, 36), (58, 72), 4.5, "mud",
        6)),
        tuple(props), title="TOLL PLAZA",
    )  # fmt: skip


def highway_traffic(source: random.Random) -> list[Mover]:
    """What moves there."""
    movers: list[Mover] = []
    for name, x, is_away in (
        ("a", -7.8, True),
        ("b", -2.6, True),
        ("c", 2.6, False),
        ("d", 7.8, False),
    ):
        points = [(x, 3.0), (x, FAR)] if is_away else [(x, FAR), (x, 3.0)]
        path = Path(points)
        stop = 37.0 if is_away else FAR - 50.5
        for index in range(5):
            label = source.choices(list(OPEN), list(OPEN.values()))[0]
            movers.append(
                Mover(
                    f"{name}{index + 1}", label, path, 11.0, (index * 12 + source.uniform(0,
                    3)) % 60,
                    60.0, source.randrange(6), source.randrange(1 << 16), stop, source.uniform(2.5,
                    4.0),
                )
            )  # fmt: skip
    guards = [Path([(-4.4, 38), (-4.6, 41), (-4.3, 38)]), Path([(4.6, 47.5), (4.4, 40), (4.6, 36)])]
    return [*movers, *people(source, guards, 2, (0.3, 0.5))]


def bridge() -> Scenery:
    """What stands there."""
    props = [
        *(Prop("rail", side * 6.9, z, 1.0) for side in (-1, 1) for z in range(4, 120, 4)),
        *line("lamp", -6.4, (18, 42, 66, 90), 6), *line("lamp", 6.4, (30, 54, 78, 102), 7),
    ]  # fmt: skip
    return Scenery(
        View(-3.4, 7.4, 0, yaw=6, pitch=11, focal=0.88),
        (Road(0, 10.4),), "water", (), tuple(props), pavement=1.6, title="RIVER BRIDGE",
    )  # fmt: skip


def bridge_traffic(source: random.Random) -> list[Mover]:
    """What moves there."""
    walks = [Path([(-6.0, 4), (-6.0, 70)]), Path([(6.0, 74), (6.0, 4)])]
    return [*traffic(source, both_ways(-2.6, 2.6, 12), OPEN, (4, 8)), *people(source, walks, 3)]


def canal() -> Scenery:
    """What stands there."""
    props = [
        *line("tree", 4.9, (24, 34, 45, 58, 72, 90), 3, 1.0), *line("tree", -21.5, (16, 26, 38,
        50, 64, 80, 100), 4, 1.2),
        *line("pole", -7.2, (12, 38, 64, 90), 5), *(Prop("rail", 5.6, z, 1.0) for z in range(4,
        110, 4)),
    ]  # fmt: skip
    return Scenery(
        View(2.2, 6.8, 0, yaw=3, pitch=12, focal=0.88),
        (Road(-1.0, 7.4),), "grass",
        (*row((-34, -24), (12, 120), "mud", 81, (3.2, 5)),), tuple(props), water=((6.6, 15.5),),
        pavement=1.2, wires=((-7.2, 7.2, 10), (-7.2, 6.8, 10)), title="CANAL ROAD",
    )  # fmt: skip


def canal_traffic(source: random.Random) -> list[Mover]:
    """What moves there."""
    mix = {"motorcycle": 4.0, "car": 3.0, "truck": 1.5, "rickshaw": 2.0}
    walks = [Path([(-6.0, 4), (-6.2, 70)]), Path([(3.6, 60), (3.5, 5)])]
    return [*traffic(source, both_ways(-2.8, 0.8, 9.5), mix, (5, 9)), *people(source, walks, 3)]
