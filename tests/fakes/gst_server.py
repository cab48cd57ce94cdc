"""An RTSP server that is not ours: GStreamer's, in a process of its own, serving code clips.

Needs Debian's ``gir1.2-gst-rtsp-server-1.0``, ``python3-gi`` and GStreamer's plugins base, good
and bad.
"""

import json
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import numpy as np
from numpy.typing import NDArray

from tests.fakes.code_clip import GOP, CodeClip, page_clips

SYSTEM_PYTHON = Path("/usr/bin/python3")
PAGE = 16
_SCRIPT = Path(__file__).with_name("gst_server_process.py")
_PROBE = (
    "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"
)


def missing_reason() -> str | None:
    """Why the server cannot run on this machine, or None."""
    if not SYSTEM_PYTHON.exists():
        return f"{SYSTEM_PYTHON} does not exist"
    probe = subprocess.run(
        [str(SYSTEM_PYTHON), "-c", _PROBE], capture_output=True, text=True, check=False
    )
    if probe.returncode:
        return "gir1.2-gst-rtsp-server-1.0 or python3-gi is not installed"
    return None


class SendTimes:
    """Reads when the server sent which frame, while it runs."""

    def __init__(self, path: Path, cameras: int, frames: int, phases: Sequence[int]) -> None:
        self.frames = frames
        self.phases = phases
        self._rows: NDArray[np.uint64] = np.memmap(
            path, dtype="<u8", mode="r", shape=(cameras, frames + 1)
        )

    def counts(self) -> NDArray[np.int64]:
        """Frames sent so far by each camera."""
        return self._rows[:, 0].astype(np.int64)

    def sent_ns(self, camera: int, index: int) -> int:
        """Wall-clock time at which ``index`` was last sent; 0 if never."""
        return int(self._rows[camera, index + 1])

    def sent_between(self, camera: int, first_ns: int, last_ns: int) -> list[int]:
        """Frames of the loop sent in the interval, which must lie within the last loop."""
        row = self._rows[camera, 1:].astype(np.int64)
        found = np.flatnonzero((row >= first_ns) & (row < last_ns))
        return [int(index) for index in found]

    def first_key_after(self, camera: int, moment_ns: int) -> int:
        """Time at which the first key frame after ``moment_ns`` was sent; 0 if none was."""
        keys = self._rows[camera, 1 : self.frames + 1 : GOP].astype(np.int64)
        later = keys[keys >= moment_ns]
        return int(later.min()) if later.size else 0


class GstServer:
    """Serves ``/cam0`` … on loopback; camera ``n`` plays clip ``n // 16`` from its own place on.

    With the default clips, the pair (clip, place in the loop) tells 64 cameras apart.
    """

    def __init__(
        self, cameras: int = PAGE, *, clips: Sequence[CodeClip] | None = None, port: int = 0
    ) -> None:
        pages = min(4, -(-cameras // PAGE))
        self.clips = list(clips) if clips is not None else page_clips(pages)
        self.cameras = cameras
        self.port = port
        self._frames = min(len(clip.sizes) for clip in self.clips)
        spacing = self._frames // PAGE
        self.phases = [(n % PAGE * spacing + 7 * n % GOP) % self._frames for n in range(cameras)]
        self._folder = tempfile.TemporaryDirectory(prefix="nigehban-gst-")
        self._process: subprocess.Popen[str] | None = None
        self._log: IO[str] | None = None

    @property
    def pid(self) -> int:
        """Process id of the running server."""
        if self._process is None:
            raise RuntimeError("the server is not running")
        return self._process.pid

    def url(self, camera: int) -> str:
        """Address of a camera."""
        return f"rtsp://127.0.0.1:{self.port}/cam{camera}"

    @property
    def microphone(self) -> str:
        """Address of a tone of 440 Hz, as AAC."""
        return f"rtsp://127.0.0.1:{self.port}/microphone"

    def start(self) -> None:
        """Start the process and wait until it listens; on the same port as before, if any.

        Raises RuntimeError with the server's own words when it does not come up.
        """
        folder = Path(self._folder.name)
        table = folder / "sent"
        table.touch()
        config = {
            "port": self.port,
            "cameras": self.cameras,
            "page": PAGE,
            "phases": self.phases,
            "clips": [str(clip.index_path) for clip in self.clips],
            "table": str(table),
        }
        (folder / "config.json").write_text(json.dumps(config))
        self._log = (folder / "log").open("a")
        self._process = subprocess.Popen(
            [str(SYSTEM_PYTHON), str(_SCRIPT), str(folder / "config.json")],
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.startswith("ready "):
            self.stop()
            said = (folder / "log").read_text()[-500:]
            raise RuntimeError(f"gst-rtsp-server did not start: {line}{said}")
        self.port = int(line.split()[1])

    def send_times(self) -> SendTimes:
        """The table of the running server."""
        table = Path(self._folder.name) / "sent"
        return SendTimes(table, self.cameras, self._frames, self.phases)

    def stop(self) -> None:
        """End the process politely and wait for it; nothing happens when it is not running."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the process as a power cut would; `start` brings it back on the same port."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()
        if self._log is not None:
            self._log.close()
            self._log = None

    def close(self) -> None:
        """Stop and remove the server's files."""
        self.stop()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
