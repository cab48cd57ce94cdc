"""Draws the small things of a street: trees, lamps, poles, stalls, gates, booths, signals."""

import math
import random
from collections.abc import Callable

from app.demo.scenes.brush import Brush, Colour, Place
from app.demo.scenes.scenery import Prop

_WARM: Colour = (0.62, 0.86, 1.0)
_CANVAS: tuple[Colour, ...] = (
    (0.22, 0.30, 0.78), (0.72, 0.42, 0.20), (0.30, 0.58, 0.30), (0.25, 0.66, 0.88), (0.62, 0.30,
    0.48), (0.80, 0.82, 0.84),
)  # fmt: skip


def draw_prop(brush: Brush, prop: Prop) -> None:
    """Draw one prop; raises `KeyError` for a kind that nobody can draw."""
    _DRAW[prop.kind](brush, prop, random.Random(prop.seed * 31 + round(prop.z * 7)))


def _tree(brush: Brush, prop: Prop, source: random.Random) -> None:
    x, z, size = prop.x, prop.z, prop.size
    brush.line(
        [(x, 0, z), (x + 0.1, 1.6 * size, z), (x - 0.05, 3.0 * size, z)],
        0.34 * size,
        (0.22, 0.30, 0.38),
    )
    hue = source.uniform(-0.04, 0.05)
    leaves = []
    for _ in range(150):
        angle, height = source.uniform(0, 2 * math.pi), source.uniform(-1, 1)
        reach = math.sqrt(max(0.0, 1 - height * height)) * source.uniform(0.55, 1.0)
        leaves.append((height, angle, reach, source.uniform(0.75, 1.15)))
    for height, angle, reach, tone in sorted(
        leaves, key=lambda leaf: leaf[0] - 0.6 * math.sin(leaf[1] + math.pi)
    ):
        place = (
            x + 2.0 * size * reach * math.cos(angle),
            4.3 * size + 1.7 * size * height,
            z + 2.0 * size * reach * math.sin(angle),
        )
        light = tone * (0.62 + 0.38 * (height + 1) / 2)
        colour = (0.17 * light, (0.44 + hue) * light, (0.30 + hue) * light)
        brush.blob(place, source.uniform(0.28, 0.5) * size, colour, height)


def _palm(brush: Brush, prop: Prop, source: random.Random) -> None:
    x, z, size = prop.x, prop.z, prop.size
    lean = source.uniform(-0.4, 0.4)
    top = 5.6 * size
    trunk: list[Place] = [(x + lean * (i / 6) ** 2, top * i / 6, z) for i in range(7)]
    brush.line(trunk, 0.32, (0.28, 0.38, 0.46))
    for index in range(18):
        angle = index * 2 * math.pi / 18 + source.uniform(-0.15, 0.15)
        reach, lift = source.uniform(1.7, 2.3) * size, source.uniform(0.1, 0.9)
        frond: list[Place] = []
        for step in range(7):
            t = step / 6
            frond.append(
                (
                    x + lean + reach * t * math.cos(angle),
                    top + size * (lift * 1.4 * t - 1.9 * t * t),
                    z + reach * t * math.sin(angle),
                )
            )
        tone = source.uniform(0.75, 1.1)
        brush.line(frond, 0.2, (0.15 * tone, 0.42 * tone, 0.27 * tone))


def _lamp(brush: Brush, prop: Prop, source: random.Random) -> None:
    del source
    arm = 1.6 if prop.x <= 0 else -1.6
    x, z = prop.x, prop.z
    brush.line(
        [(x, 0, z), (x, 7.0, z), (x + arm * 0.5, 7.4, z), (x + arm, 7.4, z)],
        0.13,
        (0.52, 0.53, 0.54),
    )
    brush.box(
        (x + arm - 0.35, x + arm + 0.35),
        (7.28, 7.42),
        (z - 0.15, z + 0.15),
        (0.60, 0.62, 0.64),
        light=_WARM,
    )


def _pole(brush: Brush, prop: Prop, source: random.Random) -> None:
    x, z = prop.x, prop.z
    brush.line([(x, 0, z), (x, 7.6, z)], 0.2, (0.46, 0.50, 0.52))
    brush.line([(x - 0.8, 7.2, z), (x + 0.8, 7.2, z)], 0.12, (0.35, 0.38, 0.40))
    if source.random() < 0.6:
        brush.box((x - 0.35, x + 0.35), (5.0, 6.0), (z - 0.3, z + 0.3), (0.46, 0.48, 0.48))


def _stall(brush: Brush, prop: Prop, source: random.Random) -> None:
    x, z, canvas = prop.x, prop.z, source.choice(_CANVAS)
    brush.box((x - 0.9, x + 0.9), (0, 0.8), (z - 1.3, z + 1.3), (0.30, 0.42, 0.52))
    goods: tuple[Colour, ...] = (
        (0.20, 0.30, 0.85),
        (0.15, 0.65, 0.92),
        (0.25, 0.62, 0.30),
        (0.30, 0.75, 0.60),
        (0.15, 0.45, 0.88),
    )
    for row in range(4):
        for place in range(7):
            at = (x - 0.7 + row * 0.45, 0.95, z - 1.1 + place * 0.36)
            brush.blob(at, 0.2, goods[(row // 2 + place // 2 + prop.seed) % len(goods)], 0.9)
    for px in (x - 0.9, x + 0.9):
        for pz in (z - 1.3, z + 1.3):
            brush.line([(px, 0, pz), (px, 2.2, pz)], 0.07, (0.4, 0.4, 0.42))
    for index in range(6):
        near, far = z - 1.5 + index * 0.5, z - 1.0 + index * 0.5
        colour = canvas if index % 2 else (0.84, 0.86, 0.88)
        top: list[Place] = [
            (x - 1.1, 2.2, near),
            (x, 2.75, near),
            (x, 2.75, far),
            (x - 1.1, 2.2, far),
        ]
        brush.polygon(top, colour, (-0.4, 0.9, 0.0))
        other: list[Place] = [
            (x, 2.75, near),
            (x + 1.1, 2.2, near),
            (x + 1.1, 2.2, far),
            (x, 2.75, far),
        ]
        brush.polygon(other, colour, (0.4, 0.9, 0.0))
    brush.blob((x, 2.1, z - 1.2), 0.1, (0.9, 0.95, 1.0), 0.5, light=_WARM)


def _sign(brush: Brush, prop: Prop, source: random.Random) -> None:
    del source
    x, z = prop.x, prop.z
    for px in (x - 1.4, x + 1.4):
        brush.line([(px, 0, z), (px, 5.2, z)], 0.14, (0.5, 0.5, 0.5))
    brush.box((x - 1.9, x + 1.9), (3.4, 5.3), (z - 0.05, z + 0.05), (0.86, 0.88, 0.88))
    brush.box(
        (x - 1.8, x + 1.8),
        (3.5, 5.2),
        (z - 0.08, z - 0.05),
        (0.36, 0.46, 0.10),
        light=(0.08, 0.11, 0.03),
    )
    for row in range(3):
        brush.box(
            (x - 1.5, x + 0.7 - row * 0.3),
            (4.75 - row * 0.5, 4.9 - row * 0.5),
            (z - 0.1, z - 0.08),
            (0.9, 0.92, 0.92),
        )


def _booth(brush: Brush, prop: Prop, source: random.Random) -> None:
    del source
    x, z = prop.x, prop.z
    brush.box((x - 0.9, x + 0.9), (0, 0.35), (z - 5, z + 5), (0.45, 0.72, 0.80))
    brush.box((x - 0.75, x + 0.75), (0.35, 1.3), (z - 1.2, z + 1.2), (0.62, 0.48, 0.25))
    brush.box(
        (x - 0.72, x + 0.72),
        (1.3, 2.2),
        (z - 1.15, z + 1.15),
        (0.32, 0.27, 0.22),
        light=(0.35, 0.5, 0.58),
    )
    brush.box((x - 0.85, x + 0.85), (2.2, 2.5), (z - 1.3, z + 1.3), (0.85, 0.87, 0.88))
    brush.box((x - 0.3, x + 0.3), (0.35, 1.1), (z - 4.7, z - 4.2), (0.15, 0.70, 0.88))


def _canopy(brush: Brush, prop: Prop, source: random.Random) -> None:
    del source
    x, z = prop.x, prop.z
    for px in (-15, -10.4, -5.2, 0, 5.2, 10.4, 15):
        brush.box((x + px - 0.18, x + px + 0.18), (0, 5.6), (z - 0.2, z + 0.2), (0.70, 0.71, 0.72))
    brush.box((x - 16, x + 16), (5.4, 6.5), (z - 3.2, z + 3.2), (0.86, 0.87, 0.88))
    brush.box(
        (x - 16, x + 16),
        (5.55, 5.9),
        (z - 3.25, z - 3.2),
        (0.45, 0.42, 0.10),
        light=(0.25, 0.22, 0.06),
    )
    for lane in (-12.7, -7.8, -2.6, 2.6, 7.8, 12.7):
        colour: Colour = (0.25, 0.72, 0.25) if lane > -12 else (0.15, 0.15, 0.82)
        brush.box(
            (x + lane - 0.4, x + lane + 0.4), (5.0, 5.4), (z - 3.3, z - 3.2), colour, light=colour
        )


def _cone(brush: Brush, prop: Prop, source: random.Random) -> None:
    del source
    x, z = prop.x, prop.z
    brush.polygon(
        [(x - 0.24, 0, z), (x + 0.24, 0, z), (x + 0.04, 0.8, z), (x - 0.04, 0.8, z)],
        (0.12, 0.38, 0.92),
        (0, 0.2, -1),
    )
    brush.polygon(
        [(x - 0.15, 0.3, z), (x + 0.15, 0.3, z), (x + 0.1, 0.5, z), (x - 0.1, 0.5, z)],
        (0.9, 0.9, 0.9),
        (0, 0.2, -1),
    )


def _rail(brush: Brush, prop: Prop, source: random.Random) -> None:
    del source
    x, z = prop.x, prop.z
    brush.box((x - 0.12, x + 0.12), (0, 1.15), (z - 0.14, z + 0.14), (0.72, 0.76, 0.78))
    for height in (0.35, 0.68, 1.02):
        brush.line([(x, height, z), (x, height, z + 4)], 0.09, (0.62, 0.66, 0.68))


def _gate(brush: Brush, prop: Prop, source: random.Random) -> None:
    del source
    x, z = prop.x, prop.z
    for side in (-1, 1):
        brush.box(
            (x + side * 4.3 - 0.6, x + side * 4.3 + 0.6),
            (0, 5.0),
            (z - 0.6, z + 0.6),
            (0.66, 0.76, 0.84),
        )
        brush.blob((x + side * 4.3, 5.25, z), 0.32, (0.8, 0.9, 0.95), 0.6, light=_WARM)
    brush.box(
        (x - 4.9, x + 4.9),
        (4.2, 5.1),
        (z - 0.35, z + 0.35),
        (0.40, 0.52, 0.20),
        light=(0.12, 0.17, 0.06),
    )
    brush.box((x - 3.0, x + 3.0), (4.45, 4.85), (z - 0.42, z - 0.36), (0.88, 0.92, 0.94))
    brush.box((x + 3.2, x + 3.6), (0, 1.2), (z - 3.2, z - 2.8), (0.3, 0.3, 0.3))
    brush.box((x + 4.6, x + 6.6), (0, 2.6), (z - 4.6, z - 2.6), (0.70, 0.80, 0.86))
    brush.box(
        (x + 4.5, x + 6.7),
        (1.1, 2.0),
        (z - 4.65, z - 4.6),
        (0.35, 0.28, 0.22),
        light=(0.3, 0.45, 0.52),
    )


def _flag(brush: Brush, prop: Prop, source: random.Random) -> None:
    del source
    x, z = prop.x, prop.z
    brush.line([(x, 0, z), (x, 9.0, z)], 0.1, (0.8, 0.8, 0.8))
    for index in range(8):
        left, right = x + index * 0.3, x + index * 0.3 + 0.3
        wave, after = 0.12 * math.sin(index), 0.12 * math.sin(index + 1)
        colour: Colour = (0.9, 0.9, 0.9) if index < 2 else (0.22, 0.40, 0.05)
        brush.polygon(
            [
                (left, 7.4 + wave, z),
                (right, 7.4 + after, z),
                (right, 8.9 + after, z),
                (left, 8.9 + wave, z),
            ],
            colour,
            (0, 0.3, -1),
        )


def _planter(brush: Brush, prop: Prop, source: random.Random) -> None:
    x, z = prop.x, prop.z
    brush.box((x - 0.45, x + 0.45), (0, 0.5), (z - 0.45, z + 0.45), (0.40, 0.52, 0.66))
    for _ in range(14):
        at = (
            x + source.uniform(-0.35, 0.35),
            0.6 + source.uniform(0, 0.4),
            z + source.uniform(-0.35, 0.35),
        )
        brush.blob(at, 0.2, (0.16, source.uniform(0.34, 0.5), 0.26), 0.6)


def _flowers(brush: Brush, prop: Prop, source: random.Random) -> None:
    colours: tuple[Colour, ...] = (
        (0.25, 0.20, 0.85),
        (0.20, 0.75, 0.95),
        (0.75, 0.40, 0.80),
        (0.90, 0.92, 0.95),
    )
    for _ in range(60):
        at = (
            prop.x + source.gauss(0, 0.9),
            source.uniform(0.1, 0.4),
            prop.z + source.gauss(0, 0.9),
        )
        brush.blob(
            at, 0.14, colours[prop.seed % 4] if source.random() < 0.6 else (0.16, 0.42, 0.24), 0.8
        )


def _monument(brush: Brush, prop: Prop, source: random.Random) -> None:
    del source
    x, z = prop.x, prop.z
    for step, (half, height) in enumerate(((2.6, 0.4), (2.0, 0.8), (1.4, 1.2))):
        brush.box(
            (x - half, x + half), (step * 0.4, height), (z - half, z + half), (0.70, 0.76, 0.80)
        )
    for side_x in (-0.75, 0.75):
        for side_z in (0.75, -0.75):
            brush.box(
                (x + side_x - 0.16, x + side_x + 0.16),
                (1.2, 5.6),
                (z + side_z - 0.16, z + side_z + 0.16),
                (0.84, 0.88, 0.90),
            )
    brush.box(
        (x - 1.15, x + 1.15),
        (5.6, 6.0),
        (z - 1.15, z + 1.15),
        (0.78, 0.82, 0.84),
        light=(0.10, 0.14, 0.16),
    )
    for index in range(9):
        brush.blob(
            (x, 6.1 + index * 0.16, z),
            0.95 * math.cos(index / 9 * 1.45),
            (0.46, 0.56, 0.20),
            index / 9,
            light=(0.10, 0.14, 0.05),
        )
    brush.line([(x, 7.4, z), (x, 8.6, z)], 0.12, (0.3, 0.7, 0.85))


def _shelter(brush: Brush, prop: Prop, source: random.Random) -> None:
    del source
    x, z = prop.x, prop.z
    for pz in (z - 5, z, z + 5):
        brush.line([(x + 0.9, 0, pz), (x + 0.9, 3.0, pz)], 0.14, (0.5, 0.5, 0.5))
    brush.box((x - 0.3, x + 0.3), (0.3, 0.5), (z - 4.5, z + 4.5), (0.55, 0.40, 0.22))
    brush.polygon(
        [
            (x - 1.6, 3.2, z - 5.6),
            (x + 1.4, 2.8, z - 5.6),
            (x + 1.4, 2.8, z + 5.6),
            (x - 1.6, 3.2, z + 5.6),
        ],
        (0.66, 0.40, 0.16),
        (0.1, 1.0, 0.0),
    )
    brush.polygon(
        [
            (x - 1.6, 3.2, z - 5.6),
            (x - 1.6, 3.2, z + 5.6),
            (x - 1.6, 2.9, z + 5.6),
            (x - 1.6, 2.9, z - 5.6),
        ],
        (0.9, 0.9, 0.9),
        (-1.0, 0.0, 0.0),
        light=(0.3, 0.4, 0.45),
    )


def _signal(brush: Brush, prop: Prop, source: random.Random) -> None:
    del source
    x, z = prop.x, prop.z
    reach = 3.2 if x < 0 else -3.2
    brush.line([(x, 0, z), (x, 5.6, z), (x + reach, 5.9, z)], 0.15, (0.30, 0.31, 0.32))
    for px, base in ((x + reach, 4.8), (x, 3.0)):
        brush.box(
            (px - 0.22, px + 0.22), (base, base + 1.2), (z - 0.15, z + 0.15), (0.16, 0.16, 0.16)
        )


_DRAW: dict[str, Callable[[Brush, Prop, random.Random], None]] = {
    "tree": _tree, "palm": _palm, "lamp": _lamp, "pole": _pole, "stall": _stall, "sign": _sign,
    "booth": _booth, "canopy": _canopy, "cone": _cone, "rail": _rail, "gate": _gate, "flag": _flag,
    "planter": _planter, "flowers": _flowers, "monument": _monument, "shelter": _shelter,
    "signal": _signal,
}  # fmt: skip
