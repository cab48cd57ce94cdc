"""A wall window over the fake engine, without a render clock: tests tick by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QKeyEvent
from pytestqt.qtbot import QtBot

from app.core.dispatch import ManualDispatcher
from app.domain.geometry import Rect
from app.services.clips import Recordings
from app.services.event_marks import EventMarks
from app.services.wall import WallService
from app.services.wall_screen import TileSnapshot
from app.video.engine_types import ViewKey
from tests.fakes.directory import FakeDirectory
from tests.fakes.engine import FakeEngine
from tests.fakes.overlays import FakeOverlays
from tests.ui.exposure import wait_exposed
from ui.wall.clip_wording import Clips
from ui.wall.wall_window import WallWindow


class WallOnScreen:
    """A window of the wall and what stands behind it."""

    def __init__(
        self,
        cameras: int = 40,
        overlays: FakeOverlays | None = None,
        marks: EventMarks | None = None,
        recordings: Recordings | None = None,
        clips: Clips | None = None,
    ) -> None:
        self.engine = FakeEngine()
        self.dispatcher = ManualDispatcher()
        self.directory = FakeDirectory(cameras)
        self.service = WallService(self.directory, self.engine, self.dispatcher)
        self.keys: list[int] = []
        self.window = WallWindow(
            self.service, self.engine, 0, self._on_key, overlays=overlays, marks=marks,
            recordings=recordings, clips=clips,
        )  # fmt: skip

    def settle(self) -> None:
        """Do what was posted and show the wall's answer."""
        self.dispatcher.drain()

    def tick(self, times: int = 1) -> None:
        """What the render clock does."""
        for _ in range(times):
            self.window.canvas.refresh(self.engine.fresh())

    def look(self) -> None:
        """Ask every tile for its status once."""
        self.tick(8)

    def tile(self, cell: int = 0) -> TileSnapshot:
        return next(tile for tile in self.service.screen(0).tiles if tile.cell == cell)

    def grab(self) -> QImage:
        """What is on the canvas, in device pixels."""
        image = self.window.canvas.grab().toImage()
        image.setDevicePixelRatio(1.0)
        return image

    def on_screen(self) -> QImage:
        """What the window's backing store holds: what the operator sees, painted or copied."""
        store = self.window.backingStore()
        device = store.paintDevice()
        assert isinstance(device, QImage)
        image = device.copy()
        image.setDevicePixelRatio(1.0)
        return image

    def centre_of(self, rect: Rect) -> QPoint:
        """The middle of device pixels in Qt's coordinates."""
        ratio = self.window.devicePixelRatioF()
        return QPointF(
            (rect.x + rect.width / 2) / ratio, (rect.y + rect.height / 2) / ratio
        ).toPoint()

    def _on_key(self, event: QKeyEvent) -> bool:
        self.keys.append(event.key())
        return event.key() != int(Qt.Key.Key_Z)


def colour_at(image: QImage, x: float, y: float) -> str:
    return image.pixelColor(int(x), int(y)).name()


def middle(image: QImage, rect: Rect) -> str:
    return colour_at(image, rect.x + rect.width // 2, rect.y + rect.height // 2)


KEY = ViewKey("0/0")


@pytest.fixture
def make_wall(qtbot: QtBot) -> Iterator[Callable[..., WallOnScreen]]:
    made: list[WallOnScreen] = []

    def make(
        layout: str = "4",
        cameras: int = 40,
        overlays: FakeOverlays | None = None,
        marks: EventMarks | None = None,
        recordings: Recordings | None = None,
        clips: Clips | None = None,
    ) -> WallOnScreen:
        wall = WallOnScreen(cameras, overlays, marks, recordings, clips)
        made.append(wall)
        qtbot.addWidget(wall.window)
        wall.window.resize(960, 540)
        wall.window.show()
        wait_exposed(qtbot, wall.window)
        wall.service.set_layout(0, layout)
        wall.settle()
        return wall

    yield make
    for wall in made:
        wall.window.close()


@pytest.fixture
def wall(make_wall: Callable[..., WallOnScreen]) -> WallOnScreen:
    """Four tiles on 960 x 540."""
    return make_wall()
