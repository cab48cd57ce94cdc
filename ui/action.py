"""What a command of the operator is: its name, its words, its keys and who may use it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QKeySequence

from ui.commands import Commands
from ui.texts import QT_TRANSLATE_NOOP

_NATIVE = QKeySequence.SequenceFormat.NativeText


class Category(Enum):
    """The groups of the F1 overlay, in its order."""

    PAGES = QT_TRANSLATE_NOOP("Actions", "Pages and districts")
    LAYOUTS = QT_TRANSLATE_NOOP("Actions", "Layouts")
    TILES = QT_TRANSLATE_NOOP("Actions", "Tiles")
    REPLAY = QT_TRANSLATE_NOOP("Actions", "Replay of the last minute")
    BOXES = QT_TRANSLATE_NOOP("Actions", "Boxes")
    PLAYER = QT_TRANSLATE_NOOP("Actions", "Files and recordings")
    CLIPS = QT_TRANSLATE_NOOP("Actions", "Clips and snapshots")
    BOOKMARKS = QT_TRANSLATE_NOOP("Actions", "Bookmarks")
    INCIDENTS = QT_TRANSLATE_NOOP("Actions", "Incidents")
    CALL_UP = QT_TRANSLATE_NOOP("Actions", "Call a camera up by its number")
    SCREENS = QT_TRANSLATE_NOOP("Actions", "Screens")
    PROGRAM = QT_TRANSLATE_NOOP("Actions", "Program")

    @property
    def text(self) -> str:
        return QCoreApplication.translate("Actions", self.value)


class Who(Enum):
    """Who may use a command."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Action:
    """One command.

    ``shortcuts`` are in Qt's portable notation; ``source_text`` is English and goes through the
    translation in ``text``; ``repeats`` says whether a held key keeps firing.
    """

    id: str
    source_text: str
    shortcuts: Sequence[str]
    category: Category
    invoke: Callable[[Commands], None]
    who: Who = Who.OPERATOR
    repeats: bool = False

    @property
    def text(self) -> str:
        return QCoreApplication.translate("Actions", self.source_text)

    @property
    def keys_text(self) -> str:
        """The keys as they are called on this system, e.g. ``Ctrl+1``."""
        names = [QKeySequence(keys).toString(_NATIVE) for keys in self.shortcuts]
        return "  ".join(dict.fromkeys(names))
