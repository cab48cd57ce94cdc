"""Writes records one after the other; what the database refuses is tried again by itself."""

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Generic, Protocol, TypeVar

from app.core.clock import Clock
from app.core.errors import OperatorError, RecordChanged
from app.core.tasks import Tasks

_RETRY_S = (1.0, 30.0)
Item = TypeVar("Item")
Record = TypeVar("Record")


class Owner(Protocol[Item, Record]):
    """Whose records they are, and who is told what became of them."""

    @property
    def waiting(self) -> Sequence[Item]:
        """What is to be written, in this order."""

    def write(self, item: Item) -> Record:
        """Write it, on the database's thread; raises what the database raises."""

    def take_out(self, item: Item) -> None:
        """It waits no longer."""

    def on_written(self, item: Item, record: Record) -> None: ...

    def on_collided(self, item: Item, error: RecordChanged) -> None:
        """Somebody else changed the same thing: it is not tried again."""

    def on_refused(self, error: Exception, *, is_first: bool) -> None:
        """Everything waits; ``is_first`` of the refusals in a row."""


class RetriedWrites(Generic[Item, Record]):
    """Owner thread. ``writing`` has one thread, on which transactions follow each other."""

    def __init__(self, owner: Owner[Item, Record], writing: Tasks, clock: Clock) -> None:
        self._owner = owner
        self._writing = writing
        self._clock = clock
        self._under_way: Future[Record] | None = None
        self._next_try = 0.0
        self._failures = 0

    @property
    def is_refused(self) -> bool:
        """Whether the database has refused the last time."""
        return self._failures > 0

    def tick(self) -> None:
        """Begin what is due; call it some times a second."""
        waiting = self._owner.waiting
        if waiting and self._under_way is None and self._clock.monotonic() >= self._next_try:
            self._begin(waiting[0])

    def end(self) -> OperatorError | None:
        """Try once more to write what is left. Blocking: at the end only. What the database still
        refuses stays where it waits, and is said why."""
        owner = self._owner
        future, self._under_way = self._under_way, None
        if future is not None and not future.cancel() and future.exception() is None:
            owner.take_out(owner.waiting[0])
        while owner.waiting:
            item = owner.waiting[0]
            try:
                owner.write(item)
            except OperatorError as error:
                return error
            owner.take_out(item)
        return None

    # --- inside ------------------------------------------------------------------------------

    def _begin(self, item: Item) -> None:
        def done(record: Record) -> None:
            if self._under_way is future:
                self._under_way = None
                self._on_written(item, record)

        def failed(error: Exception) -> None:
            if self._under_way is future:
                self._under_way = None
                self._on_failed(item, error)

        future = self._writing.run(lambda: self._owner.write(item), done=done, failed=failed)
        self._under_way = future

    def _on_written(self, item: Item, record: Record) -> None:
        self._owner.take_out(item)
        self._failures, self._next_try = 0, 0.0
        self._owner.on_written(item, record)
        self.tick()

    def _on_failed(self, item: Item, error: Exception) -> None:
        if isinstance(error, RecordChanged):
            self._owner.take_out(item)
            self._owner.on_collided(item, error)
            self.tick()
            return
        self._failures += 1
        least, most = _RETRY_S
        wait = min(most, least * 2 ** min(self._failures - 1, 10))
        self._next_try = self._clock.monotonic() + wait
        self._owner.on_refused(error, is_first=self._failures == 1)
