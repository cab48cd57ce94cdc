"""Rules for tests of windows: none stays open after its test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget


@pytest.fixture(autouse=True)
def no_leaked_windows(qapp: QApplication, no_leaks: None) -> Iterator[None]:
    """Fail a test after which a window that it made is still there or still shown."""
    before = QApplication.topLevelWidgets()  # held, so that the wrappers stay the same objects
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    left = [
        f"{type(window).__name__} {window.windowTitle()!r}"
        for window in QApplication.topLevelWidgets()
        if not any(window is old for old in before) and _counts(window)
    ]
    assert not left, f"windows left behind (qtbot.addWidget closes them): {left}"


def _counts(window: QWidget) -> bool:
    """Qt keeps hidden windows of its own, for tool tips and lists; ours and shown ones count."""
    return window.isVisible() or type(window).__module__.partition(".")[0] in ("ui", "tests")
