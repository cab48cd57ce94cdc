"""Drives a real worker process the way the supervisor does."""

import multiprocessing
import os
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from app.domain.geometry import WHOLE, Crop
from app.video import messages
from app.video.board import BoardPicture, BoardReader, SlotSpace, create_board
from app.video.messages import (
    CloseStream,
    Command,
    Ended,
    Heartbeat,
    Opened,
    OpenStream,
    Report,
    SetViews,
    Shutdown,
    StreamFigures,
    View,
    WorkerReady,
)
from app.video.worker_entry import run_worker

R = TypeVar("R")
_PATIENCE_S = 20.0
_CAPACITY = 640 * 360 * 4
_STRIDE = _CAPACITY * 3


class Driver:
    """One worker, its board, and what it said."""

    def __init__(self, slots: int = 16) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.memory = create_board(_STRIDE * slots + (1 << 20))
        self.reader = BoardReader(self.memory)
        self.pipe: Connection[Any, Any]
        self.pipe, theirs = spawn.Pipe()
        self.process = spawn.Process(target=run_worker, args=(theirs, self.memory, "worker"))
        self.process.start()
        theirs.close()
        self.said: list[Report] = []
        self._version = 0
        self.ready = self.expect(WorkerReady)

    @property
    def pid(self) -> int:
        pid = self.process.pid
        assert pid is not None
        return pid

    def send(self, command: Command) -> None:
        messages.send(self.pipe, command)

    def open(self, stream: int, url: str, **changes: Any) -> None:
        self.send(OpenStream(stream, stream, f"CAM-{stream}", "sub", url, **changes))

    def space(self, slot: int) -> SlotSpace:
        return SlotSpace(slot, self.memory.data_at + slot * _STRIDE, _CAPACITY)

    def view(self, slot: int, width: int = 160, height: int = 90, crop: Crop = WHOLE) -> View:
        space = self.space(slot)
        part = (crop.x, crop.y, crop.width, crop.height)
        return View(slot, space.offset, space.capacity, width, height, *part)

    def show(self, stream: int, *views: View, effort: int = 0) -> int:
        self._version += 1
        self.send(SetViews(stream, self._version, list(views), effort))
        return self._version

    def poll(self, seconds: float) -> bool:
        """Take in one report, if one comes in time."""
        if not self.pipe.poll(seconds):
            return False
        self.said.append(messages.receive_report(self.pipe))
        return True

    def wait(self, condition: Callable[[], R | None], seconds: float = _PATIENCE_S) -> R:
        """Listen until ``condition`` gives something that is neither ``None`` nor false."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = condition()
            if found:
                return found
            self.poll(0.005)
        raise AssertionError(f"not within {seconds} s; the worker said {self.said[-3:]}")

    def expect(self, kind: type[R], stream: int | None = None, seconds: float = _PATIENCE_S) -> R:
        """The first report of that kind (of that stream)."""

        def find() -> R | None:
            for report in self.said:
                if isinstance(report, kind) and stream in (None, getattr(report, "stream", None)):
                    return report
            return None

        return self.wait(find, seconds)

    def opened(self, stream: int) -> Opened:
        return self.expect(Opened, stream)

    def ended(self, stream: int, seconds: float = _PATIENCE_S) -> Ended:
        return self.expect(Ended, stream, seconds)

    def picture(self, slot: int, beyond: int = 0, seconds: float = _PATIENCE_S) -> BoardPicture:
        """The newest picture of the slot once its sequence number is above ``beyond``."""

        def find() -> BoardPicture | None:
            taken = self.reader.take(self.space(slot))
            return taken if taken is not None and taken.sequence > beyond else None

        return self.wait(find, seconds)

    def figures(self, stream: int) -> StreamFigures:
        """The figures of the next heartbeat."""
        said = len(self.said)

        def find() -> StreamFigures | None:
            for report in self.said[said:]:
                if isinstance(report, Heartbeat):
                    return next((f for f in report.streams if f.stream == stream), None)
            return None

        return self.wait(find)

    def figures_gone(self, stream: int) -> None:
        """Wait for a heartbeat that no longer knows the stream."""
        said = len(self.said)

        def find() -> bool:
            beats = [report for report in self.said[said:] if isinstance(report, Heartbeat)]
            return any(all(f.stream != stream for f in beat.streams) for beat in beats)

        self.wait(find)

    def close_stream(self, stream: int) -> Ended:
        self.send(CloseStream(stream))
        return self.ended(stream)

    def close(self) -> None:
        if self.process.is_alive():
            try:
                self.send(Shutdown())
            except OSError:
                os.kill(self.pid, 9)
        self.process.join(5)
        if self.process.is_alive():
            self.process.kill()
            self.process.join(5)
            raise AssertionError("the worker did not leave")
        self.process.close()
        self.pipe.close()
        self.memory.close()

    def __enter__(self) -> "Driver":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
