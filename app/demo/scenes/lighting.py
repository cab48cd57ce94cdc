"""What the light of a scene does to colours: sun, sky, haze, lamps. Colours are BGR, 0..1."""

from dataclasses import dataclass

import numpy as np

from app.demo.scenes.catalogue import Light
from app.demo.scenes.geometry import Floats

Colour = tuple[float, float, float]
Image = Floats

LAMP_REACH = 55.0
"""Square metres over which the light of a street lamp falls to a quarter."""


@dataclass(frozen=True, slots=True)
class Lighting:
    """The light of one scene."""

    ambient: Colour
    sun: Colour
    sun_from: tuple[float, float, float]
    """Direction towards the sun (x right, y up, z ahead)."""
    sky_top: Colour
    sky_low: Colour
    haze: Colour
    haze_m: float
    """Metres after which two thirds of a colour are haze."""
    lamps: float = 0.0
    """How bright lamps, windows and head lamps are."""
    wet: float = 0.0
    clouds: float = 0.3
    shadow: float = 0.45
    """How much of the light the shadows keep."""

    def shade(self, normal: Floats) -> Floats:
        """Return the light on a surface that faces `normal`, per colour."""
        towards = np.array(self.sun_from)
        towards = towards / np.linalg.norm(towards)
        direct = max(0.0, float(normal @ towards))
        sky = 0.8 + 0.2 * float(normal[1])
        light: Floats = np.array(self.ambient) * sky + np.array(self.sun) * direct
        return light

    def hazed(self, colour: Floats, depth: float) -> Floats:
        """Return a colour as seen through so many metres of air."""
        share = 1 - np.exp(-max(0.0, depth - 8) / self.haze_m)
        result: Floats = colour * (1 - share) + np.array(self.haze) * share
        return result


LIGHTINGS = {
    Light.DAY: Lighting(
        (0.70, 0.65, 0.60), (0.62, 0.74, 0.82), (-0.75, 0.95, -0.55),
        (0.82, 0.60, 0.36), (0.95, 0.89, 0.80), (0.90, 0.85, 0.79), 230, clouds=0.5, shadow=0.5,
    ),
    Light.MORNING: Lighting(
        (0.62, 0.56, 0.53), (0.46, 0.70, 0.88), (0.95, 0.60, -0.35),
        (0.78, 0.64, 0.50), (0.74, 0.86, 0.97), (0.76, 0.84, 0.92), 140, clouds=0.35, shadow=0.52,
    ),
    Light.DUSK: Lighting(
        (0.58, 0.46, 0.43), (0.12, 0.24, 0.36), (0.5, 0.30, 0.9),
        (0.52, 0.34, 0.25), (0.42, 0.60, 0.96), (0.52, 0.52, 0.66), 170, lamps=0.75, clouds=0.5,
        shadow=0.75,
    ),
    Light.NIGHT: Lighting(
        (0.30, 0.23, 0.20), (0.05, 0.045, 0.04), (-0.4, 0.9, 0.3),
        (0.10, 0.065, 0.045), (0.22, 0.17, 0.15), (0.17, 0.135, 0.12), 170, lamps=1.0, clouds=0.15,
        shadow=0.85,
    ),
    Light.RAIN: Lighting(
        (0.60, 0.55, 0.52), (0.03, 0.03, 0.03), (0.1, 1.0, 0.1),
        (0.52, 0.48, 0.45), (0.68, 0.65, 0.62), (0.62, 0.59, 0.57), 95, lamps=0.4, wet=1.0,
        clouds=0.6, shadow=0.8,
    ),
    Light.FOG: Lighting(
        (0.68, 0.66, 0.64), (0.06, 0.07, 0.09), (0.6, 0.6, 0.4),
        (0.80, 0.79, 0.78), (0.82, 0.82, 0.82), (0.80, 0.80, 0.80), 42, lamps=0.25, clouds=0.1,
        shadow=0.85,
    ),
}  # fmt: skip


def fractal_noise(height: int, width: int, seed: int, *, octaves: int = 5, base: int = 4) -> Image:
    """Return smooth noise, 0..1, that tiles."""
    import cv2

    source = np.random.default_rng(seed)
    total = np.zeros((height, width), np.float32)
    weight, sum_of_weights = 1.0, 0.0
    for octave in range(octaves):
        cells = base << octave
        grid = source.random((cells, cells), np.float32)
        padded = np.pad(grid, 2, mode="wrap")
        scale_y, scale_x = height / cells, width / cells
        big = cv2.resize(
            padded,
            (round((cells + 4) * scale_x), round((cells + 4) * scale_y)),
            interpolation=cv2.INTER_CUBIC,
        )
        top, left = round(2 * scale_y), round(2 * scale_x)
        total += weight * big[top : top + height, left : left + width]
        sum_of_weights += weight
        weight *= 0.55
    noise: Image = np.clip(total / sum_of_weights, 0, 1)
    return noise
