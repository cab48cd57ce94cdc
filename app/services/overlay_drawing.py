"""From timelines to what is painted over one picture. Runs for every picture on the wall."""

from collections.abc import Iterable, Sequence

from app.analytics.track import TimedBox
from app.domain.detection import Box, ObjectSample, ObjectState
from app.domain.mapping import Affine
from app.services.overlay_types import OverlayBox, OverlayFilter, OverlayShape

MOST_BOXES = 50
TRAIL_US = 2_000_000
_LONGEST_WORDS = 40
_WORTH_WORDS = frozenset({"plate", "sub_label", "name", "text"})
"""Attributes whose value is written beside the box."""
_Points = tuple[tuple[float, float], ...]


def drawn_boxes(
    found: Iterable[TimedBox], wanted: OverlayFilter, to_shown: Affine, late_beyond_us: int
) -> list[OverlayBox]:
    """What passes the filter, in fractions of the shown picture.

    Further than ``late_beyond_us`` from its last sample a box counts as late; a standing one never.
    """
    labels, least = wanted.labels, wanted.minimum_confidence
    as_is = to_shown.is_identity
    boxes: list[OverlayBox] = []
    for each in found:
        sample = each.sample
        confidence = sample.confidence
        if sample.label not in labels or (confidence is not None and confidence < least):
            continue
        box = Box(each.x1, each.y1, each.x2, each.y2)
        trail = each.trail
        if not as_is:
            box = to_shown.box(box)
            trail = tuple(to_shown.point(*point) for point in trail)
        boxes.append(
            OverlayBox(
                box,
                sample.label,
                confidence,
                sample.track_id,
                each.alpha,
                each.age_us > late_beyond_us and sample.state is not _IDLE,
                sample.state is _IDLE,
                trail,
                _words(sample) if sample.attributes else "",
            )
        )
    return boxes if len(boxes) <= MOST_BOXES else most_confident(boxes)


def most_confident(boxes: Sequence[OverlayBox]) -> list[OverlayBox]:
    """The 50 best; a box whose source gives no confidence counts as sure."""
    ranked = sorted(
        boxes, key=lambda box: 1.0 if box.confidence is None else box.confidence, reverse=True
    )
    return ranked[:MOST_BOXES]


def drawn_shape(name: str, points: _Points, is_line: bool, to_shown: Affine) -> OverlayShape:
    """A zone or a line of a rule in fractions of the shown picture."""
    return OverlayShape(name, tuple(to_shown.point(*point) for point in points), is_line)


def _words(sample: ObjectSample) -> str:
    worth = [value for name, value, _ in sample.attributes if name in _WORTH_WORDS and value]
    return " ".join(worth)[:_LONGEST_WORDS]


_IDLE = ObjectState.IDLE
