"""Run as a program: places windows and says, when asked, whether they are where they should be.

Arguments: how many windows, the monitor of the console if there is one, and the width that it
keeps free there at the right edge. Each line of standard input is a JSON list of ``[monitor, x, y,
width, height, scale]`` to wait for; the answer is what is. The place is Qt's, the size is the
wall's: device pixels.
"""

import json
import sys
import threading
import time
from functools import partial

from PySide6.QtCore import QRect
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QApplication

from app.core.dispatch import ManualDispatcher
from app.services.wall import WallService
from tests.fakes.directory import FakeDirectory
from tests.fakes.engine import FakeEngine
from ui.dispatcher import QtDispatcher
from ui.screens import ScreenPlacement
from ui.wall.wall_window import WallWindow

_PATIENCE_S = 10.0


def main() -> int:
    """Answer until standard input ends."""
    application = QApplication(sys.argv)
    engine = FakeEngine()
    service = WallService(FakeDirectory(), engine, ManualDispatcher())
    windows = [
        WallWindow(service, engine, index, lambda _event: False)
        for index in range(int(sys.argv[1]))
    ]
    console = sys.argv[2] if len(sys.argv) > 2 else None
    width = int(sys.argv[3]) if len(sys.argv) > 3 else 0

    def kept_free(screen: QScreen) -> QRect:
        area = screen.geometry()
        area.setLeft(area.right() + 1 - width)
        return area if width and screen.name() == console else QRect()

    placement = ScreenPlacement(application, windows, console_monitor=console, kept_free=kept_free)
    placement.place()
    dispatcher = QtDispatcher()

    def where() -> list[list[object]]:
        return [
            [w.screen().name(), w.x(), w.y(), screen.size.width, screen.size.height, screen.scale]
            for w, screen in zip(windows, service.screens, strict=True)
            if w.isVisible()
        ]

    def answer(wanted: list[list[object]]) -> None:
        end = time.monotonic() + _PATIENCE_S
        while where() != wanted and time.monotonic() < end:
            application.processEvents()
        print(json.dumps(where()), flush=True)  # noqa: T201 - the parent reads it

    def listen() -> None:
        for line in sys.stdin:
            dispatcher.post(partial(answer, json.loads(line)))
        dispatcher.post(application.quit)

    listener = threading.Thread(target=listen, name="listener")
    listener.start()
    status = application.exec()
    for window in windows:
        window.close()
    listener.join()
    return status


if __name__ == "__main__":
    sys.exit(main())
