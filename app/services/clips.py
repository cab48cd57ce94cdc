"""Clips that are cut from the ring and continued live: asked for, watched, put on record."""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

from app.core.clock import Clock
from app.core.events import Event
from app.core.record_keys import record_key
from app.domain.author import Author
from app.domain.camera import CameraCode
from app.domain.clip_record import Clip, ClipState
from app.domain.stream import StreamKind
from app.services.clip_facts import ClipFacts, ClipRequest
from app.services.notices import Notice, NoticeBoard, Severity
from app.settings.schema import ClipSettings
from app.video.clip_types import ClipEngine, ClipJob, ClipPhase, ClipProgress
from app.video.engine_types import Moment

_PATIENCE_S = 30.0
"""So much later than its end a clip is ended although its camera has not sent so far."""
_STATES = {ClipPhase.COMPLETE: ClipState.COMPLETE, ClipPhase.BROKEN: ClipState.BROKEN}
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_log = logging.getLogger(__name__)


class ClipKeeper(Protocol):
    """Where clips are put on record: the database and the JSON beside each file."""

    def begin(self, clip: Clip, facts: ClipFacts) -> None:
        """It is being written: what is needed to name it should the program end."""

    def keep(self, clip: Clip, facts: ClipFacts) -> None:
        """It is as it will stay; one without a digest has still to be made whole. What fails is
        told and tried again."""

    def forget(self, clip: Clip) -> None:
        """Nothing of it was kept."""


class BoxKeeper(Protocol):
    """Where the boxes of a clip's camera are kept while it is written."""

    def follow(self, clip: Clip) -> None:
        """It is being written and has come so far."""

    def finish(self, clip: Clip) -> None:
        """It is as it will stay."""

    def drop(self, clip: UUID) -> None:
        """Nothing of it was kept."""


@dataclass(frozen=True, slots=True)
class RunningClip:
    """A clip under way. ``seconds`` is what is in the file; ``share`` how much of what was asked
    for that is, ``None`` where it goes on until it is stopped."""

    id: UUID
    camera: CameraCode
    seconds: float
    share: float | None
    is_recording: bool
    is_checking: bool
    has_sound: bool = False


class Recordings(Protocol):
    """What a canvas asks. GUI thread; from memory."""

    recordings_changed: Event[frozenset[CameraCode]]

    def recording(self, camera: CameraCode) -> RunningClip | None: ...


@dataclass(frozen=True, slots=True)
class EndedClip:
    """``clip`` is ``None`` where nothing was kept; ``trouble`` is a sentence, or empty."""

    id: UUID
    camera: CameraCode
    clip: Clip | None
    trouble: str = ""


@dataclass(slots=True)
class _Work:
    id: UUID
    request: ClipRequest
    file: Path
    deadline: float
    is_recording: bool
    began_at: float
    job: ClipJob | None = None
    progress: ClipProgress = field(default_factory=lambda: ClipProgress(ClipPhase.WRITING))
    has_begun: bool = False


class ClipService:
    """Owner thread; nothing blocks. One recording at a time for each camera, any number of kept
    spans beside it."""

    def __init__(
        self,
        engine: ClipEngine,
        keeper: ClipKeeper,
        folder: Path,
        author: Author,
        notices: NoticeBoard,
        clock: Clock,
        settings: ClipSettings,
        *,
        boxes: BoxKeeper | None = None,
    ) -> None:
        self.changed: Event[UUID] = Event("clips.changed")
        """A running clip has grown."""
        self.recordings_changed: Event[frozenset[CameraCode]] = Event("clips.recordings_changed")
        """A recording of these cameras began or ended, or is a second longer."""
        self.ended: Event[EndedClip] = Event("clips.ended")
        self._engine = engine
        self._keeper = keeper
        self._folder = folder
        self._author = author
        self._notices = notices
        self._clock = clock
        self._settings = settings
        self._boxes = boxes
        self._running: dict[UUID, _Work] = {}

    # --- asking -------------------------------------------------------------------------------

    def keep(
        self,
        camera: CameraCode,
        start_us: int,
        end_us: int,
        *,
        by_camera: bool,
        kind: StreamKind | None = None,
        reason: str = "",
    ) -> UUID:
        """Keep a span, which may end in the future; returns at once the clip's key.

        Times are microseconds of Unix time, on the camera's own clock where ``by_camera``, else
        on this workstation's. ``ended`` follows in any case, with what was kept. What the ring no
        longer holds is missing at the beginning.
        """
        if end_us <= start_us:
            raise ValueError("A clip must end after it starts")
        request = self._request(camera, Moment(start_us, by_camera), end_us, kind, reason)
        return self._begin(request, (end_us - start_us) / 1e6 + _PATIENCE_S, is_recording=False)

    def start_recording(
        self,
        camera: CameraCode,
        start: Moment,
        *,
        kind: StreamKind | None = None,
        reason: str = "",
    ) -> UUID:
        """Write from ``start`` on until stopped or as long as the settings allow.

        Where the camera is being recorded already, that recording goes on and is returned.
        """
        work = self._recording(camera)
        if work is not None:
            return work.id
        request = self._request(camera, start, None, kind, reason)
        return self._begin(request, self._settings.longest_minutes * 60.0, is_recording=True)

    def stop(self, clip: UUID) -> None:
        """End it with the newest picture and keep it; ``ended`` follows."""
        work = self._running.get(clip)
        if work is not None and work.job is not None:
            work.job.stop()

    def cancel(self, clip: UUID) -> None:
        """Throw it away; ``ended`` follows."""
        work = self._running.get(clip)
        if work is not None and work.job is not None:
            work.job.cancel()

    def recording(self, camera: CameraCode) -> RunningClip | None:
        """What is being recorded of the camera. From memory."""
        work = self._recording(camera)
        return self._describe(work) if work is not None else None

    @property
    def running(self) -> Sequence[RunningClip]:
        """All clips under way, the oldest first."""
        return [self._describe(work) for work in self._running.values()]

    def file(self, clip: Clip) -> Path:
        """Where a clip lies."""
        return self._folder / clip.file

    def close(self) -> None:
        """End all clips; what the workers do not finish in time is named at the next start."""
        for work in tuple(self._running.values()):
            if work.job is not None:
                work.job.stop()

    # --- inside -------------------------------------------------------------------------------

    def _request(
        self,
        camera: CameraCode,
        start: Moment,
        end_us: int | None,
        kind: StreamKind | None,
        reason: str,
    ) -> ClipRequest:
        return ClipRequest(
            camera=camera,
            start_us=start.utc_us,
            end_us=end_us,
            by_camera=start.by_camera,
            kind=kind,
            reason=reason,
            author=self._author,
            created_us=self._clock.utc_us(),
        )

    def _begin(self, request: ClipRequest, longest_s: float, *, is_recording: bool) -> UUID:
        key = record_key(self._clock)
        now = self._clock.monotonic()
        file = self._folder / clip_name(request.camera, request.start_us, key)
        work = _Work(key, request, file, now + longest_s, is_recording, now)
        self._running[key] = work
        start = Moment(request.start_us, request.by_camera)
        end = Moment(request.end_us, request.by_camera) if request.end_us is not None else None
        work.job = self._engine.cut(
            request.camera, request.kind, start, end, file, self._teller(work)
        )
        if is_recording:
            self.recordings_changed.emit(frozenset({request.camera}))
        return key

    def _teller(self, work: _Work) -> Callable[[ClipProgress], None]:
        return lambda progress: self._on_progress(work, progress)

    def _on_progress(self, work: _Work, progress: ClipProgress) -> None:
        if progress.phase.is_over:
            self._end(work, progress)
            return
        work.progress = progress
        if not work.has_begun and progress.pictures:
            work.has_begun = True
            self._keeper.begin(*self._record(work, progress, ClipState.WRITING))
        if self._boxes is not None and progress.pictures:
            self._boxes.follow(self._record(work, progress, ClipState.WRITING)[0])
        if progress.phase is ClipPhase.WRITING and self._clock.monotonic() >= work.deadline:
            self.stop(work.id)
        self.changed.emit(work.id)
        if work.is_recording:
            self.recordings_changed.emit(frozenset({work.request.camera}))

    def _end(self, work: _Work, progress: ClipProgress) -> None:
        self._running.pop(work.id, None)
        state = _STATES.get(progress.phase)
        record = self._record(work, progress, state or ClipState.BROKEN)
        clip = record[0] if state is not None else None
        if clip is not None:
            self._keeper.keep(*record)
        elif work.has_begun:
            self._keeper.forget(record[0])
        if self._boxes is not None:
            if clip is not None:
                self._boxes.finish(clip)
            else:
                self._boxes.drop(work.id)
        self._say(work, progress)
        camera = work.request.camera
        if work.is_recording:
            self.recordings_changed.emit(frozenset({camera}))
        self.ended.emit(EndedClip(work.id, camera, clip, progress.trouble))

    def _record(
        self, work: _Work, progress: ClipProgress, state: ClipState
    ) -> tuple[Clip, ClipFacts]:
        if not progress.pictures and work.progress.pictures:
            # A process that was lost could not say what it had written.
            progress = replace(work.progress, phase=progress.phase, trouble=progress.trouble)
        clip = replace(work.request.as_clip(work.id, work.file.name, progress), state=state)
        return clip, ClipFacts.of(work.request, clip, progress)

    def _say(self, work: _Work, progress: ClipProgress) -> None:
        camera = work.request.camera
        if progress.phase is ClipPhase.FAILED:
            text = f"No clip of {camera} was kept: {progress.trouble}"
        elif progress.phase is ClipPhase.BROKEN:
            text = f"The clip of {camera} is incomplete: {progress.trouble}"
        elif progress.has_ended_early and progress.phase is ClipPhase.COMPLETE:
            why = progress.trouble or "the connection to the camera was lost"
            text = f"The clip of {camera} ends early: {why}"
        else:
            _log.info("Clip %s of %s: %s", work.file.name, camera, progress.phase.value)
            self._notices.clear(f"clip-{camera}")
            return
        self._notices.post(Notice(f"clip-{camera}", Severity.WARNING, text))

    def _recording(self, camera: CameraCode) -> _Work | None:
        for work in self._running.values():
            if work.is_recording and work.request.camera == camera:
                return work
        return None

    def _describe(self, work: _Work) -> RunningClip:
        progress, request = work.progress, work.request
        seconds = max(0.0, (progress.end_us - progress.start_us) / 1e6)
        share: float | None = None
        if request.end_us is not None:
            asked_s = (request.end_us - request.start_us) / 1e6
            share = min(1.0, seconds / asked_s)
        return RunningClip(
            work.id,
            request.camera,
            seconds,
            share,
            work.is_recording,
            progress.phase is ClipPhase.CHECKING,
            progress.has_sound,
        )


def clip_name(camera: CameraCode, start_us: int, key: UUID) -> str:
    """The file's name: camera, UTC of the start, and what makes it the only one."""
    taken = datetime.fromtimestamp(start_us / 1e6, UTC).strftime("%Y%m%dT%H%M%S")
    return f"{_NOT_IN_NAMES.sub('_', camera)}_{taken}Z_{key.hex[-12:]}.mp4"
