"""Paints in world metres onto the background: polygons, blobs, lines, fronts of houses, and their
light."""

from dataclasses import dataclass

import cv2
import numpy as np

from app.demo.scenes.facades import Facade
from app.demo.scenes.geometry import NEAR, Floats, Picture, View, box
from app.demo.scenes.lighting import Lighting

Colour = tuple[float, float, float]
Place = tuple[float, float, float]


@dataclass(slots=True)
class Brush:
    """A background in the making: what is lit, and what shines by itself."""

    view: View
    lighting: Lighting
    picture: Picture
    light: Picture

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.picture.shape[1], self.picture.shape[0]

    def depth(self, place: Place) -> float:
        """Return the distance of a place along the view."""
        return float(self.view.to_camera(np.array([place]))[0, 2])

    def pixels(self, places: list[Place] | Floats) -> Picture | None:
        """Return a polygon in pixels, or None when it is behind the camera."""
        projected = self.view.project(np.array(places, float))
        if projected is None:
            return None
        pixels: Picture = np.round(projected * self.size).clip(-20000, 20000).astype(np.int32)
        return pixels

    def tone(self, colour: Colour, normal: Place, depth: float) -> tuple[int, int, int]:
        """Return a colour in this light and air, as BGR bytes."""
        lit = np.array(colour) * self.lighting.shade(np.array(normal, float))
        b, g, r = np.clip(self.lighting.hazed(lit, depth) * 255, 0, 255).astype(int).tolist()
        return b, g, r

    def polygon(
        self, places: list[Place], colour: Colour, normal: Place, *, light: Colour | None = None
    ) -> None:
        """Fill a flat polygon; `light` makes it shine."""
        pixels = self.pixels(places)
        if pixels is None:
            return
        middle = np.mean(np.array(places, float), axis=0)
        depth = self.depth((float(middle[0]), float(middle[1]), float(middle[2])))
        cv2.fillPoly(self.picture, [pixels], self.tone(colour, normal, depth), cv2.LINE_AA)
        cv2.fillPoly(self.light, [pixels], self._bytes(light), cv2.LINE_AA)

    def box(
        self,
        x: tuple[float, float],
        y: tuple[float, float],
        z: tuple[float, float],
        colour: Colour,
        *,
        light: Colour | None = None,
    ) -> None:
        """Fill the faces of a box that are seen."""
        corners, faces = box(x, y, z)
        normals = ((-1, 0, 0), (1, 0, 0), (0, -1, 0), (0, 1, 0), (0, 0, -1), (0, 0, 1))
        for face, normal in zip(faces, normals, strict=True):
            outside = (self.view.position - corners[face[0]]) @ np.array(normal, float)
            if outside > 0:
                places: list[Place] = [tuple(corners[index].tolist()) for index in face]
                self.polygon(
                    places,
                    colour,
                    (float(normal[0]), float(normal[1]), float(normal[2])),
                    light=light,
                )

    def blob(
        self,
        place: Place,
        radius: float,
        colour: Colour,
        up: float = 0.5,
        *,
        light: Colour | None = None,
    ) -> None:
        """A round patch; `up` from -1 to 1 says how much it faces the sky."""
        found = self._point(place)
        if found is None:
            return
        pixel, depth = found
        size = max(1, round(self.view.focal * self.size[0] * radius / depth))
        cv2.circle(
            self.picture, pixel, size, self.tone(colour, (0.0, up, -0.4), depth), -1, cv2.LINE_AA
        )
        cv2.circle(self.light, pixel, size, self._bytes(light), -1, cv2.LINE_AA)

    def line(self, places: list[Place], width_m: float, colour: Colour) -> None:
        """A line of some thickness through places."""
        points = np.array(places, float)
        camera = self.view.to_camera(points)
        kept = camera[:, 2] > NEAR
        if kept.sum() < 2:
            return
        pixels = (
            np.round(self.view.to_picture(camera[kept]) * self.size)
            .clip(-20000, 20000)
            .astype(np.int32)
        )
        depth = float(camera[kept, 2].mean())
        wide = self.view.focal * self.size[0] * width_m / depth
        tone = self.tone(colour, (0.0, 0.3, -0.9), depth)
        cv2.polylines(self.picture, [pixels], False, tone, max(1, round(wide)), cv2.LINE_AA)

    def front(
        self, start: Floats, end: Floats, height: float, drawn: Facade, normal: Place
    ) -> None:
        """A house front between two places on the ground, left to right as it is seen from
        outside."""
        camera = self.view.to_camera(np.array([start, end]))
        left, right = _visible_part(float(camera[0, 2]), float(camera[1, 2]))
        if right - left < 0.02:
            return
        a, b = start + (end - start) * left, start + (end - start) * right
        up = np.array([0.0, height, 0.0])
        target = (
            self.view.to_picture(self.view.to_camera(np.array([a + up, b + up, b, a]))) * self.size
        )
        if target[:, 0].max() < 0 or target[:, 0].min() > self.size[0]:
            return
        wide = drawn.colours.shape[1]
        columns = slice(int(wide * left), max(int(wide * left) + 2, int(wide * right)))
        middle = (a + b) / 2
        depth = self.depth((float(middle[0]), height / 2, float(middle[2])))
        shade = self.lighting.shade(np.array(normal, float))
        share = float(1 - np.exp(-max(0.0, depth - 8) / self.lighting.haze_m))
        lit = (
            drawn.colours[:, columns] * shade * (1 - share)
            + np.array(self.lighting.haze) * 255 * share
        )
        self._warp(np.clip(lit, 0, 255).astype(np.uint8), target, self.picture)
        self._warp((drawn.light[:, columns] * (1 - share)).astype(np.uint8), target, self.light)

    def _warp(self, source: Picture, target: Floats, onto: Picture) -> None:
        edges = np.linalg.norm(target - np.roll(target, -1, axis=0), axis=1)
        shrink_x = max(edges[0], edges[2], 1) / source.shape[1]
        shrink_y = max(edges[1], edges[3], 1) / source.shape[0]
        if min(shrink_x, shrink_y) < 0.7:
            small = (
                max(2, round(source.shape[1] * min(1.0, shrink_x * 1.2))),
                max(2, round(source.shape[0] * min(1.0, shrink_y * 1.2))),
            )
            source = cv2.resize(source, small, interpolation=cv2.INTER_AREA)
        high, wide = source.shape[:2]
        low = np.maximum(np.floor(target.min(axis=0)).astype(int), 0)
        top = np.minimum(np.ceil(target.max(axis=0)).astype(int) + 1, self.size)
        if (top - low).min() <= 0:
            return
        corners = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32)
        matrix = cv2.getPerspectiveTransform(corners, (target - low).astype(np.float32))
        size = (int(top[0] - low[0]), int(top[1] - low[1]))
        warped = cv2.warpPerspective(
            source, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        mask = np.zeros((size[1], size[0]), np.uint8)
        cv2.fillConvexPoly(mask, np.round(target - low).astype(np.int32), 255)
        cv2.copyTo(warped, mask, onto[low[1] : top[1], low[0] : top[0]])

    def _point(self, place: Place) -> tuple[tuple[int, int], float] | None:
        camera = self.view.to_camera(np.array([place], float))
        depth = float(camera[0, 2])
        if depth <= NEAR:
            return None
        x, y = (self.view.to_picture(camera)[0] * self.size).tolist()
        if not (-4000 < x < 12000 and -4000 < y < 12000):
            return None
        return (round(x), round(y)), depth

    def _bytes(self, light: Colour | None) -> tuple[int, int, int]:
        if light is None:
            return 0, 0, 0
        return round(light[0] * 255), round(light[1] * 255), round(light[2] * 255)


def _visible_part(first: float, second: float) -> tuple[float, float]:
    """Return which part of a line between two depths lies in front of the camera."""
    near = 0.9
    if first >= near and second >= near:
        return 0.0, 1.0
    if first < near and second < near:
        return 0.0, 0.0
    share = (near - first) / (second - first)
    return (share, 1.0) if first < near else (0.0, share)
