"""Adjusting the boxes of one tile: the picture stands, the boxes move over it."""

from PySide6.QtCore import QObject, QRect, Signal, Slot

from app.domain.camera import CameraCode
from app.domain.geometry import Rect
from app.services.overlay_types import OverlayVerbs
from app.services.wall import WallService
from app.services.wall_screen import TileSnapshot
from ui.binding import bind
from ui.wall.canvas_tile import covering
from ui.wall.offset_panel import OffsetPanel
from ui.wall.wall_window import WallWindow


class Adjustment(QObject):
    """One camera's offset while it is looked at; over when the tile shows something else.

    Signals:
        finished: The panel is gone and the tile goes on.
    """

    finished = Signal()

    def __init__(
        self,
        window: WallWindow,
        wall: WallService,
        overlays: OverlayVerbs,
        tile: TileSnapshot,
        camera: CameraCode,
    ) -> None:
        """Raises ``ValueError`` where the tile has no picture to be stopped."""
        super().__init__(window)
        if not window.canvas.pause(tile.key):
            raise ValueError(f"{tile.key} has no picture")
        self._window = window
        self._wall = wall
        self._overlays = overlays
        self._key = tile.key
        self._camera = camera
        self._is_over = False
        self.panel = OffsetPanel(window, camera, overlays.offset_ms(camera))
        self.panel.moved.connect(self._try)
        self.panel.stored.connect(self.store)
        self.panel.cancelled.connect(self.cancel)
        bind(self, wall.changed, self._on_wall_changed)
        self._place(tile)
        self.panel.show()
        self.panel.raise_()
        self.panel.setFocus()

    @property
    def key(self) -> str:
        """The view whose boxes are adjusted."""
        return self._key

    @Slot()
    def store(self) -> None:
        """Keep the offset that is shown."""
        if not self._is_over:
            self._overlays.set_offset(self._camera, self.panel.offset_ms)
            self._end()

    @Slot()
    def cancel(self) -> None:
        """Go back to the offset that was stored."""
        if not self._is_over:
            self._overlays.preview_offset(self._camera, None)
            self._end()

    # --- inside ----------------------------------------------------------------------------------

    @Slot(int)
    def _try(self, offset_ms: int) -> None:
        self._overlays.preview_offset(self._camera, offset_ms)
        self._window.canvas.repaint_overlay({self._key})

    def _end(self) -> None:
        self._is_over = True
        self._window.canvas.resume(self._key)
        had_focus = self.panel.hasFocus()
        self.panel.hide()
        self.panel.deleteLater()
        if had_focus:
            self._window.setFocus()
        self.finished.emit()
        self.deleteLater()

    def _on_wall_changed(self, index: int) -> None:
        if self._is_over or index != self._window.index:
            return
        tiles = self._wall.screen(index).tiles
        tile = next((tile for tile in tiles if tile.key == self._key), None)
        if tile is None or tile.camera is None or tile.camera.code != self._camera:
            self.cancel()
        else:
            self._place(tile)

    def _place(self, tile: TileSnapshot) -> None:
        self.panel.place(
            self._in_window(tile.picture), self._in_window(tile.frame), self._window.size()
        )

    def _in_window(self, rect: Rect) -> QRect:
        canvas = self._window.canvas
        pixels = QRect(rect.x, rect.y, rect.width, rect.height)
        return covering(pixels, canvas.devicePixelRatioF()).translated(canvas.pos())
