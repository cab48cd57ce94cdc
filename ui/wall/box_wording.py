"""The words of boxes and overlays: classes, timing, how well they are in step."""

from collections.abc import Mapping
from functools import lru_cache

from PySide6.QtCore import QCoreApplication

from app.services.overlay_types import OverlayBox, OverlayStatus, Sync, Timing
from ui.texts import QT_TRANSLATE_NOOP

_LABELS: Mapping[str, str] = {
    "person": QT_TRANSLATE_NOOP("Boxes", "Person"),
    "face": QT_TRANSLATE_NOOP("Boxes", "Face"),
    "vehicle": QT_TRANSLATE_NOOP("Boxes", "Vehicle"),
    "car": QT_TRANSLATE_NOOP("Boxes", "Car"),
    "truck": QT_TRANSLATE_NOOP("Boxes", "Truck"),
    "bus": QT_TRANSLATE_NOOP("Boxes", "Bus"),
    "motorcycle": QT_TRANSLATE_NOOP("Boxes", "Motorcycle"),
    "bicycle": QT_TRANSLATE_NOOP("Boxes", "Bicycle"),
    "animal": QT_TRANSLATE_NOOP("Boxes", "Animal"),
    "plate": QT_TRANSLATE_NOOP("Boxes", "Plate"),
    "bag": QT_TRANSLATE_NOOP("Boxes", "Bag"),
    "fire": QT_TRANSLATE_NOOP("Boxes", "Fire"),
    "smoke": QT_TRANSLATE_NOOP("Boxes", "Smoke"),
    "unknown": QT_TRANSLATE_NOOP("Boxes", "Object"),
}
_TIMINGS: Mapping[Timing, str] = {
    Timing.FASTEST: QT_TRANSLATE_NOOP("Boxes", "fastest picture"),
    Timing.IN_STEP: QT_TRANSLATE_NOOP("Boxes", "in step"),
}
_SYNCS: Mapping[Sync, str] = {
    Sync.EXACT: QT_TRANSLATE_NOOP("Boxes", "exact"),
    Sync.APPROXIMATE: QT_TRANSLATE_NOOP("Boxes", "approximate"),
    Sync.NONE: QT_TRANSLATE_NOOP("Boxes", "none come"),
}
LATE_FROM_S = 0.5
"""Boxes that come later than a picture can wait for them are worth a word on the tile."""
_LONGEST = 24


def tr(text: str) -> str:
    return QCoreApplication.translate("Boxes", text)


@lru_cache(maxsize=64)
def label_word(label: str) -> str:
    """What a class of objects is called."""
    return tr(_LABELS.get(label, _LABELS["unknown"]))


def timing_words(timing: Timing) -> str:
    return tr(_TIMINGS[timing])


def box_words(box: OverlayBox, *, confidence: bool, details: bool) -> str:
    """What stands at a box: its class, how sure the backend is, and what it knows besides."""
    words = label_word(box.label)
    if confidence and box.confidence is not None:
        words = f"{words} {round(box.confidence * 100)} %"
    if details and box.words:
        more = box.words if len(box.words) <= _LONGEST else box.words[: _LONGEST - 1] + "…"
        words = f"{words} · {more}"
    return words


def overlay_sign(status: OverlayStatus) -> str:
    """The word on a tile's strip when its boxes are not as they should be; else nothing."""
    if not status.is_on:
        return ""
    if status.hidden_while_moving:
        return tr("moving")
    if status.sync is Sync.NONE:
        return tr("no boxes")
    if status.lag_s is not None and status.lag_s > LATE_FROM_S:
        return tr("boxes {0} s late").format(f"{status.lag_s:.1f}")
    if status.sync is Sync.APPROXIMATE:
        return tr("boxes ≈")
    return ""


def overlay_lines(status: OverlayStatus) -> list[str]:
    """What the detail of a tile says about its boxes."""
    if not status.is_on:
        return [tr("Boxes: off")]
    parts = [timing_words(status.timing), tr(_SYNCS[status.sync])]
    if status.lag_s is not None:
        parts.append(tr("{0} ms after the picture").format(round(status.lag_s * 1000)))
    if status.hold_s:
        parts.append(tr("the picture waits {0} ms").format(round(status.hold_s * 1000)))
    lines = [tr("Boxes: {0}").format(" · ".join(parts))]
    if status.hidden_while_moving:
        lines.append(tr("Boxes are hidden while the camera moves"))
    if status.sentence:
        lines.append(status.sentence)
    return lines
