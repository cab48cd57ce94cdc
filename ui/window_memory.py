"""Where the windows stood, for the next start."""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QWidget


class WindowMemory:
    """A small file in the data folder; a damaged one is an empty one."""

    def __init__(self, file: Path) -> None:
        self._settings = QSettings(str(file), QSettings.Format.IniFormat)

    def restore(self, name: str, window: QWidget) -> bool:
        """Put a window where it was; false when that is not known or makes no sense here."""
        kept = self._settings.value(name)
        return isinstance(kept, QByteArray) and window.restoreGeometry(kept)

    def keep(self, name: str, window: QWidget) -> None:
        self._settings.setValue(name, window.saveGeometry())

    def write(self) -> None:
        """Bring what was kept to the disk; before the program ends."""
        self._settings.sync()
