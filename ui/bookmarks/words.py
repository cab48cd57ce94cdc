"""Asks for the words of one bookmark at a time, on the wall or in the console."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

from app.domain.bookmark import Bookmark
from app.services.bookmark_changes import Answer
from app.services.bookmarks import BookmarkService
from ui.bookmarks.mark_line import MarkLine
from ui.bookmarks.wording import answer_text

_TAGS_AFTER_MS = 500


class BookmarkWords(QObject):
    """Opens the line and gives what was written to the service. GUI thread."""

    def __init__(self, service: BookmarkService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._line: MarkLine | None = None
        self._lines: dict[QWidget, MarkLine] = {}
        self._say: Callable[[str], None] = lambda _words: None
        self._back: QWidget | None = None
        self._tags: Sequence[str] = ()

    @property
    def line(self) -> MarkLine | None:
        """The line that is open."""
        return self._line

    def prepare(self, window: QWidget) -> None:
        """Make the line of a window, so that it costs little when it is needed."""
        if window not in self._lines:
            line = self._lines[window] = MarkLine(window)
            line.stored.connect(lambda: self.end(keep=True))
            line.left.connect(lambda: self.end(keep=False))

    def ask(
        self, window: QWidget, bookmark: Bookmark, say: Callable[[str], None], back: QWidget
    ) -> None:
        """Open the line over a window's lower edge; ``say`` tells what became of the words, and
        ``back`` gets the keyboard afterwards. What was written in the line before is kept."""
        if self._line is not None:
            self.end(keep=self._line.is_touched)
        self.prepare(window)
        line = self._line = self._lines[window]
        self._say, self._back = say, back
        line.write_about(bookmark)
        line.offer(self._tags)
        line.slide_in()
        # Not at once: the bookmark is on its way to the database.
        QTimer.singleShot(_TAGS_AFTER_MS, self, self._ask_for_tags)

    def tell(self, answer: Answer) -> None:
        """Say in the line what became of its bookmark."""
        if self._line is not None and self._line.bookmark.id == answer.bookmark.id:
            self._line.show_state(answer_text(answer))

    def end(self, *, keep: bool) -> None:
        """Close the line; what is written in it is stored or left."""
        line, self._line = self._line, None
        if line is None:
            return
        say = self._say
        if keep:
            self._service.change(
                line.bookmark,
                lambda answer: say(answer_text(answer)),
                title=line.title.text(),
                tags=line.chosen_tags,
                flag=line.chosen_flag,
            )
        # The window's own, because it need not be the active one to get keys.
        # It has none before it was shown, whatever the stub says.
        focus: QWidget | None = line.window().focusWidget()
        had_focus = focus is not None and line.isAncestorOf(focus)
        line.go()
        if had_focus and self._back is not None:
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_for_tags(self) -> None:
        self._service.tags(self._on_tags)

    def _on_tags(self, tags: Sequence[str]) -> None:
        self._tags = tags
        if self._line is not None:
            self._line.offer(tags)
