"""What the device is given: the sound of the moment at which it is heard, by whatever clock."""

from collections.abc import Callable, Iterator
from fractions import Fraction

import numpy as np
import pytest
from av.audio.frame import AudioFrame

from app.video.player_types import PlayCommand, SoundState
from app.video.worker.player.loudspeaker import Loudspeaker, Voice
from app.video.worker.player.sounding import Sounding
from app.video.worker.player.soundtrack import Samples, Soundtrack

RATE = 48_000
BLOCK = 480
BEGAN = 1000.0
LENGTH_S = 60
UNIT = 1e-6
"""A sample's value is its place in such units."""


class Clip:
    """A stream that is played from a moment on."""

    location = "rtsp://recorder/3"
    begins_s = 2.0
    duration_us = LENGTH_S * 1_000_000
    has_sound = is_stream = True

    def __init__(self) -> None:
        self.command = PlayCommand(0, 1.0, BEGAN)
        self.hear: Callable[[AudioFrame], None] | None = None
        self._sent = 0

    def send(self, until_s: float) -> None:
        """Give out the sound up to a place."""
        while self._sent < until_s * RATE:
            places = np.arange(self._sent, self._sent + RATE, dtype=np.float32) * UNIT
            both = np.repeat(places, 2)[None, :].astype(np.float32)
            frame = AudioFrame.from_ndarray(both, format="flt", layout="stereo")
            frame.sample_rate, frame.time_base = RATE, Fraction(1, RATE)
            frame.pts = self._sent + round(self.begins_s * RATE)
            assert self.hear is not None
            self.hear(frame)
            self._sent += RATE


class Nobody(Loudspeaker):
    """A device that is asked by the test."""

    def play(self, voice: Voice | None) -> None:
        """It takes whatever comes."""

    def state_of(self, voice: Voice) -> SoundState:
        return SoundState.HEARD


@pytest.fixture
def clip() -> Clip:
    return Clip()


@pytest.fixture
def sounding(clip: Clip) -> Iterator[Sounding]:
    sounding = Sounding(clip, 100, Nobody(), lambda _state: None)
    sounding.start()
    sounding.begin(RATE)
    yield sounding
    sounding.close()


def heard(sounding: Sounding, at: float) -> Samples:
    out = np.full((BLOCK, 2), 9.0, np.float32)
    sounding.fill(out, at)
    return out


def place_s(samples: Samples) -> float:
    """Where in the clip the end of a block is."""
    return float(samples[-1, 0]) / UNIT / RATE


def test_what_is_heard_belongs_to_the_moment(clip: Clip, sounding: Sounding) -> None:
    clip.send(4)
    assert not heard(sounding, BEGAN - 0.1).any()  # it has not begun
    for at in (0.5, 0.51, 2.0, 0.2):
        clip.command = PlayCommand(0, 1.0, BEGAN)
        end = place_s(heard(sounding, BEGAN + at))
        assert end == pytest.approx(at + BLOCK / RATE, abs=0.001)


@pytest.mark.parametrize("speed", [0.0, 2.0, 0.5, -1.0])
def test_at_other_speeds_nothing_is_heard(clip: Clip, sounding: Sounding, speed: float) -> None:
    clip.send(4)
    clip.command = PlayCommand(1_000_000, speed, BEGAN)
    assert not heard(sounding, BEGAN + 0.5).any()


def test_after_the_end_nothing_is_heard(clip: Clip, sounding: Sounding) -> None:
    clip.send(4)
    assert not heard(sounding, BEGAN + LENGTH_S + 1).any()


@pytest.mark.parametrize("error", [0.0, 0.0005, -0.0005, 0.002])
def test_a_device_whose_clock_goes_wrong_stays_in_step(
    clip: Clip, sounding: Sounding, error: float
) -> None:
    rng = np.random.default_rng(7)
    offs, jumps, before = [], 0, 0.0
    for number in range(1, 5500):
        moment = number * BLOCK / RATE * (1 + error)
        clip.send(moment + 1)
        # What a device says of itself trembles by some milliseconds.
        end = place_s(heard(sounding, BEGAN + moment + rng.uniform(-0.004, 0.004)))
        offs.append(end - moment - BLOCK / RATE)
        jumps += abs(end - before - BLOCK / RATE) > 0.001 and number > 1
        before = end
    assert np.abs(offs).max() < 0.045
    assert jumps <= abs(error) * 55 / 0.025 + 0.5


def test_a_track_gives_silence_where_it_holds_nothing() -> None:
    track = Soundtrack(1000)
    track.put(500, np.ones((100, 2), np.float32))
    track.put(700, np.ones((100, 2), np.float32))  # with a hole before it
    assert track.read(450, 400)[:, 0].tolist() == (
        [0.0] * 50 + [1.0] * 100 + [0.0] * 100 + [1.0] * 100 + [0.0] * 50
    )
    assert track.holds(620)
    assert not track.holds(499 - 500)


def test_a_track_forgets_what_is_long_gone_and_what_comes_twice() -> None:
    track = Soundtrack(100)
    for place in range(0, 3000, 50):
        values = np.arange(place, place + 50, dtype=np.float32)
        track.put(place, np.stack([values, values], axis=1))
        track.put(place, np.zeros((50, 2), np.float32))  # it is held already
    assert track.read(2500, 500)[:, 1].tolist() == [float(place) for place in range(2500, 3000)]
    assert not track.read(0, 100).any()
    assert not track.holds(1000)
    track.put(100, np.ones((10, 2), np.float32))  # from another place on
    assert track.ends == 110
    assert not track.holds(2500)
