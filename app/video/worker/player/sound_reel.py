"""The sound of a clip, decoded to what the output device takes."""

from collections.abc import Iterator, Sequence

import av.error
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from app.domain.stream import Reason
from app.video.worker.failures import StreamFailure
from app.video.worker.player.opening import (
    can_be_scanned,
    failure_of_read,
    open_clip,
    sound_of,
)
from app.video.worker.player.soundtrack import Samples

_BEFORE_S = 0.2
"""So much sooner decoding begins: the first frames after a jump are not whole yet."""
_OFF_S = 0.03
"""A time of a frame that is so far from the end of the one before is a hole or a jump."""


class Resampling:
    """Frames of any kind become stereo at one rate, each with its place. One thread at a time."""

    def __init__(self, rate: int, begins_s: float) -> None:
        """``begins_s`` is the file's own time of the beginning of the clip."""
        self._rate = rate
        self._begins_s = begins_s
        self._resampler = self._made()
        self._next = 0
        self._is_new = True

    def restart(self) -> None:
        """What comes is of another place."""
        self._resampler = self._made()
        self._is_new = True

    def convert(self, frame: AudioFrame) -> Sequence[tuple[int, Samples]]:
        """The places and samples of a frame; what is before the beginning is left out."""
        if frame.time is not None:
            place = round((frame.time - self._begins_s) * self._rate)
            if self._is_new or abs(place - self._next) > _OFF_S * self._rate:
                self._next = place
            self._is_new = False
        try:
            converted = self._resampler.resample(frame)
        except ValueError:  # it goes on at another rate, or with other channels
            self._resampler = self._made()
            converted = self._resampler.resample(frame)
        found = []
        for each in converted:
            samples = each.to_ndarray().reshape(-1, 2).astype(np.float32, copy=False)
            place = self._next
            self._next += len(samples)
            if place < 0:
                samples, place = samples[-place:], 0
            if len(samples):
                found.append((place, samples))
        return found

    def _made(self) -> AudioResampler:
        return AudioResampler(format="flt", layout="stereo", rate=self._rate)


class SoundReel:
    """The sound of a file, opened beside its pictures. One thread at a time; what is read raises
    ``StreamFailure``."""

    def __init__(self, location: str, begins_s: float, rate: int) -> None:
        """Open it; raises ``StreamFailure``. Blocking."""
        self._begins_s = begins_s
        self._resampling = Resampling(rate, begins_s)
        self._container = open_clip(location)
        try:
            sound = sound_of(self._container)
            if sound is None:
                raise StreamFailure(Reason.UNSUPPORTED, "No decoder for the sound")
            self._sound = sound
            if can_be_scanned(self._container, location):
                # Fragments are found by reading them, which lets them be sought.
                for _packet in self._container.demux(sound):
                    pass
        except BaseException as error:
            self._container.close()
            if isinstance(error, av.error.FFmpegError):
                raise failure_of_read(error) from None
            raise
        self._frames = self._decoded()

    def seek(self, at_s: float) -> None:
        """What is read next begins a little before that place of the clip."""
        target = max(0.0, at_s - _BEFORE_S) + self._begins_s
        ticks = round(target / float(self._sound.time_base or 1))
        try:
            self._container.seek(ticks, stream=self._sound, backward=True)
        except av.error.FFmpegError as error:
            raise failure_of_read(error) from None
        self._resampling.restart()
        self._frames = self._decoded()

    def read(self) -> Sequence[tuple[int, Samples]] | None:
        """Places and samples that come next; ``None`` at the end."""
        frame = next(self._frames, None)
        return None if frame is None else self._resampling.convert(frame)

    def close(self) -> None:
        self._container.close()

    def _decoded(self) -> Iterator[AudioFrame]:
        try:
            for packet in self._container.demux(self._sound):
                try:
                    yield from packet.decode()
                except av.error.InvalidDataError:
                    continue  # a damaged frame
        except av.error.EOFError:
            return
        except av.error.FFmpegError as error:
            raise failure_of_read(error) from None
