"""One encoding of one camera as the engine keeps it, over all its connections."""

import time
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urlsplit

from app.domain.camera import Camera, CameraCode
from app.domain.picture_health import PictureFault
from app.domain.stream import Effort, Reason, StreamKind, StreamState, StreamStatus
from app.video.board import SlotSpace
from app.video.engine_types import Moment
from app.video.messages import StreamFigures, View

OFFLINE_AFTER_S = 30.0
OFFLINE_ATTEMPTS = 4
MOVING_S = 3.0
_OFFLINE_AT_ONCE = frozenset(
    {Reason.BAD_URL, Reason.UNSUPPORTED, Reason.CRASHES_DECODER, Reason.VLC_MISSING}
)
_UNAUTHORISED = frozenset({Reason.WRONG_PASSWORD, Reason.NO_CREDENTIAL, Reason.KEY_STORE_LOCKED})


class Phase(Enum):
    """Where the connection is; not the state of a tile (that also depends on its picture)."""

    IDLE = "idle"
    WAITING = "waiting"
    OPENING = "opening"
    OPEN = "open"
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class StreamId:
    """Camera and encoding."""

    camera: CameraCode
    kind: StreamKind

    def __str__(self) -> str:
        return f"{self.camera}/{self.kind.value}"


def host_of(camera: Camera, kind: StreamKind) -> str:
    """Host and port of an encoding of a camera; a file counts as a host of its own."""
    parts = urlsplit(camera.url(kind))
    return parts.netloc.rpartition("@")[2] or parts.path


@dataclass(slots=True)
class RetiredSlots:
    """Slots that the worker may still write until it has applied ``version``."""

    version: int
    spaces: list[SlotSpace]


@dataclass(slots=True)
class StreamRecord:
    """``number`` is its row in the board's ``busy`` and stays; ``connection`` is of one attempt.

    ``views`` are what tiles want of it, by slot, and ``holds`` how long their pictures wait;
    ``moving_at`` is when packets last arrived; ``clips`` is how many are being cut of it;
    ``faults`` are of its pictures.
    """

    id: StreamId
    number: int
    camera: Camera
    views: dict[int, View] = field(default_factory=dict)
    holds: dict[int, int] = field(default_factory=dict)
    warm: bool = False
    clips: int = 0
    phase: Phase = Phase.IDLE
    connection: int = 0
    worker: int = 0
    version: int = 0
    retired: list[RetiredSlots] = field(default_factory=list)
    reason: Reason = Reason.NONE
    detail: str = ""
    attempts: int = 0
    reconnects: int = 0
    failing_since: float | None = None
    retry_at: float | None = None
    opened_at: float = 0.0
    moving_at: float = float("-inf")
    unwanted_since: float | None = None
    effort: Effort = Effort.FULL
    height: int = 0
    width: int = 0
    codec: str = ""
    engine: str = ""
    figures: StreamFigures | None = None
    faults: tuple[PictureFault, ...] = ()

    @property
    def host(self) -> str:
        """Whom an open of this stream bothers."""
        return host_of(self.camera, self.id.kind)

    @property
    def is_wanted(self) -> bool:
        return bool(self.views) or self.warm or self.clips > 0

    @property
    def is_connected(self) -> bool:
        return self.phase is Phase.OPEN

    @property
    def ring_seconds(self) -> float:
        """How far the ring reached back at the last heartbeat."""
        return self.figures.ring_seconds if self.figures is not None else 0.0

    def reaches(self, moment: Moment) -> bool:
        """Whether the ring went back so far at the last heartbeat."""
        figures = self.figures
        if figures is None:
            return False
        is_ahead = moment.by_camera and figures.has_camera_clock
        local_us = moment.utc_us + (figures.offset_us if is_ahead else 0)
        return time.time_ns() // 1000 - local_us <= figures.ring_seconds * 1e6

    def status(self, now: float) -> StreamStatus:
        """The state without a look at the picture: live while packets arrive."""
        if self.phase in (Phase.IDLE, Phase.CLOSING):
            return StreamStatus()
        if self.phase is Phase.OPEN and now - self.moving_at <= MOVING_S:
            return StreamStatus(StreamState.LIVE)
        if self.phase is Phase.OPEN or (self.reason is Reason.NONE and not self.attempts):
            return StreamStatus(StreamState.CONNECTING, detail=self.detail)
        retry_at = self.retry_at if self.phase is Phase.WAITING else None
        return StreamStatus(self._lost(now), self.reason, self.attempts, retry_at, self.detail)

    def _lost(self, now: float) -> StreamState:
        if self.reason in _UNAUTHORISED:
            return StreamState.UNAUTHORISED
        if self.reason in _OFFLINE_AT_ONCE:
            return StreamState.OFFLINE
        failing = now - self.failing_since if self.failing_since is not None else 0.0
        if self.attempts >= OFFLINE_ATTEMPTS and failing >= OFFLINE_AFTER_S:
            return StreamState.OFFLINE
        return StreamState.RECONNECTING
