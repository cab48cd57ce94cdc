"""What the program and the analytics process say to each other, as MessagePack over a pipe.

Commands go to the process, reports come back. Everything that comes from a network is read in the
process; what arrives here is of known types and bounded.
"""

from enum import Enum
from multiprocessing.connection import Connection
from typing import Any

import msgspec

from app.domain.analytics_event import AnalyticsEvent
from app.domain.detection import DetectionFrame, SourceClock


class BrokerConfig(msgspec.Struct, frozen=True):
    """One MQTT broker. Secrets travel in it, so it is never logged nor printed.

    ``protocol`` is ``5`` or ``3.1.1``; ``certificate`` and ``private_key`` are PEM texts of a
    client certificate; ``tls_name`` is the name that the broker's certificate must bear where it
    is not ``host``. ``trouble`` is a sentence when the key store had no answer: nothing is
    connected then, and the sentence is the state.
    """

    name: str
    host: str
    port: int
    tls: bool = True
    ca_file: str = ""
    tls_name: str = ""
    protocol: str = "5"
    user: str = ""
    password: str = ""
    certificate: str = ""
    private_key: str = ""
    station: str = ""
    """The stable part of the client id: one a workstation."""
    trouble: str = ""

    def __repr__(self) -> str:
        return f"BrokerConfig({self.name!r})"


class SourceConfig(msgspec.Struct, frozen=True):
    """One backend, and how what it sends is to be understood.

    ``adapter`` is ``onvif-json``, ``onvif-xml``, ``deepstream``, ``frigate`` or ``axis``.
    ``boxes_topic`` and ``events_topic`` are MQTT filters in which ``{camera}`` stands for the
    name by which the backend knows the camera. ``cameras`` maps those names to camera codes.
    ``metadata_urls`` maps camera codes to RTSP addresses (credentials included) of metadata
    tracks. ``reference`` is the size in pixels of the backend's coordinates, where it uses
    pixels; ``classes`` maps its class names to ours; ``url`` is the address of its HTTP interface.
    """

    name: str
    adapter: str
    broker: str = ""
    boxes_topic: str = ""
    events_topic: str = ""
    cameras: dict[str, str] = {}
    metadata_urls: dict[str, str] = {}
    clock: SourceClock | None = None
    """``None``: the adapter's own default."""
    reference: tuple[int, int] | None = None
    classes: dict[str, str] = {}
    minimum_confidence: float = 0.0
    url: str = ""
    ca_file: str = ""
    user: str = ""
    password: str = ""
    trouble: str = ""

    def __repr__(self) -> str:
        return f"SourceConfig({self.name!r})"


class Configure(msgspec.Struct, frozen=True, tag="configure"):
    """The brokers and sources from now on; what did not change stays connected."""

    brokers: list[BrokerConfig]
    sources: list[SourceConfig]

    def __repr__(self) -> str:
        return "Configure(***)"


class WantBoxes(msgspec.Struct, frozen=True, tag="boxes"):
    """The cameras whose boxes are drawn somewhere; all others are let go after a while."""

    cameras: list[str]


class FetchSnapshot(msgspec.Struct, frozen=True, tag="snapshot"):
    """Answered by ``Snapshot`` with the same ``request``; ``clip``: the clip instead."""

    request: int
    source: str
    ref: str
    clip: bool = False


class Shutdown(msgspec.Struct, frozen=True, tag="shutdown"):
    """Leave; a closed pipe means the same."""


Command = Configure | WantBoxes | FetchSnapshot | Shutdown


class Frames(msgspec.Struct, frozen=True, tag="frames"):
    """Boxes, oldest first; sent some times a second at most."""

    frames: list[DetectionFrame]


class Events(msgspec.Struct, frozen=True, tag="events"):
    """Events of one source, not yet seen by the process; the broker hears that they came after."""

    events: list[AnalyticsEvent]


class Snapshot(msgspec.Struct, frozen=True, tag="snapshot"):
    """A picture (JPEG) or clip of the backend; empty with a sentence in ``trouble``."""

    request: int
    data: bytes
    trouble: str = ""


class ConnectionState(Enum):
    """How a source or a broker is doing."""

    CONNECTING = "connecting"
    CONNECTED = "connected"
    WAITING = "waiting"
    """Connected before; the next attempt is due."""
    REFUSED = "refused"
    """The other side does not want us: user, certificate, protocol. Tried again, rarely."""
    NOT_CONFIGURED = "not-configured"


class SourceState(msgspec.Struct, frozen=True, array_like=True):
    """One source at one moment. ``sentence`` says in words what is wrong; empty when all is well.

    Counters grow from the start of the process: ``messages`` received, ``bad`` that could not be
    understood, ``dropped`` that came faster than they could be read, ``unknown`` about cameras that
    the registry does not hold. ``lag_s`` is how old the newest message was when it came.
    """

    name: str
    state: ConnectionState
    sentence: str = ""
    messages: int = 0
    bad: int = 0
    dropped: int = 0
    unknown: int = 0
    lag_s: float | None = None
    newest_us: int | None = None


class Heartbeat(msgspec.Struct, frozen=True, tag="heartbeat"):
    """Sent each second; silence means that the process is stuck."""

    cpu_s: float
    rss_bytes: int
    sources: list[SourceState]


class ZoneShape(msgspec.Struct, frozen=True, array_like=True):
    """A zone (closed) or a line of a rule, in fractions of the analysed picture."""

    name: str
    points: tuple[tuple[float, float], ...]
    is_line: bool = False


class Zones(msgspec.Struct, frozen=True, tag="zones"):
    """The rules' shapes of one camera, where the source tells them; replaces earlier ones."""

    source: str
    camera: str
    shapes: list[ZoneShape]


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """First word of the process."""

    pid: int


Report = Frames | Events | Snapshot | Heartbeat | Zones | Ready

_encoder = msgspec.msgpack.Encoder()
_commands: msgspec.msgpack.Decoder[Command] = msgspec.msgpack.Decoder(Command)
_reports: msgspec.msgpack.Decoder[Report] = msgspec.msgpack.Decoder(Report)


def send(connection: "Connection[Any, Any]", message: Command | Report) -> None:
    """Raises ``OSError`` when the other side is gone."""
    connection.send_bytes(_encoder.encode(message))


def receive_command(connection: "Connection[Any, Any]") -> Command:
    """Raises ``EOFError`` when the program is gone."""
    return _commands.decode(connection.recv_bytes())


def receive_report(connection: "Connection[Any, Any]") -> Report:
    """Raises ``EOFError`` when the process is gone."""
    return _reports.decode(connection.recv_bytes())
