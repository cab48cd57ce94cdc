"""Clips that workers were asked for: each hears of its end, whatever becomes of the worker.

Owner thread only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from app.core.dispatch import Dispatcher
from app.domain.stream import PictureClock, StreamKind
from app.video.clip_types import ClipJob, ClipPhase, ClipProgress
from app.video.engine_types import Moment
from app.video.messages import ClipReport, CutClip, EndClip
from app.video.stream_record import StreamRecord

TellClip = Callable[[ClipProgress], None]


@dataclass(frozen=True, slots=True)
class ClipCut:
    """What shall be written where; ``end`` of ``None``: until stopped."""

    start: Moment
    end: Moment | None
    file: Path


@dataclass(slots=True)
class _Job:
    """One cut; also what its owner holds."""

    number: int
    record: StreamRecord | None
    worker: int
    tell: TellClip
    send: Callable[[int, CutClip | EndClip], None]

    def stop(self) -> None:
        if self.record is not None:
            self.send(self.worker, EndClip(self.number, keep=True))

    def cancel(self) -> None:
        if self.record is not None:
            self.send(self.worker, EndClip(self.number, keep=False))


class ClipJobs:
    """Who waits for which clip. A stream counts as wanted while one is cut of it."""

    def __init__(
        self, dispatcher: Dispatcher, send: Callable[[int, CutClip | EndClip], None]
    ) -> None:
        self._dispatcher = dispatcher
        self._send = send
        self._numbers = count(1)
        self._jobs: dict[int, _Job] = {}

    def __len__(self) -> int:
        return len(self._jobs)

    def begin(self, record: StreamRecord | None, cut: ClipCut, tell: TellClip) -> ClipJob:
        """Ask the worker of a connected stream; ``None`` is refused in words, later."""
        job = _Job(next(self._numbers), record, 0, tell, self._send)
        if record is None:
            refusal = ClipProgress(ClipPhase.FAILED, trouble="the camera is not connected")
            self._dispatcher.post(lambda: tell(refusal))
            return job
        job.worker = record.worker
        record.clips += 1
        self._jobs[job.number] = job
        start, end = cut.start, cut.end
        self._send(
            record.worker,
            CutClip(
                record.connection,
                job.number,
                start.utc_us,
                end.utc_us if end is not None else None,
                start.by_camera,
                str(cut.file),
            ),
        )
        return job

    def on_report(self, report: ClipReport) -> None:
        """A worker wrote, or ended a clip."""
        job = self._jobs.get(report.job)
        if job is None:
            return
        kind = job.record.id.kind if job.record is not None else None
        progress = _progress(report, kind)
        if progress.phase.is_over:
            self._forget_one(job)
        job.tell(progress)

    def lose(self, worker: int) -> None:
        """The worker is gone; its parts of files are still there."""
        for job in [job for job in self._jobs.values() if job.worker == worker]:
            self._forget_one(job)
            trouble = "the process that wrote it was lost"
            job.tell(ClipProgress(ClipPhase.BROKEN, trouble=trouble))

    def forget(self) -> None:
        """Tell nobody any more."""
        self._jobs.clear()

    def _forget_one(self, job: _Job) -> None:
        del self._jobs[job.number]
        if job.record is not None:
            job.record.clips -= 1
            job.record = None


def _progress(report: ClipReport, kind: StreamKind | None) -> ClipProgress:
    return ClipProgress(
        phase=ClipPhase(report.phase),
        kind=kind,
        start_us=report.start_us,
        end_us=report.end_us,
        clock=PictureClock(report.clock),
        offset_us=report.offset_us,
        pictures=report.pictures,
        bytes=report.bytes,
        codec=report.codec,
        width=report.width,
        height=report.height,
        gaps=tuple(report.gaps),
        anchors=tuple(report.anchors),
        sha256=report.sha256,
        has_ended_early=report.has_ended_early,
        trouble=report.trouble,
        sound=report.sound,
        has_sound=report.has_sound,
    )
