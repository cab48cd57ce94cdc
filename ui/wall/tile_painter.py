"""Paints one tile's picture and what lies over it, in device pixels."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from app.domain.camera import CameraCode
from app.domain.stream import StreamState
from app.services.clips import Recordings
from app.services.event_marks import Marks
from app.services.overlay_types import Overlays
from app.video.board import BoardPicture, PictureFacts
from app.video.engine_types import Engine, ViewKey
from ui.wall.canvas_tile import CanvasTile, PausedPicture
from ui.wall.furniture import paint_absence, paint_empty, paint_frame_of_past
from ui.wall.mark_painter import paint_mark
from ui.wall.overlay_painter import paint_overlay
from ui.wall.picture_fit import Fit, fitted
from ui.wall.recording_painter import paint_recording

_TRIES = 3
_FORMAT = QImage.Format.Format_RGB32


class Painted(Enum):
    """What came of painting a tile: the picture was there before, is new, or was written over
    again and again while it was painted, so that it must be painted once more."""

    SAME = "same"
    NEW = "new"
    TORN = "torn"


@dataclass(frozen=True, slots=True)
class TilePainter:
    """Asks for the newest picture and for what belongs over that very picture. GUI thread.

    ``judge`` is called for a tile whose face does not fit the picture that was just painted.
    """

    engine: Engine
    judge: Callable[[CanvasTile], None]
    overlays: Overlays | None = None
    marks: Marks | None = None
    recordings: Recordings | None = None

    def paint(self, painter: QPainter, tile: CanvasTile, ratio: float) -> Painted:
        """Paint the newest picture of a tile, or what stands there without one."""
        painted, facts = Painted.SAME, None
        if tile.paused is not None:
            facts = tile.paused.facts
            _paint_image(painter, tile, tile.paused.image, facts)
        else:
            painted, facts = self._paint_newest(painter, tile)
        if facts is not None and facts.is_replay is not (tile.face.state is StreamState.REPLAY):
            self.judge(tile)  # a replayed picture must not look live for one moment
        if tile.face.is_clip:
            self._paint_over_clip(painter, tile, facts, ratio)
        elif tile.snapshot.camera is not None and not tile.face.is_empty:
            self._paint_over(painter, tile, tile.snapshot.camera.code, facts, ratio)
        return painted

    def _paint_over(
        self,
        painter: QPainter,
        tile: CanvasTile,
        camera: CameraCode,
        facts: PictureFacts | None,
        ratio: float,
    ) -> None:
        """What belongs over the picture with these facts; ``None``: there is none."""
        face, fit = tile.face, tile.fit
        if face.covers_picture or (facts is None and face.headline):
            paint_absence(painter, tile.picture, face, tile.drawn, ratio)
        elif facts is not None and fit is not None:
            over = None
            if self.overlays is not None:
                over = self.overlays.overlay(tile.snapshot.key, camera, facts)
            if over is not None:
                paint_overlay(painter, over, fit.painted, fit.to_pixels, ratio)
            if not face.is_live:
                paint_frame_of_past(painter, fit.painted, face, ratio)
        mark = None if self.marks is None else self.marks.mark(camera)
        if mark is not None:
            paint_mark(painter, tile.picture, mark, ratio)
        recording = None if self.recordings is None else self.recordings.recording(camera)
        if recording is not None:
            paint_recording(painter, tile.picture, recording, ratio)

    def _paint_over_clip(
        self, painter: QPainter, tile: CanvasTile, facts: PictureFacts | None, ratio: float
    ) -> None:
        """What belongs over the clip's picture, nothing of the tile's camera."""
        fit = tile.fit
        if tile.face.covers_picture or facts is None or fit is None:
            paint_absence(painter, tile.picture, tile.face, tile.drawn, ratio)
            return
        if self.overlays is not None:
            camera = tile.snapshot.camera
            code = None if camera is None else camera.code
            over = self.overlays.overlay(tile.snapshot.key, code, facts)
            if over is not None:
                paint_overlay(painter, over, fit.painted, fit.to_pixels, ratio)
        paint_frame_of_past(painter, fit.painted, tile.face, ratio)

    def pause(self, key: ViewKey) -> PausedPicture | None:
        """A copy of the picture at hand; ``None`` without one."""
        for _ in range(_TRIES):
            picture = self.engine.picture(key)
            if picture is None:
                return None
            copied = _image(picture).copy()
            if self.engine.intact(picture):
                return PausedPicture(copied, picture.facts)
        return None

    def _paint_newest(
        self, painter: QPainter, tile: CanvasTile
    ) -> tuple[Painted, PictureFacts | None]:
        """A picture that was written over meanwhile is painted again before anyone sees it."""
        picture: BoardPicture | None = None
        for _ in range(_TRIES):
            picture = self.engine.picture(tile.snapshot.key)
            if picture is None:
                tile.drawn = None
                paint_empty(painter, tile.picture)
                return Painted.SAME, None
            # The memoryview lives as long as `picture`, which is held until this is painted.
            _paint_image(painter, tile, _image(picture), picture.facts)
            if self.engine.intact(picture):
                return Painted.NEW if tile.count(picture) else Painted.SAME, picture.facts
        return Painted.TORN, None if picture is None else picture.facts


def _image(picture: BoardPicture) -> QImage:
    facts = picture.facts
    return QImage(picture.pixels, facts.width, facts.height, facts.stride, _FORMAT)


def _paint_image(painter: QPainter, tile: CanvasTile, image: QImage, facts: PictureFacts) -> None:
    fit: Fit | None = tile.fit
    if fit is None or not fit.suits(facts):
        fit = tile.fit = fitted(facts, tile.snapshot.picture, tile.snapshot.crop)
        paint_empty(painter, tile.picture)
    tile.drawn = fit.area
    if fit.stretched is None:
        painter.drawImage(fit.corner, image)
    else:
        _draw_stretched(painter, image, fit.area, fit.stretched)


def _draw_stretched(painter: QPainter, image: QImage, area: QRect, where: QRectF) -> None:
    painter.save()
    painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(where, image)
    painter.restore()
