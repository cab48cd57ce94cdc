"""Every machine setting: its default, its limits and what it means, in one place."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Share = Annotated[float, Meta(gt=0, le=1000)]


class VideoSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How pictures are fetched and decoded."""

    workers: Annotated[
        int, Meta(ge=0, le=64, description="decoding processes; 0 = from the machine's cores")
    ] = 0
    transport: Annotated[
        Literal["tcp", "udp"],
        Meta(description="how RTP travels where the camera's `transport` attribute says nothing"),
    ] = "tcp"
    open_timeout_s: Annotated[
        float, Meta(ge=0.5, le=60, description="seconds a camera may take to answer")
    ] = 5.0
    read_timeout_s: Annotated[
        float, Meta(ge=1, le=60, description="seconds of silence after which a stream is reopened")
    ] = 5.0
    opens_at_a_time: Annotated[
        int, Meta(ge=1, le=64, description="connections being opened at the same time")
    ] = 8
    opens_per_second_per_host: Annotated[
        float, Meta(gt=0, le=1000, description="connections opened to one host in a second")
    ] = 16.0
    hosts: Annotated[
        dict[str, Share],
        Meta(description='another rate for single hosts, as in `"10.20.0.5" = 4`'),
    ] = msgspec.field(default_factory=dict)
    ring_seconds: Annotated[
        int, Meta(ge=5, le=600, description="seconds of each open stream kept for replay")
    ] = 60
    ring_megabytes: Annotated[
        int, Meta(ge=1, le=1024, description="most memory for one stream's replay")
    ] = 32
    ring_total_megabytes: Annotated[
        int, Meta(ge=16, le=65536, description="most memory for the replay of all streams")
    ] = 1024
    sound: Annotated[
        bool,
        Meta(
            description="whether cameras are asked for sound, for clips, where their `audio` "
            "attribute says nothing"
        ),
    ] = False
    warm_pages: Annotated[
        int, Meta(ge=0, le=4, description="pages before and after the shown one kept connected")
    ] = 1


class WallSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the screens are painted."""

    refresh_hz: Annotated[
        int, Meta(ge=5, le=240, description="how often a screen looks for new pictures")
    ] = 60


class ConsoleSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The operator's own window."""

    search_results: Annotated[
        int, Meta(ge=5, le=1000, description="most cameras shown for a search")
    ] = 100


class LogSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What is written to the log."""

    level: Annotated[
        Literal["debug", "info", "warning", "error"], Meta(description="least severity written")
    ] = "info"


class BrokerSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One MQTT broker, ``[[analytics.brokers]]``. No secret stands here: ``credential`` and
    ``client_certificate`` name entries of the key store."""

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    host: Annotated[str, Meta(min_length=1, max_length=255)]
    port: Annotated[int, Meta(ge=1, le=65535)] = 8883
    tls: bool = True
    ca_file: str = ""
    tls_name: str = ""
    protocol: Literal["5", "3.1.1"] = "5"
    credential: str = ""
    client_certificate: str = ""


class SourceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One analytics backend, ``[[analytics.sources]]``.

    In the topics ``{camera}`` stands for the camera's ``analytics_id`` (its code where it has
    none). ``districts`` limits the source to cameras of these districts and ``only`` to cameras
    with these codes; empty means all.
    """

    name: Annotated[str, Meta(min_length=1, max_length=64)]
    adapter: Literal["onvif-json", "onvif-xml", "deepstream", "frigate", "axis"]
    broker: str = ""
    boxes_topic: str = ""
    events_topic: str = ""
    url: str = ""
    ca_file: str = ""
    credential: str = ""
    districts: list[str] = msgspec.field(default_factory=list)
    only: list[str] = msgspec.field(default_factory=list)
    cameras: dict[str, str] = msgspec.field(default_factory=dict)
    clock: Literal["", "camera", "backend-capture", "backend-emit", "arrival"] = ""
    offset_ms: Annotated[int, Meta(ge=-60_000, le=60_000)] = 0
    reference: Annotated[list[int], Meta(max_length=2)] = msgspec.field(default_factory=list)
    classes: dict[str, str] = msgspec.field(default_factory=dict)
    minimum_confidence: Annotated[float, Meta(ge=0, le=1)] = 0.0
    hide_while_moving: bool = True

    def serves(self, camera: str, district: str) -> bool:
        """Whether the source is for a camera, by its code and its district's."""
        return (not self.districts or district in self.districts) and (
            not self.only or camera in self.only
        )


class SeveritySettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the severity table, ``[[analytics.severities]]``; the first that fits counts.

    ``source``, ``kind``, ``rule`` and ``label`` may hold ``*`` and ``?``.
    """

    source: str = "*"
    kind: str = "*"
    rule: str = "*"
    label: str = "*"
    severity: Literal["information", "notice", "warning", "alarm"]


class AnalyticsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Boxes and events from backends."""

    retention_days: Annotated[
        int, Meta(ge=1, le=3650, description="days for which events are kept")
    ] = 30
    hold_ms: Annotated[
        int, Meta(ge=0, le=500, description="most a picture waits for its boxes, in step")
    ] = 500
    in_step: Annotated[bool, Meta(description="whether tiles begin in step with their boxes")] = (
        True
    )
    brokers: Annotated[
        list[BrokerSettings], Meta(description="MQTT brokers, see Boxes and events")
    ] = msgspec.field(default_factory=list)
    sources: Annotated[
        list[SourceSettings], Meta(description="analytics backends, see Boxes and events")
    ] = msgspec.field(default_factory=list)
    severities: Annotated[
        list[SeveritySettings],
        Meta(description="which events matter how much, see Boxes and events"),
    ] = msgspec.field(default_factory=list)


class OperatorSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Who works at this workstation. There is no log-in: what stands here is believed."""

    name: Annotated[
        str, Meta(max_length=200, description="name on records; empty = the system's user")
    ] = ""
    role: Annotated[
        Literal["operator", "supervisor"],
        Meta(description="a supervisor also decides about flags"),
    ] = "operator"


class ClipSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Clips and snapshots that are kept on this workstation."""

    folder: Annotated[
        str,
        Meta(
            max_length=1024,
            description="folder that all workstations share, with folders `clips` and `snapshots`"
            " in it: what is kept is copied there; empty = each workstation sees its own only",
        ),
    ] = ""

    keep_days: Annotated[
        int, Meta(ge=1, le=3650, description="days for which clips and snapshots are kept")
    ] = 31
    keep_gigabytes: Annotated[
        float, Meta(gt=0, le=100_000, description="most room for clips and snapshots together")
    ] = 50.0
    longest_minutes: Annotated[
        int, Meta(ge=1, le=720, description="a recording ends by itself after so many minutes")
    ] = 30


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All sections of ``settings.toml``."""

    video: VideoSettings = VideoSettings()
    wall: WallSettings = WallSettings()
    console: ConsoleSettings = ConsoleSettings()
    analytics: AnalyticsSettings = AnalyticsSettings()
    operator: OperatorSettings = OperatorSettings()
    clips: ClipSettings = ClipSettings()
    log: LogSettings = LogSettings()


def reference_table() -> str:
    """The settings as a Markdown table, for the README."""
    lines = ["| setting | default | allowed | meaning |", "| --- | --- | --- | --- |"]
    for section in msgspec.structs.fields(Settings):
        for item in msgspec.structs.fields(section.type):
            known = msgspec.inspect.type_info(item.type)
            meaning = ""
            if isinstance(known, msgspec.inspect.Metadata):
                meaning = str((known.extra_json_schema or {}).get("description", ""))
                known = known.type
            default = item.default_factory() if item.default is msgspec.NODEFAULT else item.default
            shown = msgspec.json.encode(default).decode()
            lines.append(
                f"| `{section.name}.{item.name}` | `{shown}` | {_allowed(known)} | {meaning} |"
            )
    return "\n".join(lines) + "\n"


def _allowed(known: msgspec.inspect.Type) -> str:
    if isinstance(known, msgspec.inspect.LiteralType):
        return ", ".join(f"`{value}`" for value in known.values)
    if isinstance(known, msgspec.inspect.IntType | msgspec.inspect.FloatType):
        low = f"{known.ge:g}" if known.ge is not None else f"more than {known.gt:g}"
        return f"{low} to {known.le:g}"
    if isinstance(known, msgspec.inspect.BoolType):
        return "`true`, `false`"
    if isinstance(known, msgspec.inspect.ListType):
        return "a list of tables"
    if isinstance(known, msgspec.inspect.StrType):
        return f"up to {known.max_length} letters"
    return "a table of numbers"
