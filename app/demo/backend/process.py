"""Starts the demo city's backend in a process of its own and ends it. Light to import."""

import subprocess
import threading
import time
from typing import Any

from app.demo.control import CommandPipe
from app.demo.process import end_server, start_server

BACKEND_OPTION = "--serve-demo-backend"
"""First argument with which an installed program runs `app.demo.backend.__main__.main`."""


class DemoBackendError(Exception):
    """The demo backend did not start; the text says why in a sentence."""


class DemoBackend:
    """A backend that this process started. It ends with `close`, or when this process does."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        """Watch a backend's process; `start` makes one."""
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._ready = threading.Event()
        self._port = 0
        self._pipe = CommandPipe(process.stdin, process.stdout, self._take_line)

    @classmethod
    def start(cls, *, port: int = 0, extra: tuple[str, ...] = ()) -> "DemoBackend":
        """Start a backend and return at once; `poll_ready` tells when it serves.

        `extra` are options of `app.demo.backend.__main__`, as ``("--lateness-s", "0.2")``.
        """
        arguments = ["--port", str(port), *extra]
        return cls(start_server(BACKEND_OPTION, "app.demo.backend", arguments))

    @property
    def port(self) -> int:
        """The broker's port on loopback; 0 until the backend is ready."""
        return self._port

    @property
    def pid(self) -> int:
        """The backend's process id."""
        return self._process.pid

    def poll_ready(self) -> bool:
        """Tell, without waiting, whether it serves; raises `DemoBackendError` if it ended."""
        if self._ready.is_set():
            return True
        if self._process.poll() is not None:
            raise DemoBackendError(
                f"The demo backend ended with status {self._process.returncode}."
            )
        return False

    def wait_ready(self, timeout: float) -> None:
        """Wait until it serves; raises `DemoBackendError` when it ended or is late."""
        deadline = time.monotonic() + timeout
        while not self._ready.wait(0.05) and not self.poll_ready():
            if time.monotonic() > deadline:
                raise DemoBackendError(f"The demo backend was not ready after {timeout:g} s.")

    def set(self, target: str = "*", **switches: Any) -> None:
        """Change switches for ``*`` or a camera; raises `ControlError`."""
        self._pipe.ask({"op": "set", "target": target, "switches": switches})

    def clear(self, target: str = "*") -> None:
        """Make the boxes of the cameras good again; the options at the start count no more."""
        self._pipe.ask({"op": "clear", "target": target})

    def raise_event(self, camera: str) -> None:
        """Send the next event that the camera's scene offers, within some seconds."""
        self._pipe.ask({"op": "event", "target": camera})

    def stats(self) -> dict[str, Any]:
        """Return messages and events sent, the cameras listened to and the CPU seconds used."""
        return dict(self._pipe.ask({"op": "stats"}))

    def close(self, timeout: float = 5.0) -> None:
        """End the backend; it is killed if it has not ended after `timeout` seconds."""
        end_server(self._process, self._pipe, timeout)

    def _take_line(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        if word == "READY":
            self._port = int(rest.rpartition(":")[2])
            self._ready.set()
