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

import psutil

from app.core.dispatch import Dispatcher
from app.core.events import Event
from app.domain.camera import Camera, CameraCode
from app.domain.stream import STALE_AFTER_S, StreamKind, StreamState, StreamStatus
from app.video.board import BoardPicture, BoardReader, SlotSpace, create_board
from app.video.connections import ConnectionSettings, StreamConnections
from app.video.engine_types import TileStatus, ViewFigures, ViewKey, ViewSpec
from app.video.load import LoadSample, LoadShedder, TileLoad
from app.video.messages import Heartbeat, Report, View
from app.video.opening import OpenGate
from app.video.policy import ASSUMED_SUB_HEIGHT, choose_kind, other_may_help
from app.video.secrets_port import LoginSource, NoLogins
from app.video.slots import BoardFullError, SlotSpaces
from app.video.stream_record import Phase, StreamId, StreamRecord, host_of
from app.video.tile_view import TileView, tile_status
from app.video.worker_entry import run_worker
from app.video.worker_pool import WorkerLoss, WorkerPool

LINGER_S = 8.0
LOOK_EVERY_S = 1.0
WARM_AFTER_S = 1.0
SUBSTITUTE_AFTER_S = 2.0
_OTHER = {StreamKind.MAIN: StreamKind.SUB, StreamKind.SUB: StreamKind.MAIN}
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
        self._reader = BoardReader(self._memory)
        room = self._settings.board_bytes - self._memory.data_at
        self._spaces = SlotSpaces(self._memory.data_at, room, self._memory.slots)
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
            changed=self._on_stream_changed,
            freed=self._on_slot_freed,
        )
        self._tiles: dict[ViewKey, TileView] = {}
        self._key_of_slot: dict[int, ViewKey] = {}
        self._warm: frozenset[CameraCode] = frozenset()
        self._shedder = LoadShedder()
        self._changed_cameras: set[CameraCode] = set()
        self._dirty: dict[StreamId, list[SlotSpace]] = {}
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
        self._tiles.clear()
        self._memory.close()

    # --- what the wall asks -----------------------------------------------------------------

    def show(self, wanted: Mapping[ViewKey, ViewSpec], warm: Sequence[CameraCode]) -> None:
        now = self._shown_at = time.monotonic()
        for key in [k for k, t in self._tiles.items() if not _same_camera(t, wanted.get(k))]:
            self._drop_tile(key)
        for key, spec in wanted.items():
            camera = self._camera(spec.camera)
            if camera is None:
                continue
            tile = self._tiles.get(key)
            if tile is None:
                tile = self._tiles[key] = TileView(camera, spec, now)
            tile.camera, tile.spec = camera, spec
            self._plan(tile, key)
        visible = {tile.camera.code for tile in self._tiles.values()}
        self._keep_warm([code for code in dict.fromkeys(warm) if code not in visible])
        self._settle_streams(now)

    def fresh(self) -> Sequence[ViewKey]:
        keys = self._key_of_slot
        return [keys[slot] for slot in self._reader.fresh().tolist() if slot in keys]

    def picture(self, key: ViewKey) -> BoardPicture | None:
        tile = self._tiles.get(key)
        if tile is None:
            return None
        picture = self._take(tile)
        if picture is not None:
            tile.note(picture)
            self._drop_what_served(tile, picture)
        return picture

    def intact(self, picture: BoardPicture) -> bool:
        return self._reader.intact(picture)

    def status(self, key: ViewKey) -> TileStatus:
        tile = self._tiles.get(key)
        if tile is None:
            return TileStatus(StreamState.CLOSED)
        shown = self._record(tile.camera, tile.shown) if tile.shown else None
        wanted = self._record(tile.camera, tile.wanted)
        return tile_status(tile, shown, wanted, time.monotonic())

    def camera_status(self, camera: CameraCode) -> StreamStatus:
        now = time.monotonic()
        found = StreamStatus()
        for kind in (StreamKind.SUB, StreamKind.MAIN):
            record = self._connections.records.get(StreamId(camera, kind))
            if record is None:
                continue
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
            self._plan(tile, key)
        self._settle_streams(now)
        for record in list(self._connections.records.values()):
            if record.is_connected and record.attempts and now - record.opened_at > 2:
                self._connections.settle(record)

    # --- tiles -----------------------------------------------------------------------------------

    def _plan(self, tile: TileView, key: ViewKey) -> None:
        """Give the tile a feed of the encoding it should show, and of the other if that helps."""
        sub = self._connections.records.get(StreamId(tile.camera.code, StreamKind.SUB))
        tile.wanted = choose_kind(
            tile.camera,
            tile.spec,
            now_showing=tile.wanted,
            sub_height=sub.height if sub and sub.height else ASSUMED_SUB_HEIGHT,
            effort=tile.effort,
        )
        self._feed(tile, key, tile.wanted)
        other = _OTHER[tile.wanted]
        if other in tile.feeds or (tile.camera.sub_url and self._needs_substitute(tile, other)):
            self._feed(tile, key, other)

    def _needs_substitute(self, tile: TileView, other: StreamKind) -> bool:
        """Whether the other encoding should help out: it is there already and the wanted one is
        not, or the wanted one fails, or a main stream takes its time."""
        if tile.has_live_picture():
            return False
        wanted = self._record(tile.camera, tile.wanted)
        if wanted is not None and wanted.attempts:
            same_host = host_of(tile.camera, other) == wanted.host
            if other_may_help(wanted.reason, wanted.attempts, same_host=same_host):
                return True
        slow = time.monotonic() - tile.since > SUBSTITUTE_AFTER_S
        if slow and tile.wanted is StreamKind.MAIN and wanted is not None and not wanted.attempts:
            return True
        spare = self._record(tile.camera, other)
        ready = spare is not None and spare.phase is Phase.OPEN
        return ready and (wanted is None or wanted.phase is not Phase.OPEN)

    def _feed(self, tile: TileView, key: ViewKey, kind: StreamKind) -> None:
        spec = tile.spec
        record = self._connections.record(tile.camera, StreamId(tile.camera.code, kind))
        needed = max(1, spec.width) * max(1, spec.height) * 4
        space = tile.feeds.get(kind)
        if space is not None and not needed <= space.capacity <= 4 * needed + (1 << 20):
            # The old picture stays on the tile until the new room has one.
            self._forget_past(tile)
            tile.past = (kind, tile.feeds.pop(kind))
            space = None
        if space is None:
            try:
                space = self._spaces.take(needed)
            except BoardFullError as error:
                _log.error("%s: %s", key, error)
                return
            self._reader.reset(space.slot)
            tile.feeds[kind] = space
            self._key_of_slot[space.slot] = key
        crop = spec.crop
        view = View(
            space.slot,
            space.offset,
            space.capacity,
            spec.width,
            spec.height,
            crop.x,
            crop.y,
            crop.width,
            crop.height,
        )
        if record.views.get(space.slot) != view or record.effort != tile.effort:
            record.views[space.slot] = view
            record.effort = tile.effort
            self._dirty.setdefault(record.id, [])

    def _take(self, tile: TileView) -> BoardPicture | None:
        """The picture of the wanted encoding, or of the other while that is the fresher one."""
        space = tile.feeds.get(tile.wanted)
        picture = self._reader.take(space) if space is not None else None
        if picture is not None and (
            len(tile.feeds) == 1 or picture.facts.age_s(_now_us()) <= STALE_AFTER_S
        ):
            tile.shown = tile.wanted
            return picture
        other = _OTHER[tile.wanted]
        space = tile.feeds.get(other)
        spare = self._reader.take(space) if space is not None else None
        if picture is None and spare is None and tile.past is not None:
            return self._reader.take(tile.past[1])
        if spare is None or (
            picture is not None and picture.facts.arrival_us >= spare.facts.arrival_us
        ):
            tile.shown = tile.wanted if picture is not None else tile.shown
            return picture
        tile.shown = other
        return spare

    def _drop_what_served(self, tile: TileView, picture: BoardPicture) -> None:
        """The tile has what it wants: the substitute and the old size have served."""
        if tile.past is not None and picture.slot != tile.past[1].slot:
            self._forget_past(tile)
            self._flush()
        if len(tile.feeds) > 1 and tile.shown is tile.wanted and tile.has_live_picture():
            self._drop_feed(tile, _OTHER[tile.wanted])
            self._flush()

    def _forget_past(self, tile: TileView) -> None:
        if tile.past is not None:
            kind, space = tile.past
            tile.past = None
            self._drop_slot(tile, kind, space)

    def _drop_feed(self, tile: TileView, kind: StreamKind) -> None:
        self._drop_slot(tile, kind, tile.feeds.pop(kind))

    def _drop_slot(self, tile: TileView, kind: StreamKind, space: SlotSpace) -> None:
        self._key_of_slot.pop(space.slot, None)
        record = self._record(tile.camera, kind)
        if record is None or record.views.pop(space.slot, None) is None:
            self._on_slot_freed(space)
            return
        self._dirty.setdefault(record.id, []).append(space)

    def _drop_tile(self, key: ViewKey) -> None:
        tile = self._tiles.pop(key)
        self._forget_past(tile)
        for kind in tuple(tile.feeds):
            self._drop_feed(tile, kind)

    # --- streams ---------------------------------------------------------------------------------

    def _record(self, camera: Camera, kind: StreamKind) -> StreamRecord | None:
        return self._connections.records.get(StreamId(camera.code, kind))

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
        self._flush()
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

    def _flush(self) -> None:
        dirty, self._dirty = self._dirty, {}
        for stream, dropped in dirty.items():
            record = self._connections.records.get(stream)
            if record is not None:
                self._connections.apply_views(record, dropped)
            else:
                for space in dropped:
                    self._on_slot_freed(space)

    def _on_stream_changed(self, record: StreamRecord) -> None:
        self._changed_cameras.add(record.id.camera)

    def _on_slot_freed(self, space: SlotSpace) -> None:
        self._reader.reset(space.slot)
        self._memory.block.forget(*self._spaces.give_back(space))

    def _figures(self, tile: TileView) -> ViewFigures:
        records = [self._record(tile.camera, kind) for kind in StreamKind]
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


def _now_us() -> int:
    return time.time_ns() // 1000
