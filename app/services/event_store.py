"""Brings events to the database in batches, and back; nothing is lost without being told."""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from app.core.clock import Clock
from app.core.errors import OperatorError
from app.core.tasks import Tasks
from app.domain.event_filter import EVERYTHING, Describe, EventFilter
from app.domain.event_record import EventGroup, EventRecord
from app.services.notices import Notice, NoticeBoard, Severity
from app.storage.database import Database
from app.storage.event_subjects import EventSubjects
from app.storage.events import EventRepository, Facets, Place

NOT_SAVED = "events-not-saved"
LOST = "events-lost"
COMMIT_EVERY_S = 0.25
MOST_WAITING = 20_000
"""Events kept in memory while they cannot be written: two hours at 10,000 an hour."""
_BATCH = 1_000
_RETRY_S = (1.0, 30.0)
_DELETE_AT_A_TIME = 500
_DELETE_EVERY_S = 1.0
_LOOK_FOR_OLD_EVERY_S = 3600.0
_DAY_US = 86_400_000_000
_log = logging.getLogger(__name__)

Found = Mapping[bytes, tuple[EventRecord, EventGroup]]
"""Events by their keys, each with its row."""


@dataclass(frozen=True, slots=True)
class _Batch:
    records: dict[bytes, EventRecord]
    groups: dict[bytes, EventGroup]


@dataclass(frozen=True, slots=True)
class Recent:
    """What was there before this run: newest rows, newest events, and what can be filtered by."""

    groups: Sequence[EventGroup]
    records: Sequence[EventRecord]
    facets: Facets


class EventStore:
    """The road of events to the disk. Owner thread; ``tick`` is called some times a second.

    ``writing`` has one thread, on which transactions follow each other; ``reading`` may have more.
    A batch that the database refuses stays in memory and is tried again; the oldest go, counted
    and told, when too many wait.
    """

    def __init__(
        self,
        database: Database,
        writing: Tasks,
        reading: Tasks,
        notices: NoticeBoard,
        clock: Clock,
        *,
        retention_days: int,
    ) -> None:
        self._database = database
        self._writing = writing
        self._reading = reading
        self._notices = notices
        self._clock = clock
        self._retention_us = retention_days * _DAY_US
        self._subjects = EventSubjects()
        self._records: dict[bytes, EventRecord] = {}
        self._groups: dict[bytes, EventGroup] = {}
        self._under_way: tuple[Future[None], _Batch] | None = None
        self._next_write = self._next_delete = 0.0
        self._failures = 0
        self._batch = _BATCH
        self._lost = 0
        self._is_deleting = False

    @property
    def waiting(self) -> int:
        """How many events are in memory only."""
        return len(self._records) + (len(self._under_way[1].records) if self._under_way else 0)

    @property
    def lost(self) -> int:
        """How many events could not be kept in this run."""
        return self._lost

    # --- writing -----------------------------------------------------------------------------

    def put(self, record: EventRecord, group: EventGroup | None) -> None:
        """Write an event as it is now, and its row where that changed."""
        self._records[record.key] = record
        if group is not None:
            self._groups[group.key] = group
        while len(self._records) > MOST_WAITING:
            del self._records[next(iter(self._records))]
            self._lose(1)

    def tick(self) -> None:
        """Begin what is due: a batch of events, or a portion of old ones to delete."""
        now = self._clock.monotonic()
        if self._under_way is None and (self._records or self._groups):
            if now >= self._next_write:
                self._next_write = now + COMMIT_EVERY_S
                self._begin()
        elif self._under_way is None and not self._is_deleting and now >= self._next_delete:
            self._delete_some()

    def close(self) -> None:
        """Write what is left, now. Blocking: at the end only."""
        if self._under_way is not None:
            future, batch = self._under_way
            self._under_way = None
            if future.cancel() or future.exception() is not None:
                self._put_back(batch)
        while self._records or self._groups:
            batch = self._take()
            try:
                self._write(batch)
            except OperatorError as error:
                left = len(batch.records) + len(self._records)
                _log.warning("%d events could not be saved at the end: %s", left, error)
                return

    def _begin(self) -> None:
        batch = self._take()

        def done(_nothing: None) -> None:
            self._under_way = None
            self._on_written()

        def failed(error: Exception) -> None:
            self._under_way = None
            self._on_failed(batch, error)

        future = self._writing.run(lambda: self._write(batch), done=done, failed=failed)
        self._under_way = (future, batch)

    def _take(self) -> _Batch:
        keys = list(self._records)[: self._batch]
        records = {key: self._records.pop(key) for key in keys}
        # A first event needs its row; rows of events that were written before go along.
        firsts = {key: EventGroup.of(r) for key, r in records.items() if r.group == key}
        groups, self._groups = self._groups, {}
        later = {key: groups.pop(key) for key in groups.keys() & self._records.keys()}
        self._groups.update(later)
        return _Batch(records, firsts | groups)

    def _write(self, batch: _Batch) -> None:
        with self._database.transaction() as session:
            repository = EventRepository(session, self._subjects)
            repository.save(list(batch.records.values()), batch.groups)
        self._subjects.keep()

    def _on_written(self) -> None:
        self._batch = min(_BATCH, self._batch * 2)
        if self._failures:
            self._failures = 0
            self._notices.clear(NOT_SAVED)

    def _on_failed(self, batch: _Batch, error: Exception) -> None:
        self._put_back(batch)
        self._failures += 1
        least, most = _RETRY_S
        wait = min(most, least * 2 ** (self._failures - 1))
        self._next_write = self._clock.monotonic() + wait
        if isinstance(error, OperatorError):
            self._notices.post(
                Notice(
                    NOT_SAVED,
                    Severity.WARNING,
                    f"Events cannot be saved and wait in memory: {error}",
                    error.advice,
                )
            )
            return
        if self._batch == 1:  # found: this one cannot be written at all
            for key in batch.records:
                self._records.pop(key, None)
            for key in batch.groups:
                self._groups.pop(key, None)
            self._lose(len(batch.records))
        self._batch = max(1, self._batch // 4)
        self._next_write = self._clock.monotonic()
        self._notices.report(error, NOT_SAVED)

    def _put_back(self, batch: _Batch) -> None:
        """What came meanwhile is newer."""
        self._records = batch.records | self._records
        self._groups = batch.groups | self._groups

    def _lose(self, count: int) -> None:
        self._lost += count
        self._notices.post(
            Notice(
                LOST,
                Severity.ERROR,
                f"{self._lost} events were lost: the database does not take them",
                "They are still in the backend. Free space on the disk or look after the "
                "database server.",
            )
        )

    # --- deleting ----------------------------------------------------------------------------

    def _delete_some(self) -> None:
        self._is_deleting = True
        older_than = self._clock.utc_us() - self._retention_us

        def delete() -> int:
            with self._database.transaction() as session:
                repository = EventRepository(session, self._subjects)
                return repository.delete_older(older_than, _DELETE_AT_A_TIME)

        def done(count: int) -> None:
            self._is_deleting = False
            wait = _DELETE_EVERY_S if count else _LOOK_FOR_OLD_EVERY_S
            self._next_delete = self._clock.monotonic() + wait

        def failed(_error: Exception) -> None:
            # The next event that cannot be written says what is wrong.
            done(0)

        self._writing.run(delete, done=done, failed=failed)

    # --- reading -----------------------------------------------------------------------------

    def recent(self, groups: int, records: int, done: Callable[[Recent], None]) -> None:
        """What the database holds at the start."""

        def read() -> Recent:
            with self._database.reading() as session:
                repository = EventRepository(session, self._subjects)
                rows = repository.page(EVERYTHING, str, groups)
                return Recent(rows, repository.newest(records), repository.facets())

        def failed(error: Exception) -> None:
            self._not_read(error)
            done(Recent((), (), Facets()))

        self._reading.run(read, done=done, failed=failed)

    def page(
        self,
        wanted: EventFilter,
        describe: Describe,
        limit: int,
        before: Place | None,
        done: Callable[[Sequence[EventGroup]], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """The newest rows below ``before`` that fit."""

        def read() -> Sequence[EventGroup]:
            with self._database.reading() as session:
                repository = EventRepository(session, self._subjects)
                return repository.page(wanted, describe, limit, before)

        self._reading.run(read, done=done, failed=failed)

    def find(
        self,
        keys: Sequence[bytes],
        done: Callable[[Found], None],
    ) -> None:
        """Those of the events that the database knows, each with its row."""

        def read() -> Found:
            with self._database.reading() as session:
                repository = EventRepository(session, self._subjects)
                records = repository.records(keys)
                rows = repository.groups({record.group for record in records})
                groups = {group.key: group for group in rows}
                return {r.key: (r, groups[r.group]) for r in records if r.group in groups}

        def failed(error: Exception) -> None:
            self._not_read(error)
            done({})

        self._reading.run(read, done=done, failed=failed)

    def _not_read(self, error: Exception) -> None:
        self._notices.report(error, "events-not-read")
