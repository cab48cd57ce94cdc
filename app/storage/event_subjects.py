"""What events are about, by number: what the writer and the readers of events know of them."""

import threading
from collections.abc import Collection, Mapping
from sys import intern
from typing import Any

from sqlalchemy import bindparam, func, select, tuple_, update
from sqlalchemy.orm import Session

from app.domain.event_record import EventSubject
from app.storage.event_rows import subject_of, subject_values
from app.storage.tables import EventSubjectRow

_table = EventSubjectRow.__table__
_KEY = ("camera", "kind", "rule", "labels", "severity", "source", "site", "district")
_PORTION = 400
_OVERLAP = 200
"""Another workstation may commit a lower number after a higher one was read here."""


class EventSubjects:
    """The subjects of the table, read once and then only what was added. Any thread.

    One transaction at a time may add: ``numbers_of`` within it, ``keep`` once it was committed.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_number: dict[int, EventSubject] = {}
        self._numbers: dict[EventSubject, int] = {}
        self._fresh: dict[EventSubject, int] = {}

    def read(self, session: Session, needed: Collection[int] = ()) -> Mapping[int, EventSubject]:
        """Every subject by its number; those that are ``needed`` are among them."""
        with self._lock:
            highest = max(self._by_number, default=0)
            self._fetch(session, highest - _OVERLAP)
            if not self._by_number.keys() >= set(needed):
                self._fetch(session, 0)
            return dict(self._by_number)

    def numbers_of(
        self, session: Session, subjects: Collection[EventSubject]
    ) -> Mapping[EventSubject, int]:
        """The number of each subject; those not seen before are added to the table."""
        with self._lock:
            known = {s: self._numbers[s] for s in subjects if s in self._numbers}
        # In one order on all workstations, so that none waits for another in a circle.
        missing = sorted(set(subjects) - known.keys(), key=repr)
        self._fresh = {}
        for start in range(0, len(missing), _PORTION):
            self._fresh.update(_added(session, missing[start : start + _PORTION]))
        return {**known, **self._fresh}

    def keep(self) -> None:
        """The transaction was committed: the numbers that it gave are so."""
        with self._lock:
            self._numbers.update(self._fresh)
        self._fresh = {}

    def _fetch(self, session: Session, above: int) -> None:
        for row in session.execute(select(*_table.c).where(_table.c.id > above)):
            if row.id not in self._by_number:
                self._by_number[row.id] = _slim(subject_of(row))


def insert_or_leave(session: Session, row: Any) -> Any:
    """An ``INSERT`` that knows what to do about a row that is there already."""
    # Loaded where it is used: the first picture needs neither.
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as postgresql_insert

        return postgresql_insert(row)
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    return sqlite_insert(row)


def count_rows(session: Session, added: Mapping[int, int], newest: Mapping[int, int]) -> None:
    """Note by how much the rows of subjects became more or fewer, in the order of the numbers."""
    changes = [
        {"subject": number, "more": added.get(number, 0), "newest": newest.get(number, 0)}
        for number in sorted({*added, *newest})
    ]
    if not changes:
        return
    newest_us = _table.c.newest_us
    for values, condition in (
        ({"row_count": _table.c.row_count + bindparam("more")}, bindparam("newest") >= 0),
        ({"newest_us": bindparam("newest")}, newest_us < bindparam("newest")),
    ):
        session.connection().execute(
            update(EventSubjectRow)
            .where(_table.c.id == bindparam("subject"), condition)
            .values(values),
            changes,
        )


def rows_of(session: Session, numbers: Collection[int]) -> tuple[int, int]:
    """How many rows of the list these subjects have, and when the newest was received."""
    ids: Any = bindparam("subjects", sorted(numbers), expanding=True, literal_execute=True)
    rows, newest = session.execute(
        select(func.sum(_table.c.row_count), func.max(_table.c.newest_us)).where(
            _table.c.id.in_(ids)
        )
    ).one()
    return int(rows or 0), int(newest or 0)


def listed_subjects(session: Session) -> frozenset[int]:
    """Those that stand in the list at present."""
    return frozenset(session.scalars(select(_table.c.id).where(_table.c.row_count > 0)))


def _added(session: Session, missing: list[EventSubject]) -> Mapping[EventSubject, int]:
    values = {subject: subject_values(subject) for subject in missing}
    rows = [{**each, "row_count": 0, "newest_us": 0} for each in values.values()]
    session.execute(insert_or_leave(session, EventSubjectRow).on_conflict_do_nothing(), rows)
    columns = [_table.c[name] for name in _KEY]
    wanted = [tuple(each[name] for name in _KEY) for each in values.values()]
    found = session.execute(select(_table.c.id, *columns).where(tuple_(*columns).in_(wanted)))
    numbers = {tuple(row[1:]): int(row[0]) for row in found}
    return {s: numbers[tuple(each[name] for name in _KEY)] for s, each in values.items()}


def _slim(subject: EventSubject) -> EventSubject:
    """The same, sharing its texts with all others."""
    values: dict[str, Any] = {
        name: intern(value) if isinstance(value := getattr(subject, name), str) else value
        for name in EventSubject.__slots__
    }
    return EventSubject(**values | {"labels": tuple(map(intern, subject.labels))})
