"""The still part of a scene: sky, ground, houses, street furniture, and what hides passing objects.

Painted once at twice the size and shrunk, which smooths all edges.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from zlib import crc32

import cv2
import numpy as np

from app.demo.scenes.brush import Brush, Place
from app.demo.scenes.catalogue import Variant
from app.demo.scenes.facades import facade
from app.demo.scenes.geometry import Floats, Picture, View
from app.demo.scenes.ground import Ground
from app.demo.scenes.lighting import LIGHTINGS, Image, Lighting, fractal_noise
from app.demo.scenes.meshes import MeshPainter
from app.demo.scenes.motion import Mover, Path, placed_at
from app.demo.scenes.places import scenery
from app.demo.scenes.props import draw_prop
from app.demo.scenes.scenery import Building, Prop, Scenery

_OVER = 2
_TREE_SHADOWS = {"tree": 2.1, "palm": 1.6}
_PARKED = {"parked": "motorcycle", "parked-car": "car", "parked-bus": "bus"}
_WIDE = ("civic", "wall", "office")


@dataclass(frozen=True, slots=True)
class Occluder:
    """Something still that hides what passes behind it."""

    depth: float
    left: int
    top: int
    mask: Picture
    pixels: Picture


@dataclass(frozen=True, slots=True)
class Background:
    """The finished still part in the size of the clip."""

    picture: Picture
    occluders: tuple[Occluder, ...]
    lamps: list[tuple[float, float, float]]


def paint_background(variant: Variant, width: int, height: int) -> Background:
    """Paint everything that does not move."""
    return _Painter(variant, width, height).paint()


class _Painter:
    def __init__(self, variant: Variant, width: int, height: int) -> None:
        self._scene: Scenery = scenery(variant)
        self._lighting: Lighting = LIGHTINGS[variant.light]
        self._size = (width, height)
        self._seed = crc32(variant.name.encode())
        big = (height * _OVER, width * _OVER, 3)
        self._brush = Brush(
            self._scene.view, self._lighting, np.zeros(big, np.uint8), np.zeros(big, np.uint8)
        )
        self._lamps = [
            (p.x + (1.5 if p.x <= 0 else -1.5), p.z, 0.9)
            for p in self._scene.props
            if p.kind == "lamp"
        ]
        self._meshes = MeshPainter(self._lighting, (width * _OVER, height * _OVER), self._lamps)
        self._masks: list[tuple[float, int, int, Picture]] = []

    def paint(self) -> Background:
        ground = Ground(self._scene, self._lighting, *self._brush.size)
        self._sky(ground.first_row)
        self._ground(ground)
        for depth, item, hides in sorted(self._items(), key=lambda entry: -entry[0]):
            self._draw(depth, item, hides)
        finished = self._finish()
        small: Picture = cv2.resize(finished, self._size, interpolation=cv2.INTER_AREA)
        occluders = tuple(
            Occluder(depth, left, top, mask, small[top : top + mask.shape[0],
            left : left + mask.shape[1]].copy())
            for depth, left, top, mask in self._masks
        )  # fmt: skip
        return Background(small, occluders, self._lamps)

    # --- sky and ground ---

    def _sky(self, horizon: int) -> None:
        width, height = self._brush.size
        lighting = self._lighting
        fall = np.linspace(0, 1, max(1, horizon), dtype=np.float32)[:, None, None] ** 1.3
        sky = np.array(lighting.sky_top) * (1 - fall) + np.array(lighting.sky_low) * fall
        sky = np.repeat(sky, width, axis=1).astype(np.float32)
        noise = fractal_noise(512, 1024, self._seed, octaves=5, base=3)
        cloud = cv2.resize(noise[:200], (width, max(1, horizon)), interpolation=cv2.INTER_LINEAR)
        share = (np.clip((cloud - 0.5) * 3.2, 0, 1) * lighting.clouds)[..., None]
        bright = np.minimum(np.array(lighting.sky_low) * 1.12, 1.0)
        sky = sky * (1 - share) + bright * share
        self._brush.picture[:horizon] = np.clip(sky * 255, 0, 255).astype(np.uint8)
        self._hills(horizon, width, height)

    def _hills(self, horizon: int, width: int, height: int) -> None:
        for layer, (rise, mix) in enumerate(((0.075, 0.55), (0.045, 0.75))):
            noise = fractal_noise(64, 2048, 77 + layer, octaves=6, base=4)[10]
            line = cv2.resize(noise[None, :], (width, 1), interpolation=cv2.INTER_CUBIC)[0]
            tops = horizon - (line * rise + 0.004) * height
            points = np.concatenate(
                [np.stack([np.arange(width), tops], 1), [[width, horizon + 2], [0, horizon + 2]]]
            )
            stone = np.array((0.52, 0.46, 0.44)) * np.array(self._lighting.ambient) * 1.3
            colour = stone * (1 - mix) + np.array(self._lighting.haze) * mix
            tone = np.clip(colour * 255, 0, 255).tolist()
            cv2.fillPoly(
                self._brush.picture, [np.round(points).astype(np.int32)], tone, cv2.LINE_AA
            )

    def _ground(self, ground: Ground) -> None:
        lighting = self._lighting
        rows = slice(ground.first_row, self._brush.size[1])
        light = np.array(lighting.shade(np.array([0.0, 1.0, 0.0])), np.float32)
        shadow = self._shadows()[rows]
        lit = ground.albedo() * (light * shadow[..., None])
        if lighting.lamps:
            glow = ground.lamp_light(self._lamps) * lighting.lamps
            lit += ground.albedo() * glow[..., None] * np.array((0.55, 0.85, 1.05), np.float32)
        share = (1 - np.exp(-np.maximum(ground.depth - 8, 0) / lighting.haze_m))[..., None]
        shown = lit * (1 - share) + np.array(lighting.haze, np.float32) * share
        self._brush.picture[rows] = np.clip(shown * 255, 0, 255).astype(np.uint8)

    def _shadows(self) -> Image:
        """How much light each pixel of the ground keeps."""
        width, height = self._brush.size
        mask = np.full((height, width), 255, np.uint8)
        for building in self._scene.buildings:
            corners = [(x, z) for x in building.x for z in building.z]
            self._cast(mask, corners, building.height)
        for prop in self._scene.props:
            reach = _TREE_SHADOWS.get(prop.kind, 0.0) * prop.size
            if reach:
                self._cast_round(mask, prop, reach)
        kept = self._lighting.shadow
        soft = cv2.GaussianBlur(mask, (0, 0), width / 500)
        result: Image = soft.astype(np.float32) / 255 * (1 - kept) + kept
        return result

    def _offset(self, height: float) -> tuple[float, float]:
        x, y, z = self._lighting.sun_from
        return -x / y * height, -z / y * height

    def _cast(self, mask: Picture, corners: list[tuple[float, float]], height: float) -> None:
        dx, dz = self._offset(min(height, 8.0))
        flat = np.array(corners + [(x + dx, z + dz) for x, z in corners], np.float32)
        hull = cv2.convexHull(flat)[:, 0]
        self._darken(mask, [(float(x), 0.0, float(z)) for x, z in hull])

    def _cast_round(self, mask: Picture, prop: Prop, reach: float) -> None:
        dx, dz = self._offset(4.0 * prop.size)
        source = np.random.default_rng(prop.seed)
        for _ in range(10):
            x, z = source.normal(0, reach * 0.45, 2)
            size = reach * source.uniform(0.3, 0.6)
            turns = np.linspace(0, 2 * math.pi, 11)[:-1]
            ring: list[Place] = [
                (prop.x + dx + x + size * math.cos(t), 0.0, prop.z + dz + z + size * math.sin(t))
                for t in turns
            ]
            self._darken(mask, ring)

    def _darken(self, mask: Picture, places: list[Place]) -> None:
        pixels = self._brush.pixels(places)
        if pixels is not None:
            cv2.fillPoly(mask, [pixels], 0)

    # --- what stands on the ground ---

    def _items(self) -> list[tuple[float, Callable[[], None], bool]]:
        brush, scene = self._brush, self._scene
        items: list[tuple[float, Callable[[], None], bool]] = []
        for building in scene.buildings:
            place = (sum(building.x) / 2, 0.0, sum(building.z) / 2)
            items.append((brush.depth(place), partial(self._building, building), True))
        for prop in scene.props:
            depth = brush.depth((prop.x, 0.0, prop.z))
            if prop.kind in _PARKED:
                items.append((depth, partial(self._parked, prop), True))
            elif depth > 1.0:
                items.append((depth, partial(self._prop, prop), True))
        for x, height, first in scene.wires:
            for index in range(4):
                z = first + 26.0 * index
                items.append(
                    (brush.depth((x, 0.0, z)) - 0.5, partial(self._wire, (x, height, z)), True)
                )
        items += [
            (brush.depth((0.0, 0.0, z)), partial(self._bunting, z), True) for z in scene.bunting
        ]
        return items

    def _draw(self, depth: float, item: Callable[[], None], hides: bool) -> None:
        before = self._brush.picture.copy() if hides and depth < 75 else None
        item()
        if before is None:
            return
        changed = cv2.absdiff(self._brush.picture, before)
        small = cv2.resize(changed, self._size, interpolation=cv2.INTER_AREA).max(axis=2) > 5
        if not small.any():
            return
        rows, columns = np.flatnonzero(small.any(axis=1)), np.flatnonzero(small.any(axis=0))
        top, left = int(rows[0]), int(columns[0])
        mask = small[top : rows[-1] + 1, left : columns[-1] + 1].astype(np.uint8) * 255
        self._masks.append((depth, left, top, mask))

    def _building(self, building: Building) -> None:
        brush = self._brush
        x0, x1 = building.x
        z0, z1 = building.z
        eye = brush.view.position
        high = building.height
        roof: list[Place] = [(x0, high, z0), (x1, high, z0), (x1, high, z1), (x0, high, z1)]
        if eye[1] > high:
            brush.polygon(roof, (0.58, 0.63, 0.66), (0.0, 1.0, 0.0))
        road_style, side_style = (
            building.style,
            building.style if building.style in _WIDE else "mud",
        )
        faces: list[tuple[float, tuple[float, float], tuple[float, float], Place, str]] = [
            (
                z0 - eye[2],
                (x0, z0),
                (x1, z0),
                (0.0, 0.0, -1.0),
                side_style if x1 - x0 < 14 else road_style,
            ),
            (eye[0] - x1, (x1, z0), (x1, z1), (1.0, 0.0, 0.0), road_style),
            (x0 - eye[0], (x0, z1), (x0, z0), (-1.0, 0.0, 0.0), road_style),
        ]
        for outside, start, end, normal, style in faces:
            if outside > 0:
                a, b = np.array([start[0], 0.0, start[1]]), np.array([end[0], 0.0, end[1]])
                drawn = facade(float(np.linalg.norm(b - a)), high, style, building.seed)
                brush.front(a, b, high, drawn, normal)

    def _prop(self, prop: Prop) -> None:
        draw_prop(self._brush, prop)

    def _parked(self, prop: Prop) -> None:
        label = _PARKED[prop.kind]
        turned = 1.2 if label == "motorcycle" else 0.03
        ahead = (prop.x + math.sin(turned) * 9, prop.z + math.cos(turned) * 9)
        way = Path([(prop.x, prop.z), ahead])
        still = Mover(
            "parked", label, way, 1.0, 0.0, 60.0, prop.seed % 3, prop.seed * 13 + round(prop.z)
        )
        for placed in placed_at(self._brush.view, [still], 0.001):
            corners = self._shadow_corners(placed.shape.size, (prop.x, prop.z), turned)
            if corners is not None:
                self._meshes.shadow(self._brush.picture, corners, 0.55)
            self._meshes.paint(self._brush.picture, placed, self._brush.view.axes)

    def _shadow_corners(
        self, size: tuple[float, float, float], ground: tuple[float, float], heading: float
    ) -> Floats | None:
        return shadow_corners(self._scene.view, self._lighting, size, ground, heading)

    def _wire(self, start: tuple[float, float, float]) -> None:
        x, height, z = start
        sagging: list[Place] = [
            (x, height - 0.7 * 4 * t * (1 - t), z + 26 * t) for t in (i / 16 for i in range(17))
        ]
        self._brush.line(sagging, 0.03, (0.12, 0.12, 0.12))

    def _bunting(self, z: float) -> None:
        colours = (
            (0.2, 0.25, 0.85),
            (0.2, 0.75, 0.9),
            (0.3, 0.6, 0.2),
            (0.85, 0.85, 0.88),
            (0.7, 0.4, 0.2),
        )
        places: list[Place] = [
            (-8.4 + 16.8 * t, 6.6 - 1.0 * 4 * t * (1 - t), z) for t in (i / 24 for i in range(25))
        ]
        self._brush.line(places, 0.03, (0.2, 0.2, 0.2))
        for index, (a, b) in enumerate(pairwise(places)):
            tip = ((a[0] + b[0]) / 2, a[1] - 0.55, z)
            self._brush.polygon([a, b, tip], colours[index % 5], (0.0, 0.2, -1.0))

    # --- the finish ---

    def _finish(self) -> Picture:
        lighting, width = self._lighting, self._brush.size[0]
        picture = self._brush.picture.astype(np.float32)
        if lighting.lamps:
            light = self._brush.light.astype(np.float32) * lighting.lamps
            quarter = cv2.resize(light, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
            bloom = cv2.GaussianBlur(quarter, (0, 0), width / 900) * 0.5
            bloom += cv2.GaussianBlur(quarter, (0, 0), width / 150) * 0.7
            picture += light * 0.75 + cv2.resize(bloom, self._brush.size)
        if lighting.wet or lighting.lamps > 0.9:
            picture += self._reflections() * (0.3 if lighting.wet else 0.12)
        picture *= _vignette(*self._brush.size)
        grain = (
            np.random.default_rng(self._seed).normal(0, 1.6, picture.shape[:2]).astype(np.float32)
        )
        picture += grain[..., None]
        return np.clip(picture, 0, 255).astype(np.uint8)

    def _reflections(self) -> Image:
        """Light drawn out towards the viewer, as on a wet road."""
        width, height = self._brush.size
        small = cv2.resize(
            self._brush.light, (width // 4, height // 4), interpolation=cv2.INTER_AREA
        )
        streak = cv2.blur(small.astype(np.float32), (3, height // 8))
        moved = np.roll(streak, height // 16, axis=0)
        result: Image = cv2.resize(moved, (width, height)) * max(self._lighting.lamps, 0.5) * 1.6
        return result


def shadow_corners(
    view: View,
    lighting: Lighting,
    size: tuple[float, float, float],
    ground: tuple[float, float],
    heading: float,
) -> Floats | None:
    """Return where an object's shadow lies in the picture, or None when it is behind the camera."""
    half_width, half_length = size[0] / 2, size[2] / 2
    sine, cosine = math.sin(heading), math.cos(heading)
    sun_x, sun_y, sun_z = lighting.sun_from
    places = []
    for lift in (0.0, min(size[1], 2.2) * 0.8):
        dx, dz = -sun_x / sun_y * lift, -sun_z / sun_y * lift
        for across in (-half_width, half_width):
            for along in (-half_length, half_length):
                x = ground[0] + across * cosine + along * sine + dx
                z = ground[1] - across * sine + along * cosine + dz
                places.append((x, 0.0, z))
    camera = view.to_camera(np.array(places))
    if camera[:, 2].min() <= 0.6:
        return None
    return view.to_picture(camera)


def _vignette(width: int, height: int) -> Image:
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    result: Image = (1 - 0.11 * (x * x + y * y) ** 1.2)[..., None]
    return result
