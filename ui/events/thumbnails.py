"""The small pictures of events as pixmaps: loaded when a row is painted, off the GUI thread."""

from collections import OrderedDict
from typing import Protocol

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap

from app.core.events import Event
from app.core.tasks import Tasks
from ui.binding import bind

SIZE = QSize(112, 63)
"""In logical pixels; a picture of another shape keeps it inside."""
_KEPT = 400
_AT_A_TIME = 4
_MOST_WANTED = 60


class Pictures(Protocol):
    """Where small pictures come from; their keys are those of what they are of."""

    ready: Event[bytes]

    def load(self, key: bytes) -> bytes | None:
        """The picture as JPEG. Blocking, any thread."""


class ThumbnailCache(QObject):
    """Pixmaps for the rows on the screen. GUI thread.

    Signals:
        loaded: There are pictures that were not there when a row asked for them.
    """

    loaded = Signal()

    def __init__(self, thumbnails: Pictures, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._tasks = tasks
        self._ratio = 1.0
        self._pixmaps: OrderedDict[bytes, QPixmap | None] = OrderedDict()
        self._wanted: OrderedDict[bytes, None] = OrderedDict()
        self._loading: set[bytes] = set()
        bind(self, thumbnails.ready, self._on_ready)

    def pixmap(self, key: bytes, ratio: float) -> QPixmap | None:
        """The picture of an event if it is at hand; else it is fetched and ``loaded`` follows."""
        if ratio != self._ratio:
            self._ratio = ratio
            self._pixmaps.clear()
        if key in self._pixmaps:
            self._pixmaps.move_to_end(key)
            return self._pixmaps[key]
        self._wanted[key] = None
        self._wanted.move_to_end(key)
        if len(self._wanted) > _MOST_WANTED:  # scrolled past
            self._wanted.popitem(last=False)
        self._begin()
        return None

    def _on_ready(self, key: bytes) -> None:
        if self._pixmaps.pop(key, None) is None:
            self.loaded.emit()

    def _begin(self) -> None:
        while self._wanted and len(self._loading) < _AT_A_TIME:
            key, _ = self._wanted.popitem()
            if key not in self._loading:
                self._loading.add(key)
                self._load(key)

    def _load(self, key: bytes) -> None:
        size = SIZE * self._ratio

        def work() -> QImage:
            return _decoded(self._thumbnails.load(key), size)

        def done(image: QImage) -> None:
            self._loading.discard(key)
            self._keep(key, image)
            self._begin()

        def failed(_error: Exception) -> None:
            done(QImage())

        self._tasks.run(work, done=done, failed=failed)

    def _keep(self, key: bytes, image: QImage) -> None:
        pixmap = None if image.isNull() else QPixmap.fromImage(image)
        if pixmap is not None:
            pixmap.setDevicePixelRatio(self._ratio)
        self._pixmaps[key] = pixmap
        if len(self._pixmaps) > _KEPT:
            self._pixmaps.popitem(last=False)
        if pixmap is not None:
            self.loaded.emit()


def _decoded(data: bytes | None, size: QSize) -> QImage:
    """The picture at the size of a row; null without one or when it is damaged. Any thread."""
    image = QImage.fromData(data) if data else QImage()
    if image.isNull():
        return image
    fitting = image.scaled(
        size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    return fitting.convertToFormat(QImage.Format.Format_RGB32)
