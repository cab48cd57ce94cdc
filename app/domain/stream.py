"""What a stream is doing, and why, as values that every part of the program shares."""

from dataclasses import dataclass
from enum import Enum, IntEnum

STALE_AFTER_S = 2.0
"""A picture older than this is never shown as live."""


class StreamKind(Enum):
    """The two encodings of a camera."""

    MAIN = "main"
    SUB = "sub"


class StreamState(Enum):
    """The states of a tile; ``CLOSED`` is a camera that nobody looks at, ``REPLAY`` a tile whose
    picture was played from the ring because the operator looks back."""

    CLOSED = "closed"
    CONNECTING = "connecting"
    LIVE = "live"
    STALE = "stale"
    RECONNECTING = "reconnecting"
    UNAUTHORISED = "unauthorised"
    OFFLINE = "offline"
    REPLAY = "replay"


class Reason(Enum):
    """Why a stream is not live. The words for the operator are in ``ui/wall/wording.py``."""

    NONE = "none"
    REFUSED = "refused"
    TIMED_OUT = "timed-out"
    UNREACHABLE = "unreachable"
    UNKNOWN_HOST = "unknown-host"
    NOT_FOUND = "not-found"
    WRONG_PASSWORD = "wrong-password"  # noqa: S105 - a word for a state, not a secret
    NO_CREDENTIAL = "no-credential"
    KEY_STORE_LOCKED = "key-store-locked"
    CERTIFICATE = "certificate"
    NO_VIDEO = "no-video"
    ENDED = "ended"
    SILENT = "silent"
    CONNECTION_LOST = "connection-lost"
    NOT_DECODABLE = "not-decodable"
    UNSUPPORTED = "unsupported"
    BAD_URL = "bad-url"
    VLC_MISSING = "vlc-missing"
    VLC_NO_RTSP = "vlc-no-rtsp"
    WORKER_CRASHED = "worker-crashed"
    WORKER_HUNG = "worker-hung"
    CRASHES_DECODER = "crashes-decoder"
    SERVER_BUSY = "server-busy"
    OVERLOADED = "overloaded"
    INTERNAL = "internal"


class PictureClock(IntEnum):
    """Where the UTC of a picture comes from.

    ``CAMERA`` is right within 5 ms of the camera's own clock. ``CAMERA_APPROXIMATE``: counted on
    from the camera's last report, which is so old that it may be off by more.
    """

    ARRIVAL = 0
    CAMERA = 1
    CAMERA_APPROXIMATE = 2

    @property
    def is_camera(self) -> bool:
        """Whether it is the camera's own time, exact or not."""
        return self is not PictureClock.ARRIVAL


class Effort(IntEnum):
    """How much decoding a stream gets; higher numbers shed more, in the order of shedding."""

    FULL = 0
    NO_LOOP_FILTER = 1
    SUB_ONLY = 2
    KEY_FRAMES = 3


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """A snapshot of one stream as the engine sees it.

    ``retry_at`` is on the monotonic clock of this workstation; ``attempt`` counts the failures
    in a row; ``detail`` is a technical line for the log and the tooltip, without secrets.
    """

    state: StreamState = StreamState.CLOSED
    reason: Reason = Reason.NONE
    attempt: int = 0
    retry_at: float | None = None
    detail: str = ""
