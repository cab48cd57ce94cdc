"""Events reach the disk in batches; what cannot be written waits, and is not lost silently."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from app.core.errors import StorageUnavailable
from app.domain.analytics_event import EventPhase, EventSeverity
from app.domain.event_filter import EVERYTHING
from app.domain.event_record import EventGroup, EventRecord
from app.services import event_store
from app.services.event_store import LOST, NOT_SAVED, EventStore
from app.storage.database import Database, sqlite_url
from app.storage.event_subjects import EventSubjects
from app.storage.events import EventRepository
from app.storage.migration import bring_up_to_date
from tests.fakes.event_desk import NOON_US, SECOND_US, EventDesk, message
from tests.unit.storage.test_events import page, record

DAY_US = 86_400 * SECOND_US


class Refusing(Database):
    """A database whose disk is full for a while, or that cannot take certain events."""

    full = False
    poison = ""
    commits = 0

    tried = 0

    def check(self, records: Sequence[EventRecord]) -> None:
        self.tried += 1
        if self.full:
            raise StorageUnavailable("The disk is full", advice="Free space on the disk.")
        if any(each.event.event_id == self.poison for each in records):
            raise ZeroDivisionError
        self.commits += 1


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Refusing]:
    database = Refusing(sqlite_url(tmp_path / "wall.db"))
    bring_up_to_date(database, tmp_path / "backups")

    real_save = EventRepository.save

    def save(
        repository: EventRepository,
        records: Sequence[EventRecord],
        groups: Mapping[bytes, EventGroup],
    ) -> None:
        database.check(records)
        real_save(repository, records, groups)

    monkeypatch.setattr(EventRepository, "save", save)
    yield database
    database.close()


@pytest.fixture
def desk(database: Refusing, tmp_path: Path) -> EventDesk:
    return EventDesk(database, tmp_path)


def put(store: EventStore, *event_ids: str, age_us: int = 0) -> None:
    for event_id in event_ids:
        kept = record(message(event_id, time_us=NOON_US - age_us))
        store.put(kept, EventGroup.of(kept))


def tick(desk: EventDesk, seconds: float = 0.25) -> None:
    desk.clock.seconds += seconds
    desk.store.tick()
    desk.settle()


def keys_of(desk: EventDesk) -> set[str]:
    return {notice.key for notice in desk.notices.current}


def test_many_events_are_one_commit_and_commits_keep_their_distance(
    desk: EventDesk, database: Refusing
) -> None:
    for step in range(8):
        put(desk.store, *(f"{step}-{at}" for at in range(100)))
        tick(desk, 0.05)
    assert database.commits == 2
    tick(desk)
    assert desk.store.waiting == 0
    assert len(page(database, limit=1000)) == 800


@pytest.mark.logs_errors
def test_a_full_disk_is_said_and_the_events_wait(desk: EventDesk, database: Refusing) -> None:
    database.full = True
    put(desk.store, "e1", "e2")
    tick(desk)
    (notice,) = desk.notices.current
    assert notice.key == NOT_SAVED
    assert "wait in memory" in notice.text
    assert "disk is full" in notice.text
    assert notice.advice == "Free space on the disk."
    put(desk.store, "e3")
    tick(desk, 0.5)
    assert desk.store.waiting == 3
    database.full = False
    tick(desk, 30)
    assert desk.store.waiting == 0
    assert keys_of(desk) == set()
    assert {group.first.event.event_id for group in page(database)} == {"e1", "e2", "e3"}


@pytest.mark.logs_errors
def test_attempts_become_rarer_while_they_fail(desk: EventDesk, database: Refusing) -> None:
    database.full = True
    put(desk.store, "e1")
    notices: list[object] = []
    desk.notices.changed.connect(notices.append)
    for _ in range(4 * 60):
        tick(desk)
    assert 5 <= database.tried <= 8
    assert len(notices) == 1, "one notice, however often it fails"


@pytest.mark.logs_errors
def test_when_too_many_wait_the_oldest_go_and_are_counted(
    desk: EventDesk, database: Refusing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_store, "MOST_WAITING", 50)
    database.full = True
    put(desk.store, *(f"e{at}" for at in range(80)))
    tick(desk)
    put(desk.store, "last")
    assert (desk.store.waiting, desk.store.lost) == (50, 31)
    assert "31 events were lost" in next(n.text for n in desk.notices.current if n.key == LOST)
    database.full = False
    tick(desk, 60)
    kept = {group.first.event.event_id for group in page(database)}
    assert kept == {f"e{at}" for at in range(31, 80)} | {"last"}


@pytest.mark.logs_errors
def test_one_event_that_cannot_be_written_does_not_hold_up_the_others(
    desk: EventDesk, database: Refusing
) -> None:
    database.poison = "e7"
    put(desk.store, *(f"e{at}" for at in range(30)))
    for _ in range(100):
        tick(desk)
    assert (desk.store.waiting, desk.store.lost) == (0, 1)
    assert len(page(database)) == 29
    assert LOST in keys_of(desk)


@pytest.mark.logs_errors
def test_what_came_while_a_batch_failed_is_the_newer_one(
    desk: EventDesk, database: Refusing
) -> None:
    database.full = True
    put(desk.store, "e1")
    desk.clock.seconds += 1
    desk.store.tick()  # under way, its answer still on its way
    kept = record(message("e1", phase=EventPhase.END), EventSeverity.ALARM)
    desk.store.put(kept, EventGroup.of(kept))
    desk.settle()
    database.full = False
    tick(desk, 60)
    (group,) = page(database)
    assert group.first.event.phase is EventPhase.END


def test_the_rest_is_written_at_the_end(desk: EventDesk, database: Refusing) -> None:
    put(desk.store, *(f"e{at}" for at in range(2500)))
    desk.clock.seconds += 1
    desk.store.tick()
    desk.store.close()
    assert len(page(database, limit=5000)) == 2500


@pytest.mark.logs_errors
def test_a_disk_that_is_full_at_the_end_does_not_keep_the_program(
    desk: EventDesk, database: Refusing, caplog: pytest.LogCaptureFixture
) -> None:
    database.full = True
    put(desk.store, "e1", "e2")
    desk.store.close()
    assert "2 events could not be saved" in caplog.text


def test_events_older_than_the_retention_are_deleted_when_there_is_nothing_to_write(
    desk: EventDesk, database: Refusing
) -> None:
    put(desk.store, *(f"old {at}" for at in range(700)), age_us=31 * DAY_US)
    put(desk.store, *(f"new {at}" for at in range(3)), age_us=29 * DAY_US)
    tick(desk)
    for _ in range(5):
        tick(desk)
        put(desk.store, "busy")
    left = len(page(database, limit=5000))
    assert left > 200, "in portions, and not while there is something to write"
    for _ in range(10):
        tick(desk, 1.0)
    assert {group.first.event.event_id for group in page(database)} == {
        "new 0",
        "new 1",
        "new 2",
        "busy",
    }


@pytest.mark.logs_errors
def test_a_database_that_cannot_be_read_is_said_and_the_start_goes_on(
    desk: EventDesk, database: Refusing
) -> None:
    with database.transaction() as session:
        session.connection().exec_driver_sql("DROP TABLE event")
    answers: list[object] = []
    desk.store.recent(10, 10, answers.append)
    desk.settle()
    assert len(answers) == 1
    assert keys_of(desk) == {"events-not-read"}


def test_an_event_is_found_with_its_row(desk: EventDesk, database: Refusing) -> None:
    first, second = record(message("e1")), record(message("e2"))
    row = EventGroup.of(first)
    joined = record(message("e2"), group=first.key)
    desk.store.put(first, row)
    desk.store.put(joined, row.with_event(joined))
    tick(desk)
    found: dict[bytes, object] = {}
    desk.store.find([second.key, b"?" * 16], found.update)
    desk.settle()
    assert found == {second.key: (joined, row.with_event(joined))}
    with database.reading() as session:
        assert len(EventRepository(session, EventSubjects()).page(EVERYTHING, str, 9)) == 1
