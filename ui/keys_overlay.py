"""All keys on one panel over the focused screen; it takes no keyboard and blocks nothing."""

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QCoreApplication, QRect, QSize, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from ui.action import Action, Category
from ui.actions import ACTIONS
from ui.overlay import Overlay
from ui.theme import tokens

_ORDER = (
    Category.PAGES,
    Category.SCREENS,
    Category.PROGRAM,
    Category.LAYOUTS,
    Category.TILES,
    Category.REPLAY,
    Category.BOXES,
    Category.CLIPS,
    Category.PLAYER,
    Category.BOOKMARKS,
    Category.INCIDENTS,
    Category.CALL_UP,
)
_EDGE = 28
_COLUMN = 330
_BETWEEN = 28
_LONG_KEYS = 16
"""Keys of more letters stand in a row of their own."""

Page = Sequence[Sequence["KeyGroup"]]


class KeysOverlay(Overlay):
    """Lists every action with its keys, on as many pages as the window's size makes of it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._title = _label(QCoreApplication.translate("KeysOverlay", "Keys"), self)
        self._title.setProperty("title", True)
        self._hint = _label("", self)
        self._hint.setProperty("dim", True)
        self._groups = [KeyGroup(self, category) for category in _ORDER]
        self._pages: Sequence[Page] = ()
        self._page = 0

    @property
    def listed(self) -> Sequence[str]:
        """Every text on the panel, keys and words."""
        return [label.text() for label in self.findChildren(QLabel)]

    @property
    def pages(self) -> int:
        """How many pages there are at this size of the window."""
        return len(self._pages)

    def next_page(self) -> bool:
        """Show the next page; false when this is the last one."""
        if self._page + 1 >= len(self._pages):
            return False
        self._page += 1
        self.place()
        return True

    def fitted(self, room: QSize) -> QSize:
        """Lay the groups out in columns and pages; returns the size of the panel."""
        width = min(_COLUMN, room.width() - 2 * _EDGE)
        for group in self._groups:
            group.setFixedWidth(width)
        top = _EDGE + self._title.sizeHint().height() + tokens.SPACE_L
        columns = max(1, (room.width() - 2 * _EDGE + _BETWEEN) // (width + _BETWEEN))
        self._pages = list(_paged(self._groups, columns, room.height() - top - _EDGE))
        self._page = min(self._page, len(self._pages) - 1)
        page = self._pages[self._page]
        height = max(_height(column) for every in self._pages for column in every)
        used = max(len(every) for every in self._pages)
        size = QSize(2 * _EDGE + used * (width + _BETWEEN) - _BETWEEN, top + height + _EDGE)
        size = size.boundedTo(room.expandedTo(QSize(1, 1)))
        self._place_title(size.width())
        shown = [group for column in page for group in column]
        for group in self._groups:
            group.setVisible(group in shown)
        for number, column in enumerate(page):
            y = top
            for group in column:
                group.setGeometry(
                    QRect(_EDGE + number * (width + _BETWEEN), y, width, group.height_px)
                )
                y += group.height_px + tokens.SPACE_L
        return size

    def _place_title(self, width: int) -> None:
        self._hint.setText(self._how_on())
        self._title.adjustSize()
        self._hint.adjustSize()
        self._title.move(_EDGE, _EDGE)
        middle = self._title.geometry().center().y() - self._hint.height() // 2
        self._hint.move(max(_EDGE, width - _EDGE - self._hint.width()), middle)

    def _how_on(self) -> str:
        if self._page + 1 < len(self._pages):
            words = QCoreApplication.translate("KeysOverlay", "Page {0} of {1} · F1 goes on")
            return words.format(self._page + 1, len(self._pages))
        return QCoreApplication.translate("KeysOverlay", "F1 or Esc closes")


class KeyGroup(QWidget):
    """The actions of one category, a row each."""

    def __init__(self, parent: QWidget, category: Category) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(tokens.SPACE_M)
        grid.setVerticalSpacing(6)
        heading = _label(category.text, self)
        heading.setProperty("heading", True)
        grid.addWidget(heading, 0, 0, 1, 2)
        row = 1
        for keys, text in rows_of(category):
            key = _label(keys, self)
            key.setProperty("key", True)
            words = _label(text, self)
            words.setWordWrap(True)
            if len(keys) > _LONG_KEYS:
                grid.addWidget(key, row, 0, 1, 2, Qt.AlignmentFlag.AlignLeft)
                grid.addWidget(words, row + 1, 0, 1, 2)
                row += 2
                continue
            at_top = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            grid.addWidget(key, row, 0, at_top)
            grid.addWidget(words, row, 1)
            row += 1
        grid.setColumnStretch(1, 1)

    @property
    def height_px(self) -> int:
        """Its height at the width that was set."""
        return max(self.heightForWidth(self.width()), self.minimumSizeHint().height())


def _height(column: Sequence[KeyGroup]) -> int:
    return sum(group.height_px for group in column) + tokens.SPACE_L * (len(column) - 1)


def _paged(groups: Sequence[KeyGroup], columns: int, height: int) -> Iterator[Page]:
    """Fill columns from top to bottom and pages from left to right, in the order of the groups."""
    page: list[list[KeyGroup]] = [[]]
    for group in groups:
        if page[-1] and _height([*page[-1], group]) > height:
            if len(page) == columns:
                yield page
                page = []
            page.append([])
        page[-1].append(group)
    yield page


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
