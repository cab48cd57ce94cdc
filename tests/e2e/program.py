"""The real program as a child process: its cameras, its folders, its screen, its report."""

import csv
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from app.demo.city import DemoCamera, build_city
from app.domain.stream import StreamState
from tests.e2e.wall_reader import WallReader
from tests.fakes.xvfb import VirtualScreen

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60.0
LOOK_EVERY_S = 0.02
_COLUMNS = [
    *("district", "district_name", "district_number", "site", "site_name", "site_number"),
    *("camera", "camera_name", "camera_number", "main_url", "sub_url"),
]
Url = Callable[[DemoCamera], str]


def first_cameras(count: int) -> Sequence[DemoCamera]:
    """The cameras of the first page, in the order of their tiles."""
    return build_city().cameras[:count]


def write_cameras(file: Path, cameras: Sequence[DemoCamera], url: Url) -> None:
    """A registry of cameras of the demo city whose streams are wherever ``url`` says.

    Both encodings have one address: the scenes of the small one are soon encoded.
    """
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out)
        writer.writerow(_COLUMNS)
        for camera in cameras:
            site, district = camera.site, camera.site.district
            writer.writerow(
                [
                    *(district.code, district.name, district.number),
                    *(site.code, site.name, site.number),
                    *(camera.code, camera.name, camera.number, url(camera), url(camera)),
                ]
            )


def until(is_so: Callable[[], bool], seconds: float, what: str) -> float:
    """Look until it is so; returns the seconds that it took, fails after ``seconds``."""
    pause = threading.Event()
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, f"not within {seconds:g} s: {what}"
        pause.wait(LOOK_EVERY_S)
    return time.monotonic() - began


class Program:
    """One data folder and, between ``start`` and the end, the program on it.

    Use as a context manager: whatever of it still runs afterwards is killed.
    """

    def __init__(self, folder: Path, screen: VirtualScreen) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.screen = screen
        self.said = folder / "said.log"
        self._report = folder / "report.json"
        self._process: subprocess.Popen[bytes] | None = None
        self._family: dict[int, psutil.Process] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def add_cameras(self, cameras: Sequence[DemoCamera], url: Url) -> None:
        """Import a registry as an administrator does."""
        file = self.folder / "cameras.csv"
        write_cameras(file, cameras, url)
        done = subprocess.run(
            self.command("--import-cameras", str(file)),
            env=self.environment(), capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr

    def command(self, *options: str, is_demo: bool = False) -> list[str]:
        data = [] if is_demo else ["--data-dir", str(self.data)]
        return [sys.executable, str(ROOT / "main.py"), *data, *options]

    def environment(self) -> dict[str, str]:
        """Folders of its own and no key store, whoever's fixtures are in force."""
        own = {
            name: str(self.folder / name.lower())
            for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME")
        }
        keys = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
        return {**self.screen.environment(), **own, **keys}

    def start(self, *options: str, is_demo: bool = False, before: Sequence[str] = ()) -> None:
        """Start it without frames or console, unless ``--screens`` says otherwise."""
        self._report.unlink(missing_ok=True)
        command = self.command(*options, "--report", str(self._report), is_demo=is_demo)
        with self.said.open("ab") as said:
            self._process = subprocess.Popen(
                [*before, *command],
                env=self.environment(), stdin=subprocess.DEVNULL, stdout=said, stderr=said,
            )  # fmt: skip

    # --- processes -------------------------------------------------------------------------------

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def family(self) -> dict[int, psutil.Process]:
        """All processes that it ever was seen to have started, and itself."""
        own = psutil.Process(self.pid)
        for one in (own, *own.children(recursive=True)):
            self._family.setdefault(one.pid, one)
        return dict(self._family)

    def workers(self) -> list[int]:
        """Process ids of the decoding processes, oldest first."""
        found = []
        for child in psutil.Process(self.pid).children():
            try:
                words = " ".join(child.cmdline())
            except psutil.Error:
                continue
            if "spawn_main" in words and "resource_tracker" not in words:
                found.append((child.create_time(), child.pid))
        return [pid for _, pid in sorted(found)]

    def survivors(self) -> list[str]:
        """Processes of the family that still run."""
        return [
            f"{pid} {process.name()}"
            for pid, process in self._family.items()
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        ]

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        """End it as a power cut would."""
        self.family()
        self.signal(signal.SIGKILL)
        assert self._process is not None
        self._process.wait(PATIENCE_S)

    def leave(self) -> dict[str, Any]:
        """Ask it to end, and return the run report."""
        assert self._process is not None
        self.family()
        self.signal(signal.SIGTERM)
        assert self._process.wait(PATIENCE_S) == 0, self.last_words()
        report: dict[str, Any] = json.loads(self._report.read_text(encoding="utf-8"))
        return report

    def last_words(self) -> str:
        """The end of what it logged."""
        return self.said.read_text(encoding="utf-8", errors="replace")[-3000:]

    # --- the screen ------------------------------------------------------------------------------

    def reader(self, layout: str, *, width: int | None = None) -> WallReader:
        """Reads the tiles of the one screen in this layout; ``width`` of them beside a panel."""
        return WallReader(self.screen, layout, width=width)

    def wait_live(self, reader: WallReader, seconds: float = PATIENCE_S) -> float:
        """Until every tile is live."""

        def all_live() -> bool:
            assert self.is_running, self.last_words()
            return all(state is StreamState.LIVE for state in reader.states())

        try:
            return until(all_live, seconds, "every tile live")
        except AssertionError as late:
            raise AssertionError(f"{late}: {reader.words()}\n{self.last_words()}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None:
            if self.is_running:
                self.family()
                self._process.kill()
            self._process.wait(PATIENCE_S)
        for process in self._family.values():
            if process.is_running():
                process.kill()
