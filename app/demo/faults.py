"""What may be wrong with a camera, per path and changeable while it runs."""

import random
from dataclasses import dataclass

from app.demo.targets import EVERY_CAMERA, FaultError, TargetTable

__all__ = ["EVERY_CAMERA", "NO_FAULTS", "FaultError", "FaultTable", "Faults", "corrupt"]


@dataclass(frozen=True, slots=True)
class Faults:
    """Everything that is wrong with a path. The defaults describe a camera without faults."""

    status: int = 0
    """Answer DESCRIBE and what follows with this status (401, 404, 503, …)."""
    silent: bool = False
    """Accept the connection and never answer a request."""
    stall: bool = False
    """Keep the socket open and send nothing any more, neither pictures nor reports."""
    drip_bytes_per_s: float = 0.0
    """Send the media this slowly."""
    corrupt: float = 0.0
    """Share of the payload bytes that are changed."""
    garbage: bool = False
    """Send random bytes instead of packets (over UDP: instead of payloads)."""
    seed: int = 1
    """Start of the random sequence behind `corrupt`, `garbage` and the losses."""
    clock_offset_s: float = 0.0
    """How far the clock behind the sender reports is ahead of the true time."""
    drift_ppm: float = 0.0
    """How much faster it runs, from `drift_since_s` on."""
    drift_since_s: float = 0.0
    """The Unix time at which the drift began; filled in when `drift_ppm` is set without it."""
    sender_reports: bool = True
    report_loss: float = 0.0
    """Share of the sender reports that are lost."""
    report_interval_s: float = 2.5
    udp_loss: float = 0.0
    """Share of the RTP packets over UDP that are lost."""
    max_sessions: int = 0
    """Further SETUPs are answered 453; 0 is no limit."""
    keyframe_interval_s: float = 0.0
    """Distance of the key frames; 0 as encoded (two seconds)."""
    encoding: str = ""
    """``main`` or ``sub``: send that one from the next key frame on, whatever was asked for."""
    client_buffer_bytes: int = 4 * 1024 * 1024
    """So much may wait for a client that does not read before its connection is dropped."""
    delay_s: float = 0.0
    """How late pictures leave, as on a slow network; their times stay true."""


NO_FAULTS = Faults()


class FaultTable(TargetTable[Faults]):
    """What is wrong with each camera."""

    def __init__(self) -> None:
        """Begin with cameras that work."""
        super().__init__(NO_FAULTS)


def corrupt(data: bytearray, share: float, source: random.Random, *, start: int = 0) -> None:
    """Change about `share` of the bytes from `start` on, in place."""
    length = len(data) - start
    count = round(length * share + source.random() - 0.5)
    for _ in range(count):
        data[start + source.randrange(length)] ^= source.randrange(1, 256)
