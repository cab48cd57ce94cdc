"""A recorder that plays a file back over RTSP, from any place: GStreamer's server, not ours."""

import signal
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.fakes.gst_server import SYSTEM_PYTHON

_SCRIPT = Path(__file__).with_name("recorder_process.py")
_PATIENCE_S = 10.0


class Recorder:
    """A context manager. The file is H.264 with µ-law in MOV."""

    def __init__(self, file: Path) -> None:
        self._process = subprocess.Popen(
            [str(SYSTEM_PYTHON), str(_SCRIPT), str(file)], stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        word, _, port = self._process.stdout.readline().partition(" ")
        assert word == "ready"
        self.url = f"rtsp://127.0.0.1:{int(port)}/recorded"

    @property
    def pid(self) -> int:
        return self._process.pid

    def freeze(self) -> None:
        """Send nothing any more."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.thaw()
        self._process.terminate()
        self._process.wait(_PATIENCE_S)
        assert self._process.stdout is not None
        self._process.stdout.close()
