"""A clip that was cut out and kept."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from app.domain.author import Author
from app.domain.camera import CameraCode
from app.domain.stream import PictureClock, StreamKind


class ClipState(Enum):
    """``BROKEN`` ones ended with the program or the disk; what is there can be played."""

    WRITING = "writing"
    COMPLETE = "complete"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Clip:
    """``file`` is a name in the clips folder; times are microseconds of Unix time on ``clock``;
    ``gaps`` are spans without pictures. A locked clip is never deleted by retention."""

    id: UUID
    camera: CameraCode
    kind: StreamKind
    start_us: int
    end_us: int
    clock: PictureClock
    offset_us: int
    author: Author
    created_us: int
    file: str
    bytes: int
    sha256: str
    state: ClipState
    gaps: tuple[tuple[int, int], ...] = ()
    is_locked: bool = False
    reason: str = ""
