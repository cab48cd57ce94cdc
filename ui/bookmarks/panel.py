"""The console's page with all bookmarks: search, sort, open, flag, edit, export."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.domain.bookmark import Bookmark, FlagState
from app.domain.camera import Camera, CameraCode, District, DistrictCode
from app.services.bookmark_changes import Answer
from app.services.bookmark_export import ExportForm
from app.services.bookmarks import BookmarkService
from app.services.events import Directory
from ui.binding import bind
from ui.bookmarks.filter_row import BookmarkFilterRow
from ui.bookmarks.row_delegate import HEIGHT, BookmarkRowDelegate
from ui.bookmarks.wording import answer_text
from ui.events.thumbnails import ThumbnailCache
from ui.filtered_list import FilteredList
from ui.latin_keys import latin_key
from ui.models.bookmark_list_model import BookmarkListModel
from ui.row_table import row_table
from ui.theme import tokens


class Cameras(Directory, Protocol):
    """What the page asks of the registry."""

    def districts(self) -> Sequence[District]: ...

    def cameras_of(self, district: DistrictCode) -> Sequence[Camera]: ...


class BookmarksPanel(FilteredList):
    """Enter shows what was marked, F asks a supervisor to look, E gives other words.

    Signals:
        chosen: Show this bookmark's clip or moment.
        edited: Ask for other words for this bookmark.
    """

    chosen = Signal(object)
    edited = Signal(object)
    filters: BookmarkFilterRow

    def __init__(
        self,
        service: BookmarkService,
        cameras: Cameras,
        thumbnails: ThumbnailCache,
        now_us: Callable[[], int],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._service = service
        self._cameras = cameras
        self._wanted: Bookmark | None = None
        self._tags: Sequence[str] = ()
        self._operators: set[str] = {service.author.operator}
        self._list = service.open_list()
        close = self._list.close
        # A lambda, because PySide holds bound methods weakly.
        self.destroyed.connect(lambda: close())  # noqa: PLW0108 - see above
        self.filters = BookmarkFilterRow(self._named, now_us, self)
        self.model = BookmarkListModel(self._list, cameras, self)
        self.view = self._make_view(thumbnails)
        self._words = QLabel(self)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._words.setProperty("dim", True)
        self._words.setWordWrap(True)
        hint = QLabel(self.tr("Enter: show it · F: flag · E: edit · Esc: to the tiles"), self)
        hint.setProperty("dim", True)
        hint.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.SPACE_S)
        column.addWidget(self.filters)
        column.addWidget(self._words)
        column.addWidget(self.view, 1)
        column.addLayout(self._exports())
        column.addWidget(hint)
        self._connect()

    @property
    def current(self) -> Bookmark | None:
        """The chosen bookmark."""
        return self.model.bookmark_at(self.view.currentIndex())

    @property
    def words(self) -> str:
        """What is said above the list."""
        return self._words.text()

    def refresh(self) -> None:
        """Read again what there is: other workstations write too."""
        self._list.reload()
        self._service.tags(self._on_tags)

    # --- making ------------------------------------------------------------------------------

    def _make_view(self, thumbnails: ThumbnailCache) -> QTableView:
        view = row_table(
            self,
            self.model,
            BookmarkRowDelegate(thumbnails, self._service.author.workstation),
            HEIGHT,
        )
        view.setAccessibleName(self.tr("Bookmarks"))
        view.doubleClicked.connect(lambda _index: self.choose())
        thumbnails.loaded.connect(view.viewport().update)
        return view

    def _exports(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for form, words in (
            (ExportForm.CSV, self.tr("Export as CSV")),
            (ExportForm.JSON, self.tr("Export as JSON")),
        ):
            button = QPushButton(words, self)
            button.setToolTip(self.tr("Every bookmark that fits the filters"))
            button.clicked.connect(lambda _checked, form=form: self._export(form))
            row.addWidget(button)
        row.addStretch()
        return row

    def _connect(self) -> None:
        self.share_keys()
        self.filters.changed.connect(self._on_filter_changed)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self.model.modelReset.connect(self._restore_current)
        bind(self, self._list.changed, lambda _nothing: self._on_listed())
        bind(self, self._service.saved, self._on_saved)
        self._offer()
        self.refresh()

    # --- following ---------------------------------------------------------------------------

    def _on_tags(self, tags: Sequence[str]) -> None:
        self._tags = tags
        self._offer()

    def _on_saved(self, bookmark: Bookmark) -> None:
        if not set(bookmark.tags) <= set(self._tags):
            self._service.tags(self._on_tags)

    def _on_listed(self) -> None:
        found = {row.author.operator for row in self._list.rows}
        if not found <= self._operators:
            self._operators |= found
            self._offer()
        if self._list.rows:
            self.say("")
        elif self.filters.is_open:
            self.say(self.tr("No bookmarks yet. B marks what a tile shows."))
        else:
            self.say(self.tr("No bookmark fits these filters. Esc takes them away."))

    def _offer(self) -> None:
        self.filters.offer(self._cameras.districts(), self._tags, sorted(self._operators))

    def say(self, words: str) -> None:
        """Say something above the list; nothing with an empty text."""
        self._words.setText(words)
        self._words.setVisible(bool(words))

    # --- the operator's hands ----------------------------------------------------------------

    def _named(self, text: str) -> frozenset[CameraCode]:
        """The cameras whose code, number or name has every word of the text."""
        words = text.casefold().split()
        return frozenset(
            camera.code
            for district in self._cameras.districts()
            for camera in self._cameras.cameras_of(district.code)
            if all(
                word in f"{camera.code} {camera.call_up} {camera.name}".casefold() for word in words
            )
        )

    def _on_filter_changed(self) -> None:
        self._list.show(self.filters.filter, self.filters.chosen_order)
        self.view.scrollToTop()

    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        bookmark = self.model.bookmark_at(current)
        if bookmark is not None:
            self._wanted = bookmark

    def _restore_current(self) -> None:
        """The chosen bookmark stays chosen when all rows are made anew."""
        if self._wanted is not None:
            self.view.setCurrentIndex(self.model.index_of(self._wanted))

    def choose(self, *, with_control: bool = False) -> None:
        if self.current is None:
            self.enter()
        if self.current is not None:
            self.chosen.emit(self.current)

    def _toggle_flag(self) -> None:
        """Ask a supervisor to look, or take that back; an answer that was given can be asked for
        anew."""
        bookmark = self.current
        if bookmark is None:
            return
        is_raised = bookmark.flag is FlagState.RAISED
        wanted = FlagState.NONE if is_raised else FlagState.RAISED

        def answer(answer: Answer) -> None:
            self.say(answer_text(answer) if answer.problem else "")

        self._service.change(bookmark, answer, flag=wanted)

    def _export(self, form: ExportForm) -> None:
        def done(file: Path) -> None:
            self.say(self.tr("Written: {0}").format(file))

        self.say(self.tr("Writing the file …"))
        wanted, order = self.filters.filter, self.filters.chosen_order
        self._service.export(wanted, order, form, done, self.say)

    def obey(self, event: QKeyEvent) -> bool:
        if event.modifiers().value:
            return False
        letter = latin_key(event) or event.key()
        if letter == Qt.Key.Key_F:
            self._toggle_flag()
            return True
        if letter == Qt.Key.Key_E and self.current is not None:
            self.edited.emit(self.current)
            return True
        return False
