"""What the supervisor and a worker say to each other, as MessagePack (no pickle) over a pipe.

Commands go to the worker, reports come back. Each stream has a number that is never used twice,
so an answer that comes too late cannot be taken for another stream's.
"""

from multiprocessing.connection import Connection
from typing import Any

import msgspec


class View(msgspec.Struct, frozen=True, array_like=True):
    """One picture that is wanted of a stream: scaled to fit a box, cropped, into a slot.

    ``box_*`` are device pixels; the picture keeps its shape inside. The crop is in fractions of
    the full picture, origin top left. ``offset`` and ``capacity`` are a ``SlotSpace``.
    """

    slot: int
    offset: int
    capacity: int
    box_width: int
    box_height: int
    crop_x: float = 0.0
    crop_y: float = 0.0
    crop_width: float = 1.0
    crop_height: float = 1.0


class OpenStream(msgspec.Struct, frozen=True, tag="open"):
    """Connect once. ``url`` may hold credentials: it is never logged and never reported back.

    ``row`` is the stream's word in the board's ``busy``; ``kind`` is ``main`` or ``sub``;
    ``engine`` is ``ffmpeg``, ``vlc`` or ``auto`` (FFmpeg, and libVLC where that cannot);
    ``transport`` is ``tcp`` or ``udp``. Without ``ca_file`` rtsps uses the system's authorities.
    ``ring_worker_bytes`` is the room for all rings of the worker together. ``has_sound``: the
    camera is asked for sound too, for clips.
    """

    stream: int
    row: int
    camera: str
    kind: str
    url: str
    transport: str = "tcp"
    engine: str = "auto"
    ca_file: str = ""
    open_timeout_s: float = 5.0
    read_timeout_s: float = 5.0
    ring_seconds: float = 60.0
    ring_bytes: int = 16_000_000
    ring_worker_bytes: int = 500_000_000
    has_sound: bool = False


class SetViews(msgspec.Struct, frozen=True, tag="views"):
    """The views of a stream from now on. None: it stays warm (ring filled, not decoded).

    ``effort`` is a ``domain.stream.Effort``; ``holds`` are the microseconds that pictures wait,
    by slot. Answered by ``ViewsApplied`` with the same ``version`` once no slot that is missing
    here will be written any more.
    """

    stream: int
    version: int
    views: list[View]
    effort: int = 0
    holds: dict[int, int] = {}


class SetHold(msgspec.Struct, frozen=True, tag="hold"):
    """From now on pictures in ``slot`` wait so many microseconds from their coming in."""

    stream: int
    slot: int
    hold_us: int


class LookBack(msgspec.Struct, frozen=True, tag="look-back"):
    """Play into ``slot`` from the ring, from ``utc_us`` on; ``None``: what is live.

    ``utc_us`` is on the camera's clock, or on this workstation's where ``by_camera`` is false.
    ``speed`` is 1 for the pace at which it was taken, 0 to stand, negative to go backwards.
    ``since`` is when it is at ``utc_us`` (monotonic seconds, the same in all processes of a
    machine), so that several slots are in step; ``None``: with the first picture. ``step``: so
    many pictures on from the one that is shown, or back, and stand there.
    """

    stream: int
    slot: int
    utc_us: int | None
    by_camera: bool = False
    speed: float = 1.0
    since: float | None = None
    step: int = 0


class CutStill(msgspec.Struct, frozen=True, tag="cut-still"):
    """Answered by ``Still`` with the picture nearest to ``utc_us``, unless the stream ends."""

    stream: int
    request: int
    utc_us: int
    by_camera: bool
    width: int


class CutClip(msgspec.Struct, frozen=True, tag="cut-clip"):
    """Write packets into ``file`` from the key frame before ``start_us`` on, until ``end_us``,
    which may lie ahead, or (``None``) until ``EndClip``. Answered by ``ClipReport`` as it grows
    and once with a phase that is over."""

    stream: int
    job: int
    start_us: int
    end_us: int | None
    by_camera: bool
    file: str


class EndClip(msgspec.Struct, frozen=True, tag="end-clip"):
    """End a clip now; without ``keep`` nothing of it stays."""

    job: int
    keep: bool


class CloseStream(msgspec.Struct, frozen=True, tag="close"):
    """Answered by ``Ended`` with reason ``none``."""

    stream: int


class Shutdown(msgspec.Struct, frozen=True, tag="shutdown"):
    """Close everything and leave; a closed pipe means the same."""


Command = (
    OpenStream
    | SetViews
    | SetHold
    | LookBack
    | CutStill
    | CutClip
    | EndClip
    | CloseStream
    | Shutdown
)


class Opened(msgspec.Struct, frozen=True, tag="opened"):
    """The camera answered and described its video; pictures follow."""

    stream: int
    took_ms: float
    codec: str
    width: int
    height: int
    engine: str


class Ended(msgspec.Struct, frozen=True, tag="ended"):
    """A stream could not be opened, or was lost, or was closed as asked.

    ``reason`` is a ``domain.stream.Reason`` value; ``detail`` is free of secrets.
    """

    stream: int
    reason: str
    detail: str


class ViewsApplied(msgspec.Struct, frozen=True, tag="applied"):
    stream: int
    version: int


class Still(msgspec.Struct, frozen=True, tag="still"):
    """``jpeg`` is empty where the ring holds no picture."""

    stream: int
    request: int
    jpeg: bytes


class ClipReport(msgspec.Struct, frozen=True, tag="clip"):
    """How far a clip is: see ``clip_types.ClipProgress``. ``phase`` is a ``ClipPhase`` value,
    ``clock`` a ``PictureClock``; gaps and anchors come with the last report only."""

    job: int
    phase: str
    start_us: int = 0
    end_us: int = 0
    clock: int = 0
    offset_us: int = 0
    pictures: int = 0
    bytes: int = 0
    codec: str = ""
    width: int = 0
    height: int = 0
    gaps: list[tuple[int, int]] = []
    anchors: list[tuple[int, int]] = []
    sha256: str = ""
    has_ended_early: bool = False
    trouble: str = ""
    sound: str = ""
    has_sound: bool = False


class PictureHealth(msgspec.Struct, frozen=True, tag="health"):
    """All that is wrong with the stream's pictures now: ``domain.picture_health`` values."""

    stream: int
    faults: list[str]


class StreamFigures(msgspec.Struct, frozen=True, array_like=True):
    """Figures of one open stream; counters grow from its opening on.

    ``decode_us`` is the time spent in decoding and scaling; ``behind_us`` how far the newest
    decoded packet was behind its arrival; ``offset_us`` what to add to the camera's clock to get
    the workstation's, meaningful when ``has_camera_clock``; ``stuck_s`` is how long one native
    call has not come back (0 when none is running beyond its time-out).
    """

    stream: int
    packets: int
    bytes: int
    decoded: int
    published: int
    errors: int
    decode_us: int
    behind_us: int
    offset_us: int
    has_camera_clock: bool
    ring_seconds: float
    ring_bytes: int
    stuck_s: float


class Heartbeat(msgspec.Struct, frozen=True, tag="heartbeat"):
    """Sent each second by the thread that also obeys commands; silence means it is stuck."""

    cpu_s: float
    rss_bytes: int
    threads: int
    streams: list[StreamFigures]


class WorkerReady(msgspec.Struct, frozen=True, tag="ready"):
    """First word of a worker: what it can do. ``vlc`` is empty or a sentence why it cannot."""

    pid: int
    decoder: str
    vlc: str
    vlc_rtsp: bool


Report = (
    Opened | Ended | ViewsApplied | Still | ClipReport | PictureHealth | Heartbeat | WorkerReady
)

_encoder = msgspec.msgpack.Encoder()
_commands: msgspec.msgpack.Decoder[Command] = msgspec.msgpack.Decoder(Command)
_reports: msgspec.msgpack.Decoder[Report] = msgspec.msgpack.Decoder(Report)


def send(connection: "Connection[Any, Any]", message: Command | Report) -> None:
    """Raises ``OSError`` when the other side is gone."""
    connection.send_bytes(_encoder.encode(message))


def receive_command(connection: "Connection[Any, Any]") -> Command:
    """Raises ``EOFError`` when the GUI process is gone."""
    return _commands.decode(connection.recv_bytes())


def receive_report(connection: "Connection[Any, Any]") -> Report:
    """Raises ``EOFError`` when the worker is gone."""
    return _reports.decode(connection.recv_bytes())
