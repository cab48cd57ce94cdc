"""One run of the program with windows."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from ui.interruption import Interruption
from ui.theme.stylesheet import apply_theme
from ui.welcome import WelcomePanel


def open_windows(_arguments: Sequence[str]) -> int:
    """Open the windows and stay until the operator leaves."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )
    application = QApplication(["nigehban"])
    apply_theme(application)
    interruption = Interruption(application.quit)
    window = QWidget()
    window.resize(1280, 720)
    welcome = WelcomePanel(window, "python main.py")
    window.show()
    welcome.appear()
    status = application.exec()
    interruption.close()
    return status
