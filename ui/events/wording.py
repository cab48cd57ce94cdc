"""The words and colours of events: kinds, classes, severities, times, lags."""

from collections.abc import Mapping
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from app.domain.analytics_event import AnalyticsEvent, EventPhase, EventSeverity
from app.domain.detection import SourceClock
from app.domain.event_record import EventGroup
from app.services.event_marks import TileMark
from ui.theme import tokens

SEVERITY_COLOURS: Mapping[EventSeverity, str] = {
    EventSeverity.INFORMATION: tokens.EVENT_INFORMATION,
    EventSeverity.NOTICE: tokens.EVENT_NOTICE,
    EventSeverity.WARNING: tokens.EVENT_WARNING,
    EventSeverity.ALARM: tokens.EVENT_ALARM,
}
SEVERITY_ICONS: Mapping[EventSeverity, str] = {
    EventSeverity.INFORMATION: "info",
    EventSeverity.NOTICE: "event",
    EventSeverity.WARNING: "warning",
    EventSeverity.ALARM: "error",
}
_US = 1_000_000
_LONG_S = 60.0
_HOUR_S = 3600.0


def severity_text(severity: EventSeverity) -> str:
    translate = QCoreApplication.translate
    return {
        EventSeverity.INFORMATION: translate("Events", "Information"),
        EventSeverity.NOTICE: translate("Events", "Notice"),
        EventSeverity.WARNING: translate("Events", "Warning"),
        EventSeverity.ALARM: translate("Events", "Alarm"),
    }[severity]


def severity_words(group: EventGroup) -> str:
    """The severity of a row; a state is none, however grave its beginning would have been."""
    if group.is_state:
        return QCoreApplication.translate("Events", "State")
    return severity_text(group.severity)


def colour_of(group: EventGroup) -> str:
    return tokens.CLOSED if group.is_state else SEVERITY_COLOURS[group.severity]


def kind_text(kind: str) -> str:
    """What happened; a word that we do not know is shown as it came."""
    translate = QCoreApplication.translate
    words = {
        "line_crossed": translate("Events", "Line crossed"),
        "zone_entered": translate("Events", "Zone entered"),
        "loitering": translate("Events", "Loitering"),
        "motion": translate("Events", "Motion"),
        "tampering": translate("Events", "Tampering"),
        "count": translate("Events", "Count"),
        "object_detected": translate("Events", "Object detected"),
        "object_left": translate("Events", "Object left behind"),
        "object_removed": translate("Events", "Object removed"),
        "plate_read": translate("Events", "Number plate read"),
        "face_recognised": translate("Events", "Face found"),
        "crowd": translate("Events", "Crowd"),
        "review": translate("Events", "For review"),
        "review_alert": translate("Events", "Alert for review"),
        "review_detection": translate("Events", "Detection for review"),
    }
    return words.get(kind) or kind.replace("_", " ").replace("/", " ").strip().capitalize()


def label_text(label: str) -> str:
    """The class of an object."""
    translate = QCoreApplication.translate
    words = {
        "person": translate("Events", "person"),
        "face": translate("Events", "face"),
        "vehicle": translate("Events", "vehicle"),
        "car": translate("Events", "car"),
        "truck": translate("Events", "truck"),
        "bus": translate("Events", "bus"),
        "motorcycle": translate("Events", "motorcycle"),
        "bicycle": translate("Events", "bicycle"),
        "animal": translate("Events", "animal"),
        "plate": translate("Events", "number plate"),
        "bag": translate("Events", "bag"),
        "fire": translate("Events", "fire"),
        "smoke": translate("Events", "smoke"),
        "unknown": translate("Events", "unknown object"),
    }
    return words.get(label, label)


def rule_text(rule: str, kind: str) -> str:
    """The rule by the name that the backend gives it, else what happened."""
    return rule or kind_text(kind)


def mark_text(mark: TileMark) -> str:
    """What a marked tile says, for example ``Warning: Gate line ×3``."""
    words = f"{severity_text(mark.severity)}: {rule_text(mark.rule, mark.kind)}"
    return f"{words} ×{mark.count}" if mark.count > 1 else words


def about_text(group: EventGroup) -> str:
    """Classes, rule and what happened in one line."""
    event = group.first.event
    what = [label_text(label) for label in group.labels]
    what.append(rule_text(event.rule, event.kind))
    if event.rule:
        what.append(kind_text(event.kind))
    return " · ".join(dict.fromkeys(what))


def time_text(group: EventGroup, now: datetime) -> str:
    """When it happened, in local time on its own clock; with the day where it is not today."""
    when = _local(group.first.event.time_us)
    if when is None:
        return QCoreApplication.translate("Events", "time unknown")
    if when.date() == now.astimezone().date():
        return f"{when:%H:%M:%S}"
    day = QLocale().toString(QDate(when.year, when.month, when.day), "d MMM")
    if when.year != now.astimezone().year:
        day = QLocale().toString(QDate(when.year, when.month, when.day), "d MMM yyyy")
    return f"{day} {when:%H:%M:%S}"


def lag_text(event: AnalyticsEvent) -> str:
    """How long after it happened it came here; its clock need not be ours."""
    translate = QCoreApplication.translate
    if event.phase is EventPhase.STATE:
        return translate("Events", "so at the start")
    if event.clock is SourceClock.ARRIVAL:
        return translate("Events", "time of arrival")
    lag_s = (event.received_us - event.time_us) / _US
    if abs(lag_s) < _LONG_S:
        if lag_s < 0:
            return translate("Events", "{0} s ahead of our clock").format(f"{-lag_s:.1f}")
        return translate("Events", "{0} s lag").format(f"{lag_s:.1f}")
    words = (
        translate("Events", "came {0} later")
        if lag_s > 0
        else translate("Events", "{0} ahead of our clock")
    )
    return words.format(_long(abs(lag_s)))


def clock_text(clock: SourceClock) -> str:
    """Whose clock an event's time is of."""
    translate = QCoreApplication.translate
    return {
        SourceClock.CAMERA: translate("Events", "the camera's clock"),
        SourceClock.BACKEND_CAPTURE: translate("Events", "the backend's clock, at the picture"),
        SourceClock.BACKEND_EMIT: translate("Events", "the backend's clock, after analysis"),
        SourceClock.ARRIVAL: translate("Events", "this workstation's clock, at arrival"),
    }[clock]


def _long(seconds: float) -> str:
    translate = QCoreApplication.translate
    if seconds < _HOUR_S:
        return translate("Events", "{0} min").format(f"{seconds / 60:.0f}")
    if seconds < 48 * _HOUR_S:
        return translate("Events", "{0} h").format(f"{seconds / _HOUR_S:.1f}")
    return translate("Events", "{0} days").format(f"{seconds / _HOUR_S / 24:.0f}")


def _local(time_us: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(time_us / _US, UTC).astimezone()
    except (OverflowError, OSError, ValueError):  # outside of what this system can name
        return None
