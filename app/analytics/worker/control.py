"""The command loop of the analytics process: obeys, beats, leaves."""

import logging
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

import psutil

from app.analytics import messages
from app.analytics.adapters.adapter import Adapter, make_adapter
from app.analytics.adapters.errors import BadMessage
from app.analytics.messages import (
    BrokerConfig,
    Command,
    Configure,
    ConnectionState,
    FetchSnapshot,
    Heartbeat,
    Ready,
    Shutdown,
    Snapshot,
    SourceConfig,
    SourceState,
    WantBoxes,
)
from app.analytics.worker.broker import Broker, BrokerSource, Condition
from app.analytics.worker.counters import SourceCounters
from app.analytics.worker.inbox import Inbox
from app.analytics.worker.reading import ReadingThread
from app.analytics.worker.subscriptions import WantedCameras
from app.analytics.worker.topics import BadTemplate, TopicTemplate
from app.core.redaction import SECRETS, RedactingFormatter

if TYPE_CHECKING:  # loaded with the first source that needs them: FFmpeg, lxml, httpx
    from app.analytics.worker.backends import Backend
    from app.analytics.worker.frigate_api import FrigateCameras
    from app.analytics.worker.tracks import Tracks

_BEAT_S = 1.0
_TICK_S = 0.25
_FAREWELL_S = 0.5
_ERRAND_THREADS = 3
_NO_PICTURES = "This source offers no pictures"
_OFFLINE = "The backend says that it is offline; its broker is connected"
_NO_TOPIC = "The settings name no topic for this source"
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Source:
    """One configured source and what serves it."""

    config: SourceConfig
    counters: SourceCounters
    trouble: str = ""
    adapter: Adapter | None = None
    topics: BrokerSource | None = None
    tracks: "Tracks | None" = None
    backend: "Backend | None" = None

    def close(self) -> None:
        if self.tracks is not None:
            self.tracks.close()
        if self.backend is not None:
            self.backend.close()


class Control:
    """Brokers and sources of this process. Only its own thread calls it."""

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self._connection = connection
        self._wanted = WantedCameras()
        self._inbox = Inbox()
        self._reading = ReadingThread(connection, self._inbox, self._wanted)
        self._errands = ThreadPoolExecutor(_ERRAND_THREADS, "errand")
        self._closings = ThreadPoolExecutor(_ERRAND_THREADS, "closing")
        self._brokers: dict[str, Broker] = {}
        self._sources: dict[str, _Source] = {}
        self._process = psutil.Process()

    def run(self) -> None:
        """Until told to leave or the pipe closes."""
        messages.send(self._connection, Ready(os.getpid()))
        self._reading.start()
        next_beat = time.monotonic() + _BEAT_S
        while not self._reading.is_broken:
            now = time.monotonic()
            self._tick(now)
            if now >= next_beat:
                next_beat = max(next_beat + _BEAT_S, now)
                self._beat()
            if not self._connection.poll(_TICK_S):
                continue
            try:
                command = messages.receive_command(self._connection)
            except (EOFError, OSError):
                return
            if isinstance(command, Shutdown):
                return
            self._obey(command)

    def leave(self) -> None:
        """Say goodbye to brokers and cameras, as far as that takes no longer than a moment."""
        deadline = time.monotonic() + _FAREWELL_S
        self._reading.close()
        for source in self._sources.values():
            source.close()
        for broker in self._brokers.values():
            broker.close()
        for broker in self._brokers.values():
            broker.join(max(0.0, (deadline - time.monotonic()) / 2))

    def _obey(self, command: Command) -> None:
        match command:
            case Configure():
                self._configure(command)
            case WantBoxes():
                if self._wanted.ask(command.cameras, time.monotonic()):
                    self._follow_wanted()
            case FetchSnapshot():
                source = self._sources.get(command.source)
                if source is None or source.backend is None:
                    answer = Snapshot(command.request, b"", _NO_PICTURES)
                    self._reading.outbox.add_snapshot(answer)
                else:
                    source.backend.fetch(command)

    def _tick(self, now: float) -> None:
        if self._wanted.expire(now):
            self._follow_wanted()
        for source in self._sources.values():
            if source.tracks is not None:
                source.tracks.tick()
            if source.backend is not None:
                source.backend.tick(now)

    def _follow_wanted(self) -> None:
        wanted = self._wanted.current
        for broker in self._brokers.values():
            broker.want(wanted)
        for source in self._sources.values():
            if source.tracks is not None:
                source.tracks.want(wanted)

    # --- configuration ---------------------------------------------------------------------------

    def _configure(self, command: Configure) -> None:
        for secret in command.brokers:
            SECRETS.add(secret.password, secret.user)
        for source in command.sources:
            SECRETS.add(source.password, source.user)
        self._configure_sources(command.sources)
        self._configure_brokers(command.brokers)
        self._reading.use(
            {
                name: source.adapter
                for name, source in self._sources.items()
                if source.adapter is not None
            }
        )
        wanted = self._wanted.current
        for broker in self._brokers.values():
            name = broker.config.name
            broker.serve(
                [
                    source.topics
                    for source in self._sources.values()
                    if source.topics is not None and source.config.broker == name
                ],
                wanted,
            )

    def _configure_sources(self, configs: list[SourceConfig]) -> None:
        before, self._sources = self._sources, {}
        for config in configs:
            known = before.pop(config.name, None)
            if known is not None and known.config == config:
                self._sources[config.name] = known
                continue
            counters = known.counters if known is not None else SourceCounters(config.name)
            if known is not None:
                known.close()
            self._sources[config.name] = self._make_source(config, counters)
        for source in before.values():
            source.close()

    def _make_source(self, config: SourceConfig, counters: SourceCounters) -> _Source:
        source = _Source(config, counters, config.trouble)
        if config.trouble:
            return source
        try:
            if config.adapter == "onvif-xml" and not config.broker:
                from app.analytics.worker.tracks import Tracks

                source.tracks = Tracks(config, counters, self._reading.outbox, self._closings)
                source.tracks.want(self._wanted.current)
            else:
                source.adapter = make_adapter(config)
                source.topics = _topics(config, counters)
        except (BadMessage, BadTemplate) as error:
            source.trouble = str(error)
            return source
        if config.adapter == "frigate" and config.url:
            from app.analytics.worker.backends import Backend

            source.backend = Backend(
                config, self._reading.outbox, self._errands, self._learner(source)
            )
        return source

    def _learner(self, source: _Source) -> "Callable[[FrigateCameras], None]":
        def learned(cameras: "FrigateCameras") -> None:
            use_sizes = getattr(source.adapter, "use_sizes", None)
            if use_sizes is not None:
                self._reading.call(partial(use_sizes, cameras.sizes))
            for zones in cameras.zones:
                self._reading.outbox.add_zones(zones)

        return learned

    def _configure_brokers(self, configs: list[BrokerConfig]) -> None:
        before, self._brokers = self._brokers, {}
        for config in configs:
            known = before.pop(config.name, None)
            if known is not None and known.config == config:
                self._brokers[config.name] = known
                continue
            if known is not None:
                known.close()
            self._brokers[config.name] = Broker(config, self._inbox)
        for broker in before.values():
            broker.close()

    # --- reports ---------------------------------------------------------------------------------

    def _beat(self) -> None:
        times = self._process.cpu_times()
        rss = self._process.memory_info().rss
        states = [self._state(source) for source in self._sources.values()]
        self._reading.outbox.beat(Heartbeat(times.user + times.system, rss, states))

    def _state(self, source: _Source) -> SourceState:
        condition = self._condition(source)
        counts = source.counters.now()
        return SourceState(
            source.config.name,
            condition.state,
            condition.sentence,
            counts.messages,
            counts.bad,
            counts.dropped,
            counts.unknown,
            counts.lag_s,
            counts.newest_us,
        )

    def _condition(self, source: _Source) -> Condition:
        if source.trouble:
            return Condition(ConnectionState.NOT_CONFIGURED, source.trouble)
        if source.tracks is not None:
            return source.tracks.condition()
        if source.topics is None:
            return Condition(ConnectionState.NOT_CONFIGURED, _NO_TOPIC)
        broker = self._brokers.get(source.config.broker)
        if broker is None:
            sentence = f"The settings hold no broker '{source.config.broker}'"
            return Condition(ConnectionState.NOT_CONFIGURED, sentence)
        found = broker.condition(source.topics)
        is_connected = found.state is ConnectionState.CONNECTED
        if is_connected and source.config.name in self._reading.offline:
            return Condition(ConnectionState.WAITING, _OFFLINE)
        if not found.sentence and source.backend is not None and source.backend.sentence:
            return Condition(found.state, source.backend.sentence)
        return found


def _topics(config: SourceConfig, counters: SourceCounters) -> BrokerSource | None:
    if not config.boxes_topic and not config.events_topic:
        return None
    source = BrokerSource(config, counters)
    if config.boxes_topic:
        source.boxes = TopicTemplate(config.boxes_topic, config.cameras)
    if config.events_topic:
        source.events = TopicTemplate(config.events_topic, config.cameras)
    return source


def serve(connection: "Connection[Any, Any]") -> int:
    """Run until told to leave; returns the exit status."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(RedactingFormatter("%(levelname)s %(process)d %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    control = Control(connection)
    control.run()
    control.leave()
    return 0
