"""Connections to a real broker: what comes, and how each way to fail is told."""

from __future__ import annotations

import signal

import pytest

from app.analytics.messages import ConnectionState
from app.domain.analytics_event import EventPhase
from tests.fakes.mosquitto import BACKEND, WALL, Mosquitto
from tests.integration.analytics.listening import (
    Listening,
    boxes,
    boxes_topic,
    broker,
    crossing,
    events_topic,
    source,
)

REFUSED = ConnectionState.REFUSED


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_boxes_and_events_come_through_tls(protocol: str) -> None:
    with Mosquitto() as server, Listening() as wall:
        wall.link.want_boxes(["BNU-1-1"])
        wall.listen([broker(server, protocol=protocol)], [source()])
        wall.connected()

        def came() -> bool:
            server.publish(boxes_topic(), boxes(5), qos=0)
            return bool(wall.frames)

        wall.wait(came)

        def happened() -> bool:
            server.publish(events_topic(), crossing())
            return bool(wall.events)

        wall.wait(happened)
        frame, event = wall.frames[0], wall.events[0]
        assert (frame.camera, frame.source, len(frame.objects)) == ("BNU-1-1", "city", 5)
        assert (event.camera, event.phase, event.is_retained) == (
            "BNU-1-1",
            EventPhase.PULSE,
            False,
        )
        wall.counted(lambda state: state.messages >= 2)
        state = wall.connected()
        assert (state.bad, state.dropped, state.unknown) == (0, 0, 0)


def test_a_client_certificate_opens_the_door() -> None:
    with Mosquitto() as server, Listening() as wall:
        certificate, key = server.authority.client("wall")
        config = broker(
            server,
            port=server.mutual_port,
            user="",
            password="",
            certificate=certificate,
            private_key=key,
        )
        wall.listen([config], [source()])
        wall.connected()


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
@pytest.mark.parametrize(
    ("changes", "state", "sentence"),
    [
        ({"password": "Watches-42"}, REFUSED, "refuses the user or the password"),
        ({"tls_name": "gate.test"}, REFUSED, "not for the name gate.test"),
        ({"ca_file": ""}, REFUSED, "authority that is not trusted"),
        ({"ca_file": "/nowhere/ca.pem"}, REFUSED, "cannot be read"),
        ({"certificate": "no PEM"}, REFUSED, "cannot be used together"),
        ({"host": "nobody.invalid"}, ConnectionState.CONNECTING, "is not known"),
        ({"port": 9}, ConnectionState.CONNECTING, "Nobody listens at localhost:9"),
        ({"trouble": "The key store is locked"}, ConnectionState.NOT_CONFIGURED, "is locked"),
    ],
)
def test_what_is_wrong_is_said(
    protocol: str, changes: dict[str, str], state: ConnectionState, sentence: str
) -> None:
    with Mosquitto() as server, Listening() as wall:
        wall.listen([broker(server, protocol=protocol, **changes)], [source()])
        found = wall.state(state, sentence)
        assert "Watches" not in found.sentence


def test_ports_that_are_something_else_are_told_apart() -> None:
    with Mosquitto() as server, Listening() as wall:
        configs = [
            broker(server, name="other name", port=server.other_port),
            broker(server, name="expired", port=server.expired_port),
            broker(server, name="no TLS there", port=server.port),
            broker(server, name="TLS there", port=server.tls_port, tls=False),
            broker(server, name="no certificate", port=server.mutual_port),
        ]
        wall.listen(configs, [source(name=one.name, broker=one.name) for one in configs])
        waiting = ConnectionState.CONNECTING
        wall.state(REFUSED, "not for the name localhost", "other name")
        wall.state(REFUSED, "has expired", "expired")
        wall.state(waiting, "may not speak TLS", "no TLS there")
        wall.state(waiting, "may want TLS", "TLS there")
        wall.state(REFUSED, "wants a client certificate", "no certificate")


def test_a_certificate_for_another_name_is_taken_where_the_settings_say_so() -> None:
    with Mosquitto() as server, Listening() as wall:
        wall.listen([broker(server, port=server.other_port, tls_name="elsewhere.test")], [source()])
        wall.connected()


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_user_who_is_thrown_out_is_told(protocol: str) -> None:
    with Mosquitto() as server, Listening() as wall:
        wall.listen([broker(server, protocol=protocol)], [source()])
        wall.connected()
        server.set_users(dict([BACKEND]))
        wall.state(REFUSED, "refuses the user or the password")
        server.set_users(dict([BACKEND, WALL]))
        wall.state(ConnectionState.CONNECTED, seconds=60)


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_topic_that_may_not_be_read_is_named(protocol: str) -> None:
    denied = "city/gate/onvif-mj/#"
    with Mosquitto(denies_subscriptions_to=denied) as server, Listening() as wall:
        wall.link.want_boxes(["BNU-1-1", "BNU-1-2"])
        wall.listen([broker(server, protocol=protocol)], [source()])
        wall.state(REFUSED, f"does not let us read the topic '{denied}'")
        wall.link.want_boxes(["BNU-1-2"])
        wall.connected()


@pytest.mark.parametrize("tls", [True, False])
def test_a_broker_that_accepts_and_never_answers_is_told(tls: bool) -> None:
    with Mosquitto() as server, Listening() as wall:
        server.freeze()
        wall.listen([broker(server, tls=tls)], [source()])
        wall.state(ConnectionState.CONNECTING, "accepts connections and does not answer")
        server.thaw()
        wall.connected()


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
def test_a_broker_that_is_killed_comes_back_by_itself(protocol: str) -> None:
    with Mosquitto() as server, Listening() as wall:
        wall.link.want_boxes(["BNU-1-1"])
        wall.listen([broker(server, protocol=protocol)], [source()])
        wall.connected()
        server.forget_publisher()
        server.stop(signal.SIGKILL)
        wall.state(ConnectionState.WAITING)
        server.start()
        wall.connected()

        def came() -> bool:
            server.publish(boxes_topic(), boxes(), qos=0)
            server.publish(events_topic(), crossing())
            return bool(wall.frames and wall.events)

        wall.wait(came)


def test_several_brokers_at_once_do_not_wait_for_each_other() -> None:
    with Mosquitto() as one, Mosquitto() as other, Listening() as wall:
        other.freeze()
        wall.listen(
            [broker(other, name="bannu"), broker(one, name="lakki")],
            [source(name="b", broker="bannu"), source(name="l", broker="lakki")],
        )
        wall.connected("l")

        def happened() -> bool:
            one.publish(events_topic("market"), crossing())
            return bool(wall.events)

        wall.wait(happened)
        assert wall.events[0].source == "l"
        other.thaw()
        wall.connected("b")


def test_a_broker_that_is_set_anew_is_connected_anew() -> None:
    with Mosquitto() as one, Mosquitto() as other, Listening() as wall:
        wall.listen([broker(one)], [source()])
        wall.connected()
        wall.listen([broker(other)], [source()])

        def came() -> bool:
            other.publish(events_topic(), crossing())
            return bool(wall.events)

        wall.wait(came)
        wall.listen([], [])
        wall.wait(lambda: not wall.states)
