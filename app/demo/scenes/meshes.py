"""Paints vehicles and people: which faces are seen, in which order, in which light."""

import math
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from app.demo.scenes import models
from app.demo.scenes.geometry import Floats, Picture
from app.demo.scenes.lighting import LAMP_REACH, Lighting
from app.demo.scenes.models import Model
from app.demo.scenes.motion import Placed

_SHIFT = 4
_ONE = 1 << _SHIFT
_SPECK_PX = 6
"""Objects lower than this are painted as one patch."""
_FINE_PX = 15
"""Objects lower than this are painted without lamps, wheels and arms."""

_BODIES = (
    (0.92, 0.93, 0.93), (0.90, 0.90, 0.91), (0.75, 0.76, 0.77), (0.14, 0.13, 0.13), (0.24, 0.24,
    0.62),
    (0.52, 0.26, 0.15), (0.42, 0.43, 0.44), (0.83, 0.86, 0.88), (0.30, 0.42, 0.24), (0.62, 0.75,
    0.82),
    (0.16, 0.20, 0.42), (0.65, 0.45, 0.25),
)  # fmt: skip
_BRIGHT = (
    (0.10, 0.25, 0.80), (0.12, 0.62, 0.90), (0.20, 0.50, 0.15), (0.60, 0.25, 0.10), (0.45, 0.15,
    0.60),
    (0.15, 0.40, 0.85), (0.55, 0.55, 0.10), (0.25, 0.20, 0.70),
)  # fmt: skip
_CLOTHES = (
    (0.86, 0.88, 0.90), (0.80, 0.82, 0.84), (0.62, 0.68, 0.72), (0.55, 0.48, 0.42), (0.32, 0.30,
    0.30),
    (0.52, 0.58, 0.50), (0.58, 0.45, 0.38), (0.40, 0.48, 0.58), (0.30, 0.38, 0.34), (0.75, 0.78,
    0.72),
)  # fmt: skip
_VEILS = (
    (0.16, 0.15, 0.15), (0.55, 0.45, 0.35), (0.45, 0.35, 0.62), (0.35, 0.55, 0.60), (0.70, 0.72,
    0.75), (0.50, 0.30, 0.22),
)  # fmt: skip
_FIXED = {
    models.GLASS: (0.26, 0.22, 0.19),
    models.TRIM: (0.20, 0.20, 0.21),
    models.TYRE: (0.10, 0.10, 0.10),
    models.HEAD_LAMP: (0.85, 0.93, 0.95),
    models.TAIL_LAMP: (0.12, 0.10, 0.66),
    models.SKIN: (0.42, 0.54, 0.70),
    models.HAIR: (0.10, 0.11, 0.13),
}

_SHINING = {models.HEAD_LAMP: (0.85, 0.95, 1.0), models.TAIL_LAMP: (0.15, 0.12, 0.9)}


@dataclass(frozen=True, slots=True)
class _Faces:
    """The faces of a model as arrays, those of a part side by side."""

    corners: tuple[npt.NDArray[np.intp], ...]
    first: npt.NDArray[np.intp]
    normals: Floats
    paints: tuple[str, ...]
    part: npt.NDArray[np.intp]
    is_decal: npt.NDArray[np.bool_]
    part_means: Floats
    """One row a part: what of each point goes into the part's middle."""
    part_heights: Floats


def _faces(shape: Model) -> _Faces:
    key = id(shape)
    if key not in _FACES:
        parts = shape.parts
        faces = [(face, part, index) for index, part in enumerate(parts) for face in part.faces]
        _FACES[key] = _Faces(
            tuple(np.array(face[0]) for face, _, _ in faces),
            np.array([face[0][0] for face, _, _ in faces]),
            np.concatenate([part.normals for part in parts]),
            tuple(face[1] for face, _, _ in faces),
            np.array([index for _, _, index in faces]),
            np.array([part.is_decal for _, part, _ in faces]),
            _means(shape),
            np.array([part.height for part in parts]),
        )
    return _FACES[key]


def _means(shape: Model) -> Floats:
    means = np.zeros((len(shape.parts), len(shape.points)))
    for index, part in enumerate(shape.parts):
        means[index, list(part.points)] = 1 / len(part.points)
    return means


_FACES: dict[int, _Faces] = {}
"""By identity: models live as long as the process, in the caches of `models`."""


@cache
def palette(label: str, style: int, paint: int) -> dict[str, tuple[float, float, float]]:
    """Return the colours of one object, BGR 0..1."""
    colours = dict(_FIXED)
    body = _BODIES[paint % len(_BODIES)]
    second = _BRIGHT[paint // 7 % len(_BRIGHT)]
    if label in ("truck", "bus"):
        body = _BRIGHT[paint % len(_BRIGHT)] if label == "truck" else _BODIES[paint % 3]
    if label == "rickshaw":
        body, second = (
            ((0.22, 0.52, 0.16), (0.16, 0.72, 0.88))
            if paint % 3
            else ((0.60, 0.30, 0.12), (0.2, 0.2, 0.2))
        )
    if label == "motorcycle":
        body = _BRIGHT[paint % len(_BRIGHT)]
        second = _VEILS[paint % len(_VEILS)]
    cloth = _CLOTHES[paint % len(_CLOTHES)]
    if label == "person":
        second = cloth if paint % 3 else (0.25, 0.24, 0.24)
        if style % 3 == 2:
            cloth = _VEILS[paint % len(_VEILS)]
    colours[models.BODY], colours[models.SECOND], colours[models.CLOTH] = body, second, cloth
    return colours


class MeshPainter:
    """Paints objects into pictures of one size and one light."""

    def __init__(
        self, lighting: Lighting, size: tuple[int, int], lamps: list[tuple[float, float, float]]
    ) -> None:
        """Paint into `size` (width, height); `lamps` are (x, z, strength)."""
        self._lighting = lighting
        self._size = np.array(size, float)
        self._scale = np.array(size, float) * _ONE
        sun = np.array(lighting.sun_from)
        self._sun = sun / np.linalg.norm(sun)
        self._sun_colour = np.array(lighting.sun)
        self._ambient = np.array(lighting.ambient)
        self._haze = np.array(lighting.haze)
        self._bases: dict[tuple[str, int, int], tuple[Floats, Floats]] = {}
        self._lamps = np.array(lamps).reshape(-1, 3)

    def paint(self, picture: Picture, placed: Placed, axes: Floats) -> None:
        """Paint one object; `axes` are those of the view."""
        faces = _faces(placed.shape)
        low, top = placed.points.min(axis=0), placed.points.max(axis=0)
        high = float(top[1] - low[1]) * float(self._size[1])
        if high < _SPECK_PX:
            self._paint_speck(picture, placed, low, top)
            return
        sine, cosine = math.sin(placed.heading), math.cos(placed.heading)
        turn = np.array([[cosine, 0, -sine], [0, 1, 0], [sine, 0, cosine]])
        normals = faces.normals @ turn
        towards = placed.camera_points[faces.first]
        visible = ((normals @ axes.T) * towards).sum(axis=1) < 0
        if high < _FINE_PX:
            visible &= ~faces.is_decal
        seen = np.flatnonzero(visible)
        nearness = 2 * faces.part_heights - faces.part_means @ placed.camera_points[:, 2]
        seen = seen[
            np.argsort(nearness[faces.part[seen]] + 1e4 * faces.is_decal[seen], kind="stable")
        ]
        colours = self._colours(placed, seen, normals[seen])
        pixels = np.round(placed.points * self._scale).astype(np.int32)
        for index, colour in zip(seen.tolist(), colours, strict=True):
            corners = pixels[faces.corners[index]]
            cv2.fillConvexPoly(picture, corners, colour, cv2.LINE_AA, _SHIFT)

    def _paint_speck(self, picture: Picture, placed: Placed, low: Floats, top: Floats) -> None:
        """Paint something far away as one patch."""
        colours = self._colours(placed, np.array([0]), np.array([[0.0, 0.7, -0.7]]))
        corners = np.array([[low[0], low[1]], [top[0], low[1]], [top[0], top[1]], [low[0], top[1]]])
        pixels = np.round(corners * self._scale).astype(np.int32)
        cv2.fillConvexPoly(picture, pixels, colours[0], cv2.LINE_AA, _SHIFT)

    def _colours(
        self, placed: Placed, seen: npt.NDArray[np.intp], normals: Floats
    ) -> list[tuple[int, int, int]]:
        base, shining = self._base(placed)
        direct = np.maximum(normals @ self._sun, 0)[:, None]
        light = self._ambient * (0.8 + 0.2 * normals[:, 1:2]) + self._sun_colour * direct
        shown = base[seen] * (light + self._lamp_light(placed.ground))
        if self._lighting.lamps:
            np.maximum(shown, shining[seen], out=shown)
        share = 1 - math.exp(-max(0.0, placed.depth - 8) / self._lighting.haze_m)
        shown = (shown * (1 - share) + self._haze * share) * 255
        return [(b, g, r) for b, g, r in np.minimum(shown, 255).astype(np.int32).tolist()]

    def _base(self, placed: Placed) -> tuple[Floats, Floats]:
        """Return the colour of each face, and the light that it gives itself."""
        mover = placed.mover
        key = (mover.label, mover.style, mover.paint)
        if key not in self._bases:
            paints = _faces(placed.shape).paints
            names = palette(*key)
            base = np.array([names[name] for name in paints])
            shining = np.array([_SHINING.get(name, (0.0, 0.0, 0.0)) for name in paints])
            self._bases[key] = base, shining
        return self._bases[key]

    def _lamp_light(self, ground: tuple[float, float]) -> Floats:
        if not len(self._lamps) or not self._lighting.lamps:
            return np.zeros(3)
        square = (self._lamps[:, 0] - ground[0]) ** 2 + (self._lamps[:, 1] - ground[1]) ** 2
        strength = (
            float((self._lamps[:, 2] / (1 + square / LAMP_REACH) ** 2).sum()) * self._lighting.lamps
        )
        warm: Floats = np.array((0.42, 0.62, 0.75)) * min(strength, 1.2)
        return warm

    def shadow(self, picture: Picture, corners: Floats, keep: float) -> None:
        """Darken a polygon (picture places 0..1), softly at its edge."""
        pixels = corners * self._size
        low = np.maximum(np.floor(pixels.min(axis=0)).astype(int) - 2, 0)
        high = np.minimum(np.ceil(pixels.max(axis=0)).astype(int) + 3, self._size.astype(int))
        if (high - low).min() <= 2:
            return
        part = picture[low[1] : high[1], low[0] : high[0]]
        mask: Picture = np.full(part.shape, 255, np.uint8)
        value = round(255 * keep)
        hull = cv2.convexHull(np.round((pixels - low) * _ONE).astype(np.int32))
        cv2.fillConvexPoly(mask, hull, (value, value, value), cv2.LINE_AA, _SHIFT)
        if (high - low).min() > 14:
            mask = cv2.blur(mask, (5, 5))
        cv2.multiply(part, mask, dst=part, scale=1 / 255)
