"""Clips on their way to tiles: the player process, its board, and who is shown where."""

import logging
import multiprocessing
import os
import queue
import socket
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from typing import Any

from app.core.dispatch import Dispatcher
from app.domain.geometry import WHOLE, Crop
from app.domain.stream import Reason
from app.video.board import BoardMemory, BoardPicture, BoardReader, SlotSpace, create_board
from app.video.engine_types import ViewKey
from app.video.player_entry import run_player
from app.video.player_messages import (
    ClipClosed,
    ClipFailed,
    ClipMoved,
    ClipOpened,
    ClipSounds,
    ClipStill,
    CloseClip,
    Command,
    CutStill,
    Go,
    OpenClip,
    Report,
    SetVolume,
    ShowClip,
    receive_report,
    send,
)
from app.video.player_messages import Told as ClipReport
from app.video.player_types import (
    Line,
    PlayCommand,
    PlayerId,
    PlayerPhase,
    PlayerState,
    SoundState,
    Told,
)

MOST = 32
"""So many clips can be open at a time."""
_CAPACITY = 2560 * 1440 * 4
_FIRST_SLOT = 1 << 20
"""What tells a clip's picture from one of the cameras' board."""
_LEAVE_S = 2.0
_log = logging.getLogger(__name__)
_spawn = multiprocessing.get_context("spawn")


@dataclass(slots=True)
class _Player:
    number: PlayerId
    space: SlotSpace
    told: Told
    state: PlayerState = field(default_factory=PlayerState)
    key: ViewKey | None = None


class _Process:
    """One run of the player process and the two threads that speak with it.

    The kernel kills the process when the thread that started it ends: that is the one that reads.
    """

    def __init__(
        self,
        memory: BoardMemory,
        heard: Callable[["_Process", Report], None],
        lost: Callable[["_Process"], None],
    ) -> None:
        self._memory = memory
        self._heard = heard
        self._lost = lost
        self._commands: queue.SimpleQueue[Command | None] = queue.SimpleQueue()
        self._ours, self._theirs = _spawn.Pipe()
        self._reading = threading.Thread(target=self._read, name="player-reports")
        self._writing = threading.Thread(target=self._write, name="player-commands")
        self.pid: int | None = None

    def start(self) -> None:
        self._reading.start()
        self._writing.start()

    def send(self, command: Command) -> None:
        """Any thread; returns at once."""
        self._commands.put(command)

    def close(self) -> None:
        """Let it leave. Blocks for at most a few seconds."""
        self._commands.put(None)
        self._writing.join()
        self._reading.join()

    def _write(self) -> None:
        while (command := self._commands.get()) is not None:
            try:
                send(self._ours, command)
            except OSError:
                break  # it is gone; the reading thread notices as well
        # Only one side: the reports that are under way are still read.
        _end_sending(self._ours)

    def _read(self) -> None:
        process = _spawn.Process(
            target=run_player,
            args=(self._theirs, self._memory, "player"),
            name="nigehban-player",
            daemon=True,
        )
        process.start()
        self.pid = process.pid
        self._theirs.close()
        try:
            while True:
                self._heard(self, receive_report(self._ours))
        except (EOFError, OSError):
            pass
        except ValueError as error:
            _log.error("The player sent what cannot be read: %s", error)
        process.join(_LEAVE_S)
        if process.exitcode is None:
            process.kill()
            process.join()
        process.close()
        self._commands.put(None)
        self._writing.join()
        self._ours.close()
        self._lost(self)


def _end_sending(connection: "Connection[Any, Any]") -> None:
    """Tell the other side that no more commands come."""
    if os.name == "nt":
        connection.close()
        return
    with socket.socket(fileno=os.dup(connection.fileno())) as pipe:
        try:
            pipe.shutdown(socket.SHUT_WR)
        except OSError:
            return  # it is closed already


class PlayerLink:
    """Implements ``player_types.Players``. Owner thread. The process starts with the first clip."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._memory: BoardMemory | None = None
        self._reader: BoardReader | None = None
        self._process: _Process | None = None
        self._free: list[SlotSpace] = []
        self._players: dict[PlayerId, _Player] = {}
        self._views: dict[ViewKey, _Player] = {}
        self._by_slot: dict[int, _Player] = {}
        self._stills: dict[int, Callable[[bytes | None], None]] = {}
        self._last = 0
        self._last_still = 0
        self._is_closed = False

    @property
    def pid(self) -> int | None:
        """The player process, while it runs."""
        return None if self._process is None else self._process.pid

    # --- clips --------------------------------------------------------------------------------

    def warm(self) -> None:
        """Start the process, so that the first clip comes sooner."""
        self._running()

    def open(self, location: str, taken_us: int | None, told: Told) -> PlayerId:
        process = self._running()
        self._last += 1
        number = PlayerId(self._last)
        if not self._free:
            failed = PlayerState(PlayerPhase.FAILED, reason=Reason.OVERLOADED)
            self._dispatcher.post(lambda: told(failed))
            return number
        space = self._free.pop()
        player = _Player(number, space, told)
        self._players[number] = self._by_slot[space.slot] = player
        process.send(OpenClip(number, location, taken_us, space.slot, space.offset, space.capacity))
        return number

    def show(
        self, player: PlayerId, key: ViewKey, size: tuple[int, int], crop: Crop = WHOLE
    ) -> None:
        found = self._players.get(player)
        if found is None or self._process is None:
            return
        found.key = key
        self._views[key] = found
        self._process.send(
            ShowClip(player, size[0], size[1], crop.x, crop.y, crop.width, crop.height)
        )

    def go(self, player: PlayerId, command: PlayCommand) -> None:
        if player in self._players and self._process is not None:
            self._process.send(
                Go(
                    player,
                    command.position_us,
                    command.speed,
                    command.since,
                    command.is_looping,
                    command.step,
                    command.begins_us,
                    command.span_us,
                )
            )

    def set_volume(self, player: PlayerId, volume: int) -> None:
        if player in self._players and self._process is not None:
            self._process.send(SetVolume(player, volume))

    def still(
        self, player: PlayerId, at_us: int, width: int, answer: Callable[[bytes | None], None]
    ) -> None:
        if player not in self._players or self._process is None:
            self._dispatcher.post(lambda: answer(None))
            return
        self._last_still += 1
        self._stills[self._last_still] = answer
        self._process.send(CutStill(player, self._last_still, at_us, width))

    def close(self, player: PlayerId) -> None:
        found = self._players.pop(player, None)
        if found is None:
            return
        if found.key is not None and self._views.get(found.key) is found:
            del self._views[found.key]
        if self._process is not None:
            self._process.send(CloseClip(player))  # its slot is free once that is answered
        else:
            self._free_slot(found.space)

    def end(self) -> None:
        """End the process and the board. Blocks for at most a few seconds."""
        self._is_closed = True
        process, self._process = self._process, None
        if process is not None:
            process.close()
        self._views.clear()
        self._players.clear()
        if self._memory is not None:
            self._memory.close()
            self._memory = self._reader = None

    # --- pictures -----------------------------------------------------------------------------

    def has(self, key: ViewKey) -> bool:
        return key in self._views

    def views(self) -> Collection[ViewKey]:
        return self._views.keys()

    def fresh(self) -> Sequence[ViewKey]:
        if self._reader is None or not self._views:
            return ()
        found = (self._by_slot.get(slot) for slot in self._reader.fresh().tolist())
        return [
            player.key
            for player in found
            if player is not None
            and player.key is not None
            and self._views.get(player.key) is player
        ]

    def picture(self, key: ViewKey) -> BoardPicture | None:
        player, reader = self._views.get(key), self._reader
        if player is None or reader is None:
            return None
        picture = reader.take(player.space)
        if picture is None:
            return None
        return replace(picture, slot=_FIRST_SLOT + picture.slot)

    def is_ours(self, picture: BoardPicture) -> bool:
        """Whether a picture came from here."""
        return picture.slot >= _FIRST_SLOT

    def intact(self, picture: BoardPicture) -> bool:
        if self._reader is None:
            return False
        return self._reader.intact(replace(picture, slot=picture.slot - _FIRST_SLOT))

    # --- inside -------------------------------------------------------------------------------

    def _running(self) -> _Process:
        if self._memory is None:
            size = 3 * MOST * _CAPACITY + (1 << 20)
            memory = self._memory = create_board(size, slots=MOST, streams=1)
            self._reader = BoardReader(memory)
            self._free = [
                SlotSpace(slot, memory.data_at + 3 * slot * _CAPACITY, _CAPACITY)
                for slot in range(MOST)
            ]
        if self._process is None:
            self._process = _Process(self._memory, self._post, self._post_lost)
            self._process.start()
        return self._process

    def _free_slot(self, space: SlotSpace) -> None:
        self._by_slot.pop(space.slot, None)
        if self._reader is not None and self._memory is not None:
            self._reader.reset(space.slot)
            self._memory.block.forget(space.offset, 3 * space.capacity)
            self._free.append(space)

    def _post(self, process: _Process, report: Report) -> None:
        self._dispatcher.post(lambda: self._on_report(process, report))

    def _post_lost(self, process: _Process) -> None:
        self._dispatcher.post(lambda: self._on_lost(process))

    def _on_report(self, process: _Process, report: Report) -> None:
        if process is not self._process:
            return
        if isinstance(report, ClipStill):
            answer = self._stills.pop(report.request, None)
            if answer is not None:
                answer(report.jpeg or None)
        elif isinstance(report, ClipClosed):
            for player in tuple(self._by_slot.values()):
                if player.number == report.player:
                    self._free_slot(player.space)
        elif (found := self._players.get(PlayerId(report.player))) is not None:
            found.state = _state_after(found.state, report)
            found.told(found.state)

    def _on_lost(self, process: _Process) -> None:
        """It crashed: what it played says so, and the next clip starts another."""
        if process is not self._process or self._is_closed:
            return
        self._process = None
        _log.warning("The clip player ended unexpectedly")
        stills, self._stills = self._stills, {}
        for answer in stills.values():
            answer(None)
        for player in tuple(self._by_slot.values()):
            if player.number not in self._players:
                self._free_slot(player.space)
                continue
            player.state = replace(
                player.state, phase=PlayerPhase.FAILED, reason=Reason.WORKER_CRASHED
            )
            player.told(player.state)


def _state_after(state: PlayerState, report: ClipReport) -> PlayerState:
    if isinstance(report, ClipOpened):
        return PlayerState(
            PlayerPhase.READY,
            report.duration_us,
            report.width,
            report.height,
            pictures_us=report.pictures_us,
            is_seekable=report.is_seekable,
            is_stream=report.is_stream,
            has_sound=report.has_sound,
        )
    if isinstance(report, ClipFailed):
        reason = Reason(report.reason)
        return replace(state, phase=PlayerPhase.FAILED, reason=reason, trouble=report.detail)
    if isinstance(report, ClipMoved):
        line = Line(report.position_us, report.since, report.asked)
        is_stream = state.is_stream or not report.is_seekable
        return replace(state, line=line, is_seekable=report.is_seekable, is_stream=is_stream)
    if isinstance(report, ClipSounds):
        return replace(state, sound=SoundState(report.state))
    return replace(state, shown_us=report.shown_us)
