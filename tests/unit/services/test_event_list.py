"""A list shows what memory and database hold, as one, however it is filtered and scrolled."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.analytics_event import EventPhase
from app.domain.camera import DistrictCode
from app.domain.event_filter import EventFilter
from app.services import event_groups, event_list
from app.services.event_list import EventList, ListChange
from app.storage.database import Database, sqlite_url
from app.storage.migration import bring_up_to_date
from tests.fakes.event_desk import NOON_US, SECOND_US, EventDesk, message

MINUTE_US = 60 * SECOND_US


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_url(tmp_path / "wall.db"))
    bring_up_to_date(database, tmp_path / "backups")
    yield database
    database.close()


@pytest.fixture
def desk(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EventDesk:
    """Little memory and small pages, so that a few dozen events need the database."""
    monkeypatch.setattr(event_groups, "MOST_GROUPS", 20)
    monkeypatch.setattr(event_list, "PAGE", 10)
    monkeypatch.setattr(event_list, "_KEPT_AT_THE_TOP", 20)
    desk = EventDesk(database, tmp_path)
    desk.start()
    return desk


def send(desk: EventDesk, first: int, last: int) -> None:
    """Events a minute apart; those with an even number in Bannu, a third of them of cars."""
    for at in range(first, last):
        desk.send(
            message(
                f"e{at}",
                time_us=NOON_US + at * MINUTE_US,
                camera="BNU-1-1" if at % 2 == 0 else "DIK-1-1",
                label="car" if at % 3 == 0 else "person",
            )
        )
        desk.tick()


def ids(events: EventList) -> list[str]:
    return [events.row(at).first.event.event_id for at in range(len(events))]


def load_all(desk: EventDesk, events: EventList) -> None:
    while events.has_more:
        events.load_more()
        desk.settle()


def expected(last: int, first: int = 0, step: int = 1) -> list[str]:
    return [f"e{at}" for at in reversed(range(first, last, step))]


def changes_of(events: EventList) -> list[ListChange]:
    heard: list[ListChange] = []
    events.changed.connect(heard.append)
    return heard


def test_memory_is_there_at_once_and_the_database_continues_it(desk: EventDesk) -> None:
    send(desk, 0, 55)
    events = desk.service.open_list()
    assert ids(events) == expected(55, 35)
    load_all(desk, events)
    assert ids(events) == expected(55)


def test_new_rows_come_on_top_four_times_a_second(desk: EventDesk) -> None:
    send(desk, 0, 5)
    events = desk.service.open_list()
    heard = changes_of(events)
    for at in range(5, 12):
        desk.send(message(f"e{at}", time_us=NOON_US + at * MINUTE_US))
    assert heard == []
    desk.tick()
    assert heard == [ListChange(on_top=7)]
    assert ids(events) == expected(12)


def test_more_of_a_row_changes_it_where_it_stands(desk: EventDesk) -> None:
    send(desk, 0, 5)
    events = desk.service.open_list()
    heard = changes_of(events)
    again = NOON_US + 3 * MINUTE_US + SECOND_US
    desk.send(message("again", time_us=again, camera="DIK-1-1"))
    desk.tick()
    assert heard == [ListChange(changed=(1,))]
    assert (events.row(1).count, ids(events)) == (2, expected(5))


def test_a_filter_narrows_memory_and_database_alike(desk: EventDesk) -> None:
    send(desk, 0, 60)
    events = desk.service.open_list()
    heard = changes_of(events)
    events.set_filter(EventFilter(labels=frozenset({"car"})))
    assert heard == [ListChange(is_reset=True)]
    load_all(desk, events)
    assert ids(events) == expected(60, step=3)
    events.set_filter(EventFilter(districts=frozenset({DistrictCode("BNU")}), text="bazaar"))
    load_all(desk, events)
    assert ids(events) == expected(60, step=2)
    events.set_filter(EventFilter(text="nothing of that"))
    load_all(desk, events)
    assert ids(events) == []


def test_what_does_not_fit_the_filter_does_not_come_in(desk: EventDesk) -> None:
    events = desk.service.open_list()
    events.set_filter(EventFilter(labels=frozenset({"car"})))
    heard = changes_of(events)
    send(desk, 1, 3)
    assert heard == []
    send(desk, 3, 4)
    assert ids(events) == ["e3"]


def test_an_answer_to_an_earlier_filter_is_not_shown(desk: EventDesk) -> None:
    send(desk, 0, 60)
    events = desk.service.open_list()
    events.load_more()
    events.set_filter(EventFilter(labels=frozenset({"car"})))
    desk.settle()
    assert all(int(name[1:]) % 3 == 0 for name in ids(events))
    load_all(desk, events)
    assert ids(events) == expected(60, step=3)


def test_pages_that_nobody_looks_at_are_let_go_and_come_again(desk: EventDesk) -> None:
    send(desk, 0, 60)
    events = desk.service.open_list()
    load_all(desk, events)
    assert len(events) == 60
    events.is_at_top = False
    send(desk, 60, 65)
    assert len(events) == 65
    events.is_at_top = True
    heard = changes_of(events)
    send(desk, 65, 66)
    assert heard == [ListChange(on_top=1, cut=46)]
    assert ids(events) == expected(66, 46)
    load_all(desk, events)
    assert ids(events) == expected(66)


def test_a_clock_that_was_set_back_puts_rows_where_they_belong(desk: EventDesk) -> None:
    send(desk, 0, 5)
    events = desk.service.open_list()
    heard = changes_of(events)
    late = message("late", time_us=NOON_US + 90 * SECOND_US, camera="LKM-1-1")
    desk.send(late)
    desk.tick()
    assert heard == [ListChange(is_reset=True)]
    assert ids(events) == ["e4", "e3", "e2", "late", "e1", "e0"]


def test_the_end_of_an_event_that_left_memory_still_reaches_its_row(desk: EventDesk) -> None:
    begun = message("long", phase=EventPhase.START, camera="LKM-1-1")
    desk.send(begun)
    send(desk, 1, 40)
    events = desk.service.open_list()
    load_all(desk, events)
    events.is_at_top = False
    heard = changes_of(events)
    end = message("long", phase=EventPhase.END, time_us=NOON_US + 50 * MINUTE_US, camera="LKM-1-1")
    desk.send(end)
    desk.tick()
    assert heard == [ListChange(changed=(39,))]
    assert events.row(39).first.event.end_us == end.time_us
    assert len(events) == 40


def test_a_closed_list_hears_nothing_more(desk: EventDesk) -> None:
    send(desk, 0, 60)
    events = desk.service.open_list()
    heard = changes_of(events)
    events.load_more()
    events.close()
    send(desk, 60, 62)
    assert heard == []


def test_a_list_without_a_readable_database_shows_memory(desk: EventDesk) -> None:
    send(desk, 0, 5)
    events = desk.service.open_list()
    failures: list[object] = []

    def refuse(*arguments: object) -> None:
        failed = arguments[-1]
        assert callable(failed)
        failures.append(failed)
        failed(OSError())

    desk.store.page = refuse  # type: ignore[method-assign, assignment]  # no database
    events.load_more()
    assert len(failures) == 1
    assert ids(events) == expected(5)
    assert not events.has_more
