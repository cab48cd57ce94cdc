"""Draws the pictures of a clip: the still background, what moves, weather, and the camera's
clock."""

import math
from collections.abc import Sequence

import cv2
import numpy as np

from app.demo.scenes.background import Background, Occluder, paint_background, shadow_corners
from app.demo.scenes.catalogue import FPS, LOOP_S, Light, Variant
from app.demo.scenes.geometry import Floats, Picture
from app.demo.scenes.lighting import LIGHTINGS
from app.demo.scenes.meshes import MeshPainter
from app.demo.scenes.motion import Placed, placed_at
from app.demo.scenes.places import scenery, stage
from app.demo.scenes.scenery import Prop

_RAIN_LAYERS = 6
_GLOW_SIZES = 24
_SIGNAL_COLOURS = ((110, 230, 60), (40, 190, 250), (50, 50, 240))
"""Green, amber, red; BGR."""


class SceneRenderer:
    """Draws one variant in one size; pictures may be asked for in any order."""

    def __init__(self, variant: Variant, width: int, height: int) -> None:
        """Paint the background."""
        self._size = (width, height)
        self._scale = np.array((width, height)) * 16
        self._lighting = LIGHTINGS[variant.light]
        self._view, self._movers = stage(variant)
        self._title = scenery(variant).title
        self._background: Background = paint_background(variant, width, height)
        self._meshes = MeshPainter(self._lighting, self._size, self._background.lamps)
        self._rain = _rain_layers(width, height) if variant.light is Light.RAIN else []
        self._glows = [_glow(2 + 2 * index) for index in range(_GLOW_SIZES)]
        self._hidden = sorted(self._background.occluders, key=lambda one: -one.depth)
        props = scenery(variant).props
        self._signals = [prop for prop in props if prop.kind == "signal"]

    def frame(self, index: int) -> Picture:
        """Return picture `index` of the loop, BGR."""
        seconds = index % (FPS * LOOP_S) / FPS
        picture = self._background.picture.copy()
        things = placed_at(self._view, self._movers, seconds)
        self._paint_in_depth_order(picture, things, self._hidden)
        for prop in self._signals:
            self._signal_lights(picture, prop, seconds)
        if self._lighting.lamps:
            for placed in things:
                self._head_lamps(picture, placed)
        if self._rain:
            cv2.add(picture, self._rain[index * 5 % _RAIN_LAYERS], dst=picture)
        self._write_title(picture)
        self._write_clock(picture, seconds)
        return picture

    def _paint_in_depth_order(
        self, picture: Picture, things: Sequence[Placed], hidden: Sequence[Occluder]
    ) -> None:
        for placed in things:
            if placed.depth > 60:
                continue
            corners = shadow_corners(
                self._view, self._lighting, placed.shape.size, placed.ground, placed.heading
            )
            if corners is not None:
                self._meshes.shadow(picture, corners, min(0.8, self._lighting.shadow + 0.15))
        painted: list[tuple[int, int, int, int]] = []
        following = 0
        for placed in things:
            while following < len(hidden) and hidden[following].depth > placed.depth:
                self._hide(picture, hidden[following], painted)
                following += 1
            self._meshes.paint(picture, placed, self._view.axes)
            painted.append(self._pixel_box(placed.points))
        for occluder in hidden[following:]:
            self._hide(picture, occluder, painted)

    def _hide(
        self, picture: Picture, occluder: Occluder, painted: Sequence[tuple[int, int, int, int]]
    ) -> None:
        """Put the occluder back over the parts of it that were painted over."""
        high, wide = occluder.mask.shape
        x1, y1 = occluder.left + wide, occluder.top + high
        for box in painted:
            if box[0] >= x1 or box[2] <= occluder.left or box[1] >= y1 or box[3] <= occluder.top:
                continue
            left, top = max(box[0], occluder.left), max(box[1], occluder.top)
            right, bottom = min(box[2], x1), min(box[3], y1)
            inner = (
                slice(top - occluder.top, bottom - occluder.top),
                slice(left - occluder.left, right - occluder.left),
            )
            cv2.copyTo(
                occluder.pixels[inner], occluder.mask[inner], picture[top:bottom, left:right]
            )

    def _pixel_box(self, points: Floats) -> tuple[int, int, int, int]:
        (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        width, height = self._size
        return (
            max(0, int(left * width) - 1),
            max(0, int(top * height) - 1),
            int(right * width) + 2,
            int(bottom * height) + 2,
        )

    def _head_lamps(self, picture: Picture, placed: Placed) -> None:
        """Glow around the lamps that look at the camera."""
        mover = placed.mover
        if mover.label == "person":
            return
        half = placed.shape.size[0] * 0.36
        length = placed.shape.size[2] / 2
        ahead = np.array([np.sin(placed.heading), 0.0, np.cos(placed.heading)])
        side = np.array([ahead[2], 0.0, -ahead[0]])
        middle = np.array([placed.ground[0], 0.75, placed.ground[1]])
        is_single = mover.label in ("motorcycle", "rickshaw")
        for end, colour, size in ((1.0, (0.75, 0.9, 1.0), 1.0), (-1.0, (0.12, 0.1, 0.9), 0.45)):
            place = middle + ahead * length * end
            towards = self._view.position - place
            if float(towards @ ahead) * end <= 0:
                continue
            for across in (0.0,) if is_single else (-half, half):
                self._add_glow(picture, place + side * across, colour, size)

    def _add_glow(
        self, picture: Picture, place: Floats, colour: tuple[float, float, float], size: float
    ) -> None:
        camera = self._view.to_camera(place[None, :])
        if camera[0, 2] < 2:
            return
        x, y = np.round(self._view.to_picture(camera)[0] * self._size).astype(int).tolist()
        reach = self._view.focal * self._size[0] * 0.8 * size / float(camera[0, 2])
        glow = self._glows[int(min(max(reach / 2, 0), _GLOW_SIZES - 1))]
        radius = glow.shape[0] // 2
        left, top = x - radius, y - radius
        x0, y0 = max(0, left), max(0, top)
        x1, y1 = min(self._size[0], x + radius + 1), min(self._size[1], y + radius + 1)
        if x1 <= x0 or y1 <= y0:
            return
        strength = self._lighting.lamps
        part = glow[y0 - top : y1 - top, x0 - left : x1 - left, None]
        shine = (part * np.array(colour, np.float32) * (255 * strength)).astype(np.uint8)
        target = picture[y0:y1, x0:x1]
        cv2.add(target, shine, dst=target)

    def _signal_lights(self, picture: Picture, prop: Prop, seconds: float) -> None:
        """Show the colour of the moment; the traffic of `places` keeps to the same plan."""
        is_along = abs(math.cos(prop.heading)) > 0.5
        since_green = (seconds - (2.0 if is_along else 32.0)) % LOOP_S
        lit = 0 if since_green < 23 else 1 if since_green < 26 else 2
        reach = 3.2 if prop.x < 0 else -3.2
        for x, base in ((prop.x + reach, 4.8), (prop.x, 3.0)):
            place = np.array([[x, base + 0.25 + 0.35 * lit, prop.z - 0.16]])
            camera = self._view.to_camera(place)
            if camera[0, 2] < 2:
                continue
            pixel = np.round(self._view.to_picture(camera)[0] * self._scale).astype(int).tolist()
            radius = round(self._view.focal * self._scale[0] * 0.15 / float(camera[0, 2]))
            cv2.circle(picture, pixel, radius, _SIGNAL_COLOURS[lit], -1, cv2.LINE_AA, 4)

    # --- what the camera writes into the picture ---

    def _write_title(self, picture: Picture) -> None:
        scale = self._size[1] / 720
        place = (round(24 * scale), self._size[1] - round(24 * scale))
        _write(picture, self._title, place, scale * 0.85)

    def _write_clock(self, picture: Picture, seconds: float) -> None:
        scale = self._size[1] / 720
        tenths = int(seconds * 10 + 1e-6)
        text = f":{tenths // 10:02d}.{tenths % 10}"
        place = (self._size[0] - round(130 * scale), self._size[1] - round(24 * scale))
        _write(picture, text, place, scale * 1.0)


def _write(picture: Picture, text: str, place: tuple[int, int], scale: float) -> None:
    font, thin = cv2.FONT_HERSHEY_SIMPLEX, max(1, round(2 * scale))
    for dx, dy in ((1, 1), (-1, 1)):
        shadow = (place[0] + dx * thin, place[1] + dy * thin)
        cv2.putText(picture, text, shadow, font, scale, (20, 20, 20), thin, cv2.LINE_AA)
    cv2.putText(picture, text, place, font, scale, (240, 240, 240), thin, cv2.LINE_AA)


def _glow(radius: int) -> Picture:
    axis = np.linspace(-1, 1, 2 * radius + 1, dtype=np.float32)
    away = np.sqrt(axis[:, None] ** 2 + axis[None, :] ** 2)
    core = np.clip(1 - away * 4.0, 0, 1)
    halo = np.clip(1 - away, 0, 1) ** 2.5 * 0.45
    shine: Picture = np.minimum(core + halo, 1).astype(np.float32)
    return shine


def _rain_layers(width: int, height: int) -> list[Picture]:
    layers: list[Picture] = []
    for index in range(_RAIN_LAYERS):
        source = np.random.default_rng(900 + index)
        layer = np.zeros((height, width, 3), np.uint8)
        for _ in range(170):
            x, y = int(source.integers(0, width)), int(source.integers(-20, height))
            length = round(height * float(source.uniform(0.02, 0.06)))
            value = int(source.integers(14, 34))
            cv2.line(layer, (x, y), (x - length // 7, y + length), (value,) * 3, 1, cv2.LINE_AA)
        layers.append(layer)
    return layers
