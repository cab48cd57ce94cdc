"""Plays kept clips, files and recorders' addresses in tiles, never looking live."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from app.core.events import Event
from app.domain.clip_record import Clip
from app.services.clip_playing import InStep, Playing
from app.services.clip_work import (
    Source,
    Work,
    can_seek,
    is_free,
    is_missing,
    is_ready,
    taken_us,
)
from app.services.wall import WallService
from app.services.wall_screen import TileSnapshot
from app.video.engine_types import ViewKey
from app.video.player_types import (
    FASTEST,
    SLOWEST,
    PlayCommand,
    PlayerPhase,
    Players,
    PlayerState,
)

FIRST_VOLUME = 50
"""What the first clip is heard at that is not to be silent any more."""
_US = 1_000_000
_NO_NAME = "?"


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
        self._playing: dict[ViewKey, Work] = {}
        self._prepared: list[Work] = []
        self._last_volume = FIRST_VOLUME
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
        start = None if clip is None else taken_us(clip, 0)
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
            first_us=-work.command.begins_us,
            label=work.label,
            elsewhere=self._elsewhere(clip) if clip is not None and is_missing(work) else "",
            volume=work.volume,
            is_selected=key == self.selected(),
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
        """Pause, or play on; from the other end where it has come to one."""
        work, now = self._playing.get(key), self.playing(key)
        if work is None or now is None:
            return
        if now.stands:
            self._play_on(key, now, work.speed)
        else:
            self._go(key, speed=0.0)

    def shuttle(self, key: ViewKey, direction: int, *, is_slow: bool = False) -> bool:
        """Play on (1) or backwards (-1); while it already does, twice as fast, up to 8 times.

        Slow begins with half of the pace and goes down to an eighth. False where that cannot be:
        a stream goes neither backwards nor faster than it comes.
        """
        work, now = self._playing.get(key), self.playing(key)
        if work is None or now is None:
            return True
        pace = 0.5 if is_slow else 1.0
        if not now.stands and now.speed * direction > 0:
            pace = min(FASTEST, max(SLOWEST, abs(now.speed) * (0.5 if is_slow else 2.0)))
        if not is_ready(work) or (direction > 0 and pace <= 1.0):
            is_possible = direction > 0 or work.state.phase is PlayerPhase.OPENING
        else:
            is_possible = is_free(work)
        if is_possible:
            work.speed = direction * pace
            self._play_on(key, now, work.speed)
        return is_possible

    def set_speed(self, key: ViewKey, speed: float) -> None:
        """1 is the pace at which it was taken."""
        work = self._playing.get(key)
        if work is not None:
            work.speed = min(FASTEST, max(SLOWEST, speed))
            self._go(key, speed=work.speed)

    def seek(self, key: ViewKey, position_us: int) -> bool:
        """Go to a position from the beginning; it plays on, or stands, as before. False where
        that cannot be, as in a recorder's stream."""
        work = self._playing.get(key)
        if work is None or not is_ready(work):
            return True
        if not can_seek(work):
            return False
        self._go(key, position_us=max(0, min(position_us, work.state.duration_us)))
        return True

    def jump(self, key: ViewKey, seconds: float) -> bool:
        """Go so far back or on; false as with ``seek``."""
        work = self._playing.get(key)
        return work is None or self.seek(key, self._position(work) + round(seconds * _US))

    def step(self, key: ViewKey, by: int) -> bool:
        """One picture on, or back, and stand there; false as with ``seek``, of one back."""
        work, now = self._playing.get(key), self.playing(key)
        if work is None or now is None or not is_ready(work):
            return True
        if by < 0 and not can_seek(work):
            return False
        if now.begins_in_us or now.is_over:
            return True  # it has no picture to step from
        if work.in_step is not None:
            self._go(key, speed=0.0)
        at = self._position(work) + work.command.begins_us
        work.command = replace(work.command, position_us=at, speed=0.0, since=0.0)
        work.asked = 0.0
        self._players.go(work.player, replace(work.command, step=by))
        return True

    def toggle_loop(self, key: ViewKey) -> bool:
        """Again and again, or once; false as with ``seek``."""
        work = self._playing.get(key)
        if work is None:
            return True
        if is_ready(work) and not is_free(work):
            return False
        at = self._position(work)
        looping = not work.command.is_looping
        for each in self._together(work):
            each.command = replace(each.command, is_looping=looping)
        self._go(key, position_us=at)
        return True

    # --- sound --------------------------------------------------------------------------------

    def toggle_mute(self, key: ViewKey) -> None:
        """Silent, or as loud as was last heard."""
        work = self._playing.get(key)
        if work is not None:
            self.set_volume(key, 0 if work.volume else self._last_volume)

    def set_volume(self, key: ViewKey, volume: int) -> None:
        """In per cent; every clip begins with 0, and one without sound stays there. It is heard
        while its tile is selected: one clip at a time."""
        work = self._playing.get(key)
        if work is None or (is_ready(work) and not work.state.has_sound):
            return
        work.volume = max(0, min(volume, 100))
        if work.volume:
            self._last_volume = work.volume
        self._lead_sound()
        self.changed.emit(key)

    def change_volume(self, key: ViewKey, by: int) -> None:
        work = self._playing.get(key)
        if work is not None:
            self.set_volume(key, work.volume + by)

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

    def _taken(self, source: Source) -> Work | None:
        """What was prepared of it; what failed meanwhile is tried anew."""
        work = next((each for each in self._prepared if each.source == source), None)
        if work is None:
            return None
        self._prepared.remove(work)
        if work.state.phase is not PlayerPhase.FAILED:
            return work
        self._players.close(work.player)
        return None

    def _begin(self, source: Source) -> Work:
        clip = source if isinstance(source, Clip) else None
        location, name = self._where(source)
        taken = None if clip is None else taken_us(clip, 0)

        def told(state: PlayerState) -> None:
            self._on_state(work, state)

        player = self._players.open(location, taken, told)
        work = Work(source, name, clip, player)
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

    def _show(self, work: Work) -> None:
        tile = work.tile
        if tile is not None and work.key is not None:
            size = tile.picture.width, tile.picture.height
            self._players.show(work.player, work.key, size, tile.crop)

    def _start(self, work: Work) -> None:
        if work.state.phase is not PlayerPhase.READY or work.key is None:
            return
        if work.is_to_start:
            since = time.monotonic()
            for each in self._together(work):
                each.is_to_start = False
                each.command = replace(each.command, since=since)
        self._send(work)
        if work.in_step is not None:
            self._show(work)  # no other picture than the one that the line is at

    def _play_on(self, key: ViewKey, now: Playing, speed: float) -> None:
        """Go on from where it is; what has come to that end begins again from the other one."""
        last_us = now.state.duration_us if now.end_us is None else now.end_us
        at_end = now.position_us >= last_us if speed > 0 else now.position_us <= now.first_us
        begins_us = now.first_us if speed > 0 else last_us
        is_known = now.state.duration_us > 0
        self._go(key, speed=speed, position_us=begins_us if at_end and is_known else None)

    def _lead_sound(self) -> None:
        """The selected tile's clip is heard. The others are silent before it is."""
        heard = self.selected()
        wanted = {
            key: work.volume if key == heard and is_ready(work) else 0
            for key, work in self._playing.items()
        }
        for key in sorted(wanted, key=lambda key: wanted[key]):
            work = self._playing[key]
            if work.sent_volume != wanted[key]:
                work.sent_volume = wanted[key]
                self._players.set_volume(work.player, wanted[key])

    def _follow_line(self, work: Work, state: PlayerState) -> None:
        """It is where it says, and not where it was asked to be."""
        line, command = state.line, work.command
        if line is None or (state.is_seekable and line.asked != work.asked):
            return  # by now it was asked for something else
        command = replace(command, position_us=line.position_us, since=line.since)
        if not is_free(work):
            work.speed = work.speed if 0 < work.speed <= 1 else 1.0
            speed = 0.0 if command.speed < 0 else min(command.speed, 1.0)
            command = replace(command, speed=speed, is_looping=False)
        work.command = command
        if not state.is_seekable:
            self._send(work)

    def _send(self, work: Work) -> None:
        work.asked = work.command.since
        self._players.go(work.player, work.command)

    def _on_state(self, work: Work, state: PlayerState) -> None:
        before, work.state = work.state, state
        if state.phase is PlayerPhase.READY and before.phase is not PlayerPhase.READY:
            if not state.has_sound:
                work.volume = 0
            self._start(work)
            self._lead_sound()
        elif state.line != before.line:
            self._follow_line(work, state)
        elif not work.command.speed and state.shown_us != before.shown_us:
            at = state.shown_us + work.command.begins_us
            for each in self._together(work):
                each.command = replace(each.command, position_us=at)
                if each is not work:
                    self._players.go(each.player, each.command)
        told = (state.phase, state.is_seekable, state.sound)
        if work.key is not None and told != (before.phase, before.is_seekable, before.sound):
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
                self._send(each)

    def _join(self, work: Work, line: InStep) -> None:
        """Go along with those that are on the line already."""
        for other in self._together(work):
            work.command, work.speed = other.command, other.speed
            work.is_to_start = other.is_to_start
        begins_us = taken_us(work.clip, line.start_us) - line.start_us
        work.command = replace(work.command, begins_us=begins_us, span_us=line.span_us)

    def _together(self, work: Work) -> Sequence[Work]:
        """The clip and those that are in step with it."""
        if work.in_step is None:
            return (work,)
        return [each for each in self._playing.values() if each.in_step is work.in_step]

    def _position(self, work: Work) -> int:
        command = work.command
        if work.is_to_start or (work.in_step is None and not is_ready(work)):
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
        """Follow the selection and the size of the tiles; what has gone, or shows another camera,
        is closed. While one tile is enlarged the others only wait behind it, as those of a screen
        do that is borrowed."""
        self._follow_tiles(screen)
        self._lead_sound()

    def _follow_tiles(self, screen: int) -> None:
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
