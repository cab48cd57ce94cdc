"""Boxes find their place through every geometry, and back."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.detection import Box
from app.domain.geometry import WHOLE, Crop, Rect
from app.domain.mapping import (
    IDENTITY,
    Affine,
    GeometryError,
    camera_geometry,
    cropped,
    filling,
    letterboxed,
    mirrored,
    on_tile,
    placed,
    shown_rect,
    turned,
)
from app.domain.stream import StreamKind

fractions = st.floats(0, 1)
aspects = st.floats(0.2, 5)
turns = st.sampled_from([0, 90, 180, 270])


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    x1, x2 = sorted(draw(st.tuples(fractions, fractions)))
    y1, y2 = sorted(draw(st.tuples(fractions, fractions)))
    return Box(x1, y1, x2, y2)


@st.composite
def crops(draw: st.DrawFn) -> Crop:
    width, height = draw(st.floats(0.05, 1)), draw(st.floats(0.05, 1))
    x, y = draw(st.floats(0, 1 - width)), draw(st.floats(0, 1 - height))
    return Crop(x, y, width, height)


@st.composite
def areas(draw: st.DrawFn) -> Rect:
    places, sizes = st.integers(-4000, 8000), st.integers(1, 8000)
    return Rect(draw(places), draw(places), draw(sizes), draw(sizes))


@st.composite
def steps(draw: st.DrawFn) -> Affine:
    """One thing that a backend or a wall may do to a picture."""
    step: Affine = draw(
        st.one_of(
            crops().map(cropped),
            crops().map(lambda crop: cropped(crop).inverse()),
            turns.map(turned),
            st.tuples(st.booleans(), st.booleans()).map(
                lambda both: mirrored(horizontal=both[0], vertical=both[1])
            ),
            st.tuples(aspects, aspects).map(lambda both: letterboxed(*both)),
            st.tuples(aspects, aspects).map(lambda both: filling(*both)),
        )
    )
    return step


def close(one: Box, other: Box, within: float = 1e-6) -> bool:
    pairs = zip(
        (one.x1, one.y1, one.x2, one.y2), (other.x1, other.y1, other.x2, other.y2), strict=True
    )
    return all(math.isclose(a, b, rel_tol=1e-9, abs_tol=within) for a, b in pairs)


# --- there and back ------------------------------------------------------------------------------


@given(st.lists(steps(), max_size=6), boxes())
def test_a_box_comes_back_from_any_chain_of_steps(chain: list[Affine], box: Box) -> None:
    way = IDENTITY
    for step in chain:
        way = way.then(step)
    assert close(way.inverse().box(way.box(box)), box)


@given(st.lists(steps(), max_size=5), fractions, fractions)
def test_a_chain_is_its_steps_one_after_the_other(chain: list[Affine], x: float, y: float) -> None:
    way, point = IDENTITY, (x, y)
    for step in chain:
        way, point = way.then(step), step.point(*point)
    assert way.point(x, y) == pytest.approx(point, abs=1e-6, rel=1e-9)


@given(boxes(), crops(), areas(), turns, st.booleans())
def test_a_box_comes_back_from_the_pixels_of_a_zoomed_turned_tile(
    box: Box, crop: Crop, area: Rect, degrees: int, is_mirrored: bool
) -> None:
    way = on_tile(crop, area, rotation=degrees, mirror=mirrored(horizontal=is_mirrored))
    assert close(way.inverse().box(way.box(box)), box, within=1e-5)


@given(boxes(), crops(), areas())
def test_the_short_road_to_pixels_is_the_same_as_the_long_one(
    box: Box, crop: Crop, area: Rect
) -> None:
    long = on_tile(crop, area).box(box)
    assert shown_rect(box, crop, area) == pytest.approx(
        (long.x1, long.y1, long.x2, long.y2), abs=1e-4
    )


@given(crops(), areas())
def test_what_a_zoomed_tile_shows_fills_it_exactly(crop: Crop, area: Rect) -> None:
    seen = Box(crop.x, crop.y, crop.x + crop.width, crop.y + crop.height)
    edges = (area.x, area.y, area.x + area.width, area.y + area.height)
    assert shown_rect(seen, crop, area) == pytest.approx(edges, abs=1e-4)


@given(boxes(), turns, turns)
def test_turns_add_up(box: Box, one: int, other: int) -> None:
    assert close(turned(one).then(turned(other)).box(box), turned(one + other).box(box))


@given(boxes(), st.booleans(), st.booleans())
def test_a_mirror_undoes_itself(box: Box, horizontal: bool, vertical: bool) -> None:
    mirror = mirrored(horizontal=horizontal, vertical=vertical)
    assert close(mirror.then(mirror).box(box), box)


@given(boxes(), aspects, aspects)
def test_a_letterboxed_picture_keeps_its_shape_and_lies_in_the_frame(
    box: Box, picture: float, frame: float
) -> None:
    whole = letterboxed(picture, frame).box(Box(0, 0, 1, 1))
    assert whole.width * frame / whole.height == pytest.approx(picture)
    assert max(whole.width, whole.height) == pytest.approx(1)
    inside = letterboxed(picture, frame).box(box)
    assert inside.x1 >= -1e-9
    assert inside.x2 <= 1 + 1e-9
    assert inside.y1 >= -1e-9
    assert inside.y2 <= 1 + 1e-9


@given(aspects, aspects)
def test_a_filling_picture_keeps_its_shape_and_covers_the_frame(
    picture: float, frame: float
) -> None:
    whole = filling(picture, frame).box(Box(0, 0, 1, 1))
    assert whole.width * frame / whole.height == pytest.approx(picture)
    assert min(whole.width, whole.height) == pytest.approx(1)
    assert (whole.x1 + whole.x2) / 2 == pytest.approx(0.5)


# --- directions, by hand -------------------------------------------------------------------------

TOP_LEFT = Box(0.0, 0.0, 0.25, 0.125)


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        (turned(90), Box(0.875, 0.0, 1.0, 0.25)),
        (turned(180), Box(0.75, 0.875, 1.0, 1.0)),
        (turned(270), Box(0.0, 0.75, 0.125, 1.0)),
        (turned(-90), Box(0.0, 0.75, 0.125, 1.0)),
        (mirrored(horizontal=True), Box(0.75, 0.0, 1.0, 0.125)),
        (mirrored(vertical=True), Box(0.0, 0.875, 0.25, 1.0)),
        (cropped(Crop(0.0, 0.0, 0.5, 0.5)), Box(0.0, 0.0, 0.5, 0.25)),
        (letterboxed(16 / 9, 1.0), Box(0.0, 7 / 32, 0.25, 7 / 32 + 9 / 128)),
        (placed(Rect(10, 20, 400, 200)), Box(10, 20, 110, 45)),
    ],
)
def test_the_upper_left_corner_goes_where_it_must(way: Affine, expected: Box) -> None:
    assert close(way.box(TOP_LEFT), expected)


def test_a_picture_is_turned_by_quarters_only() -> None:
    with pytest.raises(GeometryError, match="45 degrees"):
        turned(45)


# --- the registry's words ------------------------------------------------------------------------


def test_a_camera_of_which_nothing_is_said_needs_no_mapping() -> None:
    geometry = camera_geometry({"engine": "vlc"})
    assert geometry.to_shown(StreamKind.MAIN).is_identity
    assert geometry.to_shown(StreamKind.SUB).is_identity


def test_a_part_that_was_analysed_goes_back_to_its_place() -> None:
    geometry = camera_geometry({"analytics_crop": "0.5 0.25 0.5 0.5"})
    whole = geometry.to_shown(StreamKind.MAIN).box(Box(0, 0, 1, 1))
    assert close(whole, Box(0.5, 0.25, 1.0, 0.75))


def test_bars_around_the_analysed_picture_are_taken_away() -> None:
    geometry = camera_geometry({"analytics_letterbox": "1920x1080 in 640x640"})
    picture = Box(0, 7 / 32, 1, 25 / 32)  # between the bars
    assert close(geometry.to_shown(StreamKind.SUB).box(picture), Box(0, 0, 1, 1))


def test_a_sub_stream_that_shows_only_a_part_gets_its_boxes_in_it() -> None:
    geometry = camera_geometry({"sub_crop": "0.125 0 0.75 1"})
    left_edge = Box(0.125, 0.0, 0.5, 1.0)
    assert close(geometry.to_shown(StreamKind.SUB).box(left_edge), Box(0, 0, 0.5, 1))
    assert close(geometry.to_shown(StreamKind.MAIN).box(left_edge), left_edge)


@given(
    boxes(),
    crops(),
    st.sampled_from(["", "horizontal", "vertical", "both"]),
    turns,
    aspects,
    crops(),
)
def test_what_the_backend_did_to_the_picture_is_undone(
    box: Box, crop: Crop, mirror: str, degrees: int, aspect: float, sub: Crop
) -> None:
    """Step by step what a backend does to a box of the main picture, against the registry's way."""
    geometry = camera_geometry(
        {
            "analytics_crop": f"{crop.x!r} {crop.y!r} {crop.width!r} {crop.height!r}",
            "analytics_mirror": mirror,
            "analytics_rotation": str(degrees),
            "analytics_letterbox": f"{aspect!r}:1 in 1:1",
            "sub_crop": f"{sub.x!r},{sub.y!r},{sub.width!r},{sub.height!r}",
        }
    )
    analysed = cropped(crop).box(box)
    analysed = mirrored(
        horizontal=mirror in ("horizontal", "both"), vertical=mirror in ("vertical", "both")
    ).box(analysed)
    analysed = turned(degrees).box(analysed)
    analysed = letterboxed(aspect, 1.0).box(analysed)
    assert close(geometry.to_shown(StreamKind.MAIN).box(analysed), box)
    assert close(geometry.to_shown(StreamKind.SUB).box(analysed), cropped(sub).box(box), 1e-5)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("analytics_crop", "0.5 0.5 0.6 0.5"),
        ("analytics_crop", "0 0 0 1"),
        ("analytics_crop", "-0.1 0 0.5 0.5"),
        ("analytics_crop", "left half"),
        ("analytics_crop", "0 0 nan 1"),
        ("analytics_crop", "0 0 1"),
        ("analytics_mirror", "sideways"),
        ("analytics_rotation", "45"),
        ("analytics_letterbox", "16:9"),
        ("analytics_letterbox", "16:0 in 1:1"),
        ("analytics_letterbox", "a:b in 1:1"),
        ("sub_crop", "1 1 1 1"),
    ],
)
def test_what_cannot_be_understood_is_refused_by_name(key: str, text: str) -> None:
    with pytest.raises(GeometryError, match=key) as caught:
        camera_geometry({key: text})
    assert text in str(caught.value)


def test_the_whole_picture_is_no_crop() -> None:
    assert cropped(WHOLE).is_identity
