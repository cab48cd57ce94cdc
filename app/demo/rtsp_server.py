"""The RTSP server of the demo city: the listening socket, its connections and what it counts."""

import asyncio
import contextlib
import socket
import struct
import time
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from app.demo.auth import Scheme
from app.demo.cameras import CameraPath, Cameras, is_target
from app.demo.metadata_track import MetadataTracks
from app.demo.microphone import Microphones
from app.demo.player import FrameClock, Start
from app.demo.rtsp_session import RtspConnection
from app.demo.sinks import UdpPorts

_BACKLOG = 1024


@dataclass(slots=True)
class ServerCounts:
    """What happened since the server began or since the counts were reset."""

    accepted: int = 0
    opening: int = 0
    """Connections that were accepted and have not had their PLAY answered yet."""
    peak_opening: int = 0
    timed_out: int = 0


class RtspServer:
    """Serves the cameras on loopback. Event loop thread only."""

    def __init__(
        self,
        cameras: Cameras,
        metadata: MetadataTracks,
        microphones: Microphones,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        start: Start = Start.KEYFRAME_NOW,
        session_timeout_s: int = 60,
    ) -> None:
        """Serve `cameras`; port 0 takes a free one, which stays the server's own."""
        self.cameras = cameras
        self.metadata = metadata
        self.microphones = microphones
        self.start = start
        self.default_scheme = Scheme.DIGEST
        self.session_timeout_s = session_timeout_s
        self.counts = ServerCounts()
        self.udp_ports = UdpPorts(host)
        self._host = host
        self._port = port
        self._server: asyncio.Server | None = None
        self._connections: dict[RtspConnection, bool] = {}
        self._clocks: dict[tuple[Fraction, float], FrameClock] = {}
        self._sweeper: asyncio.Task[None] | None = None

    @property
    def port(self) -> int:
        """The port on which the server listens, or did last."""
        return self._port

    @property
    def base_url(self) -> str:
        """The URL before the cameras' paths."""
        return f"rtsp://{self._host}:{self._port}"

    async def listen(self) -> None:
        """Listen; the same port is taken again after `refuse`."""
        if self._server is not None:
            return
        self._server = await asyncio.get_running_loop().create_server(
            lambda: RtspConnection(self),
            self._host,
            self._port,
            backlog=_BACKLOG,
            reuse_address=True,
        )
        self._port = self._server.sockets[0].getsockname()[1]
        if self._sweeper is None:
            self._sweeper = asyncio.create_task(self._sweep())

    async def refuse(self) -> None:
        """Stop listening and end every connection: connecting is refused from now on."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self.drop("*")
        # Two turns of the loop: the aborted transports close their sockets in the first.
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    async def close(self) -> None:
        """End everything."""
        await self.refuse()
        if self._sweeper is not None:
            self._sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeper
        self.udp_ports.close()

    def drop(self, target: str, *, reset: bool = False) -> int:
        """End the connections of ``*``, a camera or a path; returns how many."""
        chosen = [one for one in self._connections if is_target(target, one.path)]
        for connection in chosen:
            connection.drop(reset=reset)
        return len(chosen)

    def reset_on_close(self, transport: asyncio.Transport) -> None:
        """Make closing the connection send a TCP reset."""
        peer: socket.socket = transport.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def frame_clock(self, fps: Fraction, phase: float) -> FrameClock:
        """Return the clock that all cameras of this rate and phase share."""
        key = (fps, phase)
        if key not in self._clocks:
            self._clocks[key] = FrameClock(fps, phase)
        return self._clocks[key]

    def stats(self) -> dict[str, Any]:
        """Return what the server counts, and what it counts of every path in use."""
        playing = sum(connection.is_playing for connection in self._connections)
        return {
            **asdict(self.counts),
            "connections": len(self._connections),
            "playing": playing,
            "is_listening": self._server is not None,
            "metadata_messages": self.metadata.counts["messages"],
            "cpu_s": time.process_time(),
            "paths": self.cameras.each(_show_path),
        }

    def reset_counts(self) -> None:
        """Begin counting anew; what is open stays counted as open."""
        opening = self.counts.opening
        self.counts = ServerCounts(opening=opening, peak_opening=opening)

    # --- what connections report ---

    def connection_began(self, connection: RtspConnection) -> None:
        """Count a connection that was accepted."""
        self._connections[connection] = True
        self.counts.accepted += 1
        self.counts.opening += 1
        self.counts.peak_opening = max(self.counts.peak_opening, self.counts.opening)

    def connection_plays(self, connection: RtspConnection) -> None:
        """Count a connection whose PLAY was answered."""
        if self._connections.get(connection):
            self._connections[connection] = False
            self.counts.opening -= 1

    def connection_ended(self, connection: RtspConnection) -> None:
        """Forget a connection."""
        if self._connections.pop(connection, False):
            self.counts.opening -= 1

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(min(5.0, self.session_timeout_s / 2))
            limit = time.monotonic() - self.session_timeout_s
            for connection in list(self._connections):
                if connection.heard_at < limit:
                    self.counts.timed_out += 1
                    connection.drop()


def _show_path(camera: CameraPath) -> dict[str, Any]:
    return {
        **asdict(camera.counts),
        "opened_at": list(camera.counts.opened_at),
        "sessions": camera.sessions,
    }
