"""Pages of the review that are only read: decisions, and false alarms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.domain.review import Decision, FalseAlarms
from app.services.review import Decided, ReviewService
from ui.bookmarks.row_delegate import HEIGHT
from ui.events.thumbnails import ThumbnailCache
from ui.models.decided_list_model import DecidedListModel
from ui.models.decided_row_delegate import DecidedRowDelegate
from ui.models.false_alarm_model import FalseAlarmModel
from ui.review.wording import reviewed_text
from ui.row_table import row_table
from ui.theme import tokens

DAYS = 30


@dataclass(frozen=True, slots=True)
class DecidedWords:
    """What a list of decisions is called, what it says when it is empty, and its keys."""

    name: str
    nothing: str
    keys: str


_RULE = 1


class DecidedPage(QWidget):
    """A list of decisions; below it what is to be said of the one that is looked at.

    Signals:
        play_wanted: Show the ``Bookmark`` that the decision is about.
    """

    play_wanted = Signal(object)

    def __init__(
        self,
        service: ReviewService,
        model: DecidedListModel,
        thumbnails: ThumbnailCache,
        words: DecidedWords,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._service = service
        self.model = model
        rows = DecidedRowDelegate(thumbnails, service.identity.author.workstation)
        self.view = row_table(self, model, rows, HEIGHT)
        self.view.setAccessibleName(words.name)
        self._nothing = self._label(words.nothing)
        self._detail = self._label("")
        hint = self._label(words.keys)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, tokens.SPACE_S, 0, 0)
        column.setSpacing(tokens.SPACE_S)
        for each in (self._nothing, self.view, self._detail, hint):
            column.addWidget(each)
        column.setStretchFactor(self.view, 1)
        thumbnails.loaded.connect(self.view.viewport().update)
        self.view.selectionModel().currentChanged.connect(lambda *_: self._tell())
        model.modelReset.connect(self._on_reset)
        self._wanted: UUID | None = None
        self._on_reset()
        self.setFocusProxy(self.view)

    @property
    def current(self) -> Decided | None:
        """The decision that is looked at."""
        return self.model.decided_at(self.view.currentIndex())

    @property
    def nothing_words(self) -> str:
        """What is said where there is no decision; empty where there is one."""
        return "" if self.model.rowCount() else self._nothing.text()

    @property
    def detail_words(self) -> str:
        """Who decided what and when about the flag that is looked at."""
        return self._detail.text()

    def play(self) -> None:
        """Show what the decision is about."""
        decided = self.current
        if decided is not None and decided.bookmark is not None:
            self.play_wanted.emit(decided.bookmark)

    def _label(self, text: str) -> QLabel:
        label = QLabel(text, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setProperty("dim", True)
        return label

    def _on_reset(self) -> None:
        """The decision that somebody looks at stays, else it is the newest."""
        count = self.model.rowCount()
        self._nothing.setVisible(not count)
        rows = (self.model.decided_at(self.model.index(row)) for row in range(count))
        keys = [None if each is None else each.decision.id for each in rows]
        is_looked_at = self.view.hasFocus() and self._wanted in keys
        at = keys.index(self._wanted) if is_looked_at else 0
        self.view.setCurrentIndex(self.model.index(at))
        self._tell()

    def _tell(self) -> None:
        decided = self.current
        self._wanted = None if decided is None else decided.decision.id
        bookmark = None if decided is None else decided.bookmark
        if bookmark is None:
            self._detail.setText("")
            return

        def done(decisions: Sequence[Decision]) -> None:
            if decided is not None and self._wanted == decided.decision.id:
                self._detail.setText(reviewed_text(bookmark.flag, decisions))

        self._service.history(bookmark, done)


class FalseAlarmPage(QWidget):
    """Which cameras and rules are wrong, and at which hour."""

    def __init__(self, service: ReviewService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self.model = FalseAlarmModel(self)
        self.view = QTableView(self)
        self.view.setModel(self.model)
        self.view.setShowGrid(False)
        self.view.setTabKeyNavigation(False)
        self.view.verticalHeader().hide()
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        header = self.view.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_RULE, QHeaderView.ResizeMode.Stretch)
        self.view.setAccessibleName(self.tr("False alarms by camera, rule and hour"))
        self._words = QLabel(self)
        self._words.setProperty("dim", True)
        self._words.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, tokens.SPACE_S, 0, 0)
        column.addWidget(self._words)
        column.addWidget(self.view, 1)
        self.setFocusProxy(self.view)

    @property
    def words(self) -> str:
        """What is said above the table."""
        return self._words.text()

    def refresh(self, shown: Callable[[], None] = lambda: None) -> None:
        """Read the table again; ``shown`` is called once it stands."""

        def done(rows: Sequence[FalseAlarms]) -> None:
            self.model.show(rows)
            false = sum(row.false for row in rows)
            decided = sum(row.false + row.confirmed + row.needs_more for row in rows)
            words = self.tr("Decided in the last {0} days: {1}, of them false alarms: {2}")
            self._words.setText(words.format(DAYS, decided, false))
            shown()

        self._service.false_alarms(DAYS, done)
