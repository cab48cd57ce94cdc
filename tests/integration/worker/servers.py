"""Small servers on loopback that behave, or misbehave, as a test says."""

import base64
import contextlib
import re
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

Handler = Callable[[socket.socket, threading.Event], None]

_NTP_EPOCH = 2_208_988_800
_START_CODE = re.compile(b"\x00\x00\x00?\x01")
_MTU = 1200
_SAMPLES = 160


class Server:
    """Accepts connections and gives each to ``handler`` on a thread of its own."""

    def __init__(self, handler: Handler, tls: ssl.SSLContext | None = None) -> None:
        self._handler = handler
        self._tls = tls
        self._leaving = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._clients: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, name="accept")]
        self._threads[0].start()

    def _accept(self) -> None:
        while not self._leaving.is_set():
            try:
                client, _address = self._listener.accept()
            except OSError:
                return
            self._clients.append(client)
            thread = threading.Thread(target=self._serve, args=(client,), name="serve")
            self._threads.append(thread)
            thread.start()

    def _serve(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.closing(client):
            talk = self._tls.wrap_socket(client, server_side=True) if self._tls else client
            with contextlib.closing(talk):
                self._handler(talk, self._leaving)

    def close(self) -> None:
        self._leaving.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for client in self._clients:
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def reset(client: socket.socket) -> NoReturn:
    """End the connection with a reset instead of a farewell; ends the handler too."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise ConnectionResetError("as the test wants it")


def http(body: bytes, kind: str, *, status: str = "200 OK", rate: float = 0.0) -> Handler:
    """Answer one request; with ``rate`` spread the body over time, in bytes a second."""

    def handle(client: socket.socket, leaving: threading.Event) -> None:
        client.recv(4096)
        head = f"HTTP/1.0 {status}\r\nContent-Type: {kind}\r\n"
        if not rate:
            client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            return
        client.sendall(f"{head}\r\n".encode())
        step = max(1, int(rate / 50))
        for at in range(0, len(body), step):
            client.sendall(body[at : at + step])
            if leaving.wait(0.02):
                return

    return handle


@dataclass
class Camera:
    """An RTSP camera over TCP; everything may be wrong with it."""

    units: Sequence[bytes] = ()
    codec: str = "H264"
    fps: float = 15.0
    loops: bool = True
    statuses: dict[str, str] = field(default_factory=dict)
    """Status line by RTSP method, such as ``{"DESCRIBE": "404 Not Found"}``."""
    headers: str = ""
    sender_reports: bool = True
    clock_offset_s: float = 0.0
    extra_tracks: bool = False
    parameters_in_sdp: bool = True
    sdp: str | None = None
    on_unit: Callable[[int, socket.socket], bool] | None = None
    """Called before each access unit; false ends the sending."""
    sound: bytes = b""
    """G.711 (mu-law) at 8 kHz, again and again from when the camera was made on; empty: none."""
    begun: float = field(default_factory=time.time)
    sound_connections: int = 0
    sound_lost_s: float = 0.0
    _lost_at: float = 0.0
    _listening: socket.socket | None = None
    order: Sequence[int] | None = None
    """Times of display of the units, in frames, where B-frames make it another than the order."""

    def __call__(self, client: socket.socket, leaving: threading.Event) -> None:
        requests = client.makefile("rb")
        is_sound = False
        for method, number, address in _requests(requests):
            status = self.statuses.get(method, "200 OK")
            head = f"RTSP/1.0 {status}\r\nCSeq: {number}\r\n"
            if not status.startswith("200"):
                client.sendall(f"{head}{self.headers}\r\n".encode())
                continue
            body = ""
            if method == "OPTIONS":
                head += "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n"
            elif method == "DESCRIBE":
                body = self._describe()
                head += f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n"
            elif method == "SETUP":
                is_sound = address.endswith("audio")
                head += "Session: 7\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
            client.sendall(f"{head}\r\n{body}".encode())
            if method == "PLAY":
                play = self._play_sound if is_sound else self._play
                play(client, leaving)
                return
            if method == "TEARDOWN":
                return

    def _describe(self) -> str:
        if self.sdp is not None:
            return self.sdp
        lines = ["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=camera", "t=0 0"]
        if self.extra_tracks or self.sound:
            lines += ["m=audio 0 RTP/AVP 0", "a=control:audio"]
        lines += ["m=video 0 RTP/AVP 96", f"a=rtpmap:96 {self.codec}/90000"]
        if self.codec == "H264" and self.parameters_in_sdp and self.units:
            sets = [nal for nal in _nals(self.units[0]) if nal[0] & 31 in (7, 8)]
            coded = ",".join(base64.b64encode(nal).decode() for nal in sets)
            lines.append(f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={coded}")
        lines.append("a=control:video")
        if self.extra_tracks:
            lines += [
                "m=application 0 RTP/AVP 107",
                "a=rtpmap:107 vnd.onvif.metadata/90000",
                "a=control:metadata",
            ]
        return "\r\n".join(lines) + "\r\n"

    def _play(self, client: socket.socket, leaving: threading.Event) -> None:
        begun = time.time()
        sequence = 0
        index = 0
        count = len(self.units)
        while not leaving.is_set() and (self.loops or index < count):
            if not count:
                leaving.wait()
                return
            if self.on_unit is not None and not self.on_unit(index, client):
                leaving.wait()
                return
            shown = index
            if self.order is not None:
                shown = index - index % count + self.order[index % count]
            stamp = int(shown * 90_000 / self.fps) & 0xFFFFFFFF
            if self.sender_reports and index % int(2 * self.fps) == int(self.fps / 2):
                taken = begun + shown / self.fps + self.clock_offset_s
                client.sendall(_sender_report(taken, stamp))
            packets = b""
            payloads = list(_payloads(self.units[index % count], self.codec))
            for place, payload in enumerate(payloads):
                marker = 0x80 if place == len(payloads) - 1 else 0
                head = struct.pack("!BBHII", 0x80, 96 | marker, sequence, stamp, 0x1234)
                sequence = (sequence + 1) & 0xFFFF
                packets += struct.pack("!BBH", 0x24, 0, len(payload) + 12) + head + payload
            client.sendall(packets)
            index += 1
            leaving.wait(max(0.0, begun + index / self.fps - time.time()))

    def lose_sound(self) -> bool:
        """Break the connection for sound off; false where there is none."""
        if self._listening is None:
            return False
        self._lost_at = time.time()
        self._listening.shutdown(socket.SHUT_RDWR)
        return True

    def _play_sound(self, client: socket.socket, leaving: threading.Event) -> None:
        """Packets of 20 ms; the moment of the first sample of each tells its place in ``sound``."""
        self._listening = client
        if self.sound_connections:
            self.sound_lost_s = time.time() - self._lost_at
        self.sound_connections += 1
        number = int((time.time() - self.begun) * 50)
        while self.sound and not leaving.is_set():
            at = number * _SAMPLES % len(self.sound)
            samples = (self.sound + self.sound)[at : at + _SAMPLES]
            stamp = number * _SAMPLES & 0xFFFFFFFF
            if self.sender_reports and number % 50 == 0:
                taken = self.begun + number / 50 + self.clock_offset_s
                client.sendall(_sender_report(taken, stamp))
            head = struct.pack("!BBHII", 0x80, 0, number & 0xFFFF, stamp, 0x4321)
            client.sendall(struct.pack("!BBH", 0x24, 0, len(samples) + 12) + head + samples)
            number += 1
            leaving.wait(max(0.0, self.begun + number / 50 - time.time()))
        leaving.wait()


def _requests(stream: Iterator[bytes]) -> Iterator[tuple[str, str, str]]:
    """Method, number and address of each."""
    method, number, address = "", "0", ""
    for line in stream:
        text = line.decode("latin-1").strip()
        if not text and method:
            yield method, number, address
            method = ""
        elif text.lower().startswith("cseq:"):
            number = text[5:].strip()
        elif text.endswith("RTSP/1.0"):
            method, address = text.split()[:2]


def _nals(unit: bytes) -> list[bytes]:
    return [nal for nal in _START_CODE.split(unit) if nal]


def _payloads(unit: bytes, codec: str) -> Iterator[bytes]:
    """RFC 6184 and RFC 7798: small NAL units as they are, large ones in fragments."""
    for nal in _nals(unit):
        if len(nal) <= _MTU:
            yield nal
            continue
        if codec == "H264":
            head, kind, body = bytes([nal[0] & 0xE0 | 28]), nal[0] & 0x1F, nal[1:]
        else:
            head, kind, body = bytes([nal[0] & 0x81 | 49 << 1, nal[1]]), nal[0] >> 1 & 0x3F, nal[2:]
        for at in range(0, len(body), _MTU):
            first = 0x80 if at == 0 else 0
            last = 0x40 if at + _MTU >= len(body) else 0
            yield head + bytes([first | last | kind]) + body[at : at + _MTU]


def _sender_report(taken: float, stamp: int) -> bytes:
    ntp = int((taken + _NTP_EPOCH) * 2**32)
    report = struct.pack("!BBHIQIII", 0x80, 200, 6, 0x1234, ntp, stamp, 0, 0)
    return struct.pack("!BBH", 0x24, 1, len(report)) + report
