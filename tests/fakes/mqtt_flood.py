"""A publisher that costs next to nothing: packets made beforehand, written at a steady rate.

Run as a module it reads from standard input, one JSON line each: first the set-up, then as often
as wanted ``{"rate": messages a second, "seconds": n}``, each answered with the number sent.
"""

from __future__ import annotations

import json
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any, Self

_TURN_S = 0.01


def publish_packet(topic: str, payload: bytes) -> bytes:
    """A PUBLISH packet of QoS 0 (MQTT 3.1.1, 3.3)."""
    name = topic.encode()
    return _packet(0x30, struct.pack("!H", len(name)) + name + payload)


def _packet(head: int, body: bytes) -> bytes:
    length, left = bytearray(), len(body)
    while True:
        left, byte = divmod(left, 128)
        length.append(byte | (128 if left else 0))
        if not left:
            return bytes([head]) + bytes(length) + body


def connect(port: int, user: str, password: str) -> socket.socket:
    """A connection that was accepted by the broker."""
    texts = [b"flood", user.encode(), password.encode()]
    body = struct.pack("!H4sBBH", 4, b"MQTT", 4, 0xC2, 0)
    body += b"".join(struct.pack("!H", len(text)) + text for text in texts)
    connection = socket.create_connection(("127.0.0.1", port), 10)
    connection.sendall(_packet(0x10, body))
    answer = connection.recv(4)
    if answer != b"\x20\x02\x00\x00":
        raise RuntimeError(f"the broker answered {answer!r}")
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


class Flood:
    """The publisher in a process of its own; a context manager.

    ``messages`` are topics and payloads, sent in turn; ``{now}`` in a payload becomes the time of
    sending, in UTC with microseconds.
    """

    def __init__(
        self, port: int, login: tuple[str, str], messages: Sequence[tuple[str, str]]
    ) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.mqtt_flood"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._tell({"port": port, "login": login, "messages": list(messages)})
        self._sent = 0

    def run(self, rate: float, seconds: float) -> int:
        """Send; returns how many were sent, once they were."""
        self._tell({"rate": rate, "seconds": seconds})
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())

    def begin(self, rate: float, seconds: float) -> threading.Thread:
        """Send meanwhile."""
        thread = threading.Thread(target=self.run, args=(rate, seconds), name="flood")
        thread.start()
        return thread

    def close(self) -> None:
        self._process.communicate(timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _tell(self, what: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")
        self._process.stdin.flush()


def _send(
    connection: socket.socket, messages: Sequence[tuple[str, bytes]], rate: float, seconds: float
) -> int:
    began = time.monotonic()
    sent = 0
    while (passed := time.monotonic() - began) < seconds:
        due = int(passed * rate)
        if due > sent:
            now = time.time()
            moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now))
            stamp = f"{moment}.{int(now % 1 * 1e6):06}Z".encode()
            batch = [
                publish_packet(topic, payload.replace(b"{now}", stamp))
                for topic, payload in (messages[n % len(messages)] for n in range(sent, due))
            ]
            connection.sendall(b"".join(batch))
            sent = due
        time.sleep(_TURN_S)
    return sent


def main() -> None:
    setup = json.loads(sys.stdin.readline())
    messages = [(topic, payload.encode()) for topic, payload in setup["messages"]]
    with connect(setup["port"], *setup["login"]) as connection:
        for line in sys.stdin:
            wanted = json.loads(line)
            print(_send(connection, messages, wanted["rate"], wanted["seconds"]), flush=True)  # noqa: T201 - its way to answer


if __name__ == "__main__":
    main()
