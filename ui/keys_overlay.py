"""All keys on one panel over the focused screen; it takes no keyboard and blocks nothing."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.actions import ACTIONS, Action, Category
from ui.overlay import Overlay
from ui.theme import tokens

_COLUMNS: Sequence[Sequence[Category]] = (
    (Category.PAGES, Category.SCREENS, Category.PROGRAM),
    (Category.LAYOUTS,),
    (Category.TILES, Category.CALL_UP),
)


class KeysOverlay(Overlay):
    """Lists every action with its keys."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(28, 22, 28, 22)
        rows.setSpacing(tokens.SPACE_L)
        rows.addLayout(_title_row(self))
        columns = QHBoxLayout()
        columns.setSpacing(32)
        for categories in _COLUMNS:
            columns.addLayout(_column(self, categories))
        rows.addLayout(columns)

    @property
    def listed(self) -> Sequence[str]:
        """Every text on the panel, keys and words."""
        return [label.text() for label in self.findChildren(QLabel)]


def _title_row(parent: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    title = _label(QCoreApplication.translate("KeysOverlay", "Keys"), parent)
    title.setProperty("title", True)
    hint = _label(QCoreApplication.translate("KeysOverlay", "F1 or Esc closes"), parent)
    hint.setProperty("dim", True)
    row.addWidget(title)
    row.addStretch()
    row.addWidget(hint)
    return row


def _column(parent: QWidget, categories: Sequence[Category]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(tokens.SPACE_L)
    for category in categories:
        column.addLayout(_group(parent, category))
    column.addStretch()
    return column


def _group(parent: QWidget, category: Category) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(tokens.SPACE_M)
    grid.setVerticalSpacing(6)
    heading = _label(category.text, parent)
    heading.setProperty("heading", True)
    grid.addWidget(heading, 0, 0, 1, 2)
    for row, (keys, text) in enumerate(rows_of(category), start=1):
        key = _label(keys, parent)
        key.setProperty("key", True)
        grid.addWidget(key, row, 0, Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(_label(text, parent), row, 1)
    grid.setColumnStretch(1, 1)
    return grid


def rows_of(category: Category, actions: Sequence[Action] = ACTIONS) -> list[tuple[str, str]]:
    """Keys and words of a category; actions with the same words (the digits) share a row."""
    rows: dict[str, list[str]] = {}
    for action in actions:
        if action.category is category:
            rows.setdefault(action.text, []).append(action.keys_text)
    return [("  ".join(keys), text) for text, keys in rows.items()]


def _label(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
