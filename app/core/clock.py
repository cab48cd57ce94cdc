"""Time as a dependency, so that tests need not wait for it."""

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Two clocks of this workstation; never mix them."""

    def monotonic(self) -> float:
        """Seconds that only ever grow; for delays and time-outs."""

    def utc_us(self) -> int:
        """Microseconds of Unix time, UTC; for stamps that leave the process."""

    def wait(self, event: threading.Event, seconds: float) -> bool:
        """Block until ``event`` is set or ``seconds`` have passed; true when set."""


class SystemClock:
    """The clocks of the operating system."""

    def monotonic(self) -> float:
        return time.monotonic()

    def utc_us(self) -> int:
        return time.time_ns() // 1000

    def wait(self, event: threading.Event, seconds: float) -> bool:
        return event.wait(seconds)
