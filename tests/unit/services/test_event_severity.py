"""The table of the settings says how much an event matters."""

import pytest

from app.domain.analytics_event import AnalyticsEvent, EventSeverity
from app.services.event_severity import SeverityTable
from app.settings.schema import SeveritySettings
from tests.fakes.event_desk import message


@pytest.mark.parametrize(
    ("event", "severity"),
    [
        (message(label="fire"), EventSeverity.ALARM),
        (message(kind="review_alert", label="car"), EventSeverity.WARNING),
        (message(kind="line_crossed", label="person"), EventSeverity.WARNING),
        (message(kind="line_crossed", label="car"), EventSeverity.INFORMATION),
        (message(kind="zone_entered", label="person"), EventSeverity.NOTICE),
        (message(kind="something_new", label=None), EventSeverity.INFORMATION),
    ],
)
def test_without_a_table_sensible_defaults_hold(
    event: AnalyticsEvent, severity: EventSeverity
) -> None:
    assert SeverityTable([]).severity(event) is severity


def test_the_first_row_that_fits_counts() -> None:
    table = SeverityTable(
        [
            SeveritySettings(source="old-*", severity="information"),
            SeveritySettings(rule="gate*", label="pers?n", severity="alarm"),
            SeveritySettings(rule="Gate line", severity="notice"),
        ]
    )
    assert table.severity(message(source="old-1")) is EventSeverity.INFORMATION
    assert table.severity(message()) is EventSeverity.ALARM
    assert table.severity(message(label="car")) is EventSeverity.NOTICE
    assert table.severity(message(label="fire", rule="x")) is EventSeverity.INFORMATION


def test_letters_may_be_large_or_small() -> None:
    table = SeverityTable([SeveritySettings(kind="LINE_crossed", severity="alarm")])
    assert table.severity(message(kind="Line_Crossed")) is EventSeverity.ALARM


def test_a_backend_with_ever_new_names_fills_no_memory() -> None:
    table = SeverityTable([SeveritySettings(rule="r5*", severity="alarm")])
    found = [table.severity(message(rule=f"r{at}")) for at in range(25_000)]
    assert found.count(EventSeverity.ALARM) == sum(str(at)[0] == "5" for at in range(25_000))
