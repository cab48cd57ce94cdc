"""Ends a read of PyAV that is under way in another thread.

FFmpeg asks a callback, between its waits of 100 ms, whether to give up. PyAV's callback compares
a start time and a time-out that lie in its container object, but offers no way to set them
during a read, and a time-out given beforehand makes it take the interpreter's lock several times
for every network packet (30 to 50 us a picture, measured). With the time-out left open it costs
nothing. So the place of that number is found once, by opening a container with a value that
occurs nowhere else, and another thread writes a time-out that has long passed into it.

PyAV is handed in, because only child processes may load it.
"""

import ctypes
import io
import struct
from types import ModuleType
from typing import Any

_MARK = 86_400.123456789
_PASSED = 0.0


def _find_offset(av: Any) -> int | None:
    """Where PyAV's containers keep the running time-out, or ``None`` if it cannot be told."""
    with av.open(io.BytesIO(_one_picture(av)), "r", format="mjpeg", timeout=(None, _MARK)) as probe:
        packets: Any = probe.demux()
        next(packets)  # The time-out is in force while the packets are being read.
        held = ctypes.string_at(id(probe), type(probe).__basicsize__)
        packets.close()
        after = ctypes.string_at(id(probe), type(probe).__basicsize__)
    wanted = struct.pack("=d", _MARK)
    at = held.find(wanted)
    alone = at >= 0 and held.find(wanted, at + 1) < 0
    # Closing the iterator puts "no time-out" there: the proof that it is the right place.
    return at if alone and after[at : at + 8] == struct.pack("=d", -1.0) else None


def _one_picture(av: Any) -> bytes:
    target = io.BytesIO()
    with av.open(target, "w", format="mjpeg") as output:
        stream = output.add_stream("mjpeg", rate=1)
        stream.width, stream.height, stream.pix_fmt = 16, 16, "yuvj420p"
        output.mux(stream.encode(av.VideoFrame(16, 16, "yuvj420p")))
        output.mux(stream.encode(None))
    return target.getvalue()


class Interrupter:
    """Knows how to end reads. Make one in a process; ``interrupt`` is for any thread."""

    def __init__(self, av: ModuleType) -> None:
        self._offset = _find_offset(av)

    @property
    def works(self) -> bool:
        """False with a PyAV that keeps its time-out elsewhere: then give time-outs beforehand."""
        return self._offset is not None

    def interrupt(self, container: Any) -> None:
        """Make a read that is under way in ``container`` end within a tenth of a second.

        Raises ``av.error.ExitError`` in the reading thread. A container at rest is not touched
        by this: its next read sets the number anew.
        """
        if self._offset is not None:
            address = id(container) + self._offset
            ctypes.c_double.from_address(address).value = _PASSED
