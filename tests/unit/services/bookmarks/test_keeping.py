"""What the database refuses is kept; what others changed is not overwritten."""

from dataclasses import replace

import pytest

from app.domain.bookmark import Bookmark, FlagState
from app.services.bookmark_changes import Answer, Outcome
from app.services.bookmark_store import DAMAGED, NOT_SAVED
from app.storage.bookmarks import BookmarkRepository
from tests.fakes.bookmark_desk import BookmarkDesk


def changed_elsewhere(desk: BookmarkDesk, bookmark: Bookmark, **changes: object) -> None:
    with desk.database.transaction() as session:
        now = BookmarkRepository(session).get(bookmark.id)
        assert now is not None
        BookmarkRepository(session).change(replace(now, **changes))  # type: ignore[arg-type]  # named by the caller


def texts(desk: BookmarkDesk, key: str) -> list[str]:
    return [notice.text for notice in desk.notices.current if notice.key == key]


@pytest.mark.logs_errors
def test_a_refused_bookmark_waits_and_is_written_later(desk: BookmarkDesk) -> None:
    desk.refuses = "The disk is full"
    made = desk.mark()
    desk.service.change(made, desk.answers.append, title="A white car")
    desk.settle()
    assert [answer.outcome for answer in desk.answers] == [Outcome.WAITING] * 2
    assert texts(desk, NOT_SAVED) == ["Not saved yet: one bookmark. The disk is full"]
    assert desk.stored() == []
    desk.refuses = ""
    desk.later(1.1)
    assert [kept.title for kept in desk.stored()] == ["A white car"]
    assert [answer.outcome for answer in desk.answers[2:]] == [Outcome.SAVED] * 2
    assert texts(desk, NOT_SAVED) == []


@pytest.mark.logs_errors
def test_attempts_are_further_and_further_apart(desk: BookmarkDesk) -> None:
    desk.refuses = "The disk is full"
    desk.mark()
    desk.refuses = ""
    desk.later(0.5)
    assert desk.stored() == []
    desk.later(0.6)
    assert len(desk.stored()) == 1


@pytest.mark.logs_errors
def test_what_was_refused_is_there_after_a_restart(desk: BookmarkDesk) -> None:
    desk.refuses = "The disk is full"
    made = desk.mark()
    desk.service.change(made, lambda _answer: None, flag=FlagState.RAISED)
    desk.settle()
    first = desk.service
    # What the file says a moment later is all that a killed program leaves.
    first._store._kept.close()
    assert desk.file.is_file()
    desk.refuses = ""
    desk.service = desk.open()
    desk.service.start()
    desk.settle()
    (kept,) = desk.stored()
    assert (kept.id, kept.flag) == (made.id, FlagState.RAISED)
    desk.service.close()
    assert desk.file.read_bytes() == b"[]"


@pytest.mark.logs_errors
def test_what_is_left_at_the_end_is_written_then(desk: BookmarkDesk) -> None:
    desk.refuses = "The disk is full"
    desk.mark()
    desk.service.close()
    assert len(desk.stored()) == 1


@pytest.mark.logs_errors
def test_a_damaged_file_is_put_aside(desk: BookmarkDesk) -> None:
    desk.file.write_text('[{"type":"added"')
    desk.service.start()
    assert texts(desk, DAMAGED)
    assert list(desk.folder.glob("bookmarks-unsaved.json.damaged-*"))


def test_changes_of_different_fields_are_joined(desk: BookmarkDesk) -> None:
    made = desk.mark()
    changed_elsewhere(desk, made, flag=FlagState.CONFIRMED)
    desk.service.change(made, desk.answers.append, title="A white car")
    desk.settle()
    (kept,) = desk.stored()
    assert (kept.title, kept.flag) == ("A white car", FlagState.CONFIRMED)


def test_changes_of_the_same_field_collide_in_words(desk: BookmarkDesk) -> None:
    made = desk.mark()
    changed_elsewhere(desk, made, title="A red car")
    desk.service.change(made, desk.answers.append, title="A white car")
    desk.settle()
    assert desk.answers[-1].outcome is Outcome.COLLIDED
    assert "“A red car” meanwhile" in desk.answers[-1].problem
    assert desk.stored()[0].title == "A red car"


def test_what_waits_is_not_lost_behind_a_collision(desk: BookmarkDesk) -> None:
    made = desk.mark()
    changed_elsewhere(desk, made, title="A red car")
    answers: list[Answer] = []
    desk.service.change(made, answers.append, title="A white car")
    desk.service.change(made, answers.append, tags=["car"])
    desk.settle()
    assert [answer.outcome for answer in answers] == [Outcome.COLLIDED, Outcome.SAVED]
    assert desk.stored()[0].tags == ("car",)


def test_a_list_follows_what_is_written(desk: BookmarkDesk) -> None:
    listed = desk.service.open_list()
    listed.load_more()
    desk.settle()
    made = desk.mark()
    assert [row.id for row in listed.rows] == [made.id]
    desk.service.change(made, desk.answers.append, title="A white car")
    desk.settle()
    assert [row.title for row in listed.rows] == ["A white car"]
    listed.close()
