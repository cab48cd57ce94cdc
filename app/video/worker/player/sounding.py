"""Lets one clip be heard, in step with its pictures: both follow the clock of its command.

What the device is given next is what belongs to the moment at which it will be heard. A device
whose clock goes otherwise than the machine's is put right by leaving a little out, or by a pause.
"""

import gc
import threading
import time
from collections.abc import Callable
from typing import Protocol

import av.error
import numpy as np
from av.audio.frame import AudioFrame

from app.video.player_messages import ClipSounds, Report, SetVolume
from app.video.player_types import PlayCommand, SoundState
from app.video.worker.failures import StreamFailure
from app.video.worker.player.loudspeaker import Loudspeaker
from app.video.worker.player.sound_reel import Resampling, SoundReel
from app.video.worker.player.soundtrack import Samples, Soundtrack

_AHEAD_S = 1.5
"""So much is decoded before it is heard."""
_LOOK_S = 0.05
_OFF_S = 0.03
"""So far from the pictures it may drift."""
_JUMP_S = 0.15
_SMOOTHED = 0.05


class HeardClip(Protocol):
    """What the sound needs of a clip. Any thread."""

    location: str
    begins_s: float
    duration_us: int
    has_sound: bool
    is_stream: bool
    hear: Callable[[AudioFrame], None] | None
    """Gets the frames of a stream, on the clip's thread."""

    @property
    def command(self) -> PlayCommand: ...


class Sounding:
    """One clip that is heard. A thread decodes; the device takes what it needs."""

    def __init__(
        self,
        clip: HeardClip,
        volume: int,
        speaker: Loudspeaker,
        tell: Callable[[SoundState], None],
    ) -> None:
        self._clip = clip
        self._speaker = speaker
        self._tell = tell
        self._gain = 0.0
        self._wanted_gain = 0.0
        self._track: Soundtrack | None = None
        self._resampling: Resampling | None = None
        self._command: PlayCommand | None = None
        self._cursor: int | None = None
        self._drift = 0.0
        self._is_over = threading.Event()
        self._told = SoundState.SILENT
        self._is_decodable = True
        self._thread = threading.Thread(target=self._run, name="clip-sound", daemon=True)
        self.set_volume(volume)

    def start(self) -> None:
        if self._clip.is_stream:
            self._clip.hear = self._hear
        self._speaker.play(self)
        self._thread.start()

    def set_volume(self, volume: int) -> None:
        """In per cent, as the ear hears it."""
        self._wanted_gain = (volume / 100) ** 2

    def close(self) -> None:
        """Nothing is told of it any more."""
        self._is_over.set()
        self._clip.hear = None

    # --- the device's threads -----------------------------------------------------------------

    def begin(self, rate: int) -> None:
        self._resampling = Resampling(rate, self._clip.begins_s)
        self._track = Soundtrack(rate)

    def fill(self, out: Samples, heard_at: float) -> None:
        command, track = self._clip.command, self._track
        if track is None or not self._plays(command, heard_at):
            self._cursor, self._gain = None, 0.0
            out[:] = 0.0
            return
        position = command.place_at(heard_at, self._clip.duration_us)
        cursor = self._follow(command, position * track.rate // 1_000_000, track.rate)
        samples = track.read(cursor, len(out))
        # Steps of loudness would be heard as clicks.
        ramp = np.linspace(self._gain, self._wanted_gain, len(out), dtype=np.float32)
        np.multiply(samples, ramp[:, None], out=out)
        self._gain = self._wanted_gain
        self._cursor = cursor + len(out)

    def _plays(self, command: PlayCommand, at: float) -> bool:
        if command.speed != 1.0 or at < command.since:
            return False
        length = self._clip.duration_us
        place = command.place_at(at, length)
        return place >= 0 and (length <= 0 or place < length)

    def _follow(self, command: PlayCommand, wanted: int, rate: int) -> int:
        """Where it goes on: after what was heard before, while that is near enough."""
        cursor = self._cursor
        if cursor is not None and command is self._command:
            off = wanted - cursor
            self._drift += (off - self._drift) * _SMOOTHED
            if abs(self._drift) <= _OFF_S * rate and abs(off) <= _JUMP_S * rate:
                return cursor
        self._command, self._drift, self._gain = command, 0.0, 0.0
        return wanted

    # --- a stream's frames, on the clip's thread ----------------------------------------------

    def _hear(self, frame: AudioFrame) -> None:
        track, resampling = self._track, self._resampling
        if track is None or resampling is None:
            return
        for place, samples in resampling.convert(frame):
            track.put(place, samples)

    # --- its own thread -----------------------------------------------------------------------

    def _run(self) -> None:
        reel: SoundReel | None = None
        reel_track: Soundtrack | None = None
        try:
            while not self._is_over.wait(_LOOK_S):
                track = self._track
                if track is not None and not self._clip.is_stream and self._is_decodable:
                    if reel is None or reel_track is not track:
                        if reel is not None:
                            reel.close()
                        reel, reel_track = self._opened(track.rate), track
                    self._decode(reel, track)
                self._say()
        finally:
            if reel is not None:
                reel.close()
            reel = None
            gc.collect()  # as of the pictures: decoders hang in a ring of references

    def _opened(self, rate: int) -> SoundReel | None:
        try:
            return SoundReel(self._clip.location, self._clip.begins_s, rate)
        except StreamFailure:
            self._is_decodable = False
            return None

    def _decode(self, reel: SoundReel | None, track: Soundtrack) -> None:
        """Have what is heard next, and where it stands what would be."""
        if reel is None:
            return
        now_us = max(0, self._clip.command.place_at(time.monotonic(), self._clip.duration_us))
        place = now_us * track.rate // 1_000_000
        try:
            if not track.holds(place):
                track.clear(place)
                reel.seek(now_us / 1e6)
            while track.ends < place + _AHEAD_S * track.rate and not self._is_over.is_set():
                found = reel.read()
                if found is None:
                    return
                for at, samples in found:
                    track.put(at, samples)
        except (StreamFailure, av.error.FFmpegError):
            self._is_decodable = False

    def _say(self) -> None:
        state = self._speaker.state_of(self)
        if not self._is_decodable and state is SoundState.HEARD:
            state = SoundState.NOT_DECODABLE
        if state is not self._told and not self._is_over.is_set():
            self._told = state
            self._tell(state)


class SoundDesk:
    """Which clip is heard: one at a time. One thread."""

    def __init__(self, tell: Callable[[Report], None]) -> None:
        self._tell = tell
        self._speaker = Loudspeaker()
        self._heard: tuple[int, Sounding] | None = None

    def obey(self, command: SetVolume, clip: HeardClip) -> None:
        heard = self._heard
        if command.volume <= 0:
            self.silence(command.player)
        elif heard is not None and heard[0] == command.player:
            heard[1].set_volume(command.volume)
        elif clip.has_sound:
            if heard is not None:
                self.silence(heard[0])
            sounding = Sounding(clip, command.volume, self._speaker, self._teller(command.player))
            self._heard = (command.player, sounding)
            sounding.start()

    def silence(self, player: int) -> None:
        """Give the device back, where it is this clip that has it."""
        heard = self._heard
        if heard is None or heard[0] != player:
            return
        self._heard = None
        heard[1].close()
        self._speaker.play(None)
        self._tell(ClipSounds(player, SoundState.SILENT.value))

    def _teller(self, player: int) -> Callable[[SoundState], None]:
        def told(state: SoundState) -> None:
            self._tell(ClipSounds(player, state.value))

        return told
