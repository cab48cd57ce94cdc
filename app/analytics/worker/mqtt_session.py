"""One MQTT connection that is kept alive for ever, on a thread of its own."""

import logging
import random
import selectors
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from app.analytics.messages import BrokerConfig, ConnectionState
from app.analytics.worker import mqtt_failures
from app.analytics.worker.mqtt_failures import Failure
from app.analytics.worker.mqtt_socket import GateContext, GatedSocket, GateKeepers
from app.analytics.worker.tls import Unusable, make_context
from app.core.backoff import Backoff

LARGEST_PAYLOAD = 256 * 1024
_LARGEST_PACKET = LARGEST_PAYLOAD + 70_000
"""A payload that is just allowed with the longest topic and its properties."""
KEEP_ALIVE_S = 15
ANSWER_S = 10.0
"""A broker that took the connection has so long to say yes or no."""
_CONNECT_S = 8.0
_SETTLED_S = 10.0
_SESSION_S = 24 * 3600
_IN_FLIGHT = 50
_AT_ONCE = 200
_PAUSE_S = 0.003
_LONG_PAUSE_S = 0.01
_MANY = 4
"""So many packets at once show that a longer pause saves more than it delays."""
_FILTERS_AT_ONCE = 100
_log = logging.getLogger(__name__)

_SOON = Backoff(1.0, 60.0)
_RARELY = Backoff(5.0, 60.0)


class Arrival(NamedTuple):
    """One message. ``acknowledge`` may be called from any thread, once, when it is safe."""

    topic: str
    payload: bytes
    received_us: int
    is_retained: bool
    acknowledge: Callable[[], object] | None


class SessionListener(Protocol):
    """Called on the session's thread; nothing may block or raise."""

    def on_arrival(self, arrival: Arrival) -> None: ...

    def on_refused(self, topic: str) -> None:
        """A message beyond the limit was thrown away."""

    def on_state(self, state: ConnectionState, sentence: str) -> None: ...

    def on_denied(self, denied: frozenset[str]) -> None:
        """The topic filters that the broker does not let us subscribe to now."""

    def may_read(self) -> bool:
        """False while nothing more can be taken; the broker waits meanwhile."""
        return True


@dataclass(slots=True)
class _Attempt:
    """What is known of the connection at hand."""

    client: Client
    started_at: float
    gated: GatedSocket | None = None
    connected_at: float | None = None
    failure: Failure | None = None
    is_over: bool = False


class MqttSession:
    """``subscribe`` and ``close`` may be called from any thread.

    ``is_lasting``: the broker keeps what comes while we are away (QoS 1, persistent session);
    else QoS 0 and nothing is kept.
    """

    def __init__(
        self,
        config: BrokerConfig,
        purpose: str,
        listener: SessionListener,
        *,
        is_lasting: bool,
        answer_s: float = ANSWER_S,
        keep_alive_s: int = KEEP_ALIVE_S,
    ) -> None:
        self._config = config
        self._listener = listener
        self._is_lasting = is_lasting
        self._answer_s = answer_s
        self._keep_alive_s = keep_alive_s
        self._client_id = f"nigehban-{config.station}-{purpose}"
        self._is_v5 = config.protocol == "5"
        self._wanted: frozenset[str] = frozenset()
        self._subscribed: set[str] = set()
        self._asked: dict[int, tuple[str, ...]] = {}
        self._denied: set[str] = set()
        self._was_connected = False
        self._failures = 0
        self._dice = random.Random()
        self._is_closing = threading.Event()
        self._wake_read, self._wake_write = socket.socketpair()
        self._wake_read.setblocking(False)
        self._wake_write.setblocking(False)
        self._thread = threading.Thread(
            target=self._run, name=f"mqtt-{config.name}-{purpose}", daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def subscribe(self, filters: frozenset[str]) -> None:
        """The topic filters from now on, across reconnects."""
        if filters != self._wanted:
            self._wanted = filters
            self._wake()

    def close(self) -> None:
        """Disconnect; the thread ends by itself, at once or when an attempt to connect does."""
        self._is_closing.set()
        self._wake()
        if self._thread.ident is None:  # it was never started
            self._close_wake()

    def join(self, timeout_s: float) -> None:
        """Wait for the end after ``close``."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)

    # --- everything below runs on the session's thread -------------------------------------------

    def _wake(self) -> None:
        """Any thread."""
        try:
            self._wake_write.send(b"!")
        except OSError:  # full: it will wake anyhow; closed: it has ended
            return

    def _run(self) -> None:
        try:
            while not self._is_closing.is_set():
                failure = self._attempt()
                if self._is_closing.is_set():
                    break
                self._failures += 1
                state = failure.state(was_connected=self._was_connected)
                self._listener.on_state(state, failure.sentence)
                backoff = _RARELY if failure.is_refusal else _SOON
                self._is_closing.wait(backoff.delay(self._failures, self._dice))
        finally:
            self._close_wake()

    def _close_wake(self) -> None:
        self._wake_read.close()
        self._wake_write.close()

    def _attempt(self) -> Failure:
        """Connect and stay connected for as long as it lasts."""
        try:
            client = self._make_client()
            context = make_context(self._config, _LARGEST_PACKET)
        except Unusable as error:
            return Failure(str(error), is_refusal=True)
        except (ValueError, OSError):
            return Failure("The settings of this broker cannot be used", is_refusal=True)
        attempt = _Attempt(client, time.monotonic())
        self._listen(attempt, context)
        try:
            try:
                if self._is_v5:
                    client.connect(
                        self._config.host,
                        self._config.port,
                        keepalive=self._keep_alive_s,
                        clean_start=not self._is_lasting,
                        properties=self._connect_properties(),
                    )
                else:
                    client.connect(
                        self._config.host, self._config.port, keepalive=self._keep_alive_s
                    )
                self._loop(attempt)
            except Exception as error:  # noqa: BLE001 - a door: what paho, TLS and DNS raise
                _log.debug("Broker %s: %s", self._config.name, type(error).__name__)
                gated = attempt.gated
                return mqtt_failures.of_error(
                    error,
                    self._config,
                    has_socket=gated is not None,
                    is_secured=gated is not None and gated.is_secured,
                )
        finally:
            self._end(attempt)
        return attempt.failure or Failure(mqtt_failures.LOST)

    def _make_client(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._client_id,
            clean_session=None if self._is_v5 else not self._is_lasting,
            protocol=MQTTProtocolVersion.MQTTv5 if self._is_v5 else MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        if self._config.user or self._config.password:
            client.username_pw_set(self._config.user, self._config.password or None)
        client.connect_timeout = _CONNECT_S
        return client

    def _connect_properties(self) -> Properties:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]  # paho's
        properties.MaximumPacketSize = _LARGEST_PACKET
        properties.SessionExpiryInterval = _SESSION_S if self._is_lasting else 0
        if self._is_lasting:
            properties.ReceiveMaximum = _IN_FLIGHT
        return properties

    def _listen(self, attempt: _Attempt, context: GateContext) -> None:
        client = attempt.client

        def opened(gated: GatedSocket) -> None:
            attempt.gated = gated

        def refused(topic: str, number: int | None) -> None:
            self._listener.on_refused(topic)
            if number is not None:
                client.ack(number, 1)  # else the broker would send it again for ever

        def on_connect(_c: Client, _u: Any, flags: Any, reason: ReasonCode, _p: Any) -> None:
            self._on_connect(attempt, reason, is_resumed=flags.session_present)

        def on_disconnect(_c: Client, _u: Any, _f: Any, reason: ReasonCode, _p: Any) -> None:
            self._on_disconnect(attempt, str(reason))

        def on_message(_c: Client, _u: Any, message: MQTTMessage) -> None:
            self._on_message(client, message)

        def on_answer(_c: Client, _u: Any, mid: int, reasons: Any, _p: Any) -> None:
            self._on_subscribed(mid, reasons)

        def arrived(topic: bytes, payload: bytes, is_retained: bool) -> None:
            self._on_arrived(topic, payload, is_retained=is_retained)

        context.listen(opened, GateKeepers(refused, arrived))
        client.tls_set_context(context)
        client.on_connect = on_connect
        client.on_disconnect = on_disconnect
        client.on_message = on_message
        client.on_subscribe = on_answer
        # paho asks to be called when it has something to send: from any thread.
        client.on_socket_register_write = lambda _c, _u, _s: self._wake()

    def _loop(self, attempt: _Attempt) -> None:
        client, gated = attempt.client, attempt.gated
        sock = client.socket()
        if gated is None or sock is None:
            return
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_read, selectors.EVENT_READ)
            selector.register(gated.fileno(), selectors.EVENT_READ)
            next_look = 0.0
            while not attempt.is_over and not self._is_closing.is_set():
                may_read = self._listener.may_read()
                events = selectors.EVENT_READ if may_read else 0
                events |= selectors.EVENT_WRITE if client.want_write() else 0
                packets = self._turn(client, gated, selector, events)
                if attempt.is_over:
                    return
                now = time.monotonic()
                if now >= next_look:
                    next_look = now + 1.0
                    client.loop_misc()
                    self._watch(attempt, now)
                if attempt.connected_at is not None and self._wanted != self._subscribed:
                    self._change_subscriptions(client)
                if 0 < packets < _AT_ONCE:
                    # What comes in the meantime is read in one go.
                    time.sleep(_LONG_PAUSE_S if packets >= _MANY else _PAUSE_S)

    def _turn(
        self, client: Client, gated: GatedSocket, selector: selectors.BaseSelector, events: int
    ) -> int:
        """Wait for the network, then read and write; returns how many packets were read."""
        fd = gated.fileno()
        if not events:
            self._is_closing.wait(0.05)
            return 0
        if selector.get_key(fd).events != events:
            selector.modify(fd, events)
        may_read = bool(events & selectors.EVENT_READ)
        timeout = 0.0 if may_read and gated.has_more else 0.5
        ready = {key.fd: mask for key, mask in selector.select(timeout)}
        if self._wake_read.fileno() in ready:
            self._drain_wake()
        packets = 0
        if may_read and (gated.has_more or ready.get(fd, 0) & selectors.EVENT_READ):
            packets = self._read(client, gated)
        if client.want_write() and client.socket() is not None:
            client.loop_write()
        return packets

    def _read(self, client: Client, gated: GatedSocket) -> int:
        """Read all there is, but stop for other work now and then."""
        before = gated.packets
        gated.is_dry = False
        while not gated.is_dry and gated.packets - before < _AT_ONCE:
            if client.socket() is None or not self._listener.may_read():
                break
            if client.loop_read() is not MQTTErrorCode.MQTT_ERR_SUCCESS:
                break
        return gated.packets - before

    def _drain_wake(self) -> None:
        try:
            while self._wake_read.recv(4096):
                pass
        except BlockingIOError:
            return

    def _watch(self, attempt: _Attempt, now: float) -> None:
        if attempt.connected_at is None:
            if now - attempt.started_at > self._answer_s:
                attempt.failure = Failure(mqtt_failures.SILENT)
                attempt.is_over = True
        elif now - attempt.connected_at > _SETTLED_S:
            self._failures = 0

    def _end(self, attempt: _Attempt) -> None:
        """Say goodbye where that is possible, and let go of the socket."""
        client = attempt.client
        client.on_disconnect = None
        if client.socket() is not None and attempt.connected_at is not None:
            client.disconnect()
            client.loop_write()
        if attempt.gated is not None:
            attempt.gated.close()
        self._subscribed.clear()
        self._asked.clear()

    # --- callbacks of paho -----------------------------------------------------------------------

    def _on_connect(self, attempt: _Attempt, reason: ReasonCode, *, is_resumed: bool) -> None:
        if reason.is_failure:
            attempt.failure = mqtt_failures.of_connack(str(reason), self._config)
            attempt.is_over = True
            return
        _log.info(
            "Broker %s: connected as %s%s",
            self._config.name,
            self._client_id,
            ", the session goes on" if is_resumed else "",
        )
        attempt.connected_at = time.monotonic()
        self._was_connected = True
        self._denied.clear()
        self._listener.on_denied(frozenset())
        self._listener.on_state(ConnectionState.CONNECTED, "")

    def _on_disconnect(self, attempt: _Attempt, reason: str) -> None:
        attempt.is_over = True
        if attempt.failure is not None:
            return
        error = attempt.gated.error if attempt.gated is not None else None
        if attempt.connected_at is None:
            attempt.failure = mqtt_failures.of_end_before_answer(error, self._config)
        else:
            attempt.failure = mqtt_failures.of_disconnect(reason, error, self._config)

    def _on_message(self, client: Client, message: MQTTMessage) -> None:
        acknowledge = None
        if message.qos:
            mid, qos = message.mid, message.qos
            acknowledge = lambda: client.ack(mid, qos)  # noqa: E731 - bound to this message
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        arrival = Arrival(
            topic, bytes(message.payload), time.time_ns() // 1000, message.retain, acknowledge
        )
        self._listener.on_arrival(arrival)

    def _on_arrived(self, topic: bytes, payload: bytes, *, is_retained: bool) -> None:
        """A message of QoS 0, which does not go through paho."""
        name = topic.decode("utf-8", "replace")
        arrival = Arrival(name, payload, time.time_ns() // 1000, is_retained, None)
        self._listener.on_arrival(arrival)

    def _change_subscriptions(self, client: Client) -> None:
        wanted = self._wanted
        gone, new = sorted(self._subscribed - wanted), sorted(wanted - self._subscribed)
        for at in range(0, len(gone), _FILTERS_AT_ONCE):
            client.unsubscribe(gone[at : at + _FILTERS_AT_ONCE])
        for at in range(0, len(new), _FILTERS_AT_ONCE):
            part = new[at : at + _FILTERS_AT_ONCE]
            _result, mid = client.subscribe([(name, self._options()) for name in part])
            if mid is not None:
                self._asked[mid] = tuple(part)
        self._subscribed = set(wanted)
        if self._denied - wanted:
            self._denied &= wanted
            self._listener.on_denied(frozenset(self._denied))

    def _options(self) -> Any:
        """QoS, and with MQTT 5 whether retained messages are wanted."""
        qos = 1 if self._is_lasting else 0
        if not self._is_v5:
            return qos
        return SubscribeOptions(
            qos=qos,
            retainHandling=SubscribeOptions.RETAIN_SEND_ON_SUBSCRIBE
            if self._is_lasting
            else SubscribeOptions.RETAIN_DO_NOT_SEND,
        )

    def _on_subscribed(self, mid: int, reasons: list[ReasonCode]) -> None:
        names = self._asked.pop(mid, ())
        denied = {name for name, code in zip(names, reasons, strict=False) if code.is_failure}
        if denied:
            self._denied |= denied
            self._listener.on_denied(frozenset(self._denied))
