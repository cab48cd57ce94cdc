"""Two hundred cameras' boxes at once on four screens: does the GUI thread notice?"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.nigehban import DISTRICT, Nigehban, camera_code, empty_installation
from tests.benchmarks.overlay_backend import Plan
from tests.benchmarks.overlay_stage import SETTINGS, Backend
from tests.benchmarks.parts import say
from tests.benchmarks.results import Result, at_least, at_most, for_comparison
from tests.fakes.crossing_clip import SLOW_FPS, crossing_clip
from tests.fakes.gst_server import GstServer
from tests.fakes.mosquitto import Mosquitto
from tests.fakes.xvfb import VirtualScreen

_SCREENS = 4
_CAMERAS = 196


@dataclass(frozen=True)
class LoadFindings:
    tick_p99_ms: float
    tick_max_ms: float
    live: int
    gui_cpu_percent: float


def measure_load(seconds: float) -> LoadFindings:
    """Four screens of 49 tiles, ten messages of five objects a second for each camera.

    Two pictures a second each: decoding two hundred streams at full rate is another benchmark,
    here the boxes are the load.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="nigehban-load-")))
        screen = stack.enter_context(VirtualScreen(3840, 2160))
        for number in range(_SCREENS):
            place = (1920, 1080, number % 2 * 1920, number // 2 * 1080)
            screen.add_monitor(f"M{number}", place, "none" if number else "screen")
        broker = stack.enter_context(Mosquitto(options=("allow_anonymous true",)))
        server = stack.enter_context(GstServer(_CAMERAS, clips=[crossing_clip(SLOW_FPS)]))
        urls = [server.url(number) for number in range(_CAMERAS)]
        installation = empty_installation()
        stack.callback(installation.remove)
        installation.config.write_text(SETTINGS.format(in_step="true", port=broker.port))
        installation.add_cameras(urls, screen.environment())
        screens = [{"layout": "49", "district": DISTRICT, "page": page} for page in range(_SCREENS)]
        state = {"version": 1, "screens": screens}
        (installation.folder / "data" / "wall-state.json").write_text(json.dumps(state))
        plan = Plan(
            port=broker.port,
            cameras=[camera_code(number) for number in range(_CAMERAS)],
            lateness_s=[0.1] * _CAMERAS,
            log=str(folder / "published"),
            jitter_s=0.02,
            rate_hz=10.0,
            objects=5,
            motion="milling",
        )
        say(f"{_CAMERAS} tiles on {_SCREENS} screens, {_CAMERAS * 10} messages a second")
        with Backend(plan) as backend:
            player = Nigehban(installation, screen, 49, screens=_SCREENS, layout="")
            player.start(seconds=seconds + 45)  # a key frame comes every 15 s
            try:
                report = player.finish(seconds + 80)
            finally:
                player.stop()
            backend.stop()
    tick = report["ui"]["tick_ms"]
    live = sum(tile["state"] == "live" for tile in report["tiles"])
    gui = 100 * float(report["process"]["gui_cpu_s"]) / float(report["duration_s"])
    return LoadFindings(float(tick["p99"]), float(tick["max"]), live, gui)


def load_results(found: LoadFindings) -> Iterator[Result]:
    about = f"{_CAMERAS} cameras x 10 messages/s x 5 objects; longest {found.tick_max_ms:.0f} ms"
    yield at_most("GUI tick p99 under that load", found.tick_p99_ms, 20, "ms", about)
    yield at_least("tiles live under that load", found.live, _CAMERAS, "", "")
    yield for_comparison("GUI process under that load", found.gui_cpu_percent, "% of a core", "")
