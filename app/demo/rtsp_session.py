"""One RTSP connection: requests in, answers out, and the session that it plays (RFC 2326)."""

import asyncio
import logging
import secrets
import socket
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.demo import rtsp_messages
from app.demo.auth import Challenge
from app.demo.cameras import CameraPath, phase
from app.demo.clips import Clip, ClipError
from app.demo.metadata_track import MetadataPlayer
from app.demo.microphone import MicrophonePlayer
from app.demo.player import FrameClock, Player
from app.demo.rtsp_messages import Request, RtspError, Transport
from app.demo.sdp import METADATA_TRACK, SOUND_TRACK, TRACK, describe
from app.demo.sinks import Sink, TcpSink, UdpSink

if TYPE_CHECKING:
    from app.demo.rtsp_server import RtspServer

_log = logging.getLogger(__name__)

METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN"
_MOST_INPUT = 64 * 1024
_SEND_BUFFER = 128 * 1024
"""A camera's: what a slow client has not read waits here, where it is seen, not in the kernel."""


class RtspConnection(asyncio.Protocol):
    """A client's connection. It plays one session at most, and the session ends with it."""

    def __init__(self, server: "RtspServer") -> None:
        """Belong to `server`, which is told when the connection begins and ends."""
        self._server = server
        self._transport: asyncio.Transport | None = None
        self._input = bytearray()
        self._requests: asyncio.Queue[Request] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self._challenge = Challenge()
        self._camera: CameraPath | None = None
        self._clip: Clip | None = None
        self._sinks: dict[str, Sink] = {}
        self._player: Player | None = None
        self._side_players: list[MetadataPlayer | MicrophonePlayer] = []
        self._clock: FrameClock | None = None
        self._session_id = ""
        self._is_counted = False
        self.heard_at = time.monotonic()

    # --- what the server needs ---

    @property
    def path(self) -> str:
        """The path that the connection asked for, or nothing yet."""
        return self._camera.path if self._camera else ""

    @property
    def is_playing(self) -> bool:
        """Tell whether PLAY was answered and pictures are sent."""
        return self._player is not None or bool(self._side_players)

    def drop(self, *, reset: bool = False) -> None:
        """End the connection without a word; `reset` does it with a TCP reset."""
        if self._transport is None:
            return
        if reset:
            self._server.reset_on_close(self._transport)
        self._transport.abort()

    # --- asyncio.Protocol ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to answer."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        peer: socket.socket = transport.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        self._server.connection_began(self)
        self._task = asyncio.create_task(self._answer_requests())

    def connection_lost(self, exc: Exception | None) -> None:
        """End the session."""
        self._end_session()
        if self._task is not None:
            self._task.cancel()
        self._server.connection_ended(self)

    def data_received(self, data: bytes) -> None:
        """Take requests apart and skip the client's own RTCP."""
        self.heard_at = time.monotonic()
        self._input += data
        try:
            while self._take_one():
                pass
        except RtspError:
            self.drop()

    def _take_one(self) -> bool:
        data = self._input
        if data[:1] == b"$":
            end = 4 + int.from_bytes(data[2:4], "big") if len(data) >= 4 else 5
            if len(data) < end:
                return False
            del data[:end]
            return True
        head_end = data.find(b"\r\n\r\n")
        if head_end < 0:
            if len(data) > _MOST_INPUT:
                raise RtspError("a request without an end")
            return False
        head = bytes(data[:head_end]).lstrip(b"\r\n")
        end = head_end + 4 + rtsp_messages.content_length(head)
        if len(data) < end:
            return False
        del data[:end]
        self._requests.put_nowait(rtsp_messages.parse_request(head))
        return True

    # --- requests ---

    async def _answer_requests(self) -> None:
        while True:
            request = await self._requests.get()
            if self._find_camera(request) and self._camera and self._camera.faults.silent:
                continue
            await self._answer(request)

    def _find_camera(self, request: Request) -> bool:
        camera = self._server.cameras.at(request.path)
        if camera is not None and self._camera is None:
            self._camera = camera
            camera.counts.connections += 1
            camera.counts.opened_at.append(time.time())
        return camera is not None

    async def _answer(self, request: Request) -> None:
        if request.method == "OPTIONS":
            self._reply(request, 200, {"Public": METHODS})
            return
        status = self._obstacle(request)
        if status == 401:
            assert self._camera is not None
            account = self._camera.account
            scheme = account.scheme if account else self._server.default_scheme
            self._refuse(request, 401, self._challenge.headers(scheme))
            return
        if status:
            self._refuse(request, status)
            return
        answer = {
            "DESCRIBE": self._describe,
            "SETUP": self._set_up,
            "PLAY": self._play,
            "PAUSE": self._pause,
            "TEARDOWN": self._tear_down,
            "GET_PARAMETER": self._keep_alive,
            "SET_PARAMETER": self._keep_alive,
        }.get(request.method)
        if answer is None:
            self._refuse(request, 501)
        else:
            await answer(request)

    def _obstacle(self, request: Request) -> int:
        """Return the status with which the request fails, or 0."""
        camera = self._camera
        if camera is None or not self._find_camera(request):
            return 404
        if camera.faults.status:
            return camera.faults.status
        authorization = request.headers.get("authorization", "")
        if camera.account and not self._challenge.accepts(
            camera.account, request.method, authorization
        ):
            return 401
        if request.method in ("PLAY", "PAUSE", "TEARDOWN"):
            session = request.headers.get("session", "").partition(";")[0].strip()
            if not self._session_id or session != self._session_id:
                return 454
        return 0

    async def _describe(self, request: Request) -> None:
        clip = await self._load_clip()
        if clip is None:
            self._refuse(request, 503)
            return
        base = request.url.rstrip("/") + "/"
        headers = {"Content-Base": base, "Content-Type": "application/sdp"}
        metadata = self._server.metadata.encoding(self.path)
        has_sound = self._server.microphones.hears(self.path)
        body = describe(clip, self.path, metadata, has_sound=has_sound)
        self._reply(request, 200, headers, body)

    async def _set_up(self, request: Request) -> None:
        assert self._camera is not None
        assert self._transport is not None
        wanted = rtsp_messages.parse_transport(request.headers.get("transport", ""))
        limit = self._camera.faults.max_sessions
        if not self._has(request.track):
            self._refuse(request, 404)
        elif wanted is None:
            self._refuse(request, 461)
        elif self.is_playing:
            self._refuse(request, 455)
        elif limit and self._camera.sessions >= limit and not self._is_counted:
            self._refuse(request, 453)
        else:
            if not self._is_counted:
                self._is_counted = True
                self._camera.sessions += 1
            self._session_id = self._session_id or secrets.token_hex(4)
            sink, described = self._connect(wanted, self._camera, self._transport)
            self._sinks[request.track] = sink
            session = f"{self._session_id};timeout={self._server.session_timeout_s}"
            self._reply(request, 200, {"Transport": described, "Session": session})

    def _has(self, track: str) -> bool:
        if track == METADATA_TRACK:
            return bool(self._server.metadata.encoding(self.path))
        return track != SOUND_TRACK or self._server.microphones.hears(self.path)

    def _connect(
        self, wanted: Transport, camera: CameraPath, transport: asyncio.Transport
    ) -> tuple[Sink, str]:
        pair = (wanted.rtp, wanted.rtcp)
        if wanted.is_tcp:
            words = f"RTP/AVP/TCP;unicast;interleaved={pair[0]}-{pair[1]}"
            return TcpSink(transport, camera, pair), words
        ports = self._server.udp_ports
        host = transport.get_extra_info("peername")[0]
        rtp, rtcp = ports.numbers
        words = f"RTP/AVP;unicast;client_port={pair[0]}-{pair[1]};server_port={rtp}-{rtcp}"
        return UdpSink(ports, camera, host, pair), words

    async def _play(self, request: Request) -> None:
        camera = self._camera
        if camera is None or not self._sinks:
            self._refuse(request, 455)
            return
        session = {"Session": self._session_id}
        if self.is_playing:
            self._reply(request, 200, session)
            return
        info = []
        if TRACK in self._sinks:
            clip = await self._load_clip()
            sink = self._sinks.get(TRACK)
            if clip is None or sink is None:  # the session ended while the clip was made
                self._refuse(request, 455)
                return
            info.append(self._make_player(request, camera, clip, sink))
        info += self._make_side_players(request, camera)
        headers = {**session, "Range": "npt=now-", "RTP-Info": ",".join(info)}
        self._reply(request, 200, headers)
        camera.counts.played += 1
        self._server.connection_plays(self)
        if self._player is not None and self._clock is not None:
            self._clock.add(self._player)
        for player in self._side_players:
            player.start()

    def _make_player(self, request: Request, camera: CameraPath, clip: Clip, sink: Sink) -> str:
        """Make the player of the video; returns its part of the RTP-Info header."""
        player = Player(
            camera,
            clip,
            sink,
            lambda: self._server.cameras.source.ready_clip(camera.path, camera.faults),
        )
        clock = self._server.frame_clock(player.fps, phase(camera.path))
        newest = clock.newest(time.time() - camera.faults.delay_s)
        first = player.first_frame(self._server.start, newest)
        player.begin_with(first)
        self._player, self._clock = player, clock
        return (
            f"url={request.url.rstrip('/')}/{TRACK};seq={player.sequence}"
            f";rtptime={player.timestamp(first)}"
        )

    def _make_side_players(self, request: Request, camera: CameraPath) -> list[str]:
        """Make the players of metadata and sound; returns their parts of the RTP-Info header."""
        info = []
        for track, sink in self._sinks.items():
            if track == TRACK:
                continue
            player: MetadataPlayer | MicrophonePlayer
            if track == METADATA_TRACK:
                player = MetadataPlayer(camera, self._server.metadata, sink)
            else:
                player = MicrophonePlayer(camera, sink)
            self._side_players.append(player)
            info.append(f"url={request.url.rstrip('/')}/{track};seq={player.sequence}")
        return info

    async def _pause(self, request: Request) -> None:
        self._stop_player()
        self._reply(request, 200, {"Session": self._session_id})

    async def _keep_alive(self, request: Request) -> None:
        self._reply(request, 200, {"Session": self._session_id} if self._session_id else None)

    async def _tear_down(self, request: Request) -> None:
        self._end_session()
        self._reply(request, 200)

    # --- the session ---

    async def _load_clip(self) -> Clip | None:
        assert self._camera is not None
        if self._clip is None:
            try:
                source = self._server.cameras.source
                self._clip = await source.clip(self._camera.path, self._camera.faults)
            except ClipError as error:
                _log.warning("No pictures for %s: %s", self.path, error)
        return self._clip

    def _stop_player(self) -> None:
        if self._player is not None and self._clock is not None:
            self._clock.remove(self._player)
            self._player.end()
            self._player = None
        for player in self._side_players:
            player.end()
        self._side_players.clear()

    def _end_session(self) -> None:
        self._stop_player()
        if self._is_counted and self._camera is not None:
            self._camera.sessions -= 1
            self._is_counted = False
        self._session_id = ""
        self._sinks.clear()

    def _refuse(
        self, request: Request, status: int, headers: Mapping[str, str] | None = None
    ) -> None:
        if self._camera is not None:
            self._camera.counts.refused += 1
        self._reply(request, status, headers)

    def _reply(
        self,
        request: Request,
        status: int,
        headers: Mapping[str, str] | None = None,
        body: str = "",
    ) -> None:
        assert self._transport is not None
        cseq = request.headers.get("cseq", "0")
        self._transport.write(rtsp_messages.response(status, cseq, headers, body))
