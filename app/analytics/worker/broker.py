"""One broker: two connections, the sources behind it, and how each of them is doing."""

from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from app.analytics.messages import BrokerConfig, ConnectionState, SourceConfig
from app.analytics.worker.counters import SourceCounters
from app.analytics.worker.inbox import BOXES_KEPT, Inbox, Letter
from app.analytics.worker.mqtt_session import (
    LARGEST_PAYLOAD,
    Arrival,
    MqttSession,
    SessionListener,
)
from app.analytics.worker.topics import TopicTemplate

_ROUTES_KEPT = 20_000
_SHARED_KEPT = 1024
_TOO_LARGE = f"it is larger than {LARGEST_PAYLOAD // 1024} kB"


@dataclass(slots=True)
class BrokerSource:
    """A source with its templates; ``None`` where it has no topics of that sort."""

    config: SourceConfig
    counters: SourceCounters
    boxes: TopicTemplate | None = None
    events: TopicTemplate | None = None


class Condition(NamedTuple):
    """How a connection or a source is doing; the sentence is empty when all is well."""

    state: ConnectionState
    sentence: str


_BEGINNING = Condition(ConnectionState.CONNECTING, "")


class _Route(NamedTuple):
    source: BrokerSource
    camera: str | None
    is_unknown: bool


@dataclass
class _Feed(SessionListener):
    """The listener of one connection; remembers what each topic is about."""

    inbox: Inbox
    sources: Sequence[BrokerSource] = ()
    condition: Condition = _BEGINNING
    denied: frozenset[str] = frozenset()
    _routes: OrderedDict[str, tuple[_Route, ...]] = field(default_factory=OrderedDict)

    def serve(self, sources: Sequence[BrokerSource]) -> None:
        """The sources from now on. Any thread."""
        self.sources = sources
        self._routes = OrderedDict()

    @abstractmethod
    def template(self, source: BrokerSource) -> TopicTemplate | None:
        """What of the source's topics this connection is for."""

    def routes(self, topic: str) -> tuple[_Route, ...]:
        routes = self._routes
        found = routes.get(topic)
        if found is None:
            found = tuple(self._find(topic))
            routes[topic] = found
            if len(routes) > _ROUTES_KEPT:
                routes.popitem(last=False)
        return found

    def _find(self, topic: str) -> Sequence[_Route]:
        found = []
        for source in self.sources:
            template = self.template(source)
            if template is not None and template.is_about(topic):
                camera = template.camera_of(topic)
                found.append(_Route(source, camera, template.names_camera and camera is None))
        return found

    def on_refused(self, topic: str) -> None:
        for route in self.routes(topic):
            route.source.counters.came()
            route.source.counters.bad(_TOO_LARGE)

    def on_state(self, state: ConnectionState, sentence: str) -> None:
        self.condition = Condition(state, sentence)

    def on_denied(self, denied: frozenset[str]) -> None:
        self.denied = denied


class BoxFeed(_Feed):
    """Boxes: QoS 0, the newest win."""

    def template(self, source: BrokerSource) -> TopicTemplate | None:
        return source.boxes

    def on_state(self, state: ConnectionState, sentence: str) -> None:
        super().on_state(state, sentence)
        if state is not ConnectionState.CONNECTED:
            self.inbox.forget_boxes(frozenset(source.config.name for source in self.sources))

    def on_arrival(self, arrival: Arrival) -> None:
        for route in self.routes(arrival.topic):
            counters = route.source.counters
            counters.came()
            if arrival.is_retained:
                counters.dropped()  # of another time
            elif len(arrival.payload) > LARGEST_PAYLOAD:
                counters.bad(_TOO_LARGE)
            elif route.is_unknown:
                counters.unknown()
            else:
                name = route.source.config.name
                letter = Letter(name, route.camera, arrival, counters)
                kept = BOXES_KEPT if route.camera is not None else _SHARED_KEPT
                self.inbox.put_boxes((name, arrival.topic), letter, kept)


class EventFeed(_Feed):
    """Events: QoS 1, acknowledged once they are handed over."""

    def template(self, source: BrokerSource) -> TopicTemplate | None:
        return source.events

    def may_read(self) -> bool:
        return not self.inbox.is_full

    def on_arrival(self, arrival: Arrival) -> None:
        letters = []
        for route in self.routes(arrival.topic):
            counters = route.source.counters
            counters.came()
            if len(arrival.payload) > LARGEST_PAYLOAD:
                counters.bad(_TOO_LARGE)
            elif route.is_unknown:
                counters.unknown()
            else:
                name = route.source.config.name
                letters.append(Letter(name, route.camera, arrival, counters, is_event=True))
        if letters:
            # The last one is read last: only it may acknowledge.
            silent = arrival._replace(acknowledge=None)
            for letter in letters[:-1]:
                self.inbox.put_event(letter._replace(arrival=silent))
            self.inbox.put_event(letters[-1])
        elif arrival.acknowledge is not None:
            arrival.acknowledge()


class Broker:
    """Made for one configuration of the broker; its sources may change. One thread."""

    def __init__(self, config: BrokerConfig, inbox: Inbox) -> None:
        self.config = config
        self.boxes = BoxFeed(inbox)
        self.events = EventFeed(inbox)
        self._box_session = MqttSession(config, "boxes", self.boxes, is_lasting=False)
        self._event_session = MqttSession(config, "events", self.events, is_lasting=True)
        self._has_boxes = False
        self._has_events = False

    def serve(self, sources: Sequence[BrokerSource], wanted: frozenset[str]) -> None:
        """The sources from now on, and the cameras whose boxes are wanted."""
        self.boxes.serve([source for source in sources if source.boxes is not None])
        self.events.serve([source for source in sources if source.events is not None])
        self.want(wanted)
        self._event_session.subscribe(
            frozenset(
                name
                for source in self.events.sources
                if source.events is not None
                for name in source.events.filters_of_all()
            )
        )
        if self.config.trouble:
            return
        # A connection is opened when there is something to hear on it.
        if self.boxes.sources and not self._has_boxes:
            self._has_boxes = True
            self._box_session.start()
        if self.events.sources and not self._has_events:
            self._has_events = True
            self._event_session.start()

    def want(self, cameras: frozenset[str]) -> None:
        """Subscribe to the boxes of these cameras and of no others."""
        filters: set[str] = set()
        for source in self.boxes.sources:
            if source.boxes is not None:
                own = cameras.intersection(source.config.cameras.values())
                filters |= source.boxes.filters_of(own)
        self._box_session.subscribe(frozenset(filters))

    def condition(self, source: BrokerSource) -> Condition:
        """How ``source`` is doing, as far as this broker is concerned."""
        if self.config.trouble:
            return Condition(ConnectionState.NOT_CONFIGURED, self.config.trouble)
        conditions = []
        if source.boxes is not None:
            conditions.append(_condition(self.boxes, source.boxes))
        if source.events is not None:
            conditions.append(_condition(self.events, source.events))
        worst = max(conditions, key=lambda found: _RANK[found.state])
        sentences = (found.sentence for found in conditions if found.state is worst.state)
        sentence = next(filter(None, sentences), "")
        return Condition(
            worst.state, f"Broker '{self.config.name}': {sentence}" if sentence else ""
        )

    def close(self) -> None:
        """Ask both connections to end; ``join`` waits for it."""
        self._box_session.close()
        self._event_session.close()

    def join(self, timeout_s: float) -> None:
        self._box_session.join(timeout_s)
        self._event_session.join(timeout_s)


_RANK = {
    ConnectionState.CONNECTED: 0,
    ConnectionState.CONNECTING: 1,
    ConnectionState.WAITING: 2,
    ConnectionState.REFUSED: 3,
    ConnectionState.NOT_CONFIGURED: 4,
}


def _condition(feed: _Feed, template: TopicTemplate) -> Condition:
    """A filter that is denied makes a connected feed a refused one."""
    if feed.condition.state is not ConnectionState.CONNECTED:
        return feed.condition
    denied = sorted(name for name in feed.denied if template.is_about(name))
    if not denied:
        return feed.condition
    others = f" and {len(denied) - 1} more" if len(denied) > 1 else ""
    return Condition(
        ConnectionState.REFUSED, f"It does not let us read the topic '{denied[0]}'{others}"
    )
