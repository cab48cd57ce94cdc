"""A picture that was cut as asked is painted pixel for pixel, and boxes follow what is painted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.geometry import WHOLE, Crop, Rect, Size, fit, zoomed
from app.domain.stream import PictureClock, StreamKind
from app.video.board import PictureFacts
from ui.wall.picture_fit import fitted

ROOM = Rect(10, 20, 341, 192)


def cut(wanted: Crop, source: Size) -> PictureFacts:
    """What a worker makes of a wish: cut at even pixels of the source, scaled into the room."""
    left = min(round(wanted.x * source.width), source.width - 2) & ~1
    top = min(round(wanted.y * source.height), source.height - 2) & ~1
    width = min(max(2, round(wanted.width * source.width) & ~1), source.width - left)
    height = min(max(2, round(wanted.height * source.height) & ~1), source.height - top)
    size = fit(width, height, Size(ROOM.width, ROOM.height))
    return facts(
        size,
        Crop(
            left / source.width,
            top / source.height,
            width / source.width,
            height / source.height,
        ),
        source,
    )


def facts(size: Size, crop: Crop, source: Size) -> PictureFacts:
    return PictureFacts(
        width=size.width,
        height=size.height,
        stride=size.width * 4,
        kind=StreamKind.SUB,
        clock=PictureClock.CAMERA,
        utc_us=0,
        offset_us=0,
        arrival_us=0,
        published_us=0,
        pts=0,
        crop=crop,
        source_width=source.width,
        source_height=source.height,
    )


@given(
    zoom=st.floats(1, 16),
    at=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    source=st.sampled_from([Size(640, 360), Size(704, 576), Size(1920, 1080)]),
)
def test_what_was_cut_as_asked_is_not_stretched(
    zoom: float, at: tuple[float, float], source: Size
) -> None:
    wanted = zoomed(WHOLE, at[0], at[1], zoom)
    made = fitted(cut(wanted, source), ROOM, wanted)
    assert made.stretched is None
    assert made.painted == made.area


@given(zoom=st.floats(1, 16), at=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_the_edges_of_the_cut_are_the_edges_of_the_picture(
    zoom: float, at: tuple[float, float]
) -> None:
    wanted = zoomed(WHOLE, at[0], at[1], zoom)
    picture = cut(wanted, Size(640, 360))
    made = fitted(picture, ROOM, wanted)
    crop = picture.crop
    left, top = made.to_pixels.point(crop.x, crop.y)
    right, low = made.to_pixels.point(crop.x + crop.width, crop.y + crop.height)
    assert (left, top) == pytest.approx((made.area.x(), made.area.y()))
    assert (right - left, low - top) == pytest.approx((made.area.width(), made.area.height()))


def test_while_another_cut_is_on_its_way_boxes_go_with_the_stretched_picture() -> None:
    wanted = Crop(0.25, 0.25, 0.5, 0.5)
    made = fitted(cut(WHOLE, Size(640, 360)), ROOM, wanted)
    assert made.stretched is not None
    x, y = made.to_pixels.point(0.0, 1.0)
    assert x == pytest.approx(made.stretched.left())
    assert y == pytest.approx(made.stretched.bottom())


def test_where_the_old_cut_is_too_small_only_its_part_is_painted() -> None:
    made = fitted(cut(Crop(0.4, 0.4, 0.2, 0.2), Size(640, 360)), ROOM, WHOLE)
    assert made.stretched is not None
    assert made.area.contains(made.painted)
    assert made.painted.width() == pytest.approx(made.area.width() * 0.2, abs=2)
    assert made.stretched.contains(made.painted)
