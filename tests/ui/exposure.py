"""Waits until a widget's window is on the screen.

``qtbot.waitExposed`` only waits as a context manager around ``show``; called by itself it does
nothing.
"""

from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot


def wait_exposed(qtbot: QtBot, widget: QWidget) -> None:
    """Return once the window system has shown the widget's window; fails after five seconds."""

    def is_exposed() -> bool:
        window: QWindow | None = widget.window().windowHandle()
        return window is not None and window.isExposed()

    qtbot.waitUntil(is_exposed, timeout=5000)
