"""Asks for the words of one bookmark at a time, on the wall or in the console."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.bookmark import Bookmark
from app.services.bookmark_changes import Answer
from app.services.bookmarks import BookmarkService
from ui.bookmarks.mark_line import MarkLine
from ui.bookmarks.wording import answer_text


class BookmarkWords(QObject):
    """Opens the line and gives what was written to the service. GUI thread."""

    def __init__(self, service: BookmarkService, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._line: MarkLine | None = None
        self._say: Callable[[str], None] = lambda _words: None
        self._back: QWidget | None = None
        self._tags: Sequence[str] = ()

    @property
    def line(self) -> MarkLine | None:
        """The line that is open."""
        return self._line

    def ask(
        self, window: QWidget, bookmark: Bookmark, say: Callable[[str], None], back: QWidget
    ) -> None:
        """Open the line over a window's lower edge; ``say`` tells what became of the words, and
        ``back`` gets the keyboard afterwards. What was written in the line before is kept."""
        if self._line is not None:
            self.end(keep=self._line.is_touched)
        line = self._line = MarkLine(window, bookmark, self._tags)
        self._say, self._back = say, back
        line.stored.connect(lambda: self.end(keep=True))
        line.left.connect(lambda: self.end(keep=False))
        line.slide_in()
        self._service.tags(self._on_tags)

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
        focus = QApplication.focusWidget()
        had_focus = focus is not None and line.isAncestorOf(focus)
        line.hide()
        line.deleteLater()
        if had_focus and self._back is not None:
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_tags(self, tags: Sequence[str]) -> None:
        self._tags = tags
        if self._line is not None:
            self._line.offer(tags)
