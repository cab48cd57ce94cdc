"""Run as a program under some QT_SCALE_FACTOR: prints what a wall of 64 tiles looks like there.

For each tile the number of pixels of its picture that are not exactly those of the camera, once
after the short road of a tick and once after an ordinary paint event.
"""

import json
import sys

from PySide6.QtCore import QEvent
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app.core.dispatch import ManualDispatcher
from app.services.wall import WallService
from tests.fakes.directory import FakeDirectory
from tests.fakes.engine import FakeEngine
from ui.wall.wall_window import WallWindow

_WHITE, _BLACK = 0xFFFFFFFF, 0xFF000000


def main() -> int:
    """Show, paint, count, print."""
    application = QApplication(sys.argv)
    engine, dispatcher = FakeEngine(), ManualDispatcher()
    service = WallService(FakeDirectory(70), engine, dispatcher)
    window = WallWindow(service, engine, 0, lambda _event: False)
    window.resize(803, 451)  # odd, so that device pixels and Qt's do not coincide
    window.show()
    while not window.canvas.is_seen:
        application.processEvents()
    service.set_layout(0, "64")
    dispatcher.drain()
    window.canvas.refresh(())
    application.processEvents()
    for key in engine.shown:
        engine.publish_stripes(key)
    for _ in range(8):
        window.canvas.refresh(engine.fresh())
    application.processEvents()
    for key in engine.shown:
        engine.publish_stripes(key)
    window.canvas.refresh(engine.fresh())
    after_tick = _wrong_pixels(window, engine)
    window.canvas.repaint()
    after_event = _wrong_pixels(window, engine)
    size = service.screen(0).size
    print(  # noqa: T201 - the parent reads it
        json.dumps(
            {
                "ratio": window.devicePixelRatioF(),
                "size": [size.width, size.height],
                "tiles": len(engine.shown),
                "presented": sum(window.canvas.presented.values()),
                "after_tick": after_tick,
                "after_event": after_event,
            }
        )
    )
    window.close()
    window.deleteLater()
    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return 0


def _wrong_pixels(window: WallWindow, engine: FakeEngine) -> int:
    image = window.backingStore().paintDevice()
    assert isinstance(image, QImage)
    wrong = 0
    for key in engine.shown:
        rect = window.canvas.picture_rect(key)
        assert rect is not None
        for y in (rect.y, rect.y + rect.height - 1):
            for x in range(rect.width):
                wanted = _BLACK if x % 2 else _WHITE
                wrong += image.pixel(rect.x + x, y) != wanted
    return wrong


if __name__ == "__main__":
    sys.exit(main())
