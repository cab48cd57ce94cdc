"""What an event does not say of its object but its box does: class, place, confidence."""

from collections.abc import Iterator

import msgspec

from app.analytics.timeline import Timeline
from app.analytics.timelines import Timelines
from app.domain.analytics_event import AnalyticsEvent
from app.domain.detection import Box, ObjectSample

_LOOKS_US = (0, -200_000, -600_000, 200_000)
"""At the moment of the event, and shortly before and after: the boxes may still be on their way."""


class EventObjects:
    """ONVIF's events name an object by its number only; its boxes tell more. Owner thread.

    Boxes come for the cameras that are looked at, so other events stay as they were received.
    """

    def __init__(self, timelines: Timelines) -> None:
        self._timelines = timelines

    def complete(self, event: AnalyticsEvent) -> AnalyticsEvent:
        """The event with what is known of its object; nothing that it says itself is changed."""
        if event.label is not None or event.track_id is None:
            return event
        for timeline in self._of(event):
            found = _find(timeline, event.track_id, event.time_us)
            if found is not None:
                sample, box = found
                return msgspec.structs.replace(
                    event,
                    label=sample.label,
                    confidence=sample.confidence if event.confidence is None else event.confidence,
                    box=event.box or box,
                )
        return event

    def _of(self, event: AnalyticsEvent) -> Iterator[Timeline]:
        """A track's id counts within its source only."""
        for each in self._timelines.of(event.camera):
            if each.source == event.source:
                yield each.timeline


def _find(timeline: Timeline, track_id: str, time_us: int) -> tuple[ObjectSample, Box] | None:
    for look in _LOOKS_US:
        for timed in timeline.boxes_at(time_us + look):
            if timed.sample.track_id == track_id:
                return timed.sample, Box(timed.x1, timed.y1, timed.x2, timed.y2)
    return None
