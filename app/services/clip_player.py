"""Plays kept clips, files and recorders' addresses in tiles, never looking live."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from app.core.events import Event
from app.domain.camera import CameraCode
from app.domain.clip_record import Clip
from app.domain.stream import Reason
from app.services.wall import WallService
from app.services.wall_screen import TileSnapshot
from app.video.engine_types import ViewKey
from app.video.player_types import (
    FASTEST,
    SLOWEST,
    PlayCommand,
    PlayerId,
    PlayerPhase,
    Players,
    PlayerState,
)

Source: TypeAlias = Clip | Path | str
"""A kept clip, a file, or the address of a recording (``rtsp``, ``http`` and ``https``)."""

_US = 1_000_000
_NO_NAME = "?"


@dataclass(frozen=True, slots=True)
class Playing:
    """What a tile plays. Times are microseconds: ``position_us`` from the beginning, ``taken_us``
    of Unix time on the workstation's clock, ``None`` where nobody knows when it was taken."""

    name: str
    camera: CameraCode | None
    state: PlayerState
    position_us: int
    taken_us: int | None
    speed: float
    is_looping: bool
    clip: Clip | None
    elsewhere: str = ""
    """The workstation at which a clip lies that is not at hand here."""

    @property
    def is_ended(self) -> bool:
        at_end = self.position_us >= self.state.duration_us > 0
        return at_end and not self.is_looping

    @property
    def stands(self) -> bool:
        """Whether it is paused or at its end."""
        return not self.speed or self.is_ended


@dataclass(slots=True)
class _Work:
    source: Source
    name: str
    clip: Clip | None
    player: PlayerId
    state: PlayerState = field(default_factory=PlayerState)
    command: PlayCommand = field(default_factory=lambda: PlayCommand(speed=0.0))
    is_to_start: bool = True
    key: ViewKey | None = None
    screen: int = 0
    tile: TileSnapshot | None = None
    speed: float = 1.0
    """What play goes on at after a pause."""


class ClipPlayer:
    """Owner thread; nothing blocks. One clip a tile, until it is closed or the tile gets another
    camera or goes away (page, layout, district)."""

    def __init__(
        self,
        players: Players,
        wall: WallService,
        file_of: Callable[[Clip], Path],
        elsewhere: Callable[[Clip], str] = lambda _clip: "",
    ) -> None:
        """``elsewhere`` names the workstation that kept a clip, empty for this one."""
        self.changed: Event[ViewKey] = Event("clip_player.changed")
        """A view plays another clip, or none, or it could not be opened."""
        self._players = players
        self._wall = wall
        self._file_of = file_of
        self._elsewhere = elsewhere
        self._playing: dict[ViewKey, _Work] = {}
        self._prepared: _Work | None = None
        self._wall_changes = wall.changed.connect(self._on_wall_changed)

    # --- opening ------------------------------------------------------------------------------

    def open(
        self,
        source: Source,
        screen: int,
        cell: int | None = None,
        *,
        loop: bool = False,
        speed: float = 1.0,
        start_us: int = 0,
        since: float | None = None,
    ) -> ViewKey | None:
        """Play in a tile (``None``: the selected one) in place of what it shows; returns its view,
        ``None`` where the screen has no such tile.

        ``start_us`` is from the clip's beginning. Clips with the same ``since`` (monotonic) are in
        step; without it, it begins with its first picture. What was given to ``prepare`` is there
        at once. What cannot be played says so, as ``playing(...).state.trouble`` and on the tile.
        """
        tile = self._tile(screen, cell)
        if tile is None:
            return None
        work = self._prepared
        if work is not None and work.source == source:
            self._prepared = None
        else:
            work = self._begin(source)
        self._forget(tile.key)
        work.key, work.screen, work.tile, work.speed = tile.key, screen, tile, speed
        work.command = PlayCommand(start_us, speed, since or 0.0, loop)
        work.is_to_start = since is None
        self._playing[tile.key] = work
        self._show(work)
        self._start(work)
        self.changed.emit(tile.key)
        return tile.key

    def prepare(self, source: Source) -> None:
        """Open what is to be played next, so that its first picture is there at once. One only."""
        if self._prepared is not None:
            if self._prepared.source == source:
                return
            self._players.close(self._prepared.player)
        self._prepared = self._begin(source)

    def close(self, key: ViewKey) -> bool:
        """Back to the tile's live picture; false when it plays nothing."""
        if key not in self._playing:
            return False
        self._forget(key)
        self.changed.emit(key)
        return True

    def close_all(self) -> None:
        """Before the players are closed."""
        self._wall_changes.close()
        for key in tuple(self._playing):
            self._forget(key)
        if self._prepared is not None:
            self._players.close(self._prepared.player)
            self._prepared = None

    # --- what is played -----------------------------------------------------------------------

    def playing(self, key: ViewKey) -> Playing | None:
        """What a view plays now; ``None``: its camera, or nothing."""
        work = self._playing.get(key)
        if work is None:
            return None
        at = self._position(work)
        clip = work.clip
        start = None if clip is None else clip.start_us + clip.offset_us
        return Playing(
            name=work.name,
            camera=None if clip is None else clip.camera,
            state=work.state,
            position_us=at,
            taken_us=None if start is None else start + at,
            speed=work.command.speed,
            is_looping=work.command.is_looping,
            clip=clip,
            elsewhere=self._elsewhere(clip) if clip is not None and _is_missing(work) else "",
        )

    def selected(self) -> ViewKey | None:
        """The view of the focused screen's selected tile, where it plays something."""
        if not self._wall.screens:
            return None
        tile = self._tile(self._wall.focused, None)
        return tile.key if tile is not None and tile.key in self._playing else None

    # --- verbs --------------------------------------------------------------------------------

    def pause(self, key: ViewKey) -> None:
        self._go(key, speed=0.0)

    def toggle_pause(self, key: ViewKey) -> None:
        """Pause, or play on; from the beginning where it has come to its end."""
        work, now = self._playing.get(key), self.playing(key)
        if work is None or now is None:
            return
        if not now.stands:
            self._go(key, speed=0.0)
        else:
            self._go(key, speed=work.speed, position_us=0 if now.is_ended else None)

    def faster(self, key: ViewKey, by: float) -> None:
        """Play ``by`` times as fast, between an eighth and eight times; what stands plays on."""
        work, now = self._playing.get(key), self.playing(key)
        if work is None or now is None:
            return
        if not now.stands:
            work.speed = min(FASTEST, max(SLOWEST, work.speed * by))
        self._go(key, speed=work.speed, position_us=0 if now.is_ended else None)

    def set_speed(self, key: ViewKey, speed: float) -> None:
        """1 is the pace at which it was taken."""
        work = self._playing.get(key)
        if work is not None:
            work.speed = min(FASTEST, max(SLOWEST, speed))
            self._go(key, speed=work.speed)

    def seek(self, key: ViewKey, position_us: int) -> None:
        """Go to a position from the beginning; it plays on, or stands, as before. Nothing happens
        where nobody knows how long it is, as with a recorder's stream."""
        work = self._playing.get(key)
        end = 0 if work is None else work.state.duration_us
        if end > 0:
            self._go(key, position_us=max(0, min(position_us, end)))

    def jump(self, key: ViewKey, seconds: float) -> None:
        work = self._playing.get(key)
        if work is not None:
            self.seek(key, self._position(work) + round(seconds * _US))

    def step(self, key: ViewKey, by: int) -> None:
        """One picture on, or back, and stand there."""
        work = self._playing.get(key)
        if work is None or work.state.phase is not PlayerPhase.READY:
            return
        at = self._position(work)
        work.command = replace(work.command, position_us=at, speed=0.0, since=0.0)
        self._players.go(work.player, replace(work.command, step=by))

    def toggle_loop(self, key: ViewKey) -> None:
        work = self._playing.get(key)
        if work is not None:
            at = self._position(work)
            looping = not work.command.is_looping
            work.command = replace(work.command, is_looping=looping)
            self._go(key, position_us=at)

    def still(
        self, key: ViewKey, at_us: int, width: int, answer: Callable[[bytes | None], None]
    ) -> None:
        """The picture at a position as JPEG, for a strip or to be kept."""
        work = self._playing.get(key)
        if work is None:
            answer(None)
        else:
            self._players.still(work.player, at_us, width, answer)

    # --- inside -------------------------------------------------------------------------------

    def _begin(self, source: Source) -> _Work:
        clip = source if isinstance(source, Clip) else None
        location, name = self._where(source)
        taken = None if clip is None else clip.start_us + clip.offset_us

        def told(state: PlayerState) -> None:
            self._on_state(work, state)

        player = self._players.open(location, taken, told)
        work = _Work(source, name, clip, player)
        return work

    def _where(self, source: Source) -> tuple[str, str]:
        """Location, and what to call it: no login stands in that."""
        if isinstance(source, Clip):
            return str(self._file_of(source)), source.camera
        if isinstance(source, Path):
            return str(source), source.name
        try:
            host = urlsplit(source).netloc.rpartition("@")[2]
        except ValueError:
            host = ""
        return source, host or _NO_NAME

    def _show(self, work: _Work) -> None:
        tile = work.tile
        if tile is not None and work.key is not None:
            size = tile.picture.width, tile.picture.height
            self._players.show(work.player, work.key, size, tile.crop)

    def _start(self, work: _Work) -> None:
        if work.state.phase is not PlayerPhase.READY or work.key is None:
            return
        if work.is_to_start:
            work.is_to_start = False
            work.command = replace(work.command, since=time.monotonic())
        self._players.go(work.player, work.command)

    def _on_state(self, work: _Work, state: PlayerState) -> None:
        before, work.state = work.state, state
        if state.phase is PlayerPhase.READY and before.phase is not PlayerPhase.READY:
            self._start(work)
        elif not work.command.speed and state.shown_us != before.shown_us:
            work.command = replace(work.command, position_us=state.shown_us)
        if work.key is not None and state.phase is not before.phase:
            self.changed.emit(work.key)

    def _go(
        self, key: ViewKey, *, speed: float | None = None, position_us: int | None = None
    ) -> None:
        work = self._playing.get(key)
        if work is None:
            return
        at = self._position(work) if position_us is None else position_us
        work.command = PlayCommand(
            at,
            work.command.speed if speed is None else speed,
            time.monotonic(),
            work.command.is_looping,
        )
        if work.state.phase is PlayerPhase.READY:
            self._players.go(work.player, work.command)

    def _position(self, work: _Work) -> int:
        if work.state.phase is not PlayerPhase.READY:
            return work.command.position_us
        return work.command.position_at(time.monotonic(), work.state.duration_us)

    def _forget(self, key: ViewKey) -> None:
        work = self._playing.pop(key, None)
        if work is not None:
            self._players.close(work.player)

    def _tile(self, screen: int, cell: int | None) -> TileSnapshot | None:
        if screen not in self._wall.open_screens:
            return None
        seen = self._wall.screen(screen)
        wanted = seen.selected if cell is None else cell
        return next((tile for tile in seen.tiles if tile.cell == wanted), None)

    def _on_wall_changed(self, screen: int) -> None:
        """Follow the size of the tiles; what has gone, or shows another camera, is closed.

        While one tile is enlarged the others only wait behind it.
        """
        if screen not in self._wall.open_screens:
            tiles: dict[ViewKey, TileSnapshot] = {}
            is_enlarged = False
        else:
            seen = self._wall.screen(screen)
            tiles = {tile.key: tile for tile in seen.tiles}
            is_enlarged = seen.enlarged is not None
        for key, work in tuple(self._playing.items()):
            if work.screen != screen or work.tile is None:
                continue
            tile = tiles.get(key)
            if tile is None and is_enlarged:
                continue
            if tile is None or tile.camera != work.tile.camera:
                self.close(key)
            elif tile != work.tile:
                work.tile = tile
                self._show(work)


def _is_missing(work: _Work) -> bool:
    state = work.state
    return state.phase is PlayerPhase.FAILED and state.reason is Reason.NOT_FOUND
