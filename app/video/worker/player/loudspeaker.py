"""The default output device (PortAudio), on a thread of its own: it may hang for long.

The device is open only while something is to be heard, so that other programs can have it, and
PortAudio is started anew for each time, because it knows only devices that were there then.
"""

import importlib
import threading
import time
from typing import Any, Protocol

import numpy as np

from app.video.player_types import SoundState
from app.video.worker.player.soundtrack import Samples

_HANGS_S = 2.0
"""So long the device may ask for nothing, or be opened."""
_AGAIN_S = 3.0
"""After so long a device that was not there is looked for again."""
_LOOK_S = 0.2
_LATENCY_S = 0.1


class Voice(Protocol):
    """What is heard."""

    def begin(self, rate: int) -> None:
        """The device takes so many samples a second. Its thread."""

    def fill(self, out: Samples, heard_at: float) -> None:
        """Write what is heard from that moment on (monotonic). The audio library's thread: it must
        not wait."""


class _Trouble(Exception):
    def __init__(self, state: SoundState) -> None:
        super().__init__(state.value)
        self.state = state


class Loudspeaker:
    """Gives one voice at a time to the device. Any thread; started with the first voice."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._wish: Voice | None = None
        self._voice: Voice | None = None
        self._state = SoundState.SILENT
        self._asked_at = 0.0
        self._inside_since = 0.0
        self._thread = threading.Thread(target=self._run, name="loudspeaker", daemon=True)

    def play(self, voice: Voice | None) -> None:
        """Let it be heard in place of what is; ``None`` gives the device back."""
        with self._changed:
            self._wish = voice
            self._changed.notify()
        if voice is not None and self._thread.ident is None:
            self._thread.start()

    def state_of(self, voice: Voice) -> SoundState:
        """What has become of it. It may hang in the library: so that is seen from here."""
        now, inside = time.monotonic(), self._inside_since
        if inside and now - inside > _HANGS_S:
            return SoundState.HANGS
        if self._voice is not voice:
            return SoundState.SILENT
        if self._state is SoundState.HEARD and now - self._asked_at > _HANGS_S:
            return SoundState.HANGS
        return self._state

    # --- the thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._changed:
                while self._wish is None:
                    self._changed.wait()
                voice = self._voice = self._wish
                self._state = SoundState.SILENT
            try:
                self._sound(voice)
            except _Trouble as trouble:
                self._state = trouble.state
                self._wait(voice, _AGAIN_S)
            finally:
                self._inside_since = 0.0

    def _wait(self, voice: Voice, seconds: float) -> None:
        """Until something else is wished, at most so long."""
        with self._changed:
            self._changed.wait_for(lambda: self._wish is not voice, seconds)

    def _sound(self, voice: Voice) -> None:
        self._inside_since = time.monotonic()
        library = _library()
        stream = self._opened(library, voice)
        try:
            stream.start()
            self._asked_at = time.monotonic()
            self._state = SoundState.HEARD
            self._inside_since = 0.0
            while self._wish is voice:
                if not stream.active:
                    raise _Trouble(SoundState.LOST)
                self._wait(voice, _LOOK_S)
        except library.PortAudioError:
            raise _Trouble(SoundState.REFUSED) from None
        finally:
            self._inside_since = time.monotonic()
            stream.close(ignore_errors=True)
            library._terminate()

    def _opened(self, library: Any, voice: Voice) -> Any:
        """The stream of the device that is the default one now."""
        try:
            while library._initialized:
                library._terminate()
            library._initialize()
            device = library.query_devices(kind="output")
        except (library.PortAudioError, ValueError):
            raise _Trouble(SoundState.NO_DEVICE) from None
        rate = int(device["default_samplerate"])
        channels = min(2, int(device["max_output_channels"]))
        voice.begin(rate)

        def asked(out: Samples, count: int, times: Any, _status: Any) -> None:
            now = self._asked_at = time.monotonic()
            heard_at = now + max(0.0, times.outputBufferDacTime - times.currentTime)
            if channels == 2:
                voice.fill(out, heard_at)
            else:
                both = np.zeros((count, 2), np.float32)
                voice.fill(both, heard_at)
                out[:, 0] = both.mean(axis=1)

        try:
            return library.OutputStream(
                samplerate=rate,
                channels=channels,
                dtype="float32",
                latency=_LATENCY_S,
                callback=asked,
            )
        except (library.PortAudioError, ValueError):
            raise _Trouble(SoundState.REFUSED) from None


def _library() -> Any:
    """sounddevice, which loads PortAudio; loaded here because that may fail, and take long."""
    try:
        return importlib.import_module("sounddevice")
    except (ImportError, OSError):
        raise _Trouble(SoundState.NO_LIBRARY) from None
