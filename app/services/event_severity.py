"""How much an event matters: by the table in the settings, never by the backend's own word."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from app.domain.analytics_event import AnalyticsEvent, EventSeverity
from app.settings.schema import SeveritySettings

DEFAULTS: Sequence[SeveritySettings] = (
    SeveritySettings(label="fire", severity="alarm"),
    SeveritySettings(label="smoke", severity="alarm"),
    SeveritySettings(kind="*alert*", severity="warning"),
    SeveritySettings(kind="tampering", severity="warning"),
    SeveritySettings(kind="loitering", severity="warning"),
    SeveritySettings(kind="object_left", severity="warning"),
    SeveritySettings(kind="line_crossed", label="person", severity="warning"),
    SeveritySettings(kind="zone_entered", label="person", severity="notice"),
    SeveritySettings(kind="object_removed", severity="notice"),
    SeveritySettings(kind="crowd", severity="notice"),
)
"""In force while the settings have no table; what fits none of them is information."""

_SEVERITIES = {severity.name.lower(): severity for severity in EventSeverity}
_KEPT = 10_000


class SeverityTable:
    """The rows in force; the first that fits an event counts."""

    def __init__(self, rows: Sequence[SeveritySettings]) -> None:
        self._rows = [_lowered(row) for row in rows or DEFAULTS]
        self._answers: dict[tuple[str, str, str, str], EventSeverity] = {}

    def severity(self, event: AnalyticsEvent) -> EventSeverity:
        about = (event.source, event.kind, event.rule, event.label or "")
        answer = self._answers.get(about)
        if answer is None:
            if len(self._answers) >= _KEPT:
                self._answers.clear()
            answer = self._answers[about] = self._look_up(about)
        return answer

    def _look_up(self, about: tuple[str, str, str, str]) -> EventSeverity:
        words = [word.lower() for word in about]
        for patterns, severity in self._rows:
            if all(map(fnmatchcase, words, patterns)):
                return severity
        return EventSeverity.INFORMATION


def _lowered(row: SeveritySettings) -> tuple[tuple[str, ...], EventSeverity]:
    patterns = (row.source, row.kind, row.rule, row.label)
    return tuple(pattern.lower() for pattern in patterns), _SEVERITIES[row.severity]
