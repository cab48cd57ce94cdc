"""Incidents and their notes in the database: domain values in and out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.core.errors import RecordChanged
from app.domain.camera import CameraCode
from app.domain.incident import Incident, IncidentStatus, Note, PersonCalled
from app.domain.record_filters import IncidentFilter, RecordOrder
from app.storage.record_search import RecordSearch
from app.storage.record_values import (
    as_json,
    author_of,
    author_values,
    bounded,
    bounded_or_none,
    changed_meanwhile,
    fitting,
    kept,
    locked_row,
    portions,
    row_of,
    table_of,
)
from app.storage.record_words import Sought, column_of, mark, words_of
from app.storage.tables import IncidentLinkRow, IncidentRow, NoteRow

_table = table_of(IncidentRow)
_links = table_of(IncidentLinkRow)
_notes = table_of(NoteRow)
_CODE = 64
_CAMERA, _BOOKMARK, _CLIP, _SNAPSHOT = "camera", "bookmark", "clip", "snapshot"


class _Person(msgspec.Struct, array_like=True, frozen=True):
    name: str
    role: str
    at_us: int


_people_decoder = msgspec.json.Decoder(tuple[_Person, ...])


class IncidentRepository:
    """Reads and writes incidents; lives as long as its session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._search = RecordSearch(session, _table)

    # --- writing -----------------------------------------------------------------------------

    def next_number(self, prefix: str) -> str:
        """The next free number that begins so, as in ``20261122-DESK4-003``.

        Ask for it in the transaction that adds the incident.
        """
        start = f"{fitting(prefix, 150)}-"
        if self._session.get_bind().dialect.name == "postgresql":
            # SQLite has one writer at a time; here another one with the same prefix waits.
            lock = func.pg_advisory_xact_lock(func.hashtext(start))
            self._session.execute(select(lock))
        taken = self._session.scalars(
            select(_table.c.number).where(
                _table.c.number >= start, _table.c.number < f"{start}\U0010ffff"
            )
        )
        counters = [int(end) for number in taken if (end := number[len(start) :]).isdecimal()]
        return f"{start}{max(counters, default=0) + 1:03}"

    def add(self, incident: Incident) -> bool:
        """Keep a new one; false, and nothing changes, where it is there already.

        Raises ``RecordChanged`` where another one has its number.
        """
        if row_of(self._session, _table, incident.id) is not None:
            return False
        number = fitting(incident.number)
        if self._session.scalar(select(_table.c.id).where(_table.c.number == number)) is not None:
            raise RecordChanged(
                f"The number {number} belongs to another incident",
                advice="Try again: the incident gets the next number.",
            )
        self._search.insert(incident.opened_us, incident_values(incident, ()))
        self._link(incident)
        return True

    def change(self, incident: Incident) -> Incident:
        """Keep everything but when, where and by whom it was opened, and its number.

        The revision is the one that was read; the result has the next. Raises ``RecordChanged``
        where somebody changed it since; a change that is there already may be repeated.
        """
        row = locked_row(self._session, _table, incident.id)
        before = self._incidents([row])[0]
        changed = replace(incident, revision=incident.revision + 1)
        if before.revision != incident.revision:
            if before == changed:
                return before
            raise changed_meanwhile("The incident")
        values = incident_values(changed, self._texts_of(incident.id))
        for fixed in ("key", "number", "opened_us", "operator", "workstation"):
            del values[fixed]
        self._session.execute(update(_table).where(_table.c.id == row.id).values(values))
        self._session.execute(delete(_links).where(_links.c.incident == incident.id))
        self._link(changed)
        found = self.get(incident.id)
        assert found is not None
        return found

    def add_note(self, note: Note) -> bool:
        """Keep a note for ever; false where it is there already.

        Raises ``RecordChanged`` where there is no such incident.
        """
        row = locked_row(self._session, _table, note.incident)
        if row_of(self._session, _notes, note.id) is not None:
            return False
        self._session.connection().execute(
            _notes.insert(),
            {
                "key": note.id,
                "incident": note.incident,
                **author_values(note.author),
                "written_us": bounded(note.written_us),
                "text": kept(note.text),
                "corrects": note.corrects,
                "is_automatic": note.is_automatic,
            },
        )
        incident = self._incidents([row])[0]
        self._session.execute(
            update(_table)
            .where(_table.c.id == row.id)
            .values(words=_words(incident, self._texts_of(incident.id)))
        )
        return True

    # --- reading -----------------------------------------------------------------------------

    def get(self, key: UUID) -> Incident | None:
        row = row_of(self._session, _table, key)
        return None if row is None else self._incidents([row])[0]

    def many(self, keys: Collection[UUID]) -> Mapping[UUID, Incident]:
        """Those of the incidents that are there."""
        rows = [
            row
            for portion in portions(sorted(keys))
            for row in self._session.execute(select(*_table.c).where(_table.c.key.in_(portion)))
        ]
        return {each.id: each for each in self._incidents(rows)}

    def page(
        self,
        wanted: IncidentFilter,
        limit: int,
        after: UUID | None = None,
        order: RecordOrder = RecordOrder.NEWEST,
    ) -> Sequence[Incident]:
        """The next ``limit`` incidents of the list that fit, below the one called ``after``."""
        numbers = self._search.page(
            _sought(wanted),
            limit,
            after=after,
            order=order,
            from_us=wanted.from_us,
            to_us=wanted.to_us,
        )
        return self._incidents(self._search.rows(numbers))

    def count(self, wanted: IncidentFilter, at_most: int = 10_000) -> int:
        """How many fit; ``at_most`` stands for that many or more."""
        return self._search.count(
            _sought(wanted), at_most, from_us=wanted.from_us, to_us=wanted.to_us
        )

    def notes_of(self, incident: UUID) -> Sequence[Note]:
        """Its notes in the order in which they were written."""
        rows = self._session.execute(
            select(*_notes.c)
            .where(_notes.c.incident == incident)
            .order_by(_notes.c.written_us, _notes.c.id)
        )
        return [_note_of(row) for row in rows]

    def with_bookmark(self, bookmark: UUID) -> Sequence[Incident]:
        """The incidents that a bookmark belongs to."""
        return self._linked(_BOOKMARK, bookmark)

    def with_clip(self, clip: UUID) -> Sequence[Incident]:
        """The incidents that a clip belongs to."""
        return self._linked(_CLIP, clip)

    def snapshots_in_use(self) -> frozenset[str]:
        """The snapshots that belong to incidents which are not closed."""
        found = self._session.scalars(
            select(_links.c.target)
            .join(_table, _table.c.key == _links.c.incident)
            .where(_links.c.kind == _SNAPSHOT, _table.c.status != IncidentStatus.CLOSED.value)
        )
        return frozenset(found)

    # --- inside ------------------------------------------------------------------------------

    def _linked(self, kind: str, target: UUID) -> Sequence[Incident]:
        keys = self._session.scalars(
            select(_links.c.incident).where(_links.c.target == str(target), _links.c.kind == kind)
        )
        found = self.many(set(keys))
        return sorted(found.values(), key=lambda each: (each.opened_us, each.id))

    def _link(self, incident: Incident) -> None:
        kinds: tuple[tuple[str, Iterable[object]], ...] = (
            (_CAMERA, incident.cameras),
            (_BOOKMARK, incident.bookmarks),
            (_CLIP, incident.clips),
            (_SNAPSHOT, incident.snapshots),
        )
        links = [
            {"incident": incident.id, "kind": kind, "target": target, "place": place}
            for kind, targets in kinds
            for place, target in enumerate(dict.fromkeys(fitting(str(each)) for each in targets))
        ]
        if links:
            self._session.connection().execute(_links.insert(), links)

    def _texts_of(self, incident: UUID) -> list[str]:
        return list(
            self._session.scalars(select(_notes.c.text).where(_notes.c.incident == incident))
        )

    def _incidents(self, rows: Sequence[Any]) -> list[Incident]:
        links: dict[tuple[UUID, str], list[str]] = defaultdict(list)
        for portion in portions([row.key for row in rows]):
            found = self._session.execute(
                select(_links.c.incident, _links.c.kind, _links.c.target)
                .where(_links.c.incident.in_(portion))
                .order_by(_links.c.place)
            )
            for link in found:
                links[link.incident, link.kind].append(link.target)
        return [_incident_of(row, links) for row in rows]


def _incident_of(row: Any, links: Mapping[tuple[UUID, str], Sequence[str]]) -> Incident:
    def linked(kind: str) -> Sequence[str]:
        return links.get((row.key, kind), ())

    return Incident(
        id=row.key,
        number=row.number,
        type=row.type,
        status=IncidentStatus(row.status),
        severity=row.severity,
        district=row.district,
        site=row.site,
        place=row.place,
        opened_us=row.opened_us,
        author=author_of(row),
        holder=row.holder,
        closed_us=row.closed_us,
        people=tuple(
            PersonCalled(each.name, each.role, each.at_us)
            for each in _people_decoder.decode(row.people)
        ),
        cameras=tuple(CameraCode(code) for code in linked(_CAMERA)),
        bookmarks=tuple(UUID(key) for key in linked(_BOOKMARK)),
        clips=tuple(UUID(key) for key in linked(_CLIP)),
        snapshots=tuple(linked(_SNAPSHOT)),
        revision=row.revision,
    )


def _note_of(row: Any) -> Note:
    return Note(
        row.key,
        row.incident,
        author_of(row),
        row.written_us,
        row.text,
        row.corrects,
        row.is_automatic,
    )


def incident_values(incident: Incident, notes: Iterable[str]) -> dict[str, Any]:
    """The columns of an incident but ``id``; ``notes`` are the texts of its notes."""
    people = [
        _Person(kept(each.name), kept(each.role), bounded(each.at_us)) for each in incident.people
    ]
    return {
        "key": incident.id,
        "number": fitting(incident.number),
        "type": fitting(incident.type),
        "status": incident.status.value,
        "severity": incident.severity,
        "district": fitting(incident.district, _CODE),
        "site": fitting(incident.site, _CODE),
        "place": kept(incident.place),
        "opened_us": bounded(incident.opened_us),
        **author_values(incident.author),
        "holder": fitting(incident.holder),
        "closed_us": bounded_or_none(incident.closed_us),
        "people": as_json(people),
        "revision": incident.revision,
        "words": _words(incident, notes),
    }


def _words(incident: Incident, notes: Iterable[str]) -> str:
    marks = [
        mark("status", incident.status.value),
        mark("district", fitting(incident.district, _CODE)),
        mark("type", fitting(incident.type)),
        mark("holder", fitting(incident.holder)),
        *(mark("camera", code) for code in incident.cameras),
        *(mark("bookmark", str(key)) for key in incident.bookmarks),
        *(mark("clip", str(key)) for key in incident.clips),
    ]
    people = [f"{each.name} {each.role}" for each in incident.people]
    texts = (incident.number, incident.type, incident.place, incident.site, incident.holder)
    return column_of(words_of(*texts, *people, *incident.cameras, *notes), marks)


def _sought(wanted: IncidentFilter) -> Sought:
    return Sought.of(
        wanted.text,
        (
            [mark("status", status.value) for status in wanted.statuses],
            [mark("district", code) for code in wanted.districts],
            [mark("type", name) for name in wanted.types],
            [mark("holder", name) for name in wanted.holders],
            [mark("camera", code) for code in wanted.cameras],
            [] if wanted.bookmark is None else [mark("bookmark", str(wanted.bookmark))],
            [] if wanted.clip is None else [mark("clip", str(wanted.clip))],
        ),
    )
