"""Flat pictures of house fronts: walls, windows, shutters, shop signs, and what of them shines at
night."""

import random
from dataclasses import dataclass

import cv2
import numpy as np

from app.demo.scenes.geometry import Picture

Colour = tuple[int, int, int]

_WALLS: dict[str, tuple[Colour, ...]] = {
    "shop": (
        (172, 196, 214),
        (150, 178, 205),
        (190, 205, 205),
        (160, 190, 180),
        (185, 180, 200),
        (140, 170, 205),
    ),
    "office": ((205, 210, 212), (180, 195, 205), (165, 185, 200), (200, 195, 180), (190, 200, 195)),
    "house": ((160, 190, 215), (185, 205, 220), (150, 175, 200), (175, 195, 175), (195, 195, 205)),
    "mud": ((120, 150, 180), (130, 160, 185), (115, 145, 170)),
    "civic": ((200, 215, 225),),
    "wall": ((175, 200, 215),),
}
_SIGN_COLOURS: tuple[tuple[Colour, Colour], ...] = (
    ((40, 40, 190), (240, 245, 250)), ((150, 70, 20), (245, 250, 250)), ((50, 120, 20), (240, 250,
    250)),
    ((30, 190, 240), (40, 30, 30)), ((235, 235, 235), (30, 30, 160)), ((120, 30, 110), (240, 250,
    250)),
    ((160, 130, 10), (250, 250, 250)), ((20, 100, 230), (250, 250, 250)),
)  # fmt: skip
_SIGNS = (
    "GULSHAN CLOTH", "SHAHEEN TRADERS", "NOOR MEDICAL", "CHINAR BAKERS", "REHMAT STORE",
    "MOBILE ZONE",
    "SITARA SWEETS", "KABAB HOUSE", "PAK ELECTRIC", "JANNAT SHOES", "BAHAR TAILORS", "ANAR JUICE",
    "KHYBER TEA", "BOOK CENTRE", "ZARIN JEWELLERS", "MEHRAN AUTOS", "DRY FRUIT", "OPTICS",
    "HARDWARE",
    "PHOTO STUDIO", "CARPETS", "TYRE SHOP",
)  # fmt: skip
PIXELS_PER_METRE = 26


@dataclass(frozen=True, slots=True)
class Facade:
    """A front: its colours by daylight, and the light it gives itself."""

    colours: Picture
    light: Picture


def facade(width_m: float, height_m: float, style: str, seed: int) -> Facade:
    """Draw a front of so many metres."""
    return _Front(width_m, height_m, style, random.Random(f"{style}{seed}{width_m:.1f}")).draw()


class _Front:
    def __init__(self, width_m: float, height_m: float, style: str, source: random.Random) -> None:
        self._source, self._style = source, style
        self._scale = PIXELS_PER_METRE
        self._w, self._h = (
            max(8, round(width_m * self._scale)),
            max(8, round(height_m * self._scale)),
        )
        self._wall = _jittered(source.choice(_WALLS[style]), source, 12)
        self._picture: Picture = np.full((self._h, self._w, 3), self._wall, np.uint8)
        self._light: Picture = np.zeros_like(self._picture)

    def draw(self) -> Facade:
        draw = {
            "shop": self._shops,
            "office": self._offices,
            "house": self._house,
            "civic": self._civic,
        }
        draw.get(self._style, self._plain)()
        self._weather()
        return Facade(self._picture, self._light)

    def _m(self, metres: float) -> int:
        return round(metres * self._scale)

    def _rect(
        self, x: float, y: float, w: float, h: float, colour: Colour, *, light: Colour | None = None
    ) -> None:
        """A rectangle in metres from the lower left corner."""
        left, right = self._m(x), self._m(x + w)
        top, bottom = self._h - self._m(y + h), self._h - self._m(y)
        cv2.rectangle(self._picture, (left, top), (right - 1, bottom - 1), colour, -1)
        shown = light or (0, 0, 0)
        cv2.rectangle(self._light, (left, top), (right - 1, bottom - 1), shown, -1)

    def _window(self, x: float, y: float, w: float, h: float) -> None:
        source = self._source
        frame = tuple(max(0, c - 50) for c in self._wall)
        self._rect(x - 0.1, y - 0.14, w + 0.2, h + 0.24, _colour(frame))
        is_lit = source.random() < 0.4
        glow: Colour = source.choice(((90, 170, 230), (120, 190, 235), (180, 200, 200)))
        dark = source.randint(45, 85)
        self._rect(x, y, w, h, (dark + 22, dark + 8, dark), light=glow if is_lit else None)
        self._rect(
            x,
            y + h * 0.55,
            w,
            h * 0.45,
            (dark + 55, dark + 38, dark + 22),
            light=glow if is_lit else None,
        )
        self._rect(x + w / 2 - 0.03, y, 0.07, h, _colour(frame))
        if source.random() < 0.22:
            self._rect(x + w * 0.15, y - 0.62, w * 0.7, 0.46, (205, 208, 208))
            self._rect(x + w * 0.22, y - 0.55, w * 0.3, 0.32, (130, 132, 132))

    def _upper(self, base: float, step: float = 3.1) -> None:
        width_m, height_m = self._w / self._scale, self._h / self._scale
        y = base
        while y + 2.4 < height_m:
            has_balcony = self._source.random() < 0.35
            self._rect(
                0, y - 0.28, width_m, 0.16, _colour(tuple(max(0, c - 30) for c in self._wall))
            )
            count = max(1, int(width_m // 2.3))
            pitch = width_m / count
            for index in range(count):
                self._window(index * pitch + pitch / 2 - 0.6, y + 0.75, 1.2, 1.35)
            if has_balcony:
                rail = _colour(tuple(max(0, c - 70) for c in self._wall))
                self._rect(0.2, y + 0.72, width_m - 0.4, 0.07, rail)
                for index in range(int(width_m / 0.3)):
                    self._rect(0.2 + index * 0.3, y, 0.05, 0.75, rail)
            y += step
        self._rect(
            0, height_m - 0.4, width_m, 0.4, _colour(tuple(max(0, c - 24) for c in self._wall))
        )

    def _shops(self) -> None:
        width_m = self._w / self._scale
        count = max(1, round(width_m / 3.4))
        pitch = width_m / count
        for index in range(count):
            self._shop(index * pitch + 0.15, pitch - 0.3)
        self._upper(4.2)

    def _shop(self, x: float, w: float) -> None:
        source = self._source
        is_open = source.random() < 0.8
        if is_open:
            glow: Colour = source.choice(((150, 215, 250), (210, 235, 245), (140, 200, 250)))
            self._rect(x, 0, w, 2.7, (52, 58, 66), light=_scaled(glow, 0.55))
            for row in range(4):
                for place in range(int(w / 0.42)):
                    colour: Colour = source.choice(
                        (
                            (60, 60, 190),
                            (40, 150, 215),
                            (70, 140, 70),
                            (170, 110, 60),
                            (190, 190, 200),
                            (60, 110, 170),
                            (130, 70, 150),
                        )
                    )
                    lit = tuple(int(c * 0.75 + g * 0.2) for c, g in zip(colour, glow, strict=True))
                    self._rect(
                        x + 0.1 + place * 0.42,
                        0.25 + row * 0.6,
                        0.34,
                        0.42,
                        colour,
                        light=_colour(lit),
                    )
        else:
            self._rect(x, 0, w, 2.7, (140, 140, 135))
            for row in range(13):
                self._rect(x, row * 0.2, w, 0.05, (115, 115, 110))
        back, ink = source.choice(_SIGN_COLOURS)
        self._rect(
            x - 0.1, 2.85, w + 0.2, 0.95, back, light=_scaled(back, 0.95) if is_open else None
        )
        self._text(source.choice(_SIGNS), x, 2.98, w, 0.66, ink, is_open)

    def _text(
        self, text: str, x: float, y: float, w: float, h: float, ink: Colour, lit: bool
    ) -> None:
        font, thick = cv2.FONT_HERSHEY_DUPLEX, 2
        (wide, high), _ = cv2.getTextSize(text, font, 1.0, thick)
        scale = min(self._m(w * 0.92) / wide, self._m(h) * 0.75 / high)
        place = (
            self._m(x + w / 2) - int(wide * scale / 2),
            self._h - self._m(y + h / 2) + int(high * scale / 2),
        )
        weight = max(1, round(1.6 * scale))
        cv2.putText(self._picture, text, place, font, scale, ink, weight, cv2.LINE_AA)
        if lit:
            cv2.putText(self._light, text, place, font, scale, ink, weight, cv2.LINE_AA)

    def _offices(self) -> None:
        width_m = self._w / self._scale
        self._rect(0, 0, width_m, 3.3, _colour(tuple(max(0, c - 28) for c in self._wall)))
        count = max(1, int(width_m // 2.8))
        for index in range(count):
            self._window(index * width_m / count + 0.5, 0.6, width_m / count - 1.0, 2.0)
        self._upper(3.8, 3.3)

    def _house(self) -> None:
        width_m, height_m = self._w / self._scale, self._h / self._scale
        gate: Colour = self._source.choice(
            ((90, 70, 40), (60, 80, 40), (50, 60, 110), (80, 80, 85))
        )
        at = self._source.uniform(0.5, max(0.6, width_m - 4))
        self._rect(0, 0, width_m, 0.5, _colour(tuple(max(0, c - 45) for c in self._wall)))
        self._rect(at, 0, 3.0, 2.4, gate)
        self._rect(at + 1.48, 0, 0.05, 2.4, (30, 30, 30))
        for row in range(1, 4):
            self._rect(at, row * 0.6, 3.0, 0.05, _colour(tuple(c // 2 for c in gate)))
        self._rect(at - 0.12, 2.4, 3.24, 0.22, _colour(tuple(min(255, c + 20) for c in self._wall)))
        lamp: Colour = (120, 200, 250)
        self._rect(at - 0.5, 2.1, 0.22, 0.3, (200, 220, 230), light=lamp)
        if width_m - at - 3.6 > 1.6:
            self._window(at + 3.6, 1.0, 1.2, 1.2)
        if height_m > 5:
            self._upper(3.5, 3.0)

    def _civic(self) -> None:
        width_m, height_m = self._w / self._scale, self._h / self._scale
        self._upper(1.0, 3.4)
        self._rect(0, 0, width_m, 0.9, (150, 165, 175))
        for index in range(9):
            self._rect(
                width_m * (index + 0.5) / 9 - 0.35, 0.9, 0.7, height_m - 2.2, (222, 232, 238)
            )
        self._rect(width_m / 2 - 6, height_m - 1.5, 12, 1.2, (70, 95, 30), light=(60, 110, 40))
        self._text(
            "DISTRICT OFFICES", width_m / 2 - 6, height_m - 1.4, 12, 1.0, (240, 250, 250), True
        )
        self._rect(width_m / 2 - 1.5, 0, 3.0, 2.9, (40, 50, 70), light=(80, 150, 200))

    def _plain(self) -> None:
        width_m, height_m = self._w / self._scale, self._h / self._scale
        if self._style == "wall":
            self._rect(0, height_m - 0.25, width_m, 0.25, (140, 160, 175))
            for index in range(int(width_m / 3)):
                self._rect(
                    index * 3, 0, 0.35, height_m, _colour(tuple(max(0, c - 18) for c in self._wall))
                )
        elif self._source.random() < 0.6:
            self._rect(width_m / 2, 0, 1.3, 2.1, (60, 80, 95))

    def _weather(self) -> None:
        """Stains, and darker towards the ground."""
        source = np.random.default_rng(self._source.randrange(1 << 30))
        stain = cv2.resize(
            source.random((7, 9), np.float32), (self._w, self._h), interpolation=cv2.INTER_CUBIC
        )
        streak = cv2.resize(
            source.random((1, 60), np.float32), (self._w, self._h), interpolation=cv2.INTER_LINEAR
        )
        fall = np.linspace(1.03, 0.88, self._h, dtype=np.float32)[:, None]
        tone = (0.9 + 0.1 * stain + 0.06 * streak) * fall
        self._picture = np.clip(self._picture * tone[..., None], 0, 255).astype(np.uint8)


def _jittered(colour: Colour, source: random.Random, by: int) -> Colour:
    return _colour(tuple(max(0, min(255, c + source.randint(-by, by))) for c in colour))


def _scaled(colour: Colour, by: float) -> Colour:
    return _colour(tuple(min(255, int(c * by)) for c in colour))


def _colour(values: tuple[int, ...]) -> Colour:
    return values[0], values[1], values[2]
