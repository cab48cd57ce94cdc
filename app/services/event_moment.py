"""Where in the ring the picture of an event is."""

from collections.abc import Mapping

from app.domain.detection import SourceClock
from app.domain.event_record import EventRecord
from app.settings.schema import SourceSettings
from app.video.engine_types import Moment

_CREDIBLE_US = 60_000_000
"""A backend's clock that is further off than this is of no use: the time of arrival is."""


def moment_of(record: EventRecord, sources: Mapping[str, SourceSettings]) -> Moment:
    """The moment of the event's picture: on the camera's clock where the source uses that, else on
    this workstation's."""
    event = record.event
    source = sources.get(event.source)
    time_us = event.time_us + (source.offset_ms * 1000 if source is not None else 0)
    if event.clock is SourceClock.CAMERA:
        return Moment(time_us, by_camera=True)
    if event.clock is SourceClock.ARRIVAL or abs(event.received_us - time_us) > _CREDIBLE_US:
        return Moment(event.received_us, by_camera=False)
    return Moment(time_us, by_camera=False)


def age_us(record: EventRecord, now_us: int) -> int:
    """How long ago it came, on this workstation's clock."""
    return now_us - record.event.received_us
