"""Which bookmarks and incidents a list shows, and in which order."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from app.domain.bookmark import FlagState
from app.domain.camera import CameraCode, DistrictCode
from app.domain.incident import IncidentStatus


class RecordOrder(Enum):
    """By the time of what the record is about, on this workstation's clock."""

    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class BookmarkFilter:
    """Empty sets let everything through.

    Each word of ``text`` must begin a word of the title, of a tag or of what a supervisor wrote;
    capital letters, vowel signs and the several shapes of one Arabic letter do not matter. A
    bookmark of a camera in ``named`` is found as well: those that the text names. All ``tags``
    must be there. ``from_us`` is included, ``to_us`` is not: microseconds of Unix time on this
    workstation's clock (``start_us + offset_us``).
    """

    text: str = ""
    named: frozenset[CameraCode] = frozenset()
    tags: frozenset[str] = frozenset()
    cameras: frozenset[CameraCode] = frozenset()
    districts: frozenset[DistrictCode] = frozenset()
    operators: frozenset[str] = frozenset()
    flags: frozenset[FlagState] = frozenset()
    incident: UUID | None = None
    from_us: int | None = None
    to_us: int | None = None


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """As ``BookmarkFilter``; ``text`` is also sought in the notes, the number and the people.

    ``from_us`` and ``to_us`` are about when it was opened.
    """

    text: str = ""
    statuses: frozenset[IncidentStatus] = frozenset()
    districts: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    holders: frozenset[str] = frozenset()
    cameras: frozenset[CameraCode] = frozenset()
    bookmark: UUID | None = None
    clip: UUID | None = None
    from_us: int | None = None
    to_us: int | None = None
