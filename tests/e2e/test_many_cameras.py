"""Sixty-four cameras on one screen lose their server and get it back."""

import logging

import pytest

from app.demo.process import DemoCity
from app.domain.stream import StreamState
from tests.e2e.opens import OPENS_AT_A_TIME, OPENS_PER_SECOND, most_at_once, opens_since
from tests.e2e.program import Program, first_cameras, until
from tests.e2e.watcher import BlinkWatch
from tests.fakes.xvfb import VirtualScreen

TILES = 64
_log = logging.getLogger(__name__)


@pytest.mark.timeout(300)
def test_sixty_four_cameras_are_back_in_fifteen_seconds_knocking_gently(
    tmp_path_factory: pytest.TempPathFactory, wide_screen: VirtualScreen, city: DemoCity
) -> None:
    with Program(tmp_path_factory.mktemp("wall"), wide_screen) as wall:
        wall.add_cameras(first_cameras(TILES), lambda camera: f"{city.base_url}/{camera.code}/sub")
        wall.start("--kiosk", "--layout", "64")
        reader = wall.reader("64")
        wall.wait_live(reader, 120)
        watch = BlinkWatch(reader)
        city.control.refuse()
        marked = until(lambda: watch.are_down(range(TILES)), 2.5, "all marked")
        until(lambda: watch.look().count(StreamState.RECONNECTING) == TILES, 30, "all reconnecting")
        until(lambda: wall.said.read_text().count("lost: refused") >= TILES, 40, "all refused")
        city.control.reset_counts()
        earlier = city.control.stats()
        city.control.listen()
        back = wall.wait_live(reader, 15)
        stats = city.control.stats()
        _log.info("Marked after %.2f s, back after %.2f s", marked, back)
        assert stats["peak_opening"] <= OPENS_AT_A_TIME
        moments = opens_since(stats, earlier)
        assert len(moments) == stats["accepted"] == TILES, "one connection for each camera"
        assert most_at_once(moments) <= OPENS_PER_SECOND
        report = wall.leave()
    assert len(report["tiles"]) == TILES
    assert {tile["state"] for tile in report["tiles"]} == {"live"}
