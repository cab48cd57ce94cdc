"""The words and colours of incidents: statuses, times, what became of something."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QCoreApplication, QDate, QLocale

from app.domain.incident import Incident, IncidentStatus, Note
from app.services.incident_store import Answer, Outcome
from ui.theme import tokens

STATUS_COLOURS: Mapping[IncidentStatus, str] = {
    IncidentStatus.NEW: tokens.EVENT_NOTICE,
    IncidentStatus.IN_PROGRESS: tokens.LIVE,
    IncidentStatus.ON_HOLD: tokens.STALE,
    IncidentStatus.CLOSED: tokens.CLOSED,
}
_US = 1_000_000


def status_text(status: IncidentStatus) -> str:
    translate = QCoreApplication.translate
    return {
        IncidentStatus.NEW: translate("Incidents", "New"),
        IncidentStatus.IN_PROGRESS: translate("Incidents", "In progress"),
        IncidentStatus.ON_HOLD: translate("Incidents", "On hold"),
        IncidentStatus.CLOSED: translate("Incidents", "Closed"),
    }[status]


def usual_types() -> Sequence[str]:
    """What incidents mostly are, to choose from; anything else may be written."""
    translate = QCoreApplication.translate
    return (
        translate("Incidents", "Suspicious person"),
        translate("Incidents", "Suspicious vehicle"),
        translate("Incidents", "Unattended object"),
        translate("Incidents", "Weapon seen"),
        translate("Incidents", "Shots or explosion"),
        translate("Incidents", "Fire or smoke"),
        translate("Incidents", "Fight"),
        translate("Incidents", "Theft or robbery"),
        translate("Incidents", "Crowd"),
        translate("Incidents", "Traffic accident"),
        translate("Incidents", "Blocked road"),
        translate("Incidents", "Medical emergency"),
        translate("Incidents", "Damaged or covered camera"),
    )


def number_text(incident: Incident) -> str:
    """What people call it; it has no number before it is saved."""
    return incident.number or QCoreApplication.translate("Incidents", "not saved yet")


def title_text(incident: Incident) -> str:
    """What it is about, in one line."""
    type_ = incident.type or QCoreApplication.translate("Incidents", "type not chosen")
    return " · ".join(filter(None, (type_, incident.place)))


def local_time(time_us: int) -> datetime:
    return datetime.fromtimestamp(time_us / _US, UTC).astimezone()


def time_text(time_us: int) -> str:
    """Local time; with the day where it is not today."""
    when, now = local_time(time_us), datetime.now(UTC).astimezone()
    if when.date() == now.date():
        return f"{when:%H:%M:%S}"
    shape = "d MMM" if when.year == now.year else "d MMM yyyy"
    return f"{QLocale().toString(QDate(when.year, when.month, when.day), shape)} {when:%H:%M:%S}"


def utc_text(time_us: int) -> str:
    """The time as it stands in records: UTC, with the day."""
    return f"{datetime.fromtimestamp(time_us / _US, UTC):%Y-%m-%d %H:%M:%S} UTC"


def byline(note: Note) -> str:
    """Who wrote it where and when, on the local clock and in UTC."""
    who = f"{note.author.operator} · {note.author.workstation}"
    return f"{time_text(note.written_us)} · {who} · {utc_text(note.written_us)}"


def answer_text(answer: Answer, done: str) -> str:
    """What became of something: ``done`` once it is in the database, else why it is not."""
    translate = QCoreApplication.translate
    if answer.outcome is Outcome.SAVED:
        return done
    if answer.outcome is Outcome.WAITING:
        return " ".join(filter(None, (translate("Incidents", "Kept as draft."), answer.problem)))
    return answer.problem
