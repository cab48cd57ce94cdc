"""Clips whose every frame carries its own number as black and white blocks in the picture.

A reader of the screen can so tell which frame of which clip a tile shows, in any player. The
code stands in the middle of the picture, where no furniture is drawn: two rows of sixteen
blocks of 24 x 24 pixels hold clip number (8 bits), frame number (16 bits) and a check sum (8 bits).
Clips are encoded once and kept in the temporary folder of the machine. PyAV is imported only
where a clip is made, so that a reader of the screen shares no memory with the programs it measures:
``python -m tests.fakes.code_clip`` makes the clips beforehand.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT, FPS = 640, 360, 15
GOP = 30
FRAMES = 960
BLOCK, COLUMNS, ROWS = 24, 16, 2
LEFT, TOP = (WIDTH - COLUMNS * BLOCK) // 2, 156
_VERSION = 5  # part of the file name: raise it when the content changes
_BLACK, _WHITE = 16, 235

Plane = NDArray[np.uint8]


def check_sum(clip: int, index: int) -> int:
    """Eight bits over clip and frame number; not zero for the all-black code."""
    return (clip * 31 + (index & 0xFF) * 7 + (index >> 8) * 131 + 0x5A) & 0xFF


def code_bits(clip: int, index: int) -> list[int]:
    """The 32 bits of a code, most significant first, row by row."""
    word = clip << 24 | index << 8 | check_sum(clip, index)
    return [word >> shift & 1 for shift in range(31, -1, -1)]


def block_centres() -> NDArray[np.float64]:
    """Centres of the 32 blocks as fractions (x, y) of the picture, in the order of the bits."""
    bits = np.arange(COLUMNS * ROWS)
    x = (LEFT + (bits % COLUMNS + 0.5) * BLOCK) / WIDTH
    y = (TOP + (bits // COLUMNS + 0.5) * BLOCK) / HEIGHT
    return np.stack([x, y], axis=1)


def decode_words(levels: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Clip and frame numbers from block brightness of shape (tiles, 32); -1 where unreadable."""
    bits = (levels >= 126).astype(np.int64)
    word = bits @ (1 << np.arange(31, -1, -1, dtype=np.int64))
    clip, index, check = word >> 24, word >> 8 & 0xFFFF, word & 0xFF
    expected = (clip * 31 + (index & 0xFF) * 7 + (index >> 8) * 131 + 0x5A) & 0xFF
    good = check == expected
    return np.where(good, clip, -1), np.where(good, index, -1)


@dataclass(frozen=True)
class CodeClip:
    """An encoded clip: an MP4 file, and the frame index that the RTSP peer reads beside it."""

    number: int
    codec: str
    path: Path

    @property
    def index_path(self) -> Path:
        """JSON with sizes and key flags of the frames and the codec's set-up bytes."""
        return self.path.with_suffix(".json")

    @property
    def data_path(self) -> Path:
        """The frames one after the other, each unit preceded by its length."""
        return self.path.with_suffix(".frames")

    @cached_property
    def sizes(self) -> list[int]:
        """Bytes of each frame."""
        return [int(size) for size in json.loads(self.index_path.read_text())["sizes"]]


def _skin(rng: np.random.Generator) -> NDArray[np.int16]:
    """A mover's surface: panels of different brightness with a little grain."""
    panels = np.kron(rng.integers(40, 210, (7, 14)), np.ones((8, 10), np.int64))
    return (panels + rng.integers(-9, 10, panels.shape)).astype(np.int16)


def _street(clip: int) -> Iterator[tuple[Plane, Plane, Plane]]:
    """Endless frames of a drawn street: still ground, moving vehicles and people, sensor noise."""
    rng = np.random.default_rng(100 + clip)
    coarse = rng.integers(80, 150, (HEIGHT // 12, WIDTH // 16)).astype(np.uint8)
    ground = np.kron(coarse, np.ones((12, 16), np.uint8)).astype(np.int16)
    ground += rng.integers(-7, 8, ground.shape, dtype=np.int16)
    grains = rng.normal(0, 3.5, (8, HEIGHT, WIDTH)).astype(np.int16)
    chroma = rng.integers(118, 139, (2, HEIGHT // 24, WIDTH // 32)).astype(np.uint8)
    tint = np.kron(chroma, np.ones((1, 12, 16), np.uint8))
    movers = [
        (
            int(rng.integers(0, WIDTH)),
            int(rng.integers(0, HEIGHT - 60)) // 2 * 2,
            int(rng.integers(12, 70)) * 2,
            int(rng.integers(8, 28)) * 2,
            int(rng.integers(1, 6)) * (1 if rng.random() < 0.5 else -1) * 2,
            _skin(rng),
            (int(rng.integers(70, 190)), int(rng.integers(70, 190))),
        )
        for _ in range(12)
    ]
    moment = 0
    while True:
        luma = ground + grains[moment % 8]
        blue, red = tint[0].copy(), tint[1].copy()
        for start, top, width, height, speed, skin, (cb, cr) in movers:
            left = (start + speed * moment) % (WIDTH + 140) // 2 * 2 - 140
            first, last = max(left, 0), min(left + width, WIDTH)
            if first >= last:
                continue
            luma[top : top + height, first:last] = skin[:height, first - left : last - left]
            half = np.s_[top // 2 : (top + height) // 2, first // 2 : last // 2]
            blue[half], red[half] = cb, cr
        yield np.clip(luma, 16, 235).astype(np.uint8), blue, red
        moment += 1


def burn(planes: tuple[Plane, Plane, Plane], clip: int, index: int) -> None:
    """Write the code into a picture of 640x360 (luma, blue, red)."""
    bits = np.array(code_bits(clip, index), np.uint8).reshape(ROWS, COLUMNS)
    blocks = np.kron(bits, np.ones((BLOCK, BLOCK), np.uint8))
    luma, *chroma = planes
    edge = 8
    luma[TOP - edge : TOP + ROWS * BLOCK + edge, LEFT - edge : WIDTH - LEFT + edge] = 100
    luma[TOP : TOP + ROWS * BLOCK, LEFT : LEFT + COLUMNS * BLOCK] = np.where(blocks, _WHITE, _BLACK)
    for plane in chroma:
        plane[TOP // 2 : TOP // 2 + ROWS * BLOCK // 2, LEFT // 2 : (WIDTH - LEFT) // 2] = 128


def encoder_options(codec: str) -> tuple[str, dict[str, str]]:
    """The encoder's name and what makes its pictures come one slice a frame, in order."""
    if codec == "h264":
        fixed = f"keyint={GOP}:min-keyint={GOP}:scenecut=0:bframes=0:sliced-threads=0:threads=1"
        fixed += ":vbv-maxrate=640:vbv-bufsize=640"
        return "libx264", {"preset": "veryfast", "x264-params": fixed}
    fixed = f"keyint={GOP}:min-keyint={GOP}:scenecut=0:bframes=0:pools=none:log-level=error"
    return "libx265", {"preset": "ultrafast", "x265-params": fixed}


def _encode(clip: CodeClip, frames: int, bit_rate: int) -> None:
    import av

    encoder, options = encoder_options(clip.codec)
    work = clip.path.with_suffix(f".{os.getpid()}.mp4")
    with av.open(str(work), "w", options={"movflags": "faststart"}) as container:
        stream = container.add_stream(encoder, rate=FPS, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.bit_rate = bit_rate
        stream.codec_context.time_base = Fraction(1, FPS)
        for index, planes in zip(range(frames), _street(clip.number), strict=False):
            burn(planes, clip.number, index)
            packed = np.concatenate([plane.reshape(-1) for plane in planes])
            frame = av.VideoFrame.from_ndarray(packed.reshape(-1, WIDTH), format="yuv420p")
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    index_clip(clip, work)
    work.replace(clip.path)


def index_clip(clip: CodeClip, encoded: Path, *, fps: int = FPS) -> None:
    """Write the frames and their index beside the clip, for a reader without a demuxer."""
    import av

    sizes: list[int] = []
    keys: list[bool] = []
    data = clip.path.with_suffix(f".frames{os.getpid()}")
    with av.open(str(encoded)) as container, data.open("wb") as out:
        stream = container.streams.video[0]
        for packet in container.demux(stream):
            if packet.size:
                sizes.append(out.write(bytes(packet)))
                keys.append(packet.is_keyframe)
        setup = stream.codec_context.extradata or b""
    about = {"codec": clip.codec, "number": clip.number, "fps": fps, "gop": GOP}
    about |= {"setup": setup.hex(), "sizes": sizes, "keys": keys}
    index = clip.path.with_suffix(f".json{os.getpid()}")
    index.write_text(json.dumps(about))
    data.replace(clip.data_path)
    index.replace(clip.index_path)


def code_clip(
    number: int = 0, *, codec: str = "h264", frames: int = FRAMES, bit_rate: int = 512_000
) -> CodeClip:
    """The clip from the cache, encoded first where it is not there yet (some seconds)."""
    folder = Path(tempfile.gettempdir()) / f"nigehban-clips-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    name = f"{codec}-{number}-{frames}-{bit_rate // 1000}k-v{_VERSION}.mp4"
    clip = CodeClip(number, codec, folder / name)
    if not clip.path.exists():
        _encode(clip, frames, bit_rate)
    return clip


def page_clips(count: int = 4, *, codec: str = "h264") -> list[CodeClip]:
    """Clips for cameras 0-15, 16-31, …, so that pages of sixteen can be told apart."""
    return [code_clip(number, codec=codec) for number in range(count)]


if __name__ == "__main__":
    page_clips()
