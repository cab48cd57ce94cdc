"""The colours of boxes can be told apart by everybody, on dark and on bright pictures."""

from __future__ import annotations

import itertools

import pytest

from app.domain.detection import LABELS
from tests.ui.theme.test_contrast import contrast
from ui.theme import tokens
from ui.wall.box_style import style_of, style_sample

FAMILIES = sorted({style_of(label).colour for label in LABELS})
Rgb = tuple[float, float, float]
Matrix = tuple[Rgb, Rgb, Rgb]
# Complete deficiencies after Machado, Oliveira and Fernandes (2009), on linear light.
DEFICIENCIES: dict[str, Matrix] = {
    "none": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}


def linear(colour: str) -> Rgb:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    values = [
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (red, green, blue)
    ]
    return values[0], values[1], values[2]


def seen(colour: str, matrix: Matrix) -> Rgb:
    light = linear(colour)
    red, green, blue = (
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, light, strict=True)))) for row in matrix
    )
    return red, green, blue


def lab(light: Rgb) -> Rgb:
    """CIE L*a*b* of linear sRGB under D65."""
    red, green, blue = light
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: str, other: str, matrix: Matrix) -> float:
    pairs = zip(lab(seen(one, matrix)), lab(seen(other, matrix)), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_no_two_families_look_alike(deficiency: str) -> None:
    matrix = DEFICIENCIES[deficiency]
    nearest = min(
        (distance(one, other, matrix), one, other)
        for one, other in itertools.combinations(FAMILIES, 2)
    )
    assert nearest[0] > 10, nearest  # 2 is a just noticeable difference


def test_the_measure_finds_colours_that_look_alike() -> None:
    red, green = "#b03030", "#5a7000"
    assert distance(red, green, DEFICIENCIES["none"]) > 60
    assert distance(red, green, DEFICIENCIES["protanopia"]) < 40
    assert distance("#c8a000", "#d0a8b0", DEFICIENCIES["none"]) > 60
    assert distance("#c8a000", "#d0a8b0", DEFICIENCIES["tritanopia"]) < 30


@pytest.mark.parametrize("colour", FAMILIES)
def test_boxes_can_be_seen_on_the_dark_theme_and_their_edge_on_white(colour: str) -> None:
    assert contrast(colour, tokens.BACKGROUND) >= 3.0
    assert contrast(colour, tokens.BOX_OUTLINE) >= 3.0
    assert contrast(tokens.BOX_OUTLINE, "#ffffff") >= 15


def test_every_class_has_a_look_of_its_own() -> None:
    looks = {(style_of(label).colour, style_of(label).shape) for label in LABELS}
    assert len(looks) == len(LABELS)
    assert len({style_of(label).shape for label in LABELS}) == len(LABELS)


def test_a_class_that_nobody_knows_looks_like_any_object() -> None:
    assert style_of("zeppelin") == style_of("unknown")


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_samples_are_as_large_as_asked_and_differ(ratio: float) -> None:
    pictures = []
    for label in LABELS:
        sample = style_sample(label, 34, 24, ratio)
        assert (sample.width(), sample.height()) == (34 * ratio, 24 * ratio)
        pictures.append(sample.toImage())
    for one, other in itertools.combinations(pictures, 2):
        assert one != other
