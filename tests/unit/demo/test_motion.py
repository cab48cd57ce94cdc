"""Where things are: within the picture, and without a jump, also over the end of the loop."""

from itertools import pairwise

import pytest

from app.demo.scenes.catalogue import FPS, LOOP_S, VARIANTS, Variant
from app.demo.scenes.motion import Box, Mover, Path, objects_at, picture_second

_LABELS = {"car", "truck", "bus", "motorcycle", "rickshaw", "person"}
_NAMES = [variant.name for variant in VARIANTS]


def _boxes(variant: Variant, seconds: float) -> dict[str, Box]:
    return {found.track_id: found.box for found in objects_at(variant, seconds)}


@pytest.mark.parametrize("variant", VARIANTS, ids=_NAMES)
def test_boxes_lie_within_the_picture(variant: Variant) -> None:
    for second in range(0, LOOP_S, 4):
        found = objects_at(variant, second)
        assert len({one.track_id for one in found}) == len(found)
        for one in found:
            left, top, right, bottom = one.box
            assert 0 <= left < right <= 1
            assert 0 <= top < bottom <= 1
            assert one.label in _LABELS


@pytest.mark.parametrize("variant", VARIANTS, ids=_NAMES)
def test_every_scene_is_alive(variant: Variant) -> None:
    seen = [objects_at(variant, second) for second in range(0, LOOP_S, 3)]
    assert sum(bool(found) for found in seen) >= len(seen) - 2
    labels = {one.label for found in seen for one in found}
    assert "person" in labels
    assert len(labels) >= 3


@pytest.mark.parametrize("variant", VARIANTS, ids=_NAMES)
def test_nothing_jumps_over_the_end_of_the_loop(variant: Variant) -> None:
    step = 1 / FPS
    moments = [LOOP_S - 2 * step, LOOP_S - step, LOOP_S, LOOP_S + step, LOOP_S + 2 * step]
    for before, after in pairwise(moments):
        first, second = _boxes(variant, before), _boxes(variant, after)
        for track in first.keys() & second.keys():
            a, b = first[track], second[track]
            size = max(a[2] - a[0], a[3] - a[1])
            moved = max(abs(x - y) for x, y in zip(a, b, strict=True))
            assert moved < 0.02 + 0.6 * size, (track, before)


def test_what_is_in_the_middle_of_the_picture_stays_over_the_end_of_the_loop() -> None:
    kept = 0
    for variant in VARIANTS:
        before, after = _boxes(variant, LOOP_S - 1 / FPS), _boxes(variant, 0.0)
        for track, box in before.items():
            is_well_inside = min(box[0], 1 - box[2], 1 - box[3]) > 0.1 and box[3] - box[1] > 0.05
            if is_well_inside:
                assert track in after, (variant.name, track)
                kept += 1
    assert kept > 20


def test_a_minute_later_everything_is_in_its_place_again() -> None:
    assert objects_at(VARIANTS[0], 12.25) == objects_at(VARIANTS[0], 72.25)


def test_a_mover_waits_at_its_line_and_goes_on_without_a_jump() -> None:
    mover = Mover("a", "car", Path([(0, 0), (0, 100)]), 10.0, 0.0, 60.0, stop_at=50.0, stop_s=5.0)
    places = [mover.distance(index / 100) for index in range(1700)]
    steps = [b - a for a, b in pairwise(places) if a is not None and b is not None]
    assert min(steps) >= 0
    assert max(steps) < 0.11
    assert sum(step == 0 for step in steps) == pytest.approx(500, abs=3)
    assert mover.distance(8.0) == pytest.approx(50.0)


def test_a_path_is_as_long_as_it_is_and_heads_along_itself() -> None:
    path = Path([(0, 0), (0, 30), (40, 30)], is_smooth=False)
    assert path.length == pytest.approx(70)
    x, z, heading = path.place(50)
    assert (x, z) == pytest.approx((20, 30))
    assert heading == pytest.approx(1.5708, abs=1e-3)


def test_the_second_of_a_picture_is_that_of_its_frame() -> None:
    assert picture_second(600.0) == 0.0
    assert picture_second(600.0 + 59.99) == pytest.approx(899 / 15)
    assert picture_second(600.0 + 1 / 15, phase=0.5) == 0.0
    assert picture_second(600.02, phase=0.5) == pytest.approx(899 / 15)
