"""Which slots of the frame board feed a tile: the encoding it wants, a substitute, the past.

Owner thread only. The engine says what is on the walls; this asks the streams for it.
"""

import logging
import time
from collections.abc import Iterator, Sequence

from app.domain.camera import Camera, CameraCode
from app.domain.stream import STALE_AFTER_S, StreamKind
from app.video.board import BoardMemory, BoardPicture, BoardReader, SlotSpace
from app.video.connections import StreamConnections
from app.video.engine_types import Moment, ReplayCommand, ViewKey, ViewSpec
from app.video.messages import View
from app.video.policy import ASSUMED_SUB_HEIGHT, choose_kind, other_may_help
from app.video.slots import BoardFullError, SlotSpaces
from app.video.stream_record import Phase, StreamId, StreamRecord, host_of
from app.video.tile_view import TileView

SUBSTITUTE_AFTER_S = 2.0
_OTHER = {StreamKind.MAIN: StreamKind.SUB, StreamKind.SUB: StreamKind.MAIN}
_log = logging.getLogger(__name__)


class TileFeeds:
    """The tiles of all screens and the slots in which their pictures arrive.

    What changes is told to the workers by ``flush``.
    """

    def __init__(self, memory: BoardMemory, board_bytes: int) -> None:
        self._memory = memory
        self._reader = BoardReader(memory)
        room = board_bytes - memory.data_at
        self._spaces = SlotSpaces(memory.data_at, room, memory.slots)
        self._connections: StreamConnections
        self._key_of_slot: dict[int, ViewKey] = {}
        self._dirty: dict[StreamId, list[SlotSpace]] = {}
        self._plays: list[tuple[StreamId, int, ReplayCommand | None]] = []
        self.tiles: dict[ViewKey, TileView] = {}

    def connect(self, connections: StreamConnections) -> None:
        """Say where the streams are; before anything else."""
        self._connections = connections

    def fresh(self) -> Sequence[ViewKey]:
        """The views that have a picture newer than the last one taken."""
        keys = self._key_of_slot
        return [keys[slot] for slot in self._reader.fresh().tolist() if slot in keys]

    def intact(self, picture: BoardPicture) -> bool:
        return self._reader.intact(picture)

    def picture(self, tile: TileView) -> BoardPicture | None:
        """The newest picture for the tile; what served until it was there is let go."""
        picture = self._take(tile)
        if picture is not None:
            tile.note(picture)
            self._drop_what_served(tile, picture)
        return picture

    def show(self, key: ViewKey, camera: Camera, spec: ViewSpec, now: float) -> None:
        """Make the tile what ``spec`` says."""
        tile = self.tiles.get(key)
        if tile is None:
            tile = self.tiles[key] = TileView(camera, spec, now)
        tile.camera, tile.spec = camera, spec
        self.plan(tile, key)

    def drop(self, key: ViewKey) -> None:
        """Forget the tile; its slots are free once no worker writes them any more."""
        tile = self.tiles.pop(key)
        self._forget_past(tile)
        for kind in tuple(tile.feeds):
            self._drop_feed(tile, kind)

    def record(self, tile: TileView, kind: StreamKind) -> StreamRecord | None:
        return self._connections.records.get(StreamId(tile.camera.code, kind))

    def of_camera(self, camera: CameraCode) -> Iterator[StreamRecord]:
        """The streams of a camera that are there, the small one first."""
        for kind in (StreamKind.SUB, StreamKind.MAIN):
            record = self._connections.records.get(StreamId(camera, kind))
            if record is not None:
                yield record

    def plan(self, tile: TileView, key: ViewKey) -> None:
        """Give the tile a feed of the encoding it should show, and of the other if that helps."""
        if tile.replay is not None:
            record = self.record(tile, tile.replay)
            if record is not None and record.is_connected:
                # What it shows is bound to that stream's ring: no other can take its place.
                self._feed(tile, key, tile.replay)
                return
            tile.replay = None
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

    # --- holding and looking back ---------------------------------------------------------------

    def hold(self, tile: TileView, hold_us: int) -> None:
        """Let the tile's pictures wait from now on."""
        tile.hold_us = hold_us
        for kind, space in tile.feeds.items():
            record = self.record(tile, kind)
            if record is not None:
                self._connections.set_hold(record, space.slot, hold_us)

    def replay(self, tile: TileView, key: ViewKey, command: ReplayCommand | None) -> None:
        """Play the tile from a ring, or show what is live again. To be flushed."""
        found = self._reaching(tile, command) if command is not None else None
        before, tile.replay = tile.replay, found.id.kind if found is not None else None
        tile.command = command
        if before is not tile.replay and before in tile.feeds:
            stream = StreamId(tile.camera.code, before)
            self._plays.append((stream, tile.feeds[before].slot, None))
        if found is not None and found.id.kind in tile.feeds:
            self._plays.append((found.id, tile.feeds[found.id.kind].slot, command))
        self.plan(tile, key)

    def _reaching(self, tile: TileView, command: ReplayCommand) -> StreamRecord | None:
        """The stream whose ring holds the moment: the replayed or wanted one if it does, else the
        longest."""
        position = Moment(command.position_us(time.monotonic()), command.moment.by_camera)
        found = [r for r in self.of_camera(tile.camera.code) if r.is_connected]
        liked = tile.replay or tile.wanted
        if command.step and tile.replay is not None:
            found = [r for r in found if r.id.kind is tile.replay] or found
        return max(
            found,
            key=lambda r: (r.reaches(position), r.id.kind is liked, r.ring_seconds),
            default=None,
        )

    # --- feeds ------------------------------------------------------------------------------------

    def _needs_substitute(self, tile: TileView, other: StreamKind) -> bool:
        """Whether the other encoding should help out: it is there already and the wanted one is
        not, or the wanted one fails, or a main stream takes its time."""
        if tile.has_live_picture():
            return False
        wanted = self.record(tile, tile.wanted)
        if wanted is not None and wanted.attempts:
            same_host = host_of(tile.camera, other) == wanted.host
            if other_may_help(wanted.reason, wanted.attempts, same_host=same_host):
                return True
        slow = time.monotonic() - tile.since > SUBSTITUTE_AFTER_S
        if slow and tile.wanted is StreamKind.MAIN and wanted is not None and not wanted.attempts:
            return True
        spare = self.record(tile, other)
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
            space = self._take_space(tile, key, kind, needed)
            if space is None:
                return
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
            record.holds[space.slot] = tile.hold_us
            record.effort = tile.effort
            self._dirty.setdefault(record.id, [])

    def _take_space(
        self, tile: TileView, key: ViewKey, kind: StreamKind, needed: int
    ) -> SlotSpace | None:
        try:
            space = self._spaces.take(needed)
        except BoardFullError as error:
            _log.error("%s: %s", key, error)
            return None
        self._reader.reset(space.slot)
        tile.feeds[kind] = space
        self._key_of_slot[space.slot] = key
        if tile.replay is kind:
            # In another size it goes on where it was.
            stream = StreamId(tile.camera.code, kind)
            self._plays.append((stream, space.slot, tile.command_from_here()))
        return space

    def _take(self, tile: TileView) -> BoardPicture | None:
        """The picture of the wanted encoding, or of the other while that is the fresher one."""
        if tile.replay is not None:
            return self._take_replay(tile, tile.replay)
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

    def _take_replay(self, tile: TileView, kind: StreamKind) -> BoardPicture | None:
        """What is played from the ring; until that is there, what was shown before."""
        others = (space for other, space in tile.feeds.items() if other is not kind)
        past = (tile.past[1],) if tile.past is not None else ()
        space = tile.feeds.get(kind)
        picture = self._reader.take(space) if space is not None else None
        if picture is not None:
            tile.shown = kind
            return picture
        taken = (self._reader.take(space) for space in (*past, *others))
        return next((picture for picture in taken if picture is not None), None)

    def _drop_what_served(self, tile: TileView, picture: BoardPicture) -> None:
        """The tile has what it wants: the substitute and the old size have served."""
        if tile.past is not None and picture.slot != tile.past[1].slot:
            self._forget_past(tile)
            self.flush()
        if len(tile.feeds) > 1 and tile.shown is tile.wanted and tile.has_live_picture():
            self._drop_feed(tile, _OTHER[tile.wanted])
            self.flush()

    def _forget_past(self, tile: TileView) -> None:
        if tile.past is not None:
            kind, space = tile.past
            tile.past = None
            self._drop_slot(tile, kind, space)

    def _drop_feed(self, tile: TileView, kind: StreamKind) -> None:
        self._drop_slot(tile, kind, tile.feeds.pop(kind))

    def _drop_slot(self, tile: TileView, kind: StreamKind, space: SlotSpace) -> None:
        self._key_of_slot.pop(space.slot, None)
        record = self.record(tile, kind)
        if record is None or record.views.pop(space.slot, None) is None:
            self.free(space)
            return
        record.holds.pop(space.slot, None)
        self._dirty.setdefault(record.id, []).append(space)

    def flush(self) -> None:
        """Tell the workers what changed: first what is played, so that no slot that looks back
        shows what is live for a moment."""
        plays, self._plays = self._plays, []
        for stream, slot, command in plays:
            record = self._connections.records.get(stream)
            if record is not None and slot in record.views:
                self._connections.replay(record, slot, command)
        dirty, self._dirty = self._dirty, {}
        for stream, dropped in dirty.items():
            record = self._connections.records.get(stream)
            if record is not None:
                self._connections.apply_views(record, dropped)
            else:
                for space in dropped:
                    self.free(space)

    def free(self, space: SlotSpace) -> None:
        """No worker writes the slot any more."""
        self._reader.reset(space.slot)
        self._memory.block.forget(*self._spaces.give_back(space))


def _now_us() -> int:
    return time.time_ns() // 1000
