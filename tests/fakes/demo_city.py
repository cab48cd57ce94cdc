"""The demo city for tests: a server process, and a client that reads the pictures' true times."""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
from av.container import InputContainer

from app.demo.cameras import phase
from app.demo.process import DemoCity
from app.demo.scenes.catalogue import FPS

OPTIONS = {
    "probesize": "32",
    "analyzeduration": "0",
    "allowed_media_types": "video",
    "protocol_whitelist": "rtsp,rtp,udp,tcp",
}


def cache_folder() -> Path:
    """The folder for encoded scenes that all tests share."""
    root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "demo"


@contextmanager
def demo_city(
    data: Path, *, cache: Path | None = None, prepare: str = "none", extra: tuple[str, ...] = ()
) -> Iterator[DemoCity]:
    """Run a demo city; scenes are encoded when they are first asked for."""
    city = DemoCity.start(cache or cache_folder(), data, prepare=prepare, extra=extra)
    try:
        city.wait_ready(120)
        yield city
    finally:
        city.close()


@dataclass(frozen=True, slots=True)
class Received:
    """One packet as a client saw it; times are Unix seconds."""

    arrived_at: float
    taken_at: float | None
    pts: int | None
    is_key: bool
    data: bytes


def open_stream(
    url: str, *, transport: str = "tcp", open_s: float = 40, read_s: float = 4
) -> InputContainer:
    """Open a camera as the wall does; raises what PyAV raises."""
    options = {**OPTIONS, "rtsp_transport": transport}
    return av.open(url, mode="r", options=options, timeout=(open_s, read_s))


def receive(
    url: str, count: int, *, transport: str = "tcp", open_s: float = 40, read_s: float = 4
) -> list[Received]:
    """Open a camera and return its first packets."""
    with open_stream(url, transport=transport, open_s=open_s, read_s=read_s) as container:
        found = []
        for packet in container.demux(video=0):
            if packet.size:
                found.append(_received(packet))
            if len(found) >= count:
                break
        return found


def _received(packet: av.Packet[av.VideoStream]) -> Received:
    taken_at = None
    if packet.has_sidedata("prft"):
        side_data = bytes(packet.get_sidedata("prft"))
        taken_at = struct.unpack("=q", side_data[:8])[0] / 1e6
    return Received(time.time(), taken_at, packet.pts, packet.is_keyframe, bytes(packet))


def picture_times(received: list[Received]) -> list[float]:
    """Return the true times that packets carry, without those of the first two."""
    return [one.taken_at for one in received[2:] if one.taken_at is not None]


def grid_error(taken_at: float, path: str) -> float:
    """Return how many seconds a time is from the nearest one at which the camera takes a
    picture."""
    number = taken_at * FPS - phase(path)
    return abs(number - round(number)) / FPS
