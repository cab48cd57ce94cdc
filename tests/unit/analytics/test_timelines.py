"""The timelines of all cameras, fed by one thread and read by another."""

import threading

from app.analytics.messages import Zones, ZoneShape
from app.analytics.timelines import Timelines
from tests.unit.analytics.frames import at, frame, thing

SQUARE = ZoneShape("gate", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)))


def test_each_camera_source_and_module_has_a_timeline_of_its_own() -> None:
    timelines = Timelines()
    timelines.add(
        [
            frame(0.0, thing("7", 0.1)),
            frame(0.0, thing("7", 0.9), module="faces"),
            frame(0.0, thing("7", 0.5), source="other"),
            frame(0.0, thing("7"), camera="BNU-1-2"),
        ]
    )
    assert [(each.source, each.module) for each in timelines.of("BNU-1-1")] == [
        ("bannu", ""),
        ("bannu", "faces"),
        ("other", ""),
    ]
    assert len(timelines.of("BNU-1-2")) == 1
    assert timelines.of("BNU-9-9") == ()


def test_a_complete_frame_of_one_module_ends_nothing_of_another() -> None:
    timelines = Timelines()
    timelines.add([frame(0.0, thing("7")), frame(0.1, module="faces"), frame(0.1, module="plates")])
    found = [box for each in timelines.of("BNU-1-1") for box in each.timeline.boxes_at(at(0.1))]
    assert len(found) == 1


def test_cameras_that_left_the_wall_are_let_go() -> None:
    timelines = Timelines()
    timelines.add([frame(0.0, camera="A"), frame(0.0, camera="B")])
    timelines.keep({"A", "C"})
    assert timelines.of("A")
    assert not timelines.of("B")
    timelines.add([frame(0.2, camera="B")])
    assert timelines.of("B")


def test_a_source_that_is_taken_away_takes_its_boxes_along() -> None:
    timelines = Timelines()
    timelines.add([frame(0.0), frame(0.0, source="other")])
    timelines.set_zones(Zones("other", "BNU-1-1", [SQUARE]))
    timelines.forget("other")
    assert [each.source for each in timelines.of("BNU-1-1")] == ["bannu"]
    assert timelines.zones_of("BNU-1-1") == ()


def test_zones_replace_those_that_the_source_told_before() -> None:
    timelines = Timelines()
    timelines.set_zones(Zones("bannu", "BNU-1-1", [SQUARE, SQUARE]))
    timelines.set_zones(Zones("bannu", "BNU-1-1", [SQUARE]))
    assert timelines.zones_of("BNU-1-1") == (("bannu", (SQUARE,)),)


def test_a_backend_that_invents_modules_and_cameras_gets_no_further() -> None:
    timelines = Timelines()
    timelines.add(frame(0.0, module=str(number)) for number in range(50))
    assert len(timelines.of("BNU-1-1")) == 8
    assert timelines.refused == 42
    timelines.add(frame(0.0, camera=str(number)) for number in range(3000))
    assert sum(bool(timelines.of(str(number))) for number in range(3000)) < 1100


def test_one_thread_adds_while_another_asks() -> None:
    timelines = Timelines()
    stop = threading.Event()
    asked = 0

    def feed() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            things = [thing(str(each), number % 100 / 100) for each in range(5)]
            timelines.add([frame(0.02 * number, *things, camera=str(number % 3))])

    feeder = threading.Thread(target=feed, name="feed")
    feeder.start()
    try:
        while asked < 3000:
            for camera in ("0", "1", "2"):
                for each in timelines.of(camera):
                    newest = each.timeline.arrivals.newest_us or 0
                    boxes = each.timeline.boxes_at(newest - 10_000, 500_000)
                    each.timeline.boxes_at(newest - 5_000_000)
                    asked += bool(boxes)
            if asked % 100 == 0:
                timelines.keep({"0", "1"})
    finally:
        stop.set()
        feeder.join()
    assert timelines.refused == 0
