"""An event that names its object by number gets its class from the boxes of that object."""

from typing import Any

import pytest

from app.analytics.timelines import Timelines
from app.domain.detection import Box, DetectionFrame, ObjectSample, SourceClock
from app.services.event_objects import EventObjects
from tests.fakes.event_desk import CAMERA, NOON_US, message

TRUCK = ObjectSample("17", Box(0.25, 0.25, 0.5, 0.5), "truck", "Truck", 0.75)


@pytest.fixture
def objects() -> EventObjects:
    timelines = Timelines()
    timelines.add(
        DetectionFrame(CAMERA, "city", NOON_US + at, SourceClock.CAMERA, NOON_US + at, (TRUCK,))
        for at in range(-800_000, 1, 200_000)
    )
    return EventObjects(timelines)


def test_the_box_tells_the_class(objects: EventObjects) -> None:
    event = objects.complete(message(label=None, track_id="17"))
    assert (event.label, event.confidence) == ("truck", 0.75)
    assert event.box == Box(0.25, 0.25, 0.5, 0.5)


def test_an_event_that_comes_before_its_box_is_completed_from_the_box_before(
    objects: EventObjects,
) -> None:
    late = message(label=None, track_id="17", time_us=NOON_US + 500_000)
    assert objects.complete(late).label == "truck"


@pytest.mark.parametrize(
    "changes",
    [
        {"label": "person", "track_id": "17"},
        {"label": None, "track_id": None},
        {"label": None, "track_id": "18"},
        {"label": None, "track_id": "17", "source": "town"},
        {"label": None, "track_id": "17", "camera": "BNU-1-2"},
        {"label": None, "track_id": "17", "time_us": NOON_US + 60_000_000},
    ],
)
def test_otherwise_it_stays_as_it_was_received(
    objects: EventObjects, changes: dict[str, Any]
) -> None:
    event = message(**changes)
    assert objects.complete(event) == event
