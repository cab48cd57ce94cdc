"""Files that are not as they should be: cut off, without pictures, unevenly paced, no files."""

import time
from pathlib import Path
from typing import Any

import av
import pytest

from app.domain.stream import Reason
from app.video.player_types import PlayCommand, PlayerPhase
from tests.fakes.code_clip import FPS, code_clip
from tests.fakes.sound_clip import make_sound_clip
from tests.integration.player.cinema import SECOND_US, Cinema, are_nearly_all

pytestmark = pytest.mark.timeout(120)
FRAGMENTED = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
GAPS = (1, 1, 6, 1, 2, 15, 1, 3)
"""Between one picture and the next, in pictures of an even pace."""


@pytest.fixture
def uneven(tmp_path: Path) -> Path:
    """The pictures of a code clip, each shown for another time."""
    file = tmp_path / "uneven.mp4"
    with (
        av.open(str(code_clip(3, frames=120).path)) as source,
        av.open(str(file), "w") as out,
    ):
        stream = out.add_stream_from_template(source.streams.video[0])
        at = 0
        for number, packet in enumerate(source.demux(video=0)):
            if packet.size:
                packet.stream = stream
                packet.pts = packet.dts = at
                packet.duration = GAPS[number % len(GAPS)] * _ticks(packet)
                at += packet.duration
                out.mux(packet)
    return file


def _ticks(packet: Any) -> int:
    return round(1 / FPS / float(packet.time_base))


def begins_us(number: int) -> float:
    """When a picture of the uneven clip is due."""
    passed = sum(GAPS[each % len(GAPS)] for each in range(number))
    return passed * SECOND_US / FPS


def test_uneven_pictures_are_shown_when_they_are_due(cinema: Cinema, uneven: Path) -> None:
    player = cinema.show(uneven)
    assert cinema.states[-1].duration_us == pytest.approx(begins_us(120), abs=10_000)
    for number in (5, 6, 61, 62, 119, 0):
        for at_us in (begins_us(number) + 1000, begins_us(number + 1) - 1000):
            cinema.link.go(player, PlayCommand(round(at_us), 0.0))
            cinema.until(lambda wanted=number: cinema.number() == wanted)  # type: ignore[misc]  # bound
            assert cinema.at_us() == pytest.approx(begins_us(number), abs=1000)
    assert [cinema.step(player, by) for by in (1, 1, 1, -1, -1)] == [1, 2, 3, 2, 1]


def test_uneven_pictures_go_back_when_they_are_due(cinema: Cinema, uneven: Path) -> None:
    player = cinema.show(uneven)
    cinema.link.go(player, PlayCommand(round(begins_us(41)) - 1000, 0.0))
    cinema.until(lambda: cinema.number() == 40)
    began = time.monotonic()
    cinema.link.go(player, PlayCommand(round(begins_us(41)) - 1000, -1.0, began))
    seen = cinema.numbers(lambda number: number <= 30)
    assert are_nearly_all(seen, 40, seen[-1])
    took = time.monotonic() - began
    assert took == pytest.approx((begins_us(41) - begins_us(31)) / SECOND_US, abs=0.5)


def test_a_clip_that_was_cut_off_is_shown_up_to_there(cinema: Cinema, tmp_path: Path) -> None:
    whole = make_sound_clip(tmp_path / "whole.mp4", options=FRAGMENTED)
    file = tmp_path / "cut.mp4"
    file.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    player = cinema.show(file)
    duration_us = cinema.states[-1].pictures_us
    assert 5 * SECOND_US < duration_us < 15 * SECOND_US
    last = round(duration_us / SECOND_US * FPS) - 1
    cinema.stand(player, last)
    cinema.link.go(player, PlayCommand(duration_us, -4.0, time.monotonic()))
    cinema.until(lambda: cinema.number() == 0)


def test_a_file_that_lacks_its_end_is_shown_up_to_there(cinema: Cinema, tmp_path: Path) -> None:
    whole = code_clip(3, frames=300).path.read_bytes()  # its table of pictures comes first
    file = tmp_path / "cut.mp4"
    file.write_bytes(whole[: len(whole) // 2])
    player = cinema.show(file)
    cinema.stand(player, 100)
    cinema.link.go(player, PlayCommand(round(6.0 * SECOND_US), 4.0, time.monotonic()))
    cinema.until(lambda: cinema.number() > 120)
    cinema.stand(player, 30)


@pytest.mark.parametrize("name", ["siren.mp4", "siren.mkv"])
def test_only_sound_is_no_video(cinema: Cinema, tmp_path: Path, name: str) -> None:
    file = make_sound_clip(tmp_path / name, seconds=2, pictures=0)
    assert cinema.fails(file) is Reason.NO_VIDEO


def test_the_cover_of_a_record_is_no_video(cinema: Cinema, tmp_path: Path) -> None:
    answers: list[bytes | None] = []
    cinema.link.still(cinema.open(code_clip(3, frames=300).path), 0, 320, answers.append)
    cinema.until(lambda: bool(answers))
    file = tmp_path / "record.mp4"
    _write_with_cover(file, answers[0] or b"")
    assert cinema.fails(file) is Reason.NO_VIDEO


def _write_with_cover(file: Path, jpeg: bytes) -> None:
    with av.open(str(file), "w") as out:
        sound: Any = out.add_stream("aac", rate=48_000)
        cover: Any = out.add_stream("mjpeg")
        cover.width, cover.height, cover.pix_fmt = 320, 180, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        silence = av.AudioFrame(format="fltp", layout="stereo", samples=1024)
        silence.sample_rate, silence.pts = 48_000, 0
        for plane in silence.planes:
            plane.update(bytes(plane.buffer_size))
        packet = av.Packet(jpeg)
        packet.stream, packet.pts, packet.dts, packet.is_keyframe = cover, 0, 0, True
        out.mux([packet, *sound.encode(silence), *sound.encode(None)])


@pytest.mark.parametrize("size", [0, 1, 100_000])
def test_garbage_is_said_to_be_damaged(cinema: Cinema, tmp_path: Path, size: int) -> None:
    file = tmp_path / "garbage.mp4"
    file.write_bytes(bytes(range(256)) * (size // 256) + bytes(size % 256))
    assert cinema.fails(file) is Reason.NOT_DECODABLE


def test_a_folder_is_no_clip(cinema: Cinema, tmp_path: Path) -> None:
    assert cinema.fails(tmp_path) in (Reason.NOT_FOUND, Reason.NOT_DECODABLE)


def test_a_snapshot_stands_still_backwards_too(cinema: Cinema, tmp_path: Path) -> None:
    answers: list[bytes | None] = []
    cinema.link.still(cinema.open(code_clip(3, frames=300).path), 0, 640, answers.append)
    cinema.until(lambda: bool(answers))
    snapshot = tmp_path / "street.jpg"
    snapshot.write_bytes(answers[0] or b"")
    player = cinema.show(snapshot)
    cinema.link.go(player, PlayCommand(40_000, -1.0, time.monotonic()))
    assert cinema.step(player, 1) == 0
    assert cinema.step(player, -1) == 0
    assert cinema.states[-1].phase is PlayerPhase.READY


# --- kinds of files -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reordered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures that are sent in another order than they are shown, with open groups."""
    file = tmp_path_factory.mktemp("clips") / "reordered.mp4"
    options = {"x264-params": "keyint=12:min-keyint=12:bframes=3:b-adapt=0:open-gop=1:scenecut=0"}
    with (
        av.open(str(code_clip(3, frames=120).path)) as source,
        av.open(str(file), "w") as out,
    ):
        stream: Any = out.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for frame in source.decode(video=0):
            frame.pict_type = av.video.frame.PictureType.NONE
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return file


@pytest.mark.parametrize("ending", ["mp4", "fragmented.mp4", "mkv", "ts", "mov"])
def test_any_picture_of_any_kind_of_file_both_ways(
    cinema: Cinema, reordered: Path, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / f"clip.{ending}"
    options = FRAGMENTED if ending.startswith("fragmented") else {}
    with av.open(str(reordered)) as source, av.open(str(file), "w", options=options) as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                out.mux(packet)
    player = cinema.show(file)
    for number in (60, 11, 12, 13, 119, 0, 47):
        cinema.stand(player, number)
    assert [cinema.step(player, by) for by in (1, 1, 1, -1, -1, -1)] == [48, 49, 50, 49, 48, 47]
    cinema.link.go(player, PlayCommand(round(47.5 * SECOND_US / FPS), -1.0, time.monotonic()))
    seen = cinema.numbers(lambda number: number <= 10)
    assert are_nearly_all(seen, 47, seen[-1])
