"""Frigate's HTTP interface as version 0.17 behaves on its port with TLS: a cookie for a login."""

from __future__ import annotations

import json
import secrets
import ssl
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from tests.fakes.certificates import Authority

EVENT = "1607123955.475377-mxklsc"
JPEG = b"\xff\xd8\xff\xe0" + bytes(2000) + b"\xff\xd9"
CLIP = b"\0\0\0\x20ftypisom" + bytes(5000)
CONFIG: dict[str, Any] = {
    "mqtt": {"enabled": True, "topic_prefix": "frigate"},
    "cameras": {
        "front_door": {
            "enabled": True,
            "detect": {"enabled": True, "width": 1280, "height": 720, "fps": 5},
            "zones": {
                "yard": {"coordinates": "0.1,0.2,0.5,0.2,0.5,0.8,0.1,0.8", "objects": ["person"]},
                "road": {"coordinates": ["0,0.9", "1,0.9", "1,1", "0,1"]},
                "old": {"coordinates": "0,0,640,0,640,360"},
                "broken": {"coordinates": "no,numbers"},
            },
        },
        "garage": {"detect": {"width": None, "height": None}, "zones": {}},
    },
}


class FrigateServer:
    """Answers until it is left; everything may be changed while it runs.

    ``user`` and ``password`` are what it wants; without a user it is the port that wants nothing.
    ``pictures`` are bodies by path, ``slow`` paths get a byte a moment, ``requests`` counts.
    """

    def __init__(
        self, *, user: str = "wall", password: str = "right", name: str = "localhost"
    ) -> None:
        self.user, self.password = user, password
        self.allowed_logins = 20
        self.config: Any = CONFIG
        self.pictures = {
            f"/api/events/{EVENT}/snapshot.jpg": JPEG,
            f"/api/events/{EVENT}/clip.mp4": CLIP,
        }
        self.slow: set[str] = set()
        self.statuses: dict[str, int] = {}
        self.requests: Counter[str] = Counter()
        self.tokens: set[str] = set()
        self._leaving = threading.Event()
        self._server = _Server(self)
        self._authority = Authority.shared()
        path = self._authority.server(name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{path}.pem", f"{path}.key")
        # The handshake is left to the thread of the request, so that one client holds up nobody.
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def url(self) -> str:
        return f"https://localhost:{self._server.server_port}"

    @property
    def ca_file(self) -> str:
        return str(self._authority.ca_file)

    def expire(self) -> None:
        """All sessions are over, as a day later."""
        self.tokens.clear()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leaving.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def wait(self, seconds: float) -> bool:
        """Let a moment pass; true when the server is being left."""
        return self._leaving.wait(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, frigate: FrigateServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.frigate = frigate


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5

    @property
    def _frigate(self) -> FrigateServer:
        assert isinstance(self.server, _Server)
        return self.server.frigate

    def handle(self) -> None:
        try:
            super().handle()
        except (OSError, ssl.SSLError):
            return  # The client went away, or did not trust the certificate.

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""

    def do_POST(self) -> None:
        self._frigate.requests[self.path] += 1
        told = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        self._frigate.allowed_logins -= 1
        if self._frigate.allowed_logins < 0:
            self._answer(429, b"{}")
        elif told == {"user": self._frigate.user, "password": self._frigate.password}:
            token = secrets.token_hex(8)
            self._frigate.tokens.add(token)
            cookie = f"frigate_token={token}; HttpOnly; Path=/; Expires={_tomorrow()}"
            self._answer(200, b"{}", ("Set-Cookie", cookie))
        else:
            self._answer(401, b'{"message": "Login failed"}')

    def do_GET(self) -> None:
        self._frigate.requests[self.path] += 1
        cookie = self.headers.get("Cookie", "").partition("frigate_token=")[2]
        if self._frigate.user and cookie.partition(";")[0] not in self._frigate.tokens:
            self._answer(401, b"{}")
        elif self.path in self._frigate.statuses:
            self._answer(self._frigate.statuses[self.path], b"{}")
        elif self.path == "/api/config":
            self._answer(200, json.dumps(self._frigate.config).encode())
        elif self.path in self._frigate.slow:
            self._trickle(self._frigate.pictures[self.path])
        elif self.path in self._frigate.pictures:
            self._answer(200, self._frigate.pictures[self.path])
        else:
            self._answer(404, b'{"success": false, "message": "Event not found"}')

    def _answer(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in (("Content-Length", str(len(body))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _trickle(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        for byte in body:
            self.wfile.write(bytes([byte]))
            if self._frigate.wait(0.01):
                return


def _tomorrow() -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 86_400))
