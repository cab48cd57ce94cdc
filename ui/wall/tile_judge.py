"""Asks what a tile has to say, and whether that is something else than before."""

import time
from enum import Enum

from app.domain.stream import StreamState
from app.services.overlay_types import Overlays
from app.video.engine_types import Engine
from ui.wall.box_wording import overlay_sign
from ui.wall.canvas_tile import CanvasTile
from ui.wall.clip_wording import Clips, clip_face
from ui.wall.wording import EMPTY_FACE, FRESH_WITHIN_S, TileFace, face_of

_NEARLY_STALE_S = 1.5


class Verdict(Enum):
    """Whether a tile says something else, and whether over its picture too."""

    SAME = "same"
    STRIP = "strip"
    WHOLE = "whole"


class TileJudge:
    """Gives tiles their faces. GUI thread.

    ``anxious`` are the tiles whose picture is about to be too old to be called live: they are to
    be asked at every tick.
    """

    def __init__(
        self, engine: Engine, overlays: Overlays | None, clips: Clips | None = None
    ) -> None:
        self.anxious: set[CanvasTile] = set()
        self._engine = engine
        self._overlays = overlays
        self._clips = clips

    def judge(self, tile: CanvasTile) -> Verdict:
        """Ask what the tile says now and remember it as its face."""
        camera = tile.snapshot.camera
        key = tile.snapshot.key
        played = None if self._clips is None else self._clips.playing(key)
        if played is not None or camera is None:
            self.anxious.discard(tile)
            tile.calm = None
            face = EMPTY_FACE
            if played is not None:
                now_us = time.time_ns() // 1000
                boxes = None if self._overlays is None else self._overlays.status(key)
                face = clip_face(played, zoom=tile.snapshot.zoom, now_us=now_us, boxes=boxes)
            return _give(tile, face)
        status = self._engine.status(key)
        boxes = None if self._overlays is None else self._overlays.status(key)
        age = status.age_s
        calm = None
        if (
            status.state is StreamState.LIVE
            and age is not None
            and age <= FRESH_WITHIN_S
            and tile.paused is None
        ):
            sign = "" if boxes is None else overlay_sign(boxes)
            calm = (status.kind, status.effort, status.faults, sign)
            if calm == tile.calm:
                return Verdict.SAME  # the usual case
        tile.calm = calm
        now_us = time.time_ns() // 1000
        face = face_of(
            camera,
            status,
            zoom=tile.snapshot.zoom,
            now_us=now_us,
            boxes=boxes,
            paused_age_s=None if tile.paused is None else tile.paused.facts.age_s(now_us),
        )
        if face.is_live and age is not None and age > _NEARLY_STALE_S:
            self.anxious.add(tile)
        else:
            self.anxious.discard(tile)
        return _give(tile, face)


def _give(tile: CanvasTile, face: TileFace) -> Verdict:
    before, tile.face = tile.face, face
    if before == face:
        return Verdict.SAME
    return Verdict.STRIP if before.place_words == face.place_words else Verdict.WHOLE
