"""The clips of the city: encoded once in processes of their own, kept in a folder, loaded when
asked for."""

import asyncio
import heapq
import itertools
import logging
import multiprocessing
import os
from collections.abc import Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from app.demo.clips import Clip, ClipError, read_clip

_log = logging.getLogger(__name__)

DRAWING_VERSION = 2
"""Raise it when the drawing or the encoding changes: clips of other versions are removed."""
GOP_S = 2.0


@dataclass(frozen=True, slots=True, order=True)
class ClipKey:
    """Which clip: a drawn scene, one of its encodings, and the distance of its key frames."""

    encoding: str
    scene: str
    gop_s: float = GOP_S

    @property
    def file_name(self) -> str:
        """The name of the cache file."""
        gop = "" if self.gop_s == GOP_S else f"-gop{self.gop_s:g}"
        return f"v{DRAWING_VERSION}-{self.scene}-{self.encoding}{gop}.clip"


class ClipStore:
    """Gives clips by key; what is not in the folder is encoded first. Event loop thread only."""

    def __init__(
        self,
        folder: Path,
        *,
        workers: int = 0,
    ) -> None:
        """Keep clips in `folder`, encode with so many processes (0: one a core, four at most)."""
        self._folder = folder
        self._worker_count = workers or min(4, os.cpu_count() or 1)
        self._clips: dict[ClipKey, asyncio.Future[Clip]] = {}
        self._waiting: list[tuple[int, int, ClipKey]] = []
        self._urgent: set[ClipKey] = set()
        self._order = itertools.count()
        self._workers: list[_Encoder] = []
        self._running: set[asyncio.Task[None]] = set()

    def prepare(self, keys: Iterable[ClipKey]) -> None:
        """Begin to encode what is missing, in this order."""
        for key in keys:
            self._want(key, urgency=1)

    async def get(self, key: ClipKey) -> Clip:
        """Return a clip, encoding it first if need be; raises `ClipError`."""
        return await asyncio.shield(self._want(key, urgency=0))

    def ready(self, key: ClipKey) -> Clip | None:
        """Return a clip if it can be had without encoding."""
        future = self._clips.get(key)
        if future is None and (self._folder / key.file_name).exists():
            future = self._want(key, urgency=0)
        if future is None or not future.done() or future.cancelled() or future.exception():
            return None
        return future.result()

    def close(self) -> None:
        """End the encoding processes at once; what they were at is lost."""
        for task in self._running:
            task.cancel()
        for worker in self._workers:
            worker.stop()
        for future in self._clips.values():
            future.cancel()

    def remove_other_versions(self) -> None:
        """Delete the clips of older drawings and the remains of encodings that did not end."""
        prefix = f"v{DRAWING_VERSION}-"
        for path in self._folder.glob("v*-*.clip*"):
            if not path.name.startswith(prefix) or path.suffix == ".part":
                path.unlink(missing_ok=True)

    def _want(self, key: ClipKey, urgency: int) -> asyncio.Future[Clip]:
        future = self._clips.get(key)
        is_new = future is None
        if future is None:
            future = asyncio.get_running_loop().create_future()
            self._clips[key] = future
            if self._load(key, future):
                return future
        becomes_urgent = urgency == 0 and key not in self._urgent
        if not future.done() and (is_new or becomes_urgent):
            if becomes_urgent:
                self._urgent.add(key)
            heapq.heappush(self._waiting, (urgency, next(self._order), key))
            self._start_workers()
        return future

    def _load(self, key: ClipKey, future: asyncio.Future[Clip]) -> bool:
        try:
            future.set_result(read_clip(self._folder / key.file_name))
        except OSError:
            return False
        except ClipError as error:
            _log.warning("Encoding %s again: %s", key.scene, error)
            return False
        return True

    def _start_workers(self) -> None:
        while len(self._running) < min(self._worker_count, len(self._waiting)):
            task = asyncio.create_task(self._work())
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _work(self) -> None:
        idle = [worker for worker in self._workers if not worker.is_busy]
        worker = idle[0] if idle else _Encoder()
        if not idle:
            self._workers.append(worker)
        worker.is_busy = True
        while self._waiting:
            _, _, key = heapq.heappop(self._waiting)
            future = self._clips[key]
            if future.done() or key in [other.key for other in self._workers]:
                continue
            worker.key = key
            is_ahead = key not in self._urgent
            error = await worker.encode(key, self._folder / key.file_name, is_ahead)
            worker.key = None
            if error or not self._load(key, future):
                future.set_exception(ClipError(error or f"{key.file_name} was not written"))
                future.exception()  # taken here: nobody may be waiting for it
                del self._clips[key]
        self._workers.remove(worker)
        worker.stop()


class _Encoder:
    """A process that encodes one clip after the other, and ends when its pipe does."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_encode_jobs, args=(theirs,), name="demo-encoder")
        self._process.start()
        theirs.close()
        self.is_busy = False
        self.key: ClipKey | None = None

    async def encode(self, key: ClipKey, path: Path, is_ahead: bool) -> str:
        """Encode one clip, politely if it is for later; returns what went wrong, or an empty
        text."""
        self._pipe.send((key, path, is_ahead))
        while not self._pipe.poll():
            if not self._process.is_alive():
                return "the encoding process ended"
            await asyncio.sleep(0.02)
        try:
            error = self._pipe.recv()
        except EOFError:
            return "the encoding process ended"
        return str(error)

    def stop(self) -> None:
        """End the process."""
        self._pipe.close()
        self._process.kill()
        self._process.join()


def _encode_jobs(pipe: Connection) -> None:
    """Body of an encoding process."""
    from app.demo.encoding import encode_clip  # codec libraries live in this process only

    is_polite = False
    while True:
        try:
            key, path, is_ahead = pipe.recv()
        except (EOFError, KeyboardInterrupt):
            return
        if is_ahead and not is_polite and hasattr(os, "nice"):
            os.nice(10)
            is_polite = True
        try:
            encode_clip(key, path)
        except Exception as error:  # noqa: BLE001  the process goes on, the server reports it
            pipe.send(f"{type(error).__name__}: {error}")
        else:
            pipe.send("")
