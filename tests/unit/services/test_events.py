"""The service of events: what comes in is kept, marked and counted; floods do no harm."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.analytics_event import EventPhase, EventSeverity
from app.domain.camera import CameraCode
from app.services import events as events_module
from app.services.events import FULL, EventService
from app.settings.schema import SeveritySettings
from app.storage.database import Database, sqlite_url
from app.storage.migration import bring_up_to_date
from tests.fakes.event_desk import CAMERA, NOON_US, SECOND_US, EventDesk, message
from tests.unit.storage.test_events import page

GATE = CameraCode(CAMERA)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(sqlite_url(tmp_path / "wall.db"))
    bring_up_to_date(database, tmp_path / "backups")
    yield database
    database.close()


@pytest.fixture
def desk(database: Database, tmp_path: Path) -> EventDesk:
    desk = EventDesk(database, tmp_path, [SeveritySettings(label="person", severity="warning")])
    desk.start()
    return desk


def shown(service: EventService) -> list[tuple[str, int]]:
    events = service.open_list()
    rows = [events.row(at) for at in range(len(events))]
    events.close()
    return [(row.first.event.event_id, row.count) for row in rows]


def test_an_event_is_kept_listed_and_marks_its_tile(desk: EventDesk, database: Database) -> None:
    desk.send(message("e1"))
    desk.tick()
    assert shown(desk.service) == [("e1", 1)]
    (row,) = page(database)
    assert row.severity is EventSeverity.WARNING
    assert (row.first.workstation, row.first.event.raw_topic) == ("desk-1", message().raw_topic)
    mark = desk.service.marks.mark(GATE)
    assert mark is not None
    assert (mark.severity, mark.count, mark.rule) == (EventSeverity.WARNING, 1, "Gate line")


def test_a_camera_that_is_not_in_the_registry_is_counted_only(desk: EventDesk) -> None:
    desk.send(message("e1", camera="XYZ-1-1"))
    assert desk.service.unknown_cameras == 1
    assert shown(desk.service) == []


def test_a_state_is_shown_and_no_alarm(desk: EventDesk) -> None:
    desk.send(message("e1", phase=EventPhase.STATE, is_retained=True))
    desk.tick()
    assert shown(desk.service) == [("e1", 1)]
    assert desk.service.marks.mark(GATE) is None
    assert desk.service.per_minute == 0
    assert desk.engine.stills_asked == []


def test_after_a_restart_nothing_is_new_twice(
    desk: EventDesk, database: Database, tmp_path: Path
) -> None:
    desk.send(message("e1"), message("e2", time_us=NOON_US + SECOND_US))
    desk.service.close()
    again = EventDesk(database, tmp_path)
    again.service.on_events([message("e2", time_us=NOON_US + SECOND_US)])
    assert shown(again.service) == [], "what comes before memory is read waits for it"
    again.start()
    again.tick()
    assert shown(again.service) == [("e1", 2)]
    assert again.service.marks.marked == frozenset()
    assert [row.count for row in page(database)] == [2]


def test_the_end_of_an_event_whose_beginning_never_came_is_an_event(
    desk: EventDesk, database: Database
) -> None:
    desk.send(message("e1", phase=EventPhase.END))
    desk.tick()
    assert shown(desk.service) == [("e1", 1)]
    assert len(page(database)) == 1


def test_an_event_that_turns_out_worse_marks_its_tile(desk: EventDesk) -> None:
    desk.send(message("e1", phase=EventPhase.START, label="car"))
    mark = desk.service.marks.mark(GATE)
    assert mark is not None
    assert mark.severity is EventSeverity.INFORMATION
    desk.send(message("e1", phase=EventPhase.UPDATE, label="person"))
    mark = desk.service.marks.mark(GATE)
    assert mark is not None
    assert (mark.severity, mark.count) == (EventSeverity.WARNING, 1)


def test_the_rate_is_that_of_the_last_minute(desk: EventDesk) -> None:
    heard: list[int] = []
    desk.service.rate_changed.connect(heard.append)
    desk.send(*(message(f"e{at}") for at in range(50)))
    desk.tick()
    desk.tick(30)
    desk.send(message("later"))
    desk.tick()
    assert desk.service.per_minute == 51
    desk.tick(30)
    desk.tick(31)
    assert heard == [50, 51, 1, 0]


def test_a_flood_is_taken_in_turn_by_turn(desk: EventDesk, database: Database) -> None:
    turns = 0

    def monotonic() -> float:
        desk.clock.seconds += 0.0001
        return desk.clock.seconds

    desk.clock.monotonic = monotonic  # type: ignore[method-assign]  # each look takes 0.1 ms
    flood = [message(f"e{at}", time_us=NOON_US + at * 1000) for at in range(5000)]
    desk.service.on_events(flood)
    while desk.dispatcher.drain():
        turns += 1
    assert turns > 20, "windows got their turn in between"
    while desk.store.waiting:
        desk.tick()
    assert shown(desk.service) == [("e0", 5000)]
    assert [row.count for row in page(database)] == [5000]


@pytest.mark.logs_errors
def test_more_than_can_be_taken_in_is_refused_and_said(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events_module, "_MOST_INCOMING", 100)
    desk = EventDesk(database, tmp_path)  # not started: nothing is taken in yet
    desk.send(*(message(f"e{at}") for at in range(130)))
    (notice,) = (n for n in desk.notices.current if n.key == FULL)
    assert "30 events were lost" in notice.text
    assert desk.service.dropped == 30


def test_what_can_be_filtered_by_grows_with_what_comes(desk: EventDesk) -> None:
    heard: list[None] = []
    desk.service.facets_changed.connect(heard.append)
    desk.tick()
    heard.clear()
    desk.send(message("e1"), message("e2", label="car", rule="", camera="DIK-1-1"))
    desk.tick()
    desk.send(message("e3"))
    desk.tick()
    assert len(heard) == 1
    assert desk.service.labels == {"person", "car"}
    assert desk.service.rules == {("Gate line", "line_crossed"), ("", "line_crossed")}
    assert desk.service.districts == {"BNU", "DIK"}


def test_bad_times_are_kept_and_harm_no_order(desk: EventDesk, database: Database) -> None:
    now = NOON_US
    times = {"1970": 0, "2100": 4_102_444_800 * SECOND_US, "now": now}
    for at, (name, time_us) in enumerate(times.items()):
        desk.send(message(name, time_us=time_us, received_us=now + at, rule=name))
    desk.tick()
    assert [name for name, _ in shown(desk.service)] == ["now", "2100", "1970"]
    assert [row.first.lag_us for row in page(database)] == [2, now + 1 - times["2100"], now]
