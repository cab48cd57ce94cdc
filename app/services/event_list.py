"""One filtered list of events, newest first: from memory at the top, from the database below."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.core.events import Event
from app.domain.event_filter import EVERYTHING, Describe, EventFilter
from app.domain.event_record import EventGroup, EventSubject
from app.services.event_groups import EventGroups
from app.services.event_store import EventStore

PAGE = 200
MOST_ROWS = 20_000
"""Nobody scrolls further; a filter finds what is older."""
_KEPT_AT_THE_TOP = 2_000


@dataclass(frozen=True, slots=True)
class ListChange:
    """How the rows differ from before: either all of them (``is_reset``), or, in this order, so
    many new ones at the top, ``changed`` ones (rows as they are now), ``added_below`` at the end
    and ``cut`` from the end."""

    is_reset: bool = False
    on_top: int = 0
    changed: tuple[int, ...] = ()
    added_below: int = 0
    cut: int = 0


class EventList:
    """What one panel shows. Owner thread.

    ``changed`` says how, once for all that happened since the last time. ``close`` ends it.
    """

    def __init__(
        self,
        memory: EventGroups,
        store: EventStore,
        describe: Describe,
        on_close: Callable[["EventList"], None],
    ) -> None:
        self.changed: Event[ListChange] = Event("event_list.changed")
        self._memory = memory
        self._store = store
        self._describe = describe
        self._on_close = on_close
        self._filter = EVERYTHING
        self._rows: list[EventGroup] = []  # oldest first, so that new ones are appended
        self._places: list[tuple[int, bytes]] = []
        self._generation = 0
        self._is_loading = False
        self._has_more = True
        self.is_at_top = True
        """Whether the operator sees the newest rows: then old pages are let go again."""
        self._begin()

    # --- state -------------------------------------------------------------------------------

    @property
    def filter(self) -> EventFilter:
        return self._filter

    @property
    def is_loading(self) -> bool:
        return self._is_loading

    @property
    def has_more(self) -> bool:
        """There may be older rows."""
        return self._has_more and len(self._rows) < MOST_ROWS

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, index: int) -> EventGroup:
        """The row at ``index``; 0 is the newest."""
        return self._rows[-1 - index]

    def index_of(self, group: EventGroup) -> int | None:
        at = self._find(group)
        return None if at is None else len(self._rows) - 1 - at

    # --- verbs -------------------------------------------------------------------------------

    def set_filter(self, wanted: EventFilter) -> None:
        if wanted != self._filter:
            self._filter = wanted
            self._begin()
            self.changed.emit(ListChange(is_reset=True))

    def load_more(self) -> None:
        """Fetch the next older page; ``changed`` follows, at once or later."""
        if self._is_loading or not self.has_more:
            return
        self._is_loading = True
        generation = self._generation
        before = self._places[0] if self._places else self._memory.floor

        def done(page: Sequence[EventGroup]) -> None:
            if generation != self._generation:
                return
            self._is_loading = False
            self._has_more = len(page) == PAGE
            fresh = [group for group in page if self._find(group) is None]
            self._rows[:0] = reversed(fresh)
            self._places[:0] = [group.place for group in reversed(fresh)]
            self.changed.emit(ListChange(added_below=len(fresh)))

        def failed(_error: Exception) -> None:
            if generation == self._generation:
                self._is_loading = self._has_more = False
                self.changed.emit(ListChange())

        self._store.page(self._filter, self._describe, PAGE, before, done, failed)

    def reload(self) -> None:
        """Memory holds other rows than before."""
        self._begin()
        self.changed.emit(ListChange(is_reset=True))

    def follow(self, groups: Iterable[EventGroup]) -> None:
        """These rows are new or changed."""
        added: list[EventGroup] = []
        changed: list[EventGroup] = []
        for group in groups:
            at = self._find(group)
            if at is not None:
                self._rows[at] = group
                changed.append(group)
            elif self._fits(group) and not self._is_below(group):
                added.append(group)
        if not added and not changed:
            return
        added.sort(key=lambda group: group.place)
        is_top = not self._places or not added or added[0].place > self._places[-1]
        for group in added:
            self._insert(group)
        cut = self._cut()
        rows = tuple(sorted(i for g in changed if (i := self.index_of(g)) is not None))
        if is_top:
            self.changed.emit(ListChange(on_top=len(added), changed=rows, cut=cut))
        else:
            self.changed.emit(ListChange(is_reset=True))

    def close(self) -> None:
        self._generation += 1
        self._on_close(self)

    # --- inside ------------------------------------------------------------------------------

    def _begin(self) -> None:
        self._generation += 1
        self._is_loading, self._has_more = False, True
        self._rows = [g for g in reversed(self._memory.newest_first) if self._fits(g)]
        self._places = [group.place for group in self._rows]

    def _fits(self, group: EventGroup) -> bool:
        wanted = self._filter
        return wanted.is_open or wanted.fits(EventSubject.of_group(group), self._describe)

    def _is_below(self, group: EventGroup) -> bool:
        """It belongs to a page that has not been fetched."""
        return bool(self._places) and self._has_more and group.place < self._places[0]

    def _find(self, group: EventGroup) -> int | None:
        at = bisect_left(self._places, group.place)
        return at if at < len(self._places) and self._places[at] == group.place else None

    def _insert(self, group: EventGroup) -> None:
        if not self._places or group.place > self._places[-1]:
            self._rows.append(group)
        else:
            self._rows.insert(bisect_left(self._places, group.place), group)
        insort(self._places, group.place)

    def _cut(self) -> int:
        """Let go of old rows that nobody looks at."""
        most = _KEPT_AT_THE_TOP if self.is_at_top else MOST_ROWS
        surplus = len(self._rows) - most
        # In portions: rows that are cut one by one would cost as much as those that come.
        if surplus < PAGE:
            return 0
        del self._rows[:surplus], self._places[:surplus]
        self._has_more = True
        return surplus
