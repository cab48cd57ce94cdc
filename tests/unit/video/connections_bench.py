"""Streams and their records on a bench: no process, no network."""

import random
from collections.abc import Callable
from typing import cast

from app.core.dispatch import ManualDispatcher
from app.domain.camera import CallUp, Camera, CameraCode, DistrictCode, SiteCode
from app.domain.stream import Reason, StreamKind
from app.video.board import BoardMemory, SlotSpace
from app.video.clips import ClipJobs
from app.video.connections import ConnectionSettings, StreamConnections
from app.video.messages import (
    Ended,
    View,
)
from app.video.opening import OpenGate
from app.video.secrets_port import LoginAnswer
from app.video.stills import Stills
from app.video.stream_record import StreamId, StreamRecord
from app.video.worker_pool import WorkerLoss, WorkerPool
from tests.unit.video.pool_of_none import PoolOfNone

PASSWORD = "Gr33n&Kanary"
SPACE = SlotSpace(5, 4096, 4096)


class Keys:
    """A key store that answers when the test says so."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Callable[[LoginAnswer], None]]] = []

    def ask(self, credential: str, answer: Callable[[LoginAnswer], None]) -> None:
        self.asked.append((credential, answer))


def camera(number: int, credential: str | None = None) -> Camera:
    return Camera(
        CameraCode(f"C{number}"),
        "Gate",
        CallUp(1, 1, number),
        SiteCode("S"),
        DistrictCode("D"),
        f"rtsp://10.0.0.{number}/main",
        credential=credential,
    )


class Bench:
    """Streams without workers; a test says what the workers would say."""

    def __init__(self, memory: BoardMemory) -> None:
        self.memory = memory
        self.pool = PoolOfNone()
        self.keys = Keys()
        self.freed: list[SlotSpace] = []
        self.changed: list[StreamRecord] = []
        self.dispatcher = ManualDispatcher()
        self.stills = Stills(self.dispatcher)
        self.clips = ClipJobs(self.dispatcher, self.pool.send)
        self.streams = StreamConnections(
            cast(WorkerPool, self.pool),
            memory,
            OpenGate(dice=random.Random(1)),
            self.keys,
            ConnectionSettings(workers=2),
            stills=self.stills,
            clips=self.clips,
            changed=self.changed.append,
            freed=self.freed.append,
        )
        self.streams.start()

    def wanted(self, number: int = 1, credential: str | None = None) -> StreamRecord:
        wanted = camera(number, credential)
        record = self.streams.record(wanted, StreamId(wanted.code, StreamKind.MAIN))
        record.views[SPACE.slot] = View(SPACE.slot, SPACE.offset, SPACE.capacity, 240, 135)
        self.streams.open(record, 0.0)
        self.streams.open_due(0.0)
        return record

    def reopen(self, record: StreamRecord) -> None:
        assert record.retry_at is not None
        self.streams.open_due(record.retry_at)

    def opened(self) -> None:
        self.streams.on_report(1, self.pool.opened())

    def ended(self, reason: Reason) -> None:
        stream = self.pool.last_open()[1].stream
        self.streams.on_report(1, Ended(stream, reason.value, "details"))

    def crash(self, record: StreamRecord) -> None:
        self.memory.busy_word[record.number] = 1
        self.streams.on_worker_lost(record.worker, WorkerLoss.CRASHED, "ended by SIGSEGV")
