"""CPU microseconds to decode a frame of a clip from a file with one thread, and nothing else.

``python -m tests.benchmarks.pure_decoding CLIP.mp4 SECONDS`` prints the number. This is the floor
that no client can go under: no network, no scaling, no screen.
"""

import sys
import time

import av


def decode_us(path: str, seconds: float) -> float:
    """Decode the clip again and again for about ``seconds``; CPU time a frame."""
    frames, spent = 0, 0.0
    while spent < seconds:
        with av.open(path) as container:
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            stream.thread_type = "NONE"
            packets = [packet for packet in container.demux(stream) if packet.size]
            begun = time.process_time()
            frames += sum(len(stream.codec_context.decode(packet)) for packet in packets)
            frames += len(stream.codec_context.decode(None))
            spent += time.process_time() - begun
    return spent / frames * 1e6


if __name__ == "__main__":
    print(f"{decode_us(sys.argv[1], float(sys.argv[2])):.1f}")
