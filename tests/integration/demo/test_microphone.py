"""What the microphones of demo cameras send, heard by the program's own feed."""

from collections.abc import Iterator

import av
import pytest

from app.demo.city import build_city
from app.demo.microphone import LOOP_S, street
from app.demo.process import DemoCity
from app.demo.sdp import SOUND_RATE
from app.video.messages import OpenStream
from app.video.worker.interruption import Interrupter
from app.video.worker.sound.feed import NONE_SENT, SoundFeed
from app.video.worker.sound.ring import SoundPacket
from tests.fakes.demo_city import demo_city

_CITY = build_city().cameras
WITH = next(one.code for one in _CITY if one.has_microphone)
WITHOUT = next(one.code for one in _CITY if not one.has_microphone)


@pytest.fixture(scope="module")
def city(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> Iterator[DemoCity]:
    cache = pytestconfig.cache.mkdir("user-cache") / "demo"
    with demo_city(tmp_path_factory.mktemp("city"), cache=cache) as city:
        yield city


@pytest.fixture
def feed(city: DemoCity, request: pytest.FixtureRequest) -> Iterator[SoundFeed]:
    command = OpenStream(1, 1, request.param, "sub", f"{city.base_url}/{request.param}/sub")
    feed = SoundFeed(command, Interrupter())
    feed.start()
    yield feed
    feed.close(5)


def _sent(packet: SoundPacket) -> bytes:
    """What the loop holds at the packet's own time."""
    loop = street()
    assert packet.stamp.utc_us is not None
    at = round(packet.stamp.utc_us * SOUND_RATE / 1e6) % len(loop)
    return (loop + loop)[at : at + len(packet.data)]


@pytest.mark.parametrize("feed", [WITH], indirect=True)
def test_what_is_heard_is_the_street_at_its_time(feed: SoundFeed) -> None:
    found: list[SoundPacket] = []
    while len(found) < 2 / 0.04:
        feed.ring.wait_for(1 << 62, 0.2)
        found = [each for each in feed.ring.read(0)[0] if each.stamp.utc_us is not None]
    assert [each.data for each in found[:40]] == [_sent(each) for each in found[:40]]
    assert len(street()) == LOOP_S * SOUND_RATE


@pytest.mark.parametrize("feed", [WITHOUT], indirect=True)
def test_a_camera_without_microphone_says_so(feed: SoundFeed) -> None:
    while NONE_SENT not in feed.trouble:
        feed.ring.wait_for(1 << 62, 0.1)
    assert feed.template is None


def test_pictures_and_sound_can_come_over_one_connection(city: DemoCity) -> None:
    with av.open(
        f"{city.base_url}/{WITH}/sub", options={"rtsp_transport": "tcp"}, timeout=(20, 10)
    ) as source:
        heard = seen = 0
        for packet in source.demux():
            heard += packet.stream.type == "audio"
            seen += packet.stream.type == "video"
            if heard > 30 and seen > 15:
                break
    assert heard > 30
    assert seen > 15
