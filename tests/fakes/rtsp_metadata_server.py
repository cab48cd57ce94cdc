"""A small RTSP server with nothing but a metadata track, over interleaved TCP.

It plays a script of RTP payloads to everybody who asks, and then keeps the session open or ends it.
It knows only what a client of one track asks for.
"""

import base64
import socket
import ssl
import struct
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=metadata\r\nt=0 0\r\n"
    "m=application 0 RTP/AVP 107\r\na=control:track1\r\na=rtpmap:107 {encoding}/90000\r\n"
)
_VIDEO_SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=video\r\nt=0 0\r\n"
    "m=video 0 RTP/AVP 96\r\na=control:track1\r\na=rtpmap:96 H264/90000\r\n"
)


class RtspMetadataServer:
    """``packets`` are payloads of RTP packets; one may be changed between two sessions.

    ``login`` is ``user:password`` if the server wants one; ``certificate`` the path of a server's
    files without ``.pem`` and ``.key`` for TLS.
    """

    def __init__(
        self,
        packets: Sequence[bytes],
        *,
        encoding: str = "vnd.onvif.metadata",
        login: str = "",
        ends: bool = False,
        has_metadata: bool = True,
        answers: bool = True,
        certificate: Path | None = None,
    ) -> None:
        self.packets = packets
        self.sessions = 0
        self.refused = 0
        self._sdp = _SDP.format(encoding=encoding) if has_metadata else _VIDEO_SDP
        self._login = f"Basic {base64.b64encode(login.encode()).decode()}" if login else ""
        self._ends = ends
        self._answers = answers
        self._context: ssl.SSLContext | None = None
        if certificate is not None:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(f"{certificate}.pem", f"{certificate}.key")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._connections: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._accepting = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        if self._context is not None:
            return f"rtsps://localhost:{self.port}/metadata"
        return f"rtsp://127.0.0.1:{self.port}/metadata"

    def __enter__(self) -> Self:
        self._accepting.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # A blocked accept does not end by closing its socket; a last connection ends it.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.drop()
        for thread in (self._accepting, *self._threads):
            thread.join(5)

    def drop(self) -> None:
        """Cut all connections."""
        for connection in tuple(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # The client was faster.

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                if self._context is None:
                    self._talk(connection)
                else:
                    with self._context.wrap_socket(connection, server_side=True) as secure:
                        self._talk(secure)
            except OSError:
                return  # Gone, by either side.

    def _talk(self, connection: socket.socket) -> None:
        waiting = b""
        while True:
            while b"\r\n\r\n" not in waiting:
                more = connection.recv(4096)
                if not more:
                    return
                waiting += more
            request, _, waiting = waiting.partition(b"\r\n\r\n")
            if not self._answers:
                continue
            method, headers = _parse(request.decode())
            if self._login and headers.get("authorization") != self._login:
                self.refused += 1
                wanted = 'WWW-Authenticate: Basic realm="camera"\r\n'
                _answer(connection, headers, "401 Unauthorized", wanted)
            elif method == "DESCRIBE":
                kind = "Content-Type: application/sdp\r\n"
                _answer(connection, headers, "200 OK", kind, self._sdp)
            elif method == "SETUP":
                transport = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"
                _answer(connection, headers, "200 OK", transport + "Session: 1;timeout=60\r\n")
            elif method == "PLAY":
                _answer(connection, headers, "200 OK", "Session: 1\r\n")
                self.sessions += 1
                self._play(connection)
                if self._ends:
                    return
            else:
                _answer(connection, headers, "200 OK", "Public: DESCRIBE, SETUP, PLAY\r\n")

    def _play(self, connection: socket.socket) -> None:
        for number, payload in enumerate(self.packets):
            header = struct.pack(">BBHII", 0x80, 107, number & 0xFFFF, number * 900, 7)
            packet = header + payload
            connection.sendall(b"$\0" + struct.pack(">H", len(packet)) + packet)


def _parse(request: str) -> tuple[str, dict[str, str]]:
    first, *lines = request.split("\r\n")
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(":") for line in lines)
    }
    return first.split(" ")[0], headers


def _answer(
    connection: socket.socket, headers: dict[str, str], status: str, more: str = "", body: str = ""
) -> None:
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    head = f"RTSP/1.0 {status}\r\nCSeq: {headers.get('cseq', '0')}\r\n{more}{length}\r\n"
    connection.sendall((head + body).encode())
