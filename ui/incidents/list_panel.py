"""The list of incidents with its filters."""

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QLabel, QListView, QVBoxLayout, QWidget

from app.domain.camera import District
from app.domain.incident import Incident
from app.domain.record_filters import IncidentFilter
from app.services.incidents import IncidentService
from ui.binding import bind
from ui.filtered_list import FilteredList
from ui.incidents.filter_row import IncidentFilterRow
from ui.incidents.row_delegate import IncidentRowDelegate
from ui.models.incident_list_model import IncidentListModel
from ui.row_table import type_into
from ui.theme import tokens

Districts = Callable[[], Sequence[District]]


class IncidentListPanel(FilteredList):
    """Newest first. Enter opens one, Ctrl+Enter makes it the one that N adds to, and back.

    Signals:
        chosen: Open this incident.
    """

    chosen = Signal(object)
    filters: IncidentFilterRow

    def __init__(
        self,
        incidents: IncidentService,
        districts: Districts,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._incidents = incidents
        self._districts = districts
        self._wanted: UUID | None = None
        self._list = incidents.open_list()
        close = self._list.close
        # A lambda, because PySide holds bound methods weakly.
        self.destroyed.connect(lambda: close())  # noqa: PLW0108 - see above
        self.filters = IncidentFilterRow(self)
        self.model = IncidentListModel(self._list, self._mark, self)
        self.view = self._make_view()
        self._empty = QLabel(self)
        self._empty.setWordWrap(True)
        self._empty.setProperty("dim", True)
        hint = QLabel(self.tr("Enter: open · Ctrl+Enter: N adds to it · Esc: to the tiles"), self)
        hint.setProperty("dim", True)
        hint.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.SPACE_S)
        column.addWidget(self.filters)
        column.addWidget(self._empty)
        column.addWidget(self.view, 1)
        column.addWidget(hint)
        self.share_keys()
        self.filters.changed.connect(self._on_filter_changed)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self.model.modelReset.connect(self._restore_current)
        self.model.rowsInserted.connect(self._restore_current)
        bind(self, self._list.changed, lambda _nothing: self._say_why_empty())
        bind(self, incidents.current_changed, lambda _nothing: self.model.marks_changed())
        self.refresh()

    @property
    def current(self) -> Incident | None:
        return self.model.incident_at(self.view.currentIndex())

    @property
    def empty_text(self) -> str:
        """Why there is nothing in the list; empty while there is something."""
        return "" if self._empty.isHidden() else self._empty.text()

    def refresh(self) -> None:
        """Read again what there is: other workstations write too."""
        self.filters.offer(self._districts())
        self._list.reload()

    # --- inside ------------------------------------------------------------------------------

    def _make_view(self) -> QListView:
        view = QListView(self)
        view.setModel(self.model)
        view.setItemDelegate(IncidentRowDelegate(view))
        view.setUniformItemSizes(True)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setMouseTracking(True)
        view.setAccessibleName(self.tr("Incidents, newest first"))
        view.doubleClicked.connect(self._on_row_activated)
        return view

    def _mark(self, incident: Incident) -> str:
        words = []
        current = self._incidents.current
        if current is not None and current.id == incident.id:
            words.append(self.tr("● N adds here"))
        if self._incidents.draft(incident.id) is not None:
            words.append(self.tr("✎ unfinished note"))
        return " · ".join(words)

    def _say_why_empty(self) -> None:
        self._empty.setVisible(not self._list.rows)
        if self._list.is_loading:
            self._empty.setText(self.tr("Looking for incidents …"))
        elif self._list.filter == IncidentFilter():
            self._empty.setText(self.tr("No incidents yet. N on a tile starts one."))
        else:
            self._empty.setText(self.tr("No incident fits these filters. Esc takes them away."))

    def _on_filter_changed(self) -> None:
        self._list.set_filter(self.filters.filter)
        self.view.scrollToTop()

    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        incident = self.model.incident_at(current)
        if incident is not None:
            self._wanted = incident.id

    def _restore_current(self) -> None:
        """The chosen incident stays chosen when all rows are made anew."""
        if self._wanted is not None:
            self.view.setCurrentIndex(self.model.index_of(self._wanted))
        if self.view.hasFocus():
            self.enter()

    def _on_row_activated(self, index: QModelIndex) -> None:
        incident = self.model.incident_at(index)
        if incident is not None:
            self.chosen.emit(incident)

    def obey(self, event: QKeyEvent) -> bool:
        return type_into(self.filters.field, event)

    def choose(self, *, with_control: bool) -> None:
        if self.current is None:
            self.enter()
        incident = self.current
        if incident is None:
            return
        if not with_control:
            self.chosen.emit(incident)
            return
        current = self._incidents.current
        is_it = current is not None and current.id == incident.id
        self._incidents.work_on(None if is_it else incident)
