"""What the keys for clips and snapshots do on the selected tile."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from app.services.clips import ClipService
from app.services.snapshots import SeenPicture, SnapshotService
from app.services.wall import WallService
from app.services.wall_screen import TileSnapshot
from app.video.engine_types import Engine, Moment, TileStatus

SayNote = Callable[[int, str], None]


class ClipKeys:
    """Acts on the focused screen's selected tile and says there what it did. GUI thread."""

    def __init__(
        self,
        wall: WallService,
        engine: Engine,
        clips: ClipService,
        snapshots: SnapshotService,
        say: SayNote,
    ) -> None:
        """``say`` shows words on a screen for a moment."""
        self._wall = wall
        self._engine = engine
        self._clips = clips
        self._snapshots = snapshots
        self._say = say

    def toggle_recording(self) -> None:
        """Write a clip from the picture on the tile on, or end the one that is being written."""
        screen = self._wall.focused
        tile = self._selected(screen)
        if tile is None or tile.camera is None:
            return
        camera = tile.camera.code
        running = self._clips.recording(camera)
        if running is not None:
            self._clips.stop(running.id)
            self._say(screen, _tr("The clip of {0} ends here").format(camera))
            return
        status = self._engine.status(tile.key)
        if status.taken_utc_us is None:
            self._say(screen, _tr("There is no picture to begin a clip with"))
            return
        self._clips.start_recording(
            camera, Moment(status.taken_utc_us, by_camera=False), kind=status.kind
        )
        self._say(screen, _tr("Clip of {0} from here: C ends it").format(camera))

    def discard_recording(self) -> None:
        """Throw away the clip that is being written."""
        screen = self._wall.focused
        tile = self._selected(screen)
        running = None
        if tile is not None and tile.camera is not None:
            running = self._clips.recording(tile.camera.code)
        if running is None:
            self._say(screen, _tr("No clip is being written of this camera"))
            return
        self._clips.cancel(running.id)
        self._say(screen, _tr("The clip of {0} is thrown away").format(running.camera))

    def take_snapshot(self) -> None:
        """Keep the picture on the tile, at its full size."""
        screen = self._wall.focused
        tile = self._selected(screen)
        if tile is None or tile.camera is None:
            return
        camera = tile.camera.code
        seen = seen_picture(tile, self._engine.status(tile.key))
        if seen is None:
            self._say(screen, _tr("There is no picture to keep"))
            return

        def done(name: str | None) -> None:
            if name is not None:
                self._say(screen, _tr("The picture of {0} is kept").format(camera))
            else:
                self._say(screen, _tr("The picture of {0} was not kept").format(camera))

        self._snapshots.take(seen, done)

    def _selected(self, index: int) -> TileSnapshot | None:
        if not self._wall.screens:
            return None
        screen = self._wall.screen(index)
        return next((tile for tile in screen.tiles if tile.cell == screen.selected), None)


def seen_picture(tile: TileSnapshot, status: TileStatus) -> SeenPicture | None:
    """Which picture a tile shows; ``None`` without one."""
    if tile.camera is None or status.taken_utc_us is None:
        return None
    return SeenPicture(tile.camera.code, status.taken_utc_us, status.clock, status.clock_offset_s)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Clips", text)
