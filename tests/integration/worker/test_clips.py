"""Clips that a worker cuts from the ring: packets in are packets out."""

import hashlib
import itertools
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from app.video.fragments import cut_to_whole, whole_part
from app.video.messages import ClipReport, CutClip, EndClip
from app.video.worker.coded_pictures import length_size, units
from tests.integration.worker.driver import Driver
from tests.integration.worker.media import Recipe, display_order, encode
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
        told = [r for r in worker.said if isinstance(r, ClipReport) and r.job == job]
        return next((r for r in told if r.phase not in ("writing", "checking")), None)

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


def test_a_clip_goes_on_until_it_is_ended(streamed: Driver, tmp_path: Path) -> None:
    ring_of(streamed, 2)
    file = tmp_path / "clip.mp4"
    job = cut(streamed, file, now_us(), None)
    begun_us = now_us()

    def has_grown() -> bool:
        told = (r for r in streamed.said if isinstance(r, ClipReport) and r.job == job)
        return any(report.end_us - report.start_us > 3_000_000 for report in told)

    streamed.wait(has_grown)
    streamed.send(EndClip(job, keep=True))
    ended_us = now_us()
    done = over(streamed, job)
    assert done.phase == "complete"
    assert not done.has_ended_early
    assert begun_us - 1_200_000 <= done.start_us + done.offset_us <= begun_us
    # With the newest picture that was there, and without those that came later.
    assert abs(done.end_us + done.offset_us - ended_us) < 400_000
    assert pictures_in(file) == done.pictures


def test_a_clip_that_is_thrown_away_leaves_nothing(streamed: Driver, tmp_path: Path) -> None:
    ring_of(streamed, 2)
    job = cut(streamed, tmp_path / "clip.mp4", now_us(), None)
    streamed.wait((tmp_path / "clip.mp4.part").exists)
    streamed.send(EndClip(job, keep=False))
    assert over(streamed, job).phase == "cancelled"
    assert list(tmp_path.iterdir()) == []


def test_a_clip_ends_with_its_stream_and_says_so(streamed: Driver, tmp_path: Path) -> None:
    ring_of(streamed, 2)
    file = tmp_path / "clip.mp4"
    job = cut(streamed, file, now_us() - 1_000_000, now_us() + 60_000_000)
    streamed.wait((tmp_path / "clip.mp4.part").exists)
    streamed.close_stream(1)
    done = over(streamed, job)
    assert done.phase == "complete"
    assert done.has_ended_early
    assert pictures_in(file) == done.pictures > 0


def test_several_clips_of_one_stream_do_not_disturb_each_other(
    streamed: Driver, camera: Camera, tmp_path: Path
) -> None:
    ring_of(streamed, 3)
    files = [tmp_path / f"{number}.mp4" for number in range(4)]
    now = now_us()
    jobs = [
        cut(streamed, file, now - 1_000_000 - at * 400_000, now + at * 400_000)
        for at, file in enumerate(files)
    ]
    done = [over(streamed, job) for job in jobs]
    sent = slices_sent(camera)
    for report, file in zip(done, files, strict=True):
        assert report.phase == "complete"
        kept = slices_kept(file)
        first = sent.index(kept[0])
        assert kept == [sent[(first + at) % len(sent)] for at in range(len(kept))]


def test_without_packets_there_is_no_clip(worker: Driver, tmp_path: Path) -> None:
    job = next(_JOBS)
    worker.send(CutClip(9, job, now_us(), None, False, str(tmp_path / "clip.mp4")))
    refused = over(worker, job)
    assert refused.phase == "failed"
    assert refused.trouble == "the camera is not connected"
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_gone_is_told_in_words(streamed: Driver, tmp_path: Path) -> None:
    ring_of(streamed, 2)
    refused = over(streamed, cut(streamed, tmp_path / "gone" / "clip.mp4", now_us(), None))
    assert refused.phase == "failed"
    assert refused.trouble == "the folder for clips is gone"


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(frames=60, gop=15, b_frames=2),
        Recipe("libx265", frames=60, gop=15, b_frames=2),
        Recipe(frames=60, gop=15, slices=4),
    ],
    ids=["h264-b", "hevc-b", "slices"],
)
@pytest.mark.parametrize("announces", [True, False], ids=["sdp", "in-band"])
def test_pictures_of_a_clip_can_all_be_decoded_in_their_order(
    worker: Driver, tmp_path: Path, recipe: Recipe, announces: bool
) -> None:
    codec = "H264" if recipe.codec == "libx264" else "H265"
    order = display_order(recipe) if recipe.b_frames else None
    camera = Camera(encode(recipe), codec=codec, order=order, parameters_in_sdp=announces)
    with Server(camera) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/cam")
        worker.opened(1)
        ring_of(worker, 2)
        file = tmp_path / "clip.mp4"
        done = over(worker, cut(worker, file, now_us() - 1_000_000, now_us() + 1_500_000))
        worker.close_stream(1)
    assert done.phase == "complete", done.trouble
    with av.open(str(file)) as source:
        levels = [int(frame.to_ndarray(format="gray").mean()) for frame in source.decode(video=0)]
    # In an open group the pictures that lead the first key frame need the group before it.
    leading = recipe.b_frames if codec == "H265" else 0
    assert done.pictures - leading <= len(levels) <= done.pictures
    # Each frame is ten levels brighter than the one before, up to the twentieth.
    steps = [(after - before) % 200 for before, after in itertools.pairwise(levels)]
    assert all(abs(step - 10) <= 4 for step in steps), steps


def test_a_killed_worker_leaves_a_part_that_can_be_played(camera: Camera, tmp_path: Path) -> None:
    part = tmp_path / "clip.mp4.part"
    with Server(camera) as server, Driver() as driver:
        driver.open(1, f"rtsp://127.0.0.1:{server.port}/cam")
        driver.opened(1)
        ring_of(driver, 4)
        cut(driver, tmp_path / "clip.mp4", now_us() - 3_000_000, None)
        driver.wait(lambda: part.exists() and whole_part(part) is not None)
        os.kill(driver.pid, signal.SIGKILL)
        driver.process.join(5)
    before = part.read_bytes()
    found = cut_to_whole(part)
    assert found is not None
    assert found.pictures == pictures_in(part) >= 15
    assert found.seconds == pytest.approx(found.pictures / 15, abs=0.2)
    assert before.startswith(part.read_bytes())
    assert found.bytes == part.stat().st_size
    sent, kept = slices_sent(camera), slices_kept(part)
    first = sent.index(kept[0])
    assert kept == [sent[(first + at) % len(sent)] for at in range(len(kept))]


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux limits other processes")
def test_a_file_that_cannot_grow_keeps_what_is_in_it(
    streamed: Driver, camera: Camera, tmp_path: Path
) -> None:
    ring_of(streamed, 4)
    file = tmp_path / "clip.mp4"
    room = 2 * sum(len(unit) for unit in camera.units)
    resource.prlimit(streamed.pid, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
    done = over(streamed, cut(streamed, file, now_us() - 4_000_000, now_us() + 8_000_000))
    assert done.phase == "broken"
    assert done.trouble == "the file is larger than the system allows"
    assert not file.with_name("clip.mp4.part").exists()
    assert done.pictures == pictures_in(file) > 0
    assert hashlib.sha256(file.read_bytes()).hexdigest() == done.sha256
    assert done.end_us - done.start_us == pytest.approx(done.pictures / 15 * 1e6, abs=200_000)
    # The next one has room again.
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.prlimit(streamed.pid, resource.RLIMIT_FSIZE, unlimited)
    done = over(streamed, cut(streamed, file, now_us() - 2_000_000, now_us()))
    assert done.phase == "complete"
