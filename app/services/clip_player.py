"""Plays kept clips, files and recorders' addresses in tiles, never looking live."""

import time
from collections.abc import Callable, Sequence
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
_AT_ONCE_US = 200_000
_AT_END_US = 500_000
"""So little is no absence: clips that were kept together begin and end within it."""
_NO_NAME = "?"


@dataclass(frozen=True, slots=True, eq=False)
class InStep:
    """Clips that are opened with the same one of these play together: in step by the time at which
    their pictures were taken, on the line that begins at ``start_us`` (Unix time on the
    workstation's clock) and is ``span_us`` long. A verb on one of them is for all."""

    start_us: int
    span_us: int


@dataclass(frozen=True, slots=True)
class Playing:
    """What a tile plays. Times are microseconds: ``position_us`` from the beginning, ``taken_us``
    of Unix time on the workstation's clock, ``None`` where nobody knows when it was taken.

    Of clips in step, ``end_us`` is the end of their line from the beginning of this one, whose
    position may be before it or after its last picture. ``label`` is what it was opened as.
    """

    name: str
    camera: CameraCode | None
    state: PlayerState
    position_us: int
    taken_us: int | None
    speed: float
    is_looping: bool
    clip: Clip | None
    end_us: int | None = None
    label: str = ""
    elsewhere: str = ""
    """The workstation at which a clip lies that is not at hand here."""

    @property
    def is_ended(self) -> bool:
        length = self.state.duration_us
        end = length if self.end_us is None else self.end_us
        return length > 0 and self.position_us >= end and not self.is_looping

    @property
    def begins_in_us(self) -> int:
        """How long until its first picture, where the line is not there yet; else 0."""
        return -self.position_us if self.position_us < -_AT_ONCE_US else 0

    @property
    def gap_us(self) -> int:
        """How long until the next picture, where none was recorded; else 0."""
        clip = self.clip
        if clip is None:
            return 0
        at_us = clip.start_us + self.position_us
        return next((until - at_us for since, until in clip.gaps if since <= at_us < until), 0)

    @property
    def is_over(self) -> bool:
        """Whether the line goes on after its last picture."""
        is_after = 0 < self.state.duration_us < self.position_us - _AT_END_US
        return self.end_us is not None and is_after

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
    in_step: InStep | None = None
    label: str = ""


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
        self._prepared: list[_Work] = []
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
        in_step: InStep | None = None,
        label: str = "",
    ) -> ViewKey | None:
        """Play in a tile (``None``: the selected one) in place of what it shows; returns its view,
        ``None`` where the screen has no such tile.

        ``start_us`` is from the clip's beginning. Clips with the same ``since`` (monotonic) are in
        step; without it, it begins with its first picture. Those with the same ``in_step`` begin
        with the first picture of the first of them. What was given to ``prepare`` is there at
        once. What cannot be played says so, as ``playing(...).state.trouble`` and on the tile.
        """
        tile = self._tile(screen, cell)
        if tile is None:
            return None
        work = self._taken(source) or self._begin(source)
        self._forget(tile.key)
        work.key, work.screen, work.tile, work.speed = tile.key, screen, tile, speed
        work.label, work.in_step = label, in_step
        work.command = PlayCommand(start_us, speed, since or 0.0, loop)
        work.is_to_start = since is None
        if in_step is not None:
            self._join(work, in_step)
        self._playing[tile.key] = work
        if in_step is None:
            self._show(work)  # its first picture, before anything is asked of it
        self._start(work)
        self.changed.emit(tile.key)
        return tile.key

    def prepare(self, *sources: Source) -> None:
        """Open what is to be played next, so that its first picture is there at once. What was
        prepared before and is not among these is closed."""
        for work in tuple(self._prepared):
            if work.source not in sources:
                self._prepared.remove(work)
                self._players.close(work.player)
        ready = [work.source for work in self._prepared]
        self._prepared += [self._begin(each) for each in sources if each not in ready]

    def close(self, key: ViewKey) -> bool:
        """Back to the tile's live picture; false when it plays nothing. What plays in step with it
        is closed too."""
        work = self._playing.get(key)
        if work is None:
            return False
        closed = [each.key for each in self._together(work) if each.key is not None]
        for each in closed:
            self._forget(each)
        for each in closed:
            self.changed.emit(each)
        return True

    def close_all(self) -> None:
        """Before the players are closed."""
        self._wall_changes.close()
        for key in tuple(self._playing):
            self._forget(key)
        for work in self._prepared:
            self._players.close(work.player)
        self._prepared.clear()

    # --- what is played -----------------------------------------------------------------------

    def playing(self, key: ViewKey) -> Playing | None:
        """What a view plays now; ``None``: its camera, or nothing."""
        work = self._playing.get(key)
        if work is None:
            return None
        at = self._position(work)
        clip = work.clip
        start = None if clip is None else _taken_us(clip, 0)
        end = None if work.in_step is None else work.in_step.span_us - work.command.begins_us
        return Playing(
            name=work.name,
            camera=None if clip is None else clip.camera,
            state=work.state,
            position_us=at,
            taken_us=None if start is None else start + at,
            speed=work.command.speed,
            is_looping=work.command.is_looping,
            clip=clip,
            end_us=end,
            label=work.label,
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
            self._go(key, speed=work.speed, position_us=_restart(work, now))

    def faster(self, key: ViewKey, by: float) -> None:
        """Play ``by`` times as fast, between an eighth and eight times; what stands plays on."""
        work, now = self._playing.get(key), self.playing(key)
        if work is None or now is None:
            return
        if not now.stands:
            work.speed = min(FASTEST, max(SLOWEST, work.speed * by))
        self._go(key, speed=work.speed, position_us=_restart(work, now))

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
        work, now = self._playing.get(key), self.playing(key)
        if work is None or work.state.phase is not PlayerPhase.READY:
            return
        if now is not None and (now.begins_in_us or now.is_over):
            return  # it has no picture to step from
        if work.in_step is not None:
            self._go(key, speed=0.0)
        at = self._position(work) + work.command.begins_us
        work.command = replace(work.command, position_us=at, speed=0.0, since=0.0)
        self._players.go(work.player, replace(work.command, step=by))

    def toggle_loop(self, key: ViewKey) -> None:
        work = self._playing.get(key)
        if work is not None:
            at = self._position(work)
            looping = not work.command.is_looping
            for each in self._together(work):
                each.command = replace(each.command, is_looping=looping)
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

    def _taken(self, source: Source) -> _Work | None:
        """What was prepared of it; what failed meanwhile is tried anew."""
        work = next((each for each in self._prepared if each.source == source), None)
        if work is None:
            return None
        self._prepared.remove(work)
        if work.state.phase is not PlayerPhase.FAILED:
            return work
        self._players.close(work.player)
        return None

    def _begin(self, source: Source) -> _Work:
        clip = source if isinstance(source, Clip) else None
        location, name = self._where(source)
        taken = None if clip is None else _taken_us(clip, 0)

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
            since = time.monotonic()
            for each in self._together(work):
                each.is_to_start = False
                each.command = replace(each.command, since=since)
        self._players.go(work.player, work.command)
        if work.in_step is not None:
            self._show(work)  # no other picture than the one that the line is at

    def _on_state(self, work: _Work, state: PlayerState) -> None:
        before, work.state = work.state, state
        if state.phase is PlayerPhase.READY and before.phase is not PlayerPhase.READY:
            self._start(work)
        elif not work.command.speed and state.shown_us != before.shown_us:
            at = state.shown_us + work.command.begins_us
            for each in self._together(work):
                each.command = replace(each.command, position_us=at)
                if each is not work:
                    self._players.go(each.player, each.command)
        if work.key is not None and state.phase is not before.phase:
            self.changed.emit(work.key)

    def _go(
        self, key: ViewKey, *, speed: float | None = None, position_us: int | None = None
    ) -> None:
        work = self._playing.get(key)
        if work is None:
            return
        at = self._position(work) if position_us is None else position_us
        speed = work.command.speed if speed is None else speed
        begins_us, since = work.command.begins_us, time.monotonic()
        for each in self._together(work):
            each.speed = work.speed
            each.command = replace(
                each.command, position_us=at + begins_us, speed=speed, since=since, step=0
            )
            if each.state.phase is PlayerPhase.READY:
                self._players.go(each.player, each.command)

    def _join(self, work: _Work, line: InStep) -> None:
        """Go along with those that are on the line already."""
        for other in self._together(work):
            work.command, work.speed = other.command, other.speed
            work.is_to_start = other.is_to_start
        begins_us = _taken_us(work.clip, line.start_us) - line.start_us
        work.command = replace(work.command, begins_us=begins_us, span_us=line.span_us)

    def _together(self, work: _Work) -> Sequence[_Work]:
        """The clip and those that are in step with it."""
        if work.in_step is None:
            return (work,)
        return [each for each in self._playing.values() if each.in_step is work.in_step]

    def _position(self, work: _Work) -> int:
        command = work.command
        if work.is_to_start or (work.in_step is None and not _is_ready(work)):
            return command.position_us - command.begins_us
        return command.place_at(time.monotonic(), work.state.duration_us)

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

        While one tile is enlarged the others only wait behind it, as those of a screen do that is
        borrowed.
        """
        if screen not in self._wall.open_screens:
            tiles: dict[ViewKey, TileSnapshot] = {}
            is_enlarged, waiting = False, frozenset[ViewKey]()
        else:
            seen = self._wall.screen(screen)
            tiles = {tile.key: tile for tile in seen.tiles}
            is_enlarged, waiting = seen.enlarged is not None, seen.waiting
        for key, work in tuple(self._playing.items()):
            if work.screen != screen or work.tile is None:
                continue
            tile = tiles.get(key)
            if tile is None and (is_enlarged or key in waiting):
                continue
            if tile is None or tile.camera != work.tile.camera:
                self.close(key)
            elif tile != work.tile:
                work.tile = tile
                self._show(work)


def _is_ready(work: _Work) -> bool:
    return work.state.phase is PlayerPhase.READY


def _is_missing(work: _Work) -> bool:
    state = work.state
    return state.phase is PlayerPhase.FAILED and state.reason is Reason.NOT_FOUND


def _restart(work: _Work, now: Playing) -> int | None:
    """The beginning, of the line or the clip, for what has come to its end."""
    return -work.command.begins_us if now.is_ended else None


def _taken_us(clip: Clip | None, unknown_us: int) -> int:
    """When the first picture was taken, on the workstation's clock."""
    return unknown_us if clip is None else clip.start_us + clip.offset_us
