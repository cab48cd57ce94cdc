"""Puts the windows of the wall on their monitors and follows monitors that come and go."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QRect, QTimer, Slot
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from app.domain.geometry import Rect
from app.domain.monitors import assigned, beside, homes, shared_out

_SETTLE_MS = 250
"""Plugging one monitor makes several announcements; Qt moves windows of its own accord first."""


def _nowhere(_screen: QScreen) -> QRect:
    return QRect()


class ScreenPlacement(QObject):
    """Keeps each window on the monitor it began on; while that is gone, on another one. GUI thread.

    ``fill`` makes windows cover their monitor without a frame. Windows that share a monitor
    share it evenly, beside what ``kept_free`` says of it: the console's place at an edge.
    """

    def __init__(
        self,
        application: QGuiApplication,
        windows: Sequence[QWidget],
        *,
        console_monitor: str | None = None,
        fill: bool = True,
        kept_free: Callable[[QScreen], QRect] = _nowhere,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._application = application
        self._windows = tuple(windows)
        self._fill = fill
        self._kept_free = kept_free
        names = [screen.name() for screen in application.screens()]
        self._home = homes(len(self._windows), names, console_monitor)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self.place)
        application.screenAdded.connect(self._on_screen_added)
        application.screenRemoved.connect(self._on_screens_changed)
        for screen in application.screens():
            screen.geometryChanged.connect(self._on_screens_changed)

    @Slot()
    def place(self) -> None:
        """Put every window where it belongs now, and show it."""
        screens = {screen.name(): screen for screen in self._application.screens()}
        now = assigned(self._home, list(screens))
        for name, screen in screens.items():
            here = [index for index, monitor in now.items() if monitor == name]
            self._put(here, screen)

    def _put(self, indexes: Sequence[int], screen: QScreen) -> None:
        area = screen.geometry() if self._fill else screen.availableGeometry()
        whole = Rect(area.x(), area.y(), area.width(), area.height())
        taken = self._kept_free(screen)
        room = beside(whole, Rect(taken.x(), taken.y(), taken.width(), taken.height()))
        alone = len(indexes) == 1 and room == whole
        for index, part in zip(indexes, shared_out(room, len(indexes)), strict=True):
            window = self._windows[index]
            fills = self._fill and alone
            where = QRect(part.x, part.y, part.width, part.height)
            if _is_there(window, screen, where, fills):
                continue
            if window.isFullScreen():
                window.showNormal()
            window.setScreen(screen)
            window.setGeometry(where)
            if fills:
                window.showFullScreen()
            else:
                window.show()

    @Slot(QScreen)
    def _on_screen_added(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._on_screens_changed)
        self._settle.start()

    @Slot()
    def _on_screens_changed(self) -> None:
        self._settle.start()


def _is_there(window: QWidget, screen: QScreen, where: QRect, fills: bool) -> bool:
    return (
        window.isVisible()
        and window.screen() is screen
        and window.isFullScreen() == fills
        and window.geometry() == where
    )
