"""Which source a topic belongs to, what becomes of it, and how a source is doing."""

from collections.abc import Sequence

import pytest

from app.analytics.messages import BrokerConfig, ConnectionState, SourceConfig
from app.analytics.worker.broker import BoxFeed, Broker, BrokerSource, Condition, EventFeed
from app.analytics.worker.counters import SourceCounters
from app.analytics.worker.inbox import Inbox
from app.analytics.worker.mqtt_session import LARGEST_PAYLOAD, Arrival
from app.analytics.worker.topics import TopicTemplate

CAMERAS = {"gate": "BNU-1-1", "market": "BNU-1-2"}


def make_source(name: str = "city", boxes: str = "", events: str = "") -> BrokerSource:
    source = BrokerSource(SourceConfig(name, "onvif-json", cameras=CAMERAS), SourceCounters(name))
    if boxes:
        source.boxes = TopicTemplate(boxes, CAMERAS)
    if events:
        source.events = TopicTemplate(events, CAMERAS)
    return source


class Acknowledged:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> None:
        self.times += 1


def arrival(
    topic: str, payload: bytes = b"{}", *, retained: bool = False, word: Acknowledged | None = None
) -> Arrival:
    return Arrival(topic, payload, 1, retained, word)


def test_boxes_find_their_source_and_camera() -> None:
    inbox = Inbox()
    one, other = make_source("one", "a/{camera}"), make_source("other", "b/{camera}")
    feed = BoxFeed(inbox)
    feed.serve([one, other])
    for topic in ("a/gate", "b/market", "b/nobody", "c/gate"):
        feed.on_arrival(arrival(topic))
    letters = inbox.take(9, 0)
    assert [(known.source, known.camera) for known in letters] == [
        ("one", "BNU-1-1"),
        ("other", "BNU-1-2"),
    ]
    assert one.counters.now().messages == 1
    assert (other.counters.now().messages, other.counters.now().unknown) == (2, 1)


@pytest.mark.logs_errors
def test_boxes_that_are_retained_or_too_large_are_left_out() -> None:
    inbox, source = Inbox(), make_source(boxes="a/{camera}")
    feed = BoxFeed(inbox)
    feed.serve([source])
    feed.on_arrival(arrival("a/gate", retained=True))
    feed.on_arrival(arrival("a/gate", bytes(LARGEST_PAYLOAD + 1)))
    feed.on_arrival(arrival("a/gate", bytes(LARGEST_PAYLOAD)))
    assert len(inbox.take(9, 0)) == 1
    counts = source.counters.now()
    assert (counts.messages, counts.dropped, counts.bad) == (3, 1, 1)


def test_an_event_is_acknowledged_once_by_the_last_that_reads_it() -> None:
    inbox, word = Inbox(), Acknowledged()
    feed = EventFeed(inbox)
    feed.serve([make_source("one", events="a/#"), make_source("other", events="a/{camera}")])
    feed.on_arrival(arrival("a/gate", word=word))
    first, last = inbox.take(9, 0)
    assert (first.source, first.arrival.acknowledge) == ("one", None)
    assert last.arrival.acknowledge is word
    assert word.times == 0


@pytest.mark.logs_errors
def test_an_event_that_nobody_reads_is_acknowledged_at_once() -> None:
    inbox, word = Inbox(), Acknowledged()
    feed = EventFeed(inbox)
    feed.serve([make_source(events="a/{camera}")])
    feed.on_arrival(arrival("a/nobody", word=word))
    feed.on_arrival(arrival("x", word=word))
    feed.on_arrival(arrival("a/gate", bytes(LARGEST_PAYLOAD + 1), word=word))
    assert inbox.take(9, 0) == []
    assert word.times == 3


def conditions(
    boxes: Condition, events: Condition, denied: Sequence[str] = ()
) -> tuple[ConnectionState, str]:
    broker = Broker(BrokerConfig("bannu", "host", 1), Inbox())
    source = make_source(boxes="a/{camera}/b", events="a/{camera}/e")
    try:
        broker.boxes.on_state(*boxes)
        broker.events.on_state(*events)
        broker.boxes.on_denied(frozenset(denied))
        found = broker.condition(source)
        return found.state, found.sentence
    finally:
        broker.close()


def test_a_source_does_as_badly_as_its_worse_connection() -> None:
    good = Condition(ConnectionState.CONNECTED, "")
    lost = Condition(ConnectionState.WAITING, "The connection was lost")
    no = Condition(ConnectionState.REFUSED, "It refuses the user or the password")
    assert conditions(good, good) == (ConnectionState.CONNECTED, "")
    assert conditions(good, lost)[1] == "Broker 'bannu': The connection was lost"
    assert conditions(no, lost)[0] is ConnectionState.REFUSED
    state, sentence = conditions(good, good, ["a/gate/b", "a/market/b", "z/gate/b"])
    assert state is ConnectionState.REFUSED
    assert "'a/gate/b' and 1 more" in sentence
