"""An engine that cuts clips in name only: a test says what became of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.camera import CameraCode
from app.domain.stream import PictureClock, StreamKind
from app.video.clip_types import ClipPhase, ClipProgress
from app.video.engine_types import Moment


@dataclass(slots=True)
class FakeClipJob:
    """One cut and what was asked of it."""

    camera: CameraCode
    kind: StreamKind | None
    start: Moment
    end: Moment | None
    file: Path
    tell: Callable[[ClipProgress], None]
    asked: list[str] = field(default_factory=list)
    has_sound: bool = False

    def stop(self) -> None:
        self.asked.append("stop")

    def cancel(self) -> None:
        self.asked.append("cancel")

    # --- what a test does --------------------------------------------------------------------

    def grow(self, seconds: float, phase: ClipPhase = ClipPhase.WRITING) -> None:
        """So many seconds are in the file."""
        self.tell(self.progress(seconds, phase))

    def end_as(self, phase: ClipPhase, seconds: float = 20.0, trouble: str = "") -> None:
        """It is over; what is kept lies under its last name."""
        if phase in (ClipPhase.COMPLETE, ClipPhase.BROKEN):
            self.file.write_bytes(b"a clip")
        self.tell(self.progress(seconds, phase, trouble))

    def progress(self, seconds: float, phase: ClipPhase, trouble: str = "") -> ClipProgress:
        is_kept = phase in (ClipPhase.COMPLETE, ClipPhase.BROKEN)
        return ClipProgress(
            phase,
            StreamKind.SUB,
            self.start.utc_us - 500_000,
            self.start.utc_us - 500_000 + round(seconds * 1e6),
            PictureClock.CAMERA,
            1_500,
            round(seconds * 15),
            6 if is_kept else 4,
            "h264",
            640,
            360,
            anchors=((0, self.start.utc_us - 500_000),),
            sha256="ab" * 32 if is_kept else "",
            trouble=trouble,
            sound="as received (aac), not encoded again" if self.has_sound else "",
            has_sound=self.has_sound,
        )


class FakeClipEngine:
    """Implements ``ClipEngine``. ``stills`` are the answers of ``still`` by camera."""

    def __init__(self) -> None:
        self.jobs: list[FakeClipJob] = []
        self.stills: dict[CameraCode, bytes] = {}
        self.asked: list[tuple[CameraCode, Moment, int]] = []

    def cut(
        self,
        camera: CameraCode,
        kind: StreamKind | None,
        start: Moment,
        end: Moment | None,
        file: Path,
        tell: Callable[[ClipProgress], None],
    ) -> FakeClipJob:
        job = FakeClipJob(camera, kind, start, end, file, tell)
        self.jobs.append(job)
        return job

    def still(
        self,
        camera: CameraCode,
        moment: Moment,
        width: int,
        answer: Callable[[bytes | None], None],
    ) -> None:
        self.asked.append((camera, moment, width))
        answer(self.stills.get(camera))
