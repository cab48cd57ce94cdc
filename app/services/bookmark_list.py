"""One filtered list of bookmarks, a page at a time."""

from collections.abc import Callable, Sequence
from uuid import UUID

from app.core.events import Event
from app.domain.bookmark import Bookmark
from app.domain.record_filters import BookmarkFilter, RecordOrder
from app.services.bookmark_store import BookmarkStore

PAGE = 200
MOST_ROWS = 20_000
"""Nobody scrolls further; a filter finds what is beyond."""


class BookmarkList:
    """What one panel shows. Owner thread. ``changed`` follows every answer of the database.

    The rows that were there stay until the answer to another filter comes. ``close`` ends it.
    """

    def __init__(self, store: BookmarkStore) -> None:
        self.changed: Event[None] = Event("bookmark_list.changed")
        self._store = store
        self._filter = BookmarkFilter()
        self._order = RecordOrder.NEWEST
        self._rows: Sequence[Bookmark] = ()
        self._generation = 0
        self._is_loading = False
        self._has_more = True
        self._saved = store.saved.connect(self._on_saved)

    @property
    def rows(self) -> Sequence[Bookmark]:
        return self._rows

    @property
    def filter(self) -> BookmarkFilter:
        return self._filter

    @property
    def order(self) -> RecordOrder:
        return self._order

    @property
    def is_loading(self) -> bool:
        return self._is_loading

    @property
    def has_more(self) -> bool:
        """There may be further rows."""
        return self._has_more and len(self._rows) < MOST_ROWS

    def show(self, wanted: BookmarkFilter, order: RecordOrder) -> None:
        """List other bookmarks, or in another order."""
        if (wanted, order) != (self._filter, self._order):
            self._filter, self._order = wanted, order
            self._ask(PAGE, None)

    def reload(self) -> None:
        """Read the rows again: other workstations write too."""
        self._ask(max(PAGE, len(self._rows)), None)

    def load_more(self) -> None:
        """Fetch the next page."""
        if self.has_more and not self._is_loading:
            self._ask(PAGE, self._rows[-1].id if self._rows else None)

    def close(self) -> None:
        self._generation += 1
        self._saved.close()

    # --- inside ------------------------------------------------------------------------------

    def _ask(self, limit: int, after: UUID | None) -> None:
        def take(page: Sequence[Bookmark]) -> None:
            self._has_more = len(page) == limit
            self._rows = tuple(page) if after is None else (*self._rows, *page)

        self._fetch(limit, after, take)

    def _ask_top(self) -> None:
        """Read the first page again and leave what was fetched below it."""

        def take(page: Sequence[Bookmark]) -> None:
            places = {row.id: at for at, row in enumerate(self._rows)}
            last = places.get(page[-1].id) if page else None
            if last is None:
                self._has_more = len(page) == PAGE
                self._rows = tuple(page)
            else:
                self._rows = (*page, *self._rows[last + 1 :])
                # In the order from the oldest on a new one comes at the end.
                self._has_more = self._has_more or self._order is RecordOrder.OLDEST

        self._fetch(PAGE, None, take)

    def _fetch(
        self, limit: int, after: UUID | None, take: Callable[[Sequence[Bookmark]], None]
    ) -> None:
        self._generation += 1
        generation = self._generation
        self._is_loading = True

        def done(page: Sequence[Bookmark]) -> None:
            if generation == self._generation:
                self._is_loading = False
                take(page)
                self.changed.emit(None)

        def failed(_error: Exception) -> None:
            if generation == self._generation:
                self._is_loading = self._has_more = False
                self.changed.emit(None)

        self._store.page(self._filter, limit, after, self._order, done, failed)

    def _on_saved(self, bookmark: Bookmark) -> None:
        if any(row.id == bookmark.id for row in self._rows):
            self._rows = tuple(bookmark if row.id == bookmark.id else row for row in self._rows)
            self.changed.emit(None)
        self._ask_top()
