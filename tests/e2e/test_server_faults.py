"""The server of all cameras goes away and comes back: the wall says so, and is live again soon."""

import logging
import os
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from app.demo.process import DemoCity
from app.domain.stream import StreamState
from tests.e2e.opens import OPENS_AT_A_TIME, OPENS_PER_SECOND, most_at_once, opens_since
from tests.e2e.program import Program, first_cameras, until
from tests.e2e.wall_reader import WallReader
from tests.fakes.xvfb import VirtualScreen

NOT_LIVE_WITHIN_S = 2.5
_log = logging.getLogger(__name__)
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def wall(
    tmp_path_factory: pytest.TempPathFactory, wide_screen: VirtualScreen, city: DemoCity
) -> Iterator[Program]:
    """Sixteen live tiles."""
    with Program(tmp_path_factory.mktemp("wall"), wide_screen) as program:
        program.add_cameras(first_cameras(16), lambda camera: f"{city.base_url}/{camera.code}/sub")
        program.start("--kiosk", "--layout", "16")
        program.wait_live(program.reader("16"))
        yield program


def wait_all_marked(reader: WallReader, states: Iterable[StreamState], seconds: float) -> float:
    allowed = frozenset(states)
    return until(
        lambda: all(state in allowed for state in reader.states()), seconds, f"all {allowed}"
    )


NOT_LIVE = frozenset(StreamState) - {StreamState.LIVE}


def test_sixteen_refused_cameras_say_why_and_are_back_in_five_seconds(
    wall: Program, city: DemoCity
) -> None:
    reader = wall.reader("16")
    city.control.refuse()
    marked = wait_all_marked(reader, NOT_LIVE, NOT_LIVE_WITHIN_S)
    wait_all_marked(reader, {StreamState.RECONNECTING}, 10)
    until(lambda: all(map(reader.has_reason, range(16))), 5, "a reason on every tile")
    # Long enough that every camera has failed again and waits longer each time.
    until(lambda: wall.said.read_text().count("is lost: refused") >= 16, 30, "refused everywhere")
    city.control.reset_counts()
    earlier = city.control.stats()
    city.control.listen()
    back = wall.wait_live(reader, 5)
    stats = city.control.stats()
    assert stats["peak_opening"] <= OPENS_AT_A_TIME
    moments = opens_since(stats, earlier)
    assert len(moments) == stats["accepted"] == 16, "one connection for each camera"
    assert most_at_once(moments) <= OPENS_PER_SECOND
    _log.info("Marked after %.2f s, back after %.2f s", marked, back)


def test_a_killed_server_that_comes_back_on_its_port_is_found_again(
    wall: Program, city: DemoCity, tmp_path: Path, pytestconfig: pytest.Config
) -> None:  # fmt: skip
    reader = wall.reader("16")
    wall.wait_live(reader)
    port = int(city.base_url.rpartition(":")[2])
    os.kill(city.pid, signal.SIGKILL)
    marked = wait_all_marked(reader, NOT_LIVE, NOT_LIVE_WITHIN_S)
    wait_all_marked(reader, {StreamState.RECONNECTING}, 10)
    cache = pytestconfig.cache.mkdir("user-cache") / "demo"
    second = DemoCity.start(cache, tmp_path, port=port, prepare="none")
    try:
        second.wait_ready(30)
        back = wall.wait_live(reader, 5)
        stats = second.control.stats()
        report = wall.leave()
    finally:
        second.close()
    assert stats["peak_opening"] <= OPENS_AT_A_TIME
    moments = opens_since(stats, {"paths": {}})
    assert most_at_once(moments) <= OPENS_PER_SECOND
    assert {tile["reconnects"] for tile in report["tiles"]} == {2}
    assert report["process"]["restarts"] == 0, wall.last_words()
    _log.info("Marked after %.2f s, back after %.2f s", marked, back)
