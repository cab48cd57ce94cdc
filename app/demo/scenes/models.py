"""Low-polygon vehicles and people: corners in metres, faces with a paint name.

A model stands on the ground at the origin and looks along +z. Faces are convex and wound so that a
face
seen from outside can be told from one seen from inside.
"""

from dataclasses import dataclass, field
from functools import cache

import numpy as np

from app.demo.scenes.geometry import Floats, box

GLASS = "glass"
BODY = "body"
TRIM = "trim"
TYRE = "tyre"
HEAD_LAMP = "head-lamp"
TAIL_LAMP = "tail-lamp"
SECOND = "second"
SKIN = "skin"
HAIR = "hair"
CLOTH = "cloth"


@dataclass(frozen=True, slots=True)
class Part:
    """A convex block of a model, or a decal (lamp, wheel) that lies on one."""

    points: tuple[int, ...]
    faces: tuple[tuple[tuple[int, ...], str], ...]
    normals: Floats
    height: float
    is_decal: bool


@dataclass(slots=True)
class _Builder:
    points: list[Floats] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

    def _add(self, points: Floats, faces: list[list[int]], paints: list[str]) -> None:
        start = sum(len(part) for part in self.points)
        self.points.append(points)
        is_decal = len(faces) == 1
        centre = points.mean(axis=0)
        inside = np.array([0.0, centre[1], 0.0]) if is_decal else centre
        shown, normals = [], []
        for face, paint in zip(faces, paints, strict=True):
            if not paint:
                continue
            a, b, c = points[face[0]], points[face[1]], points[face[2]]
            normal = np.cross(b - a, c - a)
            normal /= max(float(np.linalg.norm(normal)), 1e-9)
            if normal @ (points[face].mean(axis=0) - inside) < 0:
                normal = -normal
            shown.append((tuple(start + index for index in face), paint))
            normals.append(normal)
        indexes = tuple(range(start, start + len(points)))
        self.parts.append(
            Part(indexes, tuple(shown), np.array(normals), float(centre[1]), is_decal)
        )

    def box(
        self,
        x: tuple[float, float],
        y: tuple[float, float],
        z: tuple[float, float],
        paint: str,
        top: str | None = None,
    ) -> None:
        corners, faces = box(x, y, z)
        self._add(corners, faces, [paint, paint, "", top or paint, paint, paint])

    def taper(
        self,
        low: tuple[float, float, float, float],
        high: tuple[float, float, float, float],
        y: tuple[float, float],
        paints: tuple[str, str, str, str, str],
    ) -> None:
        """A block whose top is smaller: (x0, x1, z0, z1) below and above; left, right, top, back,
        front."""
        corners = np.array(
            [
                [low[0], y[0], low[2]], [low[0], y[0], low[3]],
                [high[0], y[1], high[2]], [high[0], y[1], high[3]],
                [low[1], y[0], low[2]], [low[1], y[0], low[3]],
                [high[1], y[1], high[2]], [high[1], y[1], high[3]],
            ]
        )  # fmt: skip
        faces = [[0, 1, 3, 2], [4, 6, 7, 5], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
        self._add(corners, faces, list(paints))

    def wheel(self, x: float, z: float, radius: float, width: float = 0.22) -> None:
        angles = np.linspace(0, 2 * np.pi, 13)[:-1]
        for scale, paint in ((1.0, TYRE), (0.55, TRIM)):
            side = x + np.sign(x) * (width / 2 + 0.02 * (1 - scale))
            rim = np.stack(
                [
                    np.full(12, side),
                    radius + radius * scale * np.cos(angles),
                    z + radius * scale * np.sin(angles),
                ],
                axis=1,
            )
            self._add(rim, [list(range(12))], [paint])

    def panel(self, corners: list[tuple[float, float, float]], paint: str) -> None:
        """One flat face that looks away from the middle of the model."""
        self._add(np.array(corners), [list(range(len(corners)))], [paint])

    def lamps(self, half: float, y: float, front: float, back: float, size: float = 0.22) -> None:
        for sign in (-1, 1):
            a, b = sorted((sign * half, sign * (half - size * 1.5)))
            self.panel(
                [(a, y, front), (b, y, front), (b, y + size, front), (a, y + size, front)],
                HEAD_LAMP,
            )
            self.panel(
                [(a, y, back), (a, y + size, back), (b, y + size, back), (b, y, back)], TAIL_LAMP
            )


@dataclass(frozen=True, slots=True)
class Model:
    """A shape in parts."""

    points: Floats
    parts: tuple[Part, ...]
    size: tuple[float, float, float]
    """Width, height and length."""


@cache
def model(label: str, style: int = 0) -> Model:
    """Return the model of a label; raises `KeyError` for a label that has none."""
    builder = _Builder()
    _SHAPES[label](builder, style)
    points = np.concatenate(builder.points)
    span = points.max(axis=0) - points.min(axis=0)
    size = (float(span[0]), float(span[1]), float(span[2]))
    return Model(points, tuple(builder.parts), size)


def _car(b: _Builder, style: int) -> None:
    roof = 1.45 if style % 3 else 1.72
    rear = -1.55 if style % 3 == 1 else -1.95
    for x in (-0.74, 0.74):
        for z in (-1.3, 1.35):
            b.wheel(x, z, 0.32)
    b.taper(
        (-0.84, 0.84, -2.1, 2.1),
        (-0.86, 0.86, -2.12, 2.05),
        (0.28, 0.62),
        (TRIM, TRIM, BODY, TRIM, TRIM),
    )
    b.taper((-0.86, 0.86, -2.12, 2.1), (-0.82, 0.82, -2.05, 1.95), (0.42, 0.92), (BODY,) * 5)
    b.taper(
        (-0.8, 0.8, rear, 1.0),
        (-0.64, 0.64, rear + 0.45, 0.25),
        (0.92, roof),
        (GLASS, GLASS, BODY, GLASS, GLASS),
    )
    b.lamps(0.8, 0.6, 2.06, -2.12, 0.17)


def _rickshaw(b: _Builder, style: int) -> None:
    del style
    for x in (-0.05, 0.05):
        b.wheel(x, 1.05, 0.24, 0.02)
    for x in (-0.58, 0.58):
        b.wheel(x, -0.75, 0.24, 0.14)
    b.taper((-0.65, 0.65, -1.2, 0.9), (-0.65, 0.65, -1.2, 0.75), (0.25, 0.85), (BODY,) * 5)
    b.taper((-0.3, 0.3, 0.7, 1.3), (-0.3, 0.3, 0.7, 1.0), (0.3, 0.95), (BODY,) * 5)
    b.taper(
        (-0.62, 0.62, -1.15, 0.75),
        (-0.58, 0.58, -1.05, 0.5),
        (0.85, 1.5),
        (SECOND, SECOND, SECOND, SECOND, GLASS),
    )
    b.box((-0.66, 0.66), (1.5, 1.72), (-1.2, 0.75), SECOND)
    b.lamps(0.3, 0.62, 1.31, -1.21, 0.16)


def _motorcycle(b: _Builder, style: int) -> None:
    for x in (-0.05, 0.05):
        b.wheel(x, 0.62, 0.3, 0.02)
        b.wheel(x, -0.62, 0.3, 0.02)
    b.box((-0.12, 0.12), (0.4, 0.8), (-0.7, 0.55), BODY)
    b.box((-0.34, 0.34), (0.95, 1.02), (0.38, 0.45), TRIM)
    _torso(b, -0.12, 0.75, 0.21)
    if style % 2:
        _torso(b, -0.52, 0.75, 0.2, SECOND)
    b.panel([(-0.1, 0.8, 0.58), (0.1, 0.8, 0.58), (0.1, 0.98, 0.58), (-0.1, 0.98, 0.58)], HEAD_LAMP)
    b.panel(
        [(-0.1, 0.6, -0.72), (-0.1, 0.72, -0.72), (0.1, 0.72, -0.72), (0.1, 0.6, -0.72)], TAIL_LAMP
    )


def _torso(b: _Builder, z: float, base: float, half: float, paint: str = CLOTH) -> None:
    b.taper(
        (-half - 0.05, half + 0.05, z - 0.16, z + 0.22),
        (-half, half, z - 0.1, z + 0.1),
        (base, base + 0.58),
        (paint,) * 5,
    )
    b.taper(
        (-0.1, 0.1, z - 0.1, z + 0.1),
        (-0.08, 0.08, z - 0.08, z + 0.08),
        (base + 0.58, base + 0.82),
        (SKIN, SKIN, HAIR, HAIR, SKIN),
    )
    b.box((-0.11, 0.11), (base + 0.76, base + 0.86), (z - 0.11, z + 0.1), HAIR)


def _truck(b: _Builder, style: int) -> None:
    del style
    for x in (-1.0, 1.0):
        for z in (-2.6, -1.6, 2.4):
            b.wheel(x, z, 0.5, 0.3)
    b.box((-1.15, 1.15), (0.5, 0.95), (-3.6, 3.4), TRIM)
    b.taper((-1.18, 1.18, 1.9, 3.55), (-1.15, 1.15, 1.9, 3.3), (0.9, 1.9), (BODY,) * 5)
    b.taper(
        (-1.15, 1.15, 1.95, 3.3),
        (-1.1, 1.1, 1.95, 3.1),
        (1.9, 2.6),
        (GLASS, GLASS, BODY, BODY, GLASS),
    )
    b.taper(
        (-1.1, 1.1, 1.2, 2.9),
        (-1.25, 1.25, 0.9, 3.5),
        (2.6, 3.3),
        (SECOND, SECOND, BODY, SECOND, SECOND),
    )
    b.box((-1.25, 1.25), (0.95, 1.7), (-3.65, 1.75), BODY)
    b.box((-1.25, 1.25), (1.7, 2.3), (-3.65, 1.75), SECOND)
    b.box((-1.25, 1.25), (2.3, 2.9), (-3.65, 1.75), BODY, TRIM)
    b.lamps(1.05, 0.95, 3.57, -3.67, 0.25)


def _bus(b: _Builder, style: int) -> None:
    del style
    for x in (-1.05, 1.05):
        for z in (-3.0, 3.0):
            b.wheel(x, z, 0.48, 0.3)
    b.box((-1.22, 1.22), (0.45, 1.45), (-4.9, 4.9), BODY)
    b.box((-1.2, 1.2), (1.45, 2.35), (-4.88, 4.88), GLASS)
    b.box((-1.22, 1.22), (2.35, 2.95), (-4.9, 4.9), SECOND)
    b.box((-0.95, 0.95), (2.95, 3.2), (-3.6, 2.4), TRIM)
    for z in (-3.3, -1.7, -0.1, 1.5, 3.1):
        for x, order in ((-1.225, 1), (1.225, -1)):
            post = [(x, 1.45, z), (x, 1.45, z + 0.2), (x, 2.35, z + 0.2), (x, 2.35, z)]
            b.panel(post[::order], BODY)
    b.lamps(1.1, 0.75, 4.92, -4.92, 0.25)


def _person(b: _Builder, style: int) -> None:
    """A standing person; the legs are drawn walking by `person_step`."""
    if style % 3 == 2:
        b.taper((-0.3, 0.3, -0.24, 0.24), (-0.22, 0.22, -0.14, 0.14), (0.08, 1.42), (CLOTH,) * 5)
        b.taper(
            (-0.14, 0.14, -0.15, 0.13),
            (-0.1, 0.1, -0.1, 0.08),
            (1.4, 1.72),
            (CLOTH, CLOTH, CLOTH, CLOTH, SKIN),
        )
        return
    _legs(b, 0.0)
    b.taper((-0.27, 0.27, -0.18, 0.18), (-0.22, 0.22, -0.12, 0.12), (0.55, 1.42), (CLOTH,) * 5)
    for x in (-0.28, 0.28):
        b.box((x - 0.05, x + 0.05), (0.75, 1.38), (-0.06, 0.06), CLOTH)
    b.taper(
        (-0.1, 0.1, -0.1, 0.1),
        (-0.08, 0.08, -0.08, 0.08),
        (1.42, 1.68),
        (SKIN, SKIN, HAIR, HAIR, SKIN),
    )
    b.box((-0.11, 0.11), (1.6, 1.74), (-0.11, 0.1), HAIR)


def _legs(b: _Builder, swing: float) -> None:
    for x, sign in ((-0.11, 1.0), (0.11, -1.0)):
        z = sign * swing
        b.taper(
            (x - 0.08, x + 0.08, z - 0.1, z + 0.12),
            (x - 0.1, x + 0.1, -0.1, 0.1),
            (0.0, 0.6),
            (SECOND,) * 5,
        )


@cache
def walking_person(style: int, step: int) -> Model:
    """Return a person in one of eight steps."""
    still = model("person", style)
    if style % 3 == 2:
        return still
    builder = _Builder()
    _legs(builder, 0.26 * float(np.sin(step * np.pi / 4)))
    points = still.points.copy()
    legs = np.concatenate(builder.points)
    points[: len(legs)] = legs
    return Model(points, still.parts, still.size)


_SHAPES = {
    "car": _car,
    "truck": _truck,
    "bus": _bus,
    "motorcycle": _motorcycle,
    "rickshaw": _rickshaw,
    "person": _person,
}
