"""A real PulseAudio with an output that only the test hears: its own socket, by process id."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

RATE = 48_000
_PATIENCE_S = 10.0
_SINK = "ear"
_CHUNK = RATE // 200 * 4
_ALSA = """
pcm.!default { type pulse }
ctl.!default { type pulse }
"""
"""The only device of ALSA is this server, through the plugin that desktops use."""


class Pulse:
    """A context manager. ``listen`` gives what is played to the output."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="nigehban-pulse-"))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def variables(self) -> Mapping[str, str]:
        """With these in its environment a program's default output device is this one."""
        return {
            "PULSE_SERVER": f"unix:{self._folder / 'socket'}",
            "ALSA_CONFIG_PATH": str(self._folder / "asound.conf"),
        }

    def start(self) -> None:
        """Start it, again too, and wait until it answers."""
        (self._folder / "asound.conf").write_text(_ALSA)
        for name in ("runtime", "state"):
            (self._folder / name).mkdir(mode=0o700, exist_ok=True)
        socket = self._folder / "socket"
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1"),
                    *("--use-pid-file=no", "--disable-shm=yes", "--high-priority=no"),
                    *("--realtime=no", "--log-target=stderr"),
                    *("-L", f"module-null-sink sink_name={_SINK} rate={RATE}"),
                    *("-L", f"module-native-protocol-unix auth-anonymous=1 socket={socket}"),
                ],
                stdout=log, stderr=log, env=self._environment(),
            )  # fmt: skip
        deadline = time.monotonic() + _PATIENCE_S
        while self._ask("info").returncode:
            assert self._process.poll() is None, (self._folder / "log").read_text()
            assert time.monotonic() < deadline, "PulseAudio does not answer"

    def stop(self) -> None:
        """End it, as when the device is pulled out."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            process.wait(_PATIENCE_S)

    def freeze(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    @property
    def players(self) -> int:
        """How many programs have the output open."""
        return len(self._ask("list", "short", "sink-inputs").stdout.splitlines())

    def listen(self) -> "Ear":
        return Ear(f"{_SINK}.monitor", self._environment())

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder)

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            **self.variables,
            "HOME": str(self._folder),
            "XDG_RUNTIME_DIR": str(self._folder / "runtime"),
            "PULSE_RUNTIME_PATH": str(self._folder / "runtime"),
            "PULSE_STATE_PATH": str(self._folder / "state"),
        }

    def _ask(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["pactl", *words],
            env=self._environment(), capture_output=True, check=False, timeout=_PATIENCE_S,
        )  # fmt: skip


class Ear:
    """Hears what is played, with the time (monotonic) of each sample. A context manager."""

    def __init__(self, source: str, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [
                *("parec", f"--device={source}", f"--rate={RATE}", "--channels=1"),
                *("--format=float32le", "--raw", "--latency-msec=5"),
            ],
            stdout=subprocess.PIPE, env=dict(environment),
        )  # fmt: skip
        self._lock = threading.Lock()
        self._chunks: list[tuple[float, NDArray[np.float32]]] = []
        self._thread = threading.Thread(target=self._hear, name="ear")
        self._thread.start()

    def since(self, moment: float) -> tuple[float, NDArray[np.float32]]:
        """When the first sample after a moment was heard, and all from there."""
        with self._lock:
            chunks = [chunk for chunk in self._chunks if chunk[0] >= moment]
        if not chunks:
            return time.monotonic(), np.zeros(0, np.float32)
        samples = np.concatenate([chunk[1] for chunk in chunks])
        return chunks[-1][0] - (len(samples) - len(chunks[-1][1])) / RATE, samples

    def loudness(self, seconds: float) -> float:
        """The greatest of the last so many seconds; 0 is silence."""
        _at, samples = self.since(time.monotonic() - seconds)
        return float(np.abs(samples).max()) if len(samples) else 0.0

    def pitch(self, seconds: float = 0.1) -> float:
        """The frequency of the last so many seconds; 0 where it is silent."""
        _at, samples = self.since(time.monotonic() - seconds)
        return pitch_of(samples)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        self._process.wait(_PATIENCE_S)
        self._thread.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _hear(self) -> None:
        assert self._process.stdout is not None
        while data := self._process.stdout.read(_CHUNK):
            samples = np.frombuffer(data[: len(data) // 4 * 4], np.float32)
            # A chunk is there when its last sample is.
            with self._lock:
                self._chunks.append((time.monotonic() - len(samples) / RATE, samples))


def pitch_of(samples: NDArray[np.float32]) -> float:
    """The loudest frequency; 0 where it is silent."""
    if len(samples) < RATE // 100 or np.abs(samples).max() < 0.001:
        return 0.0
    size = 1 << 16
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)), size))
    return float(spectrum.argmax() * RATE / size)
