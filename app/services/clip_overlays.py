"""The boxes over clips that are played in tiles: those that were kept with each clip."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from uuid import UUID

from app.analytics.kept_boxes import Gap, GapKind
from app.analytics.placement import EXTRAPOLATE_US
from app.core.clock import Clock
from app.core.events import Event
from app.core.tasks import Tasks
from app.domain.camera import Camera, CameraCode
from app.domain.clip_record import Clip
from app.domain.mapping import Affine, CameraGeometry, GeometryError, camera_geometry
from app.services.clip_boxes_files import UNREADABLE, LoadedBoxes, load_boxes
from app.services.clip_playing import Playing
from app.services.overlay_drawing import TRAIL_US, drawn_boxes, drawn_shape
from app.services.overlay_types import (
    OverlayFilter,
    OverlayShape,
    OverlayStatus,
    OverlaySwitches,
    Sync,
    TileOverlay,
)
from app.services.wall_screen import place_of
from app.video.board import PictureFacts
from app.video.engine_types import ViewKey

NONE_KEPT = "No boxes were kept with this clip"
_GAPS = {
    GapKind.NOT_YET: "No boxes had come yet when this was taken",
    GapKind.NOT_CONNECTED: "'{0}' was not connected when this was taken: boxes of it are missing",
    GapKind.CUT_SHORT: "Boxes are missing from here on: the program ended while they were written",
}
BEING_READ = "The boxes of this clip are being read"
BEING_WRITTEN = "The boxes of this clip are still being written"
_SOON_S = 0.5
"""Boxes that are read within this need no words."""
_MOST_KEPT = 8
"""Clips whose boxes stay at hand after they were played: the next in a review, or the last."""
_MOST_BYTES = 64_000_000
_OFF = OverlayStatus()
_NO_BOXES = LoadedBoxes()


class PlayedClips(Protocol):
    """What is needed of ``ClipPlayer``."""

    changed: Event[ViewKey]

    def playing(self, key: ViewKey) -> Playing | None: ...


class KeepsBoxes(Protocol):
    """What is needed of ``ClipBoxes``."""

    settled: Event[UUID]

    def is_pending(self, clip: UUID) -> bool: ...


class BoxChoices(Protocol):
    """What is needed of ``OverlayService``: what the operator chose, and who serves whom."""

    @property
    def switches(self) -> OverlaySwitches: ...

    def filter(self, screen: int | None) -> OverlayFilter: ...

    def shows(self, screen: int, camera: CameraCode) -> bool: ...

    def show_camera(self, screen: int, camera: CameraCode, *, is_on: bool) -> None: ...

    def serves(self, camera: Camera) -> bool: ...

    def hides_while_moving(self, source: str) -> bool: ...


@dataclass(slots=True)
class _Shown:
    """One tile while it plays one clip; ``clip`` is ``None`` for what is none of ours; ``since`` is
    on the monotonic clock."""

    screen: int
    cell: int
    clip: Clip | None
    since: float
    geometry: CameraGeometry | None = None
    trouble: str = ""
    boxes: LoadedBoxes | None = None
    """``None`` while they are read."""
    is_moving: bool = False
    gap: Gap | None = None
    """Why boxes of the picture that was painted last may be missing."""
    shapes: dict[Affine, Sequence[OverlayShape]] = field(default_factory=dict)


class ClipOverlays:
    """Owner thread; files are read by ``tasks``."""

    def __init__(
        self,
        player: PlayedClips,
        choices: BoxChoices,
        keeping: KeepsBoxes | None,
        camera: Callable[[CameraCode], Camera | None],
        tasks: Tasks,
        file_of: Callable[[Clip], Path],
        clock: Clock,
    ) -> None:
        """``file_of`` says where the pictures of a clip lie."""
        self.changed: Event[frozenset[ViewKey]] = Event("clip_overlays.changed")
        self._player = player
        self._choices = choices
        self._keeping = keeping
        self._camera = camera
        self._tasks = tasks
        self._file_of = file_of
        self._clock = clock
        self._shown: dict[ViewKey, _Shown] = {}
        self._loaded: OrderedDict[UUID, LoadedBoxes] = OrderedDict()
        self._connections = [player.changed.connect(self._on_player_changed)]
        if keeping is not None:
            self._connections.append(keeping.settled.connect(self._on_settled))

    def close(self) -> None:
        """Follow the player no longer."""
        for connection in self._connections:
            connection.close()

    @property
    def keys(self) -> Collection[ViewKey]:
        """The views in which something is played."""
        return self._shown.keys()

    def plays(self, key: ViewKey) -> bool:
        return key in self._shown

    # --- what a canvas asks ---------------------------------------------------------------------

    def overlay(self, key: ViewKey, facts: PictureFacts) -> TileOverlay | None:
        """What to draw over this picture of the clip, by its place in it."""
        shown = self._shown.get(key)
        if shown is None or shown.clip is None or not facts.is_replay:
            return None
        kept = None if shown.boxes is None else shown.boxes.kept
        geometry, clip, choices = shown.geometry, shown.clip, self._choices
        if kept is None or geometry is None or not choices.shows(shown.screen, clip.camera):
            return None
        switches = choices.switches
        trail_us = TRAIL_US if switches.trails else 0
        found, shown.is_moving = kept.boxes_at(facts.pts, trail_us, choices.hides_while_moving)
        shown.gap = kept.gap_at(facts.pts)
        if kept.is_damaged:
            self._give_up(shown)
            return None
        to_shown = geometry.to_shown(clip.kind)
        boxes = drawn_boxes(found, choices.filter(shown.screen), to_shown, EXTRAPOLATE_US)
        shapes: Sequence[OverlayShape] = ()
        if switches.zones and not shown.is_moving:
            shapes = _shapes(shown, to_shown)
        if not boxes and not shapes:
            return None
        return TileOverlay(boxes, shapes, switches.confidence)

    def status(self, key: ViewKey) -> OverlayStatus:
        """What the tile says about the boxes of its clip: nothing where no backend serves it."""
        shown = self._shown.get(key)
        clip = None if shown is None else shown.clip
        if shown is None or clip is None or not self._choices.shows(shown.screen, clip.camera):
            return _OFF
        kept = None if shown.boxes is None else shown.boxes.kept
        if kept is None or shown.geometry is None:
            return OverlayStatus(is_on=True, sentence=shown.trouble or self._why_none(shown, clip))
        sync = Sync.EXACT if kept.is_exact else Sync.APPROXIMATE
        gap = shown.gap
        sentence = "" if gap is None else _GAPS[gap.kind].format(gap.source)
        return OverlayStatus(
            is_on=True, sync=sync, sentence=sentence, hidden_while_moving=shown.is_moving
        )

    def toggle(self, screen: int, cell: int) -> bool:
        """Boxes on or off for the clip that a tile plays; false where it plays none of ours."""
        for shown in self._shown.values():
            if shown.clip is not None and (shown.screen, shown.cell) == (screen, cell):
                camera = shown.clip.camera
                is_on = not self._choices.shows(screen, camera)
                self._choices.show_camera(screen, camera, is_on=is_on)
                return True
        return False

    # --- inside ---------------------------------------------------------------------------------

    def _why_none(self, shown: _Shown, clip: Clip) -> str:
        if shown.boxes is None:
            took = self._clock.monotonic() - shown.since
            return BEING_READ if took > _SOON_S else ""
        if self._keeping is not None and self._keeping.is_pending(clip.id):
            return BEING_WRITTEN
        if shown.boxes.trouble:
            return shown.boxes.trouble
        camera = self._camera(clip.camera)
        return NONE_KEPT if camera is not None and self._choices.serves(camera) else ""

    def _on_player_changed(self, key: ViewKey) -> None:
        playing, before = self._player.playing(key), self._shown.get(key)
        if playing is None:
            self._shown.pop(key, None)
        elif before is None or before.clip is None or before.clip != playing.clip:
            now = self._clock.monotonic()
            shown = self._shown[key] = _Shown(*place_of(key), playing.clip, now)
            if playing.clip is not None:
                self._look_at(shown, playing.clip.camera)
                self._load(playing.clip)
        self.changed.emit(frozenset({key}))

    def _look_at(self, shown: _Shown, code: CameraCode) -> None:
        camera = self._camera(code)
        try:
            shown.geometry = camera_geometry({} if camera is None else camera.attributes)
        except GeometryError as error:
            # Boxes in the wrong place would be worse than none.
            shown.trouble = str(error)

    def _load(self, clip: Clip) -> None:
        known = self._loaded.get(clip.id)
        if known is not None:
            self._give(clip.id, known)
            return

        path = self._file_of(clip)

        def failed(_error: Exception) -> None:
            self._give(clip.id, LoadedBoxes(trouble=UNREADABLE))

        self._tasks.run(
            lambda: load_boxes(path, clip),
            done=lambda loaded: self._give(clip.id, loaded),
            failed=failed,
        )

    def _give(self, clip: UUID, loaded: LoadedBoxes) -> None:
        self._loaded.pop(clip, None)
        if loaded.kept is not None:  # what is missing or wrong may be there the next time
            self._loaded[clip] = loaded
        while len(self._loaded) > 1 and (
            len(self._loaded) > _MOST_KEPT or self._loaded_bytes > _MOST_BYTES
        ):
            self._loaded.popitem(last=False)
        keys = [key for key, shown in self._shown.items() if _is_of(shown, clip)]
        for key in keys:
            self._shown[key].boxes = loaded
        if keys:
            self.changed.emit(frozenset(keys))

    @property
    def _loaded_bytes(self) -> int:
        return sum(each.kept.bytes for each in self._loaded.values() if each.kept is not None)

    def _give_up(self, shown: _Shown) -> None:
        """A part of the file cannot be unpacked; said by the next look at the tile."""
        shown.boxes = LoadedBoxes(trouble=UNREADABLE)
        if shown.clip is not None:
            self._loaded.pop(shown.clip.id, None)

    def _on_settled(self, clip: UUID) -> None:
        """The boxes of a clip lie beside it now: it may be played already."""
        for shown in self._shown.values():
            if shown.clip is not None and shown.clip.id == clip:
                self._load(shown.clip)
                return


def _is_of(shown: _Shown, clip: UUID) -> bool:
    return shown.clip is not None and shown.clip.id == clip


def _shapes(shown: _Shown, to_shown: Affine) -> Sequence[OverlayShape]:
    shapes = shown.shapes.get(to_shown)
    kept = None if shown.boxes is None else shown.boxes.kept
    if shapes is None and kept is not None:
        shapes = shown.shapes[to_shown] = tuple(
            drawn_shape(shape.name, shape.points, shape.is_line, to_shown) for shape in kept.zones
        )
    return shapes or ()
