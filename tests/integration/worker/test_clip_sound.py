"""The sound of clips: what the microphone heard, beside the pictures of the same moment."""

import itertools
import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.codec.context import CodecContext
from av.packet import Packet
from numpy.typing import NDArray

from app.video.fragments import cut_to_whole
from app.video.messages import ClipReport, CutClip
from app.video.worker.player.reel import Reel
from app.video.worker.player.sound_reel import SoundReel
from tests.integration.worker.driver import Driver
from tests.integration.worker.media import Recipe, encode
from tests.integration.worker.servers import Camera, Server

RATE = 8000
_JOBS = itertools.count(1000)
_MOST_APART_S = 0.08
_SILENCE, _LOUD = 0xFF, 0x80
pytestmark = pytest.mark.timeout(120)


def ticking() -> bytes:
    """A second of mu-law: a noise of 50 ms at its beginning, of which no two pieces are alike."""
    dice = np.random.default_rng(3)
    second = np.full(RATE, _SILENCE, np.uint8)
    second[: RATE // 20] = np.where(dice.random(RATE // 20) < 0.5, _LOUD, _LOUD & 0x7F)
    return second.tobytes()


def linear(coded: bytes) -> NDArray[np.int16]:
    decoder: Any = CodecContext.create("pcm_mulaw", "r")
    decoder.sample_rate, decoder.layout = RATE, "mono"
    frames = decoder.decode(Packet(coded))
    return np.concatenate([frame.to_ndarray()[0] for frame in frames])


def heard(file: Path) -> NDArray[np.int16]:
    """All samples of a clip, from its beginning on."""
    with av.open(str(file)) as source:
        frames = list(source.decode(audio=0))
    first = frames[0]
    assert first.pts is not None
    assert first.time_base is not None
    before = np.zeros(round(first.pts * first.time_base * RATE), np.int16)
    return np.concatenate([before, *(frame.to_ndarray()[0] for frame in frames)])


def ticks(samples: NDArray[np.int16]) -> list[float]:
    """Where the noises begin, in seconds."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > 10_000)
    begins = loud[np.flatnonzero(np.diff(loud, prepend=-RATE) > RATE // 2)]
    return [float(each) / RATE for each in begins]


def cut(worker: Driver, file: Path, seconds: float = 4.0) -> ClipReport:
    """A clip of the last seconds and of half a second to come."""
    job, now_us = next(_JOBS), time.time_ns() // 1000
    worker.send(CutClip(1, job, now_us - int(seconds * 1e6), now_us + 500_000, False, str(file)))

    def find() -> ClipReport | None:
        told = [r for r in worker.said if isinstance(r, ClipReport) and r.job == job]
        return next((r for r in told if r.phase not in ("writing", "checking")), None)

    return worker.wait(find)


def ring_of(worker: Driver, seconds: float) -> None:
    while worker.figures(1).ring_seconds < seconds:
        pass


@pytest.fixture
def units() -> list[bytes]:
    return encode(Recipe(frames=60, gop=15))


@pytest.fixture(params=[0.0, 3600.0], ids=["right clock", "an hour wrong"])
def camera(request: pytest.FixtureRequest, units: list[bytes]) -> Camera:
    return Camera(units, sound=ticking(), clock_offset_s=request.param)


@pytest.fixture
def streamed(worker: Driver, camera: Camera) -> Iterator[Driver]:
    with Server(camera) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/cam", has_sound=True)
        worker.opened(1)
        yield worker
        if worker.process.is_alive():
            worker.close_stream(1)


def test_sound_is_kept_in_step_and_without_loss(
    streamed: Driver, camera: Camera, tmp_path: Path
) -> None:
    ring_of(streamed, 6)
    file = tmp_path / "clip.mp4"
    done = cut(streamed, file)
    assert (done.phase, done.trouble) == ("complete", "")
    assert done.sound == "received as pcm_mulaw, expanded to linear samples without loss"
    samples = heard(file)
    assert len(samples) / RATE == pytest.approx((done.end_us - done.start_us) / 1e6, abs=0.15)
    found = ticks(samples)
    assert len(found) >= 4
    begun = camera.begun + camera.clock_offset_s
    apart = [(done.start_us / 1e6 + at - begun + 0.5) % 1 - 0.5 for at in found]
    assert max(map(abs, apart)) < _MOST_APART_S, apart
    # From the first noise on each sample is the one that was sent.
    sent = linear(ticking())
    first = round(found[0] * RATE)
    second = samples[first : first + 2 * RATE]
    assert np.array_equal(second, np.concatenate([sent, sent])[: len(second)])


def test_the_clip_player_hears_it_where_it_belongs(
    streamed: Driver, camera: Camera, tmp_path: Path
) -> None:
    ring_of(streamed, 6)
    file = tmp_path / "clip.mp4"
    done = cut(streamed, file)
    begun = camera.begun + camera.clock_offset_s
    with closing(Reel(str(file))) as pictures:
        begins_s = pictures.begins_s
    with closing(SoundReel(str(file), begins_s, 48_000)) as reel:
        for sought_s in (0.0, 2.5, 1.0):
            reel.seek(sought_s)
            loud: list[int] = []
            while (found := reel.read()) is not None:
                for place, samples in found:
                    loud += [place + int(at) for at in np.flatnonzero(np.abs(samples[:, 0]) > 0.3)]
            first_s = min(at for at in loud if at >= sought_s * 48_000) / 48_000
            apart = (done.start_us / 1e6 + first_s - begun) % 1
            # Within a noise of 50 ms, or at its beginning.
            assert apart < 0.05 + _MOST_APART_S or apart > 1 - _MOST_APART_S, sought_s


def test_a_camera_that_is_not_asked_gives_no_sound(
    worker: Driver, units: list[bytes], tmp_path: Path
) -> None:
    with Server(Camera(units, sound=ticking())) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/cam")
        worker.opened(1)
        ring_of(worker, 2)
        done = cut(worker, tmp_path / "clip.mp4", 2)
        worker.close_stream(1)
    assert (done.phase, done.sound) == ("complete", "not received: it was not asked for")
    with av.open(str(tmp_path / "clip.mp4")) as source:
        assert not source.streams.audio


def test_a_camera_without_a_microphone_is_said_to_have_none(
    worker: Driver, units: list[bytes], tmp_path: Path
) -> None:
    with Server(Camera(units)) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/cam", has_sound=True)
        worker.opened(1)
        ring_of(worker, 3)
        done = cut(worker, tmp_path / "clip.mp4", 2)
        worker.close_stream(1)
    assert done.phase == "complete"
    assert "the camera sends no sound" in done.sound


def test_after_a_lost_connection_sound_goes_on_where_it_is_heard(
    worker: Driver, units: list[bytes], tmp_path: Path
) -> None:
    camera = Camera(units, sound=ticking())
    with Server(camera) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/cam", has_sound=True)
        worker.opened(1)
        ring_of(worker, 5)
        assert camera.lose_sound()
        worker.wait(lambda: camera.sound_connections > 1)
        lost_s = camera.sound_lost_s
        ring_of(worker, 9 + lost_s)
        done = cut(worker, tmp_path / "clip.mp4", 8 + lost_s)
        worker.close_stream(1)
    assert (done.phase, done.trouble) == ("complete", "")
    found = ticks(heard(tmp_path / "clip.mp4"))
    apart = [(done.start_us / 1e6 + at - camera.begun + 0.5) % 1 - 0.5 for at in found]
    assert max(map(abs, apart)) < _MOST_APART_S, apart
    pauses = np.diff(found)
    assert pauses.max() > 1.5  # what was missed is silent
    assert np.count_nonzero(np.abs(pauses - 1) < 0.1) >= 4


def test_a_worker_that_is_killed_leaves_pictures_and_sound(
    streamed: Driver, tmp_path: Path
) -> None:
    ring_of(streamed, 5)
    file = tmp_path / "clip.mp4"
    part = file.with_name("clip.mp4.part")
    now_us = time.time_ns() // 1000
    streamed.send(CutClip(1, next(_JOBS), now_us - 4_000_000, None, False, str(file)))
    streamed.wait(lambda: part.exists() and part.stat().st_size > 30_000)
    os.kill(streamed.pid, signal.SIGKILL)
    streamed.process.join(5)
    whole = cut_to_whole(part)
    assert whole is not None
    assert whole.pictures >= 15
    with av.open(str(part)) as source:
        assert sum(1 for _ in source.decode(video=0)) == whole.pictures
    assert len(ticks(heard(part))) >= 1
