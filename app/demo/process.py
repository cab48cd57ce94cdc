"""Starts the demo city in a process of its own and ends it. Light to import: no codec library."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from app.demo.control import CommandPipe, ControlClient

SERVER_OPTION = "--serve-demo-city"
"""First argument with which an installed program runs `app.demo.__main__.main` instead of
itself."""
_REPOSITORY = Path(__file__).resolve().parents[2]


class DemoCityError(Exception):
    """The demo city did not start; the text says why in a sentence."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the first page's scenes are encoded; ``total`` is 0 while nothing is known."""

    done: int
    total: int


class DemoCity:
    """A demo server that this process started. It ends with `close`, or when this process does."""

    def __init__(self, process: "subprocess.Popen[bytes]", csv_path: Path) -> None:
        """Watch a server process; `start` makes one."""
        assert process.stdin is not None
        assert process.stdout is not None
        self.csv_path = csv_path
        self._process = process
        self._ready = threading.Event()
        self._base_url = ""
        self._progress = Progress(0, 0)
        self._scenes: frozenset[str] = frozenset()
        self.control = ControlClient(process.stdin, process.stdout, self._take_line)

    @classmethod
    def start(
        cls,
        cache_dir: Path,
        data_dir: Path,
        *,
        port: int = 0,
        prepare: str = "first-page",
        extra: tuple[str, ...] = (),
    ) -> "DemoCity":
        """Start a server and return at once; `poll_ready` tells when it serves.

        Encoded scenes are kept in `cache_dir`, the registry CSV is written to `data_dir`.
        """
        csv_path = csv_of(data_dir)
        options = [
            "--port", str(port), "--cache", str(cache_dir), "--registry", str(csv_path),
            "--prepare", prepare, *extra,
        ]  # fmt: skip
        return cls(start_server(SERVER_OPTION, "app.demo", options), csv_path)

    @property
    def base_url(self) -> str:
        """The URL before the cameras' paths; empty until the server is ready."""
        return self._base_url

    @property
    def progress(self) -> Progress:
        """How far the first start has come."""
        return self._progress

    @property
    def scenes(self) -> frozenset[str]:
        """The scenes of the first page that can be seen already."""
        return self._scenes

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    def poll_ready(self) -> bool:
        """Tell, without waiting, whether the server serves; raises `DemoCityError` if it ended."""
        if self._ready.is_set():
            return True
        if self._process.poll() is not None:
            raise DemoCityError(f"The demo city ended with status {self._process.returncode}.")
        return False

    def wait_ready(self, timeout: float) -> None:
        """Wait until the server serves; raises `DemoCityError` when it ended or is late."""
        step = 0.1
        for _ in range(max(1, round(timeout / step))):
            if self._ready.wait(step) or self.poll_ready():
                return
        raise DemoCityError(f"The demo city was not ready after {timeout:g} s.")

    def close(self, timeout: float = 5.0) -> None:
        """End the server; it is killed if it has not ended after `timeout` seconds."""
        end_server(self._process, self.control, timeout)

    def _take_line(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word == "READY":
            self._base_url = rest
            self._ready.set()
        elif word == "SCENE":
            self._scenes |= {rest}
        elif word == "PROGRESS":
            done, total = rest.split()
            self._progress = Progress(int(done), int(total))


def csv_of(data_dir: Path) -> Path:
    """Where the registry of the city is written, as soon as it has a port."""
    return data_dir / "demo-city.csv"


def start_server(option: str, module: str, arguments: Sequence[str]) -> "subprocess.Popen[bytes]":
    """Start a demo server: with Python, or as the installed program itself with `option`."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    if getattr(sys, "frozen", False):
        command = [sys.executable, option]
    else:
        command = [sys.executable, "-m", module]
        before = os.environ.get("PYTHONPATH", "")
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (str(_REPOSITORY), before)))
    return subprocess.Popen(
        [*command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )


def end_server(process: "subprocess.Popen[bytes]", control: CommandPipe, timeout: float) -> None:
    """End a demo server by ending its input; it is killed if it has not ended after `timeout`."""
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(OSError):
        process.stdin.close()
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    control.join(timeout)
    process.stdout.close()
