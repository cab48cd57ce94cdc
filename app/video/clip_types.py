"""What clips ask of the engine and what they are told: values only."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from app.domain.camera import CameraCode
from app.domain.stream import PictureClock, StreamKind
from app.video.engine_types import Moment


class ClipPhase(Enum):
    """How far a cut is. ``BROKEN``: what was written before the trouble was kept and can be
    played; ``FAILED``: nothing was kept."""

    WRITING = "writing"
    CHECKING = "checking"
    COMPLETE = "complete"
    BROKEN = "broken"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        return self not in (ClipPhase.WRITING, ClipPhase.CHECKING)


@dataclass(frozen=True, slots=True)
class ClipProgress:
    """What is in the file so far; from the end of a cut on also what it took to check.

    ``start_us`` and ``end_us`` are the first picture's time and the end of the last one's, in
    microseconds of Unix time on ``clock``; ``offset_us`` brings them to this workstation's clock.
    ``gaps`` are spans without pictures on the same clock. ``anchors`` are pairs of (microseconds
    in the file, microseconds of Unix time), one for each key frame. ``sha256`` is the whole
    file's. ``has_ended_early``: the stream, or the disk's room, ended before the cut should;
    ``trouble`` is a sentence; so is ``sound``, which says what became of the camera's
    sound; ``has_sound`` where some of it is in the file.
    """

    phase: ClipPhase
    kind: StreamKind | None = None
    start_us: int = 0
    end_us: int = 0
    clock: PictureClock = PictureClock.ARRIVAL
    offset_us: int = 0
    pictures: int = 0
    bytes: int = 0
    codec: str = ""
    width: int = 0
    height: int = 0
    gaps: tuple[tuple[int, int], ...] = ()
    anchors: tuple[tuple[int, int], ...] = ()
    sha256: str = ""
    has_ended_early: bool = False
    trouble: str = ""
    sound: str = ""
    has_sound: bool = False


class ClipJob(Protocol):
    """A cut under way. Owner thread; both return at once, ``tell`` hears of the end."""

    def stop(self) -> None:
        """End the clip with the newest picture and keep it."""

    def cancel(self) -> None:
        """Leave no file."""


class ClipEngine(Protocol):
    """What clips and snapshots ask of the engine. Owner thread; nothing blocks."""

    def cut(
        self,
        camera: CameraCode,
        kind: StreamKind | None,
        start: Moment,
        end: Moment | None,
        file: Path,
        tell: Callable[[ClipProgress], None],
    ) -> ClipJob:
        """Write a clip into ``file`` (fragmented MP4), packets as they came, not encoded again.

        From the key frame before ``start``, or from the oldest the ring holds, to ``end`` or
        until stopped; what lies ahead is waited for. Of the encodings whose ring reaches it is
        that of ``kind``, else the best; ``tell`` says which it became. The stream stays connected
        meanwhile. Written as ``<file>.part``, synced, read back and compared, then renamed.
        ``tell`` is called about once a second, later and on the owner thread; the last time with
        a phase that is over. The clip that ends with its stream is ``COMPLETE`` and
        ``has_ended_early``.
        """

    def still(
        self,
        camera: CameraCode,
        moment: Moment,
        width: int,
        answer: Callable[[bytes | None], None],
    ) -> None:
        """See ``engine_types.Engine``."""
