"""Incidents: what a tile starts, what people change and write, and what a database refuses."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest

from app.core.errors import StorageUnavailable
from app.core.record_keys import record_key
from app.domain.bookmark import Bookmark
from app.domain.camera import CameraCode
from app.domain.incident import Incident, IncidentStatus, PersonCalled
from app.domain.record_filters import IncidentFilter
from app.domain.stream import PictureClock
from app.services.incident_list import IncidentList
from app.services.incident_store import NOT_READ, NOT_SAVED, Outcome
from app.services.incidents import RECENT_S, RESTORED, TileFacts
from app.storage.bookmarks import BookmarkRepository
from app.storage.database import Database, sqlite_url
from app.storage.migration import bring_up_to_date
from tests.fakes.event_desk import NOON_US, SECOND_US
from tests.fakes.incident_desk import AMINA, BILAL, IncidentDesk, RefusingDatabase

FULL = StorageUnavailable("The disk is full", advice="Free space.")
DAY = f"{datetime.fromtimestamp(NOON_US / SECOND_US, UTC).astimezone():%Y%m%d}"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[RefusingDatabase]:
    database = RefusingDatabase(sqlite_url(tmp_path / "wall.db"))
    bring_up_to_date(database, tmp_path / "backups")
    yield database
    database.close()


@pytest.fixture
def desk(database: RefusingDatabase, tmp_path: Path) -> Iterator[IncidentDesk]:
    desk = IncidentDesk(database, tmp_path)
    desk.start()
    yield desk
    desk.close()


@pytest.fixture
def other(database: RefusingDatabase, tmp_path: Path) -> Iterator[IncidentDesk]:
    """Another workstation on the same database."""
    desk = IncidentDesk(database, tmp_path / "other", BILAL)
    desk.start()
    yield desk
    desk.close()


def outcomes(desk: IncidentDesk) -> list[Outcome]:
    return [answer.outcome for answer in desk.answers]


def keep_bookmark(database: Database, *, seconds_ago: float, operator: str = "Amina Khan") -> UUID:
    desk_time = NOON_US - round(seconds_ago * SECOND_US)
    clock = type("Clock", (), {"utc_us": staticmethod(lambda: desk_time)})
    bookmark = Bookmark(
        id=record_key(clock),  # type: ignore[arg-type]  # all that it asks
        camera=CameraCode("BNU-1-1"),
        site="BNU-1",  # type: ignore[arg-type]  # a site's code
        district="BNU",  # type: ignore[arg-type]  # a district's code
        start_us=desk_time,
        end_us=None,
        clock=PictureClock.CAMERA,
        offset_us=0,
        kind=None,
        author=replace(AMINA, operator=operator),
        created_us=desk_time,
        title="Man with a bag",
        clip=UUID(int=77),
    )
    with database.transaction() as session:
        BookmarkRepository(session).add(bookmark)
    return bookmark.id


# --- N on a tile ---------------------------------------------------------------------------------


def test_a_tile_starts_an_incident_with_its_facts(desk: IncidentDesk) -> None:
    key = desk.service.note_tile(
        TileFacts(
            desk.camera("BNU-1-1"), NOON_US - 120_000, -2.5, severity=2, event="Warning: Gate line"
        ),
        desk.answers.append,
    )
    desk.settle()
    incident = desk.incident(key)
    assert incident == Incident(
        id=key,
        number=f"{DAY}-desk-4-001",
        type="",
        status=IncidentStatus.NEW,
        severity=2,
        district="BNU",
        site="BNU-1",
        place="Main bazaar, north gate 1",
        opened_us=NOON_US,
        author=AMINA,
        holder="Amina Khan",
        cameras=(CameraCode("BNU-1-1"),),
    )
    taken = datetime.fromtimestamp((NOON_US - 120_000) / SECOND_US, UTC)
    assert [note.text for note in desk.notes(key, automatic=True)] == [
        "Started at BNU-1-1 Main bazaar, north gate 1 (2.1.1)\n"
        f"Picture of {taken:%Y-%m-%d %H:%M:%S.%f} UTC (the camera's clock is 2.5 s behind)\n"
        "Warning: Gate line"
    ]
    assert outcomes(desk) == [Outcome.SAVED]
    assert desk.service.current == incident


def test_a_clip_that_is_played_is_noted_as_such(desk: IncidentDesk) -> None:
    clip = UUID(int=9)
    facts = TileFacts(desk.camera("BNU-1-1"), NOON_US, played="12:04:31", clip=clip)
    key = desk.service.note_tile(facts, desk.answers.append)
    desk.settle()
    assert desk.incident(key).clips == (clip,)
    taken = datetime.fromtimestamp(NOON_US / SECOND_US, UTC)
    assert desk.notes(key, automatic=True)[0].text.splitlines()[1:] == [
        "From the clip 12:04:31",
        f"Picture of {taken:%Y-%m-%d %H:%M:%S.%f} UTC",
    ]


def test_the_next_tile_is_added_to_the_open_incident(desk: IncidentDesk) -> None:
    key = desk.note_tile("BNU-1-1")
    assert desk.note_tile("BNU-1-2") == key
    incident = desk.incident(key)
    assert incident.cameras == ("BNU-1-1", "BNU-1-2")
    assert desk.notes(key, automatic=True)[1].text.startswith("Camera added: BNU-1-2\nSeen BNU-1-2")
    assert desk.service.current == incident


def test_a_tile_that_is_noted_twice_is_there_once(desk: IncidentDesk) -> None:
    key = desk.note_tile()
    desk.note_tile()
    assert desk.incident(key).cameras == ("BNU-1-1",)
    assert len(desk.notes(key, automatic=True)) == 1
    assert outcomes(desk) == [Outcome.SAVED, Outcome.SAVED]


def test_numbers_count_on_and_belong_to_the_workstation(
    desk: IncidentDesk, other: IncidentDesk
) -> None:
    keys = [desk.open_at(), other.open_at(), desk.open_at()]
    numbers = [desk.incident(key).number for key in keys]
    assert numbers == [f"{DAY}-desk-4-001", f"{DAY}-desk-5-001", f"{DAY}-desk-4-002"]


def test_a_closed_or_put_down_incident_is_not_added_to(desk: IncidentDesk) -> None:
    first = desk.note_tile()
    before = desk.incident(first)
    desk.change(before, replace(before, status=IncidentStatus.CLOSED))
    assert desk.service.current is None
    assert desk.incident(first).closed_us == NOON_US
    second = desk.note_tile()
    assert second != first
    desk.service.work_on(None)
    assert desk.note_tile() not in (first, second)
    desk.service.work_on(desk.incident(second))
    assert desk.note_tile("BNU-1-2") == second
    desk.service.work_on(desk.incident(first))
    assert desk.service.current is not None
    assert desk.service.current.id == second


def test_a_bookmark_that_was_just_made_goes_along(
    desk: IncidentDesk, database: RefusingDatabase
) -> None:
    keep_bookmark(database, seconds_ago=RECENT_S + 5)
    keep_bookmark(database, seconds_ago=3, operator="Bilal")
    mine = keep_bookmark(database, seconds_ago=20)
    key = desk.note_tile()
    file = desk.file(key)
    assert file.incident.bookmarks == (mine,)
    assert file.incident.clips == (UUID(int=77),)
    assert file.bookmarks[mine].incident == key
    assert file.notes[0].text.endswith("With the bookmark “Man with a bag”")


def test_a_bookmark_goes_along_with_a_tile_that_is_added_later(
    desk: IncidentDesk, database: RefusingDatabase
) -> None:
    key = desk.note_tile()
    mine = keep_bookmark(database, seconds_ago=1)
    desk.note_tile()
    file = desk.file(key)
    assert file.incident.bookmarks == (mine,)
    assert "Bookmark added" in file.notes[-1].text
    assert file.bookmarks[mine].incident == key


# --- changes and notes ---------------------------------------------------------------------------


def test_changes_are_kept_with_their_history(desk: IncidentDesk) -> None:
    key = desk.note_tile()
    before = desk.incident(key)
    person = PersonCalled("Rescue 1122", "ambulance", NOON_US)
    after = replace(before, type="Traffic accident", severity=3, people=(person,))
    desk.change(before, after)
    assert desk.incident(key) == replace(after, revision=2)
    last = desk.notes(key, automatic=True)[-1]
    assert last.text.splitlines() == [
        "Type: – → Traffic accident",
        "Severity: information → alarm",
        "Called: Rescue 1122 (ambulance)",
    ]
    assert last.author == AMINA


def test_two_workstations_change_different_things(desk: IncidentDesk, other: IncidentDesk) -> None:
    key = desk.note_tile()
    read = desk.incident(key)
    other.change(read, replace(read, holder="بلال احمد"))
    desk.change(read, replace(read, status=IncidentStatus.ON_HOLD))
    incident = desk.incident(key)
    assert (incident.holder, incident.status) == ("بلال احمد", IncidentStatus.ON_HOLD)
    assert outcomes(desk)[-1] is Outcome.SAVED


def test_two_workstations_change_the_same_thing(desk: IncidentDesk, other: IncidentDesk) -> None:
    key = desk.note_tile()
    read = desk.incident(key)
    other.change(read, replace(read, place="Bus stand"))
    desk.change(read, replace(read, place="Court road"))
    assert desk.incident(key).place == "Bus stand"
    assert desk.answers[-1].outcome is Outcome.COLLIDED
    assert "Place is Bus stand by now" in desk.answers[-1].problem
    assert desk.service.current == desk.incident(key) or desk.service.current == read
    desk.write(key, "Court road, I think")
    assert outcomes(desk)[-1] is Outcome.SAVED


def test_a_note_is_kept_with_author_place_and_time(desk: IncidentDesk) -> None:
    key = desk.note_tile()
    text = "Bag at the gate\nگیٹ پر بیگ ہے\nپه دروازه کې بیګ دی"
    desk.write(key, f"  {text}\n")
    note = desk.notes(key)[0]
    assert (note.text, note.author, note.written_us) == (text, AMINA, NOON_US)
    assert desk.service.draft(key) is None


def test_a_correction_points_to_the_first_and_both_stay(desk: IncidentDesk) -> None:
    key = desk.note_tile()
    desk.write(key, "LEA 1234")
    first = desk.notes(key)[0]
    desk.clock.seconds += 5
    desk.write(key, "LEA 1243, not 1234", first.id)
    assert [(n.text, n.corrects) for n in desk.notes(key)] == [
        ("LEA 1234", None),
        ("LEA 1243, not 1234", first.id),
    ]


def test_an_empty_note_is_none(desk: IncidentDesk) -> None:
    key = desk.note_tile()
    desk.service.keep_draft(key, " \n ")
    assert not desk.service.write(key, desk.answers.append)
    assert desk.notes(key) == []


# --- a database that refuses ---------------------------------------------------------------------


@pytest.mark.logs_errors
def test_what_is_refused_is_kept_told_and_saved_later(
    desk: IncidentDesk, database: RefusingDatabase
) -> None:
    database.refusal = FULL
    key = desk.note_tile()
    desk.write(key, "Man left a bag")
    desk.note_tile("BNU-1-2")
    assert outcomes(desk) == [Outcome.WAITING] * 3
    assert all("The disk is full" in answer.problem for answer in desk.answers)
    assert desk.notice_keys == [NOT_SAVED]
    assert desk.service.current is not None
    assert desk.service.current.number == ""
    database.refusal = None
    desk.pass_time(0.5)
    assert len(desk.answers) == 3  # not yet time
    desk.pass_time(1.0)
    assert outcomes(desk)[3:] == [Outcome.SAVED] * 3
    assert desk.notice_keys == []
    assert desk.incident(key).cameras == ("BNU-1-1", "BNU-1-2")
    assert [note.text for note in desk.notes(key)] == ["Man left a bag"]
    assert desk.service.current.number == f"{DAY}-desk-4-001"


@pytest.mark.logs_errors
def test_attempts_become_rarer_but_never_end(
    desk: IncidentDesk, database: RefusingDatabase
) -> None:
    tried: list[float] = []
    real = type(database).transaction

    class Counting(RefusingDatabase):
        def transaction(self):  # type: ignore[no-untyped-def]  # as that of the class above
            tried.append(desk.clock.seconds)
            return real(self)

    database.__class__ = Counting
    database.refusal = FULL
    desk.note_tile()
    for _ in range(400):
        desk.pass_time(0.5)
    pauses = [after - before for before, after in pairwise(tried)]
    assert pauses == sorted(pauses)
    assert pauses[0] == 1.0
    assert pauses[-1] == 30.0
    database.refusal = None


@pytest.mark.logs_errors
def test_a_bug_in_writing_loses_nothing(
    desk: IncidentDesk, database: RefusingDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    key = desk.note_tile()
    database.refusal = ZeroDivisionError()
    with caplog.at_level("CRITICAL"):
        desk.write(key, "kept")
    database.refusal = None
    desk.pass_time(2.0)
    assert [note.text for note in desk.notes(key)] == ["kept"]


def test_a_note_to_an_incident_that_is_not_there_is_a_draft_again(desk: IncidentDesk) -> None:
    nowhere = UUID(int=5)
    desk.write(nowhere, "important")
    assert desk.answers[-1].outcome is Outcome.COLLIDED
    draft = desk.service.draft(nowhere)
    assert draft is not None
    assert draft.text == "important"
    desk.service.write(nowhere, desk.answers.append)
    desk.service.keep_draft(nowhere, "and more")
    desk.settle()
    draft = desk.service.draft(nowhere)
    assert draft is not None
    assert draft.text == "important\nand more"


@pytest.mark.logs_errors
def test_a_list_that_cannot_be_read_says_so(
    desk: IncidentDesk, database: RefusingDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise FULL

    incidents: IncidentList = desk.service.open_list()
    monkeypatch.setattr(database, "reading", refuse)
    incidents.reload()
    desk.settle()
    assert desk.notice_keys == [NOT_READ]
    assert not incidents.is_loading
    monkeypatch.undo()
    incidents.reload()
    desk.settle()
    assert desk.notice_keys == []
    incidents.close()


# --- the next start ------------------------------------------------------------------------------


@pytest.mark.logs_errors
def test_the_next_start_saves_what_was_refused(
    desk: IncidentDesk, database: RefusingDatabase, tmp_path: Path
) -> None:
    database.refusal = FULL
    key = desk.note_tile()
    desk.write(key, "Man left a bag")
    desk.drafts.close()  # killed: nothing else is closed
    database.refusal = None
    again = IncidentDesk(database, tmp_path)
    assert again.service.current is None
    again.start()
    assert again.incident(key).number == f"{DAY}-desk-4-001"
    assert [note.text for note in again.notes(key)] == ["Man left a bag"]
    assert again.service.current == again.incident(key)
    assert again.drafts.state.unsaved == []
    again.close()


@pytest.mark.logs_errors
def test_what_was_committed_but_not_crossed_out_is_not_written_twice(
    desk: IncidentDesk, database: RefusingDatabase, tmp_path: Path
) -> None:
    database.refusal = FULL
    key = desk.note_tile("BNU-1-1")
    desk.note_tile("BNU-1-2")
    desk.write(key, "once")
    desk.drafts.close()
    left = desk.drafts_file.read_bytes()
    database.refusal = None
    for _ in range(2):
        desk.drafts_file.write_bytes(left)
        again = IncidentDesk(database, tmp_path)
        again.start()
        assert len(again.file(key).notes) == 3
        assert again.incident(key).revision == 2
        again.close()


def test_an_unfinished_note_is_restored_in_words(
    desk: IncidentDesk, database: RefusingDatabase, tmp_path: Path
) -> None:
    key = desk.note_tile()
    desk.service.keep_draft(key, "Man left a b")
    desk.drafts.close()
    again = IncidentDesk(database, tmp_path)
    again.start()
    assert again.notice_keys == [RESTORED]
    assert "unfinished note was restored" in again.notices.current[0].text
    draft = again.service.draft(key)
    assert draft is not None
    assert draft.text == "Man left a b"
    again.service.write(key, again.answers.append)
    again.settle()
    assert again.notice_keys == []
    assert [note.text for note in again.notes(key)] == ["Man left a b"]
    again.close()


def test_the_incident_that_was_worked_on_still_is_unless_it_was_closed(
    desk: IncidentDesk, other: IncidentDesk, database: RefusingDatabase, tmp_path: Path
) -> None:
    key = desk.note_tile()
    desk.close()
    again = IncidentDesk(database, tmp_path)
    again.start()
    assert again.service.current == again.incident(key)
    again.close()
    read = other.incident(key)
    other.change(read, replace(read, status=IncidentStatus.CLOSED))
    once_more = IncidentDesk(database, tmp_path)
    once_more.start()
    assert once_more.service.current is None
    once_more.close()


# --- lists ---------------------------------------------------------------------------------------


def test_lists_follow_what_is_written_and_are_filtered(desk: IncidentDesk) -> None:
    incidents: IncidentList = desk.service.open_list()
    incidents.reload()
    desk.settle()
    assert len(incidents.rows) == 0
    first, second = desk.open_at("BNU-1-1"), desk.open_at("DIK-1-1")
    desk.settle()
    assert {row.id for row in incidents.rows} == {first, second}
    incidents.set_filter(IncidentFilter(districts=frozenset(["DIK"])))
    desk.settle()
    assert [row.id for row in incidents.rows] == [second]
    desk.write(first, "گیٹ پر بیگ")
    incidents.set_filter(IncidentFilter(text="بیگ"))
    desk.settle()
    assert [row.id for row in incidents.rows] == [first]
    incidents.close()
    desk.open_at("BNU-1-2")
    assert [row.id for row in incidents.rows] == [first]


def test_a_long_list_is_read_page_by_page(desk: IncidentDesk) -> None:
    keys = []
    for _ in range(130):
        desk.clock.seconds += 1
        keys.append(desk.open_at())
    incidents: IncidentList = desk.service.open_list()
    incidents.reload()
    desk.settle()
    assert len(incidents.rows) == 100
    assert incidents.has_more
    incidents.load_more()
    desk.settle()
    assert [row.id for row in incidents.rows] == list(reversed(keys))
    assert not incidents.has_more
    incidents.reload()
    desk.settle()
    assert len(incidents.rows) == 130
    incidents.close()
