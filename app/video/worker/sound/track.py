"""The sound of one clip on its way into the file."""

import hashlib
from fractions import Fraction
from typing import Any

from av.codec.context import CodecContext
from av.container import OutputContainer
from av.packet import Packet

from app.video.worker.sound.ring import SoundPacket
from app.video.worker.sound.template import SoundTemplate

_APART_US = 80_000
"""Time stamps count on from packet to packet until they are so far from when it was heard."""
_SAMPLE_BYTES = 2
_LONGEST_SILENCE_S = 600


class SoundTrack:
    """One thread; raises as the container does. Places are microseconds from the clip's beginning.

    Packets follow one another by the camera's time stamps. Where some are missing, or the
    connection is another, they go on where they were heard: compressed sound leaves a gap, linear
    samples have no way to and are silent meanwhile.
    """

    def __init__(self, container: OutputContainer, template: SoundTemplate) -> None:
        self._container = container
        self._template = template
        self._stream: Any = template.add_to(container)
        self._decoder = _decoder(template) if template.is_expanded else None
        self._tick = Fraction(1, template.rate) if template.is_expanded else template.tick
        self._frame_bytes = _SAMPLE_BYTES * template.channels
        self._hash = hashlib.sha256()
        self._next = 0
        """The first place that is free, in ticks of the track."""
        self._lasts = 0
        self._shift: int | None = None
        self._of: SoundTemplate | None = None
        self.packets = 0

    def write(self, packet: SoundPacket, at_us: int) -> None:
        """Add what was heard at a place; what lies before the clip, or twice, is left out."""
        if not packet.template.like(self._template) or at_us < -_APART_US:
            return
        tick = self._tick
        stamp = round(packet.pts * packet.template.tick / tick)
        heard = round(at_us / 1e6 / tick)
        apart = round(_APART_US / 1e6 / tick)
        if self._shift is None or self._of is not packet.template:
            self._shift, self._of = heard - stamp, packet.template
        elif abs(stamp + self._shift - heard) > apart:
            self._shift = heard - stamp
        place = stamp + self._shift
        if -apart <= place < 0 and not self.packets:
            self._shift -= place
            place = 0
        if place < self._next - apart:
            return
        data = packet.data if self._decoder is None else self._linear(packet.data)
        if data:
            self._put(data, max(place, self._next))

    @property
    def value(self) -> bytes:
        """SHA-256 of what was written."""
        return self._hash.digest()

    # --- inside -------------------------------------------------------------------------------

    def _put(self, data: bytes, place: int) -> None:
        if self._decoder is None:
            pause = place + 1 - self._next
            self._lasts = min(self._lasts or pause, pause) if self.packets else 0
            self._mux(data, place, self._lasts)
            self._next = place + 1
            return
        missing = min(place - self._next, _LONGEST_SILENCE_S * self._template.rate)
        if missing > 0:
            self._mux(bytes(missing * self._frame_bytes), place - missing, missing)
        count = len(data) // self._frame_bytes
        self._mux(data, place, count)
        self._next = place + count

    def _mux(self, data: bytes, place: int, lasts: int) -> None:
        packet: Any = Packet(data)
        packet.time_base = self._tick
        packet.dts = packet.pts = place
        packet.duration = lasts
        packet.is_keyframe = True
        packet.stream = self._stream
        self._container.mux_one(packet)
        self._hash.update(data)
        self.packets += 1

    def _linear(self, data: bytes) -> bytes:
        assert self._decoder is not None
        frames = self._decoder.decode(Packet(data))
        return b"".join(bytes(f.planes[0])[: f.samples * self._frame_bytes] for f in frames)


def _decoder(template: SoundTemplate) -> Any:
    decoder: Any = CodecContext.create(template.codec, "r")
    decoder.sample_rate = template.rate
    decoder.layout = template.layout
    return decoder
