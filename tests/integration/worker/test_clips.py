"""Clips that a worker cuts from the ring: packets in are packets out."""

import hashlib
import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from app.video.messages import ClipReport, CutClip
from app.video.worker.coded_pictures import length_size, units
from tests.integration.worker.driver import Driver
from tests.integration.worker.media import Recipe, encode
from tests.integration.worker.servers import Camera, Server

_JOBS = itertools.count(1)
pytestmark = pytest.mark.timeout(120)


def slices_sent(camera: Camera) -> list[bytes]:
    """SHA-256 of each access unit's coded slices, as the camera sends them in a round."""
    return [_slices(unit, camera.codec.lower(), 0) for unit in camera.units]


def slices_kept(file: Path) -> list[bytes]:
    """The same for what a file holds."""
    with av.open(str(file)) as source:
        video = source.streams.video[0]
        codec = video.codec_context.name
        prefix = length_size(codec, bytes(video.codec_context.extradata or b""))
        return [_slices(bytes(p), codec, prefix) for p in source.demux(video) if p.size]


def _slices(data: bytes, codec: str, prefix: int) -> bytes:
    digest = hashlib.sha256()
    for unit in units(data, prefix):
        is_slice = 1 <= unit[0] & 0x1F <= 5 if codec == "h264" else (unit[0] >> 1) & 0x3F < 32
        if is_slice:
            digest.update(unit)
    return digest.digest()


def pictures_in(file: Path) -> int:
    """How many can be decoded."""
    with av.open(str(file)) as source:
        return sum(1 for _ in source.decode(video=0))


def over(worker: Driver, job: int) -> ClipReport:
    """The last report of a clip."""

    def find() -> ClipReport | None:
        for report in worker.said:
            is_ours = isinstance(report, ClipReport) and report.job == job
            if is_ours and report.phase not in ("writing", "checking"):
                return report
        return None

    return worker.wait(find)


def cut(
    worker: Driver, file: Path, start_us: int, end_us: int | None, *, by_camera: bool = False
) -> int:
    job = next(_JOBS)
    worker.send(CutClip(1, job, start_us, end_us, by_camera, str(file)))
    return job


def now_us() -> int:
    return time.time_ns() // 1000


def ring_of(worker: Driver, seconds: float) -> None:
    while worker.figures(1).ring_seconds < seconds:
        pass


@pytest.fixture(params=["H264", "H265"])
def camera(request: pytest.FixtureRequest) -> Camera:
    codec = {"H264": "libx264", "H265": "libx265"}[request.param]
    recipe = Recipe(codec, frames=60, gop=15, slices=3 if codec == "libx264" else 1)
    return Camera(encode(recipe), codec=request.param)


@pytest.fixture
def streamed(worker: Driver, camera: Camera) -> Iterator[Driver]:
    with Server(camera) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/cam")
        worker.opened(1)
        yield worker
        worker.close_stream(1)


def test_slices_of_a_clip_are_those_that_the_camera_sent(
    streamed: Driver, camera: Camera, tmp_path: Path
) -> None:
    ring_of(streamed, 3)
    file = tmp_path / "clip.mp4"
    start_us, end_us = now_us() - 2_000_000, now_us() + 2_000_000
    done = over(streamed, cut(streamed, file, start_us, end_us))
    assert done.phase == "complete", done.trouble
    assert not file.with_name("clip.mp4.part").exists()
    sent, kept = slices_sent(camera), slices_kept(file)
    first = sent.index(kept[0])
    assert first % 15 == 0
    assert kept == [sent[(first + at) % len(sent)] for at in range(len(kept))]
    assert len(kept) == done.pictures == pictures_in(file)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == done.sha256
    assert done.bytes == file.stat().st_size
    assert (done.width, done.height) == (320, 180)
    # From the key frame before the start, up to the end.
    assert start_us - 1_200_000 <= done.start_us + done.offset_us <= start_us
    assert abs(done.end_us + done.offset_us - end_us) < 150_000
    assert done.gaps == []
