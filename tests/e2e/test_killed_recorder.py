"""A recorder that is not ours gets SIGKILL, as in a power cut, and comes back on its port."""

import logging
import time
from pathlib import Path

import pytest

from app.domain.stream import StreamState
from tests.e2e.program import Program, first_cameras, until
from tests.e2e.watcher import BlinkWatch
from tests.fakes.gst_server import GstServer, missing_reason
from tests.fakes.xvfb import VirtualScreen

TILES = 16
OUTAGE_S = 20.0
_log = logging.getLogger(__name__)


@pytest.mark.timeout(300)
@pytest.mark.skipif(missing_reason() is not None, reason=str(missing_reason()))
def test_sixteen_cameras_of_a_killed_recorder_are_back_in_five_seconds(
    tmp_path: Path, wide_screen: VirtualScreen
) -> None:
    cameras = first_cameras(TILES)
    with GstServer(TILES) as recorder, Program(tmp_path / "wall", wide_screen) as wall:
        wall.add_cameras(cameras, lambda camera: recorder.url(cameras.index(camera)))
        wall.start("--kiosk", "--layout", "16")
        reader = wall.reader("16")
        wall.wait_live(reader)
        watch = BlinkWatch(reader)
        recorder.kill()
        began = time.monotonic()
        marked = until(lambda: watch.are_down(range(TILES)), 2.5, "all marked")
        until(lambda: watch.look().count(StreamState.RECONNECTING) == TILES, 10, "all reconnecting")
        until(lambda: all(map(reader.has_reason, range(TILES))), 5, "a reason on every tile")
        # By now most cameras would wait for many seconds on their own.
        until(lambda: time.monotonic() - began > OUTAGE_S, 2 * OUTAGE_S, "the power is back")
        assert reader.count(StreamState.LIVE) == 0
        recorder.start()
        back = wall.wait_live(reader, 5)
        _log.info("Marked after %.2f s, back after %.2f s", marked, back)
        report = wall.leave()
    assert all(tile["reconnects"] >= 1 for tile in report["tiles"])
    assert report["process"]["restarts"] == 0, wall.last_words()
