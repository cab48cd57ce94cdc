"""Boxes are where the picture says, crisp to the pixel, and as detailed as the tile has room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from app.domain.detection import LABELS, Box
from app.domain.geometry import Crop, Rect
from app.domain.mapping import on_tile, shown_rect
from app.services.overlay_types import OverlayBox, OverlayShape, TileOverlay
from ui.theme import tokens
from ui.wall.box_shapes import CUTS, Shape
from ui.wall.box_style import style_of
from ui.wall.overlay_painter import MOST_BOXES, paint_overlay

pytestmark = pytest.mark.usefixtures("qapp")

GROUND = "#336699"
EDGE = QColor(tokens.BOX_OUTLINE).name()
SKY = tokens.BOX_SKY
MIDDLE = Box(0.25, 0.25, 0.75, 0.75)


def box(place: Box = MIDDLE, label: str = "car", **more: object) -> OverlayBox:
    return OverlayBox(place, label, 0.87, "1", **more)  # type: ignore[arg-type]  # any field


def painted(
    boxes: Sequence[OverlayBox],
    width: int = 240,
    *,
    crop: Crop | None = None,
    scale: float = 1.0,
    shapes: Sequence[OverlayShape] = (),
    show_confidence: bool = False,
    margin: int = 0,
) -> QImage:
    """A picture of 16:9 with what lies over it, ``margin`` pixels of tile around it."""
    height = width * 9 // 16
    area = Rect(margin, margin, width, height)
    image = QImage(width + 2 * margin, height + 2 * margin, QImage.Format.Format_RGB32)
    image.fill(QColor(GROUND))
    painter = QPainter(image)
    over = TileOverlay(boxes, shapes, show_confidence)
    where = QRect(area.x, area.y, area.width, area.height)
    paint_overlay(painter, over, where, on_tile(crop or Crop(), area), scale)
    painter.end()
    return image


def pixels(image: QImage) -> npt.NDArray[np.uint32]:
    """Rows and columns of 0xRRGGBB."""
    words = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    return words[:, : image.width()] & np.uint32(0xFFFFFF)


def colours(image: QImage) -> set[str]:
    return {f"#{int(colour):06x}" for colour in np.unique(pixels(image))}


def test_the_edges_of_a_box_are_whole_pixels_of_its_colour() -> None:
    image = painted([box()])
    left, top, right, low = 60, 34, 180, 101
    assert colours(image) == {GROUND, EDGE, SKY}
    for x, y in ((left, top), (right - 1, top), (left, low - 1), (right - 1, low - 1)):
        assert image.pixelColor(x, y).name() == SKY
        assert image.pixelColor(x + (1 if x == left else -1), y).name() == SKY
    assert image.pixelColor(left - 1, 60).name() == EDGE
    assert image.pixelColor(left + 1, 60).name() == EDGE
    assert image.pixelColor(left - 2, 60).name() == GROUND
    assert image.pixelColor(left + 2, 60).name() == GROUND


@given(
    x=st.floats(-0.5, 1.2),
    y=st.floats(-0.5, 1.2),
    width=st.floats(0.05, 0.8),
    height=st.floats(0.05, 0.8),
    zoom=st.floats(1, 8),
    at=st.tuples(st.floats(0, 1), st.floats(0, 1)),
)
def test_a_box_is_where_the_mapping_says_also_while_zoomed(
    x: float, y: float, width: float, height: float, zoom: float, at: tuple[float, float]
) -> None:
    side = 1 / zoom
    crop = Crop(at[0] * (1 - side), at[1] * (1 - side), side, side)
    place = Box(x, y, x + width, y + height)
    image = painted([box(place)], 128, crop=crop)
    left, top, right, low = shown_rect(place, crop, Rect(0, 0, 128, 72))
    rows, sky_columns = np.nonzero(pixels(image) == int(SKY[1:], 16))
    sky = list(zip(sky_columns.tolist(), rows.tolist(), strict=True))
    for column, row in sky:  # every pixel of the frame is on one of its four sides
        on_side = min(abs(column - left), abs(column + 1 - right)) <= 1.01
        on_edge = min(abs(row - top), abs(row + 1 - low)) <= 1.01
        assert on_side or on_edge
        assert left - 1.01 <= column <= right + 1.01
        assert top - 1.01 <= row <= low + 1.01
    for side_at, line in ((left, 0), (right - 1, 0), (top, 1), (low - 1, 1)):
        limit, other = ((128, 72), (72, 128))[line]
        start, stop = ((top, low), (left, right))[line]
        is_seen = 1 <= side_at <= limit - 2 and start < other - 1 and stop > 1
        if is_seen:
            assert any(abs(point[line] - side_at) <= 1.01 for point in sky)


def test_nothing_is_painted_beside_the_picture() -> None:
    everywhere = [box(Box(-0.2, -0.2, 1.2, 0.5)), box(Box(-1, 0.9, 0.1, 2.0), "fire")]
    zone = OverlayShape("gate", ((-0.5, 0.5), (0.5, -0.5), (1.5, 0.5)), False)
    for width in (100, 240, 400):
        image = painted(everywhere, width, margin=20, shapes=[zone])
        beside = pixels(image).copy()
        beside[20 : 20 + width * 9 // 16, 20 : 20 + width] = int(GROUND[1:], 16)
        assert np.all(beside == int(GROUND[1:], 16))


def test_a_box_that_is_not_in_sight_costs_no_paint() -> None:
    assert colours(painted([box(Box(1.1, 0.2, 1.3, 0.4)), box(Box(0.2, -0.4, 0.4, -0.1))])) == {
        GROUND
    }


def test_a_box_without_size_is_still_to_be_seen() -> None:
    assert SKY in colours(painted([box(Box(0.5, 0.5, 0.5, 0.5))]))


@pytest.mark.parametrize(("width", "has_shape"), [(150, False), (170, True)])
def test_small_tiles_have_plain_frames(width: int, has_shape: bool) -> None:
    image = painted([box(label="person")], width)
    top_middle = image.pixelColor(width // 2, round(width * 9 // 16 * 0.25))
    assert (top_middle.name() == GROUND) == has_shape


@pytest.mark.parametrize(("width", "has_label"), [(310, False), (330, True)])
def test_labels_need_room(width: int, has_label: bool) -> None:
    assert (tokens.TEXT in colours(painted([box()], width))) == has_label


def test_the_scaling_of_the_desktop_counts_for_the_room() -> None:
    assert tokens.TEXT not in colours(painted([box()], 500, scale=2.0))
    assert tokens.TEXT in colours(painted([box()], 660, scale=2.0))


def test_confidence_and_words_stand_on_large_tiles_only() -> None:
    known, plain = box(words="BN-1234"), box()
    assert painted([known], 480) == painted([plain], 480)
    assert painted([known], 800) != painted([plain], 800)
    assert painted([plain], 480, show_confidence=True) == painted([plain], 480)
    assert painted([plain], 800, show_confidence=True) != painted([plain], 800)


def test_boxes_far_away_have_no_labels() -> None:
    small = box(Box(0.5, 0.5, 0.55, 0.55))
    assert tokens.TEXT not in colours(painted([small], 400))
    assert tokens.TEXT in colours(painted([small], 400, crop=Crop(0.4, 0.4, 0.2, 0.2)))


def test_of_two_labels_in_one_place_one_gives_way() -> None:
    one = painted([box()], 480)
    both = painted([box(), box()], 480)
    assert one != both  # the second label stands elsewhere
    crowd = [box() for _ in range(9)]
    assert painted(crowd, 480) == painted(crowd[:3], 480)  # three places, then none


def test_no_more_than_fifty_boxes_are_drawn() -> None:
    small = [
        box(Box(i % 10 / 10, i // 10 / 10, i % 10 / 10 + 0.05, i // 10 / 10 + 0.05))
        for i in range(70)
    ]
    assert painted(small, 480) == painted(small[:MOST_BOXES], 480)
    assert painted(small[:MOST_BOXES], 480) != painted(small[: MOST_BOXES - 1], 480)


def test_late_boxes_are_dashed_on_their_dark_edge() -> None:
    image = painted([box(is_late=True)])
    upper = [image.pixelColor(x, 34).name() for x in range(62, 178)]
    assert set(upper) == {SKY, EDGE}
    changes = sum(one != other for one, other in pairwise(upper))
    assert changes > 20


def test_fading_boxes_let_the_picture_through() -> None:
    def sky_at(alpha: float) -> int:
        blue: int = painted([box(alpha=alpha)]).pixelColor(120, 34).green()
        return blue

    ground = QColor(GROUND).green()
    assert sky_at(1.0) > sky_at(0.6) > ground
    assert colours(painted([box(alpha=0.0)])) == {GROUND}


def test_idle_boxes_are_thinner() -> None:
    def thickness(is_idle: bool) -> int:
        image = painted([box(is_idle=is_idle)], 640)
        column = [image.pixelColor(320, y).name() for y in range(80, 110)]
        return sum(name not in (GROUND,) for name in column)

    assert thickness(is_idle=True) < thickness(is_idle=False)


def test_a_trail_leads_to_where_the_object_was() -> None:
    trail = tuple((0.1 + 0.01 * step, 0.9) for step in range(20))
    image = painted([box(trail=trail)], 400)
    assert image.pixelColor(80, round(225 * 0.9)).name() == SKY
    assert painted([box()], 400).pixelColor(80, round(225 * 0.9)).name() == GROUND


@pytest.mark.parametrize("is_line", [True, False])
def test_zones_and_lines_are_drawn_and_named(is_line: bool) -> None:
    shape = OverlayShape("Gate", ((0.1, 0.5), (0.9, 0.5), (0.9, 0.9)), is_line)
    image = painted([], 500, shapes=[shape])
    zone = QColor(tokens.ZONE).name()
    assert zone in {image.pixelColor(250, y).name() for y in range(136, 146)}
    closing = {image.pixelColor(250, y).name() for y in range(186, 206)}  # back to the start
    assert (len(closing) > 2) == (not is_line)
    assert tokens.TEXT in colours(image)
    assert tokens.TEXT not in colours(painted([], 400, shapes=[shape]))


@given(
    shape=st.sampled_from(Shape),
    width=st.integers(3, 300),
    height=st.integers(3, 300),
    line=st.integers(1, 6),
)
def test_shapes_stay_within_their_box(shape: Shape, width: int, height: int, line: int) -> None:
    bars = CUTS[shape](10, 20, width, height, line)
    room = max(3 * line, 2)
    for x, y, across, down in bars:
        assert x >= 10 - room
        assert y >= 20 - room
        assert x + across <= 10 + width + room
        assert y + down <= 20 + height + room
    if min(width, height) >= 8 * line:  # large enough for every shape: nothing sticks out
        assert min(x for x, _y, _w, _h in bars) == 10
        assert max(x + w for x, _y, w, _h in bars) == 10 + width
        assert min(y for _x, y, _w, _h in bars) == 20
        assert max(y + h for _x, y, _w, h in bars) == 20 + height


def test_every_class_can_be_told_without_colour() -> None:
    def grey(label: str) -> frozenset[tuple[int, int]]:
        bars = style_of(label).bars(0, 0, 40, 30, 1)
        return frozenset((x + i, y + j) for x, y, w, h in bars for i in range(w) for j in range(h))

    drawn = {label: grey(label) for label in LABELS}
    for one in LABELS:
        for other in LABELS:
            if one < other:
                assert len(drawn[one] ^ drawn[other]) >= 12, (one, other)


def test_painting_ten_boxes_leaves_the_painter_as_it_was(qapp: QApplication) -> None:
    image = QImage(320, 180, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    before: Callable[[], object] = lambda: (  # noqa: E731 - asked twice
        painter.hasClipping(),
        painter.opacity(),
        painter.renderHints(),
        painter.transform(),
    )
    state = before()
    shape = OverlayShape("Gate", ((0.1, 0.5), (0.9, 0.5), (0.9, 0.9)), False)
    over = TileOverlay([box(alpha=0.5, trail=((0.1, 0.1), (0.2, 0.2)))], [shape])
    paint_overlay(painter, over, QRect(0, 0, 320, 180), on_tile(Crop(), Rect(0, 0, 320, 180)), 1.0)
    assert before() == state
    painter.end()
