"""What lies over a clip in a tile: its own boxes, and in words why there are none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.core.events import Event
from app.domain.detection import Box
from app.services.clip_playing import Playing
from app.services.overlay_types import OverlayBox, OverlayStatus, Sync, TileOverlay
from app.video.engine_types import ViewKey
from app.video.player_types import PlayerPhase, PlayerState
from tests.fakes.overlays import FakeOverlays
from tests.ui.wall.conftest import KEY, WallOnScreen, colour_at
from ui.theme import tokens

GREY = (90, 90, 90)
HALF = TileOverlay([OverlayBox(Box(0.25, 0.25, 0.75, 0.75), "car", None, None)])
READY = PlayerState(PlayerPhase.READY, 60_000_000, 640, 360)


class FakeClips:
    """Implements ``Clips``: the first tile plays something."""

    def __init__(self) -> None:
        self.changed: Event[ViewKey] = Event("fake.clips.changed")

    def playing(self, key: ViewKey) -> Playing | None:
        if key != KEY:
            return None
        return Playing("DIK-1-1", None, READY, 0, None, 0.0, False, None)


@pytest.fixture
def overlays() -> FakeOverlays:
    return FakeOverlays()


@pytest.fixture
def wall(make_wall: Callable[..., WallOnScreen], overlays: FakeOverlays) -> WallOnScreen:
    wall = make_wall(overlays=overlays, clips=FakeClips())
    wall.engine.publish(KEY, GREY, is_replay=True)
    wall.look()
    return wall


def found(wall: WallOnScreen, colour: str, key: ViewKey = KEY) -> int:
    """How many pixels of a tile's picture have that colour."""
    image = wall.grab()
    rect = wall.window.canvas.picture_rect(key)
    assert rect is not None
    return sum(
        colour_at(image, rect.x + x, rect.y + y) == colour
        for y in range(rect.height)
        for x in range(rect.width)
    )


def test_the_boxes_of_a_clip_are_painted_over_it(
    wall: WallOnScreen, overlays: FakeOverlays
) -> None:
    assert found(wall, tokens.BOX_SKY) == 0
    overlays.show(KEY, HALF)
    assert found(wall, tokens.BOX_SKY) > 100
    assert overlays.asked[-1][2].is_replay


def test_why_there_are_none_stands_over_the_picture(
    wall: WallOnScreen, overlays: FakeOverlays
) -> None:
    before = found(wall, tokens.TEXT)
    overlays.statuses[KEY] = OverlayStatus(is_on=True, sentence="No boxes were kept")
    wall.look()
    face = wall.window.canvas.face(KEY)
    assert (face.note, face.boxes) == ("No boxes were kept", "no boxes")
    assert found(wall, tokens.TEXT) > before
    assert "No boxes were kept" in wall.window.canvas.detail(KEY)
    overlays.statuses[KEY] = OverlayStatus(is_on=True, sync=Sync.EXACT)
    wall.look()
    assert found(wall, tokens.TEXT) == before
