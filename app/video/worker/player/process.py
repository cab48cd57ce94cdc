"""The player process: takes commands from the pipe and gives each clip a thread."""

import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import av.logging

from app.core.child_process import die_with_parent, share_heaps
from app.video.board import BoardMemory, BoardWriter
from app.video.player_messages import (
    ClipClosed,
    ClipStill,
    CloseClip,
    Command,
    CutStill,
    OpenClip,
    Report,
    SetVolume,
    receive_command,
    send,
)
from app.video.worker.player.playing import ClipThread
from app.video.worker.player.sounding import SoundDesk
from app.video.worker.player.stills import StillThread


def run_player(connection: "Connection[Any, Any]", memory: BoardMemory, name: str) -> None:
    """Play as told until the pipe closes. Never returns: leaves by ``os._exit``, so that a native
    call that hangs cannot keep it."""
    faulthandler.enable(sys.stderr)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(name)
    share_heaps()
    av.logging.set_level(None)
    status = 1
    try:
        _serve(connection, memory)
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


def _serve(connection: "Connection[Any, Any]", memory: BoardMemory) -> None:
    lock = threading.Lock()

    def tell(report: Report) -> None:
        with lock:
            try:
                send(connection, report)
            except OSError:
                os._exit(0)  # the GUI process is gone

    desk = _Desk(BoardWriter(memory), tell)
    while True:
        try:
            command = receive_command(connection)
        except (EOFError, OSError):
            return
        desk.obey(command)


class _Desk:
    """Leads commands to the clips."""

    def __init__(self, writer: BoardWriter, tell: Callable[[Report], None]) -> None:
        self._writer = writer
        self._tell = tell
        self._clips: dict[int, ClipThread] = {}
        self._stills = StillThread(tell)
        self._sound = SoundDesk(tell)

    def obey(self, command: Command) -> None:
        if isinstance(command, OpenClip):
            clip = self._clips[command.player] = ClipThread(command, self._writer, self._tell)
            clip.start()
        elif isinstance(command, CutStill):
            self._cut(command)
        elif isinstance(command, SetVolume):
            self._set_volume(command)
        elif isinstance(command, CloseClip):
            self._close(command.player)
        elif command.player in self._clips:
            self._clips[command.player].ask(command)

    def _cut(self, command: CutStill) -> None:
        clip = self._clips.get(command.player)
        if clip is None:
            self._tell(ClipStill(command.request, b""))
        else:
            self._stills.cut(clip.location, command)

    def _set_volume(self, command: SetVolume) -> None:
        clip = self._clips.get(command.player)
        if clip is not None:
            self._sound.obey(command, clip)

    def _close(self, player: int) -> None:
        self._sound.silence(player)
        clip = self._clips.pop(player, None)
        if clip is None:
            self._tell(ClipClosed(player))
        else:
            clip.close()
