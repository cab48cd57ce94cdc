"""Events in the database: domain values in and out, quickly with millions of them.

A list asks for the newest rows that fit a filter. What is filtered by stands in the small table
of subjects, which is read whole and filtered here, so that the list in memory and the one in the
database agree. Which index is walked depends on how many rows the fitting subjects have: few are
collected and sorted, many are met soon on a walk back in time.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from app.domain.event_filter import Describe, EventFilter
from app.domain.event_record import EventGroup, EventRecord, EventSubject
from app.storage.event_rows import group_of, record_of, record_values
from app.storage.event_subjects import (
    EventSubjects,
    count_rows,
    insert_or_leave,
    listed_subjects,
    rows_of,
)
from app.storage.tables import EventRow

Place = tuple[int, bytes]
_table = EventRow.__table__
_LISTED = _table.c.group_key.is_(None)
_FEW = 20_000
"""So many rows are collected and sorted in some milliseconds."""
_PORTION = 500
_END = 3
_NEWER_WINS = ("severity", "label", "confidence", "details")
_KNOWN_WINS = ("end_us", "track_id", "snapshot_ref", "clip_ref")


@dataclass(frozen=True, slots=True)
class Facets:
    """What there is to filter by."""

    districts: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()
    rules: frozenset[tuple[str, str]] = frozenset()
    """Names and kinds."""


class EventRepository:
    """Reads and writes events; lives as long as its session, ``subjects`` much longer."""

    def __init__(self, session: Session, subjects: EventSubjects) -> None:
        self._session = session
        self._subjects = subjects

    # --- writing -----------------------------------------------------------------------------

    def save(
        self,
        records: Sequence[EventRecord],
        groups: Mapping[bytes, EventGroup],
    ) -> None:
        """Add events or bring them up to date, and the rows of the list that they stand in.

        ``groups`` holds the row of each record that is the first of one. Tell the subjects to
        ``keep`` once it is committed.
        """
        subjects = {EventSubject.of_group(group) for group in groups.values()}
        subjects |= {EventSubject.of_record(r) for r in records if r.key not in groups}
        number = self._subjects.numbers_of(self._session, subjects)
        before = self._subjects_of(groups)
        own = {key: number[EventSubject.of_group(group)] for key, group in groups.items()}
        values = [
            record_values(
                record,
                groups.get(record.key),
                own.get(record.key) or number[EventSubject.of_record(record)],
            )
            # In one order on all workstations, so that none waits for another in a circle.
            for record in sorted(records, key=lambda each: (each.event.time_us, each.key))
        ]
        if values:
            self._session.connection().execute(_upsert(self._session), values)
        written = {record.key for record in records}
        self._save_groups({k: g for k, g in groups.items() if k not in written}, own)
        self._count(before, own, groups)

    def _save_groups(self, groups: Mapping[bytes, EventGroup], own: Mapping[bytes, int]) -> None:
        if not groups:
            return
        changes = [
            {"key": key, "n": group.count, "at": group.newest_us, "subject": own[key]}
            for key, group in sorted(groups.items())
        ]
        self._session.connection().execute(
            update(EventRow)
            .where(_table.c.event_key == bindparam("key"))
            .values(
                count=bindparam("n"), newest_us=bindparam("at"), subject_id=bindparam("subject")
            ),
            changes,
        )

    def _subjects_of(self, keys: Collection[bytes]) -> Mapping[bytes, int]:
        found: dict[bytes, int] = {}
        for portion in _portions(sorted(keys)):
            rows = self._session.execute(
                select(_table.c.event_key, _table.c.subject_id).where(
                    _table.c.event_key.in_(portion)
                )
            )
            found.update((bytes(key), int(subject)) for key, subject in rows)
        return found

    def _count(
        self,
        before: Mapping[bytes, int],
        own: Mapping[bytes, int],
        groups: Mapping[bytes, EventGroup],
    ) -> None:
        added: Counter[int] = Counter()
        newest: dict[int, int] = {}
        for key, subject in own.items():
            if before.get(key) == subject:
                continue
            added[subject] += 1
            received = groups[key].first.event.received_us
            newest[subject] = max(newest.get(subject, 0), received)
            if key in before:
                added[before[key]] -= 1
        count_rows(self._session, added, newest)

    def delete_older(self, than_us: int, portion: int) -> int:
        """Delete some of the oldest events received before ``than_us``; how many it were."""
        columns = (_table.c.id, _table.c.received_us, _table.c.subject_id, _table.c.group_key)
        oldest = self._session.execute(select(*columns).order_by(_table.c.id).limit(portion))
        due = [row for row in oldest if row.received_us < than_us]
        for ids in _portions([row.id for row in due]):
            self._session.connection().execute(delete(EventRow).where(_table.c.id.in_(ids)))
        gone = Counter(row.subject_id for row in due if row.group_key is None)
        count_rows(self._session, {subject: -rows for subject, rows in gone.items()}, {})
        return len(due)

    # --- reading -----------------------------------------------------------------------------

    def page(
        self,
        wanted: EventFilter,
        describe: Describe,
        limit: int,
        before: Place | None = None,
    ) -> Sequence[EventGroup]:
        """The newest rows of the list that fit, below ``before``; newest first."""
        conditions: list[ColumnElement[bool]] = [_LISTED]
        if before is not None:
            received, key = before
            below = and_(_table.c.received_us == received, _table.c.event_key < key)
            conditions += [
                _table.c.received_us <= received,
                or_(_table.c.received_us < received, below),
            ]
        if not wanted.is_open:
            subjects = self._subjects.read(self._session)
            fitting = [number for number, each in subjects.items() if wanted.fits(each, describe)]
            if not fitting:
                return []
            conditions += self._walk(fitting)
        newest_first = (_table.c.received_us.desc(), _table.c.event_key.desc())
        return self._groups(
            select(*_table.c).where(*conditions).order_by(*newest_first).limit(limit)
        )

    def records(self, keys: Collection[bytes]) -> Sequence[EventRecord]:
        """Those of the events that are there."""
        return [
            record
            for portion in _portions(sorted(keys))
            for record in self._records(select(*_table.c).where(_table.c.event_key.in_(portion)))
        ]

    def groups(self, keys: Collection[bytes]) -> Sequence[EventGroup]:
        """The rows of the list that begin with these events."""
        return [
            group
            for portion in _portions(sorted(keys))
            for group in self._groups(
                select(*_table.c).where(_table.c.event_key.in_(portion), _LISTED)
            )
        ]

    def newest(self, limit: int) -> Sequence[EventRecord]:
        """The events that were added last, whatever row they stand in; the last one first."""
        return self._records(select(*_table.c).order_by(_table.c.id.desc()).limit(limit))

    def facets(self) -> Facets:
        """What stands in the list, to be chosen as filters."""
        listed = listed_subjects(self._session)
        subjects = self._subjects.read(self._session, listed)
        found = [subjects[number] for number in listed]
        return Facets(
            frozenset(subject.district for subject in found),
            frozenset(label for subject in found for label in subject.labels),
            frozenset((subject.rule, subject.kind) for subject in found),
        )

    def count(self) -> int:
        """How many events there are. Slow with millions."""
        return int(self._session.scalar(select(func.count()).select_from(_table)) or 0)

    # --- inside ------------------------------------------------------------------------------

    def _groups(self, query: Select[Any]) -> list[EventGroup]:
        rows = self._session.execute(query).all()
        subjects = self._subjects.read(self._session, {row.subject_id for row in rows})
        return [group_of(row, subjects[row.subject_id]) for row in rows]

    def _records(self, query: Select[Any]) -> list[EventRecord]:
        rows = self._session.execute(query).all()
        subjects = self._subjects.read(self._session, {row.subject_id for row in rows})
        return [record_of(row, subjects[row.subject_id]) for row in rows]

    def _walk(self, fitting: Sequence[int]) -> list[ColumnElement[bool]]:
        ids: Any = bindparam("subjects", sorted(fitting), expanding=True, literal_execute=True)
        rows, newest = rows_of(self._session, fitting)
        if rows <= _FEW:
            return [_table.c.subject_id.in_(ids)]
        # The sum keeps the index of subjects out: rows are met in the order of time and tested.
        return [_table.c.received_us <= newest, (_table.c.subject_id + 0).in_(ids)]


def _upsert(session: Session) -> Any:
    statement = insert_or_leave(session, EventRow)
    new = statement.excluded
    changes: dict[str, Any] = {name: new[name] for name in _NEWER_WINS}
    changes |= {name: func.coalesce(new[name], _table.c[name]) for name in _KNOWN_WINS}
    changes["phase"] = case((_table.c.phase == _END, _END), else_=new.phase)
    changes["subject_id"] = new.subject_id
    for name in ("count", "newest_us"):
        changes[name] = case((_table.c[name] > new[name], _table.c[name]), else_=new[name])
    return statement.on_conflict_do_update(index_elements=["event_key"], set_=changes)


def _portions(items: Sequence[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(items), _PORTION):
        yield list(items[start : start + _PORTION])
