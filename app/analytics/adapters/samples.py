"""Builds boxes and objects out of whatever numbers came, and refuses the absurd ones."""

from collections.abc import Iterable

from app.domain.detection import Box, ObjectSample

_FARTHEST = 4.0
"""A box may reach out of the picture; four pictures away it is a mistake."""
MOST_OBJECTS = 512
_MOST_POINTS = 128
_MOST_ATTRIBUTES = 24
_LONGEST_ID = 128
_LONGEST_NAME = 64
_LONGEST_VALUE = 200

Attribute = tuple[str, str, float | None]


def make_box(x1: float, y1: float, x2: float, y2: float) -> Box | None:
    """A box whose edges are in order, or ``None`` where a number is none or is absurd."""
    if x1 > x2:
        x1, x2 = x2, x1
    if y1 > y2:
        y1, y2 = y2, y1
    # Written so that "not a number" fails too.
    if x1 >= -_FARTHEST and y1 >= -_FARTHEST and x2 <= _FARTHEST and y2 <= _FARTHEST:
        return Box(x1, y1, x2, y2) if x1 <= x2 and y1 <= y2 else None
    return None


def make_polygon(points: Iterable[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """The points, or none of them if one is absurd or there are too many."""
    kept = tuple(points)
    if len(kept) > _MOST_POINTS:
        return ()
    inside = all(-_FARTHEST <= x <= _FARTHEST and -_FARTHEST <= y <= _FARTHEST for x, y in kept)
    return kept if inside else ()


def make_confidence(value: float | None) -> float | None:
    """0..1; ``None`` where none was given or where it is no confidence."""
    return value if value is not None and 0.0 <= value <= 1.0 else None


def make_id(value: int | str | None) -> str | None:
    """A track id, or ``None`` where there is none that could be kept."""
    text = str(value) if value is not None else ""
    return text if 0 < len(text) <= _LONGEST_ID else None


def make_name(text: str) -> str:
    """A name for showing: one line, not endless."""
    return " ".join(text[:_LONGEST_VALUE].split())[:_LONGEST_NAME]


def make_value(text: str) -> str:
    """A value for showing; longer than a name."""
    return text[:_LONGEST_VALUE].strip()


def make_attributes(found: Iterable[Attribute]) -> tuple[Attribute, ...]:
    """Those that say something; shortened, and not too many."""
    kept = [
        (make_name(name), make_value(value), make_confidence(confidence))
        for name, value, confidence in found
        if name and value
    ]
    return tuple(kept[:_MOST_ATTRIBUTES])


def is_sure(sample: ObjectSample, minimum: float) -> bool:
    """Whether the object is to be kept; one without a confidence is."""
    return sample.confidence is None or sample.confidence >= minimum
