"""How a source of boxes misbehaves, per camera and changeable while it runs."""

import random
from dataclasses import dataclass

from app.demo.targets import TargetTable, camera_time


@dataclass(frozen=True, slots=True)
class Switches:
    """What the analytics of a camera do to its boxes. The defaults are those of a good backend."""

    rate: float = 5.0
    """Messages a second, at most the 15 of the pictures."""
    lateness_s: float = 0.0
    """How long after its picture was taken a message leaves."""
    jitter_s: float = 0.0
    """Standard deviation of the lateness; without `reorder` messages keep their order."""
    loss: float = 0.0
    """Share of the messages that are never sent."""
    reorder: float = 0.0
    """Share of the messages that leave after the one that follows them."""
    clock_offset_s: float = 0.0
    """How far the clock that stamps the messages is ahead of the true time."""
    drift_ppm: float = 0.0
    """How much faster it runs, from `drift_since_s` on."""
    drift_since_s: float = 0.0
    silent: bool = False
    """Send no boxes."""
    garbage: float = 0.0
    """Share of the messages that are damaged or are no ONVIF at all."""
    burst: int = 1
    """Send every message so many times."""

    def stamp(self, unix_time: float) -> float:
        """Return what the clock of the messages shows at a true time."""
        return camera_time(unix_time, self.clock_offset_s, self.drift_ppm, self.drift_since_s)

    def delay(self, source: random.Random) -> float:
        """Return how many seconds after the picture the next message leaves."""
        delay = self.lateness_s
        if self.jitter_s:
            delay += source.gauss(0.0, self.jitter_s)
        return max(0.0, delay)


GOOD = Switches()


class SwitchTable(TargetTable[Switches]):
    """The switches of each camera."""

    def __init__(self) -> None:
        """Begin with a good backend."""
        super().__init__(GOOD)


def spoiled(message: bytes, source: random.Random) -> bytes:
    """Return something that is no message any more: cut off, scribbled over, or made up."""
    match source.randrange(4):
        case 0:
            return message[: source.randrange(len(message) or 1)]
        case 1:
            data = bytearray(message)
            for _ in range(1 + len(data) // 50):
                data[source.randrange(len(data))] = source.randrange(256)
            return bytes(data)
        case 2:
            return source.randbytes(source.randrange(1, 400))
        case _:
            return b'{"Frame":[{"@UtcTime":"1970-01-01T00:00:00Z","Object":{"@ObjectId":"NaN"}}]}'
