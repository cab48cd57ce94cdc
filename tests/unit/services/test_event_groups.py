"""Messages become events, events become rows; memory stays bounded."""

from typing import Any

import pytest

from app.domain.analytics_event import AnalyticsEvent, EventPhase, EventSeverity
from app.domain.event_record import EventGroup
from app.services import event_groups
from app.services.event_groups import LONGEST_US, Effect, EventGroups, Outcome
from tests.fakes.directory import FakeDirectory
from tests.fakes.event_desk import NOON_US, SECOND_US, message

GATE = FakeDirectory().camera("BNU-1-1")  # type: ignore[arg-type]  # a plain text is a code


@pytest.fixture
def groups() -> EventGroups:
    return EventGroups("desk-1")


def add(
    groups: EventGroups, event: AnalyticsEvent, severity: EventSeverity = EventSeverity.NOTICE
) -> Outcome:
    assert GATE is not None
    return groups.add(event, severity, GATE)


def at(second: float, event_id: str = "", **changes: Any) -> AnalyticsEvent:
    time_us = NOON_US + round(second * SECOND_US)
    return message(event_id or f"at {second}", time_us=time_us, **changes)


def test_events_within_thirty_seconds_of_each_other_are_one_row(groups: EventGroups) -> None:
    effects = [add(groups, at(second)).effect for second in (0, 29, 58, 88, 119)]
    assert effects == [Effect.ROW, *[Effect.JOINED] * 3, Effect.ROW]
    newest, oldest = groups.newest_first
    assert (newest.count, oldest.count) == (1, 4)


@pytest.mark.parametrize(
    "other",
    [{"camera": "BNU-1-2"}, {"rule": "Other line"}, {"kind": "loitering"}, {"source": "town"}],
)
def test_another_camera_or_rule_is_another_row(groups: EventGroups, other: dict[str, Any]) -> None:
    add(groups, at(0))
    assert add(groups, at(1, **other)).effect is Effect.ROW


def test_another_class_of_the_same_rule_is_the_same_row(groups: EventGroups) -> None:
    add(groups, at(0))
    outcome = add(groups, at(1, label="car"))
    assert outcome.group is not None
    assert (outcome.effect, outcome.group.labels) == (Effect.JOINED, ("person", "car"))


def test_a_row_does_not_grow_for_hours(groups: EventGroups) -> None:
    effects = [add(groups, at(second)).effect for second in range(0, 1300, 20)]
    assert effects.count(Effect.ROW) == 1 + 1300 * SECOND_US // (LONGEST_US + 20 * SECOND_US)


def test_a_night_that_arrives_at_once_is_not_one_row(groups: EventGroups) -> None:
    now = NOON_US + 40_000 * SECOND_US
    effects = {add(groups, at(hour * 3600, received_us=now)).effect for hour in range(10)}
    assert effects == {Effect.ROW}


def test_start_update_and_end_count_once(groups: EventGroups) -> None:
    add(groups, at(0, "e", phase=EventPhase.START))
    update = add(groups, at(5, "e", phase=EventPhase.UPDATE, label="car"), EventSeverity.ALARM)
    end = add(groups, at(9, "e", phase=EventPhase.END))
    assert (update.effect, end.effect) == (Effect.CHANGED, Effect.CHANGED)
    assert (update.before, end.before) == (EventSeverity.NOTICE, EventSeverity.ALARM)
    (group,) = groups.newest_first
    assert (group.count, group.severity) == (1, EventSeverity.ALARM)
    assert group.first.event.phase is EventPhase.END


def test_a_later_event_of_a_row_that_turns_out_worse_makes_the_row_worse(
    groups: EventGroups,
) -> None:
    add(groups, at(0))
    add(groups, at(1, "e2", phase=EventPhase.START))
    add(groups, at(2, "e2", phase=EventPhase.UPDATE), EventSeverity.ALARM)
    (group,) = groups.newest_first
    assert (group.count, group.severity) == (2, EventSeverity.ALARM)
    assert group.first.severity is EventSeverity.NOTICE


def test_a_message_that_is_sent_twice_does_nothing(groups: EventGroups) -> None:
    add(groups, at(0))
    again = at(0, received_us=NOON_US + 7 * SECOND_US)
    assert add(groups, again).effect is Effect.NOTHING
    assert groups.newest_first[0].count == 1


def test_a_state_is_a_row_of_its_own_and_joins_nothing(groups: EventGroups) -> None:
    add(groups, at(0))
    state = at(1, phase=EventPhase.STATE, is_retained=True)
    assert add(groups, state).effect is Effect.ROW
    assert add(groups, state).effect is Effect.NOTHING
    assert add(groups, at(2)).effect is Effect.JOINED
    assert [group.is_state for group in groups.newest_first] == [True, False]


def test_a_state_that_ends_is_over(groups: EventGroups) -> None:
    add(groups, at(1, "s", phase=EventPhase.STATE, is_retained=True))
    add(groups, at(9, "s", phase=EventPhase.END))
    (group,) = groups.newest_first
    assert group.first.event.phase is EventPhase.END
    assert not group.first.event.is_retained


def test_an_update_of_an_unknown_event_is_left_to_the_database(groups: EventGroups) -> None:
    assert add(groups, at(0, phase=EventPhase.UPDATE)).effect is Effect.OLD
    assert groups.newest_first == []


def test_what_the_last_run_knew_is_known(groups: EventGroups) -> None:
    before = EventGroups("desk-1")
    outcomes = [add(before, at(second)) for second in (0, 10, 100)]
    groups.load(before.newest_first, [o.record for o in reversed(outcomes) if o.record])
    assert add(groups, at(10)).effect is Effect.NOTHING
    assert add(groups, at(120)).effect is Effect.JOINED
    assert [group.count for group in groups.newest_first] == [2, 2]


def test_memory_keeps_the_newest_and_knows_where_it_begins(
    groups: EventGroups, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_groups, "MOST_GROUPS", 10)
    monkeypatch.setattr(event_groups, "MOST_RECORDS", 20)
    for minute in range(50):
        add(groups, at(minute * 60))
    kept = groups.newest_first
    assert len(kept) == 10
    assert groups.floor == kept[-1].place
    assert kept[-1].first.event.time_us == NOON_US + 40 * 60 * SECOND_US
    assert add(groups, at(45 * 60)).effect is Effect.NOTHING
    assert add(groups, at(35 * 60)).effect is Effect.NOTHING, "known, though its row is gone"
    assert add(groups, at(35 * 60, label="car")).effect is Effect.OLD


def test_more_about_an_old_event_changes_its_row_where_it_is_in_memory(
    groups: EventGroups,
) -> None:
    outcome = add(EventGroups("other"), at(0, "e", phase=EventPhase.START))
    assert outcome.record is not None
    assert outcome.group is not None
    ended = groups.adopt(outcome.group, outcome.record, at(9, "e", phase=EventPhase.END))
    assert isinstance(ended.group, EventGroup)
    assert ended.group.first.event.phase is EventPhase.END
    assert groups.newest_first == []
