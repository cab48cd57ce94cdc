"""A virtual display for machines that have none, stopped by its process id."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping

from devtool.terminal import ToolError

_START_LIMIT_S = 20.0
_PR_SET_PDEATHSIG = 1


def has_display(environment: Mapping[str, str]) -> bool:
    """Tell whether windows can be shown: always on Windows and macOS."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def needs_virtual_display() -> bool:
    """Tell whether a test run brings its own display: always on Linux, so runs are alike."""
    return sys.platform.startswith("linux")


@contextlib.contextmanager
def virtual_display(width: int = 1920, height: int = 1080) -> Iterator[dict[str, str]]:
    """Start Xvfb on a free number; yield the environment for programs shown on it."""
    reader, writer = os.pipe()
    try:
        server = _start_server(writer, width, height)
    finally:
        os.close(writer)
    try:
        yield environment_for(_read_number(reader), os.environ)
    finally:
        os.close(reader)
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def environment_for(number: str, inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the inherited environment pointed at display `number` and at nothing else."""
    environment = dict(inherited)
    for name in ("WAYLAND_DISPLAY", "XAUTHORITY", "QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS"):
        environment.pop(name, None)
    environment.update(DISPLAY=f":{number}", QT_QPA_PLATFORM="xcb", QT_API="pyside6")
    return environment


def _start_server(writer: int, width: int, height: int) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            [
                "Xvfb", "-displayfd", str(writer), "-screen", "0", f"{width}x{height}x24",
                "-nolisten", "tcp", "-noreset",
            ],
            pass_fds=[writer],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_end_with_parent,  # noqa: PLW1509  dev.py has one thread
        )  # fmt: skip
    except OSError as error:
        raise ToolError(f"the virtual display (Xvfb) does not start: {error}.") from error


def _read_number(reader: int) -> str:
    """Read the number that Xvfb writes, with a line end, once it answers."""
    written = b""
    while not written.endswith(b"\n"):
        ready, _, _ = select.select([reader], [], [], _START_LIMIT_S)
        part = os.read(reader, 16) if ready else b""
        if not part:
            raise ToolError("the virtual display (Xvfb) ended or stayed silent while starting.")
        written += part
    return written.decode("ascii").strip()


def _end_with_parent() -> None:
    """Runs in the child: it ends when dev.py does, even when that is killed."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
