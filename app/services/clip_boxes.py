"""Keeps the boxes of a camera while a clip of it is written, and puts them beside it."""

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import msgspec

from app.analytics.boxes_file import AFTER_US, BoxesHeader, KeptSource, append
from app.analytics.clock_pairing import paired
from app.analytics.frame_tap import FrameTap
from app.analytics.messages import ConnectionState, SourceState
from app.analytics.timelines import SourceTimeline, Timelines
from app.core.clock import Clock
from app.core.events import Event
from app.core.tasks import Tasks
from app.domain.camera import Camera, CameraCode
from app.domain.clip_record import Clip
from app.services.clip_boxes_files import boxes_part, finish_boxes
from app.services.notices import Notice, NoticeBoard, Severity
from app.services.overlay_sources import ServingSources
from app.settings.schema import SourceSettings

WRITE_EVERY_S = 5.0
PATIENCE_S = 6.0
"""So long after its end a clip's last boxes are waited for: they come later than the pictures."""
_CLOSING_S = 5.0
_STEP_US = 1_000
"""The shift between two clocks is noted anew from so much on."""
_MOST_SHIFTS = 50_000
_MOST_SILENCES = 1_000
NOT_KEPT = "clip-boxes-not-kept"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Work:
    """``clip`` is what was told last of it; ``late_at`` when its end is no longer waited for."""

    clip: Clip
    tap: FrameTap
    write_at: float
    late_at: float | None = None
    sources: dict[tuple[str, str], KeptSource] = field(default_factory=dict)
    is_by_camera: bool | None = None
    silences: list[tuple[str, int, int]] = field(default_factory=list)
    left_out: int = 0


class ClipBoxes:
    """Implements ``clips.BoxKeeper``. Owner thread; ``tick`` is called some times a second.

    Boxes are kept where a backend serves the camera, whether it is on the wall or not, and whether
    they are drawn there or not. ``files`` has one thread, that of the clips' facts.
    """

    def __init__(
        self,
        folder: Path,
        timelines: Timelines,
        source_settings: Callable[[], Mapping[str, SourceSettings]],
        source_states: Callable[[], Sequence[SourceState]],
        camera: Callable[[CameraCode], Camera | None],
        offset_ms: Callable[[CameraCode], int],
        files: Tasks,
        notices: NoticeBoard,
        clock: Clock,
    ) -> None:
        """``offset_ms`` is what was set by hand for a camera."""
        self.cameras_changed: Event[None] = Event("clip_boxes.cameras_changed")
        self.settled: Event[UUID] = Event("clip_boxes.settled")
        """The boxes of a clip lie beside it, or there are none."""
        self._folder = folder
        self._timelines = timelines
        self._source_settings = source_settings
        self._source_states = source_states
        self._camera = camera
        self._offset_ms = offset_ms
        self._files = files
        self._notices = notices
        self._clock = clock
        self._sources = ServingSources()
        self._works: dict[UUID, _Work] = {}
        self._finishing: set[UUID] = set()

    @property
    def cameras(self) -> frozenset[CameraCode]:
        """Those whose boxes are wanted for a clip."""
        return frozenset(work.clip.camera for work in self._works.values())

    def is_pending(self, clip: UUID) -> bool:
        """Whether its boxes are still on their way."""
        return clip in self._works or clip in self._finishing

    # --- what clips tell ----------------------------------------------------------------------

    def follow(self, clip: Clip) -> None:
        """It is being written and has come so far."""
        work = self._works.get(clip.id)
        if work is not None:
            self._note_silences(work, work.clip.end_us, clip.end_us)
            work.clip = clip
        elif self._is_served(clip.camera):
            tap = self._timelines.tap(clip.camera)
            now = self._clock.monotonic()
            self._works[clip.id] = _Work(clip, tap, now + WRITE_EVERY_S)
            self.cameras_changed.emit(None)

    def finish(self, clip: Clip) -> None:
        """It is as it will stay; its last boxes are waited for a little."""
        self.follow(clip)
        work = self._works.get(clip.id)
        if work is not None:
            work.late_at = self._clock.monotonic() + PATIENCE_S

    def drop(self, clip: UUID) -> None:
        """Nothing of it was kept."""
        work = self._works.get(clip)
        if work is not None:
            self._end(work)
            part = boxes_part(self._folder / work.clip.file)
            self._files.run(lambda: part.unlink(missing_ok=True), failed=self._on_failed)

    def tick(self) -> None:
        """Write what came; finish what is over."""
        now = self._clock.monotonic()
        for work in tuple(self._works.values()):
            if work.late_at is not None:
                if now >= work.late_at or self._has_all(work):
                    self._complete(work)
            elif now >= work.write_at:
                work.write_at = now + WRITE_EVERY_S
                self._write(work)

    def close(self) -> None:
        """Write what is at hand; the next start does the rest. Blocking: at the end only."""
        writing = [self._write(work) for work in tuple(self._works.values())]
        for work in tuple(self._works.values()):
            self._end(work)
        wait(writing, _CLOSING_S)

    # --- inside -------------------------------------------------------------------------------

    def _is_served(self, code: CameraCode) -> bool:
        self._sources.update(self._source_settings())
        camera = self._camera(code)
        return camera is not None and bool(self._sources.of(camera))

    def _has_all(self, work: _Work) -> bool:
        """Whether every source has told what came after the end of the clip."""
        clip = work.clip
        for each in self._note_clocks(work):
            newest = each.timeline.arrivals.newest_us
            shift_us = work.sources[each.source, each.module].shifts[-1][1]
            if newest is None or newest < clip.end_us + shift_us + AFTER_US:
                return False
        return True

    def _complete(self, work: _Work) -> None:
        clip = work.clip
        self._write(work)
        self._end(work)
        self._finishing.add(clip.id)
        file = self._folder / clip.file

        def over(_kept: object) -> None:
            self._finishing.discard(clip.id)
            self.settled.emit(clip.id)

        def failed(error: Exception) -> None:
            self._on_failed(error)
            over(None)

        self._files.run(lambda: finish_boxes(file), done=over, failed=failed)

    def _end(self, work: _Work) -> None:
        self._timelines.untap(work.tap)
        del self._works[work.clip.id]
        self.cameras_changed.emit(None)

    def _write(self, work: _Work) -> "Future[int]":
        self._note_clocks(work)
        came = work.tap.take()
        for source, module in came:
            self._source_of(work, source, module)
        numbers = {key: number for number, key in enumerate(work.sources)}
        frames: dict[int, Sequence[bytes]] = {numbers[key]: came[key] for key in came}
        header, has_ended = self._header(work), work.late_at is not None
        part = boxes_part(self._folder / work.clip.file)

        def written(left_out: int) -> None:
            work.left_out += left_out

        def failed(error: Exception) -> None:
            work.left_out += sum(map(len, frames.values()))
            self._on_failed(error)

        return self._files.run(
            lambda: append(part, header, frames, has_ended=has_ended), done=written, failed=failed
        )

    def _header(self, work: _Work) -> BoxesHeader:
        """A copy: it is packed on another thread."""
        clip = work.clip
        zones = self._timelines.zones_of(clip.camera)
        return BoxesHeader(
            clip=clip.id,
            camera=clip.camera,
            clock=clip.clock.name.lower(),
            start_us=clip.start_us,
            end_us=clip.end_us,
            sources=[
                msgspec.structs.replace(each, shifts=list(each.shifts))
                for each in work.sources.values()
            ],
            zones=[(source, list(shapes)) for source, shapes in zones],
            silences=list(work.silences),
            left_out=work.left_out + work.tap.left_out,
        )

    def _source_of(self, work: _Work, source: str, module: str) -> KeptSource:
        key = (source, module)
        if key not in work.sources:
            work.sources[key] = KeptSource(source=source, module=module, shifts=[])
        return work.sources[key]

    def _note_clocks(self, work: _Work) -> Sequence[SourceTimeline]:
        """What leads from the clip's clock to that of each source now; the timelines there are."""
        clip = work.clip
        if work.is_by_camera is not clip.clock.is_camera:
            # The camera has told its time only now: all of the clip is on its clock from here on.
            work.is_by_camera = clip.clock.is_camera
            for source in work.sources.values():
                source.shifts.clear()
        timelines = self._timelines.of(clip.camera)
        for each in timelines:
            self._note_clock(work, each)
        return timelines

    def _note_clock(self, work: _Work, of: SourceTimeline) -> None:
        clip, arrivals = work.clip, of.timeline.arrivals
        pairing = paired(clip.clock, clip.offset_us, arrivals)
        offset_ms = self._offset_ms(clip.camera) + self._sources.offset_ms(of.source)
        shift_us = pairing.shift_us - offset_ms * 1000
        source = self._source_of(work, of.source, of.module)
        source.is_exact, source.interval_us = pairing.is_exact, arrivals.interval_us
        shifts = source.shifts
        if not shifts or (abs(shifts[-1][1] - shift_us) >= _STEP_US and len(shifts) < _MOST_SHIFTS):
            shifts.append((clip.end_us if shifts else clip.start_us, shift_us))

    def _note_silences(self, work: _Work, from_us: int, to_us: int) -> None:
        """The sources that are not connected now: nothing is known of what they would have seen."""
        camera = self._camera(work.clip.camera)
        serving = () if camera is None else self._sources.of(camera)
        states = {state.name: state.state for state in self._source_states()}
        for name in (source.name for source in serving):
            if states.get(name, ConnectionState.CONNECTED) is ConnectionState.CONNECTED:
                continue
            last = next((each for each in reversed(work.silences) if each[0] == name), None)
            if last is not None and last[2] == from_us:
                work.silences[work.silences.index(last)] = (name, last[1], to_us)
            elif len(work.silences) < _MOST_SILENCES:
                work.silences.append((name, from_us, to_us))

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, OSError):
            self._notices.report(error, NOT_KEPT)
            return
        text = f"Boxes of a clip cannot be written: {error.strerror}"
        advice = "Make room on the disk of the data folder; the pictures themselves are kept."
        self._notices.post(Notice(NOT_KEPT, Severity.WARNING, text, advice))
