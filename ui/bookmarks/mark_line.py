"""The line that slides in over a wall's lower edge to give a bookmark its words."""

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QObject,
    QPoint,
    QPropertyAnimation,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.domain.bookmark import Bookmark, FlagState
from ui.bookmarks.wording import clock_time
from ui.latin_keys import latin_key
from ui.theme import tokens

LEAVES_AFTER_MS = 15_000
"""A line in which nobody has typed goes by itself."""
_SLIDES_MS = 120
_WIDEST = 1100
_NARROW = 800
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class MarkLine(QFrame):
    """Title, tags and flag of one bookmark. Not modal: keys that it does not know go to the wall.

    Made once for a window, because making it costs more than a press of a key may.

    Signals:
        stored: The words are to be kept.
        left: Leave the bookmark as it is.
    """

    stored = Signal()
    left = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("overlay")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._bookmark: Bookmark | None = None
        self._offered: Sequence[str] = ()
        self._typed = ""
        self._heading = QLabel(self)
        self._heading.setTextFormat(Qt.TextFormat.PlainText)
        self.title = self._field(self.tr("Title"))
        self.tags = self._field(self.tr("Tags, separated by commas"))
        self.flag = QCheckBox(self.tr("Flag for the supervisor"), self)
        self.flag.installEventFilter(self)
        self.flag.toggled.connect(self._touched)
        self._hint = QLabel(self.tr("Enter stores · Tab: next · Alt+F: flag · Esc leaves it"), self)
        self._hint.setProperty("dim", True)
        top, fields = QHBoxLayout(), QHBoxLayout()
        self._rows = top, fields
        top.addWidget(self._heading, 1)
        top.addWidget(self._hint)
        fields.setSpacing(tokens.SPACE_S)
        fields.addWidget(self.title, 3)
        fields.addWidget(self.tags, 2)
        fields.addWidget(self.flag)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(*[tokens.SPACE_M] * 4)
        rows.setSpacing(tokens.SPACE_S)
        rows.addLayout(top)
        rows.addLayout(fields)
        self.setFocusProxy(self.title)
        self.tags.textEdited.connect(self._suggest)
        self._leaving = QTimer(self)
        self._leaving.setSingleShot(True)
        self._leaving.setInterval(LEAVES_AFTER_MS)
        self._leaving.timeout.connect(self.left)
        self._slide = QPropertyAnimation(self, b"pos", self)
        self._slide.setDuration(_SLIDES_MS)
        window.installEventFilter(self)
        self.hide()
        for widget in (self, *self.findChildren(QWidget)):
            widget.ensurePolished()

    def write_about(self, bookmark: Bookmark) -> None:
        """Ask for the words of this bookmark from now on."""
        self._bookmark = bookmark
        words = self.tr("Bookmark: {0}, {1}")
        self._heading.setText(words.format(bookmark.camera, clock_time(bookmark)))
        self.title.setText(bookmark.title)
        self._typed = ", ".join(bookmark.tags)
        self.tags.setText(self._typed)
        self.flag.setChecked(bookmark.flag is FlagState.RAISED)

    @property
    def bookmark(self) -> Bookmark:
        """The bookmark as it was when the line came."""
        if self._bookmark is None:
            raise LookupError("The line has not been asked to write about a bookmark")
        return self._bookmark

    @property
    def chosen_flag(self) -> FlagState:
        """The flag that is asked for. What a supervisor has answered stays unless it is raised
        anew."""
        before = self.bookmark.flag
        if self.flag.isChecked():
            return FlagState.RAISED
        return FlagState.NONE if before is FlagState.RAISED else before

    @property
    def chosen_tags(self) -> Sequence[str]:
        """What was typed; a suggestion counts once it is taken with → or End."""
        return self._typed_tags().replace("،", ",").split(",")

    @property
    def is_touched(self) -> bool:
        """Whether something else stands in it than the bookmark says."""
        bookmark = self.bookmark
        return (
            self.title.text() != bookmark.title
            or self._typed_tags() != ", ".join(bookmark.tags)
            or self.chosen_flag is not bookmark.flag
        )

    def show_state(self, words: str) -> None:
        """Say what became of the bookmark in the place of the heading."""
        self._heading.setText(f"{self.bookmark.camera} · {words}")

    def offer(self, tags: Sequence[str]) -> None:
        """Tags in use, to be suggested while typing."""
        self._offered = tags

    @property
    def home(self) -> QRect:
        """Where it stands once it has come up, in the window's coordinates."""
        return QRect(self._place(), self.size())

    def go(self) -> None:
        """Disappear."""
        self._leaving.stop()
        self._slide.stop()
        self.hide()

    def slide_in(self) -> None:
        """Come up from below the lower edge and take the keyboard."""
        place = self._place()
        self.move(place.x(), self._window.height())
        self.show()
        self.raise_()
        self.title.setFocus(Qt.FocusReason.OtherFocusReason)
        self.title.selectAll()
        self._slide.setStartValue(self.pos())
        self._slide.setEndValue(place)
        self._slide.start()
        self._leaving.start()

    # --- inside ------------------------------------------------------------------------------

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit(self)
        field.setPlaceholderText(name)
        field.setAccessibleName(name)
        field.setToolTip(name)
        field.installEventFilter(self)
        field.textEdited.connect(self._touched)
        return field

    def _suggest(self, typed: str) -> None:
        """Complete the tag behind the last comma; what was not typed is selected."""
        has_grown, self._typed = len(typed) > len(self._typed), typed
        begun = typed.rpartition(",")[2].lstrip()
        if not has_grown or not begun or self.tags.cursorPosition() < len(typed):
            return
        for tag in self._offered:
            if len(tag) > len(begun) and tag[: len(begun)].casefold() == begun.casefold():
                rest = tag[len(begun) :]
                self.tags.setText(typed + rest)
                self.tags.setSelection(len(typed), len(rest))
                return

    def _typed_tags(self) -> str:
        text, selected = self.tags.text(), self.tags.selectedText()
        return self._typed if selected and text == self._typed + selected else text

    def _touched(self) -> None:
        self._leaving.stop()

    def _place(self) -> QPoint:
        room = self._window.size()
        # The console is too narrow for all of it in one row.
        is_narrow = room.width() < _NARROW
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        for row in self._rows:
            row.setDirection(down if is_narrow else across)
        self._hint.setWordWrap(is_narrow)
        width = min(_WIDEST, room.width() - 2 * tokens.SPACE_M)
        height = self.sizeHint().height()
        self.resize(width, height)
        return QPoint((room.width() - width) // 2, room.height() - height - tokens.SPACE_M)

    # --- Qt overrides ------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._window:
            if event.type() == QEvent.Type.Resize:
                self._slide.stop()
                self.move(self._place())
            return False
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in _ENTER:
                self.stored.emit()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.left.emit()
                return True
            letter = latin_key(event) or event.key()
            if letter == Qt.Key.Key_F and event.modifiers() == Qt.KeyboardModifier.AltModifier:
                self.flag.toggle()
                return True
        return super().eventFilter(watched, event)
