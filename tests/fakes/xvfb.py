"""A virtual X screen whose pixels can be read without asking the X server.

Xvfb keeps its frame buffer in a file (``-fbdir``); mapped, a program reads pixels in microseconds
and costs the measured programs nothing.
"""

import mmap
import os
import shutil
import struct
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

_HEADER_WORDS = 25


def map_framebuffer(path: Path) -> NDArray[np.uint8]:
    """The screen's pixels as an array (height, width, 4) in BGRX order that changes as they do."""
    with path.open("rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    header = struct.unpack_from(f">{_HEADER_WORDS}I", mapped)
    header_bytes, width, height, bits = header[0], header[4], header[5], header[11]
    line_bytes, colours = header[12], header[19]
    if bits != 32:
        raise ValueError(f"the frame buffer has {bits} bits a pixel, not 32")
    start = header_bytes + 12 * colours
    data = np.frombuffer(mapped, np.uint8, line_bytes * height, start)
    return data.reshape(height, line_bytes // 4, 4)[:, :width]


class VirtualScreen:
    """An Xvfb of its own on a free display number; use it as a context manager."""

    def __init__(self, width: int = 1920, height: int = 1080, *, fbdir: bool = True) -> None:
        if shutil.which("Xvfb") is None:
            raise RuntimeError("Xvfb is not installed (Debian: xvfb)")
        self.width = width
        self.height = height
        self._folder = tempfile.TemporaryDirectory(prefix="nigehban-xvfb-")
        self._fbdir = fbdir
        reader, writer = os.pipe()
        size = f"{width}x{height}x24"
        command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", size, "-nolisten", "tcp"]
        command += ["-noreset", "-nocursor"]
        if fbdir:
            command += ["-fbdir", self._folder.name]
        try:
            with (Path(self._folder.name) / "log").open("w") as log:
                self._process = subprocess.Popen(
                    command, pass_fds=(writer,), stdout=log, stderr=log
                )
        finally:
            os.close(writer)
        with os.fdopen(reader) as answer:
            number = answer.readline().strip()
        if not number:
            self.close()
            raise RuntimeError("Xvfb did not start")
        self.display = f":{number}"

    @property
    def pid(self) -> int:
        """Process id of the X server."""
        return self._process.pid

    @property
    def framebuffer_path(self) -> Path:
        """The file that holds the pixels (XWD format)."""
        if not self._fbdir:
            raise RuntimeError("this screen keeps its pixels in memory")
        return Path(self._folder.name) / "Xvfb_screen0"

    def pixels(self) -> NDArray[np.uint8]:
        """Live view of the pixels, see `map_framebuffer`."""
        return map_framebuffer(self.framebuffer_path)

    def environment(self) -> dict[str, str]:
        """The environment for a program that shall appear on this screen."""
        env = {name: value for name, value in os.environ.items() if name != "WAYLAND_DISPLAY"}
        return env | {"DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb", "XDG_SESSION_TYPE": "x11"}

    def split(self) -> None:
        """Make two monitors, LEFT and RIGHT, of the one screen."""
        half, height = self.width // 2, self.height
        self.add_monitor("LEFT", (half, height, 0, 0), "screen")
        self.add_monitor("RIGHT", (self.width - half, height, half, 0), "none")

    def add_monitor(self, name: str, rect: tuple[int, int, int, int], output: str) -> None:
        """Plug a monitor in: ``rect`` is width, height, left, top; one monitor has the output."""
        width, height, left, top = rect
        size = f"{width}/{width // 4}x{height}/{height // 4}+{left}+{top}"
        self._xrandr("--setmonitor", name, size, output)

    def remove_monitor(self, name: str) -> None:
        """Unplug a monitor."""
        self._xrandr("--delmonitor", name)

    def _xrandr(self, *arguments: str) -> None:
        command = ["xrandr", "--display", self.display, *arguments]
        subprocess.run(command, check=True, capture_output=True, timeout=10)

    def close(self) -> None:
        """End the X server and remove its files."""
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
