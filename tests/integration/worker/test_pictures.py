"""What arrives on the board: every codec and shape, at the right time, of the right frame."""

import random
import time
from pathlib import Path

import numpy as np
import pytest

from app.domain.geometry import Crop
from app.domain.stream import Effort, PictureClock, Reason
from app.video.board import BoardPicture
from tests.integration.worker.driver import Driver
from tests.integration.worker.media import Recipe, container, display_order, encode, level_of
from tests.integration.worker.servers import Camera, Server, http


def grey(picture: BoardPicture) -> float:
    """The mean level of the middle of the picture."""
    facts = picture.facts
    rows = np.frombuffer(picture.pixels, np.uint8).reshape(facts.height, facts.stride)
    middle = rows[facts.height // 3 : -facts.height // 3]
    pixels = middle.reshape(-1, facts.width, 4)[:, facts.width // 3 : -facts.width // 3, :3]
    return float(pixels.mean())


def nearest_level(value: float) -> float:
    """How far from a frame's grey; encoding and two conversions cost up to 3.7 of 255."""
    return min(abs(value - level_of(frame)) for frame in range(20))


RECIPES = {
    "H.264": (Recipe(), "H264"),
    "several slices": (Recipe(slices=4), "H264"),
    "full range": (Recipe(pix_fmt="yuvj420p"), "H264"),
    "4:2:2": (Recipe(pix_fmt="yuv422p"), "H264"),
    "10 bit": (Recipe(pix_fmt="yuv420p10le"), "H264"),
    "odd size": (Recipe(width=322, height=186), "H264"),
    "HEVC": (Recipe(codec="libx265"), "H265"),
    "HEVC 10 bit": (Recipe(codec="libx265", pix_fmt="yuv420p10le"), "H265"),
}


@pytest.mark.parametrize(("recipe", "name"), RECIPES.values(), ids=RECIPES.keys())
def test_every_encoding_is_shown(worker: Driver, recipe: Recipe, name: str) -> None:
    with Server(Camera(encode(recipe), name)) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/x")
        worker.show(1, worker.view(0))
        picture = worker.picture(0, beyond=3)
        facts = picture.facts
        assert (facts.source_width, facts.source_height) == (recipe.width, recipe.height)
        assert facts.height == 90 or facts.width == 160
        assert nearest_level(grey(picture)) < 4
        assert worker.figures(1).errors == 0


def test_motion_jpeg_over_http(worker: Driver) -> None:
    body = container(Recipe("mjpeg", frames=150, pix_fmt="yuvj420p"), "mpjpeg")
    kind = "multipart/x-mixed-replace;boundary=ffmpeg"
    with Server(http(body, kind, rate=len(body) / 10)) as server:
        worker.open(1, f"http://127.0.0.1:{server.port}/x")
        worker.show(1, worker.view(0))
        picture = worker.picture(0, beyond=3)
        assert worker.opened(1).codec == "mjpeg"
        assert nearest_level(grey(picture)) < 4
        assert picture.facts.clock is PictureClock.ARRIVAL


def test_transport_stream_over_http_with_sound(worker: Driver) -> None:
    body = container(Recipe(frames=150), "mpegts", audio=True)
    with Server(http(body, "video/mp2t", rate=len(body) / 10)) as server:
        worker.open(1, f"http://127.0.0.1:{server.port}/x")
        worker.show(1, worker.view(0))
        assert nearest_level(grey(worker.picture(0, beyond=3))) < 4


def test_sound_and_metadata_tracks_are_left_alone(worker: Driver) -> None:
    with Server(Camera(encode(Recipe()), extra_tracks=True)) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/x")
        worker.show(1, worker.view(0))
        picture = worker.picture(0, beyond=20)
        assert picture.facts.clock is PictureClock.CAMERA


def test_no_sender_report_leaves_the_time_of_arrival(worker: Driver) -> None:
    with Server(Camera(encode(Recipe()), sender_reports=False)) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/x")
        worker.show(1, worker.view(0))
        facts = worker.picture(0, beyond=20).facts
    assert facts.clock is PictureClock.ARRIVAL
    assert facts.utc_us == facts.arrival_us
    assert facts.offset_us == 0


@pytest.mark.parametrize("offset_s", [0.0, 37.5, -3600.0])
def test_a_wrong_camera_clock_neither_hides_nor_fakes_a_delay(
    worker: Driver, offset_s: float
) -> None:
    with Server(Camera(encode(Recipe()), clock_offset_s=offset_s)) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/x")
        worker.show(1, worker.view(0))
        facts = worker.picture(0, beyond=25).facts
        assert facts.clock is PictureClock.CAMERA
        assert facts.offset_us / 1e6 == pytest.approx(-offset_s, abs=0.08)
        # One frame is held back by FFmpeg's parser, and that is part of the age.
        assert 0.04 < facts.age_s(facts.published_us) < 0.25
        figures = worker.figures(1)
        assert figures.has_camera_clock


def test_b_frames_carry_their_own_times(worker: Driver) -> None:
    recipe = Recipe(b_frames=2, frames=61, gop=15)
    units = encode(recipe)
    order = display_order(recipe)
    with Server(Camera(units, order=order)) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/x")
        worker.show(1, worker.view(0))
        seen: list[tuple[int, float, int]] = []
        last = 25
        for _ in range(12):
            picture = worker.picture(0, beyond=last)
            last = picture.sequence
            seen.append((picture.facts.pts, grey(picture), picture.facts.utc_us))
    times = [pts for pts, _level, _utc in seen]
    assert times == sorted(times)
    for pts, level, utc_us in seen:
        first_pts, _first_level, first_utc = seen[0]
        assert nearest_level(level) < 4
        assert (utc_us - first_utc) / 1e6 == pytest.approx((pts - first_pts) / 90_000, abs=0.005)


def test_change_of_resolution_in_mid_stream(worker: Driver) -> None:
    small = encode(Recipe(width=320, height=180, frames=15))
    large = encode(Recipe(width=640, height=480, frames=45))
    with Server(Camera(small + large)) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/x")
        worker.show(1, worker.view(0))

        def large_one() -> BoardPicture | None:
            picture = worker.picture(0)
            return picture if picture.facts.source_height == 480 else None

        picture = worker.wait(large_one)
        assert (picture.facts.width, picture.facts.height) == (120, 90)
        assert nearest_level(grey(picture)) < 4


def test_views_come_and_go_and_a_dropped_slot_stays_as_it_is(worker: Driver) -> None:
    with Server(Camera(encode(Recipe()))) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/x")
        worker.show(1, worker.view(0), worker.view(1, 320, 180))
        assert worker.picture(0).facts.width == 160
        assert worker.picture(1).facts.width == 320
        version = worker.show(1, worker.view(1, 320, 180))
        worker.wait(lambda: any(getattr(r, "version", 0) == version for r in worker.said))
        stopped_at = worker.reader.sequence(0)
        went_on_from = worker.reader.sequence(1)
        worker.picture(1, beyond=went_on_from + 5)
        assert worker.reader.sequence(0) == stopped_at


def test_crop_shows_that_part_of_the_source(worker: Driver) -> None:
    with Server(Camera(encode(Recipe()))) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/x")
        view = worker.view(0, crop=Crop(0.25, 0.5, 0.5, 0.5))
        worker.show(1, view)
        facts = worker.picture(0, beyond=2).facts
        assert (facts.crop.x, facts.crop.y) == (0.25, 0.5)
        assert (facts.width, facts.height) == (160, 90)


def test_a_warm_stream_is_shown_at_once(worker: Driver) -> None:
    """Key frames come each four seconds; the picture may not wait for one, nor for a packet."""
    units = encode(Recipe(gop=60))
    with Server(Camera(units, on_unit=lambda index, _client: index < 40)) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/x", read_timeout_s=10.0)
        worker.wait(lambda: worker.figures(1).packets >= 39)
        before = worker.figures(1)
        assert before.decoded == 0
        assert before.ring_seconds > 2
        began = time.monotonic()
        worker.show(1, worker.view(0))
        picture = worker.picture(0)
        assert time.monotonic() - began < 0.5
        assert picture.sequence == 1
        # The newest of what has come: 39 pictures are out of the parser.
        assert picture.facts.pts == pytest.approx(38 * 6000, abs=6000)
        assert worker.figures(1).errors == 0


def test_key_frames_only_and_back(worker: Driver) -> None:
    with Server(Camera(encode(Recipe(gop=15, b_frames=2)))) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/x")
        worker.show(1, worker.view(0), effort=Effort.KEY_FRAMES)
        worker.picture(0)
        first = worker.figures(1)
        second = worker.figures(1)
        worker.wait(lambda: worker.figures(1).published >= second.published + 2)
        third = worker.figures(1)
        assert third.published - first.published <= (third.packets - first.packets) / 15 + 2
        worker.show(1, worker.view(0), effort=Effort.FULL)
        full_from = worker.figures(1)
        worker.wait(lambda: worker.figures(1).published >= full_from.published + 20)
        assert worker.figures(1).errors == 0


def test_garbage_after_pictures_ends_or_recovers_without_a_crash(worker: Driver) -> None:
    dice = random.Random(5)
    units = [
        bytes(
            b ^ (1 << dice.randrange(8)) if dice.random() < 0.02 and at > 40 else b
            for at, b in enumerate(unit)
        )
        for unit in encode(Recipe())
    ]
    with Server(Camera(units)) as server:
        worker.open(1, f"rtsp://127.0.0.1:{server.port}/x")
        worker.show(1, worker.view(0))
        worker.opened(1)
        worker.wait(lambda: worker.figures(1).packets > 60)
        assert worker.process.is_alive()
        assert worker.close_stream(1).reason == Reason.NONE.value


def test_libvlc_plays_a_file_and_a_transport_stream(worker: Driver, tmp_path: Path) -> None:
    assert worker.ready.vlc == "", "packaging/dev.py installs libVLC"
    body = container(Recipe(frames=150), "mpegts")
    (tmp_path / "clip.ts").write_bytes(body)
    worker.open(1, (tmp_path / "clip.ts").as_uri(), engine="vlc")
    worker.show(1, worker.view(0))
    picture = worker.picture(0, beyond=3)
    assert worker.opened(1).engine == "vlc"
    assert (picture.facts.width, picture.facts.height) == (160, 90)
    assert nearest_level(grey(picture)) < 4
    assert picture.facts.clock is PictureClock.ARRIVAL
    with Server(http(body, "video/mp2t", rate=len(body) / 10)) as server:
        worker.open(2, f"http://127.0.0.1:{server.port}/clip.ts", engine="vlc")
        worker.show(2, worker.view(1))
        assert nearest_level(grey(worker.picture(1, beyond=3))) < 4
        assert worker.close_stream(2).reason == Reason.NONE.value
    worker.close_stream(1)


def test_libvlc_without_rtsp_says_so(worker: Driver) -> None:
    worker.open(1, "rtsp://127.0.0.1:1/x", engine="vlc")
    reason = Reason.REFUSED if worker.ready.vlc_rtsp else Reason.VLC_NO_RTSP
    assert worker.ended(1).reason == reason.value
