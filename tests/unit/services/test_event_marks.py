"""Tiles are marked until somebody has looked, or until it no longer matters."""

import pytest

from app.domain.analytics_event import EventSeverity
from app.domain.camera import CameraCode
from app.services.event_marks import LASTS_S, EventMarks, TileMark
from tests.fakes.event_desk import HandClock

GATE, ROAD = CameraCode("BNU-1-1"), CameraCode("BNU-1-2")
INFORMATION = TileMark(EventSeverity.INFORMATION, kind="motion")
WARNING = TileMark(EventSeverity.WARNING, kind="line_crossed", rule="Gate line")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def marks(clock: HandClock) -> EventMarks:
    return EventMarks(clock)


def told(marks: EventMarks) -> list[frozenset[CameraCode]]:
    heard: list[frozenset[CameraCode]] = []
    marks.changed.connect(heard.append)
    return heard


def test_the_worst_event_is_shown_and_all_are_counted(marks: EventMarks) -> None:
    marks.add(GATE, WARNING)
    marks.add(GATE, INFORMATION)
    mark = marks.mark(GATE)
    assert mark is not None
    assert (mark.severity, mark.count, mark.words) == (EventSeverity.WARNING, 2, "Gate line")
    assert INFORMATION.words == "motion"


def test_listeners_hear_once_for_many_events(marks: EventMarks) -> None:
    heard = told(marks)
    for _ in range(100):
        marks.add(GATE, INFORMATION)
    assert heard == []
    marks.expire()
    marks.expire()
    assert heard == [frozenset({GATE})]


def test_below_a_warning_a_mark_goes_by_itself(marks: EventMarks, clock: HandClock) -> None:
    marks.add(GATE, INFORMATION)
    marks.add(ROAD, WARNING)
    marks.expire()
    heard = told(marks)
    clock.seconds += LASTS_S - 1
    marks.add(GATE, INFORMATION)
    clock.seconds += 2
    marks.expire()
    assert marks.marked == {GATE, ROAD}
    clock.seconds += LASTS_S * 100
    marks.expire()
    assert marks.marked == {ROAD}
    assert heard[-1] == {GATE}


def test_selecting_the_tile_is_looking(marks: EventMarks) -> None:
    marks.add(GATE, WARNING)
    marks.expire()
    heard = told(marks)
    marks.watch(GATE)
    assert marks.mark(GATE) is None
    assert heard == [{GATE}]


def test_on_the_selected_tile_even_a_warning_goes_by_itself(
    marks: EventMarks, clock: HandClock
) -> None:
    marks.watch(GATE)
    marks.add(GATE, WARNING)
    marks.expire()
    assert marks.mark(GATE) is not None
    clock.seconds += LASTS_S
    marks.expire()
    assert marks.mark(GATE) is None


def test_an_event_that_turns_out_worse_is_not_counted_again(marks: EventMarks) -> None:
    marks.add(GATE, INFORMATION)
    marks.raise_to(GATE, WARNING)
    mark = marks.mark(GATE)
    assert mark is not None
    assert (mark.severity, mark.count) == (EventSeverity.WARNING, 1)
    marks.raise_to(GATE, INFORMATION)
    assert marks.mark(GATE) == mark


def test_an_event_that_turns_out_worse_after_it_was_seen_marks_again(marks: EventMarks) -> None:
    marks.add(GATE, INFORMATION)
    marks.seen(GATE)
    marks.raise_to(GATE, WARNING)
    assert marks.mark(GATE) == WARNING


def test_seen_twice_is_told_once(marks: EventMarks) -> None:
    marks.add(GATE, WARNING)
    heard = told(marks)
    marks.seen(GATE)
    marks.seen(GATE)
    assert heard == [{GATE}]
