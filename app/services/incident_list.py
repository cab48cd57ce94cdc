"""One filtered list of incidents, newest first, a page at a time."""

from collections.abc import Sequence
from uuid import UUID

from app.core.events import Event
from app.domain.incident import Incident
from app.domain.record_filters import IncidentFilter
from app.services.incident_store import IncidentStore

PAGE = 100


class IncidentList:
    """What one panel shows. Owner thread. ``changed`` follows every answer of the database.

    The rows that were there stay until the answer to another filter comes. ``close`` ends it.
    """

    def __init__(self, store: IncidentStore) -> None:
        self.changed: Event[None] = Event("incident_list.changed")
        self._store = store
        self._filter = IncidentFilter()
        self._rows: Sequence[Incident] = ()
        self._generation = 0
        self._is_loading = False
        self._has_more = True
        self._saved = store.saved.connect(self._on_saved)

    @property
    def rows(self) -> Sequence[Incident]:
        return self._rows

    @property
    def filter(self) -> IncidentFilter:
        return self._filter

    @property
    def is_loading(self) -> bool:
        return self._is_loading

    @property
    def has_more(self) -> bool:
        """There may be older rows."""
        return self._has_more

    def set_filter(self, wanted: IncidentFilter) -> None:
        if wanted != self._filter:
            self._filter = wanted
            self._ask(PAGE, None)

    def reload(self) -> None:
        """Read the rows again: other workstations write too."""
        self._ask(max(PAGE, len(self._rows)), None)

    def load_more(self) -> None:
        """Fetch the next older page."""
        if self._has_more and not self._is_loading:
            self._ask(PAGE, self._rows[-1].id if self._rows else None)

    def close(self) -> None:
        self._generation += 1
        self._saved.close()

    # --- inside ------------------------------------------------------------------------------

    def _ask(self, limit: int, after: UUID | None) -> None:
        self._generation += 1
        generation = self._generation
        self._is_loading = True

        def done(page: Sequence[Incident]) -> None:
            if generation != self._generation:
                return
            self._is_loading = False
            self._has_more = len(page) == limit
            self._rows = tuple(page) if after is None else (*self._rows, *page)
            self.changed.emit(None)

        def failed(_error: Exception) -> None:
            if generation == self._generation:
                self._is_loading = self._has_more = False
                self.changed.emit(None)

        self._store.page(self._filter, limit, after, done, failed)

    def _on_saved(self, incident: Incident) -> None:
        if any(row.id == incident.id for row in self._rows):
            self._rows = tuple(incident if row.id == incident.id else row for row in self._rows)
            self.changed.emit(None)
        self.reload()
