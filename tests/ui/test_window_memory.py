"""Windows stand where they stood in the last run."""

from pathlib import Path

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.window_memory import WindowMemory

PLACE = QRect(40, 60, 500, 400)


def make(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    return window


def test_a_window_is_where_it_was(qtbot: QtBot, tmp_path: Path) -> None:
    before, after = make(qtbot), make(qtbot)
    before.setGeometry(PLACE)
    memory = WindowMemory(tmp_path / "windows.ini")
    memory.keep("console", before)
    memory.write()
    assert WindowMemory(tmp_path / "windows.ini").restore("console", after)
    assert after.geometry() == PLACE


def test_a_window_that_was_never_there_is_left_alone(qtbot: QtBot, tmp_path: Path) -> None:
    window = make(qtbot)
    window.setGeometry(PLACE)
    assert not WindowMemory(tmp_path / "windows.ini").restore("console", window)
    assert window.geometry() == PLACE


def test_a_damaged_file_is_an_empty_one(qtbot: QtBot, tmp_path: Path) -> None:
    file = tmp_path / "windows.ini"
    file.write_bytes(b"\xff\xfe[[console=@ByteArray(\x00nonsense")
    assert not WindowMemory(file).restore("console", make(qtbot))
    file.write_text("[General]\nconsole=@ByteArray(nonsense)\n")
    assert not WindowMemory(file).restore("console", make(qtbot))
