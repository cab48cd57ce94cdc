"""The console's page of the review: flags that wait, decisions, false alarms, answers."""

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QLabel,
    QLineEdit,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.domain.bookmark import Bookmark, FlagState
from app.domain.review import Decision
from app.services.events import Directory
from app.services.review import Outcome, Result, ReviewService
from ui.binding import bind
from ui.bookmarks.row_delegate import HEIGHT, BookmarkRowDelegate
from ui.events.thumbnails import ThumbnailCache
from ui.latin_keys import latin_key
from ui.models.bookmark_list_model import BookmarkListModel
from ui.models.decided_list_model import DecidedListModel
from ui.review.pages import DecidedPage, DecidedWords, FalseAlarmPage
from ui.review.wording import outcome_text, queue_text, reviewed_text
from ui.row_table import row_table
from ui.theme import tokens

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_VERDICTS = {
    Qt.Key.Key_1: FlagState.CONFIRMED,
    Qt.Key.Key_2: FlagState.FALSE,
    Qt.Key.Key_3: FlagState.NEEDS_MORE,
}
_ONCE = (*_VERDICTS, Qt.Key.Key_U, Qt.Key.Key_T, Qt.Key.Key_S)
_UNDO_MS = 10_000


class ReviewPanel(QWidget):
    """1 confirmed, 2 false, 3 needs more, N next, U takes back; Q, D, F, A choose the page.

    ``play_key`` obeys the keys of the wall that pause, step and seek.

    Operators see the answers to their own flags only.

    Signals:
        play_wanted: Show this ``Bookmark``'s clip or moment.
        speed_wanted: Play at the normal speed, or twice as fast.
        beside_wanted: Play all cameras of the incident side by side, or only that of the flag.
        left: The operator gives the keyboard back to the wall.
        gone: Another page of the console is shown, or none.
        finished: No flag waits any more.
    """

    play_wanted = Signal(object)
    speed_wanted = Signal()
    beside_wanted = Signal()
    left = Signal()
    gone = Signal()
    finished = Signal()

    def __init__(
        self,
        service: ReviewService,
        cameras: Directory,
        thumbnails: ThumbnailCache,
        play_key: Callable[[QKeyEvent], bool],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._service = service
        self._play_key = play_key
        self._is_supervisor = service.identity.is_supervisor
        self._wanted: UUID | None = None
        self._row = 0
        self._played: UUID | None = None
        self._is_ended = False
        self._noted: Bookmark | None = None
        self.model = BookmarkListModel(service, cameras, self)
        self.view = self._make_view(thumbnails)
        self.note = QLineEdit(self)
        self.note.setPlaceholderText(self.tr("What more is needed? Enter: send it back"))
        self.note.setAccessibleName(self.tr("What more is needed"))
        self.note.hide()
        self._count = self._label()
        self._beside = self._label()
        self._beside.hide()
        self._history = self._label()
        self._words = self._label()
        self.pages = self._make_pages(thumbnails)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.SPACE_S)
        column.addWidget(self.pages, 1)
        column.addWidget(self.note)
        column.addWidget(self._words)
        self._words_end = QTimer(self)
        self._words_end.setSingleShot(True)
        self._words_end.setInterval(_UNDO_MS)
        self._words_end.timeout.connect(lambda: self.say(""))
        self._connect(thumbnails)

    @property
    def current(self) -> Bookmark | None:
        """The flag that is looked at."""
        return self.model.bookmark_at(self.view.currentIndex())

    @property
    def words(self) -> str:
        """What is said below the pages."""
        return self._words.text()

    @property
    def count_words(self) -> str:
        return self._count.text()

    @property
    def history_words(self) -> str:
        """What was decided before about the flag that is looked at."""
        return self._history.text()

    def say(self, words: str) -> None:
        """Say something below the pages; nothing with an empty text."""
        self._words.setText(words)
        self._words.setVisible(bool(words))
        self._words_end.start() if words else self._words_end.stop()

    @property
    def beside_words(self) -> str:
        """Which other cameras saw the flag that is looked at."""
        return self._beside.text()

    def tell_beside(self, words: str) -> None:
        """Say which other cameras saw the flag that is looked at; nothing with an empty text."""
        self._beside.setText(words)
        self._beside.setVisible(bool(words))

    def forget_played(self) -> None:
        """The clip was ended on the wall: it is played again when the review is come back to."""
        self._is_ended = True
        self.tell_beside("")

    def enter(self) -> None:
        """Give the keyboard to what is most needed: the flags, or new answers."""
        if self._service.unseen or not self._is_supervisor:
            self._turn_to(self.answers)
        else:
            self._turn_to(self._queue)
        self._service.refresh()
        self._service.look_for_answers()

    # --- making ------------------------------------------------------------------------------

    def _label(self) -> QLabel:
        label = QLabel(self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setProperty("dim", True)
        return label

    def _make_view(self, thumbnails: ThumbnailCache) -> QTableView:
        view = row_table(
            self,
            self.model,
            BookmarkRowDelegate(thumbnails, self._service.identity.author.workstation),
            HEIGHT,
        )
        view.setAccessibleName(self.tr("Flags that wait, alarms first"))
        return view

    def _make_pages(self, thumbnails: ThumbnailCache) -> QTabWidget:
        service = self._service
        pages = QTabWidget(self)
        pages.setDocumentMode(True)
        pages.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._queue = QWidget(self)
        column = QVBoxLayout(self._queue)
        column.setContentsMargins(0, tokens.SPACE_S, 0, 0)
        column.setSpacing(tokens.SPACE_S)
        hint = self._label()
        hint.setText(
            self.tr(
                "1 confirmed · 2 false · 3 needs more · U take back\n"
                "N next · P before · T twice as fast · S side by side\n"
                "Space pause · Alt+← → picture · Ctrl+← → 5 s · Esc wall"
            )
        )
        for each in (self._count, self.view, self._beside, self._history, hint):
            column.addWidget(each)
        column.setStretchFactor(self.view, 1)
        self.decided = DecidedPage(
            service,
            DecidedListModel(lambda: service.decided, service.changed, self),
            thumbnails,
            DecidedWords(
                self.tr("Decisions, newest first"),
                self.tr("Nobody has decided anything yet."),
                self.tr(
                    "1 confirmed · 2 false · 3 needs more: decide anew\n"
                    "U take back · Enter plays · T twice as fast · Q queue"
                ),
            ),
            self,
        )
        self.answers = DecidedPage(
            service,
            DecidedListModel(lambda: service.answers, service.answers_changed, self),
            thumbnails,
            DecidedWords(
                self.tr("Answers to your flags, newest first"),
                self.tr("Nothing came back to you in the last 7 days."),
                self.tr("Enter plays the clip · Esc gives the keyboard to the wall"),
            ),
            self,
        )
        self._lists = (self.decided, self.answers)
        self.false_alarms = FalseAlarmPage(service, self)
        if self._is_supervisor:
            pages.addTab(self._queue, self.tr("Queue"))
            pages.addTab(self.decided, self.tr("Decided"))
        else:
            self._queue.hide()
            self.decided.hide()
        pages.addTab(self.answers, self.tr("Answers"))
        pages.addTab(self.false_alarms, self.tr("False alarms"))
        return pages

    def _connect(self, thumbnails: ThumbnailCache) -> None:
        thumbnails.loaded.connect(self.view.viewport().update)
        for view in (self.view, *(page.view for page in self._lists), self.false_alarms.view):
            view.installEventFilter(self)
        for page in self._lists:
            page.play_wanted.connect(self._play_listed)
        self.note.installEventFilter(self)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self.model.modelReset.connect(self._restore_current)
        self.model.rowsInserted.connect(self._restore_current)
        self.pages.currentChanged.connect(lambda _index: self._on_page())
        bind(self, self._service.changed, lambda _nothing: self._on_changed())
        bind(self, self._service.answers_changed, lambda _nothing: self._name_answers())
        self._on_changed()
        self._name_answers()
        self.say("")
        self.setFocusProxy(self.view if self._is_supervisor else self.answers)

    # --- following ---------------------------------------------------------------------------

    def _on_changed(self) -> None:
        service = self._service
        own = service.identity.author.operator
        self._count.setText(queue_text(service.waiting, service.today, own))
        if not service.rows:
            self._history.setText("" if service.is_loading else self.tr("No flag waits."))

    def _name_answers(self) -> None:
        new = len(self._service.unseen)
        words = self.tr("Answers ({0} new)").format(new) if new else self.tr("Answers")
        self.pages.setTabText(self.pages.indexOf(self.answers), words)
        if self.answers.isVisible() and self.answers.view.hasFocus():
            self._service.saw_answers()

    def _restore_current(self) -> None:
        """The flag that is looked at stays; where it was decided, the next one comes."""
        rows = self._service.rows
        if not rows:
            if self._played is not None:
                self._played = None
                self.finished.emit()
            return
        at = next((at for at, row in enumerate(rows) if row.id == self._wanted), None)
        if at is None:
            at = min(self._row, len(rows) - 1)
        self.view.setCurrentIndex(self.model.index(at))

    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        bookmark = self.model.bookmark_at(current)
        if bookmark is None:
            return
        self._wanted, self._row = bookmark.id, current.row()
        self._history.setText("")

        def done(decisions: Sequence[Decision]) -> None:
            if self._wanted == bookmark.id:
                self._history.setText(reviewed_text(bookmark.flag, decisions))

        self._service.history(bookmark, done)
        if self.view.hasFocus():
            self._play(bookmark)

    def _play(self, bookmark: Bookmark) -> None:
        if self._played != bookmark.id:
            self._played, self._is_ended = bookmark.id, False
            self.play_wanted.emit(bookmark)

    def _play_listed(self, bookmark: Bookmark) -> None:
        self._played = None  # the flag of the queue is played again when that is come back to
        self.play_wanted.emit(bookmark)

    # --- the supervisor's hands --------------------------------------------------------------

    def _decide(self, bookmark: Bookmark | None, verdict: FlagState) -> None:
        if bookmark is None or not self._is_supervisor:
            return
        if verdict is FlagState.NEEDS_MORE:
            self._noted = bookmark
            self.note.show()
            self.note.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        self._service.decide(bookmark, verdict, "", self._tell)

    def _send_note(self) -> None:
        bookmark = self._noted
        if bookmark is None:
            return
        if not self.note.text().strip():
            self.say(self.tr("Say in the line what more is needed; Esc leaves the flag as it is"))
            return

        def tell(outcome: Outcome) -> None:
            self._tell(outcome)
            # What could not be saved stays in the line.
            if outcome.result is Result.KEPT:
                self._close_note()

        self._service.decide(bookmark, FlagState.NEEDS_MORE, self.note.text(), tell)

    def _close_note(self) -> None:
        self._noted = None
        had_focus = self.note.hasFocus()
        self.note.clear()
        self.note.hide()
        if had_focus:
            self._turn_to(self.pages.currentWidget())

    def _tell(self, outcome: Outcome) -> None:
        if outcome.result is Result.UNDONE and outcome.bookmark.flag is FlagState.RAISED:
            self._wanted, self._played = outcome.bookmark.id, None
        self.say(outcome_text(outcome))

    def _undo(self) -> None:
        if not self._service.undo(self._tell):
            self.say(self.tr("There is no decision of the last 10 seconds to take back"))

    def _next(self, by: int) -> None:
        at = self.view.currentIndex().row() + by
        if 0 <= at < self.model.rowCount():
            self.view.setCurrentIndex(self.model.index(at))

    def _turn_to(self, page: QWidget) -> None:
        self.pages.setCurrentWidget(page)
        if page is self._queue:
            self._enter_view()
        else:
            page.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if page is self.answers:
            self._service.saw_answers()
        self.setFocusProxy(self.view if page is self._queue else page)

    def _enter_view(self) -> None:
        if self._is_ended:
            self._played = None
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.view.currentIndex().isValid() and self.model.rowCount():
            self.view.setCurrentIndex(self.model.index(0))
        elif self.current is not None:
            self._play(self.current)

    def _on_page(self) -> None:
        if self.pages.currentWidget() is self.false_alarms:
            self.false_alarms.refresh()

    def _on_key(self, event: QKeyEvent) -> bool:
        has_clip = self.view.hasFocus() or any(each.view.hasFocus() for each in self._lists)
        if has_clip and self._play_key(event):
            return True
        key = Qt.Key(latin_key(event) or event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if event.isAutoRepeat() and key in _ONCE:
            return True  # a key that is held decides about one flag only
        if key == Qt.Key.Key_Escape:
            self.left.emit()
            return True
        page = {
            Qt.Key.Key_Q: self._queue,
            Qt.Key.Key_D: self.decided,
            Qt.Key.Key_A: self.answers,
            Qt.Key.Key_F: self.false_alarms,
        }.get(key)
        if page is not None and self.pages.indexOf(page) >= 0:
            self._turn_to(page)
            return True
        if self.view.hasFocus():
            return self._on_queue_key(key)
        page = next((each for each in self._lists if each.view.hasFocus()), None)
        return page is not None and self._on_list_key(page, key)

    def _on_list_key(self, page: DecidedPage, key: Qt.Key) -> bool:
        """Of decisions and answers: look at it again, decide anew, take the last one back."""
        decided = page.current
        if key in _ENTER:
            page.play()
        elif key in _VERDICTS and page is self.decided:
            self._decide(None if decided is None else decided.bookmark, _VERDICTS[key])
        elif key == Qt.Key.Key_U and page is self.decided:
            self._undo()
        elif key == Qt.Key.Key_T:
            self.speed_wanted.emit()
        elif key == Qt.Key.Key_S:
            self.beside_wanted.emit()
        else:
            return False
        return True

    def _on_note_key(self, key: Qt.Key) -> bool:
        # Taken here: a line leaves Enter to the windows around it, where it enlarges a tile.
        if key in _ENTER:
            self._send_note()
        elif key == Qt.Key.Key_Escape:
            self._close_note()
        return key in (*_ENTER, Qt.Key.Key_Escape)

    def _on_queue_key(self, key: Qt.Key) -> bool:
        if key in _VERDICTS:
            self._decide(self.current, _VERDICTS[key])
        elif key == Qt.Key.Key_N:
            self._next(1)
        elif key == Qt.Key.Key_P:
            self._next(-1)
        elif key == Qt.Key.Key_U:
            self._undo()
        elif key == Qt.Key.Key_T:
            self.speed_wanted.emit()
        elif key == Qt.Key.Key_S:
            self.beside_wanted.emit()
        elif key in _ENTER:
            self._played = None
            if self.current is not None:
                self._play(self.current)
        else:
            return False
        return True

    # --- Qt overrides ------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._on_page()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self.gone.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is not self.note:
                return self._on_key(event)
            return self._on_note_key(Qt.Key(event.key()))
        elif event.type() == QEvent.Type.FocusIn and watched is self.view:
            # Also when the keyboard comes by the mouse or by the console's tabs.
            QTimer.singleShot(0, self, self._enter_view)
        return super().eventFilter(watched, event)
