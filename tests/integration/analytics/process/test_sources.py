"""Sources that are more than topics: metadata tracks of cameras, and a backend's own interface."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.analytics.messages import BrokerConfig, ConnectionState, Snapshot, SourceConfig
from tests.fakes.frigate_server import CLIP, EVENT, JPEG, FrigateServer
from tests.fakes.mosquitto import Mosquitto
from tests.fakes.rtsp_metadata_server import RtspMetadataServer
from tests.integration.analytics.listening import Listening, broker, source

_GOLDEN = Path(__file__).parents[3] / "unit" / "analytics" / "golden"
_DOCUMENT = (_GOLDEN / "onvif_classifier.xml").read_bytes()


def _tracks(urls: dict[str, str], trouble: str = "") -> SourceConfig:
    return SourceConfig("city", "onvif-xml", metadata_urls=urls, trouble=trouble)


def test_tracks_are_open_only_while_their_boxes_are_wanted() -> None:
    with RtspMetadataServer([_DOCUMENT]) as gate, RtspMetadataServer([_DOCUMENT]) as market:
        urls = {"BNU-1-1": gate.url, "BNU-1-2": market.url}
        with Listening() as wall:
            wall.link.want_boxes(["BNU-1-1"])
            wall.listen([], [_tracks(urls)])
            wall.wait(lambda: wall.frames)
            assert {frame.camera for frame in wall.frames} == {"BNU-1-1"}
            assert (gate.sessions > 0, market.sessions) == (True, 0)
            wall.link.want_boxes(["BNU-1-2"])
            wall.wait(lambda: any(frame.camera == "BNU-1-2" for frame in wall.frames))
            state = wall.connected()
            assert state.messages >= 2


def test_one_camera_that_is_gone_is_told_beside_those_that_come() -> None:
    with RtspMetadataServer([_DOCUMENT]) as gate, Listening() as wall:
        urls = {"BNU-1-1": gate.url, "BNU-1-2": "rtsp://wall:Lg5-secret@127.0.0.1:9/x"}
        wall.link.want_boxes(list(urls))
        wall.listen([], [_tracks(urls)])
        found = wall.state(ConnectionState.CONNECTED, "1 of 2 metadata tracks do not come")
        assert "Lg5-secret" not in found.sentence


def test_an_entry_that_the_key_store_does_not_give_is_the_state() -> None:
    with Listening() as wall:
        wall.listen([], [_tracks({"BNU-1-1": "rtsp://x/y"}, trouble="The key store is locked")])
        wall.state(ConnectionState.NOT_CONFIGURED, "The key store is locked")


def test_pictures_and_zones_come_from_frigate() -> None:
    cameras = {"front_door": "BNU-1-1"}
    with FrigateServer() as frigate, Mosquitto() as server, Listening() as wall:
        config = source(
            adapter="frigate",
            boxes_topic="frigate/events",
            events_topic="frigate/reviews",
            cameras=cameras,
            url=frigate.url,
            ca_file=frigate.ca_file,
            user="wall",
            password="right",
        )
        wall.listen([broker(server)], [config])
        wall.wait(lambda: wall.zones)
        assert wall.zones[0].camera == "BNU-1-1"
        answers: list[Snapshot] = []
        wall.link.fetch_snapshot("city", EVENT, answers.append)
        wall.link.fetch_snapshot("city", EVENT, answers.append, clip=True)
        wall.link.fetch_snapshot("city", "1607123955.475377-nobody", answers.append)
        wall.wait(lambda: len(answers) == 3)
        assert {JPEG, CLIP} < {answer.data for answer in answers}
        assert [bool(answer.trouble) for answer in answers].count(True) == 1


def test_a_backend_that_says_it_is_offline_is_told_until_it_is_back() -> None:
    with Mosquitto() as server, Listening() as wall:
        config = source(adapter="frigate", boxes_topic="", events_topic="frigate/+")
        server.publish("frigate/available", b"online", retain=True)
        wall.listen([broker(server)], [config])
        wall.connected()
        server.publish("frigate/available", b"offline", retain=True)
        wall.state(ConnectionState.WAITING, "The backend says that it is offline")
        server.publish("frigate/available", b"online", retain=True)
        assert wall.connected().sentence == ""


def test_parts_that_cannot_be_understood_are_counted_beside_those_that_can() -> None:
    good = {"@UtcTime": "2023-11-14T22:13:20Z"}
    payload = {"Frame": [{"@UtcTime": "soon"}, good, {"@UtcTime": "later"}]}
    with Mosquitto() as server, Listening() as wall:
        wall.link.want_boxes(["BNU-1-1"])
        wall.listen([broker(server)], [source()])
        wall.connected()
        server.publish("city/gate/onvif-mj/a", payload)
        wall.counted(lambda state: (state.messages, state.bad) == (1, 2))
        assert [frame.camera for frame in wall.frames] == ["BNU-1-1"]


@pytest.mark.parametrize(
    ("config", "sentence"),
    [
        (source(adapter="parrot"), "no adapter 'parrot'"),
        (source(boxes_topic="", events_topic=""), "name no topic"),
        (source(boxes_topic="city/#/{camera}"), "# that is not its last level"),
        (source(boxes_topic="city/a+/{camera}"), "a + beside other characters"),
        (source(broker="nobody"), "no broker 'nobody'"),
    ],
)
def test_settings_that_cannot_work_are_told(config: SourceConfig, sentence: str) -> None:
    with Listening() as wall:
        brokers: Sequence[BrokerConfig] = [BrokerConfig("district", "127.0.0.1", 9)]
        wall.listen(brokers, [config])
        wall.state(ConnectionState.NOT_CONFIGURED, sentence)
