"""Hours of drawn streets as a camera would send them: light, weather, noise, encoding.

The pictures are the demo's own. What the demo leaves out and a street has is added: sensor noise,
clouds, headlights in the lens, mains flicker, a mast in the wind, the date in the picture.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import av
import cv2
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame

from app.demo.bitstream import Codec
from app.demo.clips import ClipFormat
from app.demo.encoding import encode_h264
from app.demo.scenes.catalogue import FPS, LOOP_S, variant
from app.demo.scenes.render import SceneRenderer

Grey = npt.NDArray[np.uint8]
Change = Callable[[Grey, float], Grey]
"""What is done to the picture of a second before it is encoded."""

WIDTH, HEIGHT = 640, 360
RATE = 3
"""Pictures a second: enough for the encoder to work as with fifteen, five times as fast."""
BIT_RATE = 450_000
GOP_S = 2


@dataclass(frozen=True)
class Weather:
    """What happens besides traffic; the numbers say how much of it."""

    noise: float = 1.0
    """Standard deviation of the sensor's noise in grey levels."""
    clouds: float = 0.0
    """Share of the light that passing clouds take, a shadow moving over the street."""
    dusk: float = 0.0
    """Share of the light that goes within the hour."""
    headlights: int = 0
    """Vehicles an hour that shine into the lens."""
    flicker: float = 0.0
    """Share of the light that comes and goes with the mains, in bands that roll."""
    wind: float = 0.0
    """By how many pixels the mast moves."""
    has_clock: bool = True


class Street:
    """One scene under one weather; the same seconds always look the same."""

    def __init__(self, scene: str, weather: Weather, seed: int = 1) -> None:
        self._weather = weather
        self._random = np.random.default_rng(seed)
        renderer = SceneRenderer(variant(scene), WIDTH, HEIGHT)
        step = FPS // RATE
        self._drawn = [
            cv2.cvtColor(renderer.frame(index), cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False)
            for index in range(0, FPS * LOOP_S, step)
        ]
        if not weather.has_clock:
            for picture in self._drawn:
                picture[-24:, -80:] = picture[-48:-24, -80:]
        noise = self._random.normal(0, weather.noise, (HEIGHT + 64, WIDTH + 64))
        self._noise = np.round(noise).astype(np.int16)
        shade = cv2.resize(self._random.random((5, 24), np.float32), (4 * WIDTH, HEIGHT))
        self._shade = 1 - weather.clouds * shade
        blinded = self._random.uniform(0, 3600, weather.headlights)
        self._blinded = {int(second) for second in blinded}
        self._order = self._cut_up()

    def _cut_up(self) -> list[int]:
        """Where in the minute each second of the hour is: pieces of it, in another order each
        time."""
        order: list[int] = []
        while len(order) < 3700:
            start, length = int(self._random.integers(LOOP_S)), int(self._random.integers(9, 45))
            order.extend((start + second) % LOOP_S for second in range(length))
        return order

    def pictures(self, seconds: int, change: Change | None = None) -> Iterator[Grey]:
        """The pictures of the first ``seconds`` of the hour."""
        for index in range(seconds * RATE):
            second = index // RATE
            drawn = self._drawn[self._order[second % 3600] * RATE + index % RATE]
            picture = self._under_weather(drawn, index / RATE)
            yield change(picture, index / RATE) if change is not None else picture

    def _under_weather(self, drawn: Grey, t: float) -> Grey:
        weather = self._weather
        light: npt.NDArray[np.float32] = drawn.astype(np.float32)
        if weather.clouds:
            left = int(t * 7) % (3 * WIDTH)
            light *= self._shade[:, left : left + WIDTH]
        if weather.dusk:
            light = 16 + (light - 16) * (1 - weather.dusk * t / 3600)
        if weather.flicker:
            rows = np.arange(HEIGHT, dtype=np.float32)[:, None] / HEIGHT
            light *= 1 + weather.flicker * np.sin(2 * math.pi * (1.5 * rows + 0.31 * t))
        if int(t) in self._blinded or int(t) - 1 in self._blinded:
            light = self._blind(light, t)
        x, y = self._random.integers(0, 64, 2)
        light += self._noise[y : y + HEIGHT, x : x + WIDTH]
        picture = np.clip(light, 0, 255).astype(np.uint8)
        if weather.wind:
            # The mast moves, what the camera writes into the picture does not; it is little.
            move = np.array(
                [[1, 0, weather.wind * math.sin(t * 2.1)], [0, 1, 0.4 * math.sin(t * 3.3)]]
            )
            cv2.warpAffine(
                picture, move, (WIDTH, HEIGHT), dst=picture, borderMode=cv2.BORDER_REPLICATE
            )
        if weather.has_clock:
            clock = f"{int(t) // 3600 + 5:02d}:{int(t) // 60 % 60:02d}:{int(t) % 60:02d}"
            cv2.putText(picture, clock, (10, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, 235, 1)
        return picture

    def _blind(self, light: npt.NDArray[np.float32], t: float) -> npt.NDArray[np.float32]:
        """Head lamps sweep over the lens: a halo, and a veil over all."""
        x, y = WIDTH * (0.2 + 0.3 * (t % 2)), HEIGHT * 0.6
        across = np.arange(WIDTH, dtype=np.float32)[None, :] - x
        down = np.arange(HEIGHT, dtype=np.float32)[:, None] - y
        halo = 230 * np.exp(-(across**2 + down**2) / (2 * 90.0**2))
        return light * np.float32(0.8) + 25 + halo.astype(np.float32)


def encoded(pictures: Iterator[Grey], bit_rate: int = BIT_RATE) -> Iterator[bytes]:
    """The access units of the pictures, encoded as the demo does."""
    form = ClipFormat(Codec.H264, Fraction(RATE), WIDTH, HEIGHT)
    coloured = (cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR) for picture in pictures)
    return encode_h264(coloured, form, gop=GOP_S * RATE, bit_rate=bit_rate)


def sent(
    pictures: Iterator[Grey], bit_rate: int = BIT_RATE, *, loop_filter: bool = True
) -> Iterator[VideoFrame]:
    """What a decoder makes of the encoded pictures; with or without its loop filter, which small
    tiles do without."""
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    if not loop_filter:
        decoder.options = {"skip_loop_filter": "all"}
    for unit in encoded(pictures, bit_rate):
        yield from decoder.decode(av.Packet(unit))


def looked_at(frames: Iterator[VideoFrame]) -> Iterator[VideoFrame]:
    """Of each second the one picture that picture health looks at."""
    for index, frame in enumerate(frames):
        if index % RATE == RATE // 2:
            yield frame


STREETS: Mapping[str, Callable[[], Street]] = {
    "day": lambda: Street("crossroad-day", Weather(clouds=0.3, wind=0.7)),
    "night": lambda: Street("highway-night-b", Weather(noise=2.5, headlights=60)),
    "rain": lambda: Street("avenue-rain", Weather(noise=1.5, clouds=0.15, wind=0.5)),
    "flicker": lambda: Street("bazaar-night-b", Weather(noise=1.5, flicker=0.15)),
    "dusk": lambda: Street("bridge-dusk", Weather(noise=1.5, dusk=0.6, headlights=20)),
    "fog": lambda: Street("bridge-fog-b", Weather(noise=1.5, clouds=0.1)),
    "no clock": lambda: Street("gate-night-b", Weather(noise=2.0, has_clock=False)),
}
"""The hours in which nothing is to be found."""
