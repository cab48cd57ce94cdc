"""The list stays as far down as it was fetched, whatever is written at its top."""

import pytest

from app.domain.bookmark import FlagState
from app.domain.record_filters import BookmarkFilter, RecordOrder
from app.services import bookmark_list
from app.services.bookmark_list import BookmarkList
from tests.fakes.bookmark_desk import BookmarkDesk


def titles(listed: BookmarkList) -> list[str]:
    return [row.title for row in listed.rows]


def make(desk: BookmarkDesk, title: str) -> None:
    """A bookmark a second later than the one before."""
    desk.clock.seconds += 1
    made = desk.mark(utc_us=desk.clock.utc_us(), offset_us=0)
    desk.service.change(made, desk.answers.append, title=title)
    desk.settle()


@pytest.fixture
def listed(desk: BookmarkDesk, monkeypatch: pytest.MonkeyPatch) -> BookmarkList:
    """Five bookmarks, in pages of two, all fetched."""
    monkeypatch.setattr(bookmark_list, "PAGE", 2)
    for title in "abcde":
        make(desk, title)
    listed = desk.service.open_list()
    while listed.has_more:
        listed.load_more()
        desk.settle()
    assert titles(listed) == list("edcba")
    return listed


def test_a_new_one_comes_on_top(desk: BookmarkDesk, listed: BookmarkList) -> None:
    make(desk, "f")
    assert titles(listed) == list("fedcba")


def test_a_change_far_below_is_shown(desk: BookmarkDesk, listed: BookmarkList) -> None:
    desk.service.change(listed.rows[-1], desk.answers.append, title="z")
    desk.settle()
    assert titles(listed) == list("edcbz")


def test_what_does_not_fit_any_more_goes(desk: BookmarkDesk, listed: BookmarkList) -> None:
    for row in listed.rows[:2]:
        desk.service.change(row, desk.answers.append, flag=FlagState.RAISED)
        desk.settle()
    listed.show(BookmarkFilter(flags=frozenset({FlagState.RAISED})), RecordOrder.NEWEST)
    desk.settle()
    assert titles(listed) == list("ed")
    desk.service.change(listed.rows[0], desk.answers.append, flag=FlagState.NONE)
    desk.settle()
    assert titles(listed) == ["d"]


def test_from_the_oldest_on_a_new_one_comes_at_the_end(
    desk: BookmarkDesk, listed: BookmarkList
) -> None:
    listed.show(BookmarkFilter(), RecordOrder.OLDEST)
    desk.settle()
    make(desk, "f")
    while listed.has_more:
        listed.load_more()
        desk.settle()
    assert titles(listed) == list("abcdef")


def test_an_answer_to_an_older_question_is_dropped(
    desk: BookmarkDesk, listed: BookmarkList
) -> None:
    listed.show(BookmarkFilter(text="nothing"), RecordOrder.NEWEST)
    listed.show(BookmarkFilter(), RecordOrder.OLDEST)
    desk.settle()
    assert titles(listed) == ["a", "b"]
