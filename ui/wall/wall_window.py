"""One monitor's window of the wall: a canvas, a bar above it, and the operator's hands on it."""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QCursor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from app.domain.geometry import Size
from app.services.clips import Recordings
from app.services.event_marks import Marks
from app.services.overlay_types import Overlays
from app.services.wall import WallService
from app.services.wall_screen import ScreenSnapshot, TileSnapshot
from app.video.engine_types import Engine
from ui.binding import bind
from ui.camera_mime import dragged_camera, dragged_file
from ui.wall.canvas import WallCanvas
from ui.wall.clip_wording import Clips
from ui.wall.wording import page_words

_CURSOR_HIDES_AFTER_MS = 3000
_ANSWER_STAYS_MS = 4000
_WHEEL_STEP = 1.25
_NOTCH = 120
_BAR_CHANGES = (
    QEvent.Type.ShowToParent,
    QEvent.Type.HideToParent,
    QEvent.Type.LayoutRequest,
)


class WallWindow(QWidget):
    """Shows one screen of the wall and turns mouse and keys into verbs.

    Signals:
        seen: The window can be seen (again); the render clock should tick.
        close_requested: The operator wants to close it.
        file_dropped: A file or address was dropped on a tile (this window, the place, the cell).
    """

    seen = Signal()
    close_requested = Signal()
    file_dropped = Signal(object, str, int)

    def __init__(
        self,
        wall: WallService,
        engine: Engine,
        index: int,
        handle_key: Callable[[QKeyEvent], bool],
        *,
        is_kiosk: bool = False,
        overlays: Overlays | None = None,
        marks: Marks | None = None,
        recordings: Recordings | None = None,
        clips: Clips | None = None,
    ) -> None:
        super().__init__()
        self._wall = wall
        self._index = index
        self._handle_key = handle_key
        self._is_open = False
        self._drag_from: QPointF | None = None
        self._bar: QWidget | None = None
        self._dock: QWidget | None = None
        if is_kiosk:
            self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.resize(1280, 720)
        self.canvas = WallCanvas(engine, self, overlays, marks, recordings, clips)
        self.canvas.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._cursor_timer = _single_shot(self, _CURSOR_HIDES_AFTER_MS, self._hide_cursor)
        self._answer_timer = _single_shot(self, _ANSWER_STAYS_MS, self._forget_answer)
        bind(self, wall.changed, self._on_wall_changed)

    @property
    def index(self) -> int:
        """The number of the screen, from 0."""
        return self._index

    def toggle_full_screen(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def set_bar(self, bar: QWidget) -> None:
        """Give a child widget the room above the tiles for as long as it is not hidden."""
        self._bar = bar
        bar.installEventFilter(self)
        self._arrange()

    def set_dock(self, dock: QWidget) -> None:
        """Give a child widget room at the right of the tiles for as long as it is not hidden."""
        self._dock = dock
        dock.installEventFilter(self)
        self._arrange()

    def _arrange(self) -> None:
        """Bar and dock take what they need; the tiles are laid out anew in the rest."""
        top, bar = 0, self._bar
        if bar is not None and not bar.isHidden():
            wanted = bar.heightForWidth(self.width())
            top = min(wanted if wanted > 0 else bar.sizeHint().height(), self.height() // 2)
            bar.setGeometry(0, 0, self.width(), top)
        side, dock = 0, self._dock
        if dock is not None and not dock.isHidden():
            side = min(dock.sizeHint().width(), self.width() // 2)
            dock.setGeometry(self.width() - side, top, side, self.height() - top)
        rest = QRect(0, top, self.width() - side, self.height() - top)
        if rest != self.canvas.geometry():
            self.canvas.setGeometry(rest)
        self._report_size()

    # --- following the wall ------------------------------------------------------------------

    def _report_size(self) -> None:
        size = self.canvas.size_px
        if size.isEmpty():
            return
        wanted, scale = Size(size.width(), size.height()), self.devicePixelRatioF()
        if self._is_open:
            self._wall.resize_screen(self._index, wanted, scale)
        else:
            self._is_open = True
            self._wall.open_screen(self._index, wanted, scale)

    def _on_wall_changed(self, index: int) -> None:
        if index != self._index or not self._is_open:
            return
        snapshot = self._wall.screen(index)
        self.canvas.show_screen(snapshot)
        self.setWindowTitle(_title(snapshot))
        call_up = snapshot.call_up
        if call_up is not None and call_up.problem is not None:
            self._answer_timer.start()
        else:
            self._answer_timer.stop()

    def _forget_answer(self) -> None:
        self._wall.forget_call_up()

    # --- where the pointer is ----------------------------------------------------------------

    def _tile_at(self, at: QPointF) -> TileSnapshot | None:
        snapshot = self.canvas.snapshot
        if snapshot is None:
            return None
        pixel = self._pixel(at)
        return snapshot.tile_at(pixel.x(), pixel.y())

    def _pixel(self, at: QPointF) -> QPointF:
        """A point of the window as a device pixel of the canvas."""
        return (at - self.canvas.pos().toPointF()) * self.devicePixelRatioF()

    def _in_picture(self, tile: TileSnapshot, at: QPointF) -> tuple[float, float]:
        """A point of the window in fractions of the picture that the tile shows."""
        area = self.canvas.picture_rect(tile.key) or tile.picture
        pixel = self._pixel(at)
        x = (pixel.x() - area.x) / area.width
        y = (pixel.y() - area.y) / area.height
        return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)

    def _show_cursor(self) -> None:
        if self.cursor().shape() == Qt.CursorShape.BlankCursor:
            self.unsetCursor()
        if self.isFullScreen():
            self._cursor_timer.start()

    def _hide_cursor(self) -> None:
        if self.isFullScreen() and self._drag_from is None:
            self.setCursor(QCursor(Qt.CursorShape.BlankCursor))

    def _show_detail(self, event: QHelpEvent) -> None:
        tile = self._tile_at(QPointF(event.pos()))
        lines = [] if tile is None else self.canvas.detail(tile.key)
        if lines:
            QToolTip.showText(event.globalPos(), "\n".join(lines), self)
        else:
            QToolTip.hideText()

    # --- Qt overrides ------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.DevicePixelRatioChange:
            self._report_size()
        elif kind == QEvent.Type.WindowActivate:
            self._wall.focus_screen(self._index)
        elif kind in (QEvent.Type.Show, QEvent.Type.WindowStateChange, QEvent.Type.Expose):
            self.seen.emit()
        elif kind == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._show_detail(event)
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        super().resizeEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched in (self._bar, self._dock) and event.type() in _BAR_CHANGES:
            self._arrange()
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if event.spontaneous():
            event.ignore()
            self.close_requested.emit()
            return
        if self._is_open:
            self._is_open = False
            self._wall.close_screen(self._index)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._handle_key(event):
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._show_cursor()
        tile = self._tile_at(event.position())
        if event.button() != Qt.MouseButton.LeftButton or tile is None:
            return
        self._wall.focus_screen(self._index)
        self._wall.select(self._index, tile.cell)
        self._drag_from = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._show_cursor()
        snapshot = self.canvas.snapshot
        if self._drag_from is None or snapshot is None:
            return
        tile = next((t for t in snapshot.tiles if t.cell == snapshot.selected), None)
        if tile is None or tile.crop.is_whole:
            return
        area = self.canvas.picture_rect(tile.key) or tile.picture
        moved = (event.position() - self._drag_from) * self.devicePixelRatioF()
        self._drag_from = event.position()
        self._wall.pan(self._index, tile.cell, -moved.x() / area.width, -moved.y() / area.height)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._drag_from = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        tile = self._tile_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and tile is not None:
            self._wall.toggle_enlarged(self._index, tile.cell)

    def wheelEvent(self, event: QWheelEvent) -> None:
        tile = self._tile_at(event.position())
        notches = event.angleDelta().y() / _NOTCH
        if tile is None or not notches:
            return
        x, y = self._in_picture(tile, event.position())
        self._wall.zoom(self._index, tile.cell, x, y, _WHEEL_STEP**notches)
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if dragged_camera(mime) is not None or dragged_file(mime):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if self._tile_at(event.position()) is not None:
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        code = dragged_camera(event.mimeData())
        tile = self._tile_at(event.position())
        if code is not None and tile is not None:
            self._wall.place(code, self._index, tile.cell)
            event.acceptProposedAction()
        elif tile is not None and (file := dragged_file(event.mimeData())):
            self.file_dropped.emit(self, file, tile.cell)
            event.acceptProposedAction()


def _single_shot(owner: QWidget, after_ms: int, then: Callable[[], None]) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(after_ms)
    timer.timeout.connect(then)
    return timer


def _title(snapshot: ScreenSnapshot) -> str:
    words = QCoreApplication.translate("WallWindow", "Nigehban – screen {0}").format(
        snapshot.index + 1
    )
    return " – ".join(filter(None, (words, page_words(snapshot))))
