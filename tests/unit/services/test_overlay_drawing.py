"""What a box carries to the painter."""

import msgspec

from app.analytics.track import TimedBox
from app.domain.detection import ObjectSample
from app.domain.geometry import Crop
from app.domain.mapping import IDENTITY, cropped
from app.services.overlay_drawing import drawn_boxes, drawn_shape
from app.services.overlay_types import OverlayBox, OverlayFilter
from tests.unit.analytics.frames import standing, thing

ALL = OverlayFilter()


def drawn(sample: ObjectSample, **timed: object) -> OverlayBox:
    box = sample.box
    found = TimedBox(sample, box.x1, box.y1, box.x2, box.y2)
    for name, value in timed.items():
        setattr(found, name, value)
    (only,) = drawn_boxes([found], ALL, IDENTITY, late_beyond_us=0)
    return only


def test_what_the_backend_knows_besides_is_written_at_the_box() -> None:
    car = msgspec.structs.replace(
        thing("7"),
        attributes=(
            ("colour", "white", 0.8),
            ("plate", "LEA 4211", 0.9),
            ("plate", "", None),
            ("sub_label", "x" * 100, None),
        ),
    )
    assert drawn(car).words == ("LEA 4211 " + "x" * 100)[:40]
    assert drawn(thing("7")).words == ""


def test_an_old_box_is_late_and_a_standing_one_never_is() -> None:
    assert drawn(thing("7"), age_us=1).is_late
    assert not drawn(thing("7"), age_us=0).is_late
    stands = drawn(standing("7"), age_us=10**9)
    assert (stands.is_late, stands.is_idle) == (False, True)


def test_boxes_trails_and_shapes_go_the_same_way() -> None:
    left_half = cropped(Crop(0, 0, 0.5, 1))
    box = thing("7", 0.25).box
    found = TimedBox(thing("7", 0.25), box.x1, box.y1, box.x2, box.y2, trail=((0.1, 0.4),))
    (mapped,) = drawn_boxes([found], ALL, left_half, late_beyond_us=0)
    assert round((mapped.box.x1 + mapped.box.x2) / 2, 6) == 0.5
    assert mapped.trail == ((0.2, 0.4),)
    shape = drawn_shape("gate", ((0.25, 0.5), (0.5, 0.5)), True, left_half)
    assert shape.points == ((0.5, 0.5), (1.0, 0.5))
