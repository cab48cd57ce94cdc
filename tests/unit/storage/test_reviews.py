"""Flags and decisions in the database. The PostgreSQL tests run the same functions."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.core.errors import RecordChanged
from app.domain.analytics_event import EventSeverity
from app.domain.bookmark import Bookmark, FlagState
from app.domain.camera import CameraCode, DistrictCode, SiteCode
from app.domain.event_record import EventGroup, EventRecord, event_key
from app.domain.record_filters import BookmarkFilter
from app.domain.review import Decision, FalseAlarms
from app.storage.bookmarks import BookmarkRepository
from app.storage.database import Database
from app.storage.event_subjects import EventSubjects
from app.storage.events import EventRepository
from app.storage.reviews import ReviewRepository
from tests.fakes.event_desk import message
from tests.fakes.records import HOUR_US, NOON_US, SECOND_US, SUPERVISOR, bookmark, decision


def raised(at_s: float = 0, severity: int = 1, **changes: object) -> Bookmark:
    return bookmark(at_s, flag=FlagState.RAISED, severity=severity, offset_us=0, **changes)


def keep(database: Database, *bookmarks: Bookmark) -> None:
    with database.transaction() as session:
        for each in bookmarks:
            BookmarkRepository(session).add(each)


def decide(database: Database, made: Decision, revision: int = 1) -> Bookmark:
    with database.transaction() as session:
        return ReviewRepository(session).decide(made, revision)


def undo(database: Database, made: Decision, at_us: int = NOON_US) -> Bookmark:
    with database.transaction() as session:
        return ReviewRepository(session).undo(made.id, at_us)


def test_the_queue_has_alarms_first_and_then_the_oldest(records: Database) -> None:
    old, new = raised(0), raised(50)
    alarm, later_alarm = raised(20, severity=3), raised(90, severity=3)
    elsewhere = raised(5, district=DistrictCode("DIK"))
    keep(records, bookmark(), new, later_alarm, old, alarm, elsewhere)
    order = [alarm, later_alarm, old, elsewhere, new]
    with records.reading() as session:
        repository = ReviewRepository(session)
        assert repository.queue(10) == order
        assert repository.queue(3) == order[:3]
        assert repository.queue(3, after=order[0].id) == order[1:4]
        assert repository.queue(9, after=order[2].id) == order[3:]
        assert repository.queue(9, districts=[DistrictCode("DIK")]) == [elsewhere]
        assert repository.waiting() == {1: 3, 3: 2}


def test_a_decision_answers_the_flag(records: Database) -> None:
    one = raised()
    keep(records, one)
    made = decision(one, FlagState.NEEDS_MORE)
    answered = decide(records, made)
    assert answered == replace(one, flag=FlagState.NEEDS_MORE, revision=2)
    assert decide(records, made) == answered  # repeated
    with records.reading() as session:
        repository, bookmarks = ReviewRepository(session), BookmarkRepository(session)
        assert repository.queue(10) == []
        assert repository.decisions_of(one.id) == [made]
        assert repository.latest_of([one.id]) == {one.id: made}
        assert bookmarks.get(one.id) == answered
        assert bookmarks.page(BookmarkFilter("who"), 5) == [answered]
        wanted = BookmarkFilter(flags=frozenset({FlagState.NEEDS_MORE}))
        assert bookmarks.page(wanted, 5) == [answered]


def test_a_decision_about_what_was_changed_meanwhile_is_refused(records: Database) -> None:
    one = raised()
    keep(records, one)
    with records.transaction() as session:
        BookmarkRepository(session).change(replace(one, title="more"))
    made = decision(one, FlagState.FALSE)
    with pytest.raises(RecordChanged, match="changed by somebody else"):
        decide(records, made)
    with records.reading() as session:
        assert ReviewRepository(session).decisions_of(one.id) == []
    assert decide(records, made, revision=2).flag is FlagState.FALSE


def test_what_is_undone_stays_with_both_times(records: Database) -> None:
    one = raised()
    keep(records, one)
    first, second = decision(one, FlagState.FALSE), decision(one, FlagState.CONFIRMED, 70)
    decide(records, first)
    decide(records, second, revision=2)
    with pytest.raises(RecordChanged, match="another one followed"):
        undo(records, first)
    assert undo(records, second, NOON_US + 75 * SECOND_US).flag is FlagState.FALSE
    assert undo(records, first).flag is FlagState.RAISED
    with pytest.raises(RecordChanged, match="was undone"):
        undo(records, first)
    with records.reading() as session:
        assert ReviewRepository(session).decisions_of(one.id) == [
            replace(first, undone_us=NOON_US),
            replace(second, undone_us=NOON_US + 75 * SECOND_US),
        ]
        assert ReviewRepository(session).latest_of([one.id]) == {}


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM decision",
        "UPDATE decision SET note = 'x'",
        "UPDATE decision SET undone_us = 5",
    ],
)
def test_the_database_itself_keeps_decisions_as_they_are(records: Database, statement: str) -> None:
    one = raised()
    keep(records, one)
    decide(records, made := decision(one, FlagState.FALSE))
    undo(records, made)
    with pytest.raises(DBAPIError, match=r"never|once"), records.transaction() as session:
        session.execute(text(statement))


def test_decisions_are_listed_by_supervisor_and_for_the_operator(records: Database) -> None:
    marks = [raised(at) for at in range(3)]
    keep(records, *marks)
    made = [decision(each, FlagState.FALSE, 60 + at) for at, each in enumerate(marks)]
    made[1] = replace(made[1], supervisor=replace(SUPERVISOR, operator="Gul"))
    for each in made:
        decide(records, each)
    with records.reading() as session:
        repository = ReviewRepository(session)
        assert repository.decided(10) == made[::-1]
        assert repository.decided(1, after=made[2].id) == [made[1]]
        assert repository.decided(10, supervisor="Gul") == [made[1]]
        assert repository.answered("Amina", made[0].decided_us) == made[1:]
        assert repository.answered("Gul", 0) == []


def test_false_alarms_are_counted_by_camera_rule_and_hour(records: Database) -> None:
    event = message("e1", rule="Gate line")
    event_of = event_key(event.source, event.event_id)
    camera = CameraCode("BNU-41-1")
    kept = EventRecord(event_of, event, EventSeverity.ALARM, DistrictCode("BNU"),
        SiteCode("BNU-41"), event_of)  # fmt: skip
    early = raised(event_key=event_of)  # before its event was written
    keep(records, early)
    with records.transaction() as session:
        EventRepository(session, EventSubjects()).save([kept], {event_of: EventGroup.of(kept)})
    marks = [
        early,
        raised(60, event_key=event_of),
        raised(120, event_key=event_of),
        raised(3600, event_key=event_of),
        raised(180, camera=camera, event_key=None),
        raised(240, camera=camera, event_key=None),
    ]
    keep(records, *marks[1:])
    verdicts = (FlagState.FALSE, FlagState.FALSE, FlagState.CONFIRMED, FlagState.NEEDS_MORE)
    made = [decision(each, FlagState.FALSE) for each in marks]
    for at, verdict in enumerate(verdicts):
        made[at] = replace(made[at], verdict=verdict, note="?")
    for each in made:
        decide(records, each)
    undo(records, made[5])

    def hour_of(utc_us: int) -> int:
        return utc_us // HOUR_US % 24

    noon = hour_of(NOON_US)
    gate = marks[0].camera
    with records.reading() as session:
        repository = ReviewRepository(session)
        assert repository.false_alarm_table(NOON_US, NOON_US + HOUR_US, hour_of) == [
            FalseAlarms(gate, "Gate line", noon, confirmed=1, false=2),
            FalseAlarms(camera, "", noon, false=1),
            FalseAlarms(gate, "Gate line", noon + 1, needs_more=1),
        ]
        assert repository.false_alarm_table(0, NOON_US, hour_of) == []
