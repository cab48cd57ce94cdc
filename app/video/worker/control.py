"""The command loop of a worker process: obeys, beats, leaves."""

import logging
import os
import sys
import threading
import time
from functools import partial
from multiprocessing.connection import Connection
from typing import Any

import av
import cv2
import psutil

from app.core.redaction import RedactingFormatter
from app.video import messages
from app.video.board import BoardMemory, BoardWriter
from app.video.messages import (
    CloseStream,
    Command,
    CutClip,
    CutStill,
    EndClip,
    Ended,
    Heartbeat,
    LookBack,
    OpenStream,
    Report,
    SetHold,
    SetViews,
    Shutdown,
    WorkerReady,
)
from app.video.worker.clip_writer import ClipEnding, no_clip
from app.video.worker.engines import Engines
from app.video.worker.errands import Errands
from app.video.worker.health.look import HealthLook
from app.video.worker.ring import RingBudget
from app.video.worker.rounds import DecodeRounds
from app.video.worker.still import StillQueue
from app.video.worker.stream import Stream

_BEAT_S = 1.0
_WATCH_S = 0.25
_FAREWELL_S = 0.5
_LAST_CLIPS_S = 1.0
"""Clips that are not whole by then are named at the next start."""
_RING_BYTES = 600_000_000
_LOOKS_KEPT = 16
"""Of so many cameras that are not connected it is remembered how their picture should look; each
takes up to a megabyte."""

_log = logging.getLogger(__name__)


class Mailbox:
    """The way to the supervisor; safe from any thread."""

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self.is_broken = False

    def send(self, report: Report) -> None:
        """Send, or note that nobody listens any more."""
        with self._lock:
            if self.is_broken:
                return
            try:
                messages.send(self._connection, report)
            except OSError:
                self.is_broken = True


class Control:
    """The streams of this process. Only its own thread calls it, but for ``_report``."""

    def __init__(self, connection: "Connection[Any, Any]", memory: BoardMemory) -> None:
        self._connection = connection
        self._mailbox = Mailbox(connection)
        self._writer = BoardWriter(memory)
        self._budget = RingBudget(_RING_BYTES)
        self._engines = Engines()
        self._streams: dict[int, Stream] = {}
        self._all_ended = threading.Condition()
        self._errands = Errands()
        self._stills = StillQueue(self._errands)
        self._clips: dict[int, ClipEnding] = {}
        self._rounds = DecodeRounds()
        self._looks: dict[tuple[str, str], HealthLook] = {}
        self._process = psutil.Process()

    def run(self) -> None:
        """Until told to leave or the pipe closes."""
        vlc = self._engines.vlc.glance()
        decoder = f"FFmpeg {av.ffmpeg_version_info}, PyAV {av.__version__}"
        self._mailbox.send(WorkerReady(os.getpid(), decoder, vlc.missing, vlc.rtsp))
        now = time.monotonic()
        next_watch, next_beat = now + _WATCH_S, now + _BEAT_S
        while not self._mailbox.is_broken:
            now = time.monotonic()
            if now >= next_watch:
                next_watch = now + _WATCH_S
                self._rounds.watch()
                for stream in list(self._streams.values()):
                    stream.watch()
            if now >= next_beat:
                next_beat = max(next_beat + _BEAT_S, now)
                self._beat()
            wait = max(0.0, min(next_watch, next_beat) - time.monotonic())
            if not self._connection.poll(wait):
                continue
            try:
                command = messages.receive_command(self._connection)
            except (EOFError, OSError):
                return
            if isinstance(command, Shutdown):
                return
            self._obey(command)

    def leave(self) -> None:
        """Say farewell to the cameras, as far as that takes no longer than a moment.

        A camera that sends by UDP would go on for a minute otherwise.
        """
        clips = list(self._clips.values())
        for ending in clips:
            ending.ask(keep=True)
        for stream in list(self._streams.values()):
            stream.close()
        deadline = time.monotonic() + _FAREWELL_S
        with self._all_ended:
            while self._streams and self._all_ended.wait(deadline - time.monotonic()):
                pass
        deadline = time.monotonic() + _LAST_CLIPS_S
        for ending in clips:
            ending.is_done.wait(max(0.0, deadline - time.monotonic()))

    def _obey(self, command: Command) -> None:
        if isinstance(command, OpenStream):
            self._budget.limit = command.ring_worker_bytes
            shared = (self._budget, self._engines, self._rounds, self._look_of(command))
            stream = Stream(command, self._report, self._writer, *shared)
            self._streams[command.stream] = stream
            stream.start()
        elif isinstance(command, SetViews):
            wanted = self._streams.get(command.stream)
            if wanted is None:
                self._report(messages.ViewsApplied(command.stream, command.version))
                return
            wanted.want(command)
            self._errands.soon(partial(self._apply, wanted))
        elif isinstance(command, SetHold | LookBack):
            changed = self._streams.get(command.stream)
            if changed is not None:
                changed.want(command)
                self._errands.soon(partial(self._apply, changed))
        elif isinstance(command, CutStill | CutClip | EndClip):
            self._keep(command)
        elif isinstance(command, CloseStream):
            closing = self._streams.get(command.stream)
            if closing is None:
                return
            closing.close()

    def _keep(self, command: CutStill | CutClip | EndClip) -> None:
        if isinstance(command, CutClip):
            self._cut_clip(command)
        elif isinstance(command, EndClip):
            ending = self._clips.get(command.job)
            if ending is not None:
                ending.ask(keep=command.keep)
        else:
            stream = self._streams.get(command.stream)
            if stream is None:
                self._report(messages.Still(command.stream, command.request, b""))
            else:
                self._stills.add(partial(stream.cut, command))

    def _cut_clip(self, command: CutClip) -> None:
        self._clips = {job: each for job, each in self._clips.items() if not each.is_done.is_set()}
        stream = self._streams.get(command.stream)
        if stream is None:
            self._report(no_clip(command.job, "the camera is not connected"))
            return
        ending = self._clips[command.job] = ClipEnding()
        self._errands.soon(partial(stream.cut_clip, command, ending))

    def _apply(self, stream: Stream) -> None:
        """Change the views; the long part comes after the short parts of all other streams."""
        stream.apply()
        if stream.is_behind:
            self._errands.later(stream.catch_up)
        if stream.has_to_seek:
            self._errands.later(stream.seek)

    def _look_of(self, command: OpenStream) -> HealthLook:
        """What is known of a camera's pictures outlives its connections."""
        name = (command.camera, command.kind)
        look = self._looks.pop(name, None) or HealthLook()
        self._looks[name] = look
        for oldest in list(self._looks)[: -len(self._streams) - _LOOKS_KEPT]:
            del self._looks[oldest]
        return look

    def _report(self, report: Report) -> None:
        if isinstance(report, Ended):
            with self._all_ended:
                self._streams.pop(report.stream, None)
                self._all_ended.notify_all()
        self._mailbox.send(report)

    def _beat(self) -> None:
        times = self._process.cpu_times()
        with self._process.oneshot():
            rss = self._process.memory_info().rss
            threads = self._process.num_threads()
        figures = [stream.figures() for stream in list(self._streams.values())]
        self._mailbox.send(Heartbeat(times.user + times.system, rss, threads, figures))


def serve(connection: "Connection[Any, Any]", memory: BoardMemory) -> int:
    """Run a worker until it is told to leave; returns the exit status."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter("%(levelname)s %(process)d %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    av.logging.set_level(None)
    cv2.setNumThreads(1)
    control = Control(connection, memory)
    control.run()
    control.leave()
    return 0
