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


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """All sections of ``settings.toml``."""

    video: VideoSettings = VideoSettings()
    wall: WallSettings = WallSettings()
    console: ConsoleSettings = ConsoleSettings()
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
    return "a table of numbers"
