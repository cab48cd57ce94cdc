"""The program under test: its registry of bench cameras, its start and its report."""

import csv
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tests.benchmarks.peers import REPOSITORY, end_processes
from tests.benchmarks.screen_reader import Rect
from tests.fakes.gst_server import GstServer
from tests.fakes.xvfb import VirtualScreen

DISTRICT = "BEN"
_COLUMNS = [
    *("district", "district_name", "district_number", "site", "site_name", "site_number"),
    *("camera", "camera_name", "camera_number", "main_url", "sub_url"),
]
_CAMERAS_A_SITE = 16


class ProgramFailedError(RuntimeError):
    """The program did not do what the benchmark needs; the text holds its last words."""


def camera_code(number: int) -> str:
    """The registry's code of camera ``number`` of the test server."""
    return f"{DISTRICT}-{number // _CAMERAS_A_SITE + 1}-{number % _CAMERAS_A_SITE + 1}"


def write_registry(path: Path, urls: Sequence[str]) -> None:
    """A registry of one district with a camera for each URL, sixteen a site."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for number, url in enumerate(urls):
            site, camera = number // _CAMERAS_A_SITE + 1, number % _CAMERAS_A_SITE + 1
            writer.writerow(
                [
                    *(DISTRICT, "Bench", 9, f"{DISTRICT}-{site}", f"Junction {site}", site),
                    *(camera_code(number), f"Camera {camera}", camera, url, url),
                ]
            )


@dataclass(frozen=True)
class Installation:
    """A data folder with the bench cameras in it."""

    folder: Path

    @property
    def config(self) -> Path:
        """The settings file, which is empty: everything is at its default."""
        return self.folder / "settings.toml"

    def command(self, *arguments: str) -> list[str]:
        """The program's command line on this data folder."""
        fixed = ["--data-dir", str(self.folder / "data"), "--config", str(self.config)]
        return [sys.executable, str(REPOSITORY / "main.py"), *fixed, *arguments]

    def remove(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def add_cameras(self, urls: Sequence[str], environment: dict[str, str]) -> None:
        """Import a registry; raises ProgramFailedError when a row is refused."""
        registry = self.folder / "cameras.csv"
        write_registry(registry, urls)
        try:
            done = subprocess.run(
                self.command("--import-cameras", str(registry)),
                cwd=REPOSITORY,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        except subprocess.TimeoutExpired as late:
            said = (late.stderr or b"")[-500:]
            raise ProgramFailedError(f"import: not ready after 60 s; {said!r}") from None
        if done.returncode:
            raise ProgramFailedError(f"import: {done.stdout[-500:]}{done.stderr[-1500:]}")


def empty_installation() -> Installation:
    """A new data folder without cameras."""
    folder = Path(tempfile.mkdtemp(prefix="nigehban-bench-"))
    (folder / "data").mkdir()
    installation = Installation(folder)
    installation.config.touch()
    return installation


def install(screen: VirtualScreen, server: GstServer, cameras: int) -> Installation:
    """A new data folder with ``cameras`` cameras, which share the server's mounts."""
    installation = empty_installation()
    urls = [server.url(number % server.cameras) for number in range(cameras)]
    try:
        installation.add_cameras(urls, screen.environment())
    except ProgramFailedError:
        installation.remove()
        raise
    return installation


class Nigehban:
    """The program in kiosk mode with one screen; start it for a time, then read its report."""

    def __init__(
        self,
        installation: Installation,
        screen: VirtualScreen,
        tiles: int,
        *,
        page: int = 1,
        rects: Sequence[Rect] = (),
        cameras: Sequence[int] = (),
        screens: int = 1,
        layout: str | None = None,
        has_console: bool = False,
    ) -> None:
        """``layout``: another than the square one; empty for what the wall remembers."""
        side = round(tiles**0.5)
        self.name = "Nigehban"
        self.rects = list(rects)
        self.cameras = list(cameras)
        self._installation = installation
        self._screen = screen
        self._arguments = ["--screens", str(screens)]
        if not has_console:
            self._arguments.append("--kiosk")
        if layout != "":
            self._arguments += ["--layout", layout or f"{side}x{side}"]
            self._arguments += ["--district", DISTRICT, "--page", str(page)]
        self._report = installation.folder / "report.json"
        self._running: list[subprocess.Popen[bytes]] = []
        self._log: IO[bytes] | None = None

    def start(self, seconds: float = 3600) -> None:
        """Start it; it leaves by itself after ``seconds``."""
        self._report.unlink(missing_ok=True)
        self._log = (self._installation.folder / "program.log").open("ab")
        timed = ["--run-seconds", f"{seconds:g}", "--report", str(self._report)]
        command = self._installation.command(*self._arguments, *timed)
        self._running.append(
            subprocess.Popen(
                command,
                cwd=REPOSITORY,
                env=self._screen.environment(),
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
            )
        )

    def roots(self) -> list[int]:
        """The GUI process; workers are its children."""
        return [process.pid for process in self._running]

    def is_running(self) -> bool:
        """True while the GUI process lives."""
        return all(process.poll() is None for process in self._running)

    def finish(self, patience_s: float = 20) -> dict[str, Any]:
        """Wait until it leaves by itself and return its run report."""
        try:
            status = self._running[0].wait(patience_s)
        except subprocess.TimeoutExpired:
            self.stop()
            raise ProgramFailedError(f"it did not leave in time: {self.last_words()}") from None
        self.stop()
        if status or not self._report.exists():
            raise ProgramFailedError(f"it left with status {status}: {self.last_words()}")
        report: dict[str, Any] = json.loads(self._report.read_text(encoding="utf-8"))
        return report

    def stop(self) -> None:
        """End it now, report or not."""
        end_processes(self._running, signal.SIGTERM)
        self._running.clear()
        if self._log is not None:
            self._log.close()
            self._log = None

    def last_words(self) -> str:
        """The end of what it said on its terminal."""
        return (self._installation.folder / "program.log").read_text(errors="replace")[-1500:]


def learn_layout(
    installation: Installation, screen: VirtualScreen, tiles: int
) -> tuple[list[Rect], list[int]]:
    """Where the program draws the pictures and of which cameras, from a short run's report.

    The run is long enough for every tile to have its picture: before that, a rectangle is the
    place of a placeholder.
    """
    numbers = {camera_code(number): number for number in range(tiles)}
    player = Nigehban(installation, screen, tiles)
    player.start(seconds=6 + tiles / 6)
    report = player.finish()
    shown = [tile for tile in report["tiles"] if tile["camera"] in numbers]
    if len(shown) != tiles:
        raise ProgramFailedError(f"the report names {len(shown)} of {tiles} bench cameras")
    waiting = sum(not tile["presented"] for tile in shown)
    if waiting:
        raise ProgramFailedError(
            f"{waiting} of {tiles} tiles had no picture in {report['duration_s']:.0f} s"
        )
    rects = [tuple(int(edge) for edge in tile["rect"]) for tile in shown]
    cameras = [numbers[tile["camera"]] for tile in shown]
    return [(x, y, w, h) for x, y, w, h in rects], cameras
