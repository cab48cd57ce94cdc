"""A marked moment or span of one camera."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from app.domain.author import Author
from app.domain.camera import CameraCode, DistrictCode, SiteCode
from app.domain.detection import Box
from app.domain.stream import PictureClock, StreamKind


class FlagState(Enum):
    """Whether a supervisor shall look, and what the answer was."""

    NONE = "none"
    RAISED = "raised"
    CONFIRMED = "confirmed"
    FALSE = "false"
    NEEDS_MORE = "needs-more"


@dataclass(frozen=True, slots=True)
class DrawnBox:
    """A box as it was on the screen: fractions of the full picture, origin top left."""

    box: Box
    label: str
    confidence: float | None = None
    track_id: str | None = None


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Times are microseconds of Unix time. ``start_us`` is what was *seen* at the key press, on
    ``clock``; ``offset_us`` brings it to this workstation's clock; ``end_us`` is ``None`` for a
    moment. ``picture_age_ms`` is how old the picture was at the press. ``thumbnail`` is a file
    name in the snapshots folder, ``clip`` a kept clip; ``event_key`` the event it was made of.
    """

    id: UUID
    camera: CameraCode
    site: SiteCode
    district: DistrictCode
    start_us: int
    end_us: int | None
    clock: PictureClock
    offset_us: int
    kind: StreamKind | None
    author: Author
    created_us: int
    title: str
    tags: tuple[str, ...] = ()
    flag: FlagState = FlagState.NONE
    picture_age_ms: int | None = None
    drawn: tuple[DrawnBox, ...] = ()
    thumbnail: str = ""
    clip: UUID | None = None
    event_key: bytes | None = None
    incident: UUID | None = None
    severity: int = 0
    """That of the event it was made of; flags of alarms come first in the review."""
    revision: int = 1
    """Grows with each change; a change of an older revision is refused."""
