"""Packets go into a file and come out of it as they were, wherever the writing stops."""

import io
import random
from pathlib import Path

import av
import pytest
from av.video.stream import VideoStream

from app.video.fragments import cut_to_whole, whole_part
from app.video.worker.clip_mux import ClipMuxer, ClipTemplate, digest_of
from app.video.worker.clock import Stamp
from app.video.worker.coded_pictures import length_size, units
from app.video.worker.ring_entry import RingEntry
from tests.integration.worker.media import Recipe, container

FRAMES, GOP = 60, 15
KILLS = 50


def written(file: Path, recipe: Recipe, form: str) -> list[bytes]:
    """Write a clip of a container's packets; returns the NAL units that went in, by packet."""
    sent = []
    with av.open(io.BytesIO(container(recipe, form)), "r") as source:
        video: VideoStream = source.streams.video[0]
        template = ClipTemplate(video)
        with file.open("wb") as target:
            muxer: ClipMuxer | None = None
            for packet in source.demux(video):
                if not packet.size:
                    continue
                stamp = Stamp(None, 0, 0)
                key = packet.is_keyframe
                entry = RingEntry(packet, key, stamp, 0, packet.pts or 0, packet.size)  # type: ignore[arg-type]  # of one stream
                if muxer is None:
                    muxer = ClipMuxer(target, template, entry, (recipe.width, recipe.height))
                muxer.write(entry)
                sent.append(_joined(bytes(packet), template.prefix, template.codec))
            assert muxer is not None
            muxer.close()
        assert digest_of(file) == muxer.value
        assert muxer.digest.pictures == len(sent)
    return sent


def kept(file: Path) -> list[bytes]:
    with av.open(str(file)) as source:
        video = source.streams.video[0]
        context = video.codec_context
        prefix = length_size(context.name, bytes(context.extradata or b""))
        return [_joined(bytes(p), prefix, context.name) for p in source.demux(video) if p.size]


def _joined(data: bytes, prefix: int, codec: str) -> bytes:
    return b"|".join(units(data, prefix)) if codec in ("h264", "hevc") else data


@pytest.mark.parametrize("form", ["mpegts", "mp4", "matroska"])
@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(frames=FRAMES, gop=GOP),
        Recipe(frames=FRAMES, gop=GOP, b_frames=2, slices=3),
        Recipe("libx265", frames=FRAMES, gop=GOP),
    ],
    ids=["h264", "b-frames", "hevc"],
)
def test_every_unit_is_kept_in_its_packet(tmp_path: Path, recipe: Recipe, form: str) -> None:
    file = tmp_path / "clip.mp4"
    assert written(file, recipe, form) == kept(file)
    whole = whole_part(file)
    assert whole is not None
    assert whole.pictures == FRAMES
    assert whole.seconds == pytest.approx(FRAMES / 15, abs=0.15)


def test_wherever_the_writing_stops_the_rest_can_be_played(tmp_path: Path) -> None:
    file, part = tmp_path / "clip.mp4", tmp_path / "clip.mp4.part"
    written(file, Recipe(frames=FRAMES, gop=GOP, b_frames=2), "mpegts")
    content, whole_units = file.read_bytes(), kept(file)
    dice = random.Random(4)
    for _ in range(KILLS):
        part.write_bytes(content[: dice.randrange(len(content))])
        found = cut_to_whole(part)
        if found is None:
            continue
        assert found.pictures % GOP == 0
        assert kept(part) == whole_units[: found.pictures]
        with av.open(str(part)) as source:
            assert sum(1 for _ in source.decode(video=0)) == found.pictures


def test_a_changed_byte_is_found_when_it_is_read_back(tmp_path: Path) -> None:
    file = tmp_path / "clip.mp4"
    written(file, Recipe(frames=FRAMES, gop=GOP), "mpegts")
    before = digest_of(file)
    content = bytearray(file.read_bytes())
    content[content.index(b"mdat") + 40] ^= 1
    file.write_bytes(bytes(content))
    assert digest_of(file) != before
