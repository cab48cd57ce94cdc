"""What rings, backlogs and clips are made of: a packet, stamped."""

from dataclasses import dataclass

from av.packet import Packet
from av.stream import Stream

from app.video.worker.clock import Stamp


@dataclass(slots=True)
class RingEntry:
    """One packet, when its picture was taken, and when FFmpeg gave it out (Unix time).

    The packet's ``opaque`` is the stamp, so that it arrives on the right frame. Threads may decode
    it at the same time as long as none changes it.
    """

    packet: "Packet[Stream]"
    is_key: bool
    stamp: Stamp
    released_us: int
    pts: int
    size: int
