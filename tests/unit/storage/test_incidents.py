"""Incidents and notes in the database. The PostgreSQL tests run the same functions."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.errors import RecordChanged
from app.domain.camera import CameraCode
from app.domain.incident import Incident, IncidentStatus, Note, PersonCalled
from app.domain.record_filters import IncidentFilter, RecordOrder
from app.storage.database import Database
from app.storage.incidents import IncidentRepository
from tests.fakes.records import NOON_US, SECOND_US, incident, key, note

EVERYTHING = IncidentFilter()


def keep(database: Database, *made: Incident | Note) -> None:
    with database.transaction() as session:
        repository = IncidentRepository(session)
        for each in made:
            added = repository.add_note(each) if isinstance(each, Note) else repository.add(each)
            assert added


def change(database: Database, changed: Incident) -> Incident:
    with database.transaction() as session:
        return IncidentRepository(session).change(changed)


def page(
    database: Database, wanted: IncidentFilter = EVERYTHING, limit: int = 100, **more: Any
) -> Sequence[Incident]:
    with database.reading() as session:
        return IncidentRepository(session).page(wanted, limit, **more)


def notes(database: Database, of: Incident) -> Sequence[Note]:
    with database.reading() as session:
        return IncidentRepository(session).notes_of(of.id)


def test_everything_of_an_incident_comes_back(records: Database) -> None:
    one = incident()
    bare = incident(1, people=(), cameras=(), bookmarks=(), clips=(), snapshots=(), site="")
    keep(records, one, bare)
    assert page(records) == [bare, one]
    assert page(records, order=RecordOrder.OLDEST) == [one, bare]
    with records.reading() as session:
        assert IncidentRepository(session).get(one.id) == one
        assert IncidentRepository(session).get(key()) is None


def test_an_incident_that_is_added_again_is_there_once(records: Database) -> None:
    one = incident()
    keep(records, one)
    with records.transaction() as session:
        assert not IncidentRepository(session).add(one)
    assert page(records) == [one]


def test_numbers_count_on_from_the_highest_of_their_beginning(records: Database) -> None:
    keep(records, incident(number="20261122-DESK4-009"), incident(number="20261122-DESK4-odd"),
        incident(number="20261122-DESK44-100"), incident(number="20261121-DESK4-500"))  # fmt: skip
    with records.reading() as session:
        repository = IncidentRepository(session)
        assert repository.next_number("20261122-DESK4") == "20261122-DESK4-010"
        assert repository.next_number("20261123-DESK4") == "20261123-DESK4-001"


def test_no_two_incidents_have_one_number(records: Database) -> None:
    one = incident()
    keep(records, one)
    with pytest.raises(RecordChanged, match="belongs to another"):
        keep(records, incident(number=one.number))


def test_a_change_keeps_all_but_its_beginning(records: Database) -> None:
    one = incident()
    keep(records, one)
    wanted = replace(
        one, status=IncidentStatus.CLOSED, closed_us=NOON_US, holder="Gul", type="theft",
        severity=0, place="at the gate", people=(), cameras=(CameraCode("DIK-1-1"),),
        bookmarks=one.bookmarks[:1], clips=(), snapshots=("c.png",), district="DIK", site="DIK-1",
    )  # fmt: skip
    changed = change(records, replace(wanted, number="mine", opened_us=1))
    assert changed == replace(wanted, revision=2)
    assert page(records) == [changed]
    assert change(records, replace(wanted)) == changed  # repeated


def test_a_change_of_an_older_revision_is_refused(records: Database) -> None:
    one = incident()
    keep(records, one)
    change(records, replace(one, holder="Gul"))
    with pytest.raises(RecordChanged, match="changed by somebody else"):
        change(records, replace(one, holder="Zarak"))


def test_notes_come_in_the_order_of_their_writing(records: Database) -> None:
    one, other = incident(), incident(1)
    first, second = note(one, "two men run", 5), note(one, "یہ نوٹ اردو میں ہے\nand English", 9)
    mended = note(one, "three men", 12, corrects=first.id, is_automatic=True)
    keep(records, one, other, second, first, mended, note(other, "elsewhere"))
    assert notes(records, one) == [first, second, mended]
    with records.transaction() as session:
        assert not IncidentRepository(session).add_note(first)
    assert len(notes(records, one)) == 3


def test_a_note_needs_its_incident(records: Database) -> None:
    with pytest.raises(RecordChanged, match="not there"):
        keep(records, note(incident()))


@pytest.mark.parametrize("statement", ["UPDATE note SET text = 'x'", "DELETE FROM note"])
def test_the_database_itself_keeps_notes_as_they_are(records: Database, statement: str) -> None:
    one = incident()
    written = note(one)
    keep(records, one, written)
    with pytest.raises(DBAPIError, match="never"), records.transaction() as session:
        session.execute(text(statement))
    assert notes(records, one) == [written]


def test_incidents_are_found_by_their_notes_and_their_values(records: Database) -> None:
    one = incident(people=(PersonCalled("Rescue", "ambulance", 1),))
    # No word of its number begins like one of "bnu-41-3", however many tests have counted before.
    two = incident(60, number="20261122-DESK4-777", district="DIK", type="theft",
        status=IncidentStatus.ON_HOLD, holder="Gul",
        cameras=(), place="", people=(), bookmarks=(), clips=())  # fmt: skip
    keep(records, one, two, note(one, "گاڑی fled north"))
    two = change(records, replace(two, place="old town"))  # notes stay findable after a change
    one = change(records, replace(one, severity=3))
    half = NOON_US + 30 * SECOND_US
    for wanted, expected in (
        (EVERYTHING, [two, one]),
        (IncidentFilter("fled fight بازار گاڑي"), [one]),
        (IncidentFilter("ambul"), [one]),
        (IncidentFilter(two.number), [two]),
        (IncidentFilter("old"), [two]),
        (IncidentFilter("bnu-41-3"), [one]),
        (IncidentFilter(statuses=frozenset({IncidentStatus.ON_HOLD})), [two]),
        (IncidentFilter(districts=frozenset({"BNU"})), [one]),
        (IncidentFilter(types=frozenset({"theft", "fight"})), [two, one]),
        (IncidentFilter(holders=frozenset({"Gul"})), [two]),
        (IncidentFilter(cameras=frozenset({CameraCode("BNU-41-1")})), [one]),
        (IncidentFilter(bookmark=one.bookmarks[1]), [one]),
        (IncidentFilter(clip=one.clips[0]), [one]),
        (IncidentFilter(from_us=half), [two]),
        (IncidentFilter("fled", to_us=half), [one]),
        (IncidentFilter("fled", from_us=half), []),
    ):
        assert page(records, wanted) == expected, wanted
        with records.reading() as session:
            assert IncidentRepository(session).count(wanted) == len(expected), wanted
    with records.reading() as session:
        repository = IncidentRepository(session)
        assert repository.with_bookmark(one.bookmarks[0]) == [one]
        assert repository.with_clip(one.clips[0]) == [one]
        assert repository.with_clip(key()) == []
