"""Events in a real PostgreSQL: the same as in SQLite, and many workstations at once."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.event_record import EventGroup
from app.storage.database import Database
from app.storage.event_subjects import EventSubjects
from app.storage.events import EventRepository
from app.storage.migration import bring_up_to_date
from tests.fakes.postgres import PostgresServer
from tests.unit.storage.test_events import (  # noqa: F401 - collected from here too
    page,
    series,
    subjects,
    test_a_message_that_comes_again_is_there_once,
    test_a_rolled_back_subject_is_added_again,
    test_a_row_that_becomes_worse_is_found_as_such,
    test_another_workstation_that_is_behind_does_not_reopen_it,
    test_events_and_rows_are_found_by_their_keys,
    test_events_of_one_row_are_listed_once_with_their_count,
    test_everything_that_was_received_comes_back,
    test_filters_find_the_same_by_either_road,
    test_hostile_texts_and_times_are_kept_as_far_as_they_can_be,
    test_later_messages_bring_an_event_up_to_date,
    test_old_events_go_in_portions_and_new_ones_stay,
    test_pages_follow_each_other_without_gap_and_without_overlap,
    test_two_writers_with_the_same_events_agree,
    test_what_is_gone_is_no_longer_offered_as_a_filter,
)

WORKSTATIONS = 4
ROUNDS = 10


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture
def database(server: PostgresServer, tmp_path: Path) -> Iterator[Database]:
    database = Database(server.url)
    bring_up_to_date(database, tmp_path)
    yield database
    with database.transaction() as session:
        session.execute(text("TRUNCATE event, event_subject"))
    database.close()


def test_workstations_that_write_the_same_events_at_once_do_not_disturb_each_other(
    database: Database,
) -> None:
    records = series(400)
    failures: list[Exception] = []
    start = threading.Barrier(WORKSTATIONS)

    def workstation(number: int) -> None:
        own = EventSubjects()
        try:
            start.wait(20)
            for at in range(ROUNDS):
                batch = records[at * 40 : at * 40 + 40][:: 1 if number % 2 else -1]
                rows = {record.key: EventGroup.of(record) for record in batch}
                with database.transaction() as session:
                    EventRepository(session, own).save(batch, rows)
                own.keep()
        except Exception as error:  # noqa: BLE001 - told to the test below
            failures.append(error)

    threads = [threading.Thread(target=workstation, args=(n,)) for n in range(WORKSTATIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    assert len(page(database, limit=1000)) == 400
