"""The players we compare with, each showing the cameras of the test server in a grid."""

import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Protocol

from tests.benchmarks.screen_reader import Rect
from tests.fakes.gst_server import GstServer
from tests.fakes.xvfb import VirtualScreen

REPOSITORY = Path(__file__).resolve().parents[2]


class Player(Protocol):
    """Something that shows cameras on a virtual screen."""

    name: str
    rects: list[Rect]  # of the pictures, in pixels of the screen
    cameras: list[int]  # which camera of the server each of them shows

    def start(self) -> None:
        """Start it; pictures come later."""

    def roots(self) -> list[int]:
        """Process ids to be counted, without their children."""

    def stop(self) -> None:
        """End it and all its processes."""


def grid(tiles: int, width: int, height: int) -> list[Rect]:
    """Cells of a square grid over the whole screen, row by row."""
    side = round(tiles**0.5)
    w, h = width // side, height // side
    return [(column * w, row * h, w, h) for row in range(side) for column in range(side)]


def end_processes(processes: Sequence[subprocess.Popen[bytes]], how: signal.Signals) -> None:
    """Signal all, then wait for all; whoever does not leave is killed."""
    for process in processes:
        if process.poll() is None:
            process.send_signal(how)
    for process in processes:
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Mpv:
    """One mpv a tile, over RTSP, as an integrator would set it up for low latency."""

    def __init__(self, screen: VirtualScreen, server: GstServer, tiles: int) -> None:
        self.name = "mpv"
        self.rects = grid(tiles, screen.width, screen.height)
        self.cameras = list(range(tiles))
        self._screen = screen
        self._server = server
        self._running: list[subprocess.Popen[bytes]] = []

    @staticmethod
    def missing_reason() -> str | None:
        """Why mpv cannot be measured here, or None."""
        return None if shutil.which("mpv") else "mpv is not installed"

    def start(self) -> None:
        fixed = ["mpv", "--no-config", "--profile=low-latency", "--vo=x11", "--no-audio"]
        fixed += ["--hwdec=no", "--no-osc", "--no-border", "--rtsp-transport=tcp", "--no-terminal"]
        fixed += ["--input-default-bindings=no", "--cursor-autohide=no"]
        for camera, (x, y, width, height) in zip(self.cameras, self.rects, strict=True):
            place = f"--geometry={width}x{height}+{x}+{y}"
            self._running.append(
                subprocess.Popen(
                    [*fixed, place, self._server.url(camera)],
                    env=self._screen.environment(),
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )

    def roots(self) -> list[int]:
        return [process.pid for process in self._running]

    def stop(self) -> None:
        end_processes(self._running, signal.SIGTERM)
        self._running.clear()


class LibVlc:
    """One process with libVLC drawing into a native window a tile; files over HTTP.

    Debian's libVLC has no RTSP, so its pictures have no send time: only CPU and memory compare.
    """

    def __init__(self, screen: VirtualScreen, clips: Sequence[Path], tiles: int) -> None:
        self.name = "libVLC"
        self.rects = grid(tiles, screen.width, screen.height)
        self.cameras = list(range(tiles))
        self._screen = screen
        self._clips = clips
        self._folder = tempfile.TemporaryDirectory(prefix="nigehban-http-")
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        port_file = Path(self._folder.name) / "port"
        folder = self._clips[0].parent
        module = "tests.benchmarks.clip_http"
        web = subprocess.Popen(
            [sys.executable, "-m", module, str(folder)], cwd=REPOSITORY, stdout=subprocess.PIPE
        )
        self._running.append(web)
        assert web.stdout is not None
        port = int(web.stdout.readline())
        port_file.write_text(str(port))
        urls = [
            f"http://127.0.0.1:{port}/{self._clips[n // 16 % len(self._clips)].name}"
            for n in self.cameras
        ]
        lines = [
            f"{url} {' '.join(map(str, rect))}" for url, rect in zip(urls, self.rects, strict=True)
        ]
        player = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.vlc_windows"],
            cwd=REPOSITORY,
            env=self._screen.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._running.append(player)
        assert player.stdin is not None
        player.stdin.write("\n".join([*lines, ""]).encode())
        player.stdin.close()

    def roots(self) -> list[int]:
        return [process.pid for process in self._running[1:]]

    def stop(self) -> None:
        end_processes(self._running[::-1], signal.SIGKILL)
        for process in self._running:
            if process.stdout is not None:
                process.stdout.close()
        self._running.clear()


def log_file(folder: Path, name: str) -> IO[bytes]:
    """A file for what a measured program says."""
    return (folder / f"{name}.log").open("ab")
