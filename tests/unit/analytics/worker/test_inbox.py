"""What waits is bounded: newest boxes win, events stay, counts tell the rest."""

from app.analytics.messages import Heartbeat, Snapshot, Zones
from app.analytics.worker.counters import SourceCounters
from app.analytics.worker.inbox import BOXES_KEPT, EVENTS_KEPT, Inbox, Letter
from app.analytics.worker.mqtt_session import Arrival
from app.analytics.worker.outbox import EVENTS_KEPT as OUTBOX_EVENTS_KEPT
from app.analytics.worker.outbox import FRAMES_KEPT, Outbox
from app.analytics.worker.subscriptions import WantedCameras
from app.domain.analytics_event import AnalyticsEvent, EventPhase
from app.domain.detection import DetectionFrame, SourceClock


def letter(number: int, counters: SourceCounters, source: str = "city") -> Letter:
    return Letter(source, "BNU-1-1", Arrival(str(number), b"", number, False, None), counters)


def numbers(letters: list[Letter]) -> list[int]:
    return [found.arrival.received_us for found in letters]


def test_the_newest_boxes_of_each_camera_win() -> None:
    inbox, counters = Inbox(), SourceCounters("city")
    for number in range(20):
        inbox.put_boxes("gate", letter(number, counters))
    inbox.put_boxes("market", letter(100, counters))
    assert numbers(inbox.take(3, 0)) == [12, 100, 13]
    assert numbers(inbox.take(99, 0)) == [14, 15, 16, 17, 18, 19]
    assert counters.now().dropped == 20 - BOXES_KEPT
    assert inbox.take(99, 0) == []


def test_events_come_first_and_none_is_dropped() -> None:
    inbox, counters = Inbox(), SourceCounters("city")
    inbox.put_boxes("gate", letter(1, counters))
    for number in range(EVENTS_KEPT + 5):
        assert inbox.is_full == (number >= EVENTS_KEPT)
        inbox.put_event(letter(number, counters))
    taken = numbers(inbox.take(EVENTS_KEPT + 6, 0))
    assert taken == [*range(EVENTS_KEPT + 5), 1]
    assert not inbox.is_full
    assert counters.now().dropped == 0


def test_what_is_stale_is_forgotten() -> None:
    inbox, ours, theirs = Inbox(), SourceCounters("city"), SourceCounters("other")
    inbox.put_boxes("gate", letter(1, ours))
    inbox.put_boxes("far", letter(2, theirs, "other"))
    inbox.forget_boxes(frozenset({"city"}))
    inbox.put_boxes("gate", letter(3, ours))
    assert sorted(numbers(inbox.take(9, 0))) == [2, 3]
    assert (ours.now().dropped, theirs.now().dropped) == (1, 0)


def frame(number: int) -> DetectionFrame:
    return DetectionFrame("BNU-1-1", "city", number, SourceClock.CAMERA, number, ())


def test_the_outbox_keeps_the_newest() -> None:
    calls: list[None] = []
    outbox, counters = Outbox(lambda: calls.append(None)), SourceCounters("city")
    for number in range(FRAMES_KEPT + 10):
        outbox.add_frame(frame(number), counters)
    outbox.beat(Heartbeat(1.0, 1, []))
    outbox.beat(Heartbeat(2.0, 1, []))
    outbox.add_zones(Zones("city", "BNU-1-1", []))
    reports, frames, events = outbox.take()
    assert [known.time_us for known in frames] == list(range(10, FRAMES_KEPT + 10))
    assert reports == [Heartbeat(2.0, 1, []), Zones("city", "BNU-1-1", [])]
    assert events == []
    assert counters.now().dropped == 10
    assert len(calls) == FRAMES_KEPT + 13
    assert outbox.take() == ([], [], [])


def test_too_many_pictures_are_answered_with_a_sentence() -> None:
    outbox = Outbox(lambda: None)
    for number in range(30):
        outbox.add_snapshot(Snapshot(number, b"x" * 10))
    reports, _frames, _events = outbox.take()
    answers = [report for report in reports if isinstance(report, Snapshot)]
    assert len(answers) == 30
    assert sum(len(answer.data) for answer in answers) == 160
    assert all(answer.data or answer.trouble for answer in answers)


def test_events_of_tracks_are_bounded() -> None:
    outbox, counters = Outbox(lambda: None), SourceCounters("city")
    for number in range(OUTBOX_EVENTS_KEPT + 2):
        event = AnalyticsEvent(
            str(number), "C", "city", "line_crossed", EventPhase.PULSE, 1, SourceClock.CAMERA, 1
        )
        outbox.add_event(event, counters)
    assert len(outbox.take()[2]) == OUTBOX_EVENTS_KEPT
    assert counters.now().dropped == 2


def test_cameras_linger() -> None:
    wanted = WantedCameras(linger_s=8.0)
    assert wanted.ask(["A", "B"], 0.0)
    assert not wanted.ask(["B"], 1.0)
    assert wanted.current == {"A", "B"}
    assert not wanted.expire(8.9)
    assert not wanted.ask(["A", "B"], 8.9)
    assert not wanted.ask(["B"], 10.0)
    assert wanted.expire(18.0)
    assert wanted.current == {"B"}
