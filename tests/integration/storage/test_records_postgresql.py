"""Records in a real PostgreSQL: the same as in SQLite, and many workstations at once."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from app.core.errors import RecordChanged
from app.domain.bookmark import FlagState
from app.domain.record_filters import BookmarkFilter, IncidentFilter
from app.storage.bookmarks import BookmarkRepository
from app.storage.database import Database
from app.storage.incidents import IncidentRepository
from app.storage.migration import bring_up_to_date
from app.storage.reviews import ReviewRepository
from tests.fakes.postgres import PostgresServer
from tests.fakes.records import bookmark, decision, incident, note
from tests.unit.storage import test_bookmarks, test_clips, test_incidents, test_reviews

WORKSTATIONS = 4
ROUNDS = 25
TABLES = "bookmark, tag, incident, incident_link, note, clip, decision, event, event_subject"


def _tests_of(*modules: object) -> dict[str, Callable[..., None]]:
    return {
        f"{name}_{module.__name__.rpartition('_')[2]}": test  # type: ignore[attr-defined]  # modules
        for module in modules
        for name, test in vars(module).items()
        if name.startswith("test_") and callable(test)
    }


# The tests of SQLite, once more: each asks for ``records`` and gets the server's.
globals().update(_tests_of(test_bookmarks, test_incidents, test_clips, test_reviews))


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture
def records(server: PostgresServer, tmp_path: Path) -> Iterator[Database]:
    database = Database(server.url)
    bring_up_to_date(database, tmp_path)
    yield database
    with database.transaction() as session:
        session.execute(text(f"TRUNCATE {TABLES}"))
    database.close()


def _at_once(work: Callable[[int], None]) -> None:
    """Run ``work`` for each workstation, all starting together."""
    start = threading.Barrier(WORKSTATIONS)

    def one(number: int) -> None:
        start.wait(20)
        work(number)

    with ThreadPoolExecutor(WORKSTATIONS) as threads:
        for done in [threads.submit(one, number) for number in range(WORKSTATIONS)]:
            done.result(60)


def test_workstations_that_mark_at_once_do_not_disturb_each_other(records: Database) -> None:
    def workstation(number: int) -> None:
        tags = ("car", "red", "north")[:: 1 if number % 2 else -1]
        for at in range(ROUNDS):
            one = bookmark(at, tags=tags)
            with records.transaction() as session:
                BookmarkRepository(session).add(one)
            with records.transaction() as session:
                BookmarkRepository(session).change(replace(one, tags=("car", f"t{number}")))

    _at_once(workstation)
    everything = WORKSTATIONS * ROUNDS
    with records.reading() as session:
        repository = BookmarkRepository(session)
        assert repository.count(BookmarkFilter()) == everything
        used = dict(repository.tags())
    assert used == {"car": everything} | {f"t{n}": ROUNDS for n in range(WORKSTATIONS)}


def test_all_notes_written_at_once_are_there_and_found(records: Database) -> None:
    one = incident()
    with records.transaction() as session:
        IncidentRepository(session).add(one)

    def workstation(number: int) -> None:
        for at in range(ROUNDS):
            with records.transaction() as session:
                IncidentRepository(session).add_note(note(one, f"word{number}x{at} here", at))

    _at_once(workstation)
    with records.reading() as session:
        repository = IncidentRepository(session)
        assert len(repository.notes_of(one.id)) == WORKSTATIONS * ROUNDS
        for number in range(WORKSTATIONS):
            for at in range(ROUNDS):
                assert repository.page(IncidentFilter(f"word{number}x{at}"), 1) == [one]


def test_of_changes_made_at_once_one_is_kept_and_the_others_are_told(records: Database) -> None:
    one = bookmark()
    with records.transaction() as session:
        BookmarkRepository(session).add(one)
    refused = []

    def workstation(number: int) -> None:
        try:
            with records.transaction() as session:
                BookmarkRepository(session).change(replace(one, title=f"by {number}"))
        except RecordChanged as error:
            refused.append(str(error))

    _at_once(workstation)
    assert len(refused) == WORKSTATIONS - 1
    with records.reading() as session:
        found = BookmarkRepository(session).get(one.id)
    assert found is not None
    assert found.revision == 2


def test_two_supervisors_cannot_both_decide_about_one_flag(records: Database) -> None:
    one = bookmark(flag=FlagState.RAISED)
    with records.transaction() as session:
        BookmarkRepository(session).add(one)
    refused = []

    def workstation(number: int) -> None:
        verdict = FlagState.FALSE if number % 2 else FlagState.CONFIRMED
        try:
            with records.transaction() as session:
                ReviewRepository(session).decide(decision(one, verdict), 1)
        except RecordChanged as error:
            refused.append(str(error))

    _at_once(workstation)
    assert len(refused) == WORKSTATIONS - 1
    with records.reading() as session:
        assert len(ReviewRepository(session).decisions_of(one.id)) == 1


def test_numbers_that_are_asked_for_at_once_are_all_different(records: Database) -> None:
    def workstation(_number: int) -> None:
        for at in range(ROUNDS):
            with records.transaction() as session:
                repository = IncidentRepository(session)
                number = repository.next_number("20261122-DESK4")
                repository.add(incident(at, number=number))

    _at_once(workstation)
    with records.reading() as session:
        found = IncidentRepository(session).page(IncidentFilter(), 1000)
    numbers = {each.number for each in found}
    assert numbers == {f"20261122-DESK4-{at:03}" for at in range(1, WORKSTATIONS * ROUNDS + 1)}
