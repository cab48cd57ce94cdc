"""The engine of the wall: which streams run, which picture each tile shows, what it may say.

Owner (GUI) thread only; nothing blocks. Streams run in workers (``connections``, ``worker_pool``),
pictures arrive through the frame board.
"""

import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import psutil

from app.core.dispatch import Dispatcher
from app.core.events import Event
from app.domain.camera import Camera, CameraCode
from app.domain.picture_health import PictureFault
from app.domain.stream import StreamKind, StreamState, StreamStatus
from app.video.board import BoardPicture, create_board
from app.video.clip_types import ClipJob, ClipProgress
from app.video.clips import ClipCut, ClipJobs
from app.video.connections import ConnectionSettings, StreamConnections
from app.video.engine_types import (
    Moment,
    ReplayCommand,
    TileStatus,
    ViewFigures,
    ViewKey,
    ViewSpec,
)
from app.video.load import LoadSample, LoadShedder, TileLoad
from app.video.messages import CutClip, EndClip, Heartbeat, Report
from app.video.opening import OpenGate
from app.video.secrets_port import LoginSource, NoLogins
from app.video.stills import Stills
from app.video.stream_record import Phase, StreamId, StreamRecord
from app.video.tile_feeds import TileFeeds
from app.video.tile_view import TileView, tile_status
from app.video.worker_entry import run_worker
from app.video.worker_pool import WorkerLoss, WorkerPool

LINGER_S = 8.0
LOOK_EVERY_S = 1.0
WARM_AFTER_S = 1.0
LONGEST_HOLD_S = 0.5
_HOLD_STEP_S = 0.01
_HOLD_STEP_US = 10_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """``board_bytes`` is address space, not memory: pages count once pictures lie in them."""

    connection: ConnectionSettings = field(default_factory=ConnectionSettings)
    opens_at_a_time: int = 8
    opens_per_second: float = 16
    host_rates: Mapping[str, float] = field(default_factory=dict)
    warm_limit: int = 128
    board_bytes: int = 2 << 30
    silence_s: float = 10.0


def workers_for(cores: int | None = None) -> int:
    """How many shared workers a machine gets: one a core, at least two, at most eight."""
    return max(2, min(8, cores or os.cpu_count() or 2))


class VideoEngine:
    """See ``engine_types.Engine``. ``camera`` answers what the registry knows of a code."""

    def __init__(
        self,
        camera: Callable[[CameraCode], Camera | None],
        dispatcher: Dispatcher,
        settings: EngineSettings | None = None,
        logins: LoginSource | None = None,
    ) -> None:
        self._camera = camera
        self._settings = settings or EngineSettings()
        self._memory = create_board(self._settings.board_bytes)
        self._feeds = TileFeeds(self._memory, self._settings.board_bytes)
        self._tiles = self._feeds.tiles
        self._stills = Stills(dispatcher)
        self._clips = ClipJobs(dispatcher, self._send)
        self._pool = WorkerPool(
            self._memory, dispatcher, self, run_worker, silence_s=self._settings.silence_s
        )
        gate = OpenGate(
            at_a_time=self._settings.opens_at_a_time,
            per_second=self._settings.opens_per_second,
            host_rates=self._settings.host_rates,
        )
        self._connections = StreamConnections(
            self._pool,
            self._memory,
            gate,
            logins or NoLogins(),
            self._settings.connection,
            stills=self._stills,
            clips=self._clips,
            changed=self._on_stream_changed,
            freed=self._feeds.free,
        )
        self._feeds.connect(self._connections)
        self._warm: frozenset[CameraCode] = frozenset()
        self._shedder = LoadShedder()
        self._changed_cameras: set[CameraCode] = set()
        self._looked_at = 0.0
        self._shown_at = 0.0
        self.may_open: Callable[[CameraCode], bool] = lambda _camera: True
        """Whether a camera can be there at all; the tiles of others wait without asking it."""
        self.status_changed: Event[frozenset[CameraCode]] = Event("engine.status_changed")

    def start(self) -> None:
        """Start the workers. They end with ``close``, or with this process.

        What ``show`` asked for before is opened as soon as they are there.
        """
        self._pool.start()
        self._connections.start()
        psutil.cpu_percent(None)

    def close(self) -> None:
        """End the workers and let go of the board. Blocks for at most a few seconds."""
        self._pool.close()
        self._stills.forget()
        self._clips.forget()
        self._tiles.clear()
        self._memory.close()

    # --- what the wall asks -----------------------------------------------------------------

    def show(self, wanted: Mapping[ViewKey, ViewSpec], warm: Sequence[CameraCode]) -> None:
        now = self._shown_at = time.monotonic()
        for key in [k for k, t in self._tiles.items() if not _same_camera(t, wanted.get(k))]:
            self._feeds.drop(key)
        for key, spec in wanted.items():
            camera = self._camera(spec.camera)
            if camera is None:
                continue
            self._feeds.show(key, camera, spec, now)
        visible = {tile.camera.code for tile in self._tiles.values()}
        self._keep_warm([code for code in dict.fromkeys(warm) if code not in visible])
        self._settle_streams(now)

    def fresh(self) -> Sequence[ViewKey]:
        return self._feeds.fresh()

    def picture(self, key: ViewKey) -> BoardPicture | None:
        tile = self._tiles.get(key)
        return self._feeds.picture(tile) if tile is not None else None

    def intact(self, picture: BoardPicture) -> bool:
        return self._feeds.intact(picture)

    def status(self, key: ViewKey) -> TileStatus:
        tile = self._tiles.get(key)
        if tile is None:
            return TileStatus(StreamState.CLOSED)
        shown = self._feeds.record(tile, tile.shown) if tile.shown else None
        wanted = self._feeds.record(tile, tile.wanted)
        return tile_status(tile, shown, wanted, time.monotonic())

    def hold(self, key: ViewKey, seconds: float) -> None:
        tile = self._tiles.get(key)
        hold_us = round(min(max(seconds, 0.0), LONGEST_HOLD_S) / _HOLD_STEP_S) * _HOLD_STEP_US
        if tile is not None and tile.hold_us != hold_us:
            self._feeds.hold(tile, hold_us)

    def look_back(self, key: ViewKey, moment: Moment | None) -> None:
        self.replay((key,), ReplayCommand(moment) if moment is not None else None)

    def replay(self, keys: Sequence[ViewKey], command: ReplayCommand | None) -> None:
        for key in keys:
            tile = self._tiles.get(key)
            if tile is not None:
                self._feeds.replay(tile, key, command)
        self._feeds.flush()

    def replay_of(self, key: ViewKey) -> ReplayCommand | None:
        tile = self._tiles.get(key)
        return tile.command if tile is not None and tile.replay is not None else None

    def still(
        self,
        camera: CameraCode,
        moment: Moment,
        width: int,
        answer: Callable[[bytes | None], None],
    ) -> None:
        found = [record for record in self._feeds.of_camera(camera) if record.is_connected]
        if not found:
            self._stills.refuse(answer)
            return
        # Among the rings that reach so far the smallest picture that is large enough.
        best = max(
            found, key=lambda r: (r.reaches(moment), min(r.width, width), -r.width, r.ring_seconds)
        )
        self._connections.cut_still(best, moment, width, answer)

    def cut(
        self,
        camera: CameraCode,
        kind: StreamKind | None,
        start: Moment,
        end: Moment | None,
        file: Path,
        tell: Callable[[ClipProgress], None],
    ) -> ClipJob:
        """See ``clip_types.ClipEngine``."""
        found = [record for record in self._feeds.of_camera(camera) if record.is_connected]
        best = max(
            found,
            key=lambda r: (r.reaches(start), r.id.kind is kind, r.width, r.ring_seconds),
            default=None,
        )
        return self._clips.begin(best, ClipCut(start, end, file), tell)

    def camera_faults(self, camera: CameraCode) -> tuple[PictureFault, ...]:
        looked_at = (record for record in self._feeds.of_camera(camera) if record.views)
        return tuple(dict.fromkeys(chain.from_iterable(record.faults for record in looked_at)))

    def camera_status(self, camera: CameraCode) -> StreamStatus:
        now = time.monotonic()
        found = StreamStatus()
        for record in self._feeds.of_camera(camera):
            status = record.status(now)
            if status.state is StreamState.LIVE:
                return status
            if status.state is not StreamState.CLOSED:
                found = status
        return found

    def open_wanted(self) -> None:
        """``may_open`` may have changed its mind: look now rather than within a second."""
        self._settle_streams(time.monotonic())

    # --- figures for the report and the health line -------------------------------------------

    def figures(self) -> Mapping[ViewKey, ViewFigures]:
        return {key: self._figures(tile) for key, tile in self._tiles.items()}

    @property
    def heartbeats(self) -> Mapping[int, Heartbeat]:
        """The newest heartbeat of each worker."""
        return self._connections.heartbeats

    @property
    def restarts(self) -> int:
        """How many workers were lost and replaced."""
        return self._connections.restarts

    @property
    def records(self) -> Mapping[StreamId, StreamRecord]:
        return self._connections.records

    @property
    def worker_pids(self) -> Mapping[int, int]:
        return self._pool.pids()

    # --- the pool's listener -------------------------------------------------------------------

    def on_report(self, worker: int, report: Report) -> None:
        self._connections.on_report(worker, report)

    def on_worker_lost(self, worker: int, loss: WorkerLoss, detail: str) -> None:
        self._connections.on_worker_lost(worker, loss, detail)

    def on_tick(self) -> None:
        now = time.monotonic()
        if now - self._looked_at >= LOOK_EVERY_S:
            self._looked_at = now
            self._look(now)
        self._connections.open_due(now)
        if self._changed_cameras:
            changed, self._changed_cameras = frozenset(self._changed_cameras), set()
            self.status_changed.emit(changed)

    def _send(self, worker: int, command: CutClip | EndClip) -> None:
        self._pool.send(worker, command)

    def _look(self, now: float) -> None:
        """Once a second: load, substitutes for failing streams, streams nobody wants."""
        late = sorted(t.late_s for t in self._tiles.values() if t.has_live_picture())
        sample = LoadSample(psutil.cpu_percent(None) / 100, late[len(late) // 2] if late else 0.0)
        loads: dict[str, TileLoad] = {
            key: TileLoad(tile.spec.width * tile.spec.height, bool(tile.camera.sub_url))
            for key, tile in self._tiles.items()
        }
        if self._shedder.look(sample, loads, now):
            _log.info("Load %.0f %%, %.2f s late", sample.processor * 100, sample.late_s)
        for key, tile in self._tiles.items():
            tile.effort = self._shedder.effort(key)
            self._feeds.plan(tile, key)
        self._settle_streams(now)
        for record in list(self._connections.records.values()):
            if record.is_connected and record.attempts and now - record.opened_at > 2:
                self._connections.settle(record)

    # --- streams ---------------------------------------------------------------------------------

    def _keep_warm(self, codes: Sequence[CameraCode]) -> None:
        wanted = set()
        for code in codes[: self._settings.warm_limit]:
            camera = self._camera(code)
            if camera is None:
                continue
            kind = StreamKind.SUB if camera.sub_url else StreamKind.MAIN
            stream = StreamId(code, kind)
            self._connections.record(camera, stream).warm = True
            wanted.add(stream)
        for stream, record in self._connections.records.items():
            if record.warm and stream not in wanted:
                record.warm = False

    def _settle_streams(self, now: float) -> None:
        """Open what is wanted, close what has not been wanted for a while."""
        self._feeds.flush()
        for record in list(self._connections.records.values()):
            if record.is_wanted:
                record.unwanted_since = None
                # What is looked at goes first: the next page is warmed when this one is there.
                is_turn = bool(record.views) or now - self._shown_at >= WARM_AFTER_S
                if is_turn and self.may_open(record.id.camera):
                    self._connections.open(record, now)
            elif record.unwanted_since is None:
                record.unwanted_since = now
            if record.unwanted_since is not None and (
                now - record.unwanted_since >= LINGER_S or record.phase is Phase.WAITING
            ):
                self._connections.close(record)

    def _on_stream_changed(self, record: StreamRecord) -> None:
        self._changed_cameras.add(record.id.camera)

    def _figures(self, tile: TileView) -> ViewFigures:
        records = [self._feeds.record(tile, kind) for kind in StreamKind]
        return ViewFigures(
            camera=tile.camera.code,
            kind=tile.shown,
            published=tile.published,
            taken=tile.taken,
            superseded=max(0, tile.published - tile.taken),
            reconnects=sum(record.reconnects for record in records if record is not None),
            first_picture_ms=tile.first_picture_ms,
            ages_s=tuple(chain(tile.ages_s)),
        )


def _same_camera(tile: TileView, spec: ViewSpec | None) -> bool:
    return spec is not None and spec.camera == tile.camera.code
