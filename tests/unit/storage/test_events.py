"""Events in the database: they come back as they were, once each, and lists find them.

The PostgreSQL tests run the same functions against a server.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace as with_values

from app.domain.analytics_event import AnalyticsEvent, EventPhase, EventSeverity
from app.domain.camera import CameraCode, DistrictCode, SiteCode
from app.domain.event_filter import EVERYTHING, EventFilter
from app.domain.event_record import EventGroup, EventRecord, event_key, merged
from app.storage import events as events_module
from app.storage.database import Database, sqlite_url
from app.storage.event_subjects import EventSubjects
from app.storage.events import EventRepository
from app.storage.migration import bring_up_to_date
from tests.fakes.event_desk import FULL, NOON_US, SECOND_US, message

DISTRICTS = ("DIK", "BNU", "LKM")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_url(tmp_path / "wall.db"))
    bring_up_to_date(database, tmp_path / "backups")
    yield database
    database.close()


@pytest.fixture
def subjects() -> EventSubjects:
    return EventSubjects()


def record(
    event: AnalyticsEvent,
    severity: EventSeverity = EventSeverity.INFORMATION,
    group: bytes | None = None,
    district: str = "BNU",
) -> EventRecord:
    key = event_key(event.source, event.event_id)
    return EventRecord(
        key,
        event,
        severity,
        DistrictCode(district),
        SiteCode(f"{district}-1"),
        group or key,
        "desk-1",
    )


def save(
    database: Database,
    subjects: EventSubjects,
    records: Sequence[EventRecord],
    groups: Sequence[EventGroup] | None = None,
) -> None:
    rows = [EventGroup.of(each) for each in records] if groups is None else groups
    with database.transaction() as session:
        EventRepository(session, subjects).save(records, {row.key: row for row in rows})
    subjects.keep()


def page(
    database: Database,
    wanted: EventFilter = EVERYTHING,
    limit: int = 100,
    before: tuple[int, bytes] | None = None,
    subjects: EventSubjects | None = None,
) -> Sequence[EventGroup]:
    with database.reading() as session:
        repository = EventRepository(session, subjects or EventSubjects())
        return repository.page(wanted, str, limit, before)


def ids(groups: Sequence[EventGroup]) -> list[str]:
    return [group.first.event.event_id for group in groups]


def series(count: int, **changes: object) -> list[EventRecord]:
    """One event a second, a minute apart for grouping, over three districts."""
    found = []
    for at in range(count):
        event = message(f"e{at}", time_us=NOON_US + at * SECOND_US, **changes)
        district = DISTRICTS[at % 3]
        found.append(
            record(
                with_values(event, camera=f"{district}-1-1", label=("car", "person")[at % 2]),
                EventSeverity.ALARM if at % 10 == 9 else EventSeverity.INFORMATION,
                district=district,
            )
        )
    return found


def test_everything_that_was_received_comes_back(
    database: Database, subjects: EventSubjects
) -> None:
    kept = record(FULL, EventSeverity.WARNING)
    save(database, subjects, [kept])
    (group,) = page(database)
    assert group == EventGroup.of(kept)
    assert group.first.event == FULL


def test_a_message_that_comes_again_is_there_once(
    database: Database, subjects: EventSubjects
) -> None:
    for _ in range(3):
        save(database, EventSubjects(), [record(FULL)])
    with database.reading() as session:
        assert EventRepository(session, subjects).count() == 1


def test_later_messages_bring_an_event_up_to_date(
    database: Database, subjects: EventSubjects
) -> None:
    start = message("e1", phase=EventPhase.START)
    end = message("e1", phase=EventPhase.END, time_us=NOON_US + 5 * SECOND_US, confidence=0.5)
    save(database, subjects, [record(start)])
    save(database, subjects, [record(merged(start, end), EventSeverity.WARNING)])
    (group,) = page(database)
    assert group.first.event.phase is EventPhase.END
    assert group.first.event.end_us == NOON_US + 5 * SECOND_US
    assert (group.severity, group.first.event.confidence) == (EventSeverity.WARNING, 0.5)


def test_another_workstation_that_is_behind_does_not_reopen_it(
    database: Database, subjects: EventSubjects
) -> None:
    start = message("e1", phase=EventPhase.START)
    end = message("e1", phase=EventPhase.END, time_us=NOON_US + 5 * SECOND_US)
    save(database, subjects, [record(merged(start, end))])
    save(database, EventSubjects(), [record(start)])
    (group,) = page(database)
    assert group.first.event.phase is EventPhase.END
    assert group.first.event.end_us == NOON_US + 5 * SECOND_US


def test_events_of_one_row_are_listed_once_with_their_count(
    database: Database, subjects: EventSubjects
) -> None:
    first = record(message("e1"))
    more = [record(message(f"e{at}", label="car"), group=first.key) for at in range(2, 8)]
    group = EventGroup.of(first)
    save(database, subjects, [first], [group])
    for each in more:
        group = group.with_event(each)
    save(database, subjects, more, [group])
    (found,) = page(database)
    assert (found.count, found.labels) == (7, ("car", "person"))
    assert ids(page(database, EventFilter(labels=frozenset({"car"})))) == ["e1"]
    assert ids(page(database, EventFilter(labels=frozenset({"bus"})))) == []


def test_pages_follow_each_other_without_gap_and_without_overlap(
    database: Database, subjects: EventSubjects
) -> None:
    same_moment = [record(message(f"same{at}")) for at in range(7)]
    save(database, subjects, [*series(30), *same_moment])
    seen: list[str] = []
    before = None
    while found := page(database, limit=5, before=before):
        seen += ids(found)
        before = found[-1].place
    assert len(seen) == len(set(seen)) == 37
    assert seen == ids(page(database))
    assert seen[0] == "e29"


@pytest.mark.parametrize("few", [0, 20_000])
@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (EventFilter(districts=frozenset({DistrictCode("LKM")})), range(2, 60, 3)),
        (EventFilter(labels=frozenset({"car"})), range(0, 60, 2)),
        (EventFilter(least=EventSeverity.ALARM), range(9, 60, 10)),
        (EventFilter(text="dik-1"), range(0, 60, 3)),
        (EventFilter(rules=frozenset({"nobody's"})), range(0)),
        (
            EventFilter(districts=frozenset({DistrictCode("DIK")}), least=EventSeverity.ALARM),
            range(9, 60, 30),
        ),
    ],
)
def test_filters_find_the_same_by_either_road(
    database: Database,
    subjects: EventSubjects,
    monkeypatch: pytest.MonkeyPatch,
    wanted: EventFilter,
    expected: range,
    few: int,
) -> None:
    monkeypatch.setattr(events_module, "_FEW", few)
    save(database, subjects, series(60))
    assert ids(page(database, wanted)) == [f"e{at}" for at in reversed(expected)]
    older = page(database, wanted, limit=2, before=(NOON_US + 30 * SECOND_US, b""))
    below = [at for at in reversed(expected) if at < 30][:2]
    assert ids(older) == [f"e{at}" for at in below]


def test_a_row_that_becomes_worse_is_found_as_such(
    database: Database, subjects: EventSubjects
) -> None:
    first = record(message("e1"))
    save(database, subjects, [first])
    group = EventGroup.of(first).with_severity(EventSeverity.ALARM)
    save(database, subjects, [], [group])
    (found,) = page(database, EventFilter(least=EventSeverity.ALARM))
    assert found.severity is EventSeverity.ALARM
    assert found.first.severity is EventSeverity.INFORMATION


def test_old_events_go_in_portions_and_new_ones_stay(
    database: Database, subjects: EventSubjects
) -> None:
    save(database, subjects, series(50))
    cutoff = NOON_US + 30 * SECOND_US
    gone = []
    while True:
        with database.transaction() as session:
            count = EventRepository(session, subjects).delete_older(cutoff, 20)
        if not count:
            break
        gone.append(count)
    assert gone == [20, 10]
    assert ids(page(database))[-1] == "e30"
    with database.reading() as session:
        facets = EventRepository(session, subjects).facets()
    assert facets.districts == set(DISTRICTS)


def test_what_is_gone_is_no_longer_offered_as_a_filter(
    database: Database, subjects: EventSubjects
) -> None:
    save(database, subjects, [record(message("old", label="truck"))])
    save(database, subjects, [record(message("new", time_us=NOON_US + 99 * SECOND_US))])
    with database.transaction() as session:
        EventRepository(session, subjects).delete_older(NOON_US + SECOND_US, 100)
    with database.reading() as session:
        facets = EventRepository(session, subjects).facets()
    assert facets.labels == {"person"}
    assert facets.rules == {("Gate line", "line_crossed")}


def test_events_and_rows_are_found_by_their_keys(
    database: Database, subjects: EventSubjects
) -> None:
    first = record(message("e1"))
    second = record(message("e2"), group=first.key)
    save(database, subjects, [first, second], [EventGroup.of(first).with_event(second)])
    with database.reading() as session:
        repository = EventRepository(session, EventSubjects())
        assert repository.records([second.key, b"x" * 16]) == [second]
        (group,) = repository.groups([first.key, second.key])
        assert (group.key, group.count) == (first.key, 2)
        assert {each.key for each in repository.newest(5)} == {first.key, second.key}


def test_hostile_texts_and_times_are_kept_as_far_as_they_can_be(
    database: Database, subjects: EventSubjects
) -> None:
    nasty = message(
        "nul\0" + "x" * 500,
        rule="half \ud800 rule\0" + "r" * 400,
        kind="k" * 100,
        raw_topic="t" * 5000,
        time_us=2**70,
        received_us=NOON_US,
        attributes=(("na\0me", "va\0lue", None),),
        confidence=float("inf"),
    )
    save(database, subjects, [record(nasty)])
    save(database, EventSubjects(), [record(nasty)])
    (group,) = page(database)
    event = group.first.event
    assert "\0" not in event.event_id + event.rule
    assert len(event.rule) == 200
    assert event.attributes == (("name", "value", None),)
    assert event.time_us > NOON_US


def test_two_writers_with_the_same_events_agree(database: Database) -> None:
    one, other = EventSubjects(), EventSubjects()
    save(database, one, series(20))
    save(database, other, series(25))
    save(database, one, series(30))
    assert len(page(database)) == 30
    assert len(page(database, EventFilter(labels=frozenset({"car"})), subjects=one)) == 15


def test_a_rolled_back_subject_is_added_again(database: Database, subjects: EventSubjects) -> None:
    first = record(message("e1"))
    with database.transaction() as session:
        EventRepository(session, subjects).save([first], {first.key: EventGroup.of(first)})
        session.rollback()
    save(database, subjects, [record(message("e2"))])
    assert ids(page(database)) == ["e2"]
    assert page(database)[0].camera == CameraCode("BNU-1-1")
