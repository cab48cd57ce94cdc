"""The only code that knows where ``resources/`` lies."""

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtGui import QGuiApplication

_FOLDER = Path(__file__).resolve().parent.parent / "resources"


def resource(*parts: str) -> Path:
    """The path of a file under ``resources/``; it need not exist."""
    return _FOLDER.joinpath(*parts)


def install_translations(locale: QLocale) -> list[QTranslator]:
    """Load ``resources/i18n/nigehban_<language>.qm`` and Qt's own, as far as they are there.

    Turns the direction of panels where the language is written right to left and really has a
    translation; pictures and timelines stay left to right. Keep the returned translators.
    """
    own, qts = QTranslator(), QTranslator()
    if not own.load(locale, "nigehban", "_", str(resource("i18n"))):
        return []
    QCoreApplication.installTranslator(own)
    installed = [own]
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if qts.load(locale, "qtbase", "_", folder):
        QCoreApplication.installTranslator(qts)
        installed.append(qts)
    if locale.textDirection() is Qt.LayoutDirection.RightToLeft:
        QGuiApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    return installed
