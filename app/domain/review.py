"""What a supervisor decided about a flag."""

from dataclasses import dataclass
from uuid import UUID

from app.domain.author import Author
from app.domain.bookmark import FlagState


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
