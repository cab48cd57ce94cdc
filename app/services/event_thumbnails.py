"""Small pictures of events: cut from the ring or asked of the backend, kept in a capped folder."""

import heapq
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from app.analytics.messages import Snapshot
from app.core.clock import Clock
from app.core.events import Event
from app.core.tasks import Tasks
from app.domain.camera import CameraCode
from app.domain.event_record import EventRecord
from app.services.event_moment import age_us, moment_of
from app.settings.schema import SourceSettings
from app.video.engine_types import Moment

WIDTH_PX = 320
MOST_BYTES = 200_000_000
_AT_A_TIME = 2
_MOST_WAITING = 64
_LARGEST = 5_000_000
_KEEP_SHARE = 0.9
_log = logging.getLogger(__name__)
_Fetch = Callable[[str, str, Callable[[Snapshot], None]], None]


class Stills(Protocol):
    """What is asked of the engine."""

    def still(
        self,
        camera: CameraCode,
        moment: Moment,
        width: int,
        answer: Callable[[bytes | None], None],
    ) -> None: ...


class EventThumbnails:
    """Owner thread, apart from ``load``. ``ready`` names events whose picture is there now.

    Few are cut at a time, the gravest and newest first; what has to wait until the ring has
    forgotten it goes without. A folder that cannot be written costs pictures, nothing else.
    """

    def __init__(
        self,
        folder: Path,
        stills: Stills,
        fetch: _Fetch,
        sources: Callable[[], Mapping[str, SourceSettings]],
        tasks: Tasks,
        clock: Clock,
        *,
        ring_seconds: float,
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self.ready: Event[bytes] = Event("event_thumbnails.ready")
        self._folder = folder
        self._stills = stills
        self._fetch = fetch
        self._sources = sources
        self._tasks = tasks
        self._clock = clock
        self._ring_us = ring_seconds * 1_000_000
        self._most_bytes = most_bytes
        self._waiting: list[tuple[int, int, bytes, EventRecord]] = []
        self._under_way = 0
        self._bytes: int | None = None
        self._is_counting = False

    def want(self, record: EventRecord) -> None:
        """Have a picture of the event some time soon."""
        order = (-int(record.severity), -record.event.received_us, record.key, record)
        heapq.heappush(self._waiting, order)
        if len(self._waiting) > _MOST_WAITING:
            self._waiting.remove(max(self._waiting))
            heapq.heapify(self._waiting)
        self._begin()

    def load(self, key: bytes) -> bytes | None:
        """The picture of an event as JPEG. Blocking, any thread."""
        try:
            return self._file(key).read_bytes()
        except OSError:
            return None

    # --- cutting -----------------------------------------------------------------------------

    def _begin(self) -> None:
        while self._waiting and self._under_way < _AT_A_TIME:
            *_, record = heapq.heappop(self._waiting)
            self._under_way += 1
            if age_us(record, self._clock.utc_us()) < self._ring_us:
                self._cut(record)
            else:
                # The ring would give its oldest picture, which is another moment.
                self._ask(record)

    def _cut(self, record: EventRecord) -> None:
        moment = moment_of(record, self._sources())

        def answer(jpeg: bytes | None) -> None:
            if jpeg is None:
                self._ask(record)
            else:
                self._keep(record.key, jpeg)

        self._stills.still(record.camera, moment, WIDTH_PX, answer)

    def _ask(self, record: EventRecord) -> None:
        event = record.event
        if not event.snapshot_ref:
            self._end()
            return

        def answer(snapshot: Snapshot) -> None:
            if 0 < len(snapshot.data) <= _LARGEST:
                self._keep(record.key, snapshot.data)
            else:
                self._end()

        self._fetch(event.source, event.snapshot_ref, answer)

    def _end(self) -> None:
        self._under_way -= 1
        self._begin()

    # --- keeping -----------------------------------------------------------------------------

    def _keep(self, key: bytes, jpeg: bytes) -> None:
        def done(_nothing: None) -> None:
            self._end()
            self.ready.emit(key)
            self._count(len(jpeg))

        def failed(error: Exception) -> None:
            self._end()
            if not isinstance(error, OSError):
                raise error
            _log.info("A picture of an event cannot be kept: %s", error.strerror)

        self._tasks.run(lambda: self._write(key, jpeg), done=done, failed=failed)

    def _write(self, key: bytes, jpeg: bytes) -> None:
        file = self._file(key)
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".part")
        try:
            unfinished.write_bytes(jpeg)
            unfinished.replace(file)
        except OSError:
            with suppress(OSError):
                unfinished.unlink()
            raise

    def _file(self, key: bytes) -> Path:
        name = key.hex()
        return self._folder / name[:2] / f"{name}.jpg"

    def _count(self, more: int) -> None:
        """Know how full the folder is; empty the oldest out of it when it is too full."""
        if self._bytes is not None:
            self._bytes += more
        is_known = self._bytes is not None and self._bytes <= self._most_bytes
        if is_known or self._is_counting:
            return
        self._is_counting = True

        def done(size: int) -> None:
            self._is_counting = False
            self._bytes = size

        def failed(_error: Exception) -> None:
            self._is_counting = False

        self._tasks.run(lambda: _thin_out(self._folder, self._most_bytes), done=done, failed=failed)


def _thin_out(folder: Path, most_bytes: int) -> int:
    """Delete the oldest pictures where they are too many; returns the size of the rest."""
    found = []
    for file in folder.glob("??/*.jpg"):
        with suppress(OSError):
            facts = file.stat()
            found.append((facts.st_mtime, facts.st_size, file))
    size = sum(each[1] for each in found)
    if size <= most_bytes:
        return size
    for _, length, file in sorted(found):
        if size <= most_bytes * _KEEP_SHARE:
            break
        with suppress(OSError):
            file.unlink()
            size -= length
    return size
