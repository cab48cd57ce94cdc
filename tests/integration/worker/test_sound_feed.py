"""Sound from a server that is not ours."""

from pathlib import Path

import av
import numpy as np

from app.video.messages import OpenStream
from app.video.worker.interruption import Interrupter
from app.video.worker.sound.feed import SoundFeed
from app.video.worker.sound.track import SoundTrack
from tests.fakes.gst_server import GstServer

RATE = 16_000


def test_aac_of_a_real_server_is_kept_as_it_came(tmp_path: Path) -> None:
    file = tmp_path / "clip.mp4"
    with GstServer(1) as server:
        feed = SoundFeed(OpenStream(1, 1, "CAM", "sub", server.microphone), Interrupter())
        feed.start()
        try:
            feed.ring.wait_for(1 << 62, 0.1)
            while len(feed.ring.read(0)[0]) < 3 * RATE // 1024:
                feed.ring.wait_for(1 << 62, 0.1)
            packets, _number = feed.ring.read(0)
            template = feed.template
            assert feed.is_heard
        finally:
            feed.close(5)
    assert template is not None
    assert (template.codec, template.rate, template.is_expanded) == ("aac", RATE, False)
    assert any(packet.stamp.utc_us is not None for packet in packets)  # by sender reports
    with av.open(str(file), "w", format="mp4") as target:
        track = SoundTrack(target, template)
        begun_us = packets[0].stamp.local_us
        for packet in packets:
            track.write(packet, packet.stamp.local_us - begun_us)
    with av.open(str(file)) as source:
        samples = np.concatenate([frame.to_ndarray()[0] for frame in source.decode(audio=0)])
    power = np.abs(np.fft.rfft(samples[RATE : 2 * RATE]))
    assert abs(int(power.argmax()) - 440) <= 2
