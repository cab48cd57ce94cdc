"""The list of events with its filters: a dock beside the tiles and a page of the console."""

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QLabel,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.analytics.messages import ConnectionState, SourceState
from app.domain.camera import District
from app.domain.event_record import EventGroup
from app.services.events import FLOOD_PER_MINUTE, Directory, EventService
from ui.binding import bind
from ui.events.filter_row import FilterRow
from ui.events.row_delegate import HEIGHT, EventRowDelegate
from ui.events.thumbnails import ThumbnailCache
from ui.filtered_list import FilteredList
from ui.latin_keys import latin_key
from ui.models.event_list_model import EventListModel
from ui.row_table import row_table, type_into
from ui.theme import tokens


class Districts(Directory, Protocol):
    """What the panel asks of the registry."""

    def districts(self) -> Sequence[District]: ...


class EventsPanel(FilteredList):
    """Newest first; the newest row stays in sight until the operator scrolls down.

    Signals:
        moment_chosen: Show this event's camera as it was then.
        live_chosen: Show this event's camera as it is now.
        marked: Make a bookmark of this event.
    """

    moment_chosen = Signal(object)
    live_chosen = Signal(object)
    marked = Signal(object)
    filters: FilterRow

    def __init__(
        self,
        events: EventService,
        districts: Districts,
        thumbnails: ThumbnailCache,
        sources: Callable[[], Sequence[SourceState]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._events = events
        self._districts = districts
        self._sources = sources
        self._chosen: EventGroup | None = None
        self._list = events.open_list()
        close = self._list.close
        # A lambda, because PySide holds bound methods weakly.
        self.destroyed.connect(lambda: close())  # noqa: PLW0108 - see above
        self.filters = FilterRow(self)
        self.model = EventListModel(self._list, districts, self)
        self.view = self._make_view(thumbnails)
        self._empty = QLabel(self)
        self._empty.setWordWrap(True)
        self._empty.setProperty("dim", True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self._empty.setContentsMargins(*[tokens.SPACE_L] * 4)
        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        self._rate = QLabel(self)
        self._rate.setProperty("dim", True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.SPACE_S)
        column.addWidget(self.filters)
        column.addWidget(self._rate)
        column.addWidget(self._stack, 1)
        column.addWidget(self._hint())
        self._connect()

    @property
    def empty_text(self) -> str:
        """Why there is nothing in the list; empty while there is something."""
        return self._empty.text() if self._stack.currentWidget() is self._empty else ""

    @property
    def rate_text(self) -> str:
        return self._rate.text()

    @property
    def current(self) -> EventGroup | None:
        """The chosen event."""
        return self.model.group_at(self.view.currentIndex())

    # --- making ------------------------------------------------------------------------------

    def _make_view(self, thumbnails: ThumbnailCache) -> QTableView:
        view = row_table(self, self.model, EventRowDelegate(thumbnails), HEIGHT)
        view.setAccessibleName(self.tr("Events, newest first"))
        view.doubleClicked.connect(self._on_row_activated)
        view.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        thumbnails.loaded.connect(view.viewport().update)
        return view

    def _hint(self) -> QLabel:
        hint = QLabel(self)
        hint.setProperty("dim", True)
        hint.setText(
            self.tr("Enter: that moment · Ctrl+Enter: live · B: bookmark · Esc: back to the tiles")
        )
        hint.setWordWrap(True)
        return hint

    def _connect(self) -> None:
        self.share_keys()
        self.filters.changed.connect(self._on_filter_changed)
        bind(self, self._events.rate_changed, self._show_rate)
        bind(self, self._events.facets_changed, lambda _nothing: self._offer())
        bind(self, self._list.changed, lambda _change: self._show_whether_empty())
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self.model.modelReset.connect(self._restore_current)
        self._offer()
        self._show_rate(self._events.per_minute)
        self._show_whether_empty()

    # --- following ---------------------------------------------------------------------------

    def _offer(self) -> None:
        there = self._events.districts
        districts = [d for d in self._districts.districts() if d.code in there]
        self.filters.offer(districts, sorted(self._events.labels), sorted(self._events.rules))

    def _show_rate(self, per_minute: int) -> None:
        if per_minute > FLOOD_PER_MINUTE:
            words = self.tr("Flood. Events in the last minute: {0}").format(per_minute)
            self._rate.setStyleSheet(f"color: {tokens.WARNING}; font-weight: 600")
        else:
            words = self.tr("Events in the last minute: {0}").format(per_minute)
            self._rate.setStyleSheet("")
        self._rate.setText(words)

    def _show_whether_empty(self) -> None:
        is_empty = len(self._list) == 0
        if is_empty:
            self._empty.setText(self._why_empty())
        wanted = self._empty if is_empty else self.view
        if self._stack.currentWidget() is not wanted:
            had_focus = self.view.hasFocus()
            self._stack.setCurrentWidget(wanted)
            if had_focus:
                self.filters.field.setFocus()
        if is_empty and self._list.has_more:
            self._list.load_more()

    def _why_empty(self) -> str:
        if self._list.is_loading:
            return self.tr("Looking for events …")
        if not self._list.filter.is_open:
            return self.tr("No event fits these filters. Esc takes them away.")
        sources = self._sources()
        if not sources:
            return self.tr("No events yet. No source of events is set up in the settings.")
        lines = [self.tr("No events yet. Sources:")]
        lines += [f"{source.name}: {_state_text(source)}" for source in sources]
        return "\n".join(lines)

    def show_sources(self) -> None:
        """The sources say something else than before."""
        self._show_whether_empty()

    # --- the operator's hands ----------------------------------------------------------------

    def _on_filter_changed(self) -> None:
        self._list.set_filter(self.filters.filter)
        if self._list.has_more and len(self._list) < self._rows_in_sight():
            self._list.load_more()
        self.view.scrollToTop()

    def _rows_in_sight(self) -> int:
        return self.view.viewport().height() // HEIGHT + 2

    def _on_scrolled(self, value: int) -> None:
        self._list.is_at_top = value <= 0

    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        group = self.model.group_at(current)
        if group is not None:
            self._chosen = group

    def _restore_current(self) -> None:
        """The chosen event stays chosen when all rows are made anew."""
        if self._chosen is not None:
            self.view.setCurrentIndex(self.model.index_of(self._chosen))

    def _on_row_activated(self, index: QModelIndex) -> None:
        group = self.model.group_at(index)
        if group is not None:
            self.moment_chosen.emit(group)

    def choose(self, *, with_control: bool) -> None:
        group = self.current
        if group is None and len(self._list):
            self.enter()
            group = self.current
        if group is not None:
            (self.live_chosen if with_control else self.moment_chosen).emit(group)

    def obey(self, event: QKeyEvent) -> bool:
        if self._is_mark(event) and self.current is not None:
            self.marked.emit(self.current)
            return True
        return type_into(self.filters.field, event)

    @staticmethod
    def _is_mark(event: QKeyEvent) -> bool:
        letter = latin_key(event) or event.key()
        return letter == Qt.Key.Key_B and not event.modifiers().value


def _state_text(source: SourceState) -> str:
    if source.sentence:
        return source.sentence
    translate = QCoreApplication.translate
    return {
        ConnectionState.CONNECTING: translate("Events", "connecting"),
        ConnectionState.CONNECTED: translate("Events", "connected"),
        ConnectionState.WAITING: translate("Events", "waiting for the next attempt"),
        ConnectionState.REFUSED: translate("Events", "refused"),
        ConnectionState.NOT_CONFIGURED: translate("Events", "not set up"),
    }[source.state]
