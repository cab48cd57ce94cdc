"""What is heard of clips at a real output device: tones that tell the second of the clip."""

import sys
from pathlib import Path

import pytest

from app.video.player_types import SoundState
from tests.fakes.code_clip import FPS, code_clip
from tests.fakes.pulse import Ear, Pulse
from tests.fakes.sound_clip import make_sound_clip, tone_of
from tests.integration.player.cinema import SECOND_US, Cinema
from tests.integration.player.hearing import (
    falls_silent,
    hears,
    is_in_step,
    is_state,
    pictures_go_on,
    play,
    raise_volume,
)

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(sys.platform != "linux", reason="PulseAudio is heard on Linux"),
]
FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_sound_clip(tmp_path_factory.mktemp("clips") / "street.mp4")


def test_it_is_silent_at_first_then_in_step_with_the_pictures(
    cinema: Cinema, pulse: Pulse, ear: Ear, clip: Path
) -> None:
    player = cinema.show(clip)
    play(cinema, player, 0)
    cinema.until(lambda: cinema.number() >= 10)
    assert cinema.states[-1].has_sound
    assert ear.loudness(0.5) == 0.0
    assert pulse.players == 0
    cinema.link.set_volume(player, 100)
    cinema.until(lambda: ear.loudness(0.1) > 0.1)
    assert is_state(cinema, SoundState.HEARD)
    is_in_step(cinema, ear, (3, 4, 5))
    cinema.link.set_volume(player, 0)
    cinema.until(lambda: pulse.players == 0)
    falls_silent(cinema, ear)
    assert is_state(cinema, SoundState.SILENT)


def test_it_goes_along_where_the_picture_goes(cinema: Cinema, ear: Ear, clip: Path) -> None:
    player = cinema.show(clip)
    raise_volume(cinema, player, ear)
    play(cinema, player, 2)
    hears(cinema, ear, 2)
    play(cinema, player, 12)
    hears(cinema, ear, 12)
    play(cinema, player, 5.2)
    hears(cinema, ear, 5)
    play(cinema, player, 6, 0.0)
    falls_silent(cinema, ear)
    play(cinema, player, 6)
    hears(cinema, ear, 6)
    cinema.step(player, 1)
    falls_silent(cinema, ear)
    play(cinema, player, 19)
    hears(cinema, ear, 19)
    hears(cinema, ear, 0)
    hears(cinema, ear, 1)


def test_other_speeds_and_backwards_are_silent(cinema: Cinema, ear: Ear, clip: Path) -> None:
    player = cinema.show(clip)
    raise_volume(cinema, player, ear)
    for second, speed in ((1, 2.0), (4, 0.5), (18, -1.0)):
        play(cinema, player, 8)
        hears(cinema, ear, 8)
        play(cinema, player, second, speed)
        falls_silent(cinema, ear)


def test_the_volume_is_how_loud_it_is(cinema: Cinema, ear: Ear, clip: Path) -> None:
    player = cinema.show(clip)
    play(cinema, player, 1)
    heights = []
    for volume in (100, 50):
        cinema.link.set_volume(player, volume)
        cinema.until(lambda: ear.loudness(0.1) > 0.01)
        wanted = 0.5 * (volume / 100) ** 2
        cinema.until(lambda wanted=wanted: abs(ear.loudness(0.2) - wanted) < 0.1 * wanted)  # type: ignore[misc]  # bound
        heights.append(ear.loudness(0.2))
    assert heights[1] < heights[0]


@pytest.mark.parametrize(
    ("name", "codec", "rate", "layout"),
    [
        ("recorded.mp4", "aac", 48_000, "stereo"),
        ("recorded.mp4", "pcm_s16be", 8_000, "mono"),
        ("camera.mov", "pcm_alaw", 8_000, "mono"),
        ("camera.mov", "pcm_mulaw", 8_000, "mono"),
        ("camera.mkv", "libopus", 48_000, "mono"),
        ("camera.ts", "mp2", 44_100, "stereo"),
        ("camera.mkv", "mp3", 44_100, "mono"),
        ("camera.mkv", "pcm_s16le", 16_000, "mono"),
    ],
)
def test_every_kind_of_sound_is_heard_from_any_place(
    cinema: Cinema, ear: Ear, tmp_path: Path, name: str, codec: str, rate: int, layout: str
) -> None:
    options = FRAGMENTED if name == "recorded.mp4" else {}
    file = make_sound_clip(tmp_path / name, codec, rate=rate, layout=layout, options=options)
    player = cinema.show(file)
    raise_volume(cinema, player, ear)
    for second in (11, 3):
        play(cinema, player, second)
        hears(cinema, ear, second)


def test_one_clip_is_heard_at_a_time(cinema: Cinema, pulse: Pulse, ear: Ear, clip: Path) -> None:
    first = cinema.show(clip)
    second = cinema.open(clip)
    raise_volume(cinema, first, ear)
    assert ear.pitch() < tone_of(9)
    play(cinema, second, 10)
    cinema.link.set_volume(second, 100)
    cinema.until(lambda: ear.pitch() > tone_of(9))
    assert pulse.players == 1
    cinema.link.close(second)
    falls_silent(cinema, ear)
    cinema.until(lambda: pulse.players == 0)


def test_a_clip_without_sound_opens_no_device(cinema: Cinema, pulse: Pulse) -> None:
    player = cinema.show(code_clip(3, frames=300).path)
    assert not cinema.states[-1].has_sound
    cinema.link.set_volume(player, 100)
    play(cinema, player, 0)
    pictures_go_on(cinema)
    assert pulse.players == 0


def test_sound_that_is_longer_is_heard_to_its_end(cinema: Cinema, ear: Ear, tmp_path: Path) -> None:
    file = make_sound_clip(tmp_path / "short.mp4", seconds=8, pictures=3 * FPS)
    player = cinema.show(file)
    state = cinema.states[-1]
    assert state.pictures_us == pytest.approx(3 * SECOND_US, abs=1000)
    assert state.duration_us == pytest.approx(8 * SECOND_US, rel=0.01)
    raise_volume(cinema, player, ear)
    play(cinema, player, 2)
    hears(cinema, ear, 5)
    assert cinema.number() == 3 * FPS - 1
    play(cinema, player, 4, -2.0)
    cinema.until(lambda: cinema.number() == 20)


# --- devices that fail ----------------------------------------------------------------------------


def test_without_a_device_it_says_so_and_the_pictures_go_on(
    cinema: Cinema, pulse: Pulse, clip: Path
) -> None:
    pulse.stop()
    player = cinema.show(clip)
    play(cinema, player, 0)
    cinema.link.set_volume(player, 100)
    cinema.until(lambda: is_state(cinema, SoundState.NO_DEVICE, SoundState.REFUSED))
    pictures_go_on(cinema)


def test_without_the_library_it_says_so(
    cinema: Cinema, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sounddevice.py").write_text("raise OSError('PortAudio library not found')\n")
    monkeypatch.syspath_prepend(tmp_path)
    player = cinema.show(clip)
    play(cinema, player, 0)
    cinema.link.set_volume(player, 100)
    cinema.until(lambda: is_state(cinema, SoundState.NO_LIBRARY))
    pictures_go_on(cinema)


def test_a_device_that_goes_is_told_and_heard_again_when_it_is_back(
    cinema: Cinema, pulse: Pulse, clip: Path
) -> None:
    player = cinema.show(clip)
    play(cinema, player, 0)
    cinema.link.set_volume(player, 100)
    cinema.until(lambda: is_state(cinema, SoundState.HEARD))
    pulse.stop()
    cinema.until(lambda: is_state(cinema, SoundState.LOST, SoundState.HANGS))
    pictures_go_on(cinema)
    pulse.start()
    cinema.until(lambda: is_state(cinema, SoundState.HEARD), 40)
    with pulse.listen() as ear:
        cinema.until(lambda: ear.loudness(0.1) > 0.1)
        play(cinema, player, 7)
        hears(cinema, ear, 7)


def test_a_device_that_hangs_keeps_no_picture_waiting(
    cinema: Cinema, pulse: Pulse, clip: Path
) -> None:
    player = cinema.show(clip)
    play(cinema, player, 0)
    cinema.link.set_volume(player, 100)
    cinema.until(lambda: is_state(cinema, SoundState.HEARD))
    pulse.freeze()
    cinema.until(lambda: is_state(cinema, SoundState.HANGS))
    pictures_go_on(cinema)
    cinema.link.set_volume(player, 0)
    cinema.until(lambda: is_state(cinema, SoundState.SILENT))
    play(cinema, player, 3)
    cinema.link.set_volume(player, 100)
    cinema.until(lambda: is_state(cinema, SoundState.HANGS))
    pictures_go_on(cinema)
    pulse.thaw()
    cinema.until(lambda: is_state(cinema, SoundState.HEARD))
