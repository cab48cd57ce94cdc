"""A case, and what was written about it."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from app.domain.author import Author
from app.domain.camera import CameraCode


class IncidentStatus(Enum):
    NEW = "new"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class PersonCalled:
    """Somebody who was told; ``at_us`` is microseconds of Unix time."""

    name: str
    role: str
    at_us: int


@dataclass(frozen=True, slots=True)
class Incident:
    """``number`` is for people: date, workstation and a counter, given where it was opened.

    Times are microseconds of Unix time; ``holder`` is the operator who has it now. ``severity``
    is 0 to 3, as of events.
    """

    id: UUID
    number: str
    type: str
    status: IncidentStatus
    severity: int
    district: str
    site: str
    place: str
    opened_us: int
    author: Author
    holder: str
    closed_us: int | None = None
    people: tuple[PersonCalled, ...] = ()
    cameras: tuple[CameraCode, ...] = ()
    bookmarks: tuple[UUID, ...] = ()
    clips: tuple[UUID, ...] = ()
    snapshots: tuple[str, ...] = ()
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Note:
    """Never changed and never deleted; a correction is another note whose ``corrects`` names it.

    An automatic one says in words what somebody changed of the incident.
    """

    id: UUID
    incident: UUID
    author: Author
    written_us: int
    text: str
    corrects: UUID | None = None
    is_automatic: bool = False
