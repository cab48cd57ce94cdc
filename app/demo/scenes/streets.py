"""Streets in town: the bazaar, the bus stand, a residential street, a government gate."""

import random

from app.demo.scenes.geometry import View
from app.demo.scenes.motion import Mover, Path
from app.demo.scenes.scenery import Building, Prop, Road, Scenery
from app.demo.scenes.traffic import FAR, TOWN, both_ways, line, people, row, traffic


def bazaar() -> Scenery:
    """What stands there."""
    props = [
        *line("stall", -6.2, (13, 19, 26, 33, 41), 3),
        *line("stall", 6.3, (16, 23, 30, 38), 4),
        *line("pole", -5.3, (10, 36, 62, 88), 5),
        *line("parked", 5.0, (12, 14.4, 20.5, 27.6, 44), 6),
        *line("lamp", 5.4, (24, 52, 80), 7),
    ]
    return Scenery(
        View(-0.6, 6.4, 0, yaw=2, pitch=13, focal=0.86),
        (Road(0, 8.4),), "tiles",
        (*row((-17, -8.6), (6, 130), "shop", 11, (6, 12)), *row((8.6, 17), (8, 130), "shop", 12,
        (6, 13))),
        tuple(props), pavement=4.2, wires=((-5.3, 7.4, 10), (-5.3, 6.9, 10)), bunting=(17, 30, 48),
        title="BAZAAR",
    )  # fmt: skip


def bazaar_traffic(source: random.Random) -> list[Mover]:
    """What moves there."""
    mix = {"motorcycle": 5.0, "rickshaw": 4.0, "car": 2.5}
    walks = [
        Path([(-5.2, 4), (-5.0, 30), (-5.6, 80)]), Path([(-4.8, 80), (-5.4, 40), (-4.9, 4)]),
        Path([(5.6, 80), (5.8, 35), (5.2, 4)]), Path([(7.2, 18), (0, 19.5), (-7.4, 18.5)]),
        Path([(-7.4, 31), (0, 30), (7.4, 31)]), Path([(7.4, 24.5), (7.0, 45), (5.6, 80)]),
    ]  # fmt: skip
    return [
        *traffic(source, both_ways(-2.1, 2.1, 5.2), mix, (3.4, 6.5)),
        *people(source, walks, 3),
    ]


def bus_stand() -> Scenery:
    """What stands there."""
    props = [
        Prop("shelter", 9.5, 27, 1.2), *(Prop("parked-bus", -9.5, z, 1.0, i) for i,
        z in enumerate((20, 33, 46))),
        *line("lamp", 6.6, (18, 46, 74), 3), *line("tree", 13, (18, 44, 60), 4), *line("pole", -15,
        (16, 42, 68), 5),
        *line("stall", 10.5, (14, 38), 6), *line("parked", 8.0, (52, 54.2, 56.4), 7),
    ]  # fmt: skip
    return Scenery(
        View(2.4, 7.6, 0, yaw=-5, pitch=14, focal=0.86),
        (Road(-3.5, 19.0),), "tiles",
        (*row((-32, -18.5), (6, 120), "shop", 41, (5, 9)), *row((15.5, 28), (6, 120), "shop", 42,
        (5, 10))),
        tuple(props), pavement=5.0, wires=((-15, 7.5, 10),), title="BUS STAND",
    )  # fmt: skip


def bus_stand_traffic(source: random.Random) -> list[Mover]:
    """What moves there."""
    mix = {"bus": 3.0, "rickshaw": 3.0, "car": 2.0, "motorcycle": 2.0}
    ways = [
        ("a", Path([(-4.8, 2), (-4.8, FAR)]), 7.5),
        ("b", Path([(0.4, FAR), (0.4, 2)]), 7.5),
    ]
    halt = Path([(3.6, 130), (3.9, 60), (4.4, 36), (4.4, 20), (3.4, 3)])
    buses = [
        Mover(f"h{i}", "bus", halt, 9.0, 30.0 * i + 4, 60.0, 0, 77 * i + 5, 104.0, 9.0)
        for i in range(2)
    ]
    walks = [
        Path([(8.4, 4), (8.2, 24), (8.0, 60)]), Path([(7.4, 60), (7.6, 26), (7.4, 4)]), Path([(14,
        30), (8.6, 29), (6.9, 26.5)]),
        Path([(-12.6, 5), (-13, 60)]),
    ]  # fmt: skip
    return [*buses, *traffic(source, ways, mix, (5, 9)), *people(source, walks, 4)]


def residential() -> Scenery:
    """What stands there."""
    props = [
        *line("tree", -4.6, (17, 33, 52, 75), 3, 0.9), *line("tree", 4.7, (24, 43, 64), 4, 0.85),
        *line("pole", 4.4, (12, 36, 60, 84), 5), *line("parked-car", -3.9, (22, 40), 6),
        *line("lamp", -4.5, (27, 62), 7),
    ]  # fmt: skip
    return Scenery(
        View(1.2, 6.0, 0, yaw=-2.5, pitch=12.5, focal=0.86),
        (Road(0, 6.4),), "tiles",
        (*row((-18, -6.4), (5, 130), "house", 51, (3.8, 8)), *row((6.4, 18), (7, 130), "house", 52,
        (3.8, 8.5))),
        tuple(props), pavement=2.6, wires=((4.4, 7.2, 10), (4.4, 6.8, 10), (4.4, 6.4, 10)),
        title="STREET 7",
    )  # fmt: skip


def residential_traffic(source: random.Random) -> list[Mover]:
    """What moves there."""
    mix = {"motorcycle": 4.0, "car": 3.0, "rickshaw": 2.0}
    walks = [
        Path([(-5.0, 4), (-4.9, 60)]), Path([(5.1, 62), (5.0, 4)]), Path([(-6.0, 29), (0.5, 28),
        (5.6, 30)]),
        Path([(4.9, 4), (3.0, 25), (-4.8, 55)]),
    ]  # fmt: skip
    return [*traffic(source, both_ways(-1.6, 1.6, 6.5), mix, (7, 13)), *people(source, walks, 3)]


def gate() -> Scenery:
    """What stands there."""
    props = [
        Prop("gate", 0, 31, 1.0), *line("tree", -13, (14, 22, 38, 46), 3, 1.15), *line("palm", 13,
        (15, 25, 38, 46), 4),
        *line("planter", -4.8, (14, 18, 22, 26), 5), *line("planter", 4.8, (14, 18, 22, 26), 6),
        *line("lamp", -6.0, (20, 42), 7), *line("lamp", 6.0, (20, 42), 8), Prop("flag", -8.4, 33,
        1.0),
        *line("cone", 1.8, (24, 26.5), 9),
    ]  # fmt: skip
    return Scenery(
        View(3.5, 6.8, 0, yaw=-6, pitch=13, focal=0.88),
        (Road(0, 7.6), Road(8.0, 6.0, "x")), "grass",
        (
            Building((-17, 17), (52, 66), 11.5, "civic", 31),
            Building((-40, -3.9), (31, 31.6), 2.8, "wall", 1), Building((3.9, 40), (31, 31.6), 2.8,
            "wall", 2),
            Building((-36, -22), (56, 70), 7, "office", 8), Building((22, 36), (56, 70), 8,
            "office", 9),
        ),
        tuple(props), title="DISTRICT OFFICES",
    )  # fmt: skip


def gate_traffic(source: random.Random) -> list[Mover]:
    """What moves there."""
    inward = Path([(-34, 6.6), (-8, 6.6), (-2.4, 9.5), (-1.8, 16), (-1.8, 48)])
    outward = Path([(1.8, 48), (1.8, 17), (3.0, 12), (8, 9.4), (34, 9.4)])
    ways = [("a", inward, 5.0), ("b", outward, 5.0)]
    across = [("c", Path([(-40, 6.6), (40, 6.6)]), 9.0)]
    walks = [
        Path([(-4.4, 4), (-3.2, 29), (-2.6, 34), (-6, 50)]), Path([(6, 50), (2.9, 34), (4.2, 12),
        (5, 4)]),
        Path([(-24, 12.5), (-6, 12.4), (24, 12.6)]),
    ]  # fmt: skip
    mix = {"car": 5.0, "motorcycle": 3.0, "rickshaw": 1.0}
    return [
        *traffic(source, ways, mix, (8, 13)), *traffic(source, across, TOWN, (9, 16)),
        *people(source, walks, 3),
    ]  # fmt: skip
