"""What stands between paho and the network: reads in large pieces, lets no huge packet in.

paho asks for one byte, then for the length byte by byte, then for the rest: three reads of the
socket a message. Here it gets them from a buffer. And paho collects a packet whole, however long
it is; here a packet beyond the limit is thrown away as it comes (MQTT 5 brokers are told not to
send one, 3.1.2.11.4 of that specification; MQTT 3.1.1 has no word for it).

paho takes sockets only from a TLS context (``Client.tls_set_context``), which is its public way
to give it one of ours; a connection without TLS takes the same way.
"""

import socket
import ssl
from collections.abc import Callable
from typing import Any, cast

_PIECE = 65536
_PUBLISH = 0x30
_LONGEST_HEADER = 5

Refused = Callable[[str, int | None], None]
"""Called with the topic and, where an acknowledgement is due (QoS 1), the packet's number."""


class GatedSocket:
    """A connected socket as paho uses it. One thread."""

    def __init__(self, inner: socket.socket, limit: int, refused: Refused) -> None:
        self._inner = inner
        self._limit = limit
        self._refused = refused
        self._data = b""
        self._at = 0
        self._left = 0  # of the packet that is being handed out
        self._skip = 0  # of the packet that is being thrown away
        self._head = bytearray()
        self._command = 0
        self.is_secured = not isinstance(inner, ssl.SSLSocket)
        self.error: OSError | None = None
        """Why reading or writing failed, which paho does not tell."""

    @property
    def has_more(self) -> bool:
        """Whether something can be read without asking the network."""
        if self._at < len(self._data):
            return True
        return isinstance(self._inner, ssl.SSLSocket) and self._inner.pending() > 0

    def recv(self, size: int) -> bytes:
        """Like a non-blocking socket's; never crosses the border of a packet."""
        while not self._left:
            if not (self._throw_away() if self._skip else self._look()):
                return b""
        if self._at >= len(self._data) and not self._fill():
            return b""
        piece = self._data[self._at : self._at + min(size, self._left)]
        self._at += len(piece)
        self._left -= len(piece)
        return piece

    def send(self, data: bytes) -> int:
        try:
            return self._inner.send(data)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise
        except OSError as error:
            self.error = error
            raise

    def do_handshake(self) -> None:
        if isinstance(self._inner, ssl.SSLSocket):
            self._inner.do_handshake()
        self.is_secured = True

    def settimeout(self, seconds: float | None) -> None:
        self._inner.settimeout(seconds)

    def setblocking(self, flag: bool) -> None:
        self._inner.setblocking(flag)

    def fileno(self) -> int:
        return self._inner.fileno()

    def close(self) -> None:
        self._inner.close()

    # --- inside ----------------------------------------------------------------------------------

    def _fill(self) -> bool:
        """Read on; false at the end of the connection."""
        try:
            data = self._inner.recv(_PIECE)
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise
        except OSError as error:
            self.error = error
            raise
        self._data = self._data[self._at :] + data
        self._at = 0
        return bool(data)

    def _look(self) -> bool:
        """Look at the next packet's head (MQTT 2.1.4: at most four bytes of length)."""
        while True:
            length = 0
            for number, byte in enumerate(self._data[self._at + 1 : self._at + _LONGEST_HEADER]):
                length |= (byte & 127) << (7 * number)
                if byte < 128:
                    head = 2 + number
                    self._begin(head, length)
                    return True
            if len(self._data) - self._at >= _LONGEST_HEADER:
                self._left = _LONGEST_HEADER  # broken: paho says so
                return True
            if not self._fill():
                return False

    def _begin(self, head: int, length: int) -> None:
        if length <= self._limit:
            self._left = head + length
            return
        self._command = self._data[self._at]
        self._at += head
        self._skip = length
        self._head.clear()

    def _throw_away(self) -> bool:
        if self._at >= len(self._data) and not self._fill():
            return False
        piece = self._data[self._at : self._at + self._skip]
        self._at += len(piece)
        self._skip -= len(piece)
        if len(self._head) <= _PIECE + 4:
            self._head += piece
        if not self._skip:
            self._report()
        return True

    def _report(self) -> None:
        if self._command & 0xF0 != _PUBLISH:
            return
        end = 2 + int.from_bytes(self._head[:2], "big")
        topic = self._head[2:end].decode("utf-8", "replace")
        needs_word = self._command & 0x06 == 0x02
        number = int.from_bytes(self._head[end : end + 2], "big") if needs_word else None
        self._head.clear()
        self._refused(topic, number)


class GateContext(ssl.SSLContext):
    """Hands paho gated sockets: secured ones, or plain ones where ``is_plain``.

    ``opened`` gets each of them before the handshake begins. ``tls_name`` is the name that the
    certificate must bear.
    """

    is_plain = False
    tls_name = ""
    limit = 0

    def listen(self, opened: Callable[[GatedSocket], None], refused: Refused) -> None:
        self._opened = opened
        self._refused = refused

    def wrap_socket(self, sock: socket.socket, *_args: Any, **_options: Any) -> ssl.SSLSocket:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        inner = sock
        if not self.is_plain:
            inner = super().wrap_socket(
                sock, server_hostname=self.tls_name, do_handshake_on_connect=False
            )
        gated = GatedSocket(inner, self.limit, self._refused)
        self._opened(gated)
        return cast(ssl.SSLSocket, gated)
