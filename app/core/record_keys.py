"""Keys of records: made at the workstation, ordered by time, the same in every database."""

import secrets
import uuid

from app.core.clock import Clock

_TIME_BITS, _FRACTION_BITS, _RANDOM_BITS = 48, 12, 62


def record_key(clock: Clock) -> uuid.UUID:
    """A new UUID of version 7 (RFC 9562, section 5.7): any thread, no two alike.

    The 12 bits after the milliseconds are the fraction of the millisecond (section 6.2, method
    3), so that two keys of one workstation stand in the order in which they were made.
    """
    milliseconds, microseconds = divmod(clock.utc_us(), 1000)
    fraction = (microseconds << _FRACTION_BITS) // 1000
    value = (milliseconds & ((1 << _TIME_BITS) - 1)) << 80
    value |= 7 << 76 | fraction << 64
    value |= 0b10 << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    return uuid.UUID(int=value)
