"""The minute of sound beside the pictures, and its way into a clip."""

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame

from app.video.worker.clock import Stamp
from app.video.worker.sound.ring import SoundPacket, SoundRing
from app.video.worker.sound.template import SoundTemplate
from app.video.worker.sound.track import SoundTrack

SECOND = 1_000_000
RATE = 16_000
FORMS = {"aac": ("mp4", 1024), "pcm_alaw": ("mov", 320), "pcm_s16be": ("mov", 320),
         "pcm_f32le": ("mov", 320)}  # fmt: skip


def recorded(codec: str, seconds: float = 3.0) -> tuple[SoundTemplate, list[SoundPacket]]:
    """A rising tone, as a camera would send it."""
    form, size = FORMS[codec]
    buffer = io.BytesIO()
    with av.open(buffer, "w", format=form) as target:
        stream: Any = target.add_stream(codec, rate=RATE)
        stream.codec_context.layout = "mono"
        for at in range(0, int(seconds * RATE), size):
            wave = (np.sin((np.arange(size) + at) ** 1.5 / 800) * 20_000).astype(np.int16)
            frame = AudioFrame.from_ndarray(wave.reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = RATE, at, Fraction(1, RATE)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    buffer.seek(0)
    with av.open(buffer, "r") as source:
        found = source.streams.audio[0]
        template = SoundTemplate(found)
        packets = []
        for packet in source.demux(found):
            if packet.size and packet.pts is not None:
                at_us = int(packet.pts * template.tick * SECOND)
                stamp = Stamp(None, 0, at_us)
                packets.append(SoundPacket(bytes(packet), packet.pts, stamp, template))
    return template, packets


def kept(
    folder: Path, template: SoundTemplate, packets: list[tuple[SoundPacket, int]]
) -> tuple[bytes, list[int], SoundTrack]:
    """What a clip holds of packets written at places: the data, each one's place in ticks."""
    file = folder / "clip.mp4"
    options = {"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    with av.open(str(file), "w", format="mp4", options=options) as target:
        track = SoundTrack(target, template)
        for packet, at_us in packets:
            track.write(packet, at_us)
    with av.open(str(file)) as source:
        assert source.streams.audio[0].codec_context.name == template.kept_as
        found = [packet for packet in source.demux(audio=0) if packet.size]
    places = [packet.pts for packet in found if packet.pts is not None]
    return b"".join(map(bytes, found)), places, track


def placed(packets: list[SoundPacket], shift_us: int = 0) -> list[tuple[SoundPacket, int]]:
    return [(packet, packet.stamp.arrival_us + shift_us) for packet in packets]


@pytest.mark.parametrize("codec", ["aac", "pcm_s16be"])
def test_what_mp4_has_a_place_for_is_kept_as_it_came(tmp_path: Path, codec: str) -> None:
    template, packets = recorded(codec)
    assert not template.is_expanded
    data, places, track = kept(tmp_path, template, placed(packets))
    assert data == b"".join(packet.data for packet in packets)
    assert places == sorted(set(places))
    assert track.packets == len(packets)


def test_telephone_sound_is_expanded_sample_by_sample(tmp_path: Path) -> None:
    template, packets = recorded("pcm_alaw")
    assert template.kept_as == "pcm_s16le"
    data, _places, _track = kept(tmp_path, template, placed(packets))
    decoder: Any = av.CodecContext.create("pcm_alaw", "r")
    decoder.sample_rate, decoder.layout = RATE, "mono"
    coded = b"".join(packet.data for packet in packets)
    assert data == decoder.decode(av.Packet(coded))[0].to_ndarray().tobytes()


def test_what_has_no_place_is_not_kept() -> None:
    template, _packets = recorded("pcm_f32le")
    assert template.kept_as == ""


def test_packets_follow_one_another_however_unsteadily_they_come(tmp_path: Path) -> None:
    template, packets = recorded("pcm_alaw")
    dice = np.random.default_rng(1)
    uneven = [(p, p.stamp.arrival_us + int(dice.integers(0, 60_000))) for p in packets]
    data, _places, _track = kept(tmp_path, template, uneven)
    before = 2 * round(uneven[0][1] / SECOND * RATE)
    assert len(data) == before + 2 * sum(len(packet.data) for packet in packets)


def test_what_is_missing_is_silent_and_the_rest_where_it_was_heard(tmp_path: Path) -> None:
    template, packets = recorded("pcm_alaw")
    lost = [each for at, each in enumerate(placed(packets)) if not 20 <= at < 30]
    data, _places, _track = kept(tmp_path, template, lost)
    samples = np.frombuffer(data, np.int16)
    per_packet = len(packets[0].data)
    assert len(samples) == sum(len(packet.data) for packet in packets)
    assert not samples[20 * per_packet : 30 * per_packet].any()
    assert samples[30 * per_packet : 31 * per_packet].any()


def test_compressed_sound_leaves_a_gap(tmp_path: Path) -> None:
    template, packets = recorded("aac")
    lost = [each for at, each in enumerate(placed(packets)) if not 10 <= at < 20]
    _data, places, _track = kept(tmp_path, template, lost)
    assert max(np.diff(places)) == pytest.approx(11 * 1024, abs=64)


def test_what_was_heard_before_the_clip_or_twice_is_left_out(tmp_path: Path) -> None:
    template, packets = recorded("pcm_alaw")
    per_packet = len(packets[0].data)
    # The clip begins after one second; ten packets come once more.
    sent = [*placed(packets, -SECOND), *placed(packets[-10:], -SECOND)]
    data, _places, _track = kept(tmp_path, template, sent)
    heard_s = len(data) / 2 / RATE
    assert heard_s == pytest.approx(2.0, abs=0.1 + per_packet / RATE)


def test_another_connection_counts_on_from_where_it_is_heard(tmp_path: Path) -> None:
    template, packets = recorded("pcm_alaw")
    other, again = recorded("pcm_alaw")
    assert other.like(template)
    sent = [*placed(packets), *placed(again, 4 * SECOND)]
    data, _places, _track = kept(tmp_path, template, sent)
    assert len(data) / 2 / RATE == pytest.approx(7.0, abs=0.1)


def test_the_ring_keeps_its_span_and_gives_each_packet_once() -> None:
    _template, packets = recorded("pcm_alaw", 10)
    ring = SoundRing(2)
    for packet in packets[:100]:
        ring.append(packet)
    first, number = ring.read(0)
    assert first[-1] is packets[99]
    assert (first[-1].stamp.arrival_us - first[0].stamp.arrival_us) / SECOND == pytest.approx(
        2, abs=0.07
    )
    ring.append(packets[100])
    assert ring.read(number) == ([packets[100]], number + 1)
    assert ring.read(number + 1) == ([], number + 1)
    assert ring.newest is packets[100]


def test_whoever_waits_for_sound_is_answered_when_it_comes_or_when_it_is_too_late() -> None:
    _template, packets = recorded("pcm_alaw")
    ring = SoundRing(60)
    ring.wait_for(SECOND, 0.01)
    assert ring.newest is None
    for packet in packets:
        ring.append(packet)
    ring.wait_for(SECOND, 60)
