"""What the gate lets through to paho, what it takes itself and what it throws away."""

import random
import socket
import struct

import pytest

from app.analytics.worker.mqtt_socket import GatedSocket, GateKeepers

_LIMIT = 1000


class Wire(socket.socket):
    """Hands out given pieces, then has nothing for now, then is closed."""

    def __init__(self, pieces: list[bytes], *, ends: bool = False) -> None:
        super().__init__()
        self._pieces, self._ends = pieces, ends

    def recv(self, size: int, flags: int = 0) -> bytes:
        if self._pieces:
            return self._pieces.pop(0)
        if self._ends:
            return b""
        raise BlockingIOError


class Reader:
    """Reads as paho does: one byte, the length byte by byte, the rest."""

    def __init__(self, pieces: list[bytes], *, is_v5: bool = False, ends: bool = False) -> None:
        self.refused: list[tuple[str, int | None]] = []
        self.arrived: list[tuple[bytes, bytes, bool]] = []
        self.packets: list[bytes] = []
        self.is_over = False
        self._packet = b""
        keepers = GateKeepers(
            lambda topic, number: self.refused.append((topic, number)),
            lambda *message: self.arrived.append(message),
        )
        self.wire = Wire(pieces, ends=ends)
        self.gate = GatedSocket(self.wire, _LIMIT, keepers, is_v5=is_v5)

    def read(self) -> None:
        try:
            while self._read_packet():
                self.packets.append(self._packet)
                self._packet = b""
        except BlockingIOError:
            return
        self.is_over = True

    def _read_packet(self) -> bool:
        while len(self._packet) < 2 or (self._packet[-1] & 128 and len(self._packet) < 5):
            piece = self.gate.recv(1)
            if not piece:
                return False
            self._packet += piece
        length = sum((byte & 127) << (7 * at) for at, byte in enumerate(self._packet[1:]))
        whole = len(self._packet) + length
        while len(self._packet) < whole:
            piece = self.gate.recv(whole - len(self._packet))
            if not piece:
                return False
            self._packet += piece
        return True


def packet(head: int, body: bytes) -> bytes:
    length, left = bytearray(), len(body)
    while True:
        left, byte = divmod(left, 128)
        length.append(byte | (128 if left else 0))
        if not left:
            return bytes([head]) + bytes(length) + body


def publish(
    topic: bytes, payload: bytes, *, qos: int = 0, retain: bool = False, properties: bytes = b""
) -> bytes:
    body = struct.pack("!H", len(topic)) + topic
    body += struct.pack("!H", 77) if qos else b""
    return packet(0x30 | qos << 1 | retain, body + properties + payload)


PINGRESP = b"\xd0\x00"
CONNACK = b"\x20\x02\x00\x00"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 100_000])
def test_whole_packets_come_through_however_they_are_cut(size: int) -> None:
    event = publish(b"event", b"e" * 300, qos=1)
    stream = b"".join(
        [
            CONNACK,
            publish(b"boxes", b"b" * 200),
            event,
            publish(b"event", b"x" * 5000, qos=1),
            PINGRESP,
            publish(b"boxes", b"y" * 5000),
            publish(b"boxes", b"", retain=True),
            PINGRESP,
        ]
    )
    reader = Reader([stream[at : at + size] for at in range(0, len(stream), size)])
    for _ in range(len(stream)):
        reader.read()
    assert reader.packets == [CONNACK, event, PINGRESP, PINGRESP]
    assert reader.arrived == [(b"boxes", b"b" * 200, False), (b"boxes", b"", True)]
    assert reader.refused == [("event", 77), ("boxes", None)]
    reader.wire.close()


def test_properties_of_version_5_are_passed_over() -> None:
    properties = b"\x07\x01\x01\x02\x00\x00\x00\x09"
    reader = Reader([publish(b"t", b"payload", properties=properties)], is_v5=True)
    reader.read()
    assert reader.arrived == [(b"t", b"payload", False)]
    reader.wire.close()


@pytest.mark.parametrize(
    "broken",
    [
        packet(0x30, b""),
        packet(0x30, b"\x00"),
        packet(0x30, b"\xff\xffabc"),
        packet(0x30, b"\x00\x00payload"),
        packet(0x30, b"\x00\x01t\xff\xff\xff\xff\xff"),
        packet(0x30, b"\x00\x01t\x7f"),
    ],
)
def test_a_broken_message_is_left_to_paho(broken: bytes) -> None:
    reader = Reader([broken], is_v5=True)
    reader.read()
    assert reader.packets == [broken]
    assert not reader.arrived
    reader.wire.close()


def test_a_length_of_five_bytes_is_left_to_paho() -> None:
    reader = Reader([b"\x30\xff\xff\xff\xff\x01abc"])
    assert [reader.gate.recv(1) for _ in range(5)] == [b"\x30", b"\xff", b"\xff", b"\xff", b"\xff"]
    reader.wire.close()


@pytest.mark.parametrize("cut", range(1, 40, 7))
def test_an_end_in_the_middle_is_an_end(cut: int) -> None:
    reader = Reader([publish(b"boxes", b"b" * 50)[:cut]], ends=True)
    reader.read()
    assert reader.is_over
    reader.wire.close()


def test_it_comes_back_between_many_messages() -> None:
    stream = publish(b"t", b"p") * 1000
    reader = Reader([stream])
    with pytest.raises(BlockingIOError):
        reader.gate.recv(1)
    assert 0 < len(reader.arrived) < 1000
    assert not reader.gate.is_dry
    assert reader.gate.has_more
    for _ in range(10):
        reader.read()
    assert len(reader.arrived) == 1000
    reader.wire.close()


def test_noise_ends_nothing() -> None:
    dice = random.Random(7)
    for _ in range(300):
        noise = dice.randbytes(dice.randrange(1, 400))
        reader = Reader([noise[at : at + 50] for at in range(0, len(noise), 50)], is_v5=True)
        reader.read()
        reader.wire.close()
