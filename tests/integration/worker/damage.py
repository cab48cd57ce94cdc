"""Seeded damage to encoded video: of single pictures, of files, and of the bytes on the wire."""

import io
import random
import socket
from collections.abc import Sequence
from typing import Any

import av
from av.bitstream import BitStreamFilterContext

from tests.integration.worker.media import Recipe, container


def flip_bits(data: bytes, dice: random.Random, share: float) -> bytes:
    """Turn about ``share`` of the bytes into others, at least one."""
    damaged = bytearray(data)
    for _ in range(max(1, round(len(data) * share))):
        damaged[dice.randrange(len(damaged))] ^= 1 << dice.randrange(8)
    return bytes(damaged)


def truncate(data: bytes, dice: random.Random) -> bytes:
    """Keep the beginning, as little as one byte."""
    return data[: dice.randrange(1, len(data))] if len(data) > 1 else data


def flipped_units(units: Sequence[bytes], dice: random.Random) -> list[bytes]:
    """Pictures with wrong bits in every second one, the parameter sets among them."""
    share = dice.choice((0.0005, 0.01, 0.2))
    return [flip_bits(unit, dice, share) if dice.random() < 0.5 else unit for unit in units]


def truncated_units(units: Sequence[bytes], dice: random.Random) -> list[bytes]:
    """Pictures of which every third is cut off, lost, or comes twice."""
    found: list[bytes] = []
    for unit in units:
        what = dice.randrange(9)
        found += {0: [truncate(unit, dice)], 1: [], 2: [unit, unit]}.get(what, [unit])
    return found or [units[0][:5]]


def noisy_units(recipe: Recipe, dice: random.Random) -> list[bytes]:
    """Pictures after FFmpeg's own ``noise`` filter."""
    with av.open(io.BytesIO(container(recipe, "h264")), "r") as source:
        video = source.streams.video[0]
        options = f"noise=amount={dice.randrange(20, 2000)}:drop={dice.choice((0, 0, 12))}"
        noise = BitStreamFilterContext(options, video)
        packets = [packet for packet in source.demux(video) if packet.size]
        return [bytes(out) for packet in packets for out in noise.filter(packet) if out.size]


class BadWire:
    """A client's socket on which the media that is sent is damaged; the conversation is not."""

    def __init__(self, client: socket.socket, dice: random.Random, *, loses: bool) -> None:
        self._client = client
        self._dice = dice
        self._loses = loses

    def sendall(self, data: bytes) -> None:
        if data[:1] == b"$" and self._dice.random() < 0.3:
            data = self._lost(data) if self._loses else flip_bits(data, self._dice, 0.005)
        self._client.sendall(data)

    def _lost(self, data: bytes) -> bytes:
        """Without a stretch in the middle, so that the framing no longer holds."""
        begin = self._dice.randrange(len(data))
        return data[:begin] + data[begin + self._dice.randrange(1, 200) :]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)
