"""What a tile says about its boxes: nothing while all is well, and never more than is known."""

from __future__ import annotations

import pytest

from app.domain.detection import LABELS, Box
from app.services.overlay_types import OverlayBox, OverlayStatus, Sync, Timing
from ui.wall.box_wording import box_words, label_word, overlay_lines, overlay_sign

WELL = OverlayStatus(is_on=True, sync=Sync.EXACT, lag_s=0.2)


@pytest.mark.parametrize(
    ("status", "sign"),
    [
        (OverlayStatus(), ""),
        (OverlayStatus(is_on=False, sync=Sync.NONE), ""),
        (WELL, ""),
        (OverlayStatus(is_on=True, sync=Sync.NONE), "no boxes"),
        (OverlayStatus(is_on=True, sync=Sync.APPROXIMATE, lag_s=0.2), "boxes ≈"),
        (OverlayStatus(is_on=True, sync=Sync.EXACT, lag_s=1.44), "boxes 1.4 s late"),
        (OverlayStatus(is_on=True, sync=Sync.APPROXIMATE, lag_s=1.44), "boxes 1.4 s late"),
        (OverlayStatus(is_on=True, sync=Sync.EXACT, hidden_while_moving=True), "moving"),
    ],
)
def test_the_strip_speaks_up_only_when_something_is_amiss(status: OverlayStatus, sign: str) -> None:
    assert overlay_sign(status) == sign


def test_the_detail_says_timing_state_lag_and_hold() -> None:
    fast = OverlayStatus(is_on=True, timing=Timing.FASTEST, sync=Sync.APPROXIMATE)
    assert overlay_lines(fast) == ["Boxes: fastest picture · approximate"]
    none = OverlayStatus(is_on=True, sync=Sync.NONE, sentence="No boxes come from 'bannu'")
    assert overlay_lines(none) == ["Boxes: in step · none come", "No boxes come from 'bannu'"]
    moving = OverlayStatus(is_on=True, sync=Sync.EXACT, hidden_while_moving=True)
    assert "Boxes are hidden while the camera moves" in overlay_lines(moving)
    assert overlay_lines(OverlayStatus()) == ["Boxes: off"]


def test_every_class_has_a_word_of_its_own() -> None:
    assert len({label_word(label) for label in LABELS}) == len(LABELS)
    assert label_word("zeppelin") == label_word("unknown")


def test_a_label_says_what_is_asked_for_and_known() -> None:
    car = OverlayBox(Box(0, 0, 1, 1), "car", 0.876, "1", words="BN-1234")
    assert box_words(car, confidence=False, details=False) == "Car"
    assert box_words(car, confidence=True, details=True) == "Car 88 % · BN-1234"
    unsure = OverlayBox(Box(0, 0, 1, 1), "person", None, None, words="x" * 60)
    assert box_words(unsure, confidence=True, details=False) == "Person"
    long = box_words(unsure, confidence=True, details=True)
    assert long.endswith("…")
    assert len(long) < 40
