"""Recorders' addresses: what comes at its own pace, with its sound, and does not lie when late."""

import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from app.video.player_types import PlayCommand
from tests.fakes.code_clip import FPS
from tests.fakes.gst_server import GstServer, missing_reason
from tests.fakes.pulse import Ear
from tests.fakes.recorder import Recorder
from tests.fakes.sound_clip import make_sound_clip
from tests.integration.player.cinema import SECOND_US, Cinema
from tests.integration.player.hearing import hears, is_in_step, raise_volume

_MISSING = missing_reason()
pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(sys.platform != "linux", reason="PulseAudio is heard on Linux"),
    pytest.mark.skipif(_MISSING is not None, reason=_MISSING or ""),
]
STALLS_S = 3.0


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    file = make_sound_clip(tmp_path / "recorded.mov", "pcm_mulaw", rate=8_000)
    with Recorder(file) as recorder:
        yield recorder


def go(cinema: Cinema, player: int, second: float, speed: float = 1.0) -> PlayCommand:
    command = PlayCommand(round(second * SECOND_US), speed, time.monotonic())
    cinema.link.go(player, command)  # type: ignore[arg-type]  # a number
    return command


def test_a_recording_is_heard_in_step_and_sought(
    cinema: Cinema, ear: Ear, recorder: Recorder
) -> None:
    player = cinema.show(recorder.url)
    assert cinema.states[-1].is_stream
    assert cinema.states[-1].is_seekable
    raise_volume(cinema, player, ear)
    is_in_step(cinema, ear, (3, 4))
    go(cinema, player, 12)
    cinema.until(lambda: 12 * FPS - 2 <= cinema.number() <= 14 * FPS)
    hears(cinema, ear, 14)
    is_in_step(cinema, ear, (16, 17))


def test_every_picture_is_shown_and_where_it_stalls_its_clock_waits(
    cinema: Cinema, recorder: Recorder
) -> None:
    player = cinema.show(recorder.url)
    command = go(cinema, player, 0)
    seen = cinema.numbers(lambda number: number >= 20)
    recorder.freeze()
    stalled = time.monotonic()
    seen += cinema.numbers(lambda _number: time.monotonic() - stalled > STALLS_S)
    last = seen[-1]
    recorder.thaw()
    seen += cinema.numbers(lambda number: number >= last + 30)
    numbers = sorted(set(seen))
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert seen == sorted(seen)
    assert all(after - before <= 1 for before, after in pairwise(seen))
    # It says where it is: by its command alone it would be seconds further.
    line = cinema.states[-1].line
    assert line is not None
    now = time.monotonic()
    is_at = PlayCommand(line.position_us, 1.0, line.since).position_at(now, 0)
    assert is_at == pytest.approx(cinema.at_us(), abs=0.2 * SECOND_US)
    assert command.position_at(now, 0) > is_at + (STALLS_S - 1) * SECOND_US


def test_it_is_stepped_and_paused(cinema: Cinema, recorder: Recorder) -> None:
    player = cinema.show(recorder.url)
    go(cinema, player, 0)
    cinema.until(lambda: cinema.number() >= 20)
    first = cinema.step(player, 1)
    assert [cinema.step(player, 1) for _ in range(3)] == [first + 1, first + 2, first + 3]
    go(cinema, player, (first + 3.5) / FPS)
    cinema.until(lambda: cinema.number() >= first + 20)


def test_a_live_stream_only_plays_on(cinema: Cinema) -> None:
    with GstServer(1) as server:
        player = cinema.show(server.url(0))
        state = cinema.states[-1]
        assert (state.is_stream, state.is_seekable, state.duration_us) == (True, False, 0)
        go(cinema, player, 0)
        first = cinema.number()
        seen = cinema.numbers(lambda number: number >= first + 3 * FPS)
        assert seen == list(range(seen[0], seen[-1] + 1))
        go(cinema, player, 1, -1.0)  # the service refuses it; here it stands
        stands = cinema.step(player, 1)
        go(cinema, player, (stands - first + 0.5) / FPS)
        cinema.until(lambda: cinema.number() >= stands + FPS)
