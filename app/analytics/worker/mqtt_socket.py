"""What stands between paho and the network: reads in large pieces, lets no huge packet in.

paho asks for one byte, then for the length byte by byte, then for the rest: three reads of the
socket a message. Here it gets them from a buffer. And paho collects a packet whole, however long
it is; here a packet beyond the limit is thrown away as it comes (MQTT 5 brokers are told not to
send one, 3.1.2.11.4 of that specification; MQTT 3.1.1 has no word for it).

Messages of QoS 0, which are all the boxes, do not go through paho at all: it takes 20 µs for one,
most of it for properties that nobody asks for; taking it apart here takes 2.

paho takes sockets only from a TLS context (``Client.tls_set_context``), which is its public way
to give it one of ours; a connection without TLS takes the same way.
"""

import socket
import ssl
from collections.abc import Callable
from typing import Any, NamedTuple, cast

_PIECE = 65536
_PUBLISH = 0x30
_LONGEST_HEADER = 5
_AT_ONCE = 200

Refused = Callable[[str, int | None], None]
"""Called with the topic and, where an acknowledgement is due (QoS 1), the packet's number."""
Arrived = Callable[[bytes, bytes, bool], None]
"""Called with topic, payload and whether it is retained."""


class GateKeepers(NamedTuple):
    """Who hears what a gated socket keeps from paho: large packets, and those of QoS 0."""

    refused: Refused
    arrived: Arrived


class GatedSocket:
    """A connected socket as paho uses it. One thread."""

    def __init__(
        self, inner: socket.socket, limit: int, keepers: GateKeepers, *, is_v5: bool
    ) -> None:
        self._inner = inner
        self._limit = limit
        self._keepers = keepers
        self._is_v5 = is_v5
        self._data = b""
        self._at = 0
        self._left = 0  # of the packet that is being handed out
        self._skip = 0  # of the packet that is being thrown away
        self._head = bytearray()
        self._command = 0
        self.is_secured = not isinstance(inner, ssl.SSLSocket)
        self.error: OSError | None = None
        """Why reading or writing failed, which paho does not tell."""
        self.is_dry = False
        """Whether the last read found nothing more in the network."""
        self.packets = 0
        """How many packets have come."""

    @property
    def has_more(self) -> bool:
        """Whether something can be read without asking the network."""
        if self._at < len(self._data):
            return True
        return isinstance(self._inner, ssl.SSLSocket) and self._inner.pending() > 0

    def recv(self, size: int) -> bytes:
        """Like a non-blocking socket's; never crosses the border of a packet.

        Comes back after some messages of QoS 0, as if there were no more for now.
        """
        enough = self.packets + _AT_ONCE
        while not self._left:
            if self.packets >= enough:
                raise BlockingIOError
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
            self.is_dry = True
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
                    return self._begin(head, length)
            if len(self._data) - self._at >= _LONGEST_HEADER:
                self._left = _LONGEST_HEADER  # broken: paho says so
                return True
            if not self._fill():
                return False

    def _begin(self, head: int, length: int) -> bool:
        """Decide what becomes of the packet whose head is here; false: at the end of the
        connection."""
        command = self._data[self._at]
        if length > self._limit:
            self._command = command
            self._at += head
            self._skip = length
            self._head.clear()
        elif command & 0xF6 == _PUBLISH:  # QoS 0; bit 3 cannot be set, bit 0 is "retained"
            while len(self._data) - self._at < head + length:
                if not self._fill():
                    return False
            if not self._deliver(self._at + head, length, is_retained=bool(command & 1)):
                self._left = head + length
                return True
            self._at += head + length
        else:
            self._left = head + length
        self.packets += 1
        return True

    def _deliver(self, at: int, length: int, *, is_retained: bool) -> bool:
        """Hand a message of QoS 0 over; false for one that is broken, which paho then sees."""
        data, end = self._data, at + length
        payload_at = at + 2 + int.from_bytes(data[at : at + 2], "big")
        topic = data[at + 2 : payload_at]
        if self._is_v5:
            shift = properties = 0
            while payload_at < end and shift < 28:
                byte = data[payload_at]
                payload_at += 1
                properties |= (byte & 127) << shift
                shift += 7
                if byte < 128:
                    break
            payload_at += properties
        if payload_at > end or not topic:
            return False
        self._keepers.arrived(topic, data[payload_at:end], is_retained)
        return True

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
        self._keepers.refused(topic, number)


class GateContext(ssl.SSLContext):
    """Hands paho gated sockets: secured ones, or plain ones where ``is_plain``.

    ``opened`` gets each of them before the handshake begins. ``tls_name`` is the name that the
    certificate must bear.
    """

    is_plain = False
    tls_name = ""
    limit = 0
    is_v5 = True

    def listen(self, opened: Callable[[GatedSocket], None], keepers: GateKeepers) -> None:
        self._opened = opened
        self._keepers = keepers

    def wrap_socket(self, sock: socket.socket, *_args: Any, **_options: Any) -> ssl.SSLSocket:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        inner = sock
        if not self.is_plain:
            inner = super().wrap_socket(
                sock, server_hostname=self.tls_name, do_handshake_on_connect=False
            )
        gated = GatedSocket(inner, self.limit, self._keepers, is_v5=self.is_v5)
        self._opened(gated)
        return cast(ssl.SSLSocket, gated)
