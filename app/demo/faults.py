"""What may be wrong with a camera, per path and changeable while it runs."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

EVERY_CAMERA = "*"


class FaultError(ValueError):
    """A fault that no camera can have; the text says what is wrong with it."""


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
    """How much faster it runs, from the moment at which this was set."""
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

    def changed(self, values: Mapping[str, Any]) -> "Faults":
        """Return these faults with some values changed; raises `FaultError`."""
        kinds = {field.name: type(field.default) for field in fields(self)}
        for name, value in values.items():
            kind = kinds.get(name)
            if kind is None:
                raise FaultError(f"{name} is no fault of a camera")
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not (is_number if kind is float else type(value) is kind):
                raise FaultError(f"{name} takes {kind.__name__}")
        return replace(self, **values)


NO_FAULTS = Faults()


class FaultTable:
    """The faults set for all cameras, for a camera, for a path; the nearer one wins, value by
    value."""

    def __init__(self) -> None:
        """Begin with cameras that work."""
        self._values: dict[str, dict[str, Any]] = {}

    def set(self, target: str, values: Mapping[str, Any]) -> None:
        """Change values for ``*``, a camera ``BNU-41-3`` or a path ``BNU-41-3/main``."""
        NO_FAULTS.changed(values)
        self._values.setdefault(target, {}).update(values)

    def clear(self, target: str) -> None:
        """Forget what was set for the target; ``*`` forgets everything."""
        if target == EVERY_CAMERA:
            self._values.clear()
        else:
            self._values.pop(target, None)

    def of(self, path: str) -> Faults:
        """Return the faults of a path."""
        merged: dict[str, Any] = {}
        for target in (EVERY_CAMERA, path.rpartition("/")[0], path):
            merged.update(self._values.get(target, {}))
        return NO_FAULTS.changed(merged)


def corrupt(data: bytearray, share: float, source: random.Random, *, start: int = 0) -> None:
    """Change about `share` of the bytes from `start` on, in place."""
    length = len(data) - start
    count = round(length * share + source.random() - 0.5)
    for _ in range(count):
        data[start + source.randrange(length)] ^= source.randrange(1, 256)
