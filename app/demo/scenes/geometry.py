"""The pinhole camera on its pole: world metres to picture and back.

World: x right, y up, z ahead along the road, metres,
ground at y = 0. Picture: 0..1 from the top left.
"""

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.integer[Any] | np.floating[Any]]
"""Numbers for each place or pixel; the union is what OpenCV's functions are typed with."""
Picture = Floats

ASPECT = 16 / 9
NEAR = 0.6


@dataclass(frozen=True, slots=True)
class View:
    """Where the camera hangs and where it looks."""

    x: float
    height: float
    z: float = 0.0
    yaw: float = 0.0
    """Degrees to the right."""
    pitch: float = 14.0
    """Degrees down."""
    focal: float = 0.9
    """Focal length in picture widths."""

    @property
    def axes(self) -> Floats:
        """Right, up and forward as rows."""
        return _axes(self.yaw, self.pitch)

    @property
    def position(self) -> Floats:
        """The camera in the world."""
        return np.array([self.x, self.height, self.z])

    def to_camera(self, points: Floats) -> Floats:
        """Return points (N, 3) as right, up, forward of the camera."""
        result: Floats = (points - (self.x, self.height, self.z)) @ self.axes.T
        return result

    def to_picture(self, camera_points: Floats) -> Floats:
        """Return (N, 2) picture places of points that are in front of the camera."""
        depth = camera_points[:, 2]
        places = np.empty((len(depth), 2))
        places[:, 0] = 0.5 + self.focal * camera_points[:, 0] / depth
        places[:, 1] = 0.5 - self.focal * ASPECT * camera_points[:, 1] / depth
        return places

    def project(self, points: Floats) -> Floats | None:
        """Return the picture places of a polygon, clipped at the near plane; None when behind."""
        clipped = clip_near(self.to_camera(points))
        return self.to_picture(clipped) if len(clipped) >= 3 else None

    def ground_at(self, width: int, height: int) -> tuple[Floats, Floats, Floats]:
        """Return x, z and depth of the ground for each pixel; infinite depth above the horizon."""
        u = (np.arange(width) + 0.5) / width - 0.5
        v = 0.5 - (np.arange(height) + 0.5) / height
        right, up, forward = self.axes
        rays = (
            forward
            + (u / self.focal)[None, :, None] * right
            + (v / (self.focal * ASPECT))[:, None, None] * up
        )
        down = -rays[:, :, 1]
        depth = np.where(down > 1e-4, self.height / np.maximum(down, 1e-4), np.inf)
        reach = np.minimum(depth, 1e4)
        return self.x + rays[:, :, 0] * reach, self.z + rays[:, :, 2] * reach, depth


@cache
def _axes(yaw_degrees: float, pitch_degrees: float) -> Floats:
    yaw, pitch = math.radians(yaw_degrees), math.radians(pitch_degrees)
    sy, cy, sp, cp = math.sin(yaw), math.cos(yaw), math.sin(pitch), math.cos(pitch)
    return np.array([[cy, 0, -sy], [sy * sp, cp, cy * sp], [sy * cp, -sp, cy * cp]])


def clip_near(points: Floats) -> Floats:
    """Cut a polygon in camera coordinates at the near plane."""
    if (points[:, 2] > NEAR).all():
        return points
    kept = []
    for here, after in zip(points, np.roll(points, -1, axis=0), strict=True):
        inside, next_inside = here[2] > NEAR, after[2] > NEAR
        if inside:
            kept.append(here)
        if inside != next_inside:
            share = (NEAR - here[2]) / (after[2] - here[2])
            kept.append(here + share * (after - here))
    return np.array(kept).reshape(-1, 3)


def box(
    x: tuple[float, float], y: tuple[float, float], z: tuple[float, float]
) -> tuple[Floats, list[list[int]]]:
    """Return the corners of a box and its six faces, wound so that outside is counter-clockwise."""
    corners = np.array([[a, b, c] for a in x for b in y for c in z], float)
    faces = [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    return corners, faces
