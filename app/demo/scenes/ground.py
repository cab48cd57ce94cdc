"""Draws the ground: asphalt with markings, kerbs, pavements, earth, grass and water, pixel by
pixel.

Every pixel is traced back to the ground,
so perspective is right everywhere and markings thin out with
distance as they do in a real picture.
"""

import numpy as np

from app.demo.scenes.geometry import Floats, View
from app.demo.scenes.lighting import LAMP_REACH, Image, Lighting, fractal_noise
from app.demo.scenes.scenery import Road, Scenery

_TILE = 512


class Ground:
    """The ground of one scene in a picture of one size."""

    def __init__(self, scene: Scenery, lighting: Lighting, width: int, height: int) -> None:
        """Trace the pixels of the picture back to the ground."""
        self._scene, self._lighting = scene, lighting
        x, z, depth = scene.view.ground_at(width, height)
        self.first_row = (
            int(np.argmax(np.isfinite(depth[:, 0]))) if np.isfinite(depth).any() else height
        )
        rows = slice(self.first_row, height)
        self.x = x[rows].astype(np.float32)
        self.z = z[rows].astype(np.float32)
        self.depth = depth[rows].astype(np.float32)
        self._pixel = _pixel_metres(scene.view, self.depth, width)
        self._noise = fractal_noise(_TILE, _TILE, 5, octaves=6)

    def albedo(self) -> Image:
        """Return the colour of the ground before light falls on it, BGR 0..1."""
        scene = self._scene
        distance = np.full(self.x.shape, 1e3, np.float32)
        for road in scene.roads:
            distance = np.minimum(distance, _edge_distance(road, self.x, self.z))
        colour = self._base()
        pavement = _step(-distance + scene.pavement + 0.3, self._pixel)
        colour = _mix(colour, self._pavement(), pavement)
        kerb = _step(0.32 - distance, self._pixel)
        colour = _mix(colour, self._kerb(), kerb)
        asphalt = _step(-distance, self._pixel)
        colour = _mix(colour, self._asphalt(), asphalt)
        colour = self._mark(colour, distance)
        for left, right in scene.water:
            inside = _step(np.minimum(self.x - left, right - self.x), self._pixel)
            colour = _mix(colour, self._water(), inside)
        return colour

    def lamp_light(self, lamps: list[tuple[float, float, float]]) -> Image:
        """Return the light that lamps at (x, z, strength) throw on the ground, one channel."""
        light = np.zeros(self.x.shape, np.float32)
        for x, z, strength in lamps:
            square = (self.x - x) ** 2 + (self.z - z) ** 2
            light += strength / (1 + square / LAMP_REACH) ** 2
        return light

    def _sample(self, metres: float, offset: int = 0) -> Image:
        """Noise that repeats after so many metres, flattened where a pixel covers much ground."""
        scale = _TILE / metres
        u = (self.x * scale + offset).astype(np.int32) % _TILE
        v = (self.z * scale + offset).astype(np.int32) % _TILE
        fade = np.clip(metres / 40 / np.maximum(self._pixel, 1e-3), 0, 1)
        sampled: Image = (self._noise[v, u] - 0.5) * fade
        return sampled

    def _base(self) -> Image:
        kind = self._scene.base
        if kind == "water":
            return self._water()
        rough = self._sample(37) * 0.9 + self._sample(9, 90) * 0.5
        if kind == "grass":
            patch = np.clip(0.5 + 2.2 * self._sample(60, 33), 0, 1)[..., None]
            green, dry = np.array((0.20, 0.40, 0.32)), np.array((0.36, 0.50, 0.56))
            return _tinted(green * (1 - patch) + dry * patch, rough * 0.5)
        if kind == "tiles":
            return _tinted(np.array((0.52, 0.58, 0.62)), rough * 0.45)
        return _tinted(np.array((0.44, 0.55, 0.64)), rough * 0.5)

    def _water(self) -> Image:
        ripple = self._sample(14) + self._sample(5, 11) * 0.7
        return _tinted(np.array((0.46, 0.46, 0.36)), ripple * 0.5)

    def _pavement(self) -> Image:
        joint = np.maximum(_grid(self.x, 0.9, self._pixel), _grid(self.z, 0.9, self._pixel))
        tone = self._sample(23, 70) * 0.4 - joint * 0.16
        return _tinted(np.array((0.60, 0.64, 0.67)), tone)

    def _kerb(self) -> Image:
        along = np.where(np.abs(np.sin(self.x)) > 2, self.x, self.z + self.x)
        painted = _dashes(along, 2.4, 0.5, self._pixel)[..., None]
        yellow, black = np.array((0.18, 0.68, 0.86)), np.array((0.16, 0.16, 0.17))
        result: Image = (yellow * painted + black * (1 - painted)).astype(np.float32)
        return result

    def _asphalt(self) -> Image:
        worn = self._sample(29) * 0.5 + self._sample(3.5, 40) * 0.45 + self._sample(90, 9) * 0.6
        dark = 0.62 if self._lighting.wet else 1.0
        return _tinted(np.array((0.34, 0.335, 0.33)) * dark, worn * 0.45)

    def _mark(self, colour: Image, distance: Floats) -> Image:
        scene = self._scene
        white = np.array((0.86, 0.88, 0.88), np.float32)
        inner = np.full(self.x.shape, 1e3, np.float32)
        for road in scene.roads:
            if road.ring:
                inner = np.minimum(inner, _edge_distance(road, self.x, self.z))
        crossing = self._crossing()
        for road in scene.roads:
            paint = self._road_paint(road) * (inner > 0.5) * ~crossing
            colour = _mix(colour, white, paint * (0.8 + 0.6 * self._sample(7)))
            if road.median:
                across = self.x - road.middle if road.along == "z" else self.z - road.middle
                band = road.median / 2 - np.abs(across)
                clear = ~crossing & (inner > 0.2)
                colour = _mix(colour, self._kerb(), _step(band, self._pixel) * clear)
                green = _tinted(np.array((0.20, 0.42, 0.30)), self._sample(9) * 0.8)
                colour = _mix(colour, green, _step(band - 0.3, self._pixel) * clear)
        for x0, x1, z0, z1 in scene.zebras:
            inside = np.minimum.reduce([self.x - x0, x1 - self.x, self.z - z0, z1 - self.z])
            bars = _dashes(self.x, 1.1, 0.5, self._pixel)
            colour = _mix(colour, white, _step(inside, self._pixel) * bars * 0.85)
            line = np.minimum.reduce([self.x - x0, x1 - self.x, 0.2 - np.abs(self.z - z0 + 1.4)])
            colour = _mix(colour, white, _step(line, self._pixel) * 0.85)
        for road in scene.roads:
            if road.ring:
                colour = self._island(colour, road)
        return colour

    def _island(self, colour: Image, road: Road) -> Image:
        assert road.ring is not None
        x, z, radius = road.ring
        edge = radius - road.width / 2 - np.hypot(self.x - x, self.z - z).astype(np.float32)
        colour = _mix(colour, self._kerb(), _step(edge, self._pixel))
        green = _tinted(np.array((0.22, 0.46, 0.30)), self._sample(11) * 0.7)
        colour = _mix(colour, green, _step(edge - 0.45, self._pixel))
        tiled = _tinted(np.array((0.55, 0.62, 0.68)), self._sample(9) * 0.4)
        return _mix(colour, tiled, _step(edge - 5.2, self._pixel))

    def _crossing(self) -> "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]":
        """Where two straight roads cross, nothing is painted along them."""
        straight = [road for road in self._scene.roads if not road.ring]
        count = np.zeros(self.x.shape, np.int8)
        for road in straight:
            count += _edge_distance(road, self.x, self.z) < 1.0
        crossing: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = count > 1
        return crossing

    def _road_paint(self, road: Road) -> Image:
        if road.ring:
            return np.zeros(self.x.shape, np.float32)
        across = (self.x if road.along == "z" else self.z) - road.middle
        along = self.z if road.along == "z" else self.x
        paint = _stripe(np.abs(across) - road.width / 2 + 0.35, 0.07, self._pixel)
        half = road.width / 2
        if road.median:
            paint = np.maximum(
                paint, _stripe(np.abs(across) - road.median / 2 - 0.3, 0.06, self._pixel)
            )
            lanes = (
                [(half + road.median / 2) / 2] if road.width < 20 else [half * 0.385, half * 0.77]
            )
            for lane in lanes:
                dashes = _dashes(along, 6.0, 0.5, self._pixel)
                paint = np.maximum(
                    paint, _stripe(np.abs(across) - lane, 0.07, self._pixel) * dashes
                )
        elif road.width > 12:
            centre = _stripe(np.abs(across) - 0.14, 0.06, self._pixel)
            lanes_at = _stripe(np.abs(across) - half / 2, 0.06, self._pixel)
            paint = np.maximum.reduce(
                [paint, centre, lanes_at * _dashes(along, 5.0, 0.45, self._pixel)]
            )
        else:
            centre = _stripe(across, 0.08, self._pixel) * _dashes(along, 5.0, 0.5, self._pixel)
            paint = np.maximum(paint, centre)
        return paint.astype(np.float32)


def _edge_distance(road: Road, x: Image, z: Image) -> Image:
    """Metres to the road's edge, negative on the road."""
    if road.ring:
        ring_x, ring_z, radius = road.ring
        across = np.hypot(x - ring_x, z - ring_z) - radius
    else:
        across = (x if road.along == "z" else z) - road.middle
    away: Image = np.abs(across) - road.width / 2
    return away


def _pixel_metres(view: View, depth: Image, width: int) -> Image:
    """How many metres of ground a pixel covers, between across and along."""
    across = depth / (view.focal * width)
    slant = np.sqrt(np.maximum(depth / view.height, 1.0))
    metres: Image = (across * slant).astype(np.float32)
    return metres


def _step(inside: Image, pixel: Image) -> Image:
    result: Image = np.clip(inside / np.maximum(pixel, 1e-3) + 0.5, 0, 1).astype(np.float32)
    return result


def _stripe(away: Image, half: float, pixel: Image) -> Image:
    """A painted line: full where it covers a pixel, thinner with distance."""
    cover = np.minimum(1.0, 2 * half / np.maximum(pixel, 1e-3))
    near = np.clip(
        (np.maximum(half, pixel / 2) - np.abs(away)) / np.maximum(pixel, 1e-3) + 0.5, 0, 1
    )
    result: Image = (near * cover).astype(np.float32)
    return result


def _dashes(along: Image, length: float, share: float, pixel: Image) -> Image:
    place = np.mod(along / length, 1.0)
    soft = np.clip(pixel / length, 0.01, 0.5)
    edge = np.minimum(place, share - place)
    fine = np.clip(edge / soft + 0.5, 0, 1) + np.clip((place - 1) / soft + 0.5, 0, 1)
    blur = np.clip(pixel / length * 2 - 0.4, 0, 1)
    result: Image = (np.clip(fine, 0, 1) * (1 - blur) + share * blur).astype(np.float32)
    return result


def _grid(value: Image, size: float, pixel: Image) -> Image:
    away = np.abs(np.mod(value / size, 1.0) - 0.5) * size
    return _stripe(away - size / 2, 0.02, pixel)


def _mix(below: Image, above: Image, share: Image) -> Image:
    part = np.clip(share, 0, 1)[..., None]
    result: Image = (below * (1 - part) + above * part).astype(np.float32)
    return result


def _tinted(colour: Floats, tone: Image) -> Image:
    result: Image = (colour * (1 + tone[..., None])).astype(np.float32)
    return result
