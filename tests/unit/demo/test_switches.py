"""Which switches apply where, and that two processes make the same of a wrong clock."""

import random

import pytest

from app.analytics.adapters.adapter import make_adapter
from app.analytics.adapters.errors import BadMessage
from app.analytics.messages import SourceConfig
from app.demo.backend.onvif_json import frame_message
from app.demo.backend.onvif_scene import ONVIF_SPACE
from app.demo.backend.scene_tracker import SceneTracker
from app.demo.backend.switches import GOOD, SwitchTable, spoiled
from app.demo.cameras import CameraPath
from app.demo.faults import FaultTable
from app.demo.targets import FaultError


def test_switches_are_set_for_all_and_for_one() -> None:
    table = SwitchTable()
    table.set("*", {"lateness_s": 0.4})
    table.set("BNU-41-3", {"lateness_s": 1, "silent": True})
    assert table.of("DIK-1-1").lateness_s == 0.4
    assert table.of("BNU-41-3").silent
    table.clear("*")
    assert table.of("BNU-41-3") == GOOD


@pytest.mark.parametrize("values", [{"lat": 1.0}, {"silent": 1}, {"burst": 2.5}, {"loss": "x"}])
def test_what_is_no_switch_is_refused(values: dict[str, object]) -> None:
    table = SwitchTable()
    with pytest.raises(FaultError):
        table.set("*", values)
    assert table.of("DIK-1-1") == GOOD


def test_backend_and_camera_agree_about_a_clock_that_drifts() -> None:
    wrong = {"clock_offset_s": -3600.0, "drift_ppm": 200.0, "drift_since_s": 1_795_345_200.0}
    faults, switches = FaultTable(), SwitchTable()
    faults.set("*", wrong)
    switches.set("*", wrong)
    camera = CameraPath("DIK-1-1/sub", faults.of("DIK-1-1/sub"), None)
    for now in (1_795_345_200.0, 1_795_345_700.25):
        assert camera.clock(now) == switches.of("DIK-1-1").stamp(now)
    assert camera.clock(1_795_350_200.0) == pytest.approx(1_795_350_200.0 - 3600 + 1.0)


def test_a_drift_begins_when_it_is_set() -> None:
    table = SwitchTable()
    table.set("*", {"drift_ppm": 200.0})
    since = table.of("DIK-1-1").drift_since_s
    assert table.of("DIK-1-1").stamp(since) == since


def test_delays_are_never_negative_and_spread_around_the_lateness() -> None:
    table = SwitchTable()
    table.set("*", {"lateness_s": 0.1, "jitter_s": 0.05})
    source = random.Random(1)
    delays = [table.of("A-1-1").delay(source) for _ in range(2000)]
    assert min(delays) >= 0
    assert sum(delays) / len(delays) == pytest.approx(0.1, abs=0.01)


def test_spoiled_messages_are_refused_or_harmless() -> None:
    tracker = SceneTracker("bazaar-day", 5.0)
    message = frame_message(tracker.at(100), ONVIF_SPACE, 1_795_345_200.0)
    adapter = make_adapter(SourceConfig("j", "onvif-json", cameras={"A": "A"}))
    source = random.Random(5)
    refused = 0
    for _ in range(300):
        try:
            adapter.read("city/A/onvif-mj/VideoAnalytics/p/m", spoiled(message, source), 0, "A")
        except BadMessage:
            refused += 1
    assert refused > 200
