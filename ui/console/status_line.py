"""The lowest line of the console: what the workstation is doing."""

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtWidgets import QLabel, QWidget

from app.services.health import Health, HealthWatch
from ui.theme import tokens

_EVERY_MS = 2000


class StatusLine(QLabel):
    """Says every two seconds how busy the workstation is and how many workers run."""

    def __init__(self, watch: HealthWatch, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._watch = watch
        self.setProperty("dim", True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setContentsMargins(tokens.SPACE_XS, 0, tokens.SPACE_XS, 0)
        self._timer = QTimer(self)
        self._timer.setInterval(_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @Slot()
    def look(self) -> None:
        self.show_health(self._watch.look())

    def show_health(self, health: Health) -> None:
        parts = [
            self.tr("Load {0} %").format(round(health.load * 100)),
            self.tr("{0} workers").format(health.workers),
        ]
        if health.restarts:
            parts.append(self.tr("{0} restarted").format(health.restarts))
        self.setText("  ·  ".join(parts))
