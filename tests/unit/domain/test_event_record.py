"""Messages about one event become one event; nothing known is lost on the way."""

import itertools

import msgspec
import pytest

from app.domain.analytics_event import EventPhase, EventSeverity
from app.domain.camera import CameraCode, DistrictCode, SiteCode
from app.domain.event_filter import EVERYTHING, EventFilter
from app.domain.event_record import EventGroup, EventRecord, EventSubject, event_key, merged
from tests.fakes.event_desk import FULL, NOON_US, SECOND_US, message

START = message(phase=EventPhase.START, confidence=0.4)
UPDATE = message(
    phase=EventPhase.UPDATE, time_us=NOON_US + SECOND_US, confidence=0.9, snapshot_ref="s.jpg"
)
END = message(phase=EventPhase.END, time_us=NOON_US + 4 * SECOND_US)


def record(event_id: str = "e1", **changes: object) -> EventRecord:
    event = message(event_id, **changes)
    key = event_key(event.source, event.event_id)
    return EventRecord(
        key, event, EventSeverity.NOTICE, DistrictCode("BNU"), SiteCode("BNU-1"), key
    )


def describe(_camera: CameraCode) -> str:
    return "BNU-1-1 2.1.1 Main Bazaar"


def test_start_update_and_end_are_one_event() -> None:
    event = merged(merged(START, UPDATE), END)
    assert event.phase is EventPhase.END
    assert (event.time_us, event.received_us) == (START.time_us, START.received_us)
    assert event.end_us == END.time_us
    assert (event.confidence, event.snapshot_ref) == (0.9, "s.jpg")


@pytest.mark.parametrize("order", list(itertools.permutations((START, UPDATE, END))))
def test_in_whatever_order_they_come_it_ends_over(order: tuple[msgspec.Struct, ...]) -> None:
    first, second, third = order
    event = merged(merged(first, second), third)  # type: ignore[arg-type]  # a tuple of events
    assert (event.phase, event.end_us) == (EventPhase.END, END.time_us)
    assert event.confidence == 0.9


def test_the_same_message_again_changes_nothing() -> None:
    assert merged(FULL, FULL) == FULL
    again = msgspec.structs.replace(FULL, received_us=FULL.received_us + SECOND_US)
    assert merged(FULL, again) == FULL


def test_a_poor_message_takes_nothing_away() -> None:
    poor = message("full", label=None)
    assert merged(FULL, poor) == FULL


def test_the_key_is_the_same_everywhere_and_another_for_each_source() -> None:
    assert event_key("city", "e1") == event_key("city", "e1")
    assert len({event_key("city", "e1"), event_key("town", "e1"), event_key("city", "e2")}) == 3
    assert len(event_key("city", "e1")) == 16


def test_a_row_counts_its_events_and_keeps_the_worst_severity_and_all_classes() -> None:
    group = EventGroup.of(record())
    car = record("e2", label="car", time_us=NOON_US + SECOND_US)
    group = group.with_event(car).with_event(record("e3"))
    assert (group.count, group.labels) == (3, ("person", "car"))
    assert group.newest_us == NOON_US + SECOND_US
    assert group.severity is EventSeverity.NOTICE
    assert group.with_severity(EventSeverity.ALARM).severity is EventSeverity.ALARM
    assert group.with_severity(EventSeverity.INFORMATION).severity is EventSeverity.NOTICE


def test_lag_is_what_was_received_minus_what_was_stamped() -> None:
    assert record().lag_us == 200_000
    assert record(received_us=NOON_US - 3_600 * SECOND_US).lag_us == -3_600 * SECOND_US


@pytest.mark.parametrize(
    ("wanted", "fits"),
    [
        (EVERYTHING, True),
        (EventFilter(districts=frozenset({DistrictCode("BNU")})), True),
        (EventFilter(districts=frozenset({DistrictCode("DIK")})), False),
        (EventFilter(labels=frozenset({"car", "bus"})), True),
        (EventFilter(labels=frozenset({"bus"})), False),
        (EventFilter(rules=frozenset({"Gate line"})), True),
        (EventFilter(rules=frozenset({"line_crossed"})), False),
        (EventFilter(least=EventSeverity.NOTICE), True),
        (EventFilter(least=EventSeverity.WARNING), False),
        (EventFilter(text="bazaar PERSON"), True),
        (EventFilter(text="2.1.1"), True),
        (EventFilter(text="line crossed gate"), True),
        (EventFilter(text="bazaar bus"), False),
    ],
)
def test_what_a_filter_lets_through(wanted: EventFilter, fits: bool) -> None:
    group = EventGroup.of(record()).with_labels("car")
    assert wanted.fits(EventSubject.of_group(group), describe) is fits


def test_a_rule_without_a_name_is_chosen_by_its_kind() -> None:
    subject = EventSubject.of_record(record(rule=""))
    assert EventFilter(rules=frozenset({"line_crossed"})).fits(subject, describe)
