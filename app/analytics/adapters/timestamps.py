"""Times as backends write them, as microseconds of Unix time."""

from datetime import UTC, datetime, timedelta
from math import isfinite

from app.analytics.adapters.errors import BadMessage

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
EARLIEST_US = 946_684_800_000_000
"""The year 2000: whoever says less has never set its clock."""
LATEST_US = 4_102_444_800_000_000
"""The year 2100."""
_SHORTEST = len("2008-10-10T12:24:57")


def from_iso(text: str) -> int:
    """Read ``xs:dateTime`` or ISO 8601; without a zone it is UTC, as ONVIF's examples mean it.

    Raises ``BadMessage`` for what is no time, and for times before 2000 or after 2100. A clock
    that is only wrong by an hour or a year is none of our business here.
    """
    try:
        moment = datetime.fromisoformat(text)
        if len(text) < _SHORTEST:
            raise BadMessage("A time is not complete")
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return _checked((moment - _EPOCH) // _MICROSECOND)
    except (ValueError, OverflowError, TypeError) as error:
        if isinstance(error, BadMessage):
            raise
        raise BadMessage("A time cannot be read") from None


def from_seconds(seconds: float) -> int:
    """Read seconds of Unix time; raises ``BadMessage`` like ``from_iso``."""
    if not isfinite(seconds):
        raise BadMessage("A time is not a number")
    return _checked(round(seconds * 1_000_000))


def _checked(time_us: int) -> int:
    if time_us < EARLIEST_US:
        raise BadMessage("A time lies before the year 2000: the sender's clock was never set")
    if time_us > LATEST_US:
        raise BadMessage("A time lies after the year 2100")
    return time_us
