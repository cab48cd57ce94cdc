"""Grids, places on the screen, and the words that name them."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.geometry import Rect, Size, fit
from app.domain.layout import (
    LARGEST_SIDE,
    LAYOUT_NAMES,
    Layout,
    UnknownLayoutError,
    gap_px,
    layout,
    places,
    side_by_side,
    strip_height_px,
    whole_screen,
)

GRIDS = st.builds(lambda rows, columns: f"{rows}x{columns}", st.integers(1, 8), st.integers(1, 8))
LAYOUTS = st.one_of(st.sampled_from(LAYOUT_NAMES), GRIDS).map(layout)
SCREENS = st.builds(Size, st.integers(640, 7680), st.integers(480, 4320))
SCALES = st.sampled_from([1.0, 1.25, 1.5, 1.75, 2.0])
FULL_HD = Size(1920, 1080)


def grid_units(of: Layout) -> list[tuple[int, int]]:
    return [
        (column, row)
        for cell in of.cells
        for column in range(cell.column, cell.column + cell.columns)
        for row in range(cell.row, cell.row + cell.rows)
    ]


def overlap(one: Rect, other: Rect) -> bool:
    return (
        one.x < other.x + other.width
        and other.x < one.x + one.width
        and one.y < other.y + other.height
        and other.y < one.y + one.height
    )


def distance(one: Rect, other: Rect) -> int:
    across = max(other.x - one.x - one.width, one.x - other.x - other.width)
    down = max(other.y - one.y - one.height, one.y - other.y - other.height)
    return max(across, down)


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        *[("1", 1), ("4", 4), ("9", 9), ("16", 16), ("25", 25), ("36", 36), ("49", 49), ("64", 64)],
        *[("1+5", 6), ("1+7", 8), ("2+8", 10), ("1+12", 13), ("2x3", 6), ("8x1", 8)],
    ],
)
def test_a_layout_has_as_many_cells_as_its_name_says(name: str, cells: int) -> None:
    assert len(layout(name)) == cells


@pytest.mark.parametrize("name", ["8x8", "8X8", " 8 x 8 ", "64", "8×8"])
def test_a_square_of_rows_and_columns_is_the_named_layout(name: str) -> None:
    assert layout(name) == layout("64")


@pytest.mark.parametrize("name", ["", "0", "2", "9x9", "0x4", "1+6", "16x", "x", "a", "1x1x1"])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(UnknownLayoutError):
        layout(name)


@given(LAYOUTS)
def test_the_cells_cover_the_grid_once(of: Layout) -> None:
    everything = list(itertools.product(range(of.columns), range(of.rows)))
    assert sorted(grid_units(of)) == sorted(everything)


@settings(max_examples=25)
@given(LAYOUTS, SCREENS, SCALES)
def test_tiles_lie_on_the_screen_and_never_on_one_another(
    of: Layout, screen: Size, scale: float
) -> None:
    frames = [place.frame for place in places(of, screen, scale)]
    for frame in frames:
        assert frame.x >= 0
        assert frame.y >= 0
        assert frame.x + frame.width <= screen.width
        assert frame.y + frame.height <= screen.height
    assert not any(overlap(*pair) for pair in itertools.combinations(frames, 2))


@settings(max_examples=25)
@given(LAYOUTS, SCREENS, SCALES)
def test_neighbours_are_one_gap_apart_and_all_pixels_are_used(
    of: Layout, screen: Size, scale: float
) -> None:
    frames = [place.frame for place in places(of, screen, scale)]
    gap = gap_px(scale) if len(of) > 1 else 0
    # Each tile with the gap to its right and below: these and the edge make up the whole screen.
    used = sum((frame.width + gap) * (frame.height + gap) for frame in frames)
    assert used == (screen.width - gap) * (screen.height - gap)
    for frame in frames:
        others = [distance(frame, other) for other in frames if other != frame]
        assert not others or min(others) == gap


@settings(max_examples=25)
@given(LAYOUTS, SCREENS, SCALES)
def test_picture_and_strip_share_the_tile(of: Layout, screen: Size, scale: float) -> None:
    for place in places(of, screen, scale):
        assert not overlap(place.picture, place.strip)
        assert place.picture.height + place.strip.height == place.frame.height
        assert place.picture.width == place.strip.width == place.frame.width
        assert place.picture.height > place.strip.height


@settings(max_examples=25)
@given(LAYOUTS, SCREENS, SCALES)
def test_equal_cells_differ_by_one_pixel_at_most(of: Layout, screen: Size, scale: float) -> None:
    by_span: dict[tuple[int, int], list[Rect]] = {}
    strips: dict[int, set[int]] = {}
    for cell, place in zip(of.cells, places(of, screen, scale), strict=True):
        by_span.setdefault((cell.columns, cell.rows), []).append(place.frame)
        strips.setdefault(cell.rows, set()).add(place.strip.height)
    for frames in by_span.values():
        widths, heights = {f.width for f in frames}, {f.height for f in frames}
        assert max(widths) - min(widths) <= 1
        assert max(heights) - min(heights) <= 1
    assert all(len(heights) == 1 for heights in strips.values())


@pytest.mark.parametrize(
    ("name", "least"), [("1", 0.94), ("4", 0.88), ("16", 0.83), ("36", 0.77), ("64", 0.74)]
)
def test_a_wide_picture_keeps_most_of_its_tile(name: str, least: float) -> None:
    for place in places(layout(name), FULL_HD, 1.0):
        picture = fit(1920, 1080, Size(place.picture.width, place.picture.height))
        share = picture.width * picture.height / (place.frame.width * place.frame.height)
        assert share >= least


def test_the_strip_follows_the_tile_and_the_scale() -> None:
    assert strip_height_px(133, 1.0) == 16
    assert strip_height_px(1080, 1.0) == 28
    assert strip_height_px(266, 2.0) == 33
    assert strip_height_px(1, 1.0) == 0


def test_an_enlarged_tile_takes_the_whole_screen() -> None:
    place = whole_screen(FULL_HD, 1.0)
    assert place.frame == Rect(0, 0, 1920, 1080)
    assert place.strip == Rect(0, 1052, 1920, 28)


def test_a_screen_too_small_for_the_grid_still_has_places() -> None:
    for place in places(layout("64"), Size(8, 8), 2.0):
        assert place.frame.width >= 1
        assert place.picture.height >= 1


@pytest.mark.parametrize(
    ("count", "name"),
    [(1, "1"), (2, "1x2"), (3, "4"), (4, "4"), (5, "2x3"), (6, "2x3"), (7, "9"), (9, "9")],
)
def test_pictures_beside_each_other_are_as_large_as_can_be(count: int, name: str) -> None:
    assert side_by_side(count, Size(1920, 1080)).name == name


def test_two_stand_above_each_other_where_that_makes_them_larger() -> None:
    assert side_by_side(2, Size(1080, 1920)).name == "2x1"
    assert len(side_by_side(500, Size(1920, 1080))) == LARGEST_SIDE * LARGEST_SIDE
