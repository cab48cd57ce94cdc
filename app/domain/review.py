"""What a supervisor decided about a flag, and what became of flags in all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.domain.author import Author
from app.domain.bookmark import FlagState
from app.domain.camera import CameraCode
from app.domain.clip_record import Clip, ClipState


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


def standing(decisions: Iterable[Decision]) -> Mapping[str, Decision]:
    """The last decision of each supervisor that was not taken back, of decisions about one flag in
    their order. The last of all is what holds overall."""
    found: dict[str, Decision] = {}
    for each in decisions:
        if each.undone_us is None:
            found.pop(each.supervisor.operator, None)
            found[each.supervisor.operator] = each
    return found


def seen_beside(clip: Clip, others: Iterable[Clip]) -> Sequence[Clip]:
    """Of each other camera the clip that shows the most of the time of ``clip``, the cameras that
    show the most of it first; what is still being written cannot be played.

    Times are compared on the workstation's clock.
    """
    best: dict[CameraCode, tuple[int, Clip]] = {}
    for other in others:
        shared = _shared_us(clip, other)
        is_other = other.camera != clip.camera and other.state is not ClipState.WRITING
        if is_other and shared > best.get(other.camera, (0, other))[0]:
            best[other.camera] = (shared, other)
    found = sorted(best.values(), key=lambda each: (-each[0], each[1].camera))
    return [other for _shared, other in found]


def _shared_us(one: Clip, other: Clip) -> int:
    start = max(one.start_us + one.offset_us, other.start_us + other.offset_us)
    return min(one.end_us + one.offset_us, other.end_us + other.offset_us) - start
