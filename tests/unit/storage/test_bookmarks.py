"""Bookmarks in the database: they come back as they were, and lists find them.

The PostgreSQL tests run the same functions against a server.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from app.core.errors import RecordChanged
from app.domain.bookmark import Bookmark, FlagState
from app.domain.camera import CameraCode, DistrictCode
from app.domain.record_filters import BookmarkFilter, RecordOrder
from app.storage.bookmarks import BookmarkRepository
from app.storage.database import Database
from tests.fakes.records import NOON_US, SECOND_US, bookmark, key

EVERYTHING = BookmarkFilter()


def keep(database: Database, *bookmarks: Bookmark) -> None:
    with database.transaction() as session:
        for each in bookmarks:
            assert BookmarkRepository(session).add(each)


def change(database: Database, changed: Bookmark) -> Bookmark:
    with database.transaction() as session:
        return BookmarkRepository(session).change(changed)


def page(
    database: Database, wanted: BookmarkFilter = EVERYTHING, limit: int = 100, **more: Any
) -> Sequence[Bookmark]:
    with database.reading() as session:
        return BookmarkRepository(session).page(wanted, limit, **more)


def get(database: Database, of: Bookmark) -> Bookmark | None:
    with database.reading() as session:
        return BookmarkRepository(session).get(of.id)


def tags(database: Database) -> Sequence[tuple[str, int]]:
    with database.reading() as session:
        return BookmarkRepository(session).tags()


def test_everything_of_a_bookmark_comes_back(records: Database) -> None:
    one = bookmark()
    bare = bookmark(1, end_us=None, kind=None, tags=(), picture_age_ms=None, drawn=(),
        thumbnail="", clip=None, event_key=None, incident=None)  # fmt: skip
    keep(records, one, bare)
    assert get(records, one) == one
    assert page(records) == [bare, one]
    assert get(records, bookmark()) is None


def test_a_bookmark_that_is_added_again_is_there_once(records: Database) -> None:
    one = bookmark()
    keep(records, one)
    with records.transaction() as session:
        assert not BookmarkRepository(session).add(replace(one, title="another"))
    assert page(records) == [one]
    assert tags(records) == [("car", 1), ("گاڑی", 1)]


def test_a_change_keeps_what_may_change_and_nothing_else(records: Database) -> None:
    one = bookmark()
    keep(records, one)
    allowed: dict[str, Any] = {
        "end_us": None,
        "title": "A new title",
        "tags": ("red",),
        "flag": FlagState.RAISED,
        "thumbnail": "two.jpg",
        "clip": key(),
        "incident": None,
        "severity": 3,
    }
    wanted = replace(one, **allowed, camera=CameraCode("DIK-1-1"), start_us=1, drawn=())
    expected = replace(one, **allowed, revision=2)
    assert change(records, wanted) == expected
    assert get(records, one) == expected
    assert page(records, BookmarkFilter("left")) == []
    assert page(records, BookmarkFilter("new title red")) == [expected]


def test_a_change_of_an_older_revision_is_refused_and_nothing_is_lost(records: Database) -> None:
    one = bookmark()
    keep(records, one)
    first = change(records, replace(one, title="first"))
    with pytest.raises(RecordChanged, match="changed by somebody else") as caught:
        change(records, replace(one, title="second"))
    assert caught.value.advice
    assert get(records, one) == first


def test_a_change_of_which_nobody_knows_whether_it_was_kept_may_be_repeated(
    records: Database,
) -> None:
    one = bookmark()
    keep(records, one)
    first = change(records, replace(one, title="first"))
    assert change(records, replace(one, title="first")) == first


def test_a_bookmark_that_is_not_there_cannot_be_changed(records: Database) -> None:
    with pytest.raises(RecordChanged, match="not there"):
        change(records, bookmark())


def test_pages_follow_each_other_without_gap_and_without_overlap(records: Database) -> None:
    made = [bookmark(at // 3) for at in range(20)]  # three at each moment
    keep(records, *made)
    for order in RecordOrder:
        seen: list[Bookmark] = []
        after = None
        while found := page(records, limit=6, after=after, order=order):
            seen += found
            after = found[-1].id
        assert len(seen) == 20
        assert set(seen) == set(made)
        times = [each.start_us for each in seen]
        assert times == sorted(times, reverse=order is RecordOrder.NEWEST)


def test_each_filter_lets_through_what_it_says(records: Database) -> None:
    one = bookmark(0, title="Gate left", tags=("car", "red"), flag=FlagState.RAISED)
    two = bookmark(60, camera=CameraCode("DIK-1-1"), district=DistrictCode("DIK"), tags=("car",),
        author=replace(one.author, operator="Gul"), title="بازار")  # fmt: skip
    keep(records, one, two)
    half = NOON_US + 30 * SECOND_US
    for wanted, expected in (
        (BookmarkFilter("gat"), [one]),
        (BookmarkFilter("LEFT gate"), [one]),
        (BookmarkFilter("gate بازار"), []),
        (BookmarkFilter("ate"), []),
        (BookmarkFilter("باز"), [two]),
        (BookmarkFilter("dik-1"), [two]),
        (BookmarkFilter("red"), [one]),
        (BookmarkFilter("nothing", named=frozenset({two.camera})), [two]),
        (BookmarkFilter("", named=frozenset({two.camera})), [two, one]),
        (BookmarkFilter(tags=frozenset({"car"})), [two, one]),
        (BookmarkFilter(tags=frozenset({"car", "red"})), [one]),
        (BookmarkFilter(tags=frozenset({"ca"})), []),
        (BookmarkFilter(cameras=frozenset({one.camera, two.camera})), [two, one]),
        (BookmarkFilter(cameras=frozenset({one.camera})), [one]),
        (BookmarkFilter(districts=frozenset({two.district})), [two]),
        (BookmarkFilter(operators=frozenset({"Gul"})), [two]),
        (BookmarkFilter(flags=frozenset({FlagState.RAISED})), [one]),
        (BookmarkFilter(flags=frozenset(FlagState)), [two, one]),
        (BookmarkFilter(incident=one.incident), [one]),
        (BookmarkFilter(from_us=half), [two]),
        (BookmarkFilter(to_us=half), [one]),
        (BookmarkFilter("gate", from_us=half), []),
        (BookmarkFilter("gate", to_us=half, flags=frozenset({FlagState.RAISED})), [one]),
    ):
        assert page(records, wanted) == expected, wanted
        with records.reading() as session:
            assert BookmarkRepository(session).count(wanted) == len(expected), wanted


def test_times_are_those_of_this_workstation(records: Database) -> None:
    one = bookmark(offset_us=7 * SECOND_US)
    keep(records, one)
    start = NOON_US + 7 * SECOND_US
    assert page(records, BookmarkFilter(from_us=start, to_us=start + 1)) == [one]
    assert page(records, BookmarkFilter(to_us=start)) == []


def test_a_count_stops_where_it_is_told(records: Database) -> None:
    keep(records, *(bookmark(at) for at in range(5)))
    with records.reading() as session:
        assert BookmarkRepository(session).count(EVERYTHING, at_most=3) == 3


def test_bookmarks_are_found_by_event_clip_and_key(records: Database) -> None:
    one, two = bookmark(), bookmark(1, event_key=None, clip=None)
    keep(records, one, two)
    assert one.event_key is not None
    assert one.clip is not None
    with records.reading() as session:
        repository = BookmarkRepository(session)
        assert repository.of_event(one.event_key) == [one]
        assert repository.of_clip(one.clip) == [one]
        assert repository.of_clip(key()) == []
        assert repository.many([two.id, key()]) == {two.id: two}


def test_tags_are_counted_and_unused_ones_are_no_longer_offered(records: Database) -> None:
    one, two = bookmark(tags=("car", "red")), bookmark(1, tags=("car",))
    keep(records, one, two)
    assert tags(records) == [("car", 2), ("red", 1)]
    change(records, replace(one, tags=("car", "blue")))
    assert tags(records) == [("car", 2), ("blue", 1)]


def test_hostile_texts_and_times_are_kept_as_far_as_they_can_be(records: Database) -> None:
    odd = bookmark(
        title="zero \0 half \ud800 'quote\" \\ %s :name", tags=("a\0b", "\ud800"), start_us=-5,
        camera=CameraCode("C" * 100), thumbnail="x" * 500,
    )  # fmt: skip
    late = bookmark(start_us=2**70, end_us=-(2**70), created_us=2**64)
    keep(records, odd, late)
    found = page(records)
    assert [each.id for each in found] == [late.id, odd.id]
    assert found[1].title == "zero  half ? 'quote\" \\ %s :name"
    assert found[1].tags == ("ab", "?")
    assert page(records, BookmarkFilter("'quote\" \\ %s :name")) == [found[1]]
