"""Everything the overlay is measured with: a screen, a broker, cameras, a backend, the program."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import numpy as np

from tests.benchmarks.nigehban import (
    Installation,
    Nigehban,
    ProgramFailedError,
    camera_code,
    empty_installation,
    learn_layout,
)
from tests.benchmarks.overlay_backend import Plan
from tests.benchmarks.overlay_frames import PHASE
from tests.benchmarks.peers import REPOSITORY
from tests.benchmarks.screen_reader import Rect, ScreenReader, Watch
from tests.fakes.crossing_clip import crossing_clip
from tests.fakes.demo_city import demo_city
from tests.fakes.gst_server import GstServer
from tests.fakes.mosquitto import Mosquitto
from tests.fakes.xvfb import VirtualScreen

SETTINGS = """
[video]
warm_pages = 0
[analytics]
in_step = {in_step}
[[analytics.brokers]]
name = "bench"
host = "127.0.0.1"
port = {port}
tls = false
[[analytics.sources]]
name = "bench"
adapter = "onvif-json"
broker = "bench"
boxes_topic = "bench/{{camera}}/onvif-mj/VideoAnalytics/#"
"""


class Stage:
    """``cameras`` of the crossing clip on one screen; use it as a context manager."""

    def __init__(
        self, cameras: int, size: tuple[int, int], *, in_step: bool, by_peer: bool = False
    ) -> None:
        self._stack = ExitStack()
        self._cameras = cameras
        self._size = size
        self._in_step = in_step
        self._by_peer = by_peer
        self._folder = Path(tempfile.mkdtemp(prefix="nigehban-stage-"))

    def __enter__(self) -> Self:
        stack = self._stack
        try:
            self.screen = stack.enter_context(VirtualScreen(*self._size))
            self.broker = stack.enter_context(Mosquitto(options=("allow_anonymous true",)))
            urls = self._peer_urls() if self._by_peer else self._city_urls()
            self.installation: Installation = empty_installation()
            stack.callback(self.installation.remove)
            self.installation.config.write_text(
                SETTINGS.format(in_step="true" if self._in_step else "false", port=self.broker.port)
            )
            self.installation.add_cameras(urls, self.screen.environment())
            self.rects, self.cameras = self._learn()
        except BaseException:
            stack.close()
            raise
        return self

    def _city_urls(self) -> list[str]:
        """Cameras whose clock is known to the frame (``overlay_frames``)."""
        city = self._stack.enter_context(demo_city(self._folder))
        clip = str(crossing_clip().path)
        for number in range(self._cameras):
            city.control.add_clip(f"crossing-{number}", clip)
        return [f"{city.base_url}/clip/crossing-{number}" for number in range(self._cameras)]

    def _peer_urls(self) -> list[str]:
        """Cameras that cost their server next to nothing."""
        server = self._stack.enter_context(GstServer(self._cameras, clips=[crossing_clip()]))
        return [server.url(number) for number in range(self._cameras)]

    def _learn(self) -> tuple[list[Rect], list[int]]:
        try:
            return learn_layout(self.installation, self.screen, self._cameras)
        except ProgramFailedError:  # a start on a busy machine: once more
            return learn_layout(self.installation, self.screen, self._cameras)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def program(self) -> Nigehban:
        """The program on this stage, not started."""
        return Nigehban(
            self.installation,
            self.screen,
            self._cameras,
            rects=self.rects,
            cameras=self.cameras,
        )

    def reader(self) -> ScreenReader:
        return ScreenReader(self.screen.pixels(), self.rects)

    def wait_live(self, reader: ScreenReader, seconds: float) -> None:
        """Until every tile shows a picture; raises ``ProgramFailedError``."""

        def all_live(_watch: Watch) -> bool:
            return bool(np.all(reader.codes()[1] >= 0))

        reader.watch(seconds, until=all_live)
        dark = int(np.sum(reader.codes()[1] < 0))
        if dark:
            raise ProgramFailedError(f"{dark} tiles showed no picture within {seconds:.0f} s")

    def plan(self, lateness_s: Sequence[float], **more: object) -> Plan:
        """What the backend is to publish; ``lateness_s`` by camera."""
        values = {
            "port": self.broker.port,
            "cameras": [camera_code(number) for number in range(self._cameras)],
            "lateness_s": list(lateness_s),
            "log": str(self._folder / f"published-{time.monotonic_ns()}"),
            "phase": PHASE,
            **more,
        }
        return msgspec.convert(values, Plan)


class Backend:
    """The publishing process; use it as a context manager."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        path = Path(f"{plan.log}.json")
        path.write_text(json.dumps(msgspec.to_builtins(plan)))
        command = [sys.executable, "-m", "tests.benchmarks.overlay_backend", str(path)]
        self._process = subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Let it end."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(10)

    def published(self) -> list[tuple[int, int, int]]:
        """Camera, frame number and time in ns of everything published; once it has ended."""
        lines = Path(self.plan.log).read_text(encoding="ascii").splitlines()
        return [(int(a), int(b), int(c)) for a, b, c in (line.split() for line in lines)]
