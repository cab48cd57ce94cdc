"""Clips in the database, and which of them may go. The PostgreSQL tests run the same."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.core.errors import RecordChanged
from app.domain.bookmark import FlagState
from app.domain.camera import CameraCode
from app.domain.clip_record import Clip, ClipState
from app.domain.incident import IncidentStatus
from app.domain.record_filters import RecordOrder
from app.storage.bookmarks import BookmarkRepository
from app.storage.clips import ClipRepository
from app.storage.database import Database
from app.storage.incidents import IncidentRepository
from tests.fakes.records import bookmark, clip, incident, key


def keep(database: Database, *clips: Clip) -> None:
    with database.transaction() as session:
        for each in clips:
            assert ClipRepository(session).add(each)


def removable(database: Database) -> Sequence[Clip]:
    with database.reading() as session:
        return ClipRepository(session).removable()


def test_everything_of_a_clip_comes_back(records: Database) -> None:
    one = clip(gaps=((1, 2), (3, 4)), is_locked=True)
    bare = clip(1, gaps=(), reason="", state=ClipState.BROKEN)
    keep(records, one, bare)
    with records.reading() as session:
        repository = ClipRepository(session)
        assert repository.get(one.id) == one
        assert repository.get(key()) is None
        assert repository.many([bare.id, key()]) == {bare.id: bare}
        assert repository.page(10) == [bare, one]
        assert repository.kept_bytes() == 2_000
    with records.transaction() as session:
        assert not ClipRepository(session).add(one)


def test_a_clip_that_grew_is_kept_as_it_became(records: Database) -> None:
    one = clip(state=ClipState.WRITING, bytes=0, sha256="")
    keep(records, one)
    done = replace(one, state=ClipState.COMPLETE, bytes=5, sha256="cd" * 32, is_locked=True)
    with records.transaction() as session:
        ClipRepository(session).lock(one.id, False)
        ClipRepository(session).change(done)
    with records.reading() as session:
        # Who locks and who writes do not undo each other's work.
        assert ClipRepository(session).get(one.id) == replace(done, is_locked=False)
    with pytest.raises(RecordChanged), records.transaction() as session:
        ClipRepository(session).change(clip())


def test_pages_can_be_of_some_cameras_and_states(records: Database) -> None:
    made = [clip(at, camera=CameraCode(f"BNU-1-{at % 2}")) for at in range(10)]
    made[4] = replace(made[4], state=ClipState.BROKEN)
    keep(records, *made)
    even = {CameraCode("BNU-1-0")}
    with records.reading() as session:
        repository = ClipRepository(session)
        first = repository.page(2, cameras=even)
        assert [*first, *repository.page(9, first[-1].id, cameras=even)] == made[8::-2]
        oldest = repository.page(3, order=RecordOrder.OLDEST)
        assert repository.page(9, oldest[-1].id, order=RecordOrder.OLDEST) == made[3:]
        assert repository.page(9, states=[ClipState.BROKEN]) == [made[4]]


def test_what_is_needed_is_not_among_what_may_go(records: Database) -> None:
    free, broken, locked, writing, flagged, of_open, of_closed, marked = made = [
        clip(0),
        clip(1, state=ClipState.BROKEN),
        clip(2, is_locked=True),
        clip(3, state=ClipState.WRITING),
        *(clip(at) for at in range(4, 8)),
    ]
    keep(records, *made)
    with records.transaction() as session:
        bookmarks, incidents = BookmarkRepository(session), IncidentRepository(session)
        bookmarks.add(bookmark(clip=flagged.id, flag=FlagState.RAISED))
        bookmarks.add(bookmark(clip=marked.id))
        incidents.add(incident(clips=(of_open.id, of_closed.id)))
        incidents.add(incident(clips=(of_closed.id,), status=IncidentStatus.CLOSED))
        only_closed = incident(clips=(free.id,), status=IncidentStatus.CLOSED)
        incidents.add(only_closed)
    assert removable(records) == [free, broken, marked]
    with records.transaction() as session:
        assert ClipRepository(session).delete([each.id for each in made]) == 3
    with records.reading() as session:
        left = ClipRepository(session).page(10, order=RecordOrder.OLDEST)
    assert left == [locked, writing, flagged, of_open, of_closed]


def test_nothing_is_deleted_when_nothing_is_named(records: Database) -> None:
    keep(records, clip())
    with records.transaction() as session:
        assert ClipRepository(session).delete([]) == 0
    assert len(removable(records)) == 1
