"""One raster canvas a screen: paints the pictures that changed, in device pixels.

New pictures take a short road: they are copied straight into the window's backing store, outside
of Qt's paint events. There a painter is not clipped to a many-cornered region, which makes Qt
copy pictures five times slower. Everything else (furniture, words, exposure, resizing) goes
through ordinary paint events, and so do the pictures over which another widget lies.
"""

import time
from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QRegion, QWindow
from PySide6.QtWidgets import QWidget

from app.domain.camera import CameraCode
from app.domain.geometry import Rect
from app.domain.layout import gap_px
from app.services.clips import Recordings
from app.services.event_marks import Marks
from app.services.overlay_types import Overlays
from app.services.wall_screen import ScreenSnapshot, TileSnapshot
from app.video.engine_types import Engine, ViewKey
from ui.binding import bind
from ui.theme import tokens
from ui.wall.canvas_tile import CanvasTile, PausedPicture, covering
from ui.wall.clip_wording import Clips
from ui.wall.furniture import paint_empty, paint_selection, paint_strip
from ui.wall.plate import PageNote, Plate
from ui.wall.tile_judge import TileJudge, Verdict
from ui.wall.tile_painter import Painted, TilePainter
from ui.wall.wording import TileFace, detail_lines, page_words

_BACKGROUND = QColor(tokens.BACKGROUND)
_SHARES = 8
"""The tiles are asked for their status in so many portions, one a tick."""
_NOTE_STAYS_MS = 2000


class WallCanvas(QWidget):
    """The pictures of one screen. It shows what it is given and decides nothing.

    Signals:
        first_painted: The screen stands for the first time, with words where pictures will be.
    """

    first_painted = Signal()

    def __init__(
        self,
        engine: Engine,
        parent: QWidget | None = None,
        overlays: Overlays | None = None,
        marks: Marks | None = None,
        recordings: Recordings | None = None,
        clips: Clips | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setMouseTracking(True)
        self._engine = engine
        self._overlays = overlays
        self._tile_judge = TileJudge(engine, overlays, clips)
        self._painter = TilePainter(engine, self._judge, overlays, marks, recordings)
        self._snapshot: ScreenSnapshot | None = None
        self._tiles: dict[ViewKey, CanvasTile] = {}
        self._order: list[CanvasTile] = []
        self._plate = Plate()
        self._note = PageNote()
        self._note_timer = QTimer(self)
        self._note_timer.setSingleShot(True)
        self._note_timer.setInterval(_NOTE_STAYS_MS)
        self._note_timer.timeout.connect(self._end_note)
        self._turn = 0
        self._was_painted = False
        if overlays is not None:
            bind(self, overlays.changed, self._on_overlays_changed)
        if marks is not None:
            bind(self, marks.changed, self._on_marks_changed)
        if recordings is not None:
            bind(self, recordings.recordings_changed, self._on_marks_changed)
        if clips is not None:
            bind(self, clips.changed, self._on_clip_changed)

    # --- what is shown -----------------------------------------------------------------------

    @property
    def snapshot(self) -> ScreenSnapshot | None:
        return self._snapshot

    @property
    def presented(self) -> Mapping[ViewKey, int]:
        """How many pictures of each view were painted since it came up."""
        return {key: tile.presented for key, tile in self._tiles.items()}

    @property
    def size_px(self) -> QSize:
        """The canvas in device pixels."""
        ratio = self.devicePixelRatioF()
        return QSize(round(self.width() * ratio), round(self.height() * ratio))

    @property
    def plate(self) -> Plate:
        """The large words in the middle of the screen, e.g. the number being typed."""
        return self._plate

    @property
    def note(self) -> str:
        """What is said at the lower edge, e.g. the page just turned to; empty after 2 s."""
        return self._note.text

    def face(self, key: ViewKey) -> TileFace:
        """What a tile says now."""
        return self._tiles[key].face

    def detail(self, key: ViewKey) -> list[str]:
        """What a technician asks next about a tile, line by line; empty without a camera."""
        tile = self._tiles[key]
        if tile.face.is_clip:
            face = tile.face
            return list(filter(None, (face.code, face.state_word, face.reason, face.note)))
        if tile.snapshot.camera is None:
            return []
        return detail_lines(
            tile.snapshot.camera,
            self._engine.status(key),
            now_us=time.time_ns() // 1000,
            boxes=None if self._overlays is None else self._overlays.status(key),
            is_paused=tile.paused is not None,
        )

    def picture_rect(self, key: ViewKey) -> Rect | None:
        """Where the picture of a tile is, in device pixels; ``None`` without one."""
        drawn = self._tiles[key].drawn
        return None if drawn is None else Rect(drawn.x(), drawn.y(), drawn.width(), drawn.height())

    def show_screen(self, snapshot: ScreenSnapshot) -> None:
        """Show other tiles, or the same elsewhere. Pictures at hand stay until new ones come."""
        if snapshot == self._snapshot:
            return
        earlier, self._snapshot = self._snapshot, snapshot
        before, self._tiles = self._tiles, {}
        for tile in snapshot.tiles:
            self._tiles[tile.key] = self._placed(tile, before.get(tile.key))
        self._order = list(self._tiles.values())
        self._tile_judge.anxious.clear()
        self._plate.show_call_up(snapshot.call_up)
        if earlier is not None and page_words(earlier) != page_words(snapshot):
            self.show_note(page_words(snapshot))
        for placed in self._order:
            self._judge(placed)
        if earlier is not None and earlier.tiles == snapshot.tiles:
            self._update_selection(earlier, snapshot)
        else:
            self.update()

    def _placed(self, tile: TileSnapshot, old: CanvasTile | None) -> CanvasTile:
        if old is not None and old.snapshot == tile:
            return old
        placed = CanvasTile(tile, self.devicePixelRatioF())
        if old is not None and old.snapshot.camera == tile.camera:
            placed.presented, placed.counted = old.presented, old.counted
            placed.paused = old.paused
        return placed

    def _update_selection(self, earlier: ScreenSnapshot, now: ScreenSnapshot) -> None:
        """Repaint what can change while all tiles stay: the selection and the typed number."""
        for tile in self._order:
            if tile.snapshot.cell in (earlier.selected, now.selected):
                self.update(tile.qt_frame.adjusted(-4, -4, 4, 4))
        if earlier.call_up != now.call_up:
            area, ratio = self._plate.area(self.size_px), self.devicePixelRatioF()
            self.update(covering(area, ratio).adjusted(-2, -2, 2, 2))

    def show_note(self, words: str) -> None:
        """Say something at the lower edge for two seconds."""
        if self._note.text:
            self._end_note()
        self._note.text = words
        self._note_timer.start()
        self._update_note()

    def lift_note(self, height: int) -> None:
        """Say it above what lies over so much of the lower edge, in Qt's pixels."""
        lift = round(height * self.devicePixelRatioF())
        if lift != self._note.lift:
            self._update_note()
            self._note.lift = lift
            self._update_note()

    def _end_note(self) -> None:
        self._update_note()
        self._note.text = ""

    def _update_note(self) -> None:
        area = self._note.area(self.size_px, self.devicePixelRatioF())
        self.update(covering(area, self.devicePixelRatioF()))

    # --- pausing one tile --------------------------------------------------------------------

    def pause(self, key: ViewKey) -> bool:
        """Stop the picture of a tile to look at it; false when there is none to stop.

        The tile says that it is paused and how old the picture is. It ends with ``resume``, or
        when another camera takes the tile.
        """
        tile = self._tiles.get(key)
        if tile is None or tile.snapshot.camera is None or tile.face.is_clip:
            return False
        tile.paused = self._painter.pause(key)
        self._judge(tile)
        self.update(tile.qt_frame)
        return tile.paused is not None

    def shown(self, key: ViewKey) -> PausedPicture | None:
        """A copy of the picture on a tile, with its facts; ``None`` without one."""
        tile = self._tiles.get(key)
        if tile is None or tile.paused is not None:
            return None if tile is None else tile.paused
        if tile.snapshot.camera is None and not tile.face.is_clip:
            return None
        picture = self._painter.pause(key)
        self.update(tile.qt_picture)  # it may be newer than the one that was painted
        return picture

    def resume(self, key: ViewKey) -> None:
        """Show the newest picture again."""
        tile = self._tiles.get(key)
        if tile is not None and tile.paused is not None:
            tile.paused = None
            self._engine.picture(key)  # or the age would still be that of the last one taken
            self._judge(tile)
            self.update(tile.qt_frame)

    def is_paused(self, key: ViewKey) -> bool:
        tile = self._tiles.get(key)
        return tile is not None and tile.paused is not None

    def repaint_overlay(self, keys: Collection[ViewKey]) -> None:
        """Draw what lies over these pictures anew."""
        for key in keys:
            tile = self._tiles.get(key)
            if tile is not None:
                self._judge(tile)
                self.update(tile.qt_picture)

    def _on_overlays_changed(self, keys: frozenset[ViewKey]) -> None:
        self.repaint_overlay(keys)

    def _on_clip_changed(self, key: ViewKey) -> None:
        """Another picture belongs into the tile, and other words."""
        tile = self._tiles.get(key)
        if tile is not None:
            tile.paused = None
            self._judge(tile)
            self.update(tile.qt_frame)

    def _on_marks_changed(self, cameras: frozenset[CameraCode]) -> None:
        for tile in self._order:
            camera = tile.snapshot.camera
            if camera is not None and camera.code in cameras:
                self.update(tile.qt_frame)

    # --- the render clock --------------------------------------------------------------------

    def refresh(self, fresh: Collection[ViewKey]) -> None:
        """Paint the views in ``fresh`` that are on this screen, and what their tiles say."""
        if not self.is_seen:
            return
        self._ask_statuses()
        tiles = self._tiles
        wanted = set(fresh)
        if self._overlays is not None:
            wanted.update(self._overlays.fresh())
        changed = [
            tile for key in wanted if (tile := tiles.get(key)) is not None and tile.paused is None
        ]
        for tile in changed:
            if not tile.face.is_live:
                self._judge(tile)
        if not changed:
            return
        covered = self._covered()
        free = [tile for tile in changed if not covered.intersects(tile.qt_picture)]
        if free:
            self._blit(free)
        if len(free) < len(changed):
            self.repaint(_region([tile for tile in changed if tile not in free]))

    @property
    def is_seen(self) -> bool:
        """Whether painting would reach a screen."""
        if not self.isVisible():
            return False
        # Without a native window there is no handle; Qt's declaration leaves that out.
        window: QWindow | None = self.window().windowHandle()
        return window is not None and window.isExposed()

    def _ask_statuses(self) -> None:
        """A portion of the tiles each tick; those whose picture is about to be too old always."""
        self._turn = (self._turn + 1) % _SHARES
        for tile in self._order[self._turn :: _SHARES]:
            self._judge(tile)
        for tile in tuple(self._tile_judge.anxious):
            self._judge(tile)

    def _judge(self, tile: CanvasTile) -> None:
        """Ask what the tile has to say; repaint what says something else than before."""
        verdict = self._tile_judge.judge(tile)
        if verdict is Verdict.WHOLE:
            self.update(tile.qt_frame)
        elif verdict is Verdict.STRIP:
            self.update(tile.qt_strip)

    # --- the short road ----------------------------------------------------------------------

    def _covered(self) -> QRegion:
        """What lies over the canvas: a widget beside it in the window, or the large words."""
        region = QRegion()
        if self._plate.is_shown:
            area = covering(self._plate.area(self.size_px), self.devicePixelRatioF())
            region += area.adjusted(-2, -2, 2, 2)
        parent = self.parentWidget()
        for other in () if parent is None else parent.children():
            if isinstance(other, QWidget) and other is not self and other.isVisible():
                region += other.geometry().translated(-self.pos())
        return region

    def _blit(self, tiles: Sequence[CanvasTile]) -> None:
        window = self.window()
        store = window.backingStore()
        origin = self.mapTo(window, QPoint(0, 0))
        region = _region(tiles).translated(origin)
        store.beginPaint(region)
        target = store.paintDevice()
        ratio = target.devicePixelRatio()
        painter = QPainter(target)
        painter.translate(origin)
        painter.scale(1 / ratio, 1 / ratio)
        for tile in tiles:
            self._paint_newest(painter, tile)
        painter.end()
        store.endPaint()
        store.flush(region, window.windowHandle())

    # --- painting ----------------------------------------------------------------------------

    def _paint_newest(self, painter: QPainter, tile: CanvasTile) -> bool:
        """True when it is another picture than the one painted before."""
        painted = self._painter.paint(painter, tile, self.devicePixelRatioF())
        if painted is Painted.TORN:
            self.update(tile.qt_picture)
        return painted is Painted.NEW

    def _paint_tile(self, painter: QPainter, tile: CanvasTile, region: QRegion) -> None:
        if region.intersects(tile.qt_picture):
            paint_empty(painter, tile.picture)
            is_new = self._paint_newest(painter, tile)
            if is_new and not QRegion(tile.qt_picture).subtracted(region).isEmpty():
                self.update(tile.qt_picture)  # only a part of the new picture was to be painted
        if region.intersects(tile.qt_strip):
            selected = self._selected() is tile
            paint_strip(painter, tile.strip, tile.face, selected=selected)

    def _selected(self) -> CanvasTile | None:
        """The tile that is marked as selected; a single one is not marked."""
        snapshot = self._snapshot
        if snapshot is None or len(snapshot.tiles) < 2:
            return None
        return next((t for t in self._order if t.snapshot.cell == snapshot.selected), None)

    # --- Qt overrides ------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        region = event.region()
        painter = QPainter(self)
        painter.fillRect(region.boundingRect(), _BACKGROUND)
        painter.scale(1 / ratio, 1 / ratio)
        for tile in self._order:
            if region.intersects(tile.qt_frame):
                self._paint_tile(painter, tile, region)
        selected = self._selected()
        if selected is not None and self._snapshot is not None:
            paint_selection(
                painter,
                selected.frame,
                gap_px(self._snapshot.scale),
                has_focus=self._snapshot.has_focus,
            )
        self._plate.paint(painter, self.size_px)
        self._note.paint(painter, self.size_px, ratio)
        painter.end()
        if self._snapshot is not None and not self._was_painted:
            self._was_painted = True
            self.first_painted.emit()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            for tile in self._order:
                tile.place(self.devicePixelRatioF())
            self.update()
        return super().event(event)


def _region(tiles: Sequence[CanvasTile]) -> QRegion:
    region = QRegion()
    for tile in tiles:
        region += tile.qt_picture
    return region
