"""The embedded MQTT broker (amqtt, version 3.1.1) on loopback, with a short way for boxes.

amqtt starts two tasks and walks through all subscriptions for each message; for hundreds of boxes a
second that is too dear. So connections are accepted here and handed to it (an *external* listener),
and who has subscribed to a camera's boxes gets them written straight into the connection. All
else goes through the broker itself. Event loop thread only.
"""

import asyncio
import logging
import ssl
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from amqtt.adapters import StreamReaderAdapter, WriterAdapter
from amqtt.broker import Broker, BrokerContext
from amqtt.plugins.base import BaseAuthPlugin, BasePlugin
from amqtt.session import Session

_MOST_WAITING = 256 * 1024
"""So many bytes may wait for a client before boxes for it are dropped."""
_SETTLE_S = 0.02
_LISTENER = "default"


class AcceptAll(BaseAuthPlugin):
    """Lets everybody in, and as somebody: amqtt keeps no session for the anonymous."""

    async def authenticate(self, *, session: Session) -> bool | None:
        """Accept the session."""
        return True


class WatchSubscriptions(BasePlugin[BrokerContext]):
    """Tells when somebody subscribes, unsubscribes or leaves; amqtt calls it by these names."""

    def __init__(self, context: BrokerContext) -> None:
        """Tell nobody yet."""
        super().__init__(context)
        self.changed: Callable[[], None] | None = None

    async def on_broker_client_subscribed(self, **_what: Any) -> None:
        """A client subscribed."""
        self._tell()

    async def on_broker_client_unsubscribed(self, **_what: Any) -> None:
        """A client unsubscribed."""
        self._tell()

    async def on_broker_client_connected(self, **_what: Any) -> None:
        """A client came, perhaps back to its subscriptions."""
        self._tell()

    async def on_broker_client_disconnected(self, **_what: Any) -> None:
        """A client left."""
        self._tell()

    def _tell(self) -> None:
        if self.changed is not None:
            self.changed()


class ClientWriter(WriterAdapter):
    """The way to one client, for the broker and for boxes."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        """Write to a connection."""
        self._writer = writer
        self._is_closed = False
        self._offered: list[bytes] = []
        self.dropped = 0

    def offer(self, packet: bytes) -> bool:
        """Send a box message, or drop it where the client does not keep up.

        Those of one turn of the loop leave together: a system call for each would be most of the
        work.
        """
        if self._is_closed or self._writer.is_closing():
            return False
        if self._writer.transport.get_write_buffer_size() > _MOST_WAITING:
            self.dropped += 1
            return False
        if not self._offered:
            asyncio.get_running_loop().call_soon(self._flush)
        self._offered.append(packet)
        return True

    def write(self, data: bytes) -> None:
        """Write what the broker sends."""
        self._flush()
        if not self._is_closed:
            self._writer.write(data)

    def _flush(self) -> None:
        if self._offered and not self._is_closed:
            self._writer.write(b"".join(self._offered))
        self._offered.clear()

    async def drain(self) -> None:
        """Let the connection flush."""
        if not self._is_closed:
            await self._writer.drain()

    def get_peer_info(self) -> tuple[str, int] | None:
        """Return the client's address and port."""
        peer = self._writer.get_extra_info("peername")
        return (peer[0], peer[1]) if peer else None

    def get_ssl_info(self) -> ssl.SSLObject | None:
        """Return nothing: loopback is not encrypted."""
        return None

    async def close(self) -> None:
        """Close the connection."""
        if not self._is_closed:
            self._is_closed = True
            self._writer.close()


class DemoBroker:
    """The broker, and who listens to which topic."""

    def __init__(self, topics: Mapping[str, str], interest_changed: Callable[[], None]) -> None:
        """Serve; `topics` are box topics by camera, `interest_changed` is told of subscribers."""
        for name in ("amqtt", "transitions"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._topics = topics
        self._interest_changed = interest_changed
        self._receivers: dict[str, tuple[ClientWriter, ...]] = {}
        self._broker = Broker(
            {
                "listeners": {_LISTENER: {"type": "external", "bind": "127.0.0.1:0"}},
                "plugins": {
                    f"{__name__}.AcceptAll": {},
                    f"{__name__}.WatchSubscriptions": {},
                },
            }
        )
        (self._watch,) = (
            plugin
            for plugin in self._broker.plugins_manager.plugins
            if isinstance(plugin, WatchSubscriptions)
        )
        self._watch.changed = self._on_change
        self._server: asyncio.Server | None = None
        self._settling: asyncio.TimerHandle | None = None
        self.port = 0

    async def start(self, port: int = 0) -> None:
        """Listen; port 0 takes a free one."""
        await self._broker.start()
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """End all connections."""
        self._watch.changed = None
        if self._settling is not None:
            self._settling.cancel()
        if self._server is not None:
            self._server.close()
        await self._broker.shutdown()

    @property
    def wanted(self) -> Iterable[str]:
        """The cameras whose boxes somebody receives."""
        return self._receivers.keys()

    def offer(self, code: str, topic: str, payload: bytes) -> int:
        """Send boxes to those who subscribed to them, at most once; returns to how many."""
        receivers = self._receivers.get(code)
        if not receivers:
            return 0
        packet = publish_packet(topic, payload)
        return sum(writer.offer(packet) for writer in receivers)

    async def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Send an event with the quality of service of each subscription; an empty retained one
        deletes what was retained."""
        await self._broker.internal_message_broadcast(topic, payload)
        if retain:
            await self._broker.retain_message(None, topic, payload, 1)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._broker.external_connected(
                StreamReaderAdapter(reader), ClientWriter(writer), _LISTENER
            )
        finally:
            writer.close()

    def _on_change(self) -> None:
        if self._settling is None:
            self._settling = asyncio.get_running_loop().call_later(_SETTLE_S, self._look)

    def _look(self) -> None:
        """Find out who listens to what; filters come by the dozen, so this is done for all."""
        self._settling = None
        writers: dict[str, dict[int, ClientWriter]] = {}
        for pattern, sessions in self._broker.subscriptions.items():
            codes = self._codes_of(pattern)
            if not codes:
                continue
            for session, _qos in sessions:
                writer = self._writer_of(session)
                if writer is None:
                    continue
                for code in codes:
                    writers.setdefault(code, {})[id(writer)] = writer
        self._receivers = {code: tuple(found.values()) for code, found in writers.items()}
        self._interest_changed()

    def _codes_of(self, pattern: str) -> list[str]:
        levels = pattern.split("/")
        if len(levels) > 1 and levels[1] not in ("+", "#"):  # the level of the camera's code
            near = [levels[1]] if levels[1] in self._topics else []
        else:
            near = list(self._topics)
        return [code for code in near if matches(self._topics[code], levels)]

    def _writer_of(self, session: Session) -> ClientWriter | None:
        if session.client_id is None or session.transitions.state != "connected":
            return None
        _session, handler = self._broker.sessions.get(session.client_id, (None, None))
        writer = handler.writer if handler is not None else None
        return writer if isinstance(writer, ClientWriter) else None


def matches(topic: str, pattern: list[str]) -> bool:
    """Tell whether a topic fits the levels of a filter (MQTT 3.1.1 section 4.7)."""
    levels = topic.split("/")
    for index, level in enumerate(pattern):
        if level == "#":
            return True
        if index >= len(levels) or level not in ("+", levels[index]):
            return False
    return len(levels) == len(pattern)


def publish_packet(topic: str, payload: bytes) -> bytes:
    """Return a PUBLISH packet of quality of service 0 (MQTT 3.1.1 section 3.3)."""
    name = topic.encode()
    length = 2 + len(name) + len(payload)
    size = bytearray()
    while True:
        length, low = divmod(length, 128)
        size.append(low | (0x80 if length else 0))
        if not length:
            break
    return b"\x30" + bytes(size) + len(name).to_bytes(2, "big") + name + payload
