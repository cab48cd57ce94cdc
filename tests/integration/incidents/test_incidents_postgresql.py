"""Incidents in a real PostgreSQL, which several workstations share."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from app.domain.camera import CameraCode
from app.services.incident_store import Outcome
from app.storage.migration import bring_up_to_date
from tests.fakes.incident_desk import IncidentDesk, RefusingDatabase
from tests.fakes.postgres import PostgresServer
from tests.unit.services.test_incidents import (  # noqa: F401 - collected from here too
    desk,
    other,
    test_a_bookmark_that_was_just_made_goes_along,
    test_a_correction_points_to_the_first_and_both_stay,
    test_a_note_is_kept_with_author_place_and_time,
    test_a_tile_starts_an_incident_with_its_facts,
    test_changes_are_kept_with_their_history,
    test_lists_follow_what_is_written_and_are_filtered,
    test_numbers_count_on_and_belong_to_the_workstation,
    test_the_next_tile_is_added_to_the_open_incident,
    test_two_workstations_change_different_things,
    test_two_workstations_change_the_same_thing,
    test_what_was_committed_but_not_crossed_out_is_not_written_twice,
)

WORKSTATIONS = 4
ROUNDS = 8


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture
def database(server: PostgresServer, tmp_path: Path) -> Iterator[RefusingDatabase]:
    database = RefusingDatabase(server.url)
    bring_up_to_date(database, tmp_path)
    yield database
    with database.transaction() as session:
        session.execute(text("TRUNCATE incident, incident_link, note, bookmark, tag"))
    database.close()


def test_many_workstations_add_to_one_incident_at_once(
    database: RefusingDatabase, tmp_path: Path
) -> None:
    first = IncidentDesk(database, tmp_path / "first")
    first.start()
    key = first.note_tile("BNU-1-1")
    read = first.incident(key)
    desks = [IncidentDesk(database, tmp_path / str(at)) for at in range(WORKSTATIONS)]
    begin = threading.Barrier(WORKSTATIONS)

    def work(at: int) -> None:
        begin.wait(30)
        for turn in range(ROUNDS):
            code = CameraCode(f"BNU-{at + 1}-{turn + 10}")
            desks[at].change(read, replace(read, cameras=(*read.cameras, code)))
            desks[at].open_at()

    with ThreadPoolExecutor(WORKSTATIONS) as pool:
        for done in [pool.submit(work, at) for at in range(WORKSTATIONS)]:
            done.result(120)
    for each in desks:
        while each.drafts.state.unsaved:
            each.pass_time(31.0)
        assert Outcome.COLLIDED not in [answer.outcome for answer in each.answers]
    assert len(first.incident(key).cameras) == 1 + WORKSTATIONS * ROUNDS
    incidents = first.service.open_list()
    incidents.reload()
    first.settle()
    numbers = [row.number for row in incidents.rows]
    assert len(set(numbers)) == len(numbers) == 1 + WORKSTATIONS * ROUNDS
    incidents.close()
    for each in (first, *desks):
        each.close()
