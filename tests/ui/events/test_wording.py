"""Times, lags and names of events, as people read them."""

from datetime import UTC, datetime

import pytest

from app.domain.analytics_event import AnalyticsEvent, EventPhase, EventSeverity
from app.domain.detection import LABELS, SourceClock
from app.domain.event_record import EventGroup
from app.services.event_marks import TileMark
from tests.fakes.event_desk import NOON_US, SECOND_US, message
from tests.unit.storage.test_events import record
from ui.events.wording import kind_text, label_text, lag_text, mark_text, time_text

HOUR_US = 3600 * SECOND_US


def moment(time_us: int) -> datetime:
    return datetime.fromtimestamp(time_us / SECOND_US, UTC).astimezone()


def when(time_us: int, now_us: int = NOON_US) -> str:
    return time_text(EventGroup.of(record(message(time_us=time_us))), moment(now_us))


def test_today_has_no_date_and_other_days_have() -> None:
    assert when(NOON_US) == f"{moment(NOON_US):%H:%M:%S}"
    other = when(NOON_US - 48 * HOUR_US)
    assert str(moment(NOON_US - 48 * HOUR_US).day) in other.split()[0]
    assert other.endswith(f"{moment(NOON_US):%H:%M:%S}")
    assert "2024" in when(NOON_US - 2 * 365 * 24 * HOUR_US)


@pytest.mark.parametrize("time_us", [2**62, -(2**62)])
def test_a_time_that_no_calendar_has_is_said(time_us: int) -> None:
    assert when(time_us) == "time unknown"


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (message(), "0.2 s lag"),
        (message(received_us=NOON_US - 2_100_000), "2.1 s ahead of our clock"),
        (message(received_us=NOON_US + 300 * SECOND_US), "came 5 min later"),
        (message(received_us=NOON_US + 5 * HOUR_US), "came 5.0 h later"),
        (message(received_us=NOON_US + 96 * HOUR_US), "came 4 days later"),
        (message(received_us=NOON_US - HOUR_US), "1.0 h ahead of our clock"),
        (message(clock=SourceClock.ARRIVAL), "time of arrival"),
        (message(phase=EventPhase.STATE), "so at the start"),
    ],
)
def test_how_late_it_came(event: AnalyticsEvent, words: str) -> None:
    assert lag_text(event) == words


def test_every_class_has_a_word_and_unknown_kinds_can_be_read() -> None:
    assert all(label_text(label) for label in LABELS)
    assert kind_text("line_crossed") == "Line crossed"
    assert kind_text("Vendor/odd_thing") == "Vendor odd thing"


def test_what_a_marked_tile_says() -> None:
    mark = TileMark(EventSeverity.WARNING, 3, "line_crossed", "Gate line")
    assert mark_text(mark) == "Warning: Gate line ×3"
    assert mark_text(TileMark(EventSeverity.ALARM, 1, "loitering")) == "Alarm: Loitering"
