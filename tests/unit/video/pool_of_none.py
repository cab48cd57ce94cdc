"""A worker pool without processes: keeps what it was told, so that a test can answer."""

from typing import TypeVar

from app.video.messages import Command, Opened, OpenStream

T = TypeVar("T", bound=Command)


class PoolOfNone:
    """Numbers workers like the real one and runs none."""

    def __init__(self) -> None:
        self.started = 0
        self.sent: list[tuple[int, Command]] = []
        self.ended: list[tuple[int, bool]] = []

    def start_worker(self) -> int:
        self.started += 1
        return self.started

    def send(self, worker: int, command: Command) -> None:
        self.sent.append((worker, command))

    def end_worker(self, worker: int, *, kill: bool = False) -> None:
        self.ended.append((worker, kill))

    def commands(self, kind: type[T]) -> list[T]:
        return [command for _, command in self.sent if isinstance(command, kind)]

    def last_open(self) -> tuple[int, OpenStream]:
        worker, command = [(w, c) for w, c in self.sent if isinstance(c, OpenStream)][-1]
        assert isinstance(command, OpenStream)
        return worker, command

    def opened(self) -> Opened:
        """The answer of a camera to the last open."""
        return Opened(self.last_open()[1].stream, 12.0, "h264", 640, 360, "ffmpeg")
