"""Keys of records: UUIDs of version 7, in the order of their making."""

import threading
import uuid

from app.core.clock import SystemClock
from app.core.record_keys import record_key

AT_US = 1_645_557_742_123_456
"""In the second of the example of RFC 9562, appendix A.6."""


class StandingClock(SystemClock):
    def __init__(self, utc_us: int) -> None:
        self._utc_us = utc_us

    def utc_us(self) -> int:
        return self._utc_us

    def wait(self, event: threading.Event, seconds: float) -> bool:
        raise AssertionError("nobody waits for a key")


def test_a_key_is_a_uuid_of_version_7_with_its_time() -> None:
    made = record_key(StandingClock(AT_US))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == AT_US // 1000
    assert (made.int >> 64 & 0xFFF) == 456 * 4096 // 1000


def test_keys_stand_in_the_order_of_their_microseconds() -> None:
    made = [record_key(StandingClock(AT_US + at)) for at in range(2_000)]
    assert made == sorted(made)


def test_no_two_keys_of_one_moment_are_alike() -> None:
    clock = StandingClock(AT_US)
    assert len({record_key(clock) for _ in range(10_000)}) == 10_000
