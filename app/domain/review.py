"""What a supervisor decided about a flag, and what became of flags in all."""

from dataclasses import dataclass
from uuid import UUID

from app.domain.author import Author
from app.domain.bookmark import FlagState
from app.domain.camera import CameraCode


@dataclass(frozen=True, slots=True)
class Decision:
    """Kept for ever; one that was undone within its ten seconds keeps both times.

    ``verdict`` is ``CONFIRMED``, ``FALSE`` or ``NEEDS_MORE``, the last with a ``note``. Times are
    microseconds of Unix time.
    """

    id: UUID
    bookmark: UUID
    supervisor: Author
    verdict: FlagState
    note: str
    decided_us: int
    undone_us: int | None = None


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """What became of the flags of one camera and rule in one hour of the day (0 to 23).

    ``rule`` is empty for bookmarks that were not made of an event.
    """

    camera: CameraCode
    rule: str
    hour: int
    confirmed: int = 0
    false: int = 0
    needs_more: int = 0
